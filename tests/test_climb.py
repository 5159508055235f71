"""An emergency that nobody takes climbs: each level in its time, once, told by name; taking it stops the climb."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from bot.desk import Done
from bot.house import House
from handlers.dispatch import handle
from handlers.staff import Refused
from tests.staffed import CHIANG_MAI, complaint, desk_of, emergency, hire, knowledge, staffed
from tests.timed import MINUTE, account, case_of, change, keeper, keys, look, rules, shift, told

Make = Callable[..., House]


def levels(house: House, code: str) -> list[str]:
    return rules(house, code, "climb.")


def test_an_untaken_emergency_climbs_level_by_level_to_everybody(url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    code = emergency(house)
    seen = []
    for _ in range(22):
        look(house)
        seen.append(len(levels(house, code)))
        clock.forward(MINUTE)
    assert seen == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5 + [4] * 2
    assert levels(house, code) == ["climb.1", "climb.2", "climb.3", "climb.4"]
    named = [values["staff"] for rule, values in told(house, code) if rule.startswith("climb.")]
    assert named[:3] == [[cast["duang"].id], [cast["wipa"].id], [cast["hub"].id]]
    assert {cast["anan"].id, cast["duang"].id, cast["wipa"].id, cast["hub"].id} <= set(named[3])
    assert not {cast["charlie"].id, cast["adisorn"].id, cast["orn"].id} & set(named[3])
    assert keys(house, code).count("story.climb") == 4


def test_nothing_of_a_climb_is_told_to_the_reporter(url: str, new_house: Make, clock: Any) -> None:
    from bot.db.tables import story
    from tests.house import rows

    house, _ = staffed(new_house, url)
    emergency(house)
    clock.forward(30 * MINUTE)
    look(house)
    assert {row.audience for row in rows(house.database, story, "id") if row.key == "story.climb"} == {"staff"}


@pytest.mark.parametrize("after", [2, 7, 12])
def test_taking_it_stops_the_climb(after: int, url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    code = emergency(house)
    clock.forward(after * MINUTE)
    look(house)
    assert isinstance(desk_of(house).do(cast["anan"], code, "take", {}), Done)
    before = levels(house, code)
    clock.forward(60 * MINUTE)
    look(house)
    assert levels(house, code) == before
    assert len(before) == after // 5


def test_a_house_that_stood_still_catches_up_each_level_once(url: str, new_house: Make, clock: Any) -> None:
    house, _ = staffed(new_house, url)
    code = emergency(house)
    clock.forward(6 * 60 * MINUTE)
    for _ in range(3):
        look(house)
    assert levels(house, code) == ["climb.1", "climb.2", "climb.3", "climb.4"]


def test_several_timekeepers_at_once_take_each_step_once(url: str, new_house: Make, clock: Any) -> None:
    """One of them slept and believes that it is still alone: its look comes from before, its steps find theirs."""
    house, _ = staffed(new_house, url)
    codes = [emergency(house, f"Uperson{number}", number) for number in range(3)]
    clock.forward(30 * MINUTE)
    start, faults = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            for _ in range(3):
                keeper(house).step()
        except Exception as fault:  # pragma: no cover
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    for code in codes:
        assert levels(house, code) == ["climb.1", "climb.2", "climb.3", "climb.4"]


def test_a_clock_that_jumps_back_and_forth_tells_nobody_twice(url: str, new_house: Make, clock: Any) -> None:
    house, _ = staffed(new_house, url)
    code = emergency(house)
    for minutes in (11, -60, 55, -3, 24 * 60):
        clock.forward(minutes * MINUTE)
        change(house, code)
        look(house)
    assert levels(house, code) == ["climb.1", "climb.2", "climb.3", "climb.4"]


def test_an_office_that_nobody_can_reach_climbs_at_once(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    account(house, "anan", lane_state="blocked")
    account(house, "duang", lane="")
    code = emergency(house)
    look(house)
    assert rules(house, code, "office.") == ["office.unreachable"]
    assert levels(house, code) == ["climb.1", "climb.2"]
    assert told(house, code)[-1][1]["staff"] == [cast["wipa"].id]
    assert "story.unreachable" in keys(house, code)


def test_an_office_without_anybody_climbs_past_its_empty_levels(url: str, new_house: Make) -> None:
    house, _ = staffed(new_house, url)
    for name in ("anan", "duang"):
        account(house, name, state="disabled")
    code = emergency(house)
    look(house)
    assert levels(house, code) == ["climb.2"]


def test_where_nobody_at_all_can_be_reached_all_levels_come_at_once(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    for name in cast:
        account(house, name, lane="")
    code = emergency(house)
    look(house)
    assert levels(house, code) == ["climb.1", "climb.2", "climb.3", "climb.4"]


def test_passing_it_on_begins_another_climb_there(url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    code, desk = emergency(house), desk_of(house)
    clock.forward(7 * MINUTE)
    look(house)
    desk.do(cast["anan"], code, "forward", {"office": CHIANG_MAI, "words": "อยู่เชียงใหม่"})
    clock.forward(MINUTE)
    look(house)
    assert levels(house, code) == ["climb.1"]
    clock.forward(6 * MINUTE)
    look(house)
    assert len(levels(house, code)) == 2  # the deputies of Chiang Mai are none: the region is next
    assert case_of(house, code).office == CHIANG_MAI


def test_what_becomes_urgent_later_climbs_from_then_on(url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    code, desk = complaint(house), desk_of(house)
    clock.forward(120 * MINUTE)
    desk.do(cast["duang"], code, "urgency", {"urgency": "emergency"})
    look(house)
    assert levels(house, code) == []
    clock.forward(6 * MINUTE)
    look(house)
    assert levels(house, code) == ["climb.1"]


def test_a_complaint_that_is_no_emergency_never_climbs(url: str, new_house: Make, clock: Any) -> None:
    house, _ = staffed(new_house, url)
    code = complaint(house)
    clock.forward(600 * MINUTE)
    look(house)
    assert levels(house, code) == []


def test_of_two_who_take_it_while_it_climbs_one_wins(url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    code, desk = emergency(house), desk_of(house)
    clock.forward(21 * MINUTE)
    look(house)
    start, answers = threading.Barrier(2), {}

    def take(name: str) -> None:
        start.wait()
        answers[name] = desk.do(cast[name], code, "take", {})

    threads = [threading.Thread(target=take, args=(name,)) for name in ("hub", "wipa")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [name for name, answer in answers.items() if isinstance(answer, Done)]
    lost = {"hub": "wipa", "wipa": "hub"}[won]
    assert answers[lost] == Refused("desk.taken", {"name": won})
    assert case_of(house, code).assignee == cast[won].id


def test_in_a_demo_an_hour_passes_in_a_minute(url: str, new_house: Make, clock: Any) -> None:
    house, _ = staffed(new_house, url)
    code = emergency(house)
    clock.forward(6)
    look(house, speed=60)
    assert levels(house, code) == ["climb.1"]
    clock.forward(15)
    look(house, speed=60)
    assert len(levels(house, code)) == 4


def test_the_deputy_of_somebody_on_leave_is_told_instead(url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    shift(house, cast["wipa"], 3600, office="ops", kind="leave", deputy=cast["orn"].id)
    code = emergency(house)
    clock.forward(11 * MINUTE)
    look(house)
    assert told(house, code)[-1] == (
        "climb.2",
        {"who": "region", "staff": [cast["orn"].id], "office": case_of(house, code).office},
    )


def test_machines_whose_clocks_differ_agree_by_the_clock_of_the_database(
    new_postgres: Callable[[], str], new_house: Make
) -> None:
    """One machine is an hour behind, one a day ahead: both keep the time of the database, and nothing comes early."""
    from bot.clock import now
    from bot.db import steps

    house, _ = staffed(new_house, new_postgres())
    with house.database.reading() as connection:
        assert abs(steps.database_clock(connection) - now()) < 60_000
    code = complaint(house, urgency="emergency", kind="emergency", type="factory_fire")
    real = now()
    for wrong in (-3_600_000, 86_400_000):
        change(house, code, opened_at=real, look_at=0)
        machine = new_house(house.settings.database_url, knowledge=house.tools.knowledge, now=lambda w=wrong: now() + w)
        made = machine.timekeeper()
        made.at = steps.database_clock
        made.step()
        assert levels(house, code) == []
    change(house, code, opened_at=real - 6 * 60_000, look_at=0)
    made.step()
    assert levels(house, code) == ["climb.1"]


def test_a_started_house_keeps_time_by_itself(url: str, new_house: Make) -> None:
    import asyncio
    import time

    from bot.clock import now

    house = new_house(url, knowledge=knowledge(), now=now, demo_speed=3600, handle=handle)
    hire(house)

    async def live() -> list[str]:
        await house.start(send=False)
        try:
            code = complaint(house, urgency="emergency", kind="emergency", type="factory_fire")
            until = time.monotonic() + 120
            while len(levels(house, code)) < 4 and time.monotonic() < until:
                await asyncio.sleep(0.2)
            return levels(house, code)
        finally:
            await house.stop()

    assert asyncio.run(live()) == ["climb.1", "climb.2", "climb.3", "climb.4"]
