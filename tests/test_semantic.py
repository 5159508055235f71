"""The sentence model is a reader among others: behind a protocol, kept in a file, and nothing breaks without it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge import semantic
from knowledge.learned import Numbers
from knowledge.load import load

TEXTS = {"cloth": ["ทดสอบผ้า", "ผ้าสีตก", "ย้อมผ้า"], "food": ["ตรวจอาหาร", "อาหารเสีย", "ฉลากอาหาร"]}


class Letters:
    """A second model, of pairs of letters: coarse, but its vectors mean something."""

    name = "letters"
    asked = 0

    def vectors(self, texts: Sequence[str]) -> Numbers:
        self.asked += len(texts)
        found = np.full((len(texts), 64), 0.1, np.float32)
        for row, text in zip(found, texts, strict=True):
            for at in range(len(text) - 1):
                row[zlib.crc32(text[at : at + 2].encode()) % 64] += 1
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    model, path = Letters(), tmp_path / "vectors.npz"
    said = [text for some in TEXTS.values() for text in some]
    semantic.save(path, model.name, dict(zip(said, model.vectors(said), strict=True)))
    return path


def test_another_model_takes_its_place(kept: Path) -> None:
    model = Letters()
    known = semantic.known_of(semantic.known_vectors(kept, model, TEXTS))
    meaning = semantic.Meaning(model, known, ("food", "cloth"))
    ridge, nearest = meaning.read("อยากทดสอบผ้า")
    assert ridge.argmax() == 1
    assert nearest.argmax() == 1


def test_a_text_is_asked_once(kept: Path) -> None:
    model = Letters()
    meaning = semantic.Meaning(model, semantic.known_of(semantic.known_vectors(kept, model, TEXTS)), tuple(TEXTS))
    before = model.asked
    for _ in range(3):
        meaning.read("ผ้า")
    assert model.asked == before + 1


def test_a_few_new_phrases_are_read_at_start(kept: Path) -> None:
    model = Letters()
    vectors = semantic.known_vectors(kept, model, {**TEXTS, "steel": ["เหล็กเส้น"]})
    assert vectors["steel"].shape == (1, 64)
    assert model.asked == 1


def test_vectors_of_another_model_are_not_taken(kept: Path) -> None:
    assert semantic.load(kept, "another") is None
    assert semantic.load(kept.with_name("absent.npz"), "letters") is None


def test_without_the_model_everything_is_read() -> None:
    knowledge = load()
    knowledge.forget_model()
    assert knowledge.with_model == ""
    assert knowledge.route("ทดสอบผ้าที่ไหน").candidates[0].body == "thti"


@pytest.mark.skipif(not semantic.installed(), reason="the extra semantic is not installed")
def test_the_real_model_helps_to_route() -> None:
    knowledge = load()
    assert knowledge.with_model
    assert knowledge.route("เนื้อผ้าหดหลังซัก อยากให้ห้องปฏิบัติการดู").candidates[0].body == "thti"
