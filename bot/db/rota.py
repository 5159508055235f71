"""The rota of offices as rows, and the roster: everything that must be known to say who is on duty and reachable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select

from bot.db import audit, members
from bot.db.rows import millis, sure_moment
from bot.db.tables_staff import groups, rota, staff, ways
from handlers.duty import Roster, Shift

if TYPE_CHECKING:
    from knowledge.load import Knowledge

LINE = "line"
DEAF = ("none", "digest")  # what a way wants that carries no alarm


def roster(connection: Connection, at: datetime, knowledge: Knowledge) -> Roster:
    """All active staff (some hundreds), whose shifts cover the moment, and who can be reached."""
    now = millis(at)
    shifts = _shifts(connection, rota.c.from_at <= now, rota.c.to_at > now)
    everyone = {one.id: one for one in members.all_active(connection, knowledge)}
    return Roster(everyone, tuple(shifts), _reached(connection), reached_offices(connection))


def week(connection: Connection, office: str, start: datetime, end: datetime) -> list[Shift]:
    """The shifts of an office that touch the time, first ones first."""
    return _shifts(connection, rota.c.office == office, rota.c.from_at < millis(end), rota.c.to_at > millis(start))


def _shifts(connection: Connection, *where: sa.ColumnElement[bool]) -> list[Shift]:
    rows = connection.execute(select(rota).where(*where).order_by(rota.c.from_at, rota.c.id))
    return [_shift(row) for row in rows]


def _shift(row: Row[Any]) -> Shift:
    start, end = sure_moment(row.from_at), sure_moment(row.to_at)
    return Shift(row.id, row.office, row.staff, start, end, row.kind, row.deputy or 0)


def _reached(connection: Connection) -> frozenset[int]:
    """Who can be told at once: by a linked LINE account that is not blocked and may ring, or by a way of their own that
    works. A wish about LINE is no way by itself.
    """
    line = ways.c.kind == LINE
    silent = sa.exists().where(ways.c.staff == staff.c.id, line, ways.c.wants.in_(DEAF))
    linked = select(staff.c.id).where(staff.c.state == "active", staff.c.lane != "", staff.c.lane_state == "", ~silent)
    working = (ways.c.state == "", ways.c.wants.not_in(DEAF), ~line)
    other = select(ways.c.staff).where(ways.c.staff.is_not(None), *working)
    return frozenset(connection.execute(sa.union(linked, other)).scalars())


def reached_offices(connection: Connection) -> frozenset[str]:
    """Offices with a group chat or a way of their own that works."""
    chats = select(groups.c.office).where(groups.c.state == "")
    other = select(ways.c.office).where(ways.c.office != "", ways.c.state == "", ways.c.wants.not_in(DEAF))
    return frozenset(connection.execute(sa.union(chats, other)).scalars())


def add(connection: Connection, shift: Shift, by: int, now: int) -> int:
    row = {
        "office": shift.office,
        "staff": shift.staff,
        "from_at": millis(shift.start),
        "to_at": millis(shift.end),
        "kind": shift.kind,
        "deputy": shift.deputy or None,
    }
    id_ = int(connection.execute(sa.insert(rota).values(**row).returning(rota.c.id)).scalar_one())
    _audited(connection, "rota_add", {"id": id_, **row}, by, now)
    return id_


def remove(connection: Connection, id_: int, offices: Sequence[str], by: int, now: int) -> bool:
    """Whether it was there, and one of these offices'."""
    gone = connection.execute(
        sa.delete(rota).where(rota.c.id == id_, rota.c.office.in_(offices)).returning(rota)
    ).first()
    if gone is None:
        return False
    _audited(connection, "rota_remove", dict(gone._mapping), by, now)
    return True


def _audited(connection: Connection, act: str, values: dict[str, Any], by: int, now: int) -> None:
    audit.write(connection, [audit.Entry(f"staff:{by}", act, "", values)], now)
