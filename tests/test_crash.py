"""A crash at every step between receiving and delivering: each acknowledged event has its effect once, each answer
arrives.

The process "dies" by an exception that nothing catches, at a named step; then another house is built on the same
database, as a restart would. What `kill -9` adds (half-written files, lost threads) is shown by
tests/kill_random.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.db import outbox as box
from bot.db.inbox import Arrived, Intake, door
from bot.db.tables import DONE, inbox, outbox, story, tickets
from bot.house import House
from bot.post import Rules
from bot.sender import Sender
from bot.worker import Worker
from handlers.vocabulary import Open, Outcome, Say, StoryEntry, Tell, Turn
from tests.house import START, Clock, Mailbox, arrive, arrived, body, event, knock, rows

Make = Callable[..., House]


class Died(BaseException):
    """The process is gone."""


class Death:
    """Kills at the n-th time that a step is passed."""

    def __init__(self, step: str, times: int = 1) -> None:
        self.step, self.left = step, times

    def __call__(self, step: str) -> None:
        if step == self.step:
            self.left -= 1
            if self.left == 0:
                raise Died(step)


def opens(turn: Turn) -> Outcome:
    opened = Open(turn.code, "complaint", "smell", "normal", "diw", "Smell", {})
    told = Tell(turn.code, StoryEntry("x", turn.now, "reporter", words=turn.incoming.text))
    return Outcome((Say("house.sorry", must_arrive=True),), replace(turn.conversation, flow="x"), (opened, told))


def finish(house: House, mailbox: Mailbox, clock: Clock) -> None:
    """What a restarted house does: works off the inbox, then the outbox."""
    with house.database.transaction() as connection:
        box.take_back_claims(connection, clock())
    worker = Worker(house.database, house.tools)
    for _ in range(3):
        while worker.step():
            pass
        clock.forward(0.6)
    sender = Sender(house.database, mailbox, house.wake, clock, Rules(lambda: "k", lambda: 0.0))
    asyncio.run(_send_all(sender))


async def _send_all(sender: Sender) -> None:
    for _ in range(6):
        await sender.step()
        await sender_idle(sender)


async def sender_idle(sender: Sender) -> None:
    while sender._flying or sender._noting:
        await asyncio.sleep(0.002)


def effects(house: House) -> tuple[int, int, set[int]]:
    found = rows(house.database, tickets)
    return len(found), len(rows(house.database, story)), {row.state for row in rows(house.database, inbox)}


@pytest.mark.parametrize("step", ["held", "decided", "written", "committed"])
@pytest.mark.parametrize("count", [1, 5])
def test_a_worker_that_dies_at_any_step(url: str, new_house: Make, clock: Clock, step: str, count: int) -> None:
    house, mailbox = new_house(url, opens), Mailbox()
    arrive(house, *(event(n, f"U{n}") for n in range(count)))
    with pytest.raises(Died):
        Worker(house.database, replace(house.tools, at=Death(step))).step()
    house.database.close()
    again = new_house(url, opens)
    finish(again, mailbox, clock)
    assert effects(again) == (count, count, {DONE})
    assert sorted(token for token, _ in mailbox.replies) == sorted(f"token{n}" for n in range(count))


@pytest.mark.parametrize("step", ["claimed", "sent", "noted"])
@pytest.mark.parametrize("way", ["reply", "push"])
def test_a_sender_that_dies_at_any_step(url: str, new_house: Make, clock: Clock, step: str, way: str) -> None:
    house, mailbox = new_house(url, opens), Mailbox()
    arrive(house, event(1, replyToken="token1" if way == "reply" else None))
    Worker(house.database, house.tools).step()
    dying = Sender(house.database, mailbox, house.wake, clock, Rules(lambda: "key", lambda: 0.0), at=Death(step))

    async def until_death() -> None:
        await dying.step()
        for task in list(dying._flying):
            await task
        if dying._noting:
            await dying._noting

    with pytest.raises(Died):
        asyncio.run(until_death())
    house.database.close()
    again = new_house(url, opens)
    finish(again, mailbox, clock)
    (row,) = rows(again.database, outbox)
    assert row.state == "sent"
    if way == "push":
        assert {one.split()[-1] for one in mailbox.tried} == {"key"}  # LINE drops the twin by its key
    else:
        assert set(mailbox.tried) == {"reply token1"}
    assert 1 <= len(mailbox.replies) + len(mailbox.pushes) <= 2


def test_a_door_that_dies_before_the_commit_has_answered_nothing(url: str, new_house: Make, clock: Clock) -> None:
    house = new_house(url, opens)

    async def dies(_: list[Arrived]) -> None:
        raise Died

    house.door._intake = Intake(dies)
    with pytest.raises(Died):
        asyncio.run(_knocked(house))
    assert rows(house.database, inbox) == []


async def _knocked(house: House) -> None:
    task = asyncio.create_task(knock(house.door, body(event(1))))
    for _ in range(1000):
        if house.door._intake._running is not None:
            break
        await asyncio.sleep(0)
    running = house.door._intake._running
    assert running is not None
    await running
    await task


def test_a_door_that_dies_between_commit_and_answer(url: str, new_house: Make, clock: Clock) -> None:
    """No 200 was said, so LINE delivers again; the event is known."""
    house, mailbox = new_house(url, opens), Mailbox()

    async def commit_alone() -> None:
        way = door(house.database)
        await way([arrived(1, "Usomchai", START)])
        await way.close()

    asyncio.run(commit_alone())
    arrive(house, event(1, deliveryContext={"isRedelivery": True}))
    finish(house, mailbox, clock)
    assert effects(house) == (1, 1, {DONE})
    assert len(mailbox.replies) == 1


def test_a_commit_of_unknown_end_is_asked_again(url: str, new_house: Make, clock: Clock) -> None:
    """The worker's connection breaks in COMMIT: whether it was done or not, the next look finds the truth."""
    house, mailbox = new_house(url, opens), Mailbox()
    arrive(house, event(1))

    def broken(step: str) -> None:
        if step == "written":
            raise ConnectionError

    worker = Worker(house.database, replace(house.tools, at=broken))
    for _ in range(2):
        outcome: Any = None
        try:
            outcome = worker.step()
        except ConnectionError:
            outcome = "raised"
        assert outcome is not None
        clock.forward(1)
    house.database.close()
    again = new_house(url, opens)
    finish(again, mailbox, clock)
    assert len(rows(again.database, tickets)) <= 1
    assert len(mailbox.replies) == 1
