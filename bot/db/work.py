"""What lies before one of the staff: the open tickets in their hands, and the counts of their morning's list."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection, func, select

from bot.db import cases
from bot.db.tables import tickets
from handlers.cases import Case

ENDED = ("resolved", "closed", "rejected", "withdrawn", "merged")
LISTED = 10
_open = tickets.c.status.not_in(ENDED) & ~tickets.c.drill
_late = func.coalesce(tickets.c.answer_by, tickets.c.resolve_by)
_loud = sa.case((tickets.c.urgency == "emergency", 0), (tickets.c.urgency == "high", 1), else_=2)


def of_member(connection: Connection, staff: int, limit: int = LISTED) -> tuple[Case, ...]:
    """The open tickets that a member has taken, most urgent and oldest first."""
    mine = select(tickets.c.code).where(tickets.c.assignee == staff, tickets.c.status.not_in(ENDED))
    codes = list(connection.execute(mine.order_by(_loud, tickets.c.opened_at).limit(limit)).scalars())
    found = cases.load_all(connection, codes) if codes else {}
    return tuple(found[code] for code in codes if code in found)


def in_hand(connection: Connection, staff: Sequence[int], now: int) -> dict[int, tuple[int, int]]:
    """(open, past the deadline) of each of these people."""
    late = func.sum(sa.case((_late < now, 1), else_=0))
    asked = select(tickets.c.assignee, func.count(), late).where(_open, tickets.c.assignee.in_(staff))
    return {row[0]: (row[1], row[2] or 0) for row in connection.execute(asked.group_by(tickets.c.assignee))}


def untaken(connection: Connection, offices: Sequence[str]) -> dict[str, int]:
    """How many tickets of each office nobody has taken."""
    fresh = tickets.c.status.in_(("new", "reopened")) & tickets.c.assignee.is_(None) & ~tickets.c.drill
    asked = select(tickets.c.office, func.count()).where(fresh, tickets.c.office.in_(offices))
    return {row[0]: row[1] for row in connection.execute(asked.group_by(tickets.c.office))}
