"""A house of two servers for the emulator's tests: the emulator, and a tiny bot that keeps what it is sent.

LINE's own SDK speaks to the one over real HTTP; the other gets real, signed webhooks.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from linebot.v3.messaging import (
    ApiException,
    AsyncApiClient,
    AsyncMessagingApi,
    AsyncMessagingApiBlob,
    Configuration,
    PushMessageRequest,
    ReplyMessageRequest,
    TextMessage,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.emulator.platform import Emulator, create_emulator
from bot.emulator.serving import serving

SECRET, TOKEN = "a-secret", "a-token"
KEY = "123e4567-e89b-42d3-a456-426614174000"


@dataclass
class Clock:
    """A clock that is told."""

    at: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Hook:
    """A tiny bot: keeps what it was sent, and answers with the status it is told."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    raws: list[tuple[bytes, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    delay: float = 0.0
    then: Callable[[dict[str, Any]], Awaitable[None]] | None = None

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for body in self.bodies for event in body["events"]]

    async def __call__(self, request: Request) -> Response:
        raw = await request.body()
        self.raws.append((raw, request.headers["x-line-signature"]))
        self.bodies.append(json.loads(raw))
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.then:
            for event in self.bodies[-1]["events"]:
                await self.then(event)
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)


@dataclass
class House:
    line: Emulator
    hook: Hook
    clock: Clock
    base: str
    hook_url: str

    def api(self, call: Callable[[AsyncMessagingApi], Awaitable[Any]], data: bool = False) -> Any:
        """One call through LINE's SDK."""

        async def run() -> Any:
            host = self.base + ("/data" if data else "/api")
            async with AsyncApiClient(Configuration(access_token=TOKEN, host=host)) as client:
                return await call(AsyncMessagingApiBlob(client) if data else AsyncMessagingApi(client))

        return asyncio.run(run())

    def push(self, text: str = "hello", to: str = "somchai", key: str | None = None) -> Any:
        request = PushMessageRequest(to=self.line.person(to).id, messages=[TextMessage(text=text)])
        return self.api(lambda api: api.push_message(request, x_line_retry_key=key))

    def reply(self, token: str, text: str = "yes") -> Any:
        request = ReplyMessageRequest(replyToken=token, messages=[TextMessage(text=text)])
        return self.api(lambda api: api.reply_message(request))

    def token(self, who: str = "somchai") -> str:
        """The reply token of a message that was just delivered."""
        event = self.line.say(who, "hi")
        assert self.line.idle()
        return str(event["replyToken"])

    def texts(self, who: str = "somchai") -> list[str]:
        return [message["text"] for message in self.line.answers(who)]


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, Any]]:
    """Two servers for all tests; which emulator and which bot stand behind them changes with each test. Each bot has a
    path of its own, so that what the emulator of an ended test still brings reaches nobody."""
    now: dict[str, Any] = {"test": 0}

    async def line(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await now["line"](scope, receive, send)

    async def hook(request: Request) -> Response:
        late = request.path_params["test"] != now["test"]
        return Response(status_code=410) if late else await now["hook"](request)

    app = Starlette(routes=[Route("/hook/{test:int}", hook, methods=["POST"])])
    with serving(line) as now["base"], serving(app) as now["bot"]:
        yield now


@pytest.fixture
def house(addresses: dict[str, Any]) -> Iterator[House]:
    addresses["test"] += 1
    clock, hook, url = Clock(), Hook(), f"{addresses['bot']}/hook/{addresses['test']}"
    line = create_emulator(channel_secret=SECRET, access_token=TOKEN, webhook_url=url, now=clock)
    line.webhook_at(url, redelivery=(0.05, 0.05), patience=0.5)
    addresses["line"], addresses["hook"] = line.app, hook
    yield House(line, hook, clock, addresses["base"], url)
    line.close()


def status(problem: pytest.ExceptionInfo[ApiException]) -> tuple[int, str]:
    return problem.value.status, json.loads(problem.value.body)["message"]
