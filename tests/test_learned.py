"""A reader learned from sentences: it carries over, comes back from its file, and is never used stale."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import learned
from knowledge.learned import Model, Settings

SMALL = Settings(bits=12)
SAID = {
    "cloth": ["ทดสอบผ้าที่ไหน", "ผ้าสีตกตรวจที่ไหน", "who tests fabrics", "ย้อมสีผ้าไหม", "เสื้อผ้าเด็กอ่อน"],
    "food": ["ตรวจเชื้อในน้ำพริก", "อาหารแช่แข็งเก็บได้กี่วัน", "food safety lab", "ฉลากโภชนาการขนม"],
    "weather": ["พรุ่งนี้ฝนตกไหม", "อากาศวันนี้เป็นยังไง", "will it rain"],
}


@pytest.fixture(scope="module")
def model() -> Model:
    return learned.train(SAID, SMALL)


def best(model: Model, text: str) -> str:
    scores = model.scores(text)
    return max(scores, key=lambda label: scores[label])


def test_a_sentence_never_seen_finds_its_label(model: Model) -> None:
    assert best(model, "อยากส่งผ้าไปทดสอบ") == "cloth"
    assert best(model, "น้ำพริกเก็บได้กี่วัน") == "food"
    assert best(model, "พรุ่งนี้อากาศดีไหม") == "weather"


def test_a_typing_error_costs_little(model: Model) -> None:
    assert best(model, "ทดสอบผาสีตก") == "cloth"


def test_the_same_sentences_give_the_same_weights() -> None:
    one, other = learned.train(SAID, SMALL), learned.train(SAID, SMALL)
    assert np.array_equal(one.steps, other.steps)


def test_a_sentence_that_weighs_nothing_teaches_nothing() -> None:
    said = {"cloth": [*SAID["cloth"], "พรุ่งนี้ฝนตกไหม"], "weather": ["ร้อนมาก"]}
    weigh = {"cloth": [1.0] * len(SAID["cloth"]) + [1e-6], "weather": [1.0]}
    heavy, light = learned.train(said, SMALL), learned.train(said, SMALL, weigh)
    assert light.scores("ฝนตกไหม")["cloth"] < heavy.scores("ฝนตกไหม")["cloth"]


def test_a_model_comes_back_from_its_file_as_it_was(model: Model, tmp_path: Path) -> None:
    learned.save(model, tmp_path / "a.npz", "hash")
    back = learned.load(tmp_path / "a.npz", "hash", SMALL)
    assert back is not None
    assert back.labels == model.labels
    assert back.scores("ทดสอบผ้า") == pytest.approx(model.scores("ทดสอบผ้า"), abs=0.01)


def test_a_stale_file_is_not_used_and_the_log_says_so(
    model: Model, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.npz"
    learned.save(model, path, learned.source_of(SAID, SMALL))
    assert learned.learned(SAID, path, SMALL).labels == tuple(SAID)
    assert not caplog.records
    more = {**SAID, "steel": ["เหล็กเส้น", "steel bar"]}
    with caplog.at_level(logging.WARNING):
        anew = learned.learned(more, path, SMALL)
    assert best(anew, "ทดสอบเหล็กเส้น") == "steel"
    assert "kb fit" in caplog.text


def test_a_broken_file_counts_as_stale(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(b"not an archive")
    assert learned.load(path, "hash", SMALL) is None


def test_sentences_are_read_a_line_each_without_remarks(tmp_path: Path) -> None:
    (tmp_path / "thti.txt").write_text("# remark\nผ้า\n\n ผ้าไหม \nผ้า\n", encoding="utf-8")
    assert learned.sentences(tmp_path) == {"thti": ["ผ้า", "ผ้าไหม"]}
    assert learned.sentences(tmp_path / "absent") == {}


@given(st.text(max_size=300))
def test_any_text_gets_a_score_a_label(text: str) -> None:
    model = learned.train({"a": ["hello"], "b": ["goodbye"]}, SMALL)
    assert set(model.scores(text)) == {"a", "b"}
    assert all(np.isfinite(list(model.scores(text).values())))
