"""What a page hears without reloading, also where another process did it: each move, each word, to whom it may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot import web
from bot.console.frame import Frame
from bot.console.live import Ear, Live
from bot.house import House
from tests.consoled import Office, office
from tests.house import arrive, event
from tests.staffed import complaint, emergency, run

Make = Callable[..., House]


@pytest.fixture
def here(url: str, new_house: Make) -> Iterator[Office]:
    with office(url, new_house) as made:
        yield made


def heard(here: Office, who: str, *doings: Callable[[], Any]) -> list[list[str]]:
    """What somebody at another process hears after each thing that is done."""
    frame: Frame = web.app(here.house, work=0, send=False).state.frame

    async def listen() -> list[list[str]]:
        live, ear, found = Live(frame), Ear(here.cast[who]), []
        live._ears.add(ear)
        live._task = asyncio.create_task(asyncio.sleep(0))
        since = await asyncio.to_thread(live._tell, here.house.clock())
        for do in doings:
            here.house.clock.forward(2)  # type: ignore[attr-defined]
            await asyncio.to_thread(do)
            since = await asyncio.to_thread(live._tell, since)
            await asyncio.sleep(0)
            found.append([ear.told.get_nowait() for _ in range(ear.told.qsize())])
        return found

    return asyncio.run(listen())


def writes(here: Office, who: str, number: int, text: str) -> None:
    arrive(here.house, event(number, who, here.house.clock(), text=text))
    run(here.house)


def test_words_of_the_reporter_are_heard_seconds_after_an_act(here: Office) -> None:
    house, code = here.house, complaint(here.house, "Umalee")
    tap = {"type": "postback", "message": None, "postback": {"data": f"1|my_tickets|add|{code}"}}

    def add() -> None:
        arrive(house, event(8, "Umalee", house.clock(), **tap))
        run(house)

    take = lambda: house.desk.do(here.cast["anan"], code, "take", {})  # noqa: E731
    said = lambda: writes(here, "Umalee", 9, "เมื่อคืนเริ่มตอนสี่ทุ่มค่ะ")  # noqa: E731
    assert heard(here, "duang", add, take, said)[1:] == [[code], [code]]


def test_an_emergency_is_heard_by_the_hub_to_which_it_climbs(here: Office) -> None:
    made: list[str] = []
    told = heard(here, "hub", lambda: made.append(emergency(here.house)))
    assert told == [made]


def test_another_office_hears_nothing(here: Office) -> None:
    assert heard(here, "charlie", lambda: complaint(here.house, "Umalee")) == [[]]
