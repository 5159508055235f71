"""A person's own tickets: nobody else's, nothing offered that would be refused, closed means fixed."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from handlers.vocabulary import Attach, Move, Notice, Rate, Status, StoryEntry, Tell
from handlers.words import load
from tests.talking import NOON, Talk, buttons, keys, ticket

CODE = "AAA-AAA-111"
STORY = ("opened", "words", "media", "place", "withdraw", "confirm", "reopen", "news")


def acts(outcome: object, kind: type) -> list[object]:
    return [act for act in outcome.acts if isinstance(act, kind)]  # type: ignore[attr-defined]


def test_who_has_none_is_shown_what_can_be_done() -> None:
    said = Talk().taps("my_tickets", "~", "start")
    assert keys(said) == ["my_tickets.none"]
    assert buttons(said)[:2] == ["1|home|go|complaint", "1|home|go|guidance"]


def test_one_ticket_is_shown_at_once_several_as_a_numbered_list() -> None:
    assert keys(Talk(tickets=(ticket(),)).taps("my_tickets", "~", "start")) == ["my_tickets.code"]
    talk = Talk(tickets=(ticket(), ticket("BBB-BBB-222")))
    assert keys(talk.taps("my_tickets", "~", "start")) == ["my_tickets.title"]
    said = talk.says("2")
    assert keys(said) == ["my_tickets.code"]
    assert talk.conversation.ticket == "BBB-BBB-222"


def test_many_tickets_come_page_by_page() -> None:
    talk = Talk(tickets=tuple(ticket(f"TTT-{n:03}-111") for n in range(20)))
    said = talk.taps("my_tickets", "~", "start")
    assert "1|my_tickets|page|1" in buttons(said)
    assert "1|my_tickets|show|TTT-008-111" in buttons(talk.says("ดูเพิ่ม"))
    assert buttons(talk.taps("my_tickets", "page", "junk"))


@pytest.mark.parametrize("words", [f"เรื่อง {CODE} ถึงไหนแล้ว", "ติดตามเรื่อง aaa aaa 111", f"สถานะ {CODE.lower()}"])
def test_a_typed_code_shows_that_ticket(words: str) -> None:
    talk = Talk(tickets=(ticket("BBB-BBB-222"), ticket()))
    assert talk.says(words)
    assert talk.conversation.ticket == CODE


def test_somebody_elses_ticket_and_an_unknown_one_get_the_same_words() -> None:
    mine = (ticket(),)
    answers = []
    for field in ("show", "add", "news", "story", "confirm", "reopen", "rate", "withdraw", "withdraw_sure"):
        said = Talk(tickets=mine).taps("my_tickets", field, "XXX-XXX-999")
        assert not said.acts, field
        answers.append(said.says)
    assert len({str(one) for one in answers}) == 1
    assert keys(Talk(tickets=mine).says("สถานะเรื่อง XXX-XXX-999")) == ["my_tickets.not_found"]


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_has_words_and_offers_only_what_the_table_allows(status: Status) -> None:
    talk = Talk(tickets=(ticket(status=status),))
    offered = buttons(talk.taps("my_tickets", "show", CODE))
    assert f"status.{status}" in load()
    for data in offered:
        _, flow, field, value = data.split("|")
        if flow == "my_tickets" and field in ("confirm", "reopen", "withdraw", "add"):
            assert keys(Talk(tickets=(ticket(status=status),)).taps(flow, field, value)) != ["my_tickets.code"], data


def test_one_tap_opens_a_result_again_and_then_asks_what_is_wrong() -> None:
    talk = Talk(tickets=(ticket(status="resolved"),))
    assert "1|my_tickets|reopen|" + CODE in buttons(talk.taps("my_tickets", "show", CODE))
    said = talk.taps("my_tickets", "reopen", CODE)
    assert acts(said, Move) == [Move(CODE, "reopened")]
    said = talk.says("กลิ่นยังเหม็นทุกคืนเหมือนเดิม")
    assert [act.entry.words for act in acts(said, Tell)] == ["กลิ่นยังเหม็นทุกคืนเหมือนเดิม"]  # type: ignore[attr-defined]


def test_confirming_closes_and_asks_for_a_rating_which_counts_once() -> None:
    talk = Talk(tickets=(ticket(status="resolved"),))
    assert acts(talk.taps("my_tickets", "confirm", CODE), Move) == [Move(CODE, "closed")]
    talk.tickets = (ticket(status="closed"),)
    assert acts(talk.says("4"), Rate) == [Rate(CODE, 4)]
    talk.tickets = (ticket(status="closed", rating=4),)
    assert acts(talk.taps("my_tickets", "stars", f"{CODE}:1"), Rate) == []


@pytest.mark.parametrize("value", ["0", "6", "", "x", "-1", "99"])
def test_only_one_to_five_is_a_rating(value: str) -> None:
    talk = Talk(tickets=(ticket(status="closed"),))
    assert acts(talk.taps("my_tickets", "stars", f"{CODE}:{value}"), Rate) == []


def test_an_open_ticket_cannot_be_rated() -> None:
    assert acts(Talk(tickets=(ticket(),)).taps("my_tickets", "stars", f"{CODE}:5"), Rate) == []


@pytest.mark.parametrize("yes", ["ใช่", "ถอนเรื่อง", "yes", "Take it back"])
def test_taking_back_is_asked_about_once(yes: str) -> None:
    talk = Talk(tickets=(ticket(),))
    said = talk.taps("my_tickets", "withdraw", CODE)
    assert acts(said, Move) == []
    assert acts(talk.says(yes), Move) == [Move(CODE, "withdrawn")]


@pytest.mark.parametrize("no", ["ไม่", "ไม่ถอน", "ยกเลิก", "กลับ"])
def test_no_keeps_the_ticket(no: str) -> None:
    talk = Talk(tickets=(ticket(),))
    talk.taps("my_tickets", "withdraw", CODE)
    said = talk.says(no)
    assert acts(said, Move) == []
    assert keys(said) == ["my_tickets.code"]


def test_news_are_asked_for_once_a_day() -> None:
    talk = Talk(tickets=(ticket(),))
    said = talk.taps("my_tickets", "news", CODE)
    assert acts(said, Notice) == [Notice("reporter.news", CODE)]
    asked = StoryEntry("story.news", NOON - timedelta(hours=1), "reporter")
    again = Talk(tickets=(ticket(story=(asked,)),)).taps("my_tickets", "news", CODE)
    assert keys(again) == ["my_tickets.news_already"]
    assert acts(again, Notice) == []


def test_words_and_photos_go_to_the_ticket_that_is_added_to() -> None:
    talk = Talk(tickets=(ticket("BBB-BBB-222"), ticket()))
    talk.taps("my_tickets", "add", CODE)
    assert [act.code for act in acts(talk.sends_photo(), Attach)] == [CODE]  # type: ignore[attr-defined]
    talk.taps("my_tickets", "add", CODE)
    assert [act.code for act in acts(talk.says("เมื่อคืนแรงกว่าเดิม"), Tell)] == [CODE]  # type: ignore[attr-defined]


def test_an_answer_to_the_officer_sets_the_ticket_going_again() -> None:
    talk = Talk(tickets=(ticket(status="waiting_for_reporter"),))
    talk.taps("my_tickets", "add", CODE)
    assert acts(talk.says("บ้านเลขที่ 12"), Move) == [Move(CODE, "in_progress")]


def test_the_story_shows_the_reporter_nothing_of_staff_alone() -> None:
    story = (
        StoryEntry("story.opened", NOON, "reporter"),
        StoryEntry("story.resolve", NOON, "staff", audience="staff", words="ความลับ"),
        StoryEntry("story.reply", NOON, "staff", words="กำลังไปดู {code}"),
    )
    said = Talk(tickets=(ticket(story=story),)).taps("my_tickets", "story", CODE)
    assert said.says[0].card
    assert len(said.says[0].card.lines) == 2
    assert "ความลับ" not in str(said.says)


def test_a_day_that_has_passed_is_said() -> None:
    late = ticket(answer_due_at=NOON - timedelta(hours=1))
    said = Talk(tickets=(late,)).taps("my_tickets", "show", CODE)
    assert "my_tickets.late" in str(said.says)


def test_every_entry_that_the_code_writes_has_words() -> None:
    known = load()
    assert all(f"story.{name}" in known for name in STORY)
