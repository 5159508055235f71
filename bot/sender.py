"""The sender: takes letters from the outbox, many at a time, one a lane, and notes what became of them.

Async, because it waits for many answers at once; the database work goes to threads. What the last note commit left
over is noted together in the next, as intake does. A claim is committed before the first byte leaves, and a note
after the last, so a crash in between leaves a row that is tried again with the same key, or the same token.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from bot import post
from bot.db import outbox
from bot.db.engine import Database
from bot.db.outbox import Letter, Note
from bot.line.client import Sent, Unauthorised
from bot.log import fault, logger
from bot.wake import Wake

AT_ONCE = 64
GATHER = 0.01
log = logger()


class Post(Protocol):
    """What carries letters; in the house it is `bot.line.client.Line`."""

    async def reply(self, token: str, messages: list[dict[str, object]]) -> Sent: ...
    async def push(self, to: str, messages: list[dict[str, object]], retry_key: str) -> Sent: ...


class Sender:
    """One a process. `run()` until cancelled or `stop()`; `drain()` waits for what is on its way."""

    def __init__(
        self,
        database: Database,
        post_: Post,
        wake: Wake,
        clock: Callable[[], int],
        rules: post.Rules,
        at_once: int = AT_ONCE,
        at: Callable[[str], None] = lambda step: None,
        tell: Callable[[Any, Sequence[Note]], None] = lambda connection, notes: None,
    ) -> None:
        self._database = database
        self._post = post_
        self._wake = wake
        self._clock = clock
        self._rules = rules
        self._at_once = at_once
        self._at = at
        self._tell_house = tell  # in the transaction of the notes
        self._threads = ThreadPoolExecutor(2, "sender")
        self._flying: set[asyncio.Task[None]] = set()
        self._notes: list[Note] = []
        self._noting: asyncio.Task[None] | None = None
        self._stopped = False
        self._claiming = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.halted = False
        self.counts: Counter[str] = Counter()

    async def run(self, poll: float = 0.25) -> None:
        """The only loop of the sender that catches everything."""
        self._loop = asyncio.get_running_loop()
        while not self._stopped:
            try:
                if await self.step():
                    continue
            except Exception as error:
                log.error("sender_failed", fault=fault(error))
                await asyncio.sleep(1.0)
            await self._wake.outbox.heard(poll)

    async def step(self) -> int:
        """Claims what may go now and sends it without waiting for the end; gives how many."""
        room = self._at_once - len(self._flying)
        if room < self._at_once // 2:  # wait a breath, so that a busy sender claims many rows at a time
            await asyncio.sleep(GATHER)
            room = self._at_once - len(self._flying)
        if self.halted:
            room = min(room, 1 - len(self._flying))  # one letter asks whether the token is good again
        if room <= 0:
            return 0
        self._claiming = True
        try:
            letters = await asyncio.get_running_loop().run_in_executor(self._threads, self._claim, room)
            self._fly(letters)
        finally:
            self._claiming = False
        return len(letters)

    def _fly(self, letters: Sequence[Letter]) -> None:
        for letter in letters:
            task = asyncio.create_task(self._carry(letter))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)

    # --- straight from a worker of this process ------------------------------------------------------------------

    def has_room(self) -> bool:
        """May a worker put letters that are born claimed? A guess from another thread; a wrong one does no harm."""
        return self._loop is not None and not (self._stopped or self.halted) and len(self._flying) < self._at_once

    def take(self, letters: Sequence[Letter]) -> None:
        """Letters that were born claimed, from a worker's thread, after their commit."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._fly, letters)

    def stop(self) -> None:
        self._stopped = True
        self._wake.outbox.ring()

    async def drain(self, seconds: float) -> None:
        """What is on its way lands and is noted; what does not within `seconds` is tried again later."""
        end = time.monotonic() + seconds
        while (self._flying or self._claiming or self._noting) and time.monotonic() < end:  # noqa: ASYNC110  one follows
            await asyncio.sleep(0.01)  # from the other: a claim under way becomes a flight, and a flight a note
        self._threads.shutdown(wait=True)

    # --- one letter ----------------------------------------------------------------------------------------------

    async def _carry(self, letter: Letter) -> None:
        now = self._clock
        try:
            if letter.how == "reply":
                result = await self._post.reply(letter.token, letter.bodies())
            else:
                result = await self._post.push(letter.lane, letter.bodies(), letter.retry_key)
            note = post.sent(letter, result)
            self.halted = False
            self.counts[letter.how] += 1
        except Exception as error:
            note = post.failed(letter, error, now(), self._rules)
            self._tell(letter, note, error)
        self._at("sent")
        self._keep(note)

    def _tell(self, letter: Letter, note: Note, error: Exception) -> None:
        self.counts[f"failed_{type(error).__name__}"] += 1
        if isinstance(error, Unauthorised):
            if not self.halted:
                log.error("sending_halted", mend="LINE_CHANNEL_ACCESS_TOKEN is refused: issue a new one")
            self.halted = True
        elif note.state in ("dead", "parked"):
            log.error("letter_" + note.state, how=letter.how, attempts=letter.attempts, reason=type(error).__name__)

    # --- the database, in threads --------------------------------------------------------------------------------

    def _claim(self, room: int) -> list[Letter]:
        now = self._clock()
        with self._database.reading(often=True) as connection:  # most looks find nothing: no reason to write
            if not outbox.any_due(connection, now):
                return []
        with self._database.transaction() as connection:
            found = [self._known(one) for one in outbox.due(connection, now, room)]
            late = outbox.overtaken(connection, [one for one in found if now - one.made_at > self._rules.stale])
            planned = [post.plan(one, now, self._rules, one.id in late) for one in found]
            outbox.note(connection, [one for one in planned if isinstance(one, Note)], now)
            going = outbox.ride_along(connection, [one for one in planned if isinstance(one, Letter)], now)
            letters = outbox.claim(connection, going, now, now + outbox.LEASE)
        self._at("claimed")
        return letters

    def _known(self, letter: Letter) -> Letter:
        """A row still in `sending` after its lease belongs to a sender that died: its last end is unclear."""
        return post.unfinished(letter) if letter.left_sending else letter

    def _keep(self, note: Note) -> None:
        self._notes.append(note)
        if self._noting is None:
            self._noting = asyncio.create_task(self._note_all())

    async def _note_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._notes:
                if len(self._flying) > 8:  # busy: a note may wait a little for others
                    await asyncio.sleep(GATHER)
                notes, self._notes = self._notes, []
                try:
                    await loop.run_in_executor(self._threads, self._write, notes)
                except Exception as error:
                    log.error("noting_failed", fault=fault(error), count=len(notes))
                    self._notes = [*notes, *self._notes]
                    await asyncio.sleep(0.5)
        finally:
            self._noting = None
        self._wake.outbox.ring()

    def _write(self, notes: Sequence[Note]) -> None:
        with self._database.transaction() as connection:
            outbox.note(connection, notes, self._clock())
            self._tell_house(connection, notes)
        self._at("noted")
