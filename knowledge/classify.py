"""Reads from free words what a person complains about, what they want, and the details they told.

Types are told by signs (words of the type's own file) and by a reader learned from sentences (`types_learned`), added
up: two harms in one text are two types, best first. Signs alone told 66 of 100 sentences of a stranger, the learned
reader alone misjudged long letters with several harms, both together told 92. The words that spoke can be shown.
Everything is a few passes over the text, well under a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from knowledge import meant, prepared, schema, types_learned
from knowledge.files import HERE
from knowledge.find import Finder, Found, fold
from knowledge.intents_weigh import Scale, leaning
from knowledge.model import Scored, Slot, Span
from knowledge.normalise import TURN
from knowledge.semantic import Sentences

WEIGHTS = {"sure": 3.0, "likely": 1.3, "hint": 0.4, "never": -2.5}
AGAIN = 0.45  # a second sign of the same type says less than the first
EARLY = 0.5  # what is told first weighs up to this much more
FIRST, FLOOR = 0.04, 0.02  # below these a type is not worth saying, alone or beside a surer one
LEAST, MOST = 3.0, 8.0  # points of signs that count
LESS = 0.01  # by how much an effect stays behind its cause
WEIGHED = ("complain", "ask", "unknown")  # intents told by what speaks for each; the others have words of their own
SHORT = 12  # letters that a "whole" message may hold beside the known words
CRUMB = 6  # letters: a shorter text without any sign wants nothing that could be told

Weighed = dict[str, list[tuple[str, float]]]  # phrase -> what it speaks for, and how much


@dataclass(frozen=True)
class Told:
    """What a text told: complaint types, and what the person wants."""

    types: tuple[Scored, ...]
    intent: str


class Signs:
    """Phrases that speak for something, with weights; adds up what a text holds of them."""

    def __init__(self, signs: Mapping[str, schema.Signs], normalise: Callable[[str], str]) -> None:
        self.speaks: Weighed = {}
        said = [
            (phrase, own, weight)
            for own, tiers in signs.items()
            for tier, weight in WEIGHTS.items()
            for phrase in getattr(tiers, tier)
        ]
        phrases = [phrase for phrase, _, _ in said]
        folded = prepared.spelt("phrases", lambda text: fold(normalise(text)), phrases)
        for phrase, (_, own, weight) in zip(folded, said, strict=True):
            self.speaks.setdefault(phrase, []).append((own, weight))
        self.finder = Finder(self.speaks)

    def add_up(self, text: str) -> dict[str, tuple[float, tuple[str, ...]]]:
        """What each thing scores in a folded text, and the words that spoke for it."""
        parts: dict[str, list[tuple[float, str]]] = {}
        seen: set[str] = set()
        for found in self.finder.find(text):
            if found.phrase not in seen:
                seen.add(found.phrase)
                early = 1 + EARLY * (1 - found.start / len(text))
                for own, weight in self.speaks[found.phrase]:
                    parts.setdefault(own, []).append((weight * early, found.phrase))
        return {own: (total(weight for weight, _ in some), words(some)) for own, some in parts.items()}


def total(weights: Iterable[float]) -> float:
    """The strongest sign counts whole, each further one less."""
    ordered = sorted(weights, key=abs, reverse=True)
    return sum(weight * AGAIN ** min(place, 3) for place, weight in enumerate(ordered))


def words(parts: list[tuple[float, str]]) -> tuple[str, ...]:
    return tuple(phrase for weight, phrase in sorted(parts, reverse=True) if weight > 0)[:5]


def capped(points: float) -> float:
    return max(-LEAST, min(points, MOST))


class Types:
    """The complaint types that a text speaks of, best first: what its signs and the learned reader say, added up."""

    CAUSE = WEIGHTS["sure"]  # points from which a type counts as the cause of another

    def __init__(
        self,
        files: Mapping[str, schema.TypeFile],
        normalise: Callable[[str], str],
        folder: Path = HERE,
        sentences: Sentences | None = None,
    ) -> None:
        self.signs = Signs({own: signs_of(file) for own, file in files.items()}, normalise)
        self.yields_to = {own: file.yields_to for own, file in files.items()}
        model = types_learned.load(folder, files, lambda text: fold(normalise(text)))
        self.learned = lru_cache(maxsize=TURN)(model.scores)
        self.points = lru_cache(maxsize=TURN)(self.signs.add_up)
        self._weights = types_learned.weights(folder)
        told = types_learned.taught(folder, files) if sentences else {}
        self.meant = meant.load(types_learned.meant_path(folder), sentences, told)

    def read(self, text: str, complains: bool = False) -> tuple[Scored, ...]:
        """`text` is folded. `complains`: it is known to be a complaint, so the likeliest types are told however
        unsure."""
        points, learned = self.points(text), self.learned(text)
        totals = {own: learned.get(own, 0.0) for own in self.yields_to}
        weights = self._weights.without_model
        if complains and self.meant:
            weights = self._weights.with_model
            for own, score in self.meant.scores(text).items():
                if own in totals:
                    totals[own] += weights.meant * score
        for own, (score, _) in points.items():
            totals[own] += weights.signs * capped(score)
        causes = {own for own, (score, _) in points.items() if score >= self.CAUSE}
        left = effects(totals, causes, self.yields_to, weights.effect) if causes else totals
        sure = {own: weights.sure(total) for own, total in left.items()}
        best = sorted((own for own in sure if sure[own] >= FLOOR), key=lambda own: -sure[own])[:4]
        if not best or not (complains or sure[best[0]] >= FIRST):
            return ()
        return tuple(Scored(own, sure[own], points[own][1] if own in points else ()) for own in best)

    def most_points(self, text: str) -> float:
        """The points of the type that most signs speak for."""
        return max((points for points, _ in self.points(text).values()), default=0.0)


def effects(
    totals: Mapping[str, float], causes: set[str], yields_to: Mapping[str, Sequence[str]], share: float
) -> dict[str, float]:
    """What is left of a harm beside the harm that surely causes it: less, and never more than the cause."""
    left = dict(totals)
    for own, total in totals.items():
        if told := causes.intersection(yields_to[own]):
            left[own] = min(total * share, max(totals[cause] for cause in told) - LESS)
    return left


def signs_of(file: schema.TypeFile) -> schema.Signs:
    """A type's example phrases are likely signs too."""
    return schema.Signs(file.signs.sure, [*file.signs.likely, *file.phrases], file.signs.hint, file.signs.never)


class Intents:
    """What a message wants: short messages by what they are, others by what speaks for complaining or asking."""

    def __init__(self, intents: Iterable[schema.Intent], normalise: Callable[[str], str], folder: Path = HERE) -> None:
        listed = list(intents)
        self.whole = {fold(normalise(each)): one.intent for one in listed for each in one.whole}
        self.whole_finder = Finder(self.whole)
        as_signs = {one.intent: schema.Signs(one.sure, one.likely, one.hint, one.never) for one in listed}
        self.signs = Signs(as_signs, normalise)
        self._scale = Scale(folder)  # now: an operator's folder is merged into one that is gone later

    def read(self, text: str, types: Types, danger: bool = False) -> str:
        """`text` is folded."""
        short = self._short(text)
        if short:
            return short
        points = {own: score for own, (score, _) in self.signs.add_up(text).items()}
        best = max(points, key=lambda own: points[own], default="unknown")
        if best not in WEIGHED and points.get(best, 0.0) >= WEIGHTS["likely"]:
            return best
        if danger:
            return "complain"
        if len(text) < CRUMB and not points and types.most_points(text) <= 0:
            return "unknown"  # a few letters that hold no sign: what was learned of letters guesses here
        return self._scale.read(leaning(text, points, types.most_points(text), types.learned(text)))

    def _short(self, text: str) -> str:
        if len(text) == 1 or not any(letter.isalpha() for letter in text):
            return "nonsense"
        found = self.whole_finder.find(text)
        left = len(text) - sum(each.end - each.start for each in found)
        if not found or left > min(SHORT, len(text) * 0.6):
            return keyboard_mash(text)
        return self._strongest(found)

    def _strongest(self, found: list[Found]) -> str:
        """The longest known word decides: thanks beside a particle are thanks."""
        return self.whole[max(found, key=lambda each: each.end - each.start).phrase]


MASH = re.compile(r"([^\W\d_])\1{5}|^[bcdfghjklmnpqrstvwxz]{5,}$")
# The rows of the keyboard, Latin and Thai: fingers that run along one write nothing.
ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "\u0e46\u0e44\u0e33\u0e1e\u0e30\u0e31\u0e35\u0e23\u0e19\u0e22\u0e1a\u0e25",
    "\u0e1f\u0e2b\u0e01\u0e14\u0e40\u0e49\u0e48\u0e32\u0e2a\u0e27\u0e07",
    "\u0e1c\u0e1b\u0e41\u0e2d\u0e34\u0e37\u0e17\u0e21\u0e43\u0e1d",
)
AT = {letter: (row, place) for row, letters in enumerate(ROWS) for place, letter in enumerate(letters)}
RUN, KEYS, ALONG = 5, 4, 0.8  # letters, different ones, and the share of steps to a neighbouring key


def keyboard_mash(text: str) -> str:
    """Letters without a sense: one letter many times over, Latin consonants alone, fingers along a row of keys."""
    if len(text) >= 40:
        return ""
    bare = text.replace(" ", "")
    steps = list(pairwise(bare))
    along = sum(one in AT and other in AT and beside(AT[one], AT[other]) for one, other in steps)
    runs = len(bare) >= RUN and len(set(bare)) >= KEYS and along >= ALONG * len(steps)
    return "nonsense" if runs or MASH.search(text) else ""


def beside(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] == other[0] and abs(one[1] - other[1]) <= 2 and one != other


class Slots:
    """Details told in free words: phone, when, how often, what it smells of, whose factory."""

    def __init__(self, patterns: Iterable[schema.SlotPattern]) -> None:
        self.patterns = [(each.name, re.compile(each.find)) for each in patterns]

    def read(self, text: str) -> tuple[Slot, ...]:
        """`text` as it came, so that the spans are those of the person's own words."""
        found: list[Slot] = []
        for name, pattern in self.patterns:
            group = "value" if "value" in pattern.groupindex else 0
            for match in pattern.finditer(text):
                start, end = match.span(group)
                if not any(slot.name == name and overlaps(slot, start, end, match[group].strip()) for slot in found):
                    found.append(Slot(name, match[group].strip(), Span(start, end)))
        return tuple(sorted(found, key=lambda slot: slot.span.start))


def overlaps(slot: Slot, start: int, end: int, value: str) -> bool:
    """Whether a detail was found before: at this place, or in the same words."""
    return slot.value == value or (slot.span.start < end and start < slot.span.end)
