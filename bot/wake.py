"""What may vanish: wake-ups between processes, rate limits of persons, a cache of profiles. Redis if there is one.

Without Redis everything lives in the process. With it every call ends after 50 ms, and a Redis that is gone, hung or
flushed costs nothing but time: workers poll anyway, limits fall back to the process, a cache forgets. The database is
the truth.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import orjson
from limits import parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

PATIENCE = 0.05  # seconds that a Redis call may take
REST = 5.0  # seconds without Redis after a failure, so that a hung one does not slow every turn
INBOX, OUTBOX, TICKETS = "frontdoor:inbox", "frontdoor:outbox", "frontdoor:tickets"
NOTICES = "frontdoor:notices"


class Bell:
    """Rings for threads and for one event loop; a ring that nobody waits for is kept."""

    def __init__(self) -> None:
        self._thread = threading.Event()
        self._task = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self) -> None:
        self._thread.set()
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._task.set)

    def wait(self, seconds: float) -> bool:
        rang = self._thread.wait(seconds)
        self._thread.clear()
        return rang

    async def heard(self, seconds: float) -> bool:
        self._loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._task.wait(), seconds)
        rang = self._task.is_set()
        self._task.clear()
        return rang


class Far(Protocol):
    """Carries rings to other processes."""

    def ring(self) -> None: ...
    def close(self) -> None: ...


class Wake:
    """One a process. `inbox` rings when events were committed, `outbox` when there is something to send, `tickets` when
    one of them moved.
    """

    def __init__(self, redis_url: str = "", per_minute: int = 60) -> None:
        self.inbox, self.outbox, self.tickets, self.notices = Bell(), Bell(), Bell(), Bell()
        self._bells = {INBOX: self.inbox, OUTBOX: self.outbox, TICKETS: self.tickets, NOTICES: self.notices}
        self.far: Far | None = None  # other processes, where the database carries the rings
        self._limit = parse(f"{per_minute}/minute")
        self._room = 60 / per_minute  # seconds between messages that can never add up to too many
        self._seen: dict[str, tuple[float, bool]] = {}  # when last, and whether it was counted
        self._here = MovingWindowRateLimiter(MemoryStorage())
        self._cache: dict[str, tuple[float, str]] = {}
        self._redis: Any = None
        self._there: MovingWindowRateLimiter | None = None
        self._resting_until = 0.0
        self._threads: list[threading.Thread] = []
        self._pending = {channel: threading.Event() for channel in self._bells}
        self._ended = threading.Event()
        if redis_url:
            self._connect(redis_url)

    # --- wake-ups ------------------------------------------------------------------------------------------------

    def arrived(self) -> None:
        """Events were committed."""
        self.inbox.ring()
        self._pending[INBOX].set()
        if self.far:
            self.far.ring()

    def written(self) -> None:
        """Something waits to be sent."""
        self.outbox.ring()
        self._pending[OUTBOX].set()

    def moved(self, code: str) -> None:
        """Staff did something with a ticket: live pages look again, and its words to the reporter wait in the inbox."""
        self.tickets.ring()
        self._pending[TICKETS].set()
        self.noticed()
        self.arrived()

    def noticed(self) -> None:
        """Staff shall be told something."""
        self.notices.ring()
        self._pending[NOTICES].set()

    def heard_from_afar(self) -> None:
        """Another process rang, through the database: events, perhaps words for staff."""
        self.inbox.ring()
        self.notices.ring()

    def _connect(self, url: str) -> None:
        import redis  # only houses with more than one process need it

        self._redis = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._there = MovingWindowRateLimiter(
            storage_from_string(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        )
        listener = redis.Redis.from_url(url, socket_timeout=None, socket_connect_timeout=1, health_check_interval=5)
        tellers = [partial(self._tell, channel) for channel in self._bells]
        works: list[Callable[[], None]] = [partial(self._listen, listener), *tellers]
        for work in works:
            thread = threading.Thread(target=work, daemon=True, name="wake")
            thread.start()
            self._threads.append(thread)

    def _tell(self, channel: str) -> None:
        """Rings the other processes, many rings in one, so that no door ever waits for Redis."""
        while not self._ended.is_set():
            if self._pending[channel].wait(0.5):
                self._pending[channel].clear()
                self._try(lambda: self._redis.publish(channel, b"1"))

    def _listen(self, listener: Any) -> None:
        while not self._ended.is_set():
            try:
                with listener.pubsub(ignore_subscribe_messages=True) as ears:
                    ears.subscribe(*self._bells)
                    while not self._ended.is_set():
                        heard = ears.get_message(timeout=1.0)
                        if heard:
                            self._bells[heard["channel"].decode()].ring()
            except Exception:  # whatever Redis does, polling goes on and we try again
                self._ended.wait(1.0)

    # --- rate limits and the cache -------------------------------------------------------------------------------

    def allowed(self, person: str) -> bool:
        """May this person be answered now? Messages with room between them can never be too many: only others count."""
        now = time.monotonic()
        before, counted = self._seen.get(person, (0.0, True))
        hurried = now - before < self._room
        self._seen[person] = now, hurried
        if len(self._seen) > 20_000:
            self._seen = {one: (at, was) for one, (at, was) in self._seen.items() if now - at < self._room}
        if not hurried:
            return True
        if not counted:  # the one before turns out to be the first of a burst
            self._counted(person)
        return self._counted(person)

    def _counted(self, person: str) -> bool:
        if not self._here.hit(self._limit, person):
            return False
        there = self._there
        return True if there is None else bool(self._try(lambda: there.hit(self._limit, person), True))

    def remember(self, key: str, value: dict[str, Any], seconds: int = 3600) -> None:
        packed = orjson.dumps(value).decode()  # its bytes keep 4 kB each for as long as they live
        if self._redis is not None:
            self._try(lambda: self._redis.set(f"frontdoor:{key}", packed, ex=seconds))
        if len(self._cache) > 10_000:
            self._cache.clear()
        self._cache[key] = (time.monotonic() + seconds, packed)

    def recall(self, key: str) -> dict[str, Any] | None:
        until, packed = self._cache.get(key, (0.0, ""))
        if time.monotonic() < until:
            return dict(orjson.loads(packed))
        found = self._try(lambda: self._redis.get(f"frontdoor:{key}")) if self._redis is not None else None
        return dict(orjson.loads(found)) if found else None

    def remember_far(self, key: str, value: dict[str, Any], seconds: int) -> None:
        """For other processes alone; nothing where there are none."""
        if self._redis is not None:
            self._try(lambda: self._redis.set(f"frontdoor:{key}", orjson.dumps(value), ex=seconds))

    def recall_fresh(self, key: str) -> dict[str, Any] | None:
        """As it stands in Redis now, past the cache of this process."""
        found = self._try(lambda: self._redis.get(f"frontdoor:{key}")) if self._redis is not None else None
        return dict(orjson.loads(found)) if found else None

    # --- health --------------------------------------------------------------------------------------------------

    def state(self) -> str:
        """ "none" without Redis, else "ok" or "degraded"."""
        if self._redis is None:
            return "none"
        return "ok" if self.reachable() else "degraded"

    def reachable(self) -> bool:
        """Does Redis answer? True without one."""
        self._resting_until = 0.0
        return self._redis is None or bool(self._try(self._redis.ping))

    def close(self) -> None:
        self._ended.set()
        if self.far:
            self.far.close()
        for bell in self._bells.values():
            bell.ring()

    def _try(self, call: Callable[[], Any], otherwise: Any = None) -> Any:
        """The call's answer, or `otherwise` when Redis fails or rests after a failure."""
        if time.monotonic() < self._resting_until:
            return otherwise
        try:
            return call()
        except Exception:  # any fault of something that may vanish is no fault of ours
            self._resting_until = time.monotonic() + REST
            return otherwise
