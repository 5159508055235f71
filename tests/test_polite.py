"""Polite words around a matter change nothing: not whom a question goes to, not whether a fire is seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import polite
from knowledge.evaluate import evaluate, read_rows
from knowledge.files import HERE
from knowledge.load import Knowledge, load
from knowledge.normalise import normalise

SENTENCES = Path(__file__).parent / "sentences"
FRAMES = [
    ("สวัสดีค่ะ ขอสอบถามหน่อยนะคะ ", " ขอบคุณค่ะ"),
    ("สวัสดีครับแอดมิน รบกวนด้วยครับ ", " รบกวนตรวจสอบด้วยครับ ขอบคุณมากครับ"),
    ("Good morning sir, may I ask, ", " Thank you very much"),
]
FRAME = polite.load(HERE, normalise)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    known = load()
    known.forget_model()
    return known


@pytest.mark.parametrize(("before", "after"), FRAMES)
def test_a_question_goes_where_it_goes_without_them(knowledge: Knowledge, before: str, after: str) -> None:
    rows = [row for row in read_rows(SENTENCES / "route.tsv") if row.gold != "none"][::3]
    bare, _ = evaluate(knowledge, rows, "route")
    framed, _ = evaluate(knowledge, [replace(row, text=before + row.text + after) for row in rows], "route")
    assert framed["top1"] >= bare["top1"] - 0.03
    assert framed["answered"] >= bare["answered"] - 0.05


@pytest.mark.parametrize(("before", "after"), FRAMES)
def test_a_danger_is_seen_between_them(knowledge: Knowledge, before: str, after: str) -> None:
    rows = read_rows(SENTENCES / "emergency.tsv")[::3]
    framed, _ = evaluate(knowledge, [replace(row, text=before + row.text + after) for row in rows], "emergency")
    assert framed["recall"] >= 0.99
    assert framed["acted"] >= 0.9
    assert framed["false_alarm"] <= 0.01


@pytest.mark.parametrize(
    "text",
    [
        "ขออนุญาตเล่าเรื่องนะคะแอด ไฟไหม้โรงงานตอนนี้ อยู่ใกล้บ้านเลยค่ะ",
        "เรียน ท่านเลขานุการ แก๊สรั่วในโรงน้ำแข็ง คนหมดสติแล้ว ขออนุญาตส่งเรื่องครับ",
    ],
)
def test_a_danger_in_one_clause_of_many_is_not_passed_over(knowledge: Knowledge, text: str) -> None:
    assert knowledge.danger(text).decision != "none"


def test_a_danger_that_is_over_stays_over(knowledge: Knowledge) -> None:
    assert knowledge.danger("สวัสดีค่ะ เมื่อปีที่แล้วไฟไหม้โรงงานแถวบ้าน ขอบคุณค่ะ").decision == "none"


@pytest.mark.parametrize("text", ["สวัสดีครับ", "ขอบคุณมากค่ะ", "hello sir", "ขอสอบถามหน่อยค่ะ", "ขออนุญาตตั้งโรงงาน"])
def test_a_greeting_alone_and_a_wish_stay_whole(text: str) -> None:
    assert FRAME.without(text) == text


def test_a_longer_word_keeps_its_beginning() -> None:
    assert FRAME.without("ขอสอบถามค่าธรรมเนียมโรงงาน") == "ค่าธรรมเนียมโรงงาน"
    assert FRAME.without("hire a machine") == "hire a machine"
    assert FRAME.without("ขอสอบถามคะแนนประเมินโรงงาน") == "คะแนนประเมินโรงงาน"


@given(st.text(max_size=200))
def test_something_is_always_left(text: str) -> None:
    assert FRAME.without(text) or not text
