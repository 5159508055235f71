"""Adds up what the readers say into one probability a label, and tells how far that can be trusted.

Two steps, both fitted by `frontdoor kb fit` on sentences that no reader had learned from, never by hand. First the
readers are weighed against each other (a conditional logit: the weighted sum, made a probability over all labels).
Then two plain logistic curves over a handful of features say how probable it is that the first label is right (where
it is a house: a stranger is never an answer), and that the matter is one of ours at all: a probability over labels
alone is too sure of texts about something else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.learned import Numbers
from knowledge.route_readers import LETTERS, MEANINGS, Seen, Top
from knowledge.schema import Curve

Exact = NDArray[np.float64]
SUMMED = ("top", "lead", "strange", "evidence", "named", "aliased", "crumb")
SIDES = ("foreign", "agreed", "foreign_meant")  # what single readers say of ours and strangers
FEATURES = (*SUMMED, *SIDES, "base")
READERS = (*LETTERS, *MEANINGS)
LEARNED, MEANING = map(READERS.index, ("learned", "meaning"))
WHOLE = tuple(map(READERS.index, ("lexical", "learned", "meaning", "nearest")))  # readers of whole sentences
FAR = 8.0  # logits beyond this say nothing more
CRUMB = 12  # letters: shorter texts are often no question; how much longer one is says nothing
TINY = 1e-4


class Trust(NamedTuple):
    """How sure the router is: of its first label, and that the matter is one of ours."""

    right: float
    ours: float


class Fusion:
    """A curve in arrays, in the order of the readers and features."""

    def __init__(self, curve: Curve, readers: Sequence[str]) -> None:
        self.curve = curve
        self.weights = np.asarray([curve.readers.get(name, 0.0) for name in readers], np.float32)
        self._right = np.asarray([curve.right.get(name, 0.0) for name in FEATURES])
        self._ours = np.asarray([curve.ours.get(name, 0.0) for name in FEATURES])

    def chances(self, table: Numbers) -> Numbers:
        """A probability a label."""
        return softened(self.weights @ table)

    def trust(self, features: Exact) -> Trust:
        return Trust(logistic(float(self._right @ features)), logistic(float(self._ours @ features)))


def softened(scores: Numbers) -> Numbers:
    grown = np.exp(scores - scores.max())
    return np.asarray(grown / grown.sum(), np.float32)


def logistic(told: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, told))))


def logit(chance: float) -> float:
    chance = min(max(chance, TINY), 1 - TINY)
    return math.log(chance / (1 - chance))


def features(seen: Seen, chances: Numbers, strangers: Numbers, length: int, top: Top) -> Exact:
    """What tells whether to trust the sum, in the order of FEATURES."""
    told = summed(seen, chances, strangers, length, top) | sides(seen.table, int(chances.argmax()), strangers)
    return np.asarray([told.get(name, 0.0) for name in FEATURES])


def summed(seen: Seen, chances: Numbers, strangers: Numbers, length: int, top: Top) -> dict[str, float]:
    """What the sum tells, and the text itself."""
    first, second = np.partition(chances, -2)[-2:][::-1].tolist()
    lead = math.log(max(first, TINY) / max(second, TINY))
    return {
        "top": logit(first),
        "lead": min(lead, FAR),
        "strange": logit(float(chances @ strangers)),
        "evidence": 10 * seen.evidence,
        "named": float(top.named),
        "aliased": float(top.aliased),
        "crumb": math.log(1 + min(length, CRUMB)),
        "base": 1.0,
    }


def sides(table: Numbers, first: int, strangers: Numbers) -> dict[str, float]:
    """What the readers say that know whole sentences: how much of it is a stranger's, and how many agree on the first
    label. A sum may be sure of a label while each of them leans to nobody's matter."""
    whole = [row for row in WHOLE if row < len(table)]
    told = {
        "foreign": float(table[LEARNED] @ strangers),
        "agreed": sum(int(table[row].argmax()) == first for row in whole) / len(whole),
    }
    if len(table) > MEANING:
        told["foreign_meant"] = float(table[MEANING] @ strangers)
    return told


def plain(weights: Exact, names: Sequence[str]) -> dict[str, float]:
    """Weights by name, as they are written down."""
    return {name: round(weight, 3) for name, weight in zip(names, weights.tolist(), strict=True)}
