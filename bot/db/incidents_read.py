"""Incidents as the console shows them: the list in a member's scope, one with its reports; and what joins two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from bot.db import incidents as store
from bot.db.tables import media, tickets, worked_on
from bot.db.tables_staff import incidents, proposals
from bot.sealing import Sealing

PAGE = 50


def listed(connection: Connection, seen: ColumnElement[bool], state: str, at_most: int = PAGE) -> Sequence[Row[Any]]:
    """Incidents whose lead the member may see, the newest first; `state` open: only those that are worked on."""
    wanted = [seen, incidents.c.state == state]
    if state == "open":
        wanted.append(worked_on)
    elif state == "ended":
        wanted = [seen, incidents.c.state == "open", ~worked_on]
    waiting = (
        select(func.count())
        .select_from(proposals)
        .where(proposals.c.incident == incidents.c.id, proposals.c.state == "open")
        .scalar_subquery()
    )
    columns = (incidents, tickets.c.status, tickets.c.assignee, tickets.c.place_typed, tickets.c.district,
               tickets.c.subdistrict, tickets.c.estate, waiting.label("waiting"))  # fmt: skip
    asked = select(*columns).join(tickets, tickets.c.code == incidents.c.lead).where(*wanted)
    loud = sa.case((incidents.c.surge_at.is_not(None), 0), else_=1)
    return connection.execute(asked.order_by(loud, incidents.c.id.desc()).limit(at_most)).all()


def reports(connection: Connection, id_: int, at_most: int = 200) -> Sequence[Row[Any]]:
    """Its reports, those that still wait for a decision first."""
    first = sa.case((worked_on, 0), else_=1)
    asked = select(tickets).where(tickets.c.incident == id_).order_by(first, tickets.c.opened_at, tickets.c.code)
    return connection.execute(asked.limit(at_most)).all()


def counts(connection: Connection, id_: int) -> dict[str, int]:
    asked = select(tickets.c.status, func.count().label("many")).where(tickets.c.incident == id_)
    return {row.status: row.many for row in connection.execute(asked.group_by(tickets.c.status))}


def proposed(connection: Connection, id_: int) -> list[str]:
    here = (proposals.c.incident == id_) & (proposals.c.state == "open")
    return list(connection.execute(select(proposals.c.code).where(here).order_by(proposals.c.at)).scalars())


def proposed_tickets(connection: Connection, id_: int) -> Sequence[Row[Any]]:
    here = (proposals.c.incident == id_) & (proposals.c.state == "open")
    asked = select(tickets, proposals.c.score).join(proposals, proposals.c.code == tickets.c.code)
    return connection.execute(asked.where(here).order_by(proposals.c.score.desc()).limit(100)).all()


def open_one(connection: Connection, lead: str, sealing: Sealing, now: int) -> int:
    """An incident that staff open themselves around a ticket."""
    store.lock(connection)
    row = connection.execute(select(tickets).where(tickets.c.code == lead).with_for_update()).one()
    if row.incident:
        return int(row.incident)
    number = store.make(connection, row, sealing, now, state="open")
    connection.execute(update(tickets).where(tickets.c.code == lead).values(incident=number, changed_at=now))
    return number


def unite(connection: Connection, id_: int, into: int, now: int) -> None:
    connection.execute(update(tickets).where(tickets.c.incident == id_).values(incident=into, changed_at=now))
    ended = {"state": "refused", "changed_at": now, "closed_at": now, "reports": 0}
    connection.execute(update(incidents).where(incidents.c.id == id_).values(**ended))
    store.recount(connection, into, now)


# --- the fast lane ---------------------------------------------------------------------------------------------------


def next_new(
    connection: Connection, seen: ColumnElement[bool], incident: int, skipped: Sequence[str], urgent: bool
) -> Row[Any] | None:
    """The next report that nobody has looked at: of a surge, or of the whole scope, the most urgent first."""
    asked = select(tickets).where(seen, worked_on, tickets.c.status.in_(("new", "reopened")))
    if incident:
        led = select(incidents.c.lead).where(incidents.c.id == incident).scalar_subquery()
        asked = asked.where(tickets.c.incident == incident, tickets.c.code != led)
    if urgent:
        asked = asked.where(tickets.c.urgency == "emergency")
    if skipped:
        asked = asked.where(tickets.c.code.not_in(skipped))
    return connection.execute(asked.order_by(tickets.c.turn, tickets.c.code).limit(1)).first()


def left(connection: Connection, seen: ColumnElement[bool], incident: int, at_most: int = 1000) -> int:
    asked = select(sa.literal(1)).select_from(tickets).where(seen, worked_on, tickets.c.status.in_(("new", "reopened")))
    if incident:
        asked = asked.where(tickets.c.incident == incident)
    some = asked.limit(at_most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def pictures(connection: Connection, code: str) -> Sequence[Row[Any]]:
    kept = (media.c.code == code) & (media.c.state == "kept")
    return connection.execute(select(media).where(kept).order_by(media.c.at).limit(4)).all()
