"""What arrives: one message of many strangers (for the door), or whole conversations whose people wait for each
answer.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from tests.bench.load import request

PERSONS = 2000  # lanes in turn, so that the door meets old and new ones


@dataclass(frozen=True)
class Step:
    """One thing that a person does. `held`: a free text that the house keeps for a moment, to read a story as one."""

    message: dict[str, object] | None = None
    tap: str = ""
    held: bool = False


def text(words: str, held: bool = False) -> Step:
    return Step({"type": "text", "text": words}, held=held)


def tap(flow: str, field_: str, value: str = "") -> Step:
    return Step(tap=f"1|{flow}|{field_}|{value}")


def pin(lat: float, lon: float) -> Step:
    return Step({"type": "location", "latitude": lat, "longitude": lon, "address": "-"})


def event(person: str, number: int, step: Step, token: str) -> dict[str, object]:
    """A webhook event as LINE writes it."""
    common = {
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": person},
        "webhookEventId": f"01{number:024d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": token,
    }
    if step.tap:
        return {"type": "postback", "postback": {"data": step.tap}, **common}
    return {
        "type": "message",
        "message": {"id": str(10**17 + number), "quoteToken": "q", **(step.message or {})},
        **common,
    }


def body(events: Sequence[dict[str, object]]) -> bytes:
    return orjson.dumps({"destination": "U" + "0" * 32, "events": list(events)})


class Strangers:
    """The same sentence from many people, each in an event of its own; ready-made, so that making it costs the server
    nothing.
    """

    def __init__(self, port: int, many: int, run: int) -> None:
        step = text("โรงงานพลาสติกแถวบางปูปล่อยควันดำทุกคืน เหม็นมาก")
        numbers = itertools.count(run * 10_000_000)
        self._requests = iter(
            [
                request(body([event(f"U{n % PERSONS:032x}", n, step, f"token{n}")]), port)
                for n in itertools.islice(numbers, many)
            ]
        )

    async def __call__(self) -> bytes | None:
        return next(self._requests, None)


@dataclass
class Person:
    id: str
    steps: Sequence[Step]
    at: int = 0


@dataclass
class Talks:
    """People who each walk through a dialogue and say the next thing once they were answered; then the next person
    comes.
    """

    port: int
    dialogues: Sequence[Sequence[Step]]
    at_once: int
    run: int
    latencies: list[float] = field(default_factory=list)
    held_latencies: list[float] = field(default_factory=list)
    answered_in_all: int = 0

    def __post_init__(self) -> None:
        self._stopped = False
        self._numbers = itertools.count(self.run * 10_000_000)
        self._people = itertools.count(self.run * 1_000_000)
        self._waiting: dict[str, tuple[Person, float, bool]] = {}
        self._ready: asyncio.Queue[Person] = asyncio.Queue()
        for _ in range(self.at_once):
            self._ready.put_nowait(self._new())

    @property
    def unanswered(self) -> int:
        return len(self._waiting)

    def _new(self) -> Person:
        number = next(self._people)
        return Person(f"U{number:032x}", self.dialogues[number % len(self.dialogues)])

    def stop(self) -> None:
        """Nobody says anything more; what was said can still be answered."""
        self._stopped = True
        for _ in range(self.at_once):
            self._ready.put_nowait(self._new())  # wakes the connections that wait for somebody to be ready

    async def __call__(self) -> bytes | None:
        person = await self._ready.get()
        if self._stopped:
            return None
        step = person.steps[person.at]
        person.at += 1
        number = next(self._numbers)
        token = f"token{number}"
        self._waiting[token] = (person, time.perf_counter(), step.held)
        return request(body([event(person.id, number, step, token)]), self.port)

    def answered(self, token: str) -> None:
        """The stub of LINE calls this for each reply."""
        known = self._waiting.pop(token, None)
        if known is None:
            return
        person, since, held = known
        (self.held_latencies if held else self.latencies).append(time.perf_counter() - since)
        self.answered_in_all += 1
        self._ready.put_nowait(person if person.at < len(person.steps) else self._new())
