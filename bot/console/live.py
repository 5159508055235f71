"""Live pages: a stream that says "ticket <code> changed", to those who may see it or have it open, and nothing else.

The browser then asks for its own view, so rights are asked once more. One look a process serves all its streams: every
second, or at once when staff acted here or (with Redis) in another process. Whose session ended, or who was disabled,
is out within the time that a look at the doors takes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.console.asking import Ask
from bot.console.frame import Frame
from bot.db import desks
from bot.db.engine import is_outage
from handlers import people
from handlers.people import Held, Member

LOOK = 1.0  # seconds between two looks where nothing rings
DOORS = 4.0  # seconds between two looks at the doors: out within five
OVERLAP = 5_000  # milliseconds looked at again, since clocks of machines differ and commits take time
FULL = 1000  # what a slow browser may leave unread; then it is told to look at everything


@dataclass(eq=False)  # each browser is its own
class Ear:
    """One listening browser."""

    member: Member
    on: str = ""  # the ticket that it shows: told of its change also when it leaves the member's reach
    told: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(FULL))

    def hear(self, code: str) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self.told.put_nowait(code)


class Live:
    """One a process; it looks only while somebody listens."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._ears: set[Ear] = set()
        self._task: asyncio.Task[None] | None = None
        self._seen: dict[str, tuple[int, int]] = {}  # code -> version and moment (words raise none), of what was told

    async def stream(self, ask: Ask) -> AsyncIterator[str]:
        shown = ask.request.query_params.get("on", "")
        ear = Ear(ask.member, shown if await asyncio.to_thread(self._sees, ask.member, shown) else "")
        self._ears.add(ear)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        try:
            yield "retry: 2000\n\n: here\n\n"
            while True:
                with contextlib.suppress(TimeoutError):
                    code = await asyncio.wait_for(ear.told.get(), DOORS)
                    yield f"event: ticket\ndata: {code}\n\n"
                    continue
                member = await asyncio.to_thread(self._frame.doors.member_of, ask.request)
                if member != ear.member:
                    yield "event: out\ndata: -\n\n"
                    return
                yield ": here\n\n"
        finally:
            self._ears.discard(ear)

    def _sees(self, member: Member, code: str) -> bool:
        with self._frame.house.database.reading() as connection:
            row = desks.reach_of(connection, code) if code else None
        return row is not None and people.may(member, "see", held(row))

    async def _look(self) -> None:
        house = self._frame.house
        since = house.clock()
        while self._ears:
            await house.wake.tickets.heard(LOOK)
            try:
                since = await asyncio.to_thread(self._tell, since)
            except Exception as error:
                if not is_outage(error):
                    raise
        self._seen.clear()

    def _tell(self, since: int) -> int:
        now = self._frame.house.clock()
        with self._frame.house.database.reading() as connection:
            rows = desks.moved_since(connection, since - OVERLAP)
        fresh = [row for row in rows if self._seen.get(row.code) != (row.version, row.changed_at)]
        self._seen = {row.code: (row.version, row.changed_at) for row in rows}
        for row in fresh:
            reach = held(row)
            for ear in tuple(self._ears):
                if ear.on == row.code or people.may(ear.member, "see", reach):
                    self._loop_call(ear, row.code)
        return now

    def _loop_call(self, ear: Ear, code: str) -> None:
        if self._task is not None:
            self._task.get_loop().call_soon_threadsafe(ear.hear, code)


def held(row: desks.Moved) -> Held:
    return Held(row.office, row.province, row.kind, row.urgency == "emergency")


def pages(frame: Frame) -> None:
    frame.stream("/console/live", "see", Live(frame).stream)
