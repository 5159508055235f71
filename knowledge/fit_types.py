"""Fits what `frontdoor kb fit` keeps of complaint types: the learned reader, and the weights that add it to the signs.

As with dangers, the weights are chosen on sentences that the reader had not learned from: the share of the signs and
the loss of an effect beside its cause by trying out (right first counts most), the curve of sureness by logistic
regression over all pairs of a sentence and a type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge import learned, meant, types_learned
from knowledge.classify import LESS, Intents, Types, capped
from knowledge.files import read, read_all
from knowledge.find import fold
from knowledge.fit_danger import PARTS, Fold, part_of, softmax_fit
from knowledge.intents_weigh import leaning
from knowledge.normalise import normalise
from knowledge.semantic import Sentences
from knowledge.types_learned import ASK, CHAT, TypeWeights, TypeWeightsFile

MEANT = (0.5, 0.75, 1.0, 1.25, 1.5)
SIGNS, EFFECTS = (0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15), (1.0, 0.85, 0.7, 0.6, 0.5)
SECOND = 0.5  # what a right second answer is worth
ROUNDS = 60
Table = NDArray[np.float64]


def read_as(text: str) -> str:
    return fold(normalise(text))


def fit(folder: Path, sentences: Sentences | None, fold: Fold) -> Iterator[str]:
    """Learns, fits, writes the files; says what came out. Without the model what belongs to it stays as it was."""
    files = read_all(folder).types
    told = types_learned.taught(folder, files)
    model = learned.train(types_learned.as_read(told, read_as))
    learned.save(model, types_learned.path(folder), learned.source_of(told))
    pairs = [(own, text) for own, texts in told.items() for text in texts]
    signs = Types(files, normalise, folder)
    heard = unlearned(pairs)
    scores, points = np.array([[each.get(own, 0.0) for own in files] for each in heard]), said(pairs, signs)
    gold = np.array([list(files).index(own) if own in files else -1 for own, _ in pairs])
    caused = np.array([[cause in files[own].yields_to for cause in files] for own in files])
    task = Task(scores, points, caused, gold)
    path = types_learned.weights_path(folder)
    without, came = weighed(task, np.zeros_like(scores), (0.0,))
    yield f"types, out of fold: {came}"
    with_ = read(path, TypeWeightsFile).with_model
    if sentences:
        rows = heard_by(folder, sentences, fold, told)
        with_, came = weighed(task, rows[:, [list(told).index(own) for own in files]], MEANT)
        yield f"types, with the model: {came}"
    found = msgspec.to_builtins(TypeWeightsFile("frontdoor kb fit", without, with_))
    path.write_text(yaml.safe_dump(found, sort_keys=False), encoding="utf-8")
    fit_intents(folder, pairs, heard, signs)


class Task(NamedTuple):
    """All texts: what the learned reader says of each type, the points of the signs, which type causes which, and the
    right one."""

    scores: Table
    points: Table
    caused: NDArray[np.bool_]
    gold: NDArray[np.intp]


def weighed(task: Task, meant_: Table, shares: Sequence[float]) -> tuple[TypeWeights, str]:
    """The best shares of the sentence model, of the signs and of an effect; how right they are."""

    def total(share: float, signs: float, effect: float) -> Table:
        return summed(task.scores + share * meant_, task.points, task.caused, signs, effect)

    best = max(product(shares, SIGNS, EFFECTS), key=lambda some: worth(total(*some), task.gold))
    sums = total(*best)
    steep, middle = curve(sums, task.gold)
    first, second = right(sums, task.gold, 1), right(sums, task.gold, 2)
    came = f"first {first:.3f}, first two {second:.3f} of {int((task.gold >= 0).sum())}"
    return TypeWeights(*best, round(steep, 2), round(middle, 3)), came


def heard_by(folder: Path, model: Sentences, fold: Fold, told: types_learned.Taught) -> Table:
    """What the sentence model says of each text, by a head that never met it; the head of all is written."""
    texts = [text for some in told.values() for text in some]
    of = np.repeat(np.arange(len(told)), [len(some) for some in told.values()])
    part = np.array(list(map(part_of, texts)))
    path, folded = types_learned.meant_path(folder), [fold(text) for text in texts]
    return meant.fit(path, model, folded, of, list(told), part, learned.source_of(told))


def unlearned(pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
    """The learned scores of each text by a reader that never met it."""
    part = [part_of(text) for _, text in pairs]
    scores: list[dict[str, float]] = [{}] * len(pairs)
    for own in range(PARTS):
        told: dict[str, list[str]] = {}
        for (label, text), of in zip(pairs, part, strict=True):
            if of != own:
                told.setdefault(label, []).append(read_as(text))
        model = learned.train(told)
        for at, (_, text) in enumerate(pairs):
            if part[at] == own:
                scores[at] = model.scores(read_as(text))
    return scores


def said(pairs: Sequence[tuple[str, str]], types: Types) -> Table:
    """The points that the signs give each text and type."""
    rows = []
    for _, text in pairs:
        points = types.signs.add_up(read_as(text))
        rows.append([capped(points[own][0]) if own in points else 0.0 for own in types.yields_to])
    return np.array(rows)


def fit_intents(
    folder: Path, pairs: Sequence[tuple[str, str]], heard: Sequence[dict[str, float]], types: Types
) -> None:
    """The weights by which a message is a complaint, a question or talk; each of the three counts alike."""
    intents = Intents(read_all(folder).intents, normalise, folder)
    told = []
    for (_, text), scores in zip(pairs, heard, strict=True):
        plain = read_as(text)
        points = {own: score for own, (score, _) in intents.signs.add_up(plain).items()}
        told.append(leaning(plain, points, types.most_points(plain), scores))
    names = sorted({name for each in told for name in each})
    table = np.array([[each.get(name, 0.0) for name in names] for each in told])
    gold = np.array([(CHAT, ASK).index(own) if own in (ASK, CHAT) else 2 for own, _ in pairs])
    weights = softmax_fit(table, gold, 1 / np.bincount(gold)[gold])
    against = weights[:, 1:] - weights[:, :1]
    pairs_of = {
        name: {"ask": round(float(ask), 2), "complain": round(float(complain), 2)}
        for name, (ask, complain) in zip(names, against, strict=True)
    }
    made = {"made_by": "frontdoor kb fit", "weights": pairs_of}
    (folder / "signs" / "intents.yaml").write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")


def summed(scores: Table, points: Table, caused: NDArray[np.bool_], signs: float, effect: float) -> Table:
    total = scores + signs * points
    causes = np.where(points >= Types.CAUSE, total, -np.inf)
    found = total.copy()
    for own in np.flatnonzero(caused.any(axis=1)):
        most = causes[:, caused[own]].max(axis=1)
        found[:, own] = np.where(np.isfinite(most), np.minimum(total[:, own] * effect, most - LESS), total[:, own])
    return found


def right(total: Table, gold: NDArray[np.intp], first: int) -> float:
    there = gold >= 0
    best = np.argsort(-total[there], axis=1)[:, :first]
    return float((best == gold[there, None]).any(axis=1).mean())


def worth(total: Table, gold: NDArray[np.intp]) -> float:
    return right(total, gold, 1) + SECOND * right(total, gold, 2)


def curve(total: Table, gold: NDArray[np.intp]) -> tuple[float, float]:
    """Steepness and middle of the curve from a sum to how sure it is: logistic regression by Newton's steps."""
    held = np.zeros_like(total)
    held[np.flatnonzero(gold >= 0), gold[gold >= 0]] = 1
    table = np.stack([total.ravel(), np.ones(total.size)], axis=1)
    weights = np.array([5.0, -2.5])
    for _ in range(ROUNDS):
        sure = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (sure - held.ravel())
        bend = (table * (sure * (1 - sure))[:, None]).T @ table + 1e-6 * np.eye(2)
        weights = weights - np.linalg.solve(bend, slope)
    return float(weights[0]), float(-weights[1] / weights[0])
