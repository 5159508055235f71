"""The language of somebody's phone, asked of LINE once when a person is first met whose message does not tell it.

A sticker, a photo or a follow has no words, and a greeting in the wrong language is a bad beginning. So the first
answer waits a moment while LINE is asked, outside any transaction; what comes later than that is of no use and
nobody waits for it. Only the language is kept, under a pseudonym, in the cache that may vanish; name and picture are
dropped unread. That LINE knows nothing (blocked, unknown) is remembered as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from bot.line.client import OutOfQuota, SendLater, SendNever, Unauthorised
from bot.log import logger
from bot.wake import Wake
from handlers.vocabulary import Conversation, Incoming

WAITS = 400  # milliseconds that a first answer waits
PATIENCE = 2.0  # seconds until a question is given up
AT_ONCE = 16  # more newcomers at a time are answered without asking
KEPT = 24 * 3600
WORDLESS = ("follow", "sticker", "media", "pin", "tap")
log = logger()


class Source(Protocol):
    """Who can be asked; in the house `bot.line.client.Line`."""

    async def get(self, path: str) -> dict[str, Any]: ...


class Profiles:
    """One a process. `ask` may be called from any thread; `begin` in the event loop, before anybody is asked."""

    def __init__(self, cache: Wake, pseudonym: Callable[[str], str]) -> None:
        self._cache = cache
        self._pseudonym = pseudonym
        self._source: Source | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told: Callable[[str], None] = lambda lane: None
        self._asked: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = ThreadPoolExecutor(1, "profiles")  # one connection is enough for what nobody waits for long

    def begin(self, source: Source, told: Callable[[str], None]) -> None:
        """`told` is called with a lane, in a thread, when its language is known."""
        self._source, self._told, self._loop = source, told, asyncio.get_running_loop()

    def language(self, lane: str) -> str | None:
        """Of the phone; "" where LINE does not tell, None where nobody has asked yet."""
        found = self._cache.recall(self._key(lane))
        return None if found is None else str(found.get("language", ""))

    def can_ask(self, lane: str) -> bool:
        """Is there somebody to ask now, and room for one question more?"""
        if lane in self._asked:
            return True
        return self._loop is not None and not self._loop.is_closed() and len(self._asked) < AT_ONCE

    def ask(self, lane: str) -> None:
        """Asks in the background. Only after the commit that lets the lane wait: LINE may answer sooner than that."""
        if lane not in self._asked and self._loop is not None and not self._loop.is_closed():
            self._asked.add(lane)
            self._loop.call_soon_threadsafe(self._start, lane)

    def stop(self) -> None:
        self._loop = None
        for task in self._tasks:
            task.cancel()

    def _start(self, lane: str) -> None:
        task = asyncio.get_running_loop().create_task(self._fetch(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch(self, lane: str) -> None:
        try:
            language = await self._answer(lane)
            if language is not None:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._keep, lane, language)
        finally:
            self._asked.discard(lane)

    async def _answer(self, lane: str) -> str | None:
        assert self._source is not None
        try:
            async with asyncio.timeout(PATIENCE):
                profile = await self._source.get(f"/v2/bot/profile/{lane}")
        except SendNever:
            return ""  # 404: blocked, or LINE does not know them
        except (TimeoutError, SendLater, OutOfQuota, Unauthorised) as error:
            log.warning("profile_not_told", reason=type(error).__name__)
            return None
        said = profile.get("language")
        return said.split("-")[0].lower()[:8] if isinstance(said, str) else ""

    def _keep(self, lane: str, language: str) -> None:
        self._cache.remember(self._key(lane), {"language": language}, KEPT)
        self._told(lane)

    def _key(self, lane: str) -> str:
        return f"profile:{self._pseudonym(lane)}"


def wanted(incoming: Incoming, talk: Conversation) -> bool:
    """Is this the first that we hear of a person, and without words?"""
    return talk.seen_at is None and incoming.kind in WORDLESS and not incoming.group and talk.lane.startswith("U")
