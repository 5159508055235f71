"""The desk: staff take, answer, forward and close, from the console and from a card; two at once; undo; the seal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.db import cases
from bot.db.tables import audit, corrections, inbox, notices, outbox, story
from bot.desk import Changed, Done
from bot.house import House
from handlers.staff import UNDO, Refused
from tests.house import arrive, event, rows
from tests.staffed import CHIANG_MAI, complaint, desk_of, emergency, run, staffed

Make = Callable[..., House]


def status(house: House, code: str) -> str:
    with house.database.reading() as connection:
        found = cases.load(connection, code)
    assert found is not None
    return found.status


def letters(house: House, lane: str) -> str:
    return "\n".join(row.messages for row in rows(house.database, outbox, "id") if row.lane == lane)


def test_an_emergency_is_taken_and_the_reporter_hears_of_it(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code = emergency(house)
    done = desk_of(house).do(cast["anan"], code, "take", {})
    assert isinstance(done, Done)
    assert status(house, code) == "acknowledged"
    run(house)
    assert code in letters(house, "Usomchai").splitlines()[-1]
    assert [row.who for row in rows(house.database, audit, "id")][-1] == f"staff:{cast['anan'].id}"


def test_of_two_who_take_it_one_wins_and_the_other_is_told_who(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code, desk = emergency(house), desk_of(house)
    assert isinstance(desk.do(cast["anan"], code, "take", {}), Done)
    second = desk.do(cast["duang"], code, "take", {})
    assert second == Refused("desk.taken", {"name": "anan"})


def test_a_page_that_is_behind_gets_both_sides_and_writes_nothing(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code, desk = emergency(house), desk_of(house)
    seen = desk.see(cast["anan"], code)
    assert seen is not None
    desk.do(cast["duang"], code, "take", {})
    late = desk.do(cast["anan"], code, "answer_reporter", {"words": "กำลังไป"}, seen.version)
    assert isinstance(late, Changed)
    assert late.case.assignee_name == "duang"
    assert "กำลังไป" not in str(rows(house.database, story, "id"))


@pytest.mark.parametrize("name", ["charlie", "adisorn", "orn"])
def test_who_may_not_gets_nothing(name: str, url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code = emergency(house)
    answer = desk_of(house).do(cast[name], code, "take", {})
    assert isinstance(answer, Refused)
    assert status(house, code) == "new"


def test_another_office_cannot_tell_a_ticket_from_none(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code, desk = emergency(house), desk_of(house)
    assert desk.do(cast["charlie"], code, "take", {}) == desk.do(cast["charlie"], "AAA-AAA-AAA", "take", {})
    assert desk.see(cast["charlie"], code) is None


def test_an_answer_waits_ten_seconds_and_can_be_taken_back(url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    code, desk, officer = complaint(house), desk_of(house), cast["anan"]
    done = desk.do(officer, code, "answer_reporter", {"words": "ติดต่อกลับพรุ่งนี้เช้า"})
    assert isinstance(done, Done)
    run(house)
    assert "พรุ่งนี้เช้า" not in letters(house, "Umalee")
    assert desk.undo(officer, done.deed) is None
    clock.forward(UNDO + 1)
    run(house)
    assert "พรุ่งนี้เช้า" not in letters(house, "Umalee")
    assert status(house, code) == "new"


def test_an_answer_reaches_the_reporter_with_the_number_and_the_talk_turns_to_it(
    url: str, new_house: Make, clock: Any
) -> None:
    house, cast = staffed(new_house, url)
    code, desk, officer = complaint(house), desk_of(house), cast["anan"]
    desk.do(officer, code, "answer_reporter", {"words": "ติดต่อกลับพรุ่งนี้เช้า"})
    clock.forward(UNDO + 1)
    run(house)
    last = letters(house, "Umalee").splitlines()[-1]
    assert "ติดต่อกลับพรุ่งนี้เช้า" in last
    assert code in last
    desk_late = desk.undo(officer, 1)
    assert isinstance(desk_late, Refused)


def test_forwarding_tells_the_other_office_and_leaves_a_labelled_sentence(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code, desk = emergency(house), desk_of(house)
    sent = desk.do(cast["anan"], code, "forward", {"office": CHIANG_MAI, "words": "อยู่เชียงใหม่", "wrong": True})
    assert isinstance(sent, Done)
    told = [row for row in rows(house.database, notices, "id") if row.rule == "ticket.forwarded"]
    assert json.loads(told[0]._mapping["values"])["office"] == CHIANG_MAI
    assert isinstance(desk.do(cast["charlie"], code, "take", {}), Done)
    assert [row.after for row in rows(house.database, corrections, "id")] in ([CHIANG_MAI], [])


def test_closing_needs_what_its_kind_must_carry(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code, desk = emergency(house), desk_of(house)
    desk.do(cast["anan"], code, "take", {})
    lacking = desk.do(cast["anan"], code, "resolve", {"resolution": "fixed", "words": "ดับแล้ว"})
    assert lacking == Refused("desk.needs", {"what": "desk.field.evidence"})
    done = desk.do(cast["anan"], code, "resolve", {"resolution": "fixed", "words": "ดับแล้ว", "evidence": ["k1"]})
    assert isinstance(done, Done)
    assert status(house, code) == "resolved"


def test_a_card_on_line_takes_the_ticket(url: str, new_house: Make) -> None:
    house, _ = staffed(new_house, url)
    code = emergency(house)
    tap = {"type": "postback", "message": None, "postback": {"data": f"1|desk|take|{code}"}}
    arrive(house, event(50, "Uanan", house.clock(), **tap))
    run(house)
    assert status(house, code) == "acknowledged"
    assert code in letters(house, "Uanan")


@pytest.mark.parametrize("lane", ["Ucharlie", "Ustranger"])
def test_a_card_in_other_hands_does_nothing(lane: str, url: str, new_house: Make) -> None:
    house, _ = staffed(new_house, url)
    code = emergency(house)
    tap = {"type": "postback", "message": None, "postback": {"data": f"1|desk|take|{code}"}}
    arrive(house, event(51, lane, house.clock(), **tap))
    run(house)
    assert status(house, code) == "new"


def test_revealing_leaves_a_mark_and_the_administrator_may_not(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code, desk = emergency(house), desk_of(house)
    found = desk.reveal(cast["anan"], code, "โทรถามทางเข้า")
    assert not isinstance(found, Refused)
    assert found[0] == "Usomchai"
    assert [row.act for row in rows(house.database, audit, "id")][-1] == "reveal"
    assert isinstance(desk.reveal(cast["adisorn"], code, "อยากรู้"), Refused)


def test_a_word_of_staff_forged_from_outside_says_nothing(url: str, new_house: Make) -> None:
    house, _ = staffed(new_house, url)
    code = emergency(house)
    forged = {
        "type": "frontdoor:told",
        "message": None,
        "code": code,
        "key": "told.answer",
        "values": {"words": "โอนเงิน"},
    }
    arrive(house, event(52, "Usomchai", house.clock(), **forged))
    run(house)
    assert "โอนเงิน" not in letters(house, "Usomchai")
    assert not [row for row in rows(house.database, inbox, "event_id") if row.state == 0]


def test_whoever_closes_a_case_tells_its_reporter_who_may_say_no(url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    code = complaint(house, "Umalee")
    for who, act in (("anan", "take"), ("anan", "resolve"), ("wipa", "close")):
        how = {"resolution": "no_fault", "measured": "0", "words": "ตรวจแล้วค่ะ"} if act == "resolve" else {}
        assert isinstance(desk_of(house).do(cast[who], code, act, how), Done)
        clock.forward(20)
    run(house)
    assert status(house, code) == "closed"
    assert f"1|my_tickets|reopen|{code}" in letters(house, "Umalee")
