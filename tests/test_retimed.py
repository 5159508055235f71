"""Another type has other deadlines: what is not met yet moves with it, with the pauses it had; undo brings it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.desk import Done
from bot.house import House
from knowledge.hours import Hours
from tests.house import Clock
from tests.staffed import complaint, desk_of, emergency, knowledge, staffed
from tests.timed import case_of

Make = Callable[..., House]
HOURS = Hours()
PAUSED = 6.0  # working hours that the reporter was asked


def smell(house: House, clock: Clock) -> str:
    """A smell of Monday morning, with the deadlines of its type and a pause behind it."""
    clock.at = int(datetime(2026, 11, 23, 1, 30, tzinfo=UTC).timestamp() * 1000)
    now, hours = datetime.fromtimestamp(clock.at / 1000, UTC), knowledge().facts.types["smell"].deadlines
    return complaint(
        house,
        acknowledge_by=HOURS.due(now, hours.acknowledge),
        answer_by=HOURS.due(now, hours.answer + PAUSED),
        resolve_by=HOURS.due(now, hours.resolve + PAUSED),
    )


def worked(house: House, code: str) -> tuple[float, ...]:
    case = case_of(house, code)
    ends = (case.acknowledge_by, case.answer_by, case.resolve_by)
    return tuple(round(HOURS.worked(case.opened_at, end), 3) for end in ends if end)


def test_open_deadlines_follow_the_type_and_come_back_with_undo(url: str, new_house: Make, clock: Clock) -> None:
    house, cast = staffed(new_house, url)
    code = smell(house, clock)
    desk_of(house).do(cast["anan"], code, "take", {})
    clock.forward(60)
    done: Any = desk_of(house).do(cast["anan"], code, "retype", {"type": "wastewater"})
    assert isinstance(done, Done)
    was, now = (knowledge().facts.types[one].deadlines for one in ("smell", "wastewater"))
    assert worked(house, code) == (was.acknowledge, now.answer + PAUSED, now.resolve + PAUSED)  # taken: that one is met
    assert desk_of(house).undo(cast["anan"], done.deed) is None
    assert worked(house, code) == (was.acknowledge, was.answer + PAUSED, was.resolve + PAUSED)


def test_an_emergency_keeps_its_clock(url: str, new_house: Make, clock: Clock) -> None:
    house, cast = staffed(new_house, url)
    code = emergency(house)
    before = case_of(house, code).acknowledge_by
    desk_of(house).do(cast["anan"], code, "retype", {"type": "explosion"})
    desk_of(house).do(cast["anan"], code, "retype", {"type": "smell"})
    clock.forward(timedelta(minutes=1).total_seconds())
    assert case_of(house, code).acknowledge_by == before
