"""Finds many known phrases in one text in one pass.

Thai has no spaces between words, so a phrase is looked for at every letter; a phrase that lies inside a longer one
that was found is not found ("loud" inside "aforesaid" is the classic of Thai). Latin letters and digits must stand
alone. Segmentation would need a dictionary, and those know neither slang nor form numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from knowledge.words import Spotter

PUNCTUATION = re.compile(r"[.\u2010-\u2015_/\\|,;:!?\"'`()\[\]{}<>*#~+=…“”‘’-]+")
SPACES = re.compile(r"\s+")
THAI = "[\u0e01-\u0e2e\u0e30-\u0e39\u0e40-\u0e4e]"
GLUED = re.compile(rf"(?<={THAI}) +(?=\d)|(?<=\d) +(?={THAI})")


class Found(NamedTuple):
    start: int
    end: int
    phrase: str


def fold(text: str) -> str:
    """Without dots, dashes and the spaces around digits, so that all spellings of a form number are one."""
    bare = PUNCTUATION.sub(lambda mark: "" if mark[0] == "." else " ", text.lower())
    return SPACES.sub(" ", GLUED.sub("", bare)).strip()


class Finder:
    """Knows phrases; tells where they stand in a folded text, longest first, none inside another."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._spotter = Spotter(frozenset(phrases))

    def find(self, text: str) -> list[Found]:
        found: list[Found] = []
        last = reach = -1
        for start, end in self._spotter.places(text):
            if start != last and end > reach and stands_alone(text, start, end):
                found.append(Found(start, end, text[start:end]))
                last, reach = start, end
        return found


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether Latin letters and digits at the edges of text[start:end] are whole words."""
    if start and is_word(text[start]) and is_word(text[start - 1]):
        return False
    if end < len(text) and text[end] == "s" and text[end - 1].isalpha():
        end += 1  # an English plural
    return not (end < len(text) and is_word(text[end - 1]) and is_word(text[end]))


def is_word(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
