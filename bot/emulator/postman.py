"""Brings webhooks to the bot as LINE does: signed raw bytes, two seconds of patience, redelivery of what got no 2xx.

It runs its own event loop in a thread of its own, so tests can send from anywhere and the app needs no start-up hook
wherever it is mounted. Every post is its own task: LINE keeps no order between two of them.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import hashlib
import hmac
import json
import random
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.emulator import ids
from bot.emulator.mischief import Mischief, Whim
from bot.emulator.tokens import ReplyTokens
from bot.emulator.world import World

if TYPE_CHECKING:
    import aiohttp

PATIENCE = 2.0
REDELIVERY = (1.0, 3.0, 10.0, 30.0, 60.0)
GATHER = 0.2  # seconds in which events for one body (together) or one shuffle are collected

Event = dict[str, Any]


def sign(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def written(destination: str, events: Sequence[Event], escape: bool = False) -> bytes:
    """The body as LINE writes it; sometimes with \\uXXXX escapes, which a re-serialised body would lose.

    Half an emoji can only travel as an escape: the bytes are always good UTF-8.
    """
    body = {"destination": destination, "events": list(events)}
    try:
        return json.dumps(body, ensure_ascii=escape, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode()


class Postman:
    """Posts events to `url`. `close()` ends it; what is still to redeliver is dropped."""

    def __init__(self, world: World, tokens: ReplyTokens, mischief: Mischief, secret: str, url: str) -> None:
        self.url = url
        self.secret = secret
        self.patience = PATIENCE
        self.redelivery: Sequence[float] = REDELIVERY
        self._world = world
        self._tokens = tokens
        self._mischief = mischief
        self._chance = random.Random(1)  # noqa: S311 - the order of a shuffle is no secret
        self._under_way = 0
        self._gathered: list[Event] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._start = threading.Lock()

    # --- from any thread -------------------------------------------------------------------------------------------

    def post(self, events: Sequence[Event]) -> None:
        """Sends these events in one body, soon."""
        self._count(1)
        self._run(self._first(list(events)))

    def redeliver(self, event: Event) -> None:
        """Once more, marked as a redelivery, with the same id and the same token."""
        self._count(1)
        self._run(self._whole([event], attempt=1))

    def verify(self, url: str) -> tuple[bool, int, str]:
        """LINE's Verify button: a signed body without events. Gives success, status, reason."""
        return asyncio.run_coroutine_threadsafe(self._verify(url), self._running()).result(self.patience + 5)

    def idle(self, seconds: float = 10.0) -> bool:
        """Waits until nothing is under way; false if that takes too long."""
        with self._world.changed:
            return self._world.changed.wait_for(lambda: self._under_way == 0, seconds)

    def close(self) -> None:
        loop, self._loop = self._loop, None
        if loop:
            asyncio.run_coroutine_threadsafe(self._end(), loop).result(5)
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join(5)
            loop.close()

    # --- the thread ------------------------------------------------------------------------------------------------

    def _run(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._running())

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._start:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="line-postman", daemon=True)
                self._thread.start()
            return self._loop

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _count(self, by: int) -> None:
        with self._world.changed:
            self._under_way += by
            self._world.changed.notify_all()

    # --- one delivery ----------------------------------------------------------------------------------------------

    async def _first(self, events: list[Event]) -> None:
        """The first delivery of these events, bent by the whims that are open."""
        whims = {whim.do: whim for whim in self._mischief.draw_all("webhook")}
        if "late" in whims:
            await asyncio.sleep(whims["late"].seconds)
        if "together" in whims or "shuffle" in whims:
            events = await self._gather(events, shuffle="shuffle" in whims)
        await self._whole(events, whims=whims)

    async def _gather(self, events: list[Event], shuffle: bool) -> list[Event]:
        """Whoever comes first waits a little and takes everybody's events along; the others post nothing."""
        self._gathered += events
        if len(self._gathered) > len(events):
            return []
        await asyncio.sleep(GATHER)
        gathered, self._gathered = self._gathered, []
        if shuffle:
            self._chance.shuffle(gathered)
        return gathered

    async def _whole(self, events: list[Event], attempt: int = 0, whims: dict[str, Whim] | None = None) -> None:
        """A delivery and all its redeliveries."""
        whims = whims or {}
        try:
            if "shuffle" in whims and "together" not in whims:
                posts = [self._until_taken([event], attempt, whims) for event in events]
            else:
                posts = [self._until_taken(events, attempt, whims)] if events else []
            for post in posts:
                await post
        finally:
            self._count(-1)

    async def _until_taken(self, events: list[Event], attempt: int, whims: dict[str, Whim]) -> None:
        pauses = [0.0, *self.redelivery]
        for again, pause in enumerate(pauses[attempt:] if attempt else pauses, start=attempt):
            await asyncio.sleep(0 if again == attempt else pause)
            if await self._attempt(events, again > 0, whims if again == 0 else {}):
                break
        if "again" in whims:
            await self._attempt(events, True, {})

    async def _attempt(self, events: list[Event], again: bool, whims: dict[str, Whim]) -> bool:
        sent = [_marked(event, again) for event in events]
        for event in sent:
            self._tokens.arrived(event.get("replyToken", ""), again)
        if "odd" in whims:
            sent = _odd(sent)
        body = written(self._world.bot.id, [] if "empty" in whims else sent, escape="escape" in whims)
        secret = self.secret + ("wrong" if "unsigned" in whims else "")
        taken = await asyncio.gather(
            *(self._post(self.url, body, secret, again) for _ in range(1 + ("twice" in whims)))
        )
        if taken[0][0]:
            self._read(events)
        return taken[0][0]

    async def _post(self, url: str, body: bytes, secret: str, again: bool = False) -> tuple[bool, int, str]:
        """One POST: taken or not, the status, and LINE's reason of its error statistics."""
        start = time.perf_counter()
        status, reason = await self._status(url, body, secret)
        took = round((time.perf_counter() - start) * 1000, 1)
        told = {"status": status, "reason": reason, "ms": took, "again": again, "body": json.loads(body)}
        self._world.tell("trace", way="webhook", at=int(self._world.now() * 1000), **told)
        return reason == "", status, reason

    async def _status(self, url: str, body: bytes, secret: str) -> tuple[int, str]:
        import aiohttp

        headers = {"content-type": "application/json; charset=utf-8", "user-agent": "LineBotWebhook/2.0"}
        headers["x-line-signature"] = sign(secret, body)
        try:
            patience = aiohttp.ClientTimeout(total=self.patience)
            async with self._open().post(url, data=body, headers=headers, timeout=patience) as answer:
                await answer.read()
                return answer.status, "" if 200 <= answer.status < 300 else "error_status_code"
        except TimeoutError:
            return 0, "request_timeout"
        except (aiohttp.ClientError, OSError):
            return 0, "could_not_connect"

    def _open(self) -> aiohttp.ClientSession:
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=512))
        return self._session

    async def _verify(self, url: str) -> tuple[bool, int, str]:
        return await self._post(url, written(self._world.bot.id, []), self.secret)

    def _read(self, events: Sequence[Event]) -> None:
        for event in events:
            source, message = event.get("source", {}), event.get("message", {})
            chat = source.get("groupId") or source.get("roomId") or source.get("userId")
            if event.get("type") == "message" and chat:
                self._world.mark_read([str(message.get("id"))], chat)


def _marked(event: Event, again: bool) -> Event:
    return {**event, "deliveryContext": {"isRedelivery": again}} if "deliveryContext" in event else event


def _odd(events: Sequence[Event]) -> list[Event]:
    """LINE adds fields and types unannounced: unknown ones around and inside the known."""
    odd = [copy.deepcopy(event) for event in events]
    for event in odd:
        event["weather"] = {"sky": ["blue", None, 1.5]}
        event.get("message", {})["sparkle"] = True
    first = events[0] if events else {}
    stamp = {"timestamp": first.get("timestamp", 0), "mode": "active", "webhookEventId": ids.ulid(time.time())}
    stranger = {"type": "teleported", "source": {"type": "dream", "dreamId": "D1"}, **stamp}
    return [{**stranger, "deliveryContext": {"isRedelivery": False}}, *odd]
