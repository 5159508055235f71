"""By which ways somebody hears: the LINE account, and what they added (mail, a browser, a chat). Addresses are sealed.

A way belongs to one of the staff, or to an office as a whole. What of it may be shown stands in its label. A way that
turned out to be dead says why in `state` and is passed over until its owner tests it again. One that rests, since its
account was recovered and somebody else may hold it, is passed over until the owner switches it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, Row, select, update

from bot.db.tables_staff import groups, staff, ways
from bot.sealing import Sealing

WANTS = ("all", "urgent", "digest", "none")
RESTS = "rests"


@dataclass(frozen=True, slots=True)
class Way:
    """One way. `address` is what its channel needs: {"to": …}, {"url": …} or a browser's subscription."""

    id: int
    staff: int
    office: str
    kind: str
    address: dict[str, Any]
    label: str
    wants: str
    state: str = ""
    tested_at: int | None = None

    @property
    def rests(self) -> bool:
        return self.state == RESTS


def add(
    connection: Connection,
    sealing: Sealing,
    kind: str,
    address: dict[str, Any],
    label: str,
    now: int,
    staff_id: int = 0,
    office: str = "",
    wants: str = "all",
) -> int:
    row = {
        "staff": staff_id or None,
        "office": office,
        "kind": kind,
        "address": sealing.seal(orjson.dumps(address)),
        "label": label[:120],
        "wants": wants if wants in WANTS else "all",
        "made_at": now,
    }
    return int(connection.execute(sa.insert(ways).values(**row).returning(ways.c.id)).scalar_one())


def one(connection: Connection, id_: int, sealing: Sealing) -> Way | None:
    row = connection.execute(select(ways).where(ways.c.id == id_)).first()
    return _way(row, sealing) if row else None


def of(connection: Connection, staff_ids: Iterable[int], offices: Iterable[str], sealing: Sealing) -> list[Way]:
    """The ways of these people, and the own ones of these offices."""
    theirs = ways.c.staff.in_(list(staff_ids))
    shared = sa.and_(ways.c.staff.is_(None), ways.c.office.in_(list(offices)))
    return [_way(row, sealing) for row in connection.execute(select(ways).where(theirs | shared).order_by(ways.c.id))]


def shared(connection: Connection, sealing: Sealing) -> list[Way]:
    rows = connection.execute(select(ways).where(ways.c.staff.is_(None)).order_by(ways.c.office, ways.c.id))
    return [_way(row, sealing) for row in rows]


def _way(row: Row[Any], sealing: Sealing) -> Way:
    address = orjson.loads(sealing.open(row.address))
    return Way(row.id, row.staff or 0, row.office, row.kind, address, row.label, row.wants, row.state, row.tested_at)


def remove(connection: Connection, id_: int) -> None:
    connection.execute(sa.delete(ways).where(ways.c.id == id_))


def wish(connection: Connection, id_: int, wants: str) -> None:
    if wants in WANTS:
        connection.execute(update(ways).where(ways.c.id == id_).values(wants=wants))


def broken(connection: Connection, id_: int, why: str) -> None:
    """It does not work any more: passed over from now on, and shown."""
    connection.execute(update(ways).where(ways.c.id == id_, ways.c.state != RESTS).values(state=why[:200]))


def tested(connection: Connection, id_: int, now: int) -> None:
    connection.execute(update(ways).where(ways.c.id == id_, ways.c.state != RESTS).values(state="", tested_at=now))


def rest(connection: Connection, staff_id: int) -> int:
    """What somebody added to the account tells nobody anything from now on; gives how many ways that are."""
    added = (ways.c.staff == staff_id) & (ways.c.kind != "line")
    return connection.execute(update(ways).where(added).values(state=RESTS)).rowcount


def rouse(connection: Connection, id_: int) -> None:
    connection.execute(update(ways).where(ways.c.id == id_, ways.c.state == RESTS).values(state=""))


# --- people, as far as ways need them --------------------------------------------------------------------------------


def contacts(connection: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The accounts of these people: LINE, mail, language, quiet hours."""
    return {row.id: row for row in connection.execute(select(staff).where(staff.c.id.in_(list(ids))))}


def named(connection: Connection, email: str) -> Row[Any] | None:
    """The account of this mail address."""
    return connection.execute(select(staff).where(staff.c.email == email)).first()


def chats(connection: Connection, offices: Sequence[str]) -> Sequence[Row[Any]]:
    """The group chats bound to these offices, as far as we are still in them."""
    return connection.execute(select(groups).where(groups.c.office.in_(offices), groups.c.state == "")).all()


def set_quiet(connection: Connection, id_: int, quiet: str) -> None:
    connection.execute(update(staff).where(staff.c.id == id_).values(quiet=quiet))
