"""The figures of our own sentences may not fall; the floors stand in sentences/floors.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge import evaluate
from knowledge.load import Knowledge, load

SENTENCES = Path(__file__).parent / "sentences"
FLOORS = yaml.safe_load((SENTENCES / "floors.yaml").read_text(encoding="utf-8"))
AT_MOST = "_at_most"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def test_every_task_has_floors_and_sentences() -> None:
    assert set(FLOORS) == set(evaluate.TASKS)
    assert {path.stem for path in SENTENCES.glob("*.tsv")} == set(evaluate.TASKS)


@pytest.mark.parametrize("task", sorted(FLOORS))
def test_figures_do_not_fall(knowledge: Knowledge, task: str) -> None:
    found, _ = evaluate.evaluate(knowledge, evaluate.read_rows(SENTENCES / f"{task}.tsv"), task)
    for name, limit in FLOORS[task].items():
        if name.endswith(AT_MOST):
            assert found[name.removesuffix(AT_MOST)] <= limit, name
        else:
            assert found[name] >= limit, name


@pytest.mark.parametrize("task", sorted(FLOORS))
def test_no_sentence_stands_twice(task: str) -> None:
    rows = evaluate.read_rows(SENTENCES / f"{task}.tsv")
    assert len({row.id for row in rows}) == len(rows)
    assert len({row.text for row in rows}) == len(rows)
