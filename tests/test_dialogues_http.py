"""Each dialogue of tests/dialogues, played through emulator, HTTP, SDK, house and database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.player import dialogues
from tests.player_http import Actor, Stage, playable, stage

PLAYED = [(title, talk) for title, talk in dialogues() if playable(talk)]


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.mark.parametrize("dialogue", [pytest.param(talk, id=title) for title, talk in PLAYED])
def test_dialogue_over_http(on: Stage, dialogue: dict[str, Any]) -> None:
    actor = Actor(on, "Somchai")
    for number, step in enumerate(dialogue["talk"], 1):
        try:
            actor.play(step)
        except AssertionError as fault:
            raise AssertionError(f"step {number}: {step}\n{fault}") from fault


def test_nothing_was_refused_by_the_platform(on: Stage) -> None:
    """Runs last in the module: every request of the bot was within LINE's limits."""
    refused = [(one["path"], one["answer"]) for one in on.line.requests if one["way"] == "api" and one["status"] == 400]
    assert refused == []


def test_most_dialogues_can_be_played_over_http() -> None:
    assert len(PLAYED) >= 0.7 * len(dialogues())
