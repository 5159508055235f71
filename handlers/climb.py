"""An emergency that nobody takes climbs: duty, deputies, region, central, everybody. The minutes are data.

Whoever is on duty hears of it when it comes. Each further level hears of it when the one before has had its minutes, at
once where that one cannot be reached. Taking it stops the climb; passing it on, making it urgent later or opening it
again begins another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from handlers import duty
from handlers.cases import Case
from handlers.people import Member
from handlers.standing import Look, Standing, Step, Time
from handlers.vocabulary import T
from knowledge.escalation import Rung, table

OFFICES_OWN = ("duty", "deputies", "region")  # levels that are others in another office


def untaken(case: Case) -> bool:
    """Does an emergency wait for somebody to take it?"""
    return case.urgent and case.waits


def look(standing: Standing, time: Time) -> Look:
    if not untaken(standing.case):
        return Look()
    steps = unreachable(standing, time.now)
    waits: datetime | None = None
    for number, rung, who, moment in levels(standing, time.now, time.sped(standing.since)):
        if not time.over(moment):
            waits = time.real(moment)
            break
        if number and who:
            steps += (climbed(standing, number, rung, who, time.now),)
    return Look(tuple(step for step in steps if step.name not in standing.done), waits)


def levels(
    standing: Standing, at: datetime, moment: datetime
) -> Iterator[tuple[int, Rung, tuple[Member, ...], datetime]]:
    """Number, rung, people and moment of each level; after one that cannot be reached the next comes at once."""
    roster, case = standing.roster, standing.case
    for number, rung in enumerate(table().ladder):
        who = duty.level(roster, rung.who, case, at)
        yield number, rung, who, moment
        hears = roster.reachable(who) or (number == 0 and duty.can_be_reached(roster, case.office))
        moment += timedelta(minutes=rung.minutes if hears else 0)


def climbed(standing: Standing, number: int, rung: Rung, who: tuple[Member, ...], at: datetime) -> Step:
    names = [one.name for one in who if one.id in standing.roster.reached] or [one.name for one in who]
    level = T(f"climb.who.{rung.who}")
    told = standing.notice(f"climb.{number}", who=rung.who, staff=[one.id for one in who], office=standing.case.office)
    return Step(name(standing, number, rung), (standing.entry("climb", at, who=level, names=names), told))


def name(standing: Standing, number: int, rung: Rung) -> str:
    """Once for each time that it came to wait; the office's own levels once for each office."""
    office = f".{standing.case.office}" if rung.who in OFFICES_OWN else ""
    return f"climb.{number}.{int(standing.since.timestamp())}{office}"


def unreachable(standing: Standing, at: datetime) -> tuple[Step, ...]:
    case = standing.case
    if duty.can_be_reached(standing.roster, case.office):
        return ()
    step = f"unreachable.{int(standing.since.timestamp())}.{case.office}"
    notice = standing.notice("office.unreachable", office=case.office)
    return (Step(step, (standing.entry("unreachable", at), notice)),)
