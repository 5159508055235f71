"""What was found in one text, before anybody decides: signs, what they are put together from, what changes their sense.

Kept apart from the rules so that these read as sentences over what was seen. A word inside a harmless phrase, or a
word of the past inside a phrase of danger, is taken away here; nothing after this looks at the letters again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from knowledge.signs import Signs, Tag
from knowledge.words import Hit

DENIED_WITHIN = 3  # letters between a denial and what it denies
FEARED_WITHIN = 45
ENOUGH = 24  # signs of one sort that are looked at: a text of 5,000 letters must not cost more than a long one
WHOLE = ("past", "service", "news", "far", "end", "chronic", "burning", "recent")
BREATH = ("worker_trapped_or_injured_machine", "unknown_smell_people_ill")

# event, thing, letters between them, kind of danger
COMBINATIONS: tuple[tuple[str, str, int, str], ...] = (
    ("fire", "place", 14, "factory_fire"),
    ("flame", "place", 14, "factory_fire"),
    ("fire", "chemical", 14, "warehouse_chemical_fire"),
    ("blast", "place", 24, "explosion"),
    ("blast", "vessel", 6, "explosion"),
    ("blast", "gas", 6, "explosion"),
    ("blast", "chemical", 10, "explosion"),
    ("leak", "gas", 8, "lpg_ng_leak"),
    ("leak", "chemical", 10, "unknown_smell_people_ill"),
    ("fall", "structure", 4, "building_or_crane_collapse"),
    ("fall", "vehicle", 12, "tanker_accident"),
    ("fall", "chemical", 8, "tanker_accident"),
)


class Sign(NamedTuple):
    """A word or a combination that speaks for danger, and where it stands."""

    start: int
    end: int
    word: str
    kind: str


@dataclass
class Seen:
    """All that was found in one text, by what it is for."""

    length: int
    tags: dict[str, list[Sign]] = field(default_factory=dict)

    def of(self, tag: str) -> list[Sign]:
        return self.tags.get(tag, [])

    def has(self, *tags: str) -> bool:
        return not self.tags.keys().isdisjoint(tags)

    @cached_property
    def combined(self) -> tuple[Sign, ...]:
        """Signs put together from a thing and what happens to it."""
        return tuple(combined(self))

    def near(self, sign: Sign, tag: str, within: int) -> bool:
        return any(gap(sign, other) <= within for other in self.of(tag))


def look(known: Signs, spelt: str) -> Seen:
    """All signs in a text that is spelt as the signs are, without those hidden in harmless phrases."""
    seen = Seen(len(spelt))
    hits = known.words.find(spelt)
    hidden = _hidden(hits)
    for hit in hits:
        for tag, kind in hit.what:
            if tag != "drill" and hidden(hit):
                continue
            signs = seen.tags.setdefault(kind if tag == "part" else tag, [])
            if len(signs) < ENOUGH:
                signs.append(Sign(hit.start, hit.end, spelt[hit.start : hit.end], kind))
    return _phrases_stay_whole(seen)


def _phrases_stay_whole(seen: Seen) -> Seen:
    """A word of the past or of trade inside a strong phrase is part of the phrase and changes nothing."""
    for tag in WHOLE:
        left = [one for one in seen.of(tag) if not any(within(one, phrase) for phrase in seen.of("strong"))]
        if left:
            seen.tags[tag] = left
        else:
            seen.tags.pop(tag, None)
    return seen


def within(inner: Sign, outer: Sign) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _hidden(hits: list[Hit[tuple[Tag, ...]]]) -> Callable[[Hit[tuple[Tag, ...]]], bool]:
    """A word that begins inside a harmless phrase is part of it; a longer one from the same letter is not. "Not a
    drill" is no drill, whatever follows it."""
    real = [hit for hit in hits if ("real", "") in hit.what]
    masks = [hit for hit in hits if ("masks", "") in hit.what]
    masks = [hit for hit in masks if not any(one.start <= hit.start < one.end for one in real)]
    inside = {at for mask in masks for at in range(mask.start + 1, mask.end)}
    ends: dict[int, int] = {}
    for mask in masks:
        ends[mask.start] = max(mask.end, ends.get(mask.start, 0))
    return lambda hit: hit.start in inside or hit.end < ends.get(hit.start, 0)


def gap(one: Sign, other: Sign) -> int:
    return max(one.start - other.end, other.start - one.end)


def combined(seen: Seen) -> Iterator[Sign]:
    for event, thing, within, kind in COMBINATIONS:
        if event not in seen.tags or thing not in seen.tags:
            continue
        for happening in _free(seen, event):
            for what in seen.of(thing):
                if 0 <= gap(happening, what) <= within:
                    yield Sign(happening.start, happening.end, f"{what.word} {happening.word}", kind)
    if "substance" not in seen.tags:
        return
    for happening in (*_free(seen, "leak"), *_free(seen, "fire"), *_free(seen, "blast")):
        for what in seen.of("substance"):
            if 0 <= gap(happening, what) <= 10:
                yield Sign(happening.start, happening.end, f"{what.word} {happening.word}", what.kind or BREATH[1])


def _free(seen: Seen, event: str) -> list[Sign]:
    """What happens, save where it is part of a weaker phrase: a smell of burning is not a fire."""
    weaker = seen.of("weak")
    return [
        sign for sign in seen.of(event) if not any(one.start < sign.start and sign.end <= one.end for one in weaker)
    ]


def denied(seen: Seen, sign: Sign) -> bool:
    near = [word for word in seen.of("denied") if 0 <= sign.start - word.end <= DENIED_WITHIN]
    return any(not any(within(word, cannot) for cannot in seen.of("cannot")) for word in near)


def feared(seen: Seen, sign: Sign) -> bool:
    before = any(0 <= sign.start - word.end <= FEARED_WITHIN for word in seen.of("feared"))
    return before or any(0 <= word.start - sign.end <= 2 for word in seen.of("possible"))
