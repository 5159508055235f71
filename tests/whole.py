"""A house and the local LINE platform, both served over HTTP in this process: webhooks, door, worker, sender, SDK.

Handlers are simple and knowledge is none, so that a test of a fault takes no longer than the fault. The clock is one
for both and can be moved, so that a minute's pause costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bot import web
from bot.db.engine import Database
from bot.db.tables import outbox
from bot.emulator.platform import Emulator, create_emulator
from bot.emulator.serving import serving
from bot.house import House
from handlers.vocabulary import Outcome, Say, Turn
from tests.house import SECRET, rows

PATIENCE = 60.0  # seconds that a wait may last: only what never happens takes so long, however busy the machine


@dataclass
class Moving:
    """Real time, moved on at will, or stopped, so that whoever waits for a moment to pass waits for ever."""

    ahead: float = 0.0
    stopped: float = 0.0

    def stop(self) -> None:
        self.stopped = self.seconds()

    def seconds(self) -> float:
        return self.stopped or time.time() + self.ahead

    def millis(self) -> int:
        return int(self.seconds() * 1000)


def until(true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Waits until something is true, and gives it; AssertionError when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"not so within {seconds} s")


@dataclass
class Hears:
    """A handler that answers each event with one bubble, and remembers what it heard. `!` begins what must arrive."""

    heard: list[Any] = field(default_factory=list)
    before: Callable[[], None] = lambda: None  # what happens meanwhile

    def __call__(self, turn: Turn) -> Outcome:
        self.before()
        self.heard.append(turn.incoming)
        if turn.incoming.kind == "unfollow":
            return Outcome((), replace(turn.conversation, blocked=True))
        must = turn.incoming.text.startswith("!")
        return Outcome((Say("house.sorry", must_arrive=must),), turn.conversation)


@dataclass
class Whole:
    """The running two, and what was heard."""

    house: House
    line: Emulator
    clock: Moving
    door: str

    def letters(self) -> list[Any]:
        return rows(self.house.database, outbox, "id")

    def states(self) -> list[str]:
        return [row.state for row in self.letters()]

    def calls(self, end: str) -> list[tuple[str, int]]:
        """(path, status) of the bot's calls whose path ends so."""
        return [
            (one["path"], one["status"])
            for one in self.line.requests
            if one.get("way") == "api" and one["path"].endswith(end)
        ]

    def wait(self, who: str, bubbles: int, seconds: float = PATIENCE) -> None:
        self.line.wait_for(who, bubbles, seconds)
        until(lambda: not {"waiting", "sending"} & set(self.states()), seconds)


@contextmanager
def platform(clock: Moving) -> Iterator[tuple[Emulator, str]]:
    line = create_emulator(channel_secret=SECRET, access_token="token", webhook_url="http://unset", now=clock.seconds)
    with serving(line.app) as base:
        try:
            yield line, base
        finally:
            line.close()


@contextmanager
def whole(make: Callable[..., House], url: str, handle: Any, knowledge: Any = None, **given: Any) -> Iterator[Whole]:
    """`make` is the fixture `new_house`; keywords are settings."""
    clock = Moving()
    with platform(clock) as (line, base):
        house = make(
            url,
            handle,
            knowledge,
            clock.millis,
            line_api_base=f"{base}/api",
            line_data_api_base=f"{base}/data",
            **{"poll_seconds": 0.05, "line_seconds": 2.0, **given},
        )
        with serving(web.app(house)) as door:
            line.webhook_at(f"{door}/line/webhook", redelivery=(0.2, 0.5, 1.0))
            yield Whole(house, line, clock, door)


def empty(database: Database) -> bool:
    """Has everything left the house?"""
    return not {"waiting", "sending"} & {row.state for row in rows(database, outbox)}
