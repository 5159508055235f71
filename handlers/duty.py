"""Who is on duty where, who stands in for whom, and whether anybody there can be reached at all.

Everything is computed from the rota for one moment; nobody is marked as being on duty. An office without a rota, or
with nobody on it just now, is held by all who work there, so that forgetting the rota never means that nobody is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers import notices, people
from handlers.cases import Case
from handlers.people import Member
from knowledge.escalation import Who, table

Shifts = Literal["duty", "leave"]


@dataclass(frozen=True, slots=True)
class Shift:
    """One row of the rota: on duty, or on leave with somebody who stands in. `end` is the first moment after it."""

    id: int
    office: str
    staff: int
    start: datetime
    end: datetime
    kind: Shifts = "duty"
    deputy: int = 0

    def covers(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Roster:
    """The active staff, their rota around a moment, and who can be reached: people by number, offices by id."""

    members: Mapping[int, Member]
    shifts: tuple[Shift, ...] = ()
    reached: frozenset[int] = frozenset()  # a linked LINE account that is not blocked, or another way that works
    offices: frozenset[str] = frozenset()  # a group chat or a way of the office's own

    def of(self, office: str) -> list[Member]:
        """Who works there: those who may take a ticket."""
        return [one for one in self.members.values() if one.office == office and people.may(one, "take")]

    def reachable(self, who: Iterable[Member]) -> bool:
        return any(one.id in self.reached for one in who)


NOBODY = Roster({})


def on_duty(roster: Roster, office: str, at: datetime) -> tuple[Member, ...]:
    """Who holds the office at this moment. People on leave are replaced by whom they named; where none of those on
    duty can be reached, all of the office are meant.
    """
    rows = [one for one in roster.shifts if one.office == office and one.kind == "duty" and one.covers(at)]
    found = present(roster, (one.staff for one in rows), at)
    if found and roster.reachable(found):
        return found
    others = present(roster, (one.id for one in _staff(roster, office)), at)
    return tuple(dict.fromkeys((*found, *(others or present(roster, (one.id for one in roster.of(office)), at)))))


def _staff(roster: Roster, office: str) -> list[Member]:
    """Who would hold an office without a rota: its officers, and the deputies with no duty of their own; else all."""
    here = roster.of(office)
    return [one for one in here if one.role == "officer" or (one.role == "deputy" and not one.duties)] or here


def present(roster: Roster, ids: Iterable[int], at: datetime) -> tuple[Member, ...]:
    """These members, each on leave replaced by the deputy; nobody twice, and nobody who has left."""
    stood = (stands_in(roster, id_, at) for id_ in ids)
    return tuple(dict.fromkeys(roster.members[id_] for id_ in stood if id_ in roster.members))


def stands_in(roster: Roster, id_: int, at: datetime) -> int:
    """Whoever does the work of this one now; deputies on leave have deputies, and a circle ends with nobody (0)."""
    seen: set[int] = set()
    while id_ and id_ not in seen:
        seen.add(id_)
        leave = next(
            (one for one in roster.shifts if one.staff == id_ and one.kind == "leave" and one.covers(at)), None
        )
        if leave is None:
            return id_
        id_ = leave.deputy
    return 0


def can_be_reached(roster: Roster, office: str) -> bool:
    """An office without any reachable person is shown red; its own group chat or mailbox counts as one."""
    return office in roster.offices or roster.reachable(roster.of(office))


def level(roster: Roster, who: Who, case: Case, at: datetime) -> tuple[Member, ...]:
    """The people of one rung of the ladder, for this ticket at this moment."""
    if who == "duty":
        return on_duty(roster, case.office, at)
    if who == "deputies":
        return present(roster, (one.id for one in _deputies(roster, case)), at)
    if who == "region":
        supervisors = [one for one in roster.members.values() if one.role == "supervisor"]
        return present(roster, (one.id for one in supervisors if people.reaches(one, case.held)), at)
    if who == "central":
        return central(roster, at)
    ids = (one.id for one in roster.members.values() if one.role == "hub" or people.may(one, "take", case.held))
    return present(roster, ids, at)


def central(roster: Roster, at: datetime) -> tuple[Member, ...]:
    """Whoever the rota of the central office names, else the hub."""
    office = table().central
    rows = [one for one in roster.shifts if one.office == office and one.kind == "duty" and one.covers(at)]
    found = present(roster, (one.staff for one in rows), at)
    if found and roster.reachable(found):
        return found
    hub = (one.id for one in roster.members.values() if one.role == "hub")
    return tuple(dict.fromkeys((*found, *present(roster, hub, at))))


def _deputies(roster: Roster, case: Case) -> list[Member]:
    """The chief's assistants of the office: those of the matter, else all of them."""
    here = [one for one in roster.members.values() if one.role == "deputy" and one.office == case.office]
    return [one for one in here if notices.duty_of(case) in one.duties] or here
