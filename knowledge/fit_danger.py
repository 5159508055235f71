"""Fits what `frontdoor kb fit` keeps of dangers: the learned reader, and the weights by which it and the signs add up.

The weights are fitted on scores that the reader gave to sentences it had not learned from (five parts, each read by a
reader of the other four), else they would trust it blindly. Softmax regression with a ridge, solved by plain steps:
the same sentences give the same weights. Thresholds are the lowest that keep needless alarms and questions rare.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge import danger_learned, danger_weigh, language, learned, meant, signs
from knowledge.danger import ruled
from knowledge.danger_learned import EVERYDAY, NEAR
from knowledge.danger_seen import look
from knowledge.danger_weigh import STRETCH, Pair, Weights, WeightsFile
from knowledge.files import read
from knowledge.semantic import Sentences

PARTS = 5
RIDGE, STEPS, PACE, KEPT = 1.0, 3000, 0.5, 0.9
PHRASE, DOUBTFUL = 0.4, 0.3  # what a phrase of the files weighs, and a sentence to ask about that the rules act on
NEAR_ACTED, NEAR_ASKED, EVERYDAY_ACTED, EVERYDAY_ASKED = 0.03, 0.15, 0.005, 0.04  # at most
SURE, DOUBT = np.arange(0.5, 0.96, 0.02), np.arange(0.14, 0.6, 0.01)
Table = NDArray[np.float64]
Flags = NDArray[np.bool_]
Fold = Callable[[str], str]  # a text as the sentence model is asked about it


class Example(NamedTuple):
    label: str
    text: str
    weight: float


class Thresholds(NamedTuple):
    act_from: float
    ask_from: float


def fit(folder: Path, model: Sentences | None, fold: Fold) -> Iterator[str]:
    """Learns, fits, writes the files; says what came out. Without the model what belongs to it stays as it was."""
    known = signs.load(folder, language.load(folder))
    told = danger_learned.taught(known)
    learned.save(
        learned.train(danger_learned.as_read(told, known)),
        danger_learned.path(folder),
        danger_learned.source(told, known),
    )
    examples = list(examples_of(told, known))
    scores = unlearned(examples, known)
    names, table, rules = features_of(examples, scores, known)
    weigh = np.array([each.weight for each in examples])
    gold = np.array([("none", "ask", "act").index(each.label.split(".")[0]) for each in examples])
    weigh[(gold == 1) & (rules == "act")] *= DOUBTFUL
    path = danger_weigh.path(folder)
    without, came = weighed(names, table, gold, weigh, examples)
    yield f"danger, out of fold: {came}"
    with_ = read(path, WeightsFile).with_model
    if model:
        rows = heard_by(folder, model, fold, examples, learned.source_of(told))
        meant_names = [f"meant {label}" for label in GROUPS]
        with_, came = weighed([*names, *meant_names], np.hstack([table, STRETCH * rows]), gold, weigh, examples)
        yield f"danger, with the model: {came}"
    found = msgspec.to_builtins(WeightsFile("frontdoor kb fit", without, with_))
    path.write_text(yaml.safe_dump(found, sort_keys=False, allow_unicode=True, default_flow_style=None), "utf-8")


def weighed(
    names: Sequence[str], table: Table, gold: NDArray[np.intp], weigh: Table, examples: Sequence[Example]
) -> tuple[Weights, str]:
    """The fitted weights, and what they did with sentences they were not fitted on."""
    likely = crossed(table, gold, weigh, examples)
    found = thresholds(likely, examples)
    weights = softmax_fit(table, gold, weigh)
    against = weights[:, 1:] - weights[:, :1]  # ask and act against none
    pairs = {
        name: Pair(round(float(act), 2), round(float(ask), 2)) for name, (ask, act) in zip(names, against, strict=True)
    }
    return Weights(found.act_from, found.ask_from, pairs), report(likely, gold, found, examples)


def heard_by(folder: Path, model: Sentences, fold: Fold, examples: Sequence[Example], source: str) -> Table:
    """What the sentence model says of each example, by a head that never met it; the head of all is written."""
    of = np.array([next(at for at, name in enumerate(GROUPS) if each.label.startswith(name)) for each in examples])
    part = np.array([part_of(each.text) for each in examples])
    texts = [fold(each.text) for each in examples]
    return meant.fit(danger_learned.meant_path(folder), model, texts, of, GROUPS, part, source)


def examples_of(told: danger_learned.Taught, known: signs.Signs) -> Sequence[Example]:
    phrases = {phrase for file in known.files.values() for phrase in (*file.strong, *file.strong_en, *file.weak)}
    seen: set[str] = set()
    found = []
    for label, texts in told.items():
        for text in texts:
            plain = known.read_as(text)
            if plain not in seen:
                seen.add(plain)
                found.append(Example(label, text, PHRASE if text in phrases else 1.0))
    return found


def part_of(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace")) % PARTS


def unlearned(examples: Sequence[Example], known: signs.Signs) -> list[dict[str, float]]:
    """The grouped scores of each example by a reader that never met it."""
    texts = [known.read_as(each.text) for each in examples]
    scores: list[dict[str, float]] = [{}] * len(examples)
    for part in range(PARTS):
        told: dict[str, list[str]] = {}
        for each, text in zip(examples, texts, strict=True):
            if part_of(each.text) != part:
                told.setdefault(each.label, []).append(text)
        model = learned.train(told)
        for at, each in enumerate(examples):
            if part_of(each.text) == part:
                scores[at] = danger_weigh.grouped(model.scores(texts[at]))
    return scores


def features_of(
    examples: Sequence[Example], scores: Sequence[dict[str, float]], known: signs.Signs
) -> tuple[list[str], Table, NDArray[np.str_]]:
    """The names of all that is weighed, a row of it an example, and what the rules say."""
    rows, rules = [], []
    for each, score in zip(examples, scores, strict=True):
        spelt = known.spelt(each.text)
        seen = look(known, spelt)
        rule = ruled(seen, spelt)
        rules.append(rule.decision)
        rows.append(danger_weigh.features(seen, rule, score))
    names = sorted({name for row in rows for name in row})
    at = {name: place for place, name in enumerate(names)}
    table = np.zeros((len(rows), len(names)))
    for number, row in enumerate(rows):
        for name, value in row.items():
            table[number, at[name]] = value
    return names, table, np.array(rules)


def softmax_fit(table: Table, gold: NDArray[np.intp], weigh: Table) -> Table:
    """Weights by sign for none, ask and act."""
    weights = np.zeros((table.shape[1], 3))
    moving = np.zeros_like(weights)
    wanted, share = np.eye(3)[gold], weigh / weigh.sum()
    for _ in range(STEPS):
        slope = table.T @ ((softmax(table @ weights) - wanted) * share[:, None]) + RIDGE / len(gold) * weights
        moving = KEPT * moving - PACE * slope
        weights += moving
    return weights


def softmax(sums: Table) -> Table:
    parts = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


def crossed(table: Table, gold: NDArray[np.intp], weigh: Table, examples: Sequence[Example]) -> Table:
    """How likely each example is none, ask and act, by weights fitted without it."""
    part = np.array([part_of(each.text + "x") for each in examples])
    likely = np.zeros((len(gold), 3))
    for own in range(PARTS):
        there = part == own
        likely[there] = softmax(table[there] @ softmax_fit(table[~there], gold[~there], weigh[~there]))
    return likely


def thresholds(likely: Table, examples: Sequence[Example]) -> Thresholds:
    """The lowest that keep alarms and questions rare where nothing happens."""
    near = np.array([each.label == NEAR and each.weight == 1 for each in examples])
    everyday = np.array([each.label == EVERYDAY for each in examples])
    act = lowest(SURE, [(likely[near, 2], NEAR_ACTED), (likely[everyday, 2], EVERYDAY_ACTED)])
    doubt = likely[:, 1] + likely[:, 2]
    return Thresholds(act, lowest(DOUBT, [(doubt[near], NEAR_ASKED), (doubt[everyday], EVERYDAY_ASKED)]))


def lowest(steps: Table, limits: Sequence[tuple[Table, float]]) -> float:
    fits = [step for step in steps if all((said >= step).mean() <= most for said, most in limits)]
    return round(float(fits[0] if fits else steps[-1]), 2)


def report(likely: Table, gold: NDArray[np.intp], found: Thresholds, examples: Sequence[Example]) -> str:
    """What the weights did with sentences they were not fitted on."""
    acted = likely[:, 2] >= found.act_from
    asked = ~acted & (likely[:, 1] + likely[:, 2] >= found.ask_from)
    groups = {
        name: np.array([each.label.startswith(name) and each.weight == 1 for each in examples]) for name in GROUPS
    }
    told = (
        f"{name} ({there.sum()}): acted {acted[there].mean():.3f}, asked {asked[there].mean():.3f}"
        for name, there in groups.items()
        if there.any()
    )
    return "; ".join(told)


GROUPS = ("act", "ask", NEAR, EVERYDAY)
