"""`frontdoor drill`: rehearses an emergency with the real rota, the real cards and the running house, and measures it.

The command opens the drill and watches; the house beside it tells people and lets it climb. It ends when somebody takes
it, when the ladder is through, or when the command is stopped; one that nobody ended is ended by the timekeeper.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.db import drills, rota
from bot.db.rows import sure_moment
from bot.house import House
from handlers import drill, people, tickets
from handlers.cases import Case
from handlers.standing import Standing
from handlers.vocabulary import Open, StoryEntry, T
from knowledge.escalation import table
from knowledge.model import Place

if TYPE_CHECKING:
    from datetime import datetime

LOOKS = 1.0  # seconds between two looks at how it goes
PATIENCE = 120.0  # seconds after the last level has been told


class NoOffice(Exception):
    """There is no such office; the text is the sentence to show."""


@dataclass
class Drill:
    """`sleep` and the house's clock are told in tests."""

    house: House
    office: str
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        if self.house.tools.knowledge.body(self.office) is None:
            raise NoOffice(f"there is no office {self.office!r}: see `frontdoor kb check`, or name a province by TH-11")

    def plan(self) -> dict[str, Any]:
        """What would happen now; nothing is written."""
        at = sure_moment(self.house.clock())
        with self.house.database.reading() as connection:
            standing = Standing(self._case(at), at, roster=rota.roster(connection, at, self.house.tools.knowledge))
        return {"office": self.office, "unreachable": drill.red(standing), "levels": drill.plan(standing, at)}

    def run(self, say: Callable[[dict[str, Any]], None] = lambda report: None) -> dict[str, Any]:
        """The whole drill; `say` hears how it goes. Always ends it."""
        code = self.begin()
        try:
            self._watch(code, say)
        finally:
            self.end(code)
        return self.report(code)

    def begin(self) -> str:
        now = self.house.clock()
        with self.house.database.transaction() as connection:
            act = self._open(sure_moment(now))
            drills.open_(connection, act, now)
        self.house.wake.moved(act.code)
        return act.code

    def end(self, code: str) -> bool:
        with self.house.database.transaction() as connection:
            return drills.end(connection, code, self.house.clock())

    def report(self, code: str) -> dict[str, Any]:
        with self.house.database.reading() as connection:
            ran, names = drills.ran(connection, code), drills.names(connection)
        return drill.report(ran, names) if ran else {}

    def _watch(self, code: str, say: Callable[[dict[str, Any]], None]) -> None:
        longest = sum(rung.minutes for rung in table().ladder) * 60 + PATIENCE
        ends = self.house.clock() + longest * 1000
        while self.house.clock() < ends:
            self.sleep(LOOKS)
            report = self.report(code)
            say(report)
            if report["taken"]:
                return

    def _open(self, at: datetime) -> Open:
        words, due, limits = self.house.tools.words, self.house.tools.knowledge.due, tickets.EMERGENCY
        return Open(
            self.house.sealing.code(f"drill:{self.office}:{at.timestamp()}"),
            "emergency",
            drill.DANGER,
            "emergency",
            self.office,
            words.text(T("drill.summary")),
            {},
            self._place(),
            acknowledge_by=due(at, limits.acknowledge, True),
            answer_by=due(at, limits.answer, True),
            resolve_by=due(at, limits.resolve, True),
            story=(StoryEntry("story.drill", at, "house", "staff"),),
        )

    def _place(self) -> Place:
        return Place(province=people.province_of(self.office))

    def _case(self, at: datetime) -> Case:
        """As the ticket would be."""
        return Case(
            "", "emergency", drill.DANGER, "emergency", "new", self.office, "", at, 0, place=self._place(), drill=True
        )
