"""Accounts of staff as the rest of the house needs them: who stands behind a lane or a number, and what they reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select

from bot.db.tables_staff import sessions, staff
from handlers.people import Member

if TYPE_CHECKING:
    from knowledge.load import Knowledge

_of_lanes = select(staff).where(
    staff.c.lane.in_(sa.bindparam("lanes", expanding=True)),
    staff.c.lane != sa.literal_column("''"),
    staff.c.state == "active",
)


def of_lanes(connection: Connection, lanes: Sequence[str], knowledge: Knowledge) -> dict[str, Member]:
    """The active members whose LINE account is linked, by lane."""
    return {row.lane: member(row, knowledge) for row in connection.execute(_of_lanes, {"lanes": list(lanes)})}


def one(connection: Connection, id_: int, knowledge: Knowledge) -> Member | None:
    row = connection.execute(select(staff).where(staff.c.id == id_, staff.c.state == "active")).first()
    return member(row, knowledge) if row else None


def of_office(connection: Connection, office: str, knowledge: Knowledge) -> list[Member]:
    rows = connection.execute(
        select(staff).where(staff.c.office == office, staff.c.state == "active").order_by(staff.c.name)
    )
    return [member(row, knowledge) for row in rows]


def all_active(connection: Connection, knowledge: Knowledge) -> list[Member]:
    rows = connection.execute(select(staff).where(staff.c.state == "active").order_by(staff.c.office, staff.c.id))
    return [member(row, knowledge) for row in rows]


def of_session(connection: Connection, hash_: str, now: int, knowledge: Knowledge) -> Member | None:
    """Whose session this is, while it lasts and its owner is active."""
    asked = select(staff).join(sessions, sessions.c.staff == staff.c.id)
    here = asked.where(sessions.c.hash == hash_, sessions.c.ends_at > now, staff.c.state == "active")
    row = connection.execute(here).first()
    return member(row, knowledge) if row else None


def member(row: Row[tuple[object, ...]], knowledge: Knowledge) -> Member:
    """A supervisor reaches the provinces of the inspection region, a field team those it is named."""
    provinces = knowledge.region(row.area) if row.role == "supervisor" else frozenset(filter(None, row.area.split("|")))
    duties = frozenset(filter(None, row.duties.split("|")))
    return Member(row.id, row.name, row.office, row.role, provinces, duties, row.lang)
