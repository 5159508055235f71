"""A house for tests: told clock, simple handlers, signed webhooks, and a LINE that remembers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import httpx
from sqlalchemy import Table, select

from bot.db.engine import Database
from bot.db.inbox import Arrived
from bot.house import House
from bot.line.client import Sent
from bot.line.webhook import Door
from handlers.vocabulary import Outcome, Say, Turn
from knowledge.model import Danger

SECRET = "test-channel-secret"
KEY = "a-test-key-that-is-long-enough-0123456789"
START = 1_795_000_000_000


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel hands to outgoing connections: such a one may be
    taken before the server that shall have it has started (again).
    """
    while True:
        port = 20_000 + (os.getpid() * 31 + next(_ports)) % 10_000
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


_ports = count()


class Clock:
    """Stands still until it is told."""

    def __init__(self, at: int = START) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += int(seconds * 1000)


class NoKnowledge:
    """Knows one danger, so that rules about dangers can be seen without the real knowledge."""

    def danger(self, text: str) -> Danger:
        return Danger("act", "factory_fire") if "ไฟไหม้" in text else Danger("none")


def echo(turn: Turn) -> Outcome:
    """Answers everything with one bubble, and remembers what it heard in the conversation."""
    heard = [*turn.conversation.extra.get("heard", []), turn.incoming.text or turn.incoming.kind]
    return Outcome((Say("house.sorry"),), replace(turn.conversation, extra={"heard": heard}))


# --- events ---------------------------------------------------------------------------------------


def event(number: int, who: str = "Usomchai", at: int = START, **more: Any) -> dict[str, Any]:
    """A text event of LINE; keywords change or add its fields, None removes one."""
    text = more.pop("text", f"text {number}")
    made: dict[str, Any] = {
        "type": "message",
        "mode": "active",
        "timestamp": at,
        "source": {"type": "user", "userId": who},
        "webhookEventId": f"01EVENT{number:019d}",
        "replyToken": f"token{number}",
        "deliveryContext": {"isRedelivery": False},
        "message": {"type": "text", "id": f"{1000 + number}", "quoteToken": "q", "text": text},
    }
    made |= more
    return {name: value for name, value in made.items() if value is not None}


def body(*events: Any, destination: str = "Ubot") -> bytes:
    whole = {"destination": destination, "events": list(events)}
    try:
        return json.dumps(whole, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half an emoji goes over the wire as an escape
        return json.dumps(whole).encode()


def signature(raw: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


async def knock(door: Door, raw: bytes, headers: Sequence[tuple[str, str]] | None = None) -> int:
    """Posts a body at the bare door; gives the status."""
    given = headers if headers is not None else [("x-line-signature", signature(raw))]
    transport = httpx.ASGITransport(door)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        return (await client.post("/line/webhook", content=raw, headers=list(given))).status_code


def arrive(house: House, *events: dict[str, Any]) -> None:
    """Takes events in through the door of a house that is not started."""

    async def go() -> int:
        return await knock(house.door, body(*events))

    async def whole() -> None:
        assert await go() == 200
        if not house.database.sqlite:
            await house.intake_way.close()

    asyncio.run(whole())


def arrived(number: int, lane: str, stamp: int, **more: Any) -> Arrived:
    """A row of the inbox, past the door."""
    raw = json.dumps(event(number, lane, stamp, **more))
    return Arrived(
        f"01EVENT{number:019d}", lane, stamp, "message", f"{1000 + number}", f"token{number}", stamp, raw, 0, stamp
    )


# --- looking at tables ----------------------------------------------------------------------------


def rows(database: Database, table: Table, *order: str) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(select(table).order_by(*(table.c[name] for name in order))).all())


# --- a LINE that remembers ------------------------------------------------------------------------


@dataclass
class Mailbox:
    """Carries letters to memory; `next_` holds what the coming calls raise (None: it goes well)."""

    next_: list[Exception | None] = field(default_factory=list)
    replies: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    pushes: list[tuple[str, list[dict[str, Any]], str]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    hold: Callable[[], AbstractAsyncContextManager[None]] = field(default=lambda: _free())

    async def reply(self, token: str, messages: list[dict[str, Any]]) -> Sent:
        self.tried.append(f"reply {token}")
        async with self.hold():
            self._raise()
        self.replies.append((token, messages))
        return Sent(tuple(f"s{len(self.replies)}-{n}" for n in range(len(messages))))

    async def push(self, to: str, messages: list[dict[str, Any]], retry_key: str) -> Sent:
        self.tried.append(f"push {to} {retry_key}")
        async with self.hold():
            self._raise()
        self.pushes.append((to, messages, retry_key))
        return Sent((f"p{len(self.pushes)}",))

    def _raise(self) -> None:
        error = self.next_.pop(0) if self.next_ else None
        if error is not None:
            raise error


@asynccontextmanager
async def _free() -> Any:
    yield
