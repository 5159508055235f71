"""Accounts of staff: rows of `staff` and their sessions. What they mean, `bot.accounts` decides.

A change of an account raises its version, so that two administrators who edit it at once do not overwrite each other
in silence. Sessions are kept by the hash of their id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select, update

from bot.db.tables_staff import sessions, staff

Account = Row[Any]
UNKNOWN = {"oidc": "", "lane": "", "lane_state": ""}  # no other house's word opens it


class Taken(Exception):
    """Another account has this e-mail address."""


def of_email(connection: Connection, email: str) -> Account | None:
    return connection.execute(select(staff).where(staff.c.email == email)).first()


def one(connection: Connection, id_: int, lock: bool = False) -> Account | None:
    asked = select(staff).where(staff.c.id == id_)
    return connection.execute(asked.with_for_update() if lock else asked).first()


def of_oidc(connection: Connection, subject: str) -> Account | None:
    """Whose linked sign-in this is: `issuer subject`."""
    return connection.execute(select(staff).where(staff.c.oidc == subject, staff.c.oidc != "")).first()


def of_lane(connection: Connection, lane: str) -> Account | None:
    return connection.execute(select(staff).where(staff.c.lane == lane, staff.c.lane != "")).first()


def all_of_them(connection: Connection, office: str = "") -> Sequence[Account]:
    asked = select(staff).order_by(staff.c.office, staff.c.state, staff.c.name, staff.c.id)
    return connection.execute(asked.where(staff.c.office == office) if office else asked).all()


def active_with(connection: Connection, role: str) -> Sequence[Account]:
    """Those of a role who can act now."""
    return connection.execute(select(staff).where(staff.c.role == role, staff.c.state == "active")).all()


def taken(connection: Connection, emails: Sequence[str]) -> set[str]:
    """Which of these addresses have an account already."""
    return set(connection.execute(select(staff.c.email).where(staff.c.email.in_(list(emails)))).scalars())


def add(connection: Connection, values: Mapping[str, Any], now: int) -> int:
    """Gives the new number; raises Taken where the address has an account."""
    if taken(connection, [values["email"]]):
        raise Taken(values["email"])
    return int(connection.execute(sa.insert(staff).values(**values, made_at=now).returning(staff.c.id)).scalar_one())


def change(connection: Connection, id_: int, values: Mapping[str, Any], version: int | None = None) -> bool:
    """False where somebody changed the account since `version`."""
    where = [staff.c.id == id_] + ([staff.c.version == version] if version is not None else [])
    changed = connection.execute(update(staff).where(*where).values(**values, version=staff.c.version + 1))
    return changed.rowcount == 1


def take_step(connection: Connection, id_: int, step: int) -> bool:
    """A step of a second factor is used once: False where this one or a later one was used already."""
    used = connection.execute(update(staff).where(staff.c.id == id_, staff.c.totp_step < step).values(totp_step=step))
    return used.rowcount == 1


def link(connection: Connection, id_: int, lane: str, now: int) -> bool:
    """A LINE account belongs to one account of staff, the last it was linked with. An invited one is now active, and
    its owner has been seen."""
    connection.execute(update(staff).where(staff.c.lane == lane, staff.c.id != id_).values(lane="", lane_state=""))
    state = sa.case((staff.c.state == "invited", "active"), else_=staff.c.state)
    linked = connection.execute(
        update(staff)
        .where(staff.c.id == id_, staff.c.state != "disabled")
        .values(lane=lane, lane_state="", state=state, seen_at=now, version=staff.c.version + 1)
    )
    return linked.rowcount == 1


# --- sessions --------------------------------------------------------------------------------------------------------


def begin(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(sa.insert(sessions).values(**row))
    connection.execute(update(staff).where(staff.c.id == row["staff"]).values(seen_at=row["made_at"]))


def sessions_of(connection: Connection, id_: int, now: int) -> Sequence[Account]:
    """Newest first; those that have ended are not shown."""
    theirs = select(sessions).where(sessions.c.staff == id_, sessions.c.ends_at > now)
    return connection.execute(theirs.order_by(sessions.c.seen_at.desc())).all()


def session(connection: Connection, hash_: str) -> Account | None:
    return connection.execute(select(sessions).where(sessions.c.hash == hash_)).first()


def seen(connection: Connection, hash_: str, now: int, ends_at: int) -> None:
    connection.execute(update(sessions).where(sessions.c.hash == hash_).values(seen_at=now, ends_at=ends_at))


def end(connection: Connection, hash_: str, id_: int) -> bool:
    """Only ever one's own."""
    ended = connection.execute(sa.delete(sessions).where(sessions.c.hash == hash_, sessions.c.staff == id_))
    return ended.rowcount == 1


def end_all(connection: Connection, id_: int, but: str = "") -> int:
    """Signs out everywhere, but for the session `but`."""
    return connection.execute(sa.delete(sessions).where(sessions.c.staff == id_, sessions.c.hash != but)).rowcount


def sweep(connection: Connection, now: int) -> int:
    """Sessions that have ended are nobody's any more."""
    return connection.execute(sa.delete(sessions).where(sessions.c.ends_at <= now)).rowcount
