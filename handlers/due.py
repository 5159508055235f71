"""What time does to a ticket: deadlines near and missed, waits for the reporter, putting aside, closing, late answers.

Deadlines are moments in the ticket's row. While the reporter is asked they stand still: the working time waited is
added when the answer comes. A calendar that changes in mid-ticket moves them as well, and whoever works on it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from handlers import climb, tickets
from handlers.cases import Case
from handlers.pauses import by_clock, dues, resumed
from handlers.standing import Look, Standing, Step, Time, total
from handlers.vocabulary import Change, Inform, T, Told
from knowledge.escalation import table
from knowledge.hours import Hours
from knowledge.model import Both

if TYPE_CHECKING:
    from knowledge.load import Knowledge

CLOCKS: Mapping[str, str] = {"acknowledge": "acknowledged_at", "answer": "answered_at", "resolve": ""}
DAY = 8.0  # working hours
SECOND = timedelta(seconds=1)


def look(standing: Standing, time: Time, knowledge: Knowledge) -> Look:
    """Everything that time asks for now."""
    case = standing.case
    parts = [_awake(standing, time), _went_on(standing, time, knowledge), _close(standing, time, knowledge)]
    if case.status in tickets.OPEN_STATES:
        parts.append(Look(next=drill_ends(case) if case.drill else None))
        parts += [climb.look(standing, time), _late(standing, time, knowledge)]
        parts += [_clock(standing, name, time, knowledge) for name in running(case)]
    return total(parts)


def drill_ends(case: Case) -> datetime:
    """A drill whose command was killed does not stay open."""
    return case.opened_at + timedelta(minutes=table().drill_minutes)


def is_over(case: Case, now: datetime) -> bool:
    return case.drill and case.status in tickets.OPEN_STATES and now >= drill_ends(case)


# --- deadlines -------------------------------------------------------------------------------------------------------


def running(case: Case) -> tuple[str, ...]:
    """The clocks that run: none while the reporter is asked. An untaken emergency climbs, which is louder."""
    if case.status not in tickets.OPEN_STATES or case.status == "waiting_for_reporter":
        return ()
    left = (name for name, done in CLOCKS.items() if not (done and getattr(case, done)))
    return tuple(name for name in left if name != "acknowledge" or not case.urgent)


def _clock(standing: Standing, name: str, time: Time, knowledge: Knowledge) -> Look:
    """Near once, missed once; a deadline that moved is near and missed anew."""
    case = standing.case
    by: datetime | None = getattr(case, f"{name}_by")
    if by is None:
        return Look()
    tag, values = f"{name}.{int(by.timestamp()) // 60}", {"clock": name, "until": by}
    if time.over(by):
        entry = standing.entry("missed", time.now, clock=T(f"due.{name}"), until=by)
        return _once(standing, f"missed.{tag}", (entry, standing.notice("deadline.missed", **values)))
    near = near_at(case, by, knowledge)
    if not time.over(near):
        return Look(next=time.real(near))
    return _once(standing, f"near.{tag}", (standing.notice("deadline.near", **values),)) + Look(next=time.real(by))


def near_at(case: Case, by: datetime, knowledge: Knowledge) -> datetime:
    clock = by_clock(case.kind)
    share = knowledge.hours.worked(case.opened_at, by, clock) * table().near
    return min(by, knowledge.due(case.opened_at, share, clock))


def _once(standing: Standing, name: str, acts: tuple[Any, ...]) -> Look:
    return Look() if name in standing.done else Look((Step(name, acts),))


# --- pauses and putting aside ---------------------------------------------------------------------------------------


def _went_on(standing: Standing, time: Time, knowledge: Knowledge) -> Look:
    """Whatever else ended the wait: the clock goes on."""
    case = standing.case
    if case.status == "waiting_for_reporter" or case.waiting_since is None:
        return Look()
    return Look((Step("", (Change(case.code, resumed(case, dues(case), time.now, knowledge.hours)),)),))


def _awake(standing: Standing, time: Time) -> Look:
    """Put aside until now: back among the others."""
    case = standing.case
    if case.snoozed_until is None:
        return Look()
    if case.snoozed_until > time.now:
        return Look(next=case.snoozed_until)
    change = Change(case.code, {"snoozed_until": None})
    return Look((Step("", (change, standing.entry("awake", time.now), standing.notice("ticket.awake"))),))


# --- a calendar that changes -----------------------------------------------------------------------------------------


def recounted(case: Case, before: Hours, after: Hours, now: datetime) -> dict[str, datetime]:
    """The deadlines to come that another calendar moves: the same working time, counted anew."""
    if by_clock(case.kind) or case.status not in tickets.OPEN_STATES:
        return {}
    named = {f"{name}_by": getattr(case, f"{name}_by") for name in CLOCKS}
    ahead = {name: by for name, by in named.items() if by is not None and by > now}
    moved = {name: after.due(case.opened_at, before.worked(case.opened_at, by)) for name, by in ahead.items()}
    return {name: by for name, by in moved.items() if abs(by - ahead[name]) >= SECOND}


def recount(standing: Standing, before: Hours, after: Hours, now: datetime) -> tuple[Any, ...]:
    moved = recounted(standing.case, before, after, now)
    if not moved:
        return ()
    until = moved.get("resolve_by") or max(moved.values())
    told = standing.notice("deadline.moved", until=until)
    return (Change(standing.case.code, moved), standing.entry("due_moved", now, "reporter", until=until), told)


def days_between(before: Hours, after: Hours, years: range) -> list[date]:
    """The days that one calendar works and the other does not, in order."""
    (off, on), (off_now, on_now) = before.odd_days(years), after.odd_days(years)
    return sorted((off ^ off_now) | (on ^ on_now))


# --- how it ends -----------------------------------------------------------------------------------------------------


def _close(standing: Standing, time: Time, knowledge: Knowledge) -> Look:
    """Nobody said that it is fixed or is not: after some working days the house closes it, and says so."""
    case = standing.case
    if case.resolved_at is None or tickets.transition("close", case.status, "house") is None:
        return Look()
    moment = knowledge.due(case.resolved_at, table().close_after_days * DAY)
    if not time.over(moment):
        return Look(next=time.real(moment))
    change = Change(case.code, {"status": "closed", "closed_at": time.now}, case.version)
    entry = standing.entry("closed_by_house", time.now, "reporter")
    return Look((Step("", (change, entry, _inform(case, "closed", knowledge))),))


def _late(standing: Standing, time: Time, knowledge: Knowledge) -> Look:
    """An institute is asked and says neither yes nor no: the hub is told, and whoever waits."""
    case = standing.case
    asked = case.kind in ("referral", "question") and case.status == "new" and case.office != table().central
    if not asked:
        return Look()
    moment = knowledge.due(standing.since, table().referral_hours)
    if not time.over(moment):
        return Look(next=time.real(moment))
    name = f"late.{case.office}.{int(standing.since.timestamp())}"
    entry = standing.entry("late", time.now, "reporter", office=_office(case, knowledge))
    told = standing.notice("referral.late", office=case.office)
    return _once(standing, name, (entry, told, _inform(case, "late", knowledge)))


def _inform(case: Case, key: str, knowledge: Knowledge) -> Inform:
    return Inform(Told(case.code, f"told.{key}", {"office": _office(case, knowledge)}))


def _office(case: Case, knowledge: Knowledge) -> Both:
    body = knowledge.body(case.office)
    return body.name if body else Both(case.office)
