"""One request of the bot, from the wire to the log: token, limits, whims, the act itself, and the answer.

Each endpoint is a function over the parsed request; everything that LINE does alike for all of them happens here once.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from bot.emulator import limits, refusals
from bot.emulator.mischief import Whim
from bot.emulator.refusals import Refused

if TYPE_CHECKING:
    from bot.emulator.platform import Platform


@dataclass(frozen=True)
class Call:
    """A request, read."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    raw: bytes
    mime: str
    retry_key: str | None
    request_id: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True)
class Bytes:
    """An answer that is no JSON."""

    body: bytes
    mime: str
    status: int = 200
    name: str = ""


Answer = dict[str, Any] | Bytes | tuple[int, dict[str, Any]]
Act = Callable[["Platform", Call], Answer]
Row = tuple[str, str, str, Act, float]  # method, path under /v2/bot, name for whims, act, rate a second
FAST = 2000.0

_WHIM_ANSWERS: Mapping[str, Refused] = {
    "400": Refused(400, refusals.FAILED),
    "401": Refused(401, refusals.UNAUTHORISED),
    "404": refusals.not_found(),
    "500": Refused(500, refusals.INTERNAL),
    "rate": Refused(429, refusals.RATE),
    "quota": Refused(429, refusals.QUOTA),
}


class Endpoint:
    """An ASGI app for one endpoint. `name` is what whims call it; `pace` is its documented rate a second."""

    def __init__(self, platform: Platform, name: str, act: Act, pace: float = 2000.0) -> None:
        self._platform = platform
        self._name = name
        self._act = act
        self._bucket = Bucket(pace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        call = _read(request, raw)
        whim = self._platform.mischief.draw(self._name)
        if whim and whim.do == "slow":
            await asyncio.sleep(whim.seconds)
            whim = None
        answered = (0, {}, {}) if whim and not whim.after else self._answer(request, call)
        if whim and whim.do in ("drop", "hang"):
            self._log(call, 0, {"whim": whim.do, "after": whim.after})
            await _vanish(whim, receive, send)
            return
        if whim:
            refused = _WHIM_ANSWERS[whim.do]
            answered = (refused.status, refused.body(), {})
        await self._respond(answered, call)(scope, receive, send)

    def _answer(self, request: Request, call: Call) -> tuple[int, Any, dict[str, str]]:
        """Status, body, headers."""
        try:
            self._refuse(request, call)
            with self._platform.world.lock:
                answer = self._act(self._platform, call)
        except Refused as refused:
            return refused.status, refused.body(), dict(refused.headers)
        if isinstance(answer, Bytes):
            return answer.status, answer, {}
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return status, body, {}

    def _refuse(self, request: Request, call: Call) -> None:
        """What LINE looks at before it looks at the matter itself."""
        if request.headers.get("authorization") != f"Bearer {self._platform.access_token}":
            raise Refused(401, refusals.UNAUTHORISED)
        if not self._bucket.take():
            raise Refused(429, refusals.RATE)
        if len(call.raw) > limits.MOST_BODY and call.mime == "application/json":
            raise Refused(413, refusals.TOO_LARGE)
        if limits.shape_of(call.method, call.path) and call.mime != "application/json":
            raise Refused(415, "Unsupported Media Type")
        found = limits.faults(call.method, call.path, call.body, call.retry_key)
        if found:
            raise Refused(400, f"The request body has {len(found)} error(s)", limits.told(found))

    def _respond(self, answered: tuple[int, Any, dict[str, str]], call: Call) -> Response:
        status, body, headers = answered
        headers = {**headers, "x-line-request-id": call.request_id}
        self._log(call, status, body)
        if isinstance(body, Bytes):
            if body.name:
                headers["content-disposition"] = "attachment"
            return Response(body.body, status, headers, media_type=body.mime)
        return Response(json.dumps(body, ensure_ascii=False), status, headers, media_type="application/json")

    def _log(self, call: Call, status: int, answer: Any) -> None:
        """For the inspector. Reading a profile or bytes is told without them."""
        said = answer if isinstance(answer, dict) else {}
        sent = call.body if call.body is not None else {"bytes": len(call.raw)} if call.raw else None
        told = {"method": call.method, "path": call.path, "status": status, "body": sent, "answer": said}
        self._platform.world.tell("trace", way="api", at=int(self._platform.now() * 1000), **told)


def _read(request: Request, raw: bytes) -> Call:
    mime = request.headers.get("content-type", "").split(";")[0].strip().lower()
    body = None
    if mime == "application/json" and raw:
        with suppress(ValueError, RecursionError):
            body = json.loads(raw)
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    key = request.headers.get("x-line-retry-key")
    return Call(request.method, path, request.path_params, request.query_params, body, raw, mime, key)


class Bucket:
    """LINE's rate limit: a bucket an endpoint, refilled evenly, by the machine's clock: a test's may stand still."""

    def __init__(self, pace: float) -> None:
        self._pace = self._left = pace
        self._filled = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._left = min(self._pace, self._left + (now - self._filled) * self._pace)
        self._filled = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


async def _vanish(whim: Whim, receive: Receive, send: Send) -> None:
    """Cuts the connection without an answer, at once or after a long silence."""
    if whim.do == "hang" and await _left_within(whim.seconds, receive):
        return
    transport = _transport(receive)
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0.01)  # the server notices, and writes no 500 of its own
        return
    start: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]}
    await send(start)
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise ConnectionAbortedError("cut on demand")


async def _left_within(seconds: float, receive: Receive) -> bool:
    """Did the client give up first?"""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
            return True
    except TimeoutError:
        return False


def _transport(receive: Receive) -> Any:
    """uvicorn's own transport, if nothing wraps its receive."""
    return getattr(getattr(receive, "__self__", None), "transport", None)
