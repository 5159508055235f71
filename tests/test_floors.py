"""The figures may not fall, on our own sentences and on those by another hand; the floors stand beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge import evaluate
from knowledge.load import Knowledge, load

SENTENCES = Path(__file__).parent / "sentences"
FLOORS = yaml.safe_load((SENTENCES / "floors.yaml").read_text(encoding="utf-8"))
OTHERS = [
    (hand, task, floors)
    for hand in ("blind", "unseen")
    for task, floors in yaml.safe_load((SENTENCES / hand / "floors.yaml").read_text(encoding="utf-8")).items()
]
AT_MOST = "_at_most"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def test_every_task_has_floors_and_sentences() -> None:
    assert set(FLOORS) == set(evaluate.TASKS)
    assert {path.stem for path in SENTENCES.glob("*.tsv")} == set(evaluate.TASKS)


@pytest.mark.parametrize("task", sorted(FLOORS))
def test_figures_do_not_fall(knowledge: Knowledge, task: str) -> None:
    hold(knowledge, SENTENCES / f"{task}.tsv", task, FLOORS[task])


@pytest.mark.parametrize(("hand", "task", "floors"), OTHERS)
def test_figures_on_sentences_by_another_hand_do_not_fall(
    knowledge: Knowledge, hand: str, task: str, floors: dict[str, float]
) -> None:
    knowledge.forget_model()
    hold(knowledge, SENTENCES / hand / f"{task}.tsv", task, floors)


def hold(knowledge: Knowledge, path: Path, task: str, floors: dict[str, float]) -> None:
    found, _ = evaluate.evaluate(knowledge, evaluate.read_rows(path), task)
    for name, limit in floors.items():
        if name.endswith(AT_MOST):
            assert found[name.removesuffix(AT_MOST)] <= limit, name
        else:
            assert found[name] >= limit, name


@pytest.mark.parametrize("task", sorted(FLOORS))
def test_no_sentence_stands_twice(task: str) -> None:
    rows = evaluate.read_rows(SENTENCES / f"{task}.tsv")
    assert len({row.id for row in rows}) == len(rows)
    assert len({row.text for row in rows}) == len(rows)
