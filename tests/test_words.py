"""The catalogue: faults are named at once, values are said as people read them, own words stay own words."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from handlers.vocabulary import T
from handlers.words import TEXTS, UnknownText, Words, load
from knowledge.model import Both, KnowledgeError

ROOT = Path(__file__).parent.parent
TIME = {key: both for key, both in load().texts.items() if key.startswith("time.")}


def words(**texts: str) -> Words:
    return Words({**TIME, **{f"t.{key}": Both(text, text) for key, text in texts.items()}}, strict=True)


def test_every_fault_of_every_file_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("one: {th: ก}\ntwo: {th: ก, en: a, fr: b}\none: {th: ก, en: a}\nthree: word\n")
    (tmp_path / "b.yaml").write_text("four: {th: 'สวัสดี {name}', en: Hello}\nfive: {th: '{A b}', en: '{A b}'}\n")
    (tmp_path / "c.yaml").write_text("not: [closed\n")
    (tmp_path / "d.yaml").write_text("- a list\n")
    with pytest.raises(KnowledgeError) as caught:
        load(tmp_path)
    found = {(fault.file, fault.entry) for fault in caught.value.faults}
    assert found == {
        ("a.yaml", "one"), ("a.yaml", "two"), ("a.yaml", "three"), ("b.yaml", "four"), ("b.yaml", "five"),
        ("c.yaml", "the whole file"), ("d.yaml", "the whole file"),
    }  # fmt: skip


def test_a_key_is_the_name_of_its_file_and_its_own(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text("no: {th: ไม่, en: 'no'}\na.b: {th: ก, en: b}\n")
    assert load(tmp_path).text(T("some.no"), "en") == "no"
    assert "some.a.b" in load(tmp_path)


def test_values_are_said_in_the_language_of_the_person() -> None:
    said = words(x="[{a}]")
    both = Both("ไทย", "English")
    assert said.text(T("t.x", {"a": both}), "en") == "[English]"
    assert said.text(T("t.x", {"a": T("t.x", {"a": 3})})) == "[[3]]"
    assert said.text(T("t.x", {"a": ["ก", both, 1.50]})) == "[ก, ไทย, 1.5]"
    assert said.text("{a}") == "{a}"
    assert said.text(both, "en") == "English"


def test_moments_are_said_in_thai_time_and_the_thai_year() -> None:
    said = words()
    at = datetime(2026, 11, 25, 7, 5, tzinfo=UTC)
    assert said.value(at, "th") == "พุธที่ 25 พ.ย. 2569 14:05 น."
    assert said.value(at, "en") == "Wed 25 Nov 2026, 14:05"
    assert said.value(at.replace(tzinfo=None), "en") == "Wed 25 Nov 2026, 14:05"
    assert said.value(date(2026, 1, 1), "th") == "พฤหัสบดีที่ 1 ม.ค. 2569"


@pytest.mark.parametrize("own", ["{a}", "{0.__class__}", "%s", "{{7*7}}", "\\1", "{b}"])
def test_values_are_never_scanned_for_placeholders(own: str) -> None:
    assert words(x="{a}{b}").text(T("t.x", {"a": own, "b": "!"})) == f"{own}!"


def test_what_nobody_wrote_raises_in_tests_and_harms_nobody_in_the_house() -> None:
    with pytest.raises(UnknownText):
        words().text(T("t.nothing"))
    with pytest.raises(UnknownText):
        words(x="{a}").text(T("t.x"))
    house = Words({"t.x": Both("ก {a} ข")})
    assert house.text(T("t.x")) == "ก … ข"
    assert house.text(T("t.nothing")) == "…"
    assert house.missing == {"t.x{a}", "t.nothing"}


def test_english_says_the_same_values_as_thai() -> None:
    assert len(load().texts) > 100  # loading checks placeholders of every text


KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
NAMES_OF_FILES = {path.stem for path in TEXTS.glob("*.yaml")}


def keys_in(path: Path) -> set[str]:
    """Keys written out in calls of T(...) and Say(...)."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf8"))) if isinstance(node, ast.Call) and node.args]
    named = [node.args[0] for node in calls if isinstance(node.func, ast.Name) and node.func.id in ("T", "Say")]
    strings = [arg.value for arg in named if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return {key for key in strings if KEY.fullmatch(key)}


def test_every_key_that_the_code_names_has_words() -> None:
    sources = [*(ROOT / "handlers").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]
    used = {key for path in sources for key in keys_in(path)}
    assert len(used) > 50
    assert sorted(used - set(load().texts)) == []


def test_no_text_promises_in_the_words_of_an_office() -> None:
    stiff = re.compile("(?<!เ)ท่าน|ดำเนินการจัดส่ง|ข้อร้องเรียนดังกล่าว|โดยเร็วที่สุด|ไม่ถูกต้อง")
    assert [key for key, both in load().texts.items() if stiff.search(both.th)] == []
