"""Officers get distances and substances with their source; the public never gets one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from knowledge import language
from knowledge.files import HERE
from knowledge.signs import kinds

DISTANCE = re.compile(
    r"\d[\d.,–-]*\s?(?:ม\.|เมตร|กม\.?|กิโล|ก\.ม\.|m\b|km\b|kilomet|met(?:re|er)s?\b|miles?\b|ft\b|feet\b)", re.IGNORECASE
)
TEXTS = Path(__file__).parents[1] / "handlers" / "texts"
KINDS = kinds(HERE)


def strings(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [each for value in tree.values() for each in strings(value)]
    if isinstance(tree, list):
        return [each for value in tree for each in strings(value)]
    return [tree] if isinstance(tree, str) else []


def test_a_leak_of_ammonia_carries_what_the_guidebook_says() -> None:
    told = KINDS["ammonia_leak"].for_officers
    ammonia = next(each for each in told.chemicals if each.id == "ammonia")
    assert told.guides == ("125",)
    assert told.distance_m["initial_isolation"] == 30
    assert ammonia.un == ("1005",)
    assert ammonia.first_measure_m == {"125": 100}
    assert any(spill.size == "rail tank car" and spill.isolate_m == 300 for spill in ammonia.spills)


@pytest.mark.parametrize("own", KINDS)
def test_every_kind_says_whom_to_wake_and_no_distance_stands_without_a_source(own: str) -> None:
    told = KINDS[own].for_officers
    assert told.wakes
    assert told.source or not told.distance_m
    assert all(chemical.source for chemical in told.chemicals)


@pytest.mark.parametrize("own", KINDS)
def test_no_words_for_the_public_carry_a_distance_or_a_number_of_the_guidebook(own: str) -> None:
    kind = KINDS[own]
    numbers = {number for chemical in kind.for_officers.chemicals for number in chemical.un}
    for words in (kind.name, *kind.first_words, *kind.ask):
        for text in (words.th, words.en):
            assert not DISTANCE.search(text)
            assert not numbers.intersection(re.findall(r"\d{4}", text))


def test_no_text_of_the_bot_tells_a_distance_to_the_public() -> None:
    """Emergencies, in every language: a metre that is told reads as safe beyond it."""
    texts = strings(yaml.safe_load((TEXTS / "emergency.yaml").read_text(encoding="utf-8")))
    replies = [reply.text for file in language.load().files.values() for reply in file.replies]
    assert texts
    assert [text for text in (*texts, *replies) if DISTANCE.search(text)] == []
