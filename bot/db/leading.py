"""The ticket that leads an incident, and who leads when it is gone: no report stays behind a lead that nobody works on.

A reporter who takes back the leading ticket takes back that ticket alone. The oldest of the others leads from then on,
where the incident was worked on and in the same hands; whoever works there is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, exists, select, update

from bot.db import incidents as store
from bot.db import notices
from bot.db.rows import sure_moment
from bot.db.tables import WORKING, tickets
from bot.db.tables_staff import incidents
from bot.db.tickets import tell_all
from handlers.vocabulary import Notice, StoryEntry, Tell


def leads_others(connection: Connection, code: str) -> bool:
    """Whether other reports of an open incident hang on this ticket."""
    others = exists().where(tickets.c.incident == incidents.c.id, tickets.c.code != code)
    led = select(incidents.c.id).where(incidents.c.lead == code, incidents.c.state == "open", others)
    return connection.execute(led.limit(1)).first() is not None


def hand_on(connection: Connection, codes: Sequence[str], now: int) -> None:
    """After these tickets were taken back by their reporters."""
    if not codes:
        return
    led = select(incidents).where(incidents.c.lead.in_(codes), incidents.c.state == "open").with_for_update()
    for incident in connection.execute(led.order_by(incidents.c.id)).all():
        heir = _heir(connection, incident)
        if heir is not None:
            _lead(connection, incident, heir, now)


def _heir(connection: Connection, incident: Row[Any]) -> Row[Any] | None:
    """The oldest that is worked on by itself, else the oldest that was merged."""
    t = tickets.c
    theirs = (t.incident == incident.id) & (t.code != incident.lead) & t.status.in_((*WORKING, "merged"))
    merged = sa.case((t.status == "merged", 1), else_=0)
    oldest = select(tickets).where(theirs).order_by(merged, t.opened_at, t.code).limit(1)
    return connection.execute(oldest.with_for_update()).first()


def _lead(connection: Connection, incident: Row[Any], heir: Row[Any], now: int) -> None:
    before = connection.execute(select(tickets).where(tickets.c.code == incident.lead)).one()
    changed: dict[str, Any] = {"changed_at": now, "look_at": now, "version": tickets.c.version + 1}
    if heir.status == "merged":
        changed |= _as_it_stood(before)
    connection.execute(update(tickets).where(tickets.c.code == heir.code).values(**changed))
    led = {"lead": heir.code, "office": changed.get("office", heir.office), "changed_at": now}
    connection.execute(update(incidents).where(incidents.c.id == incident.id).values(**led))
    entry = StoryEntry("story.leads", sure_moment(now), "house", "staff", {"code": incident.lead})
    tell_all(connection, [Tell(heir.code, entry)])
    notices.keep(connection, [_notice(heir, changed.get("assignee"))], now)
    store.recount(connection, incident.id, now)


def _as_it_stood(before: Row[Any]) -> dict[str, Any]:
    """In the hands that had the former lead, or new where nobody had it."""
    held = {"status": "acknowledged", "assignee": before.assignee, "acknowledged_at": before.acknowledged_at}
    free = {"status": "new", "assignee": None}
    return {"office": before.office, "closed_at": None, **(held if before.assignee else free)}


def _notice(heir: Row[Any], assignee: int | None) -> Notice:
    if assignee:
        return Notice("ticket.assigned", heir.code, {"staff": assignee})
    return Notice("ticket.urgent" if heir.urgency == "emergency" else "ticket.new", heir.code)
