"""Nobody in danger is passed over, and no idiom, drill or licence rings the bell."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from knowledge import danger, language, signs
from knowledge.danger import Reader
from knowledge.files import HERE
from knowledge.signs import emergencies, kinds

SENTENCES = Path(__file__).parent / "sentences" / "emergency.tsv"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return danger.load()


def rows() -> list[dict[str, str]]:
    with SENTENCES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def decided(reader: Reader) -> Counter[tuple[str, str]]:
    return Counter((row["gold"], reader.read(row["text"]).decision) for row in rows())


def test_no_danger_of_our_own_sentences_is_passed_over(reader: Reader) -> None:
    count = decided(reader)
    assert count["danger", "none"] == 0
    assert count["danger", "act"] >= 0.92 * sum(n for (gold, _), n in count.items() if gold == "danger")


def test_no_harmless_sentence_of_ours_rings_the_bell(reader: Reader) -> None:
    count = decided(reader)
    assert count["none", "act"] == 0
    assert count["none", "ask"] <= 0.08 * sum(n for (gold, _), n in count.items() if gold == "none")


def test_suspicions_are_asked_about(reader: Reader) -> None:
    count = decided(reader)
    hazards = sum(n for (gold, _), n in count.items() if gold == "hazard")
    assert count["hazard", "none"] <= 0.06 * hazards
    assert count["hazard", "act"] <= 0.10 * hazards


@pytest.mark.parametrize(
    "text",
    [
        "ไ\u200bฟ\u200bไ\u200bห\u200bม้โรงงาน",
        "ไฟ\u00adไหม้โรงงาน",
        "\u202eไฟไหม้โรงงาน\u202c",
        "ไฟไหม้้้้้",
        "ไฟ ไหม้",
        "ไฟไหม้\x00",
        "ไฟไหม้\ud83d",
        "ไฟใหม้โรงงาน",
        "แก็สรั่วววว",
        "ＦＩＲＥ ＦＡＣＴＯＲＹ ＨＥＬＰ",
        "(fire)(fire) โรงงาน",
        "เชี่ย ไฟไหม้โรงงาน",
    ],
)
def test_danger_is_seen_through_any_spelling(reader: Reader, text: str) -> None:
    assert reader.read(text).decision == "act"


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (("ไฟไหม้โรงงาน", "act"), ("ไม่ได้ไฟไหม้โรงงานนะ", "none")),
        (("แก๊สรั่ว", "act"), ("กลัวแก๊สรั่ว", "none")),
        (("โรงงานระเบิด", "act"), ("โรงงานระเบิดเมื่อปีที่แล้ว", "none")),
        (("ไฟไหม้โรงงาน", "act"), ("ซ้อมหนีไฟ ไฟไหม้โรงงาน", "none")),
        (("ไฟไหม้โรงงาน", "act"), ("เห็นในเฟซว่าไฟไหม้โรงงาน", "ask")),
        (("ไฟไหม้โรงงาน", "act"), ("เมื่อเช้าไฟไหม้โรงงาน", "ask")),
        (("โรงงานปล่อยควันดำทุกคืน", "none"), ("โรงงานปล่อยควันดำทุกคืน วันนี้หายใจไม่ออกกันทั้งบ้าน", "ask")),
        (("ไฟดับ", "none"), ("ไฟยังไม่ดับ", "act")),
        (("เผาขยะหน้าบ้าน", "none"), ("เผาขยะหน้าบ้าน ไฟลามเข้าบ้านแล้ว", "act")),
        (("ซ้อมดับเพลิง", "none"), ("ไม่ใช่ซ้อม ไฟไหม้ของจริง", "act")),
        (("ยางรถระเบิด", "none"), ("ถังแก๊สระเบิด", "act")),
        (("ทัวร์ไฟไหม้ ลด 50%", "none"), ("ไฟไหม้รถทัวร์", "act")),
        (("ลูกเป็นไข้เลือดออก", "none"), ("ลูกเลือดออกไม่หยุด", "act")),
        (("fire extinguisher", "none"), ("fire in the factory", "act")),
        (("กลิ่นสารเคมีแรงมาก", "ask"), ("กลิ่นสารเคมีแรงมาก คนเป็นลมหลายคน", "act")),
    ],
)
def test_one_word_changes_the_sense(reader: Reader, first: tuple[str, str], other: tuple[str, str]) -> None:
    assert reader.read(first[0]).decision == first[1]
    assert reader.read(other[0]).decision == other[1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ไฟไหม้โรงงานผลิตรองเท้า", "factory_fire"),
        ("แอมโมเนียรั่วที่โรงน้ำแข็ง", "ammonia_leak"),
        ("คลอรีนรั่ว", "chlorine_leak"),
        ("ท่อแก๊สรั่ว", "lpg_ng_leak"),
        ("หม้อน้ำระเบิด", "boiler_explosion"),
        ("โกดังพลุระเบิด", "fireworks_store"),
        ("หลังคาโรงงานถล่ม", "building_or_crane_collapse"),
        ("คนงานตกบ่อบำบัด", "confined_space"),
        ("คนงานโดนไฟดูด", "electrocution_high_voltage"),
        ("คันบ่อแตก", "wastewater_dam_or_tailings_break"),
        ("ไฟไหม้บ่อขยะ", "waste_pit_fire"),
        ("รถแก๊สคว่ำ", "tanker_accident"),
        ("มีคนถือปืนหน้าบ้าน", "person_under_threat"),
        ("着火了 工厂", "factory_fire"),
        ("explosion at the plant", "explosion"),
    ],
)
def test_the_kind_of_danger_is_told(reader: Reader, text: str, kind: str) -> None:
    assert reader.read(text).kind == kind


def test_every_kind_told_is_a_known_kind(reader: Reader) -> None:
    told = {reader.read(row["text"]).kind for row in rows()} - {""}
    assert told <= set(emergencies(HERE))


def test_the_words_that_spoke_are_named(reader: Reader) -> None:
    assert "ไฟไหม้" in "".join(reader.read("ไฟไหม้โกดังสี").words)
    assert reader.read("สวัสดีค่ะ").words == ()


def test_only_sourced_or_checked_first_words_are_shown() -> None:
    shown = kinds(HERE)
    for own, file in emergencies(HERE).items():
        allowed = {word.th for word in file.first_words if word.sourced or word.checked}
        assert {word.th for word in shown[own].first_words} == allowed
    hidden = sum(not (word.sourced or word.checked) for file in emergencies(HERE).values() for word in file.first_words)
    assert hidden > 0


def test_every_strong_phrase_of_the_files_is_acted_on(reader: Reader) -> None:
    """A phrase that the officers wrote down may not be talked away by our own rules, save transformers (asked)."""
    passed = [
        (file.id, phrase)
        for file in emergencies(HERE).values()
        for phrase in (*file.strong, *file.strong_en)
        if reader.read(phrase).decision == "none"
    ]
    assert passed == []


def test_all_words_of_the_files_can_be_found() -> None:
    known = signs.load(HERE, language.load())
    words = [phrase for file in emergencies(HERE).values() for phrase in (*file.strong, *file.weak)]
    unfound = [word for word in words if not known.words.find(known.spelt(word))]
    assert unfound == []
