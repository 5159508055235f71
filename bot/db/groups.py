"""Group chats of staff: which LINE group hears of which office, and how many people that is.

LINE counts a push to a group once for every member, so the number is kept beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select, update

from bot.db.tables_staff import groups, staff

LEFT = "left"


def bind(connection: Connection, lane: str, office: str, by: int, now: int) -> None:
    """A group belongs to one office: where it was another's, it moves."""
    connection.execute(sa.delete(groups).where(groups.c.lane == lane))
    connection.execute(sa.insert(groups).values(lane=lane, office=office, by=by, state="", at=now))


def unbind(connection: Connection, lane: str) -> str:
    """Gives the office that it was bound to, or empty."""
    gone = sa.delete(groups).where(groups.c.lane == lane).returning(groups.c.office)
    return str(connection.execute(gone).scalar() or "")


def left(connection: Connection, lane: str) -> None:
    """The bot was put out of the group: nothing can be said there, and staff see why."""
    connection.execute(update(groups).where(groups.c.lane == lane).values(state=LEFT))


def of_office(connection: Connection, office: str) -> Sequence[Row[Any]]:
    here = select(groups).where(groups.c.office == office, groups.c.state == "")
    return connection.execute(here.order_by(groups.c.at)).all()


def office_of(connection: Connection, lane: str) -> str:
    """The office that hears in this group, or empty."""
    return str(connection.execute(select(groups.c.office).where(groups.c.lane == lane)).scalar() or "")


def all_of_them(connection: Connection) -> Sequence[Row[Any]]:
    asked = select(groups, staff.c.name.label("by_name")).join(staff, staff.c.id == groups.c.by)
    return connection.execute(asked.order_by(groups.c.office, groups.c.at)).all()


def uncounted(connection: Connection) -> Sequence[str]:
    """Groups of which we do not know yet how many people they hold."""
    return list(connection.execute(select(groups.c.lane).where(groups.c.members == 0, groups.c.state == "")).scalars())


def lanes(connection: Connection) -> Sequence[str]:
    return list(connection.execute(select(groups.c.lane).where(groups.c.state == "")).scalars())


def counted(connection: Connection, lane: str, members: int) -> None:
    connection.execute(update(groups).where(groups.c.lane == lane).values(members=members))
