"""Weighs whether a message complains, asks or only talks: its signs, the harms it names, and the learned reader.

The flows part here: a citizen's complaint, an entrepreneur's question, and talk that is answered kindly. The weights
are fitted by `frontdoor kb fit` on sentences that the reader had not learned from, and stand in signs/intents.yaml.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import msgspec

from knowledge.files import read
from knowledge.types_learned import ASK, CHAT

MOST, STRETCH, BRIEF = 8.0, 3.0, 20
SURE = 0.45  # below this nobody knows what the message wants
Told = dict[str, float]


class Leans(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much something speaks for a question and for a complaint, against talk."""

    ask: float
    complain: float


class IntentWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    made_by: str
    weights: dict[str, Leans]


def leaning(text: str, points: Mapping[str, float], harms: float, scores: Mapping[str, float]) -> Told:
    """All that is weighed of a folded text. `points` of the signs of intents, `harms` the most points of a type,
    `scores` of the learned reader."""
    complain = sum(score for label, score in scores.items() if label not in (ASK, CHAT))
    return {
        "always": 1.0,
        "learned complain": STRETCH * complain,
        "learned ask": STRETCH * scores.get(ASK, 0.0),
        "learned chat": STRETCH * scores.get(CHAT, 0.0),
        "says complain": bounded(points.get("complain", 0.0)),
        "says ask": bounded(points.get("ask", 0.0)),
        "harms": bounded(max(harms, 0.0)),
        "brief": float(len(text) <= BRIEF),
    }


def bounded(points: float) -> float:
    return max(-STRETCH, min(points, MOST)) / STRETCH


class Scale:
    """The fitted weights."""

    def __init__(self, folder: Path) -> None:
        file = read(folder / "signs" / "intents.yaml", IntentWeights)
        self._weights = {name: (leans.ask, leans.complain) for name, leans in file.weights.items()}

    def read(self, told: Told) -> str:
        """complain, ask, or unknown."""
        known = [(value, self._weights[name]) for name, value in told.items() if name in self._weights]
        ask = sum(value * weight for value, (weight, _) in known)
        complain = sum(value * weight for value, (_, weight) in known)
        most = max(ask, complain, 0.0)
        parts = {"ask": math.exp(ask - most), "complain": math.exp(complain - most), "unknown": math.exp(-most)}
        best = max(parts, key=lambda own: parts[own])
        return best if parts[best] >= SURE * sum(parts.values()) else "unknown"
