"""A new complaint type and a new kind of danger take one file each, and everything that is known can be found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from knowledge import danger, danger_learned, language, signs, types_learned
from knowledge.files import HERE, read_all
from knowledge.load import Knowledge, load
from knowledge.signs import emergencies

FOUND_FIRST = 4  # a name may tell of its neighbours too
TYPES, KINDS = read_all(HERE).types, emergencies(HERE)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(HERE, tmp_path / "knowledge", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "knowledge"


def as_another(path: Path, **values: object) -> None:
    """A file like its neighbour, of another thing."""
    like = yaml.safe_load(path.read_text(encoding="utf-8"))
    own = path.with_name(f"{values['id']}.yaml")
    own.write_text(yaml.safe_dump({**like, **values}, allow_unicode=True), encoding="utf-8")


def test_a_new_complaint_type_takes_one_file(copy: Path) -> None:
    as_another(
        copy / "complaint_types" / "noise.yaml",
        id="light_glare",
        name={"th": "แสงจ้ารบกวน", "en": "Glaring light"},
        phrases=["ไฟสปอตไลต์ส่องเข้าบ้าน"],
        signs={"sure": ["แสงจ้า", "สปอตไลต์", "glaring light"], "likely": ["แสงสว่างจ้า"]},
        yields_to=[],
    )
    first = load(copy).read("ร้องเรียนโรงงานเปิดแสงจ้าส่องเข้าห้องนอนทั้งคืน").types
    assert "light_glare" in [each.id for each in first]


def test_a_new_danger_takes_one_file(copy: Path) -> None:
    as_another(
        copy / "emergencies" / "explosion.yaml",
        id="laser_accident",
        name={"th": "อุบัติเหตุเลเซอร์", "en": "Laser accident"},
        strong=["เลเซอร์ยิงเข้าตา", "โดนลำแสงเลเซอร์"],
        strong_en=["laser in the eye"],
        weak=["เครื่องเลเซอร์เสียงแปลก"],
        looks_like=["เลเซอร์หน้าใส"],
    )
    reader = danger.load(copy)
    assert (reader.read("เลเซอร์ยิงเข้าตา").decision, reader.read("เลเซอร์ยิงเข้าตา").kind) == ("act", "laser_accident")
    assert reader.read("laser in the eye").kind == "laser_accident"
    assert reader.read("เครื่องเลเซอร์เสียงแปลก").decision == "ask"
    assert reader.read("ทำเลเซอร์หน้าใสที่ไหนดี").decision == "none"


@pytest.mark.parametrize("own", TYPES)
def test_every_type_is_found_by_name_and_by_its_phrases(knowledge: Knowledge, own: str) -> None:
    file = TYPES[own]
    for words in (file.name.th, file.name.en, *file.phrases):
        found = [each.id for each in knowledge.read(f"ร้องเรียนเรื่อง {words}").types]
        assert own in found[:FOUND_FIRST], words


@pytest.mark.parametrize("own", KINDS)
def test_every_danger_is_found_by_name_and_by_plain_sentences(own: str) -> None:
    reader, file = danger.load(), KINDS[own]
    assert reader.read(f"ช่วยด้วย {file.name.th}").decision != "none"
    told = [reader.read(f"ช่วยด้วย {phrase}") for phrase in (*file.strong, *file.strong_en)]
    assert all(each.decision != "none" for each in told)
    assert sum(each.kind == own for each in told) >= 0.6 * len(told)


def test_what_was_learned_is_of_these_very_sentences() -> None:
    """`frontdoor kb fit` after a change of sentences, signs' spelling, names or phrases."""
    known = signs.load(HERE, language.load())
    assert not danger_learned.is_stale(known)
    assert not types_learned.is_stale(HERE, TYPES)
