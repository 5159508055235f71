"""The clock of a ticket stands still while its reporter is asked; here it goes on, for staff and reporters alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from handlers.cases import Case
from handlers.vocabulary import Kind, Ticket
from knowledge.hours import Hours

if TYPE_CHECKING:
    from knowledge.model import Deadlines


class Waiting(Protocol):
    """What a pause asks of a ticket, as staff or as its reporter see it."""

    @property
    def kind(self) -> Kind: ...
    @property
    def waiting_since(self) -> datetime | None: ...


def by_clock(kind: Kind) -> bool:
    """Deadlines of emergencies run around the clock."""
    return kind == "emergency"


def resumed(ticket: Waiting, dues: Mapping[str, datetime | None], now: datetime, hours: Hours) -> dict[str, Any]:
    """The wait is over: what changes in the row. What was late before the wait stays late."""
    since = ticket.waiting_since
    if since is None:
        return {}
    clock = by_clock(ticket.kind)
    waited = hours.worked(since, now, clock)
    later = {name: hours.due(by, waited, clock) for name, by in dues.items() if by is not None and by > since}
    return {**(later if waited else {}), "waiting_since": None}


def dues(case: Case) -> dict[str, datetime | None]:
    """The deadlines that stand still while the reporter is asked."""
    return {"answer_by": case.answer_by, "resolve_by": case.resolve_by}


def dues_of(ticket: Ticket) -> dict[str, datetime | None]:
    """The same, as its reporter sees them."""
    return {"answer_by": ticket.answer_due_at, "resolve_by": ticket.due_at}


def retimed(case: Case, before: Deadlines, after: Deadlines, hours: Hours) -> dict[str, datetime]:
    """The deadlines that are not met yet, of a ticket whose type proves to be another: its hours, and the pauses it
    had. Where the clock stands now, it goes on standing."""
    asked = {
        "acknowledge_by": (case.acknowledge_by, case.acknowledged_at, after.acknowledge - before.acknowledge),
        "answer_by": (case.answer_by, case.answered_at, after.answer - before.answer),
        "resolve_by": (case.resolve_by, case.resolved_at, after.resolve - before.resolve),
    }
    open_ = {name: (by, more) for name, (by, met, more) in asked.items() if by is not None and met is None and more}
    if by_clock(case.kind):
        return {}
    start = case.opened_at
    return {name: hours.due(start, max(0.0, hours.worked(start, by) + more)) for name, (by, more) in open_.items()}
