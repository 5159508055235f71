"""Takes off what stands around a matter and says nothing of it: "good day, may I ask ... thank you very much".

People open nearly every message so. Runs of letters that all of them share drown the few that tell one body from
another, and a fire from a request: with two polite sentences around them half of all questions were handed to a person,
and four of ten dangers were passed over. Only known phrases at the edges go, and never all of a text: a bare greeting
stays a greeting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from knowledge.files import read

LEFT = 6  # letters: with less left the frame was the message
ROUNDS = 6  # phrases in a row at one edge
EDGE = 60  # letters from the end in which a closing phrase begins
GAP, GAPS = r"[\s.,:;!?~\u2026]", " .,:;!?~\u2026"  # of a normalised text, where all white space is a space


class Polite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    openings: list[str]
    closings: list[str]
    particles: list[str]
    particles_alone: list[str]


class Frame:
    """The polite phrases of both edges, in the spelling that texts are normalised to."""

    def __init__(self, words: Polite, normalise: Callable[[str], str]) -> None:
        self._normalise = normalise
        some, alone = either(words.particles, normalise), either(words.particles_alone, normalise)
        after = rf"(?:{GAP}*(?:{some}|(?:{alone})(?={GAP}|$)))*"
        self._opening = re.compile(rf"(?:{either(words.openings, normalise)}){after}(?:{GAP}+|(?![a-z0-9]))")
        self._closing = re.compile(rf"(?<![a-z0-9])(?:{either(words.closings, normalise)}){after}{GAP}*$")
        # Most texts neither begin nor end with one of them, which is seen at once.
        self._starts = tuple(map(normalise, words.openings))
        closing = (*words.closings, *words.particles, *words.particles_alone)
        self._ends = tuple(normalise(each).rstrip(GAPS) for each in closing)
        self._last = re.compile(rf"(?:(?:{some})|(?<={GAP})(?:{alone})){GAP}*$")

    def without(self, text: str) -> str:
        """The matter alone, or the text as it came where nothing was taken off or next to nothing would be left."""
        whole = left = self._normalise(text)
        for _ in range(ROUNDS):
            before, left = left, self._shorter(left)
            if left == before:
                break
        return left if LEFT <= len(left) < len(whole) else text

    def _shorter(self, text: str) -> str:
        begun = self._opening.match(text) if text.startswith(self._starts) else None
        text = text[begun.end() :] if begun else text
        if not text.rstrip(GAPS).endswith(self._ends):
            return text.strip()
        ended = self._closing.search(text, max(0, len(text) - EDGE)) or self._last.search(
            text, max(0, len(text) - EDGE)
        )
        return (text[: ended.start()] if ended else text).strip()


def either(phrases: Sequence[str], normalise: Callable[[str], str]) -> str:
    """A pattern for any of them, the longest first."""
    found = {normalise(phrase) for phrase in phrases}
    return "|".join(map(re.escape, sorted(found, key=lambda phrase: (-len(phrase), phrase))))


def load(folder: Path, normalise: Callable[[str], str]) -> Frame:
    return Frame(read(folder / "vocabulary" / "polite.yaml", Polite), normalise)
