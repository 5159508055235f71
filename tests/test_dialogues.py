"""Each dialogue of tests/dialogues, played against handlers alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from handlers import registry
from tests.player import Player, dialogues


@pytest.fixture(autouse=True)
def undeploy() -> Iterator[None]:
    yield
    registry.flows.cache_clear()


@pytest.mark.parametrize("dialogue", [pytest.param(talk, id=title) for title, talk in dialogues()])
def test_dialogue(dialogue: dict[str, Any]) -> None:
    player = Player()
    for number, step in enumerate(dialogue["talk"], 1):
        try:
            player.play(step)
        except AssertionError as fault:
            raise AssertionError(f"step {number}: {step}\n{fault}") from fault


def test_there_are_enough_dialogues_to_mean_something() -> None:
    assert len(dialogues()) >= 30
