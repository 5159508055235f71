"""The timekeeper: looks at tickets when something comes due, and does what time asks for.

It knows no rule itself: `handlers.due` and `handlers.climb` say what is due and when to look again, and every change
of a ticket calls for a new look. So a pass reads one small index, however many tickets there are. Some are looked at in
one transaction, locked, and one by one where that fails; several processes share them. What a look does is kept as a
step that nobody can take twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import gatherings
from bot.db import cases, drills, steps
from bot.db.engine import Database, is_outage
from bot.db.rows import millis, sure_moment
from bot.log import fault, logger
from bot.sealing import Sealing
from handlers import due, tickets
from handlers.cases import Case
from handlers.standing import Look, Standing, Step, Time

if TYPE_CHECKING:
    from knowledge.load import Knowledge

PAUSE = 2.0  # seconds between two passes
MANY = 200  # tickets of a pass
AT_ONCE = 25  # tickets of a transaction: few, because whoever wants to work on one of them waits for it
RETRY = 60_000  # milliseconds until a look that failed is tried again
log = logger()


@dataclass
class Timekeeper:
    """One a process. `at` gives the time inside a transaction; `told` is rung with the code of a ticket that moved."""

    database: Database
    sealing: Sealing
    knowledge: Knowledge
    at: steps.At
    told: Callable[[str], None] = lambda code: None
    speed: float = 1.0
    _began: bool = False

    def run(self, stop: threading.Event, pause: float = PAUSE) -> None:
        while not stop.is_set():
            try:
                if not self._began:
                    self.recount()
                    self._began = True
                while not stop.is_set() and self.step() >= MANY:
                    pass
            except Exception as error:
                log.error("timekeeper_failed", fault=fault(error))
            stop.wait(pause)

    def step(self) -> int:
        """One pass over what is due; how many tickets were looked at."""
        gatherings.step(self.database, self.sealing, self.at, self.told)
        looked = 0
        while looked < MANY:
            some = self._some()
            looked += some
            if some < AT_ONCE:
                break
        return looked

    def _some(self) -> int:
        with self.database.reading() as connection:
            if not steps.any_ripe(connection, self.at(connection)):
                return 0
        held: list[str] = []
        try:
            taken = self._look(held)
        except Exception as error:
            if is_outage(error) or not held:
                raise
            log.warning("looks_failed", fault=fault(error), tickets=len(held))
            taken = [one for code in held for one in self._alone(code)]
        for code, names in taken:
            log.info("time_passed", code=code, steps=names)
            self.told(code)
        return len(held)

    def _look(self, held: list[str], only: str = "") -> list[tuple[str, list[str]]]:
        """One transaction; the tickets that moved, with the names of their steps. `held` gets all that are due."""
        moved: dict[str, list[Step]] = {}
        again: dict[str, int | None] = {}
        with self.database.transaction() as connection:
            now = self.at(connection)
            held += steps.hold(connection, now, AT_ONCE, only)
            some = list(cases.load_all(connection, held).values()) if held else []
            over = {case.code for case in some if due.is_over(case, sure_moment(now))}
            for code in over:
                drills.end(connection, code, now)
            quiet = gatherings.hushed(connection, [case for case in some if case.code not in over], self.sealing, now)
            again.update(quiet)
            left = [case for case in some if case.code not in over | quiet.keys()]
            looks = self._looks(connection, left, now)
            wanted = [(code, step) for code, look in looks.items() for step in look.steps]
            for code, step in steps.take(connection, wanted, self.sealing, now):
                moved.setdefault(code, []).append(step)
            for code, look in looks.items():
                if not any(step.changes for step in moved.get(code, ())):
                    again[code] = millis(look.next) if look.next else None
            steps.look_again(connection, again)
        return [(code, [step.name for step in taken]) for code, taken in moved.items()]

    def _looks(self, connection: Any, held: Sequence[Case], now: int) -> dict[str, Look]:
        at = sure_moment(now)
        standings = steps.standings(connection, held, now, self.knowledge)
        return {
            one.case.code: due.look(one, Time(at, one.case.opened_at, self.speed), self.knowledge) for one in standings
        }

    def _alone(self, code: str) -> list[tuple[str, list[str]]]:
        """One ticket in a transaction of its own; where that fails as well, it is tried again later."""
        try:
            return self._look([], code)
        except Exception as error:
            if is_outage(error):
                raise
            log.error("look_failed", code=code, fault=fault(error))
            with self.database.transaction() as connection:
                steps.look_again(connection, {code: self.at(connection) + RETRY})
            return []

    # --- another calendar --------------------------------------------------------------------------------------------

    def recount(self, dry_run: bool = False) -> int:
        """After a special day was loaded or taken back: counts the deadlines of open tickets anew, and tells. How many
        moved. Done at start only, so that an old process beside a new one does not turn the calendar back.
        """
        with self.database.reading() as connection:
            now, kept = self.at(connection), steps.calendar(connection)
        years = range(sure_moment(now).year - 1, sure_moment(now).year + 3)
        other = kept is not None and due.days_between(kept[0], self.knowledge.hours, years)
        moved = sum(self._recount(code, dry_run) for code in (self._running(now) if other else ()))
        if not dry_run:
            with self.database.transaction() as connection:
                steps.keep_calendar(connection, self.knowledge.hours, years, now)
        return moved

    def _running(self, now: int) -> list[str]:
        found: list[str] = []
        states = sorted(tickets.OPEN_STATES)
        with self.database.reading() as connection:
            while page := steps.running(connection, found[-1] if found else "", now, 1000, states):
                found += page
        return found

    def _recount(self, code: str, dry_run: bool) -> bool:
        """One ticket in its own transaction; a second timekeeper, or this one started again, finds the step taken."""
        with self.database.transaction() as connection:
            now, kept, case = self.at(connection), steps.calendar(connection), steps.locked(connection, code)
            if case is None or kept is None:
                return False
            acts = due.recount(Standing(case, case.opened_at), kept[0], self.knowledge.hours, sure_moment(now))
            if not acts or dry_run:
                return bool(acts)
            return bool(steps.take(connection, [(code, Step(f"days.{kept[1]}", acts))], self.sealing, now))
