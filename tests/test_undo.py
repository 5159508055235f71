"""Ten seconds to take an act back: then nobody has heard of it, nothing was learnt of it, and nobody else is undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.db.tables import corrections, story
from bot.desk import Done
from bot.house import House
from handlers.people import Member
from handlers.staff import Refused
from tests.house import arrive, event, rows
from tests.staffed import CHIANG_MAI, complaint, desk_of, run, staffed
from tests.test_notifier import Office, office  # noqa: F401  a fixture
from tests.timed import case_of

Make = Callable[..., House]
WORDS = "ขอที่อยู่โรงงานค่ะ"


@pytest.fixture
def here(url: str, new_house: Make) -> tuple[House, dict[str, Member]]:
    return staffed(new_house, url)


def did(house: House, who: Member, code: str, act: str, **carried: Any) -> int:
    done = desk_of(house).do(who, code, act, carried)
    assert isinstance(done, Done)
    return done.deed


def withdraws(house: House, who: str, code: str) -> None:
    tap = {"type": "postback", "message": None, "postback": {"data": f"1|my_tickets|withdraw_sure|{code}"}}
    arrive(house, event(90, who, house.clock(), **tap))
    run(house)


def test_what_the_reporter_did_meanwhile_is_not_undone(here: Any, clock: Any) -> None:
    house, cast = here
    code = complaint(house, "Umalee")
    did(house, cast["anan"], code, "take")
    deed = did(house, cast["anan"], code, "ask_reporter", words=WORDS)
    clock.forward(3)
    withdraws(house, "Umalee", code)
    assert desk_of(house).undo(cast["anan"], deed) == Refused("desk.too_late")
    assert case_of(house, code).status == "withdrawn"


def test_acts_are_undone_one_after_the_other_from_the_last(here: Any) -> None:
    house, cast = here
    code = complaint(house, "Umalee")
    first = did(house, cast["anan"], code, "take")
    second = did(house, cast["anan"], code, "start")
    third = did(house, cast["anan"], code, "answer_reporter", words=WORDS)
    desk = desk_of(house)
    assert desk.undo(cast["anan"], first) == Refused("desk.too_late")
    assert [desk.undo(cast["anan"], deed) for deed in (third, second, first)] == [None, None, None]
    case = case_of(house, code)
    assert (case.status, case.assignee, case.answered_at) == ("new", 0, None)
    assert all(row.undone for row in rows(house.database, story) if row.by == "staff")


def test_nothing_is_learnt_of_what_was_undone(here: Any, clock: Any) -> None:
    house, cast = here
    code = complaint(house, "Umalee")
    kept = did(house, cast["anan"], code, "retype", type="noise")
    clock.forward(20)
    deed = did(house, cast["anan"], code, "retype", type="dust")
    assert len(rows(house.database, corrections)) == 2
    assert desk_of(house).undo(cast["anan"], deed) is None
    assert [row.after for row in rows(house.database, corrections)] == ["noise"]
    assert desk_of(house).undo(cast["anan"], kept) == Refused("desk.too_late")


def test_nobody_hears_of_a_forward_that_was_undone(office: Office) -> None:  # noqa: F811
    code = complaint(office.house, "Umalee")
    away = {"office": CHIANG_MAI, "words": "อยู่เชียงใหม่"}
    deed = did(office.house, office.cast["anan"], code, "forward", **away)
    office.tell()
    assert office.cards("charlie") == []
    assert office.house.desk.undo(office.cast["anan"], deed) is None
    office.clock.forward(30)
    office.tell()
    assert office.cards("charlie") == []
    did(office.house, office.cast["anan"], code, "forward", **away)
    office.clock.forward(11)
    office.tell()
    assert len(office.cards("charlie")) == 1


def test_what_becomes_an_emergency_is_told_at_once(office: Office) -> None:  # noqa: F811
    code = complaint(office.house, "Umalee")
    done = office.house.desk.do(office.cast["anan"], code, "urgency", {"urgency": "emergency"})
    assert isinstance(done, Done)
    assert done.until == office.clock()
    office.tell()
    assert len(office.cards("duang")) == 1
