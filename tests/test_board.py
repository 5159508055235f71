"""A notice stands before the form and beside the answer, once in half a day; one that stops keeps the form shut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from knowledge.notices import Board, NoticeFile
from knowledge.schema import Words
from tests.talking import Talk, keys, knowledge

STORY = "โรงงานในตำบลหนองละลอก อำเภอบ้านค่าย จังหวัดระยอง ฝุ่นเข้าบ้านทุกวัน"
LONG_AGO, TEXT = datetime(2026, 1, 1, tzinfo=UTC), Words("เหตุไฟไหม้ที่บ้านค่าย เราทราบแล้วค่ะ", "We know of the fire")


def notice(**more: object) -> NoticeFile:
    whole = {"id": "known", "kind": "incident", "text": TEXT, "begin": LONG_AGO, **more}
    return NoticeFile(**whole)  # type: ignore[arg-type]


@pytest.fixture
def board() -> Iterator[Board]:
    """Ours has no notice: what is put up here is taken down again."""
    ours, fresh = knowledge()._board, Board({})
    knowledge()._board = fresh
    yield fresh
    knowledge()._board = ours


def post(board: Board, one: NoticeFile) -> None:
    board.files = {one.id: one}


def said(talk: Talk, text: str) -> list[str]:
    return keys(talk.says(text))


def test_a_known_incident_is_said_before_the_form_once_in_half_a_day(board: Board) -> None:
    post(board, notice(areas=["2105"], types=["dust"]))
    talk = Talk()
    assert "board.incident" in said(talk, STORY)
    assert talk.conversation.flow == "complaint"
    assert "board.incident" not in said(Talk(conversation=talk.conversation), STORY)
    later = Talk(conversation=talk.conversation, now=talk.now + timedelta(hours=13))
    later.taps("complaint", "cancel")
    assert "board.incident" in said(Talk(), STORY)


def test_a_notice_of_another_place_is_not_said(board: Board) -> None:
    post(board, notice(areas=["TH-50"]))
    assert "board.incident" not in said(Talk(), STORY)


def test_one_that_stops_keeps_the_form_shut_and_says_what_to_do(board: Board) -> None:
    post(board, notice(areas=["TH-21"], stop=True, next=Words("โทร 1784 ได้เลยค่ะ", "Call 1784")))
    talk = Talk()
    outcome = talk.says(STORY)
    assert keys(outcome)[-1] == "board.incident"
    assert talk.conversation.flow == ""
    assert outcome.says[-1].card is not None
    assert outcome.says[-1].buttons  # a way home
    assert not outcome.acts


def test_a_system_that_is_down_stands_beside_the_answer(board: Board) -> None:
    post(board, notice(kind="outage", bodies=["thti"], shown=["guidance"]))
    assert keys(Talk().says("ใครรับทดสอบผ้า"))[0] == "board.outage"
    assert "board.outage" not in keys(Talk().says(STORY))


def test_a_factory_of_the_register_fills_in_whose_and_where() -> None:
    talk = Talk()
    talk.says("โรงงานตัวอย่างพลาสติกไทย ปล่อยควันดำทุกคืน")
    draft = talk.conversation.draft("complaint")
    assert draft["factory"].value == "บริษัท ตัวอย่างพลาสติกไทย จำกัด"
    assert draft["place"].value["place"]["district"] == "1101"
