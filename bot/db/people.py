"""Who reported: sealed, and apart from what was reported. Only a pseudonym links the two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, select, update

from bot.db.tables import reporters
from bot.db.tables_staff import staff
from bot.sealing import Sealing
from handlers.vocabulary import Reporter


def seal_all(connection: Connection, reported: Sequence[tuple[str, str, Reporter]], sealing: Sealing) -> None:
    """Writes (code, lane, reporter) of tickets that open."""
    rows = [
        {"code": code, "person": sealing.person(lane), "sealed": _sealed(lane, reporter, sealing)}
        for code, lane, reporter in reported
    ]
    if rows:
        connection.execute(sa.insert(reporters), rows)


def change(connection: Connection, code: str, lane: str, reporter: Reporter, sealing: Sealing) -> None:
    connection.execute(
        update(reporters).where(reporters.c.code == code).values(sealed=_sealed(lane, reporter, sealing))
    )


def unseal(connection: Connection, code: str, sealing: Sealing) -> tuple[str, Reporter] | None:
    """Lane and reporter of a ticket. Whoever shows this to a human writes the audit entry in the same transaction."""
    sealed = connection.execute(select(reporters.c.sealed).where(reporters.c.code == code)).scalar()
    if sealed is None:
        return None
    raw: dict[str, Any] = orjson.loads(sealing.open(sealed))
    return raw["lane"], Reporter(raw.get("phone", ""), raw.get("name", ""), bool(raw.get("may_pass_name")))


def reach(connection: Connection, lane: str, state: str, sealing: Sealing) -> None:
    """Whether LINE reaches the person of this lane: on the tickets they reported, and on their account if they are
    staff.
    """
    theirs = reporters.c.person.in_(sealing.persons(lane))
    connection.execute(update(reporters).where(theirs).values(reach=state))
    connection.execute(update(staff).where(staff.c.lane == lane).values(lane_state=state))


def reseal(connection: Connection, sealing: Sealing) -> int:
    """After a change of keys: everything under the newest key, so that the old one can be dropped."""
    codes = list(connection.execute(select(reporters.c.code)).scalars())
    for code in codes:
        found = unseal(connection, code, sealing)
        if found:
            lane, reporter = found
            connection.execute(
                update(reporters)
                .where(reporters.c.code == code)
                .values(person=sealing.person(lane), sealed=_sealed(lane, reporter, sealing))
            )
    return len(codes)


def _sealed(lane: str, reporter: Reporter, sealing: Sealing) -> bytes:
    return sealing.seal(
        orjson.dumps(
            {"lane": lane, "phone": reporter.phone, "name": reporter.name, "may_pass_name": reporter.may_pass_name}
        )
    )
