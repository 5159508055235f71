"""One spelling for all readers, whatever a phone or a prankster makes of it, and a way back to what was typed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.files import HERE
from knowledge.normalise import folded, normalise

AREAS = HERE / "geo" / "areas.csv"


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("มากกกกกก", "มาก"),
        ("รั่ววว 555", "รั่ว 555"),
        ("ควันด\u0e4d\u0e32", "ควันดำ"),  # sara am in two parts
        ("น้\u0e4d\u0e32", "น้ำ"),  # tone before the first part
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),  # tone between the parts
        ("นำ้เสีย", "น้ำเสีย"),  # tone after sara am
        ("ร่ัว", "รั่ว"),  # tone before its vowel
        ("ไหม้้้", "ไหม้"),  # double tone
        ("เเก๊ส", "แก๊ส"),  # two sara e
        ("แล้ว ๆ ๆ", "แล้วๆ"),
        ("๐๘๑-๒๓๔", "081-234"),
        ("០៨១", "081"),
        ("ไ\u200bฟ\u200dไ\u2060หม้\ufeff", "ไฟไหม้"),  # zero-width letters
        ("ไฟ\u00adไหม้", "ไฟไหม้"),  # soft hyphen
        ("\u202eไฟไหม้\u202c\u2066", "ไฟไหม้"),  # direction marks
        ("ＦＩＲＥ １９９", "fire 199"),
        ("𝐅𝐈𝐑𝐄", "fire"),
        ("cha\u0301y", "ch\u00e1y"),
        ("Ammonia LEAK", "ammonia leak"),
        ("ไฟ\x00ไหม้\ud83d", "ไฟไหม้"),  # NUL and a lone surrogate
        (" a \t\n b ", "a b"),
        ("", ""),
    ],
)
def test_what_looks_alike_is_spelt_alike(typed: str, seen: str) -> None:
    assert normalise(typed) == seen


@pytest.mark.parametrize(
    "word", ["เกาะ", "หมอออกตรวจ", "กกกุง", "โนนน้ำเกลี้ยง", "0888888888", "www.diw.go.th", "กรรม", "ทราย"]
)
def test_what_is_right_stays(word: str) -> None:
    assert normalise(word) == word


def test_official_names_stay_as_they_are() -> None:
    with AREAS.open(encoding="utf-8", newline="") as file:
        names = [row["th"] for row in csv.DictReader(file)]
    changed = [name for name in names if normalise(name) != name]
    assert changed == ["นานกกก"]  # three letters alike at the end: the vocabulary is spelt the same way


def test_a_span_leads_back_to_what_was_typed() -> None:
    typed = "โรงงาน\u200b ที่ บาง\u200bปูปปปป ค่ะ"
    seen = folded(typed)
    start = seen.text.index("บางปู")
    span = seen.span(start, start + len("บางปู"))
    assert typed[span.start : span.end].replace("\u200b", "").startswith("บางปู")


@given(st.text(alphabet=st.sampled_from("กขงมไฟหม้้่ำําๆ ab\u200b\u00ad๑1\n"), max_size=40))
def test_both_ways_of_normalising_agree_and_offsets_never_go_back(text: str) -> None:
    seen = folded(text)
    assert seen.text == normalise(text)
    assert len(seen.offsets) == len(seen.text) + 1
    assert list(seen.offsets) == sorted(seen.offsets)
    assert all(0 <= offset <= len(text) for offset in seen.offsets)


@given(st.text(max_size=60))
def test_any_text_can_be_normalised(text: str) -> None:
    assert isinstance(normalise(text), str)


def test_the_data_are_where_the_test_looks() -> None:
    assert Path(AREAS).stat().st_size > 300_000
