"""Two contents under one event id: the first wins on both databases, and the other rings an alarm; a redelivery
does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot import web
from bot.db.tables import inbox
from bot.house import House
from bot.worker import Worker
from tests.house import arrive, event, rows

Make = Callable[..., House]


@pytest.fixture
def house(url: str, new_house: Make) -> House:
    return new_house(url)


def conflicts(house: House) -> int:
    return house.door.counts["conflicts"]


def test_the_first_of_two_contents_under_one_id_wins_and_an_alarm_rings(house: House) -> None:
    arrive(house, event(1, text="first"))
    arrive(house, event(1, text="second"), event(2))
    one, two = rows(house.database, inbox, "event_id")
    assert "first" in one.raw
    assert "second" not in one.raw + two.raw
    assert conflicts(house) == 1
    assert web.readiness(house)["intake"]["conflicts"] == 1


def test_the_first_wins_within_one_body_too(house: House) -> None:
    arrive(house, event(1, text="first"), event(1, text="second"))
    (row,) = rows(house.database, inbox)
    assert "first" in row.raw
    assert conflicts(house) == 1


@pytest.mark.parametrize(
    "again",
    [
        event(1),
        event(1, deliveryContext={"isRedelivery": True}),
        event(1, deliveryContext={"isRedelivery": True}, replyToken="another"),
    ],
    ids=["twice", "redelivered", "with another token"],
)
@pytest.mark.parametrize("handled", [False, True], ids=["open", "handled"])
def test_a_redelivery_is_no_conflict(house: House, again: dict[str, Any], handled: bool) -> None:
    arrive(house, event(1))
    if handled:
        Worker(house.database, house.tools).step()
    arrive(house, again, again)
    assert len(rows(house.database, inbox)) == 1
    assert conflicts(house) == 0


def test_an_id_of_somebody_else_is_told_even_when_the_first_was_handled(house: House) -> None:
    arrive(house, event(1, who="Usomchai"))
    Worker(house.database, house.tools).step()
    arrive(house, event(1, who="Umalee"))
    (row,) = rows(house.database, inbox)
    assert row.lane == "Usomchai"
    assert conflicts(house) == 1
