"""Whose factory a text names: the register of factories, and the finding of a name in it as people write names.

People leave out what the law puts around a name ("Company … Limited"), its dots and spaces, and half of a long name;
so names are compared without these, by likeness. A name that fits several factories is none of them unless the place
that was told decides. The register is the operator's (`factories/register.csv`); the package brings a small made-up
one, so that a demo shows what it does.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from knowledge.factory_files import OWN, SAMPLE, Areas, Unreadable, listed
from knowledge.files import HERE
from knowledge.model import Area, Factory, FactoryTold, Fault, KnowledgeError, Place, PlaceReading, Slot
from knowledge.normalise import normalise

ALIKE = 82.0  # of 100: below this a name is another one
NEARLY = 3.0  # a second one as near as this is as likely
BEGINS = 95.0  # how alike a name counts that is the beginning of a longer one
SHORTEST, BEGINNING = 3, 6  # letters of a name, of the beginning of one
CANDIDATES = 8

LEGAL = re.compile(
    "\u0e1a\u0e23\u0e34\u0e29\u0e31\u0e17|\u0e1a\u0e08\u0e01|\u0e1a\u0e21\u0e08|\u0e2b\u0e08\u0e01"
    "|\u0e2b\u0e49\u0e32\u0e07\u0e2b\u0e38\u0e49\u0e19\u0e2a\u0e48\u0e27\u0e19(?:\u0e2a\u0e32\u0e21\u0e31\u0e0d)?"
    "|\u0e08\u0e33\u0e01\u0e31\u0e14|\\(?\u0e21\u0e2b\u0e32\u0e0a\u0e19\\)?|\u0e2a\u0e32\u0e02\u0e32"
    "|^\u0e23\u0e07\\.|^\u0e42\u0e23\u0e07\u0e07\u0e32\u0e19(?:\u0e0a\u0e37\u0e48\u0e2d)?"
    r"|\bco\b\.?,?|\bltd\b\.?|\blimited\b|\bcompany\b|\bpublic\b|\bpcl\b|\bplc\b|\binc\b|\bfactory\b",
)
REST = re.compile(r"[\W_]+")


def key(name: str) -> str:
    """A name as it is compared: without the words of the law, signs and spaces."""
    plain = normalise(name)
    return REST.sub("", LEGAL.sub(" ", plain)) or REST.sub("", plain)


class Register:
    """All factories that are known, by their names."""

    def __init__(self, factories: Iterable[Factory] = ()) -> None:
        pairs = sorted(((key(one.name), one) for one in factories), key=lambda pair: pair[0])
        self._keys = [name for name, _ in pairs]
        self._factories = [one for _, one in pairs]

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, name: str, near: Sequence[Place] = ()) -> tuple[Factory, float] | None:
        """The factory of this name, and how alike the names are (0 to 1). None where none is, or several are."""
        typed = key(name)
        if len(typed) < SHORTEST:
            return None
        scored = self._candidates(typed)
        best = max((score for score, _ in scored), default=0.0)
        likely = [(score, one) for score, one in scored if score >= best - NEARLY]
        there = [(score, one) for score, one in likely if any(agree(one.place, place) for place in near)]
        left = there or (likely if not near else [each for each in likely if each[0] >= BEGINS])
        return (left[0][1], left[0][0] / 100) if len(left) == 1 else None

    def _candidates(self, typed: str) -> list[tuple[float, Factory]]:
        alike = process.extract(typed, self._keys, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=CANDIDATES)
        scores = {at: score for _, score, at in alike}
        scores.update({at: max(BEGINS, scores.get(at, 0.0)) for at in self._beginning(typed)})
        return [(score, self._factories[at]) for at, score in scores.items()]

    def _beginning(self, typed: str) -> range:
        """Names that begin with what was typed; too many tell nothing."""
        first = bisect_left(self._keys, typed)
        last = bisect_left(self._keys, typed + "\uffff")
        return range(first, last) if len(typed) >= BEGINNING and last - first <= CANDIDATES else range(0)

    def told(self, slots: Iterable[Slot], places: Iterable[PlaceReading]) -> FactoryTold | None:
        """The factory that a text names, and which one of the register it is."""
        named = [slot for slot in slots if slot.name == "factory"]
        near = [each.place for each in places if each.place.province]
        for slot in named:
            if found := self.find(slot.value, near):
                return FactoryTold(slot.value, slot.span, *found)
        return FactoryTold(named[0].value, named[0].span) if named else None


def agree(one: Place, other: Place) -> bool:
    """Whether two places can be the same, as far as both are known."""
    pairs = ((one.province, other.province), (one.district, other.district))
    return all(a == b for a, b in pairs if a and b)


def load(folder: Path, areas: Mapping[str, Area]) -> Register:
    """The operator's register, or the made-up one. Raises KnowledgeError where the file is broken."""
    own = folder / "factories" / OWN
    path = own if own.exists() else folder / "factories" / SAMPLE
    if not path.exists():
        return Register()
    try:
        return Register(listed(path.read_bytes(), HERE, Areas(areas), path.name, sample=path != own).factories)
    except Unreadable as wrong:
        raise KnowledgeError((Fault(f"factories/{path.name}", "file", str(wrong)),)) from wrong
