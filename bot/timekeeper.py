"""The timekeeper: looks at tickets when something comes due, and does what time asks for.

It knows no rule itself: `handlers.due` and `handlers.climb` say what is due and when to look again, and every change
of a ticket calls for a new look. So a pass reads one small index, however many tickets there are. Each ticket is looked
at in its own transaction, locked; what it does is kept as a step that nobody can take twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import gatherings
from bot.db import drills, steps
from bot.db.engine import Database, is_outage
from bot.db.rows import millis, sure_moment
from bot.log import fault, logger
from bot.sealing import Sealing
from handlers import due, tickets
from handlers.standing import Standing, Step, Time

if TYPE_CHECKING:
    from knowledge.load import Knowledge

PAUSE = 2.0  # seconds between two passes
MANY = 200  # tickets that a pass reads at once
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
                while not stop.is_set() and self.step() == MANY:
                    pass
            except Exception as error:
                log.error("timekeeper_failed", fault=fault(error))
            stop.wait(pause)

    def step(self) -> int:
        """One pass over what is due; how many tickets were looked at."""
        gatherings.step(self.database, self.sealing, self.at, self.told)
        with self.database.reading() as connection:
            codes = steps.ripe(connection, self.at(connection), MANY)
        for code in codes:
            try:
                self._look(code)
            except Exception as error:
                if is_outage(error):
                    raise
                log.error("look_failed", code=code, fault=fault(error))
                self._later(code)
        return len(codes)

    def _look(self, code: str) -> None:
        with self.database.transaction() as connection:
            now = self.at(connection)
            case = steps.hold(connection, code, now)
            if case is None:
                return
            if due.is_over(case, sure_moment(now)):
                drills.end(connection, code, now)
                return
            hushed = gatherings.hushed_until(connection, case, self.sealing, now)
            if hushed is not None:
                steps.look_again(connection, code, hushed)
                return
            standing = steps.standing(connection, case, now, self.knowledge)
            looked = due.look(standing, Time(sure_moment(now), case.opened_at, self.speed), self.knowledge)
            taken = [step for step in looked.steps if steps.take(connection, code, step, self.sealing, now)]
            if not any(step.changes for step in taken):
                steps.look_again(connection, code, millis(looked.next) if looked.next else None)
        if taken:
            log.info("time_passed", code=code, steps=[step.name for step in taken])
            self.told(code)

    def _later(self, code: str) -> None:
        with self.database.transaction() as connection:
            steps.look_again(connection, code, self.at(connection) + RETRY)

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
            return steps.take(connection, code, Step(f"days.{kept[1]}", acts), self.sealing, now)
