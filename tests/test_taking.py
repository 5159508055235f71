"""What waits is taken by whoever comes: nobody who is gone, asleep or unable keeps it from those who are here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.db.rows import sure_moment
from bot.desk import Done
from bot.house import House
from handlers import staff, staff_cards
from handlers.people import Member
from handlers.staff import Refused
from handlers.staff_cards import Scene
from handlers.vocabulary import Button
from knowledge.model import Place
from tests.house import arrive, event
from tests.staffed import complaint, desk_of, emergency, run, staffed
from tests.timed import MINUTE, case_of, look, rules

Make = Callable[..., House]
House_ = tuple[House, dict[str, Member]]


@pytest.fixture
def here(url: str, new_house: Make) -> House_:
    return staffed(new_house, url)


def takes(house: House, who: Member, code: str) -> bool:
    return isinstance(desk_of(house).do(who, code, "take", {}), Done)


def offers_to_take(house: House, rule: str, code: str) -> bool:
    scene = Scene(case_of(house, code), house.tools.knowledge, sure_moment(house.clock()))
    buttons: tuple[Button, ...] = staff_cards.card(rule, {}, scene).buttons
    return any(getattr(one.act, "field", "") == "take" for one in buttons)


def reopened(house: House, cast: dict[str, Member], code: str) -> str:
    desk = desk_of(house)
    assert takes(house, cast["anan"], code)
    how = {"resolution": "no_fault", "measured": "0", "words": "ตรวจแล้ว"}
    assert isinstance(desk.do(cast["anan"], code, "resolve", how), Done)
    assert isinstance(desk.do(cast["wipa"], code, "reopen", {"words": "ยังลุกอยู่"}), Done)
    return code


def test_an_emergency_that_was_opened_again_is_taken_by_whoever_comes(here: House_, clock: Any) -> None:
    house, cast = here
    code = reopened(house, cast, emergency(house))
    clock.forward(30 * MINUTE)
    look(house)
    assert rules(house, code, "climb.")
    assert offers_to_take(house, "climb.2", code)
    assert takes(house, cast["duang"], code)
    assert desk_of(house).do(cast["anan"], code, "take", {}) == Refused("desk.taken", {"name": "duang"})


def test_an_emergency_that_was_only_given_to_somebody_climbs_on(here: House_, clock: Any) -> None:
    house, cast = here
    code = emergency(house)
    desk_of(house).do(cast["anan"], code, "assign", {"to": cast["duang"].id, "name": "duang"})
    clock.forward(6 * MINUTE)
    look(house)
    assert rules(house, code, "climb.") == ["climb.1"]
    assert takes(house, cast["wipa"], code)
    clock.forward(60 * MINUTE)
    look(house)
    assert rules(house, code, "climb.") == ["climb.1"]


def test_what_climbs_is_not_put_out_of_sight(here: House_) -> None:
    house, cast = here
    until = sure_moment(house.clock()) + timedelta(hours=8)
    code, calm = emergency(house), complaint(house)
    assert isinstance(desk_of(house).do(cast["anan"], code, "snooze", {"until": until}), Refused)
    assert "snooze" not in staff.possible(case_of(house, code), cast["anan"])
    assert isinstance(desk_of(house).do(cast["anan"], calm, "snooze", {"until": until}), Done)
    desk_of(house).do(cast["duang"], calm, "urgency", {"urgency": "emergency"})
    assert case_of(house, calm).snoozed_until is None


def test_whom_it_was_given_to_takes_it_from_the_card_and_a_colleague_does_not(here: House_) -> None:
    house, cast = here
    code = complaint(house)
    desk_of(house).do(cast["anan"], code, "assign", {"to": cast["duang"].id, "name": "duang"})
    assert offers_to_take(house, "ticket.assigned", code)
    assert desk_of(house).do(cast["anan"], code, "take", {}) == Refused("desk.taken", {"name": "duang"})
    assert takes(house, cast["duang"], code)


def test_what_was_given_to_somebody_who_is_gone_is_free_again(here: House_) -> None:
    import sqlalchemy as sa

    from bot.db.tables_staff import staff as accounts

    house, cast = here
    code = complaint(house)
    desk_of(house).do(cast["anan"], code, "assign", {"to": cast["duang"].id, "name": "duang"})
    with house.database.transaction() as connection:
        connection.execute(sa.update(accounts).where(accounts.c.name == "duang").values(state="disabled"))
    assert takes(house, cast["anan"], code)


def test_nothing_is_put_into_hands_that_may_not_act(here: House_) -> None:
    house, cast = here
    code = complaint(house, office="ops")
    given = {"to": cast["orn"].id, "name": "orn"}
    assert desk_of(house).do(cast["hub"], code, "assign", given) == Refused("desk.not_colleague")


def test_a_supervisor_sees_the_region_and_nothing_by_the_desk_they_sit_at(here: House_) -> None:
    """The queue asks the same in SQL: tests/test_console_queue.py."""
    house, cast = here
    code = complaint(house, "Unid", office="ops", kind="question", place=Place("TH-50"))
    near = complaint(house, "Unod", place=Place("TH-11"), office="diw")
    assert desk_of(house).see(cast["wipa"], code) is None
    assert desk_of(house).see(cast["wipa"], near) is not None
    assert desk_of(house).see(cast["hub"], code) is not None


def test_what_was_put_aside_comes_back_when_its_reporter_writes(here: House_, clock: Any) -> None:
    house, cast = here
    code = complaint(house, "Umalee")
    until = sure_moment(house.clock()) + timedelta(days=3)
    desk_of(house).do(cast["anan"], code, "snooze", {"until": until})
    tap = {"type": "postback", "message": None, "postback": {"data": f"1|my_tickets|add|{code}"}}
    arrive(house, event(10, "Umalee", house.clock(), **tap))
    run(house)
    assert case_of(house, code).snoozed_until is not None
    clock.forward(5)
    arrive(house, event(11, "Umalee", house.clock(), text="เมื่อคืนเริ่มตอนสี่ทุ่มค่ะ"))
    clock.forward(5)
    run(house)
    assert case_of(house, code).snoozed_until is None
