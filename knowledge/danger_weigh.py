"""Weighs what the rules and the learned reader say of a text: how likely it is to act on, to ask about, or nothing.

Each sign of a text adds its weight; the weights are fitted on sentences that the reader had not learned from
(`frontdoor kb fit`) and stand readably in signs/weights.yaml. Rules alone ring the bell for every piece of news, the
reader alone passes over what it never met; together they did neither. Three things no weight may undo: a bare cry is
acted on; what the rules act on or ask about is at least asked about, but for smells, which people complain of every
day; and without any sign nothing is acted on. Nor is anybody asked for a few words that hold no sign at all ("don't
know", "there are old people in our street"): such are the answers to a form, and the reader has met too few to be sure
of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from knowledge.danger_rules import bare_cry
from knowledge.danger_seen import Seen, denied, feared
from knowledge.files import read
from knowledge.model import Danger

SHORT, LONG, STORY = 34, 120, 250  # letters
STRETCH = 3.0  # brings the scores of the reader to the size of the signs
TAGS = frozenset(
    "weak blast fire flame leak fall place vessel structure vehicle gas chemical substance oil hard ill mild many "  # noqa: SIM905
    "person foul cry feared visible past recent present end complaint chronic drill real news far service burning "
    "spreading stop denied possible cannot question calm masks".split()
)
SIGNS = ("strong", "weak", "blast", "fire", "flame", "leak", "fall", "hard", "ill", "foreign strong", "foreign weak")
HINTS = (*SIGNS, "cry", "gas", "chemical", "substance", "vessel", "structure", "spreading", "feared")
BACKED = 0.6  # of what it takes to act where the rules act too
ALONE = 0.8  # how likely it must be where the rules say nothing
SMELL, DENIED = "unknown_smell_people_ill", 0.05  # people complain of smells every day: below this nobody is asked
Features = dict[str, float]


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much a sign speaks for acting and for asking, against doing nothing."""

    act: float
    ask: float


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    act_from: float
    ask_from: float
    weights: dict[str, Pair]


class WeightsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """signs/weights.yaml: once without the sentence model and once with it."""

    made_by: str
    without_model: Weights
    with_model: Weights


@dataclass(frozen=True)
class Likely:
    """How likely a text is to be acted on and to be asked about."""

    act: float
    ask: float


def features(seen: Seen, ruled: Danger, scores: Mapping[str, float]) -> Features:
    """All that is weighed of a text, by name; what is absent weighs nothing."""
    strong = [*seen.of("strong"), *seen.combined]
    live = [sign for sign in strong if not denied(seen, sign) and not feared(seen, sign)]
    act = ruled.decision == "act"
    found = {
        "always": True,
        "rules act": act,
        "rules ask": ruled.decision == "ask",
        "strong": bool(live),
        "strong twice": len({sign.word for sign in live}) > 1,
        "strong taken back": len(strong) > len(live),
        "foreign strong": seen.has("foreign strong"),
        "foreign weak": seen.has("foreign weak"),
        "short": seen.length <= SHORT,
        "long": seen.length > LONG,
        "story": seen.length > STORY,
    }
    told = {name: 1.0 for name, holds in found.items() if holds}
    told |= {tag: 1.0 for tag in seen.tags if tag in TAGS}
    told |= {f"learned {label}": STRETCH * score for label, score in scores.items()}
    if act:
        told |= {f"learned {label}, rules act": STRETCH * scores[label] for label in ("act", "none")}
    return told


def grouped(scores: Mapping[str, float]) -> dict[str, float]:
    """The scores of all labels of act, of ask and of none added up."""
    sums = {"act": 0.0, "ask": 0.0, "none": 0.0}
    for label, score in scores.items():
        sums[label.split(".")[0]] += score
    return sums


class Scale:
    """The fitted weights."""

    def __init__(self, file: Weights) -> None:
        self._file = file
        self._weights = {name: (pair.act, pair.ask) for name, pair in file.weights.items()}

    def likely(self, told: Features) -> Likely:
        known = [(value, self._weights[name]) for name, value in told.items() if name in self._weights]
        act = sum(value * weight for value, (weight, _) in known)
        ask = sum(value * weight for value, (_, weight) in known)
        most = max(act, ask, 0.0)
        parts = [math.exp(part - most) for part in (act, ask, 0.0)]
        return Likely(parts[0] / sum(parts), parts[1] / sum(parts))

    def decide(self, seen: Seen, ruled: Danger, likely: Likely) -> str:
        acts, asks = ruled.decision == "act", ruled.decision == "ask"
        if acts and (bare_cry(seen) or seen.has("real")):
            return "act"
        enough = self._file.act_from * BACKED if acts else self._file.act_from if asks else ALONE
        if likely.act >= enough and seen.has(*SIGNS):
            return "act"
        told = seen.length > SHORT or seen.has(*HINTS)
        likely_any = likely.act + likely.ask
        feared = acts or (asks and (ruled.kind != SMELL or likely_any >= DENIED))
        suspected = feared or (told and likely_any >= self._file.ask_from)
        return "ask" if suspected else "none"


def path(folder: Path) -> Path:
    return folder / "signs" / "weights.yaml"


def load(folder: Path) -> tuple[Scale, Scale]:
    """The scale for what letters and signs say, and the one for these and the sentence model."""
    file = read(path(folder), WeightsFile)
    return Scale(file.without_model), Scale(file.with_model)
