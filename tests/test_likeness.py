"""Questions that ask much the same stand together."""

from __future__ import annotations

from pathlib import Path

from knowledge import likeness
from knowledge.evaluate import read_rows

TEXTS = [
    "จดทะเบียนเครื่องจักรที่ไหน",
    "ฮาลาลขอยังไง",
    "อยากจดทะเบียนเครื่องจักร ต้องไปที่ไหนคะ",
    "how to register a machine",
    "จดทะเบียณเคื่องจักรที่ใหน",
    "register my machine where",
]


def members(texts: list[str]) -> list[tuple[int, ...]]:
    return [group.members for group in likeness.groups(texts)]


def test_the_same_question_in_other_words_joins_its_group() -> None:
    assert members(TEXTS) == [(0, 2, 4), (3, 5), (1,)]


def test_what_comes_later_moves_nobody_who_stands() -> None:
    before = members(TEXTS)
    after = members([*TEXTS, "เครื่องจักรจดทะเบียนได้ที่ไหนครับ", "ทำไมฝนตก"])
    assert after[0] == (*before[0], 6)
    assert set(before[1:]) <= set(after)


def test_the_middle_is_one_of_the_group() -> None:
    assert all(group.middle in group.members for group in likeness.groups(TEXTS))


def test_different_questions_stay_apart() -> None:
    rows = read_rows(Path(__file__).parent / "sentences" / "route.tsv")
    mixed = [
        group
        for group in likeness.groups([row.text.casefold() for row in rows])
        if len({rows[n].gold for n in group.members}) > 1
    ]
    assert sum(len(group.members) for group in mixed) < len(rows) / 8


def test_nothing_empty_and_odd_letters_are_no_fault() -> None:
    assert members([]) == []
    assert len(members(["", " ", "😀", "\x00", "\ud83d"])) <= 5
