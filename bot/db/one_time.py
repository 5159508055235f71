"""One-time codes: each opens one thing, once, for a while. Only hashes are kept.

Using one is a single conditional UPDATE, so of two who race for it one gets it and the other sees that it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select, update

from bot.db.tables_staff import one_time, staff


def keep(
    connection: Connection, hash_: str, purpose: str, now: int, ends_at: int, id_: int | None = None, about: str = ""
) -> None:
    """A new code of the same purpose for the same account ends those before it."""
    if id_ is not None and purpose != "second":
        end(connection, id_, (purpose,), now)
    row = {"hash": hash_, "staff": id_, "purpose": purpose, "about": about, "made_at": now, "ends_at": ends_at}
    connection.execute(sa.insert(one_time).values(**row))


def find(connection: Connection, hashes: Sequence[str], purposes: Sequence[str]) -> Row[Any] | None:
    """As it stands, used or ended or not, with the account's name, office and state."""
    asked = select(
        one_time,
        sa.func.coalesce(staff.c.name, "").label("name"),
        sa.func.coalesce(staff.c.office, "").label("office"),
        sa.func.coalesce(staff.c.state, "").label("state"),
        sa.func.coalesce(staff.c.role, "").label("role"),
    ).outerjoin(staff, staff.c.id == one_time.c.staff)
    here = one_time.c.hash.in_(list(hashes)), one_time.c.purpose.in_(list(purposes))
    return connection.execute(asked.where(*here)).first()


def use(connection: Connection, hash_: str, now: int) -> bool:
    """True for the one who gets it."""
    fresh = one_time.c.used_at.is_(None), one_time.c.ends_at > now
    used = connection.execute(update(one_time).where(one_time.c.hash == hash_, *fresh).values(used_at=now))
    return used.rowcount == 1


def tried(connection: Connection, hash_: str) -> int:
    """One more wrong answer; gives how many there were."""
    counted = update(one_time).where(one_time.c.hash == hash_).values(tries=one_time.c.tries + 1)
    return int(connection.execute(counted.returning(one_time.c.tries)).scalar() or 0)


def end(connection: Connection, id_: int, purposes: Sequence[str], now: int) -> None:
    """Open codes of this account are worth nothing from now on."""
    theirs = one_time.c.staff == id_, one_time.c.purpose.in_(list(purposes)), one_time.c.used_at.is_(None)
    connection.execute(update(one_time).where(*theirs, one_time.c.ends_at > now).values(ends_at=now))


def open_of(connection: Connection, purpose: str, now: int) -> Sequence[Row[Any]]:
    """Those that can still be used: what waits for somebody."""
    fresh = one_time.c.purpose == purpose, one_time.c.used_at.is_(None), one_time.c.ends_at > now
    return connection.execute(select(one_time).where(*fresh).order_by(one_time.c.made_at)).all()


def sweep(connection: Connection, before: int) -> int:
    return connection.execute(sa.delete(one_time).where(one_time.c.ends_at < before)).rowcount
