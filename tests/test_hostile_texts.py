"""No text can break or stall a reader, whatever somebody types."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.load import Knowledge, load

KNOWLEDGE = load()
LONG = 5_000  # LINE's limit of a text
STALLED = 5.0  # seconds; the slowest takes a fiftieth of it, and what grows with the square takes minutes
Ask = Callable[[Knowledge, str], Any]

READERS: dict[str, Ask] = {
    "danger": lambda knowledge, text: knowledge.danger(text),
    "read": lambda knowledge, text: knowledge.read(text),
    "route": lambda knowledge, text: knowledge.route(text),
    "language": lambda knowledge, text: knowledge.language(text),
    "normalise": lambda knowledge, text: knowledge.normalise(text),
    "read_place": lambda knowledge, text: knowledge.read_place(text),
    "read_place_within": lambda knowledge, text: knowledge.read_place(text, "TH-11"),
}


def full(part: str) -> str:
    return (part * (LONG // len(part) + 1))[:LONG]


TEXTS = {
    "one letter": full("ก"),
    "one Latin letter": full("a"),
    "one word": full("โรงงาน"),
    "one strong word": full("ไฟไหม้"),
    "fires and denials": full("ไม่ไฟไหม้ ระเบิด โรงงาน "),
    "names of places": full("บางปู บางพลี เมือง "),
    "towns": full("อ.เมือง "),
    "a level word": full("อำเภอ"),
    "tone marks": "ก" + full("\u0e48"),
    "mixed marks": "ก" + full("\u0e31\u0e48\u0e34"),
    "combining marks": "e" + full("\u0301\u0300\u20dd"),
    "sara am in parts": full("\u0e4d\u0e32"),
    "tones before nikhahit": full("\u0e48\u0e4d\u0e32"),
    "emoji": full("🔥"),
    "families of emoji": full("👨\u200d👩\u200d👧\u200d👦"),
    "flags": full("🇹🇭"),
    "lone surrogates": full("\ud83d"),
    "half an emoji after a word": "ไฟไหม้\ud83d",
    "nothing seen": full("\u200b\u2060\ufeff"),
    "a word in zero width": full("ไ\u200bฟ\u200bไ\u200bห\u200bม้"),
    "NUL": full("\x00ไฟ"),
    "controls": full("\x01\x1b[31m\x7f"),
    "right to left": full("\u202eไฟไหม้\u202c"),
    "full width": full("ＦＩＲＥ"),
    "one letter that is eighteen": full("\ufdfa"),
    "squared words": full("\u3300"),
    "mathematical letters": full("𝐟𝐢𝐫𝐞"),
    "template": full("{{7*7}}${7*7}<%=7*7%>"),
    "format": full("{0.__class__}%s%n{name}"),
    "SQL": full("'; DROP TABLE tickets; --"),
    "markup": full("<script>alert(1)</script>"),
    "paths": full("../../etc/passwd\x00"),
    "digits": full("0"),
    "Thai digits": full("๐"),
    "telephone numbers": full("081-234-5678 "),
    "nearly telephone numbers": full("08 1-2 3-4 5-"),
    "dots": full("."),
    "dashes": full("-"),
    "spaces": " " * LONG,
    "line ends": full("\r\n\u2028\u0085"),
    "brackets": full("(") + full(")"),
    "repeat marks": full("ๆ "),
    "repeats of three": full("กกกขขข"),
    "quotes": full("\"'"),
    "hours": full("12:30 น. "),
    "nearly hours": full("เวลา 1"),
    "factory names": full("บริษัท ก จำกัด "),
    "open factory names": full("บริษัท "),
    "smells": full("กลิ่นเหมือน"),
    "times": full("ทุกคืน ตั้งแต่ "),
    "Burmese": full("မီးလောင်"),
    "Khmer": full("ភ្លើង\u17d2"),
    "Chinese": full("工厂着火"),
    "Vietnamese taken apart": full("chạ\u0301y "),
    "letters and tones in turn": full("ก่"),
    "vowels and tones in turn": full("กุ่"),
    "two words of fire": full("โรงงานไหม้"),
    "since when": full("เมื่อ"),
    "letters and spaces": full("a "),
    "spaces and a repeat mark": " " * LONG + "ๆ",
    "digits and spaces": full("0 8 1-"),
    "a place of many names": full("หนองบัว"),
    "levels": full("ต."),
    "nothing": "",
    "one space": " ",
}


def spent(ask: Ask, text: str) -> float:
    """The best of three: other processes share the cores. CPU time, and each text new to the kept answers."""
    times = []
    for fresh in ("", "\u200b", "\u200b\u200b"):
        begun = time.process_time()
        ask(KNOWLEDGE, text + fresh)
        times.append(time.process_time() - begun)
    return min(times)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", TEXTS)
def test_no_text_stalls_a_reader(reader: str, text: str) -> None:
    assert spent(READERS[reader], TEXTS[text]) < STALLED


ANYTHING = st.text(st.characters(codec=None), max_size=200)
WORDS = st.lists(
    st.sampled_from([*(text[:7] for text in TEXTS.values() if text), " ", "โรงงาน", "ไฟไหม้", "อ.", "จ.", "0", "."]),
    max_size=40,
).map("".join)


@given(st.one_of(ANYTHING, WORDS))
def test_no_text_breaks_a_reader(text: str) -> None:
    for ask in READERS.values():
        ask(KNOWLEDGE, text)


@given(st.one_of(ANYTHING, WORDS))
def test_spans_lie_within_the_text_and_normalising_twice_changes_nothing_dangerous(text: str) -> None:
    reading = KNOWLEDGE.read(text)
    spans = [slot.span for slot in reading.slots] + [place.span for place in reading.places if place.span]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
    assert "\x00" not in KNOWLEDGE.normalise(text)


@given(st.floats(), st.floats())
def test_no_pin_breaks_the_reader(lat: float, lon: float) -> None:
    KNOWLEDGE.at(lat, lon)


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u202e", "\u0000"])
def test_hidden_letters_hide_no_fire(hidden: str) -> None:
    assert KNOWLEDGE.danger(hidden.join("ไฟไหม้โรงงาน")).decision == "act"
