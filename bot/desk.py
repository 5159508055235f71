"""The desk: an act of staff, from the console or from anywhere but LINE, in one transaction.

It reads the ticket locked, lets `handlers.staff` decide, and writes what was decided; so two who act at once come one
after the other, and the second sees what the first did. Acts on LINE cards go the worker's way, to the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.db import audit, cases, corrections, doing, incidents, informs, leading, notices, people
from bot.db.engine import Database
from bot.db.rows import sure_moment
from bot.sealing import Sealing
from handlers import people as rights
from handlers import staff
from handlers.cases import Case
from handlers.people import Member
from handlers.staff import Ground, Refused
from handlers.vocabulary import Reporter

if TYPE_CHECKING:
    from knowledge.load import Knowledge


GATHERS = ("merge", "split")


@dataclass(frozen=True, slots=True)
class Done:
    """It is done. `deed` can be undone until `until` (milliseconds; in the past where it cannot)."""

    deed: int
    until: int


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody was faster: how the ticket stands now. Nothing was written, what was typed is not lost."""

    case: Case


@dataclass
class Desk:
    """One a process. `told` is rung after each act with the ticket's code: workers, notifiers and live pages wake."""

    database: Database
    sealing: Sealing
    knowledge: Knowledge
    clock: Callable[[], int]
    told: Callable[[str], None] = lambda code: None

    def see(self, member: Member, code: str) -> Case | None:
        """The ticket, or None where it is not there or not the member's to see: both look the same."""
        with self.database.reading() as connection:
            case = cases.load(connection, code)
        return case if case and rights.may(member, "see", case.held) else None

    def do(
        self, member: Member, code: str, act: str, carried: Mapping[str, Any], version: int | None = None
    ) -> Done | Refused | Changed:
        """`version` is that of the page on which it was decided; another one in the row gives Changed."""
        now = self.clock()
        with self.database.transaction() as connection:
            case = cases.load(connection, code, lock=True)
            if case is None or not rights.reaches(member, case.held):
                return Refused("desk.no_case")
            if version is not None and version != case.version:
                return Changed(case)
            if act in GATHERS and (refused := self._ungathered(connection, member, code, act, carried)):
                return refused
            outcome = staff.do(Ground(case, member, carried, sure_moment(now), self.knowledge), act)
            if isinstance(outcome, Refused):
                return outcome
            deed = doing.do(connection, outcome.acts, self.sealing, now)
            if act in GATHERS:
                self._recount(connection, {case.incident, int(carried.get("incident") or 0)}, now)
        self.told(code)
        return Done(deed, now + round(1000 * staff.undo_of(outcome)))

    def _ungathered(
        self, connection: Any, member: Member, code: str, act: str, carried: Mapping[str, Any]
    ) -> Refused | None:
        """Why it may not join or leave an incident: none of the others is left behind without a lead."""
        if leading.leads_others(connection, code):
            return Refused("console_incidents.leads")
        if act == "merge" and not self._can_merge(connection, member, code, carried):
            return Refused("desk.needs", {"what": "desk.field.incident"})
        return None

    def _can_merge(self, connection: Any, member: Member, code: str, carried: Mapping[str, Any]) -> bool:
        """Into an incident that is worked on, by somebody who sees it, and never a leading ticket into its own."""
        lead = incidents.open_lead(connection, int(carried.get("incident") or 0))
        if lead is None or lead.code == code:
            return False
        held = cases.load(connection, lead.code)
        return held is not None and rights.reaches(member, held.held)

    def undo(self, member: Member, deed: int) -> Refused | None:
        """Takes an act back while its message has not left and nobody has built on it."""
        now = self.clock()
        with self.database.transaction() as connection:
            row = cases.deed(connection, deed)
            case = cases.load(connection, row.code, lock=True) if row else None
            if row is None or case is None or row.staff != member.id or row.undone_at:
                return Refused("desk.no_case")
            late = row.until <= now or cases.built_upon(connection, row, case.version)
            if late or (row.event_id and not informs.take_back(connection, row.event_id)):
                return Refused("desk.too_late")
            cases.put_back(connection, row, now)
            notices.take_back(connection, row.code, row.id)
            corrections.take_back(connection, case.told, row.at)
            if row.act in GATHERS:
                after = cases.load(connection, row.code)
                self._recount(connection, {case.incident, after.incident if after else 0}, now)
            audit.write(connection, [audit.Entry(f"staff:{member.id}", f"undo:{row.act}", row.code)], now)
        self.told(row.code)
        return None

    def _recount(self, connection: Any, numbers: set[int], now: int) -> None:
        for number in sorted(numbers - {0}):
            incidents.recount(connection, number, now)

    def reveal(self, member: Member, code: str, why: str) -> tuple[str, Reporter] | Refused:
        """Who reported, for a reason that stays in the story and in the audit log."""
        now = self.clock()
        with self.database.transaction() as connection:
            case = cases.load(connection, code, lock=True)
            if case is None or not rights.reaches(member, case.held):
                return Refused("desk.no_case")
            outcome = staff.do(Ground(case, member, {"words": why}, sure_moment(now), self.knowledge), "reveal")
            if isinstance(outcome, Refused):
                return outcome
            doing.do(connection, outcome.acts, self.sealing, now)
            found = people.unseal(connection, code, self.sealing)
        return found if found else Refused("desk.no_case")
