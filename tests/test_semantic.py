"""The sentence model is a reader among others: behind a protocol, kept in a file, and nothing breaks without it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge import danger_learned, language, meant, semantic, signs, types_learned
from knowledge.danger import Reader
from knowledge.files import HERE, read_all
from knowledge.learned import Numbers
from knowledge.load import load
from knowledge.meant import Meant

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


def test_a_text_is_asked_once_whoever_wants_it(kept: Path) -> None:
    model = Letters()
    shared = semantic.Remembering(model)
    meaning = semantic.Meaning(shared, semantic.known_of(semantic.known_vectors(kept, shared, TEXTS)), tuple(TEXTS))
    head = Meant(shared, meant.taught(shared.vectors(["ผ้า", "อาหาร"]), np.array([0, 1]), ("cloth", "food")))
    before = model.asked
    for _ in range(3):
        meaning.read("ผ้าไหม")
        head.scores("ผ้าไหม")
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


def a_head(model: Letters, texts: dict[str, list[str]]) -> meant.Head:
    said = [text for some in texts.values() for text in some]
    of = np.repeat(np.arange(len(texts)), [len(some) for some in texts.values()])
    return meant.taught(model.vectors(said), of, tuple(texts))


def test_a_head_tells_what_a_sentence_is_like_and_is_kept(tmp_path: Path) -> None:
    model, path = Letters(), tmp_path / "head.npz"
    meant.save(path, a_head(model, TEXTS), model.name, "hash")
    kept = meant.load(path, model, {})
    assert kept is not None
    scores = kept.scores("อยากทดสอบผ้า")
    assert scores["cloth"] > scores["food"]
    assert meant.load(path, None, {}) is None
    assert meant.load(tmp_path / "absent.npz", model, {}) is None
    model.name = "another"
    assert meant.load(path, model, {}) is None


def test_a_broken_head_is_none(tmp_path: Path) -> None:
    path = tmp_path / "head.npz"
    path.write_bytes(b"no archive")
    assert meant.load(path, Letters(), {}) is None


def test_the_heads_are_of_the_sentences_that_stand_there() -> None:
    known, types = signs.load(HERE, language.load(HERE)), read_all(HERE).types
    mend = "run `frontdoor kb fit` with the extra `semantic` and commit what it writes"
    assert not meant.is_stale(danger_learned.meant_path(HERE), danger_learned.taught(known)), mend
    assert not meant.is_stale(types_learned.meant_path(HERE), types_learned.taught(HERE, types)), mend


def test_the_model_is_asked_only_where_a_danger_is_conceivable() -> None:
    model = Letters()
    reader = Reader(signs.load(HERE, language.load(HERE)))
    reader.meant = Meant(model, a_head(model, {"act": ["ไฟไหม้"], "none.near": ["ผ้า"], "none.everyday": ["ขอบคุณ"]}))
    assert reader.read("ขอบคุณมากค่ะ", "ขอบคุณมากค่ะ").decision == "none"
    assert model.asked == 3  # what it learned from, and nothing else
    assert reader.read("ไฟไหม้โรงงาน มีคนติดอยู่ข้างใน", "ไฟไหม้โรงงาน มีคนติดอยู่ข้างใน").decision == "act"
    assert model.asked == 4
