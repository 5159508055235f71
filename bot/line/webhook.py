"""The door that LINE knocks at: signature, size, a look at each event's head, the inbox, 200.

A bare ASGI endpoint, because FastAPI's dependency layer costs as much as the commit. Of an event only id, type,
source, time and token are read here; the event itself is kept as the bytes that came. 200 is said after the commit
and never before; what cannot be committed in time is told 503 and comes again. One odd event never harms the others:
what cannot be read is kept as ignored.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

import msgspec

from bot.db.inbox import Arrived, Intake, IntakeFailed
from bot.db.tables import IGNORED, OPEN
from bot.line.events import clean, lane_of
from bot.log import logger

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

WEEK = 7 * 24 * 3600 * 1000
MINUTE = 60 * 1000
log = logger()


class Body(msgspec.Struct):
    destination: str = ""
    events: list[msgspec.Raw] = []


class Source(msgspec.Struct):
    type: str = ""
    userId: str = ""
    groupId: str = ""
    roomId: str = ""


class Delivery(msgspec.Struct):
    isRedelivery: bool = False


class Message(msgspec.Struct):
    id: str = ""


class Unsend(msgspec.Struct):
    messageId: str = ""


class Head(msgspec.Struct):
    type: str = ""
    mode: str = "active"
    timestamp: int = 0
    webhookEventId: str = ""
    replyToken: str = ""
    source: Source | None = None
    deliveryContext: Delivery | None = None
    message: Message | None = None
    unsend: Unsend | None = None


_body = msgspec.json.Decoder(Body)
_head = msgspec.json.Decoder(Head)


class TooLarge(Exception):
    pass


class Door:
    """The endpoint. `clock` gives milliseconds; `arrived` is told after each commit."""

    def __init__(
        self,
        secret: str,
        intake: Intake,
        clock: Callable[[], int],
        arrived: Callable[[], None],
        limit: int = 1024 * 1024,
        seconds: float = 1.5,
        destination: str = "",
    ) -> None:
        self._key = hmac.new(secret.encode(), digestmod=hashlib.sha256)
        self._intake = intake
        self._clock = clock
        self._arrived = arrived
        self._limit = limit
        self._seconds = seconds
        self._destination = destination
        self.counts: Counter[str] = Counter()
        self.closed = False
        self.failing = False  # the last attempt to keep something failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = await self._status(scope, receive)
        self.counts[str(status)] += 1
        headers = [(b"content-length", b"2"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"OK" if status == 200 else b"no"})

    async def _status(self, scope: Scope, receive: Receive) -> int:
        if self.closed:
            return 503
        try:
            async with asyncio.timeout(self._seconds):
                raw = await self._whole(scope, receive)
                if not self._signed(scope, raw):
                    return 401
                return await self._take(raw)
        except TooLarge:
            return 413
        except TimeoutError:
            self.counts["slow"] += 1
            log.warning("intake_too_slow")
            return 503
        except IntakeFailed as error:
            self.failing = True
            self.counts["failed"] += 1
            log.error("intake_failed", fault=str(error))
            return 503

    def conflict(self, ids: Sequence[str]) -> None:
        """Events that came under a known id with another content; the first one was kept."""
        self.counts["conflicts"] += len(ids)
        log.error("event_id_conflict", count=len(ids), event_id=ids[0])

    async def _whole(self, scope: Scope, receive: Receive) -> bytes:
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if announced.isdigit() and int(announced) > self._limit:
            raise TooLarge
        raw = b""
        while True:
            part = await receive()
            raw += bytes(part.get("body", b""))
            if len(raw) > self._limit:
                raise TooLarge
            if not part.get("more_body"):
                return raw

    def _signed(self, scope: Scope, raw: bytes) -> bool:
        given = [value for name, value in scope["headers"] if name == b"x-line-signature"]
        if len(given) != 1:
            return False
        ours = self._key.copy()
        ours.update(raw)
        try:
            theirs = base64.b64decode(given[0], validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(ours.digest(), theirs)

    async def _take(self, raw: bytes) -> int:
        now = self._clock()
        found = _events(raw)
        if found is None:
            self.counts["unreadable"] += 1
            await self._intake.put([_unreadable(raw, now)])
            return 200
        destination, bodies = found
        if self._destination and destination and destination != self._destination:
            self.counts["other_destination"] += 1
            log.warning("other_destination", count=len(bodies))
            return 200
        events = [_arrived(event, now) for event in bodies]
        if events:
            await self._intake.put(events)
            self.failing = False
            self.counts["events"] += len(events)
            self._arrived()
        return 200


def _arrived(raw: bytes, now: int) -> Arrived:
    try:
        head = _head.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _odd(raw, now)
    source = head.source or Source()
    lane = {"group": source.groupId, "room": source.roomId}.get(source.type) or source.userId
    stamp = _sane(head.timestamp, now)
    message = (head.message and head.message.id) or (head.unsend and head.unsend.messageId) or ""
    again = head.deliveryContext is not None and head.deliveryContext.isRedelivery
    return Arrived(
        event_id=clean(head.webhookEventId)[:64] or _digest(raw),
        lane=clean(lane)[:64] or "-",
        stamp=stamp,
        kind=clean(head.type)[:32],
        message=clean(message)[:64],
        token=clean(head.replyToken)[:200],
        token_at=now,
        raw=_kept(raw),
        state=_state(stamp, head.mode, now),
        received_at=now,
        again=again,
    )


def _odd(raw: bytes, now: int) -> Arrived:
    """An event whose head is not what we expect: what can be read is read, field by field."""
    event = _loose(raw)
    return _from_fields(event, raw, now) if isinstance(event, dict) else _unreadable(raw, now)


def _loose(raw: bytes) -> Any:
    """Python's own reader takes half emoji and odd numbers, which the strict one refuses."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _events(raw: bytes) -> tuple[str, list[bytes]] | None:
    """Destination and events of a body; None where it is no webhook at all."""
    try:
        body = _body.decode(raw)
        return body.destination, [bytes(event) for event in body.events]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        found = _loose(raw)
    if not isinstance(found, dict) or not isinstance(found.get("events"), list):
        return None
    return str(found.get("destination", "")), [json.dumps(event).encode() for event in found["events"]]


def _from_fields(event: dict[str, Any], raw: bytes, now: int) -> Arrived:
    def words(value: Any, longest: int) -> str:
        return clean(value)[:longest] if isinstance(value, str) else ""

    def part(name: str) -> dict[str, Any]:
        found = event.get(name)
        return found if isinstance(found, dict) else {}

    stamp = _sane(event.get("timestamp"), now)
    return Arrived(
        event_id=words(event.get("webhookEventId"), 64) or _digest(raw),
        lane=lane_of(event.get("source")),
        stamp=stamp,
        kind=words(event.get("type"), 32),
        message=words(part("message").get("id"), 64) or words(part("unsend").get("messageId"), 64),
        token=words(event.get("replyToken"), 200),
        token_at=now,
        raw=_kept(raw),
        state=_state(stamp, event.get("mode"), now),
        received_at=now,
        again=part("deliveryContext").get("isRedelivery") is True,
    )


def _unreadable(raw: bytes, now: int) -> Arrived:
    return Arrived(_digest(raw), "-", now, "unreadable", "", "", 0, _kept(raw), IGNORED, now)


def _kept(raw: bytes) -> str:
    """The event as it came, as text that every database takes."""
    return raw.decode("utf-8", "replace").replace("\0", "")


def _state(stamp: int, mode: Any, now: int) -> int:
    """Ignored where somebody replays an old body, or another module has the chat."""
    return IGNORED if stamp < now - WEEK or mode == "standby" else OPEN


def _sane(stamp: Any, now: int) -> int:
    """LINE's time of the event; ours where LINE's is missing, not a number, or in the future."""
    good = isinstance(stamp, int) and not isinstance(stamp, bool) and 0 < stamp <= now + MINUTE
    return stamp if good else now


def _digest(raw: bytes) -> str:
    return "x-" + hashlib.sha256(raw).hexdigest()[:40]
