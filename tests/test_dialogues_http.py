"""Each dialogue of tests/dialogues, played through emulator, HTTP, SDK, house and database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


class Group:
    """Somchai's neighbours, with the bot among them."""

    def __init__(self, on: Stage) -> None:
        self.line, self.on, self.actor = on.line, on, Actor(on, "Neighbour")

    def after(self, act: Callable[..., Any], *told: str) -> list[str]:
        """What the bot says there after one act."""
        before = len(self.line.answers("somchai", "bangpu"))
        self.event = act("somchai", *told)
        self.actor.settle()
        new = self.line.answers("somchai", "bangpu")[before:]
        return [str(message.get("text") or message.get("altText")) for message in new]

    def says(self, words: str, quotes: str = "") -> list[str]:
        return self.after(lambda who: self.line.say(who, words, "bangpu", quotes))


def test_in_a_group_the_bot_speaks_only_when_spoken_to_and_of_nobodys_matter(on: Stage) -> None:
    group, texts = Group(on), on.words.texts
    assert group.after(on.line.invite, "bangpu") == [texts["home.joined"].th]
    assert group.says("เรื่องของฉันถึงไหนแล้ว") == []
    mine = str(group.event["message"]["id"])
    name = on.line.line.world.bot.name
    assert group.says(f"@{name} เรื่องของฉันถึงไหนแล้ว") == [texts["home.group"].th]
    quoted = next(bubble.id for bubble in on.line.transcript("somchai", "bangpu") if bubble.by == "bot")
    assert group.says("แล้วต้องทำยังไง", quotes=quoted) == [texts["home.group"].th]
    assert group.after(on.line.edit, mine, "เรื่องของฉันถึงไหนแล้วครับ", "bangpu") == []
    assert group.after(on.line.edit, mine, f"@{name} ถึงไหนแล้ว", "bangpu") == [texts["home.group"].th]
    assert "199" in "".join(group.says(f"@{name} ไฟไหม้โรงงานช่วยด้วย"))
    assert group.says("ไฟไหม้โรงงานช่วยด้วย") == []


def test_nothing_was_refused_by_the_platform(on: Stage) -> None:
    """Runs last in the module: every request of the bot was within LINE's limits."""
    refused = [(one["path"], one["answer"]) for one in on.line.requests if one["way"] == "api" and one["status"] == 400]
    assert refused == []


def test_most_dialogues_can_be_played_over_http() -> None:
    assert len(PLAYED) >= 0.7 * len(dialogues())
