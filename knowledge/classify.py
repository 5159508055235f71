"""Reads from free words what a person complains about, what they want, and the details they told.

Types are told by signs (words of the type's own file) that add up: two harms in one text are two types, best first,
which a learned reader of one label would hide; half of its errors were such texts. No sentence of a corpus is needed
at run time, and the words that spoke for a type can be shown. Everything is a few passes over the text, well under a
millisecond.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from knowledge import schema
from knowledge.find import Finder, Found, fold
from knowledge.model import Scored, Slot, Span

WEIGHTS = {"sure": 3.0, "likely": 1.3, "hint": 0.4, "never": -2.5}
AGAIN = 0.45  # a second sign of the same type says less than the first
EARLY = 0.5  # what is told first weighs up to this much more
STEEP = 0.42  # score 3 (one sure sign) is a confidence of 0.72
FLOOR = 0.3  # below this a type is not worth saying
EFFECT = 0.75  # what a harm still weighs beside the harm that causes it (the smell of burning)
COMPLAINS = 0.8  # how far a type found in the text speaks for a complaint
SHORT = 12  # letters that a "whole" message may hold beside the known words

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
        for own, tiers in signs.items():
            for tier, weight in WEIGHTS.items():
                for phrase in getattr(tiers, tier):
                    self.speaks.setdefault(fold(normalise(phrase)), []).append((own, weight))
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


def confidence(score: float) -> float:
    return 1 - math.exp(-STEEP * score) if score > 0 else 0.0


class Types:
    """The complaint types that a text speaks of, best first."""

    def __init__(self, files: Mapping[str, schema.TypeFile], normalise: Callable[[str], str]) -> None:
        self.signs = Signs({own: signs_of(file) for own, file in files.items()}, normalise)
        self.yields_to = {own: file.yields_to for own, file in files.items()}

    def read(self, text: str) -> tuple[Scored, ...]:
        """`text` is folded."""
        scores = self.signs.add_up(text)
        causes = {own for own, (score, _) in scores.items() if score >= WEIGHTS["sure"]}
        scored = [
            Scored(own, confidence(score * (EFFECT if causes.intersection(self.yields_to[own]) else 1)), spoke)
            for own, (score, spoke) in scores.items()
        ]
        sure = [each for each in scored if each.confidence >= FLOOR]
        return tuple(sorted(sure, key=lambda each: -each.confidence)[:4])


def signs_of(file: schema.TypeFile) -> schema.Signs:
    """A type's example phrases are likely signs too."""
    return schema.Signs(file.signs.sure, [*file.signs.likely, *file.phrases], file.signs.hint, file.signs.never)


class Intents:
    """What a message wants: short messages by what they are, others by what speaks for complaining or asking."""

    def __init__(self, intents: Iterable[schema.Intent], normalise: Callable[[str], str]) -> None:
        listed = list(intents)
        self.whole = {fold(normalise(each)): one.intent for one in listed for each in one.whole}
        self.whole_finder = Finder(self.whole)
        as_signs = {one.intent: schema.Signs(one.sure, one.likely, one.hint, one.never) for one in listed}
        self.signs = Signs(as_signs, normalise)

    def read(self, text: str, types: tuple[Scored, ...], danger: bool = False) -> str:
        """`text` is folded."""
        short = self._short(text)
        if short:
            return short
        scores = {own: score for own, (score, _) in self.signs.add_up(text).items()}
        if types:
            scores["complain"] = (
                scores.get("complain", 0) + COMPLAINS * -math.log(1 - types[0].confidence + 1e-9) / STEEP
            )
        if danger:
            scores["complain"] = scores.get("complain", 0) + WEIGHTS["sure"]
        best = max(scores, key=lambda own: scores[own], default="unknown")
        return best if scores.get(best, 0) >= WEIGHTS["likely"] else "unknown"

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


def keyboard_mash(text: str) -> str:
    """Letters without a sense: one letter many times over, or Latin consonants alone."""
    return "nonsense" if len(text) < 40 and MASH.search(text) else ""


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
