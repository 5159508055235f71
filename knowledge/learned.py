"""A reader that learns from labelled sentences: ridge regression over runs of letters, one column of weights a label.

Runs of 2 to 5 letters are hashed into a table of fixed size, weighed by how rare they are, and each text is brought to
length one; so typing errors, slang and English inside Thai cost little, and no segmentation is needed. The regression
is solved in closed form by conjugate gradients in NumPy alone: the same sentences always give the same weights, and
nothing has to be installed to read or to learn.

What was learned is kept in one small file a task under `compiled/`, steps of a byte with a scale a label, beside a hash
of what it was made from, so that a stale file is seen: then labels that changed are learned anew (`extended`), or
everything is, in memory, and the log says so. `frontdoor kb fit` writes the files.
"""

from __future__ import annotations

import hashlib
import logging
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.runs import firsts_of, lengths, numbers

Numbers = NDArray[np.float32]
Rows = NDArray[np.intp]
Texts = Mapping[str, Sequence[str]]

MOST = 1500  # letters that are read of a text
VERSION = 1  # of the way texts become numbers: a file of another version is stale
STEPS = 127
FEW = 4  # labels that are learned at once
MIX, LAST = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)  # odd constants that scatter the runs
FIRST_STEP, SECOND_STEP = np.uint64(31), np.uint64(29)  # bits
TINY = 1e-6
log = logging.getLogger("knowledge")


@dataclass(frozen=True)
class Settings:
    """How texts become numbers, and how strongly weights are held back."""

    shortest: int = 2
    longest: int = 5
    bits: int = 15  # of the table: 32,768 rows; half of them cost three points of a hundred
    ridge: float = 0.5
    balance: float = 0.5  # 0: every sentence weighs alike; 1: every label does
    rounds: int = 40
    enough: float = 0.03  # what is left of the error when the solution is good enough


DEFAULT = Settings()
# What a run counts that stands so many times in a text; asked for each text, and quicker looked up than worked out.
AGAIN = 1 + np.log(np.arange(1, (MOST + 2) * DEFAULT.longest, dtype=np.float32), dtype=np.float32)
AGAIN = np.concatenate([np.zeros(1, np.float32), AGAIN])


class Run(NamedTuple):
    """The runs of one text: their rows in the table, each once, and how much each weighs."""

    rows: Rows
    weights: Numbers


class Model:
    """Weights by hashed run and label. Cheap to ask, from any thread."""

    def __init__(
        self,
        labels: Sequence[str],
        rarity: Numbers,
        steps: NDArray[np.int8],
        scale: Numbers,
        base: Numbers,
        settings: Settings,
    ) -> None:
        self.labels = tuple(labels)
        self.rarity, self.steps, self.scale, self.base = rarity, steps, scale, base
        self.settings = settings

    def row(self, text: str) -> Numbers:
        """How well each label fits a folded text, in the order of `labels`: about 1 where it surely does, else 0.
        Runs never met while learning weigh nothing."""
        rows, weights = runs_in(text, self.settings)
        weights = weights * self.rarity[rows]
        said = weights @ self.steps.take(rows, axis=0).astype(np.float32)
        said *= self.scale
        said *= 1 / max(math.sqrt(float(weights @ weights)), TINY)
        said += self.base
        return np.asarray(said, np.float32)

    def scores(self, text: str) -> dict[str, float]:
        """How well each label fits a folded text."""
        return dict(zip(self.labels, self.row(text).tolist(), strict=True))


def runs_in(text: str, settings: Settings = DEFAULT) -> Run:
    """The runs of one folded text, its edges marked by a space; a run that stands twice counts a little more."""
    letters = code = numbers(f" {text[:MOST]} ") * MIX
    held: list[NDArray[np.uint64]] = []
    for length in range(2, settings.longest + 1):
        if len(letters) < length:
            break
        code = scattered(code[:-1], FIRST_STEP, LAST)
        code += letters[length - 1 :]
        if length >= settings.shortest:
            held.append(code)
    if not held:
        return Run(np.empty(0, np.intp), np.empty(0, np.float32))
    mixed = scattered(np.concatenate(held), SECOND_STEP, MIX)
    mixed >>= np.uint64(64 - settings.bits)
    places = mixed.view(np.intp)
    places.sort()
    firsts = np.flatnonzero(firsts_of(places))
    return Run(places[firsts], AGAIN[lengths(firsts, len(places))])


def scattered(code: NDArray[np.uint64], step: np.uint64, odd: np.uint64) -> NDArray[np.uint64]:
    """(code ^ code >> step) * odd, with one new array instead of three."""
    mixed = code >> step
    mixed ^= code
    mixed *= odd
    return mixed


def weighed(run: Run, rarity: Numbers) -> Run:
    """With rare runs above common ones, brought to length one. Runs never met while learning are left out."""
    weights = run.weights * rarity[run.rows]
    known = weights > 0
    rows, weights = run.rows[known], weights[known]
    return Run(rows, weights / np.float32(max(float(np.linalg.norm(weights)), TINY)))


def rarity_of(runs: Sequence[Run], size: int) -> Numbers:
    """How rare each row of the table is among the texts; 0 where it was never met."""
    seen = np.bincount(np.concatenate([run.rows for run in runs]), minlength=size)
    rare = np.log((1 + len(runs)) / (1 + seen)) + 1
    return np.where(seen > 0, rare, 0).astype(np.float32)


def train(sentences: Texts, settings: Settings = DEFAULT, weigh: Mapping[str, Sequence[float]] | None = None) -> Model:
    """Learns from label -> folded texts. `weigh` gives each text of a label its own weight, where they differ."""
    runs = [runs_in(text, settings) for some in sentences.values() for text in some]
    rarity = rarity_of(runs, 1 << settings.bits)
    return taught(sentences, tuple(sentences), runs, rarity, settings, weigh)


def extended(model: Model, sentences: Texts, changed: Sequence[str]) -> Model:
    """The model with the columns of these labels learned anew: seconds, where all of them take many."""
    kept = [at for at, label in enumerate(model.labels) if label in sentences and label not in changed]
    runs = [runs_in(text, model.settings) for some in sentences.values() for text in some]
    added = taught(sentences, changed, runs, model.rarity, model.settings)
    return Model(
        (*(model.labels[at] for at in kept), *changed),
        model.rarity,
        np.concatenate([model.steps[:, kept], added.steps], axis=1),
        np.concatenate([model.scale[kept], added.scale]),
        np.concatenate([model.base[kept], added.base]),
        model.settings,
    )


def thinned(model: Model) -> Model:
    """Without the smallest weights: half the file, and no reader is the worse for it."""
    steps = np.where(np.abs(model.steps) > 1, model.steps, 0).astype(np.int8)
    return Model(model.labels, model.rarity, steps, model.scale, model.base, model.settings)


def taught(
    sentences: Texts,
    labels: Sequence[str],
    runs: Sequence[Run],
    rarity: Numbers,
    settings: Settings,
    weigh: Mapping[str, Sequence[float]] | None = None,
) -> Model:
    """A column of weights for each of these labels, learned against all sentences."""
    of = np.repeat(np.arange(len(sentences)), [len(some) for some in sentences.values()])
    worth = worths(of, settings.balance)
    if weigh:
        worth *= np.asarray([each for label in sentences for each in weigh[label]], np.float32)
    table = Sparse([weighed(run, rarity) for run in runs], 1 << settings.bits)
    at = {label: nth for nth, label in enumerate(sentences)}
    wanted = np.equal.outer(of, [at[label] for label in labels]).astype(np.float32)
    weights, base = solved(table, wanted, worth / worth.mean(), settings)
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9).astype(np.float32) / STEPS
    return Model(labels, rarity, np.rint(weights / scale).astype(np.int8), scale, base, settings)


def worths(of: NDArray[np.intp], balance: float) -> Numbers:
    """What each text weighs: those of a label with few texts more."""
    held = np.bincount(of).astype(np.float64)
    return np.asarray((held[of] ** -balance), np.float32)


class Sparse:
    """Texts as rows of a mostly empty table; multiplies it with dense ones: those of few columns at once, since a label
    learned anew at a start must not take long, others row by row, since at once they would take a gigabyte."""

    def __init__(self, runs: Sequence[Run], columns: int) -> None:
        self.runs = runs
        of = np.repeat(np.arange(len(runs)), [len(run.rows) for run in runs])
        self.at, self.of_text = (
            np.concatenate([run.rows for run in runs]),
            np.concatenate([run.weights for run in runs]),
        )
        self.filled, self.begins = np.unique(of, return_index=True)  # texts that have runs, and where these begin
        order = np.argsort(self.at, kind="stable")
        self.columns = columns
        self.found, self.starts = np.unique(self.at[order], return_index=True)
        self.bounds = [*self.starts.tolist(), len(order)]
        self.texts, self.weights = of[order], self.of_text[order]

    def times(self, right: Numbers) -> Numbers:
        """The table x a dense one: a row a text."""
        out = np.zeros((len(self.runs), right.shape[1]), np.float32)
        if right.shape[1] <= FEW:
            out[self.filled] = np.add.reduceat(self.of_text[:, None] * right[self.at], self.begins)
            return out
        for at, run in enumerate(self.runs):
            if len(run.rows):
                np.dot(run.weights, right[run.rows], out=out[at])
        return out

    def turned_times(self, right: Numbers) -> Numbers:
        """The table turned on its side x a dense one: a row a run."""
        out = np.zeros((self.columns, right.shape[1]), np.float32)
        if right.shape[1] <= FEW:
            out[self.found] = np.add.reduceat(self.weights[:, None] * right[self.texts], self.starts)
            return out
        for nth, at in enumerate(self.found.tolist()):
            part = slice(self.bounds[nth], self.bounds[nth + 1])
            np.dot(self.weights[part], right[self.texts[part]], out=out[at])
        return out


def solved(table: Sparse, wanted: Numbers, worth: Numbers, settings: Settings) -> tuple[Numbers, Numbers]:
    """Weights and base line: the least squares that are held back by the ridge, for all labels at once."""
    base = np.asarray((wanted * worth[:, None]).sum(axis=0) / worth.sum(), np.float32)
    left = wanted - base
    hold = (settings.ridge / worth)[:, None].astype(np.float32)
    duals = np.zeros_like(left)
    step, size = left.copy(), np.einsum("ij,ij->j", left, left)
    first = size.copy()
    for _ in range(settings.rounds):
        moved = table.times(table.turned_times(step)) + hold * step
        length = size / np.maximum(np.einsum("ij,ij->j", step, moved), 1e-20)
        duals += length * step
        left = left - length * moved
        new = np.einsum("ij,ij->j", left, left)
        if float((new / np.maximum(first, 1e-20)).max()) < settings.enough**2:
            break
        step = left + (new / np.maximum(size, 1e-20)) * step
        size = new
    return table.turned_times(duals), base


def source_of(sentences: Texts, settings: Settings = DEFAULT) -> str:
    """A hash of all that a model is made from."""
    said = "\n".join(
        [f"{VERSION} {settings}", *(f"{label}\t{text}" for label, some in sentences.items() for text in some)]
    )
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def save(model: Model, path: Path, source: str) -> None:
    """Writes the model with the hash of what it was made from. Not compressed: undoing that took a tenth of a start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez(
            file,
            source=np.array(source),
            labels=np.array("\n".join(model.labels)),
            rarity=model.rarity.astype(np.float16),
            steps=model.steps,
            scale=model.scale,
            base=model.base,
        )


def load(path: Path, source: str, settings: Settings = DEFAULT) -> Model | None:
    """The model in the file, if it was made from this very source. A broken file counts as stale."""
    found = held(path, settings)
    return found[0] if found and found[1] == source else None


def held(path: Path, settings: Settings = DEFAULT) -> tuple[Model, str] | None:
    """The model in the file, and the hash of what it was made from."""
    try:
        with np.load(path, allow_pickle=False) as file:
            labels = str(file["labels"]).split("\n")
            rarity = file["rarity"].astype(np.float32)
            model = Model(labels, rarity, file["steps"], file["scale"], file["base"], settings)
            return (model, str(file["source"])) if len(rarity) == 1 << settings.bits else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def warn(name: str) -> None:
    log.warning("%s is missing or stale; learning anew. `frontdoor kb fit` writes it.", name)


def learned(sentences: Texts, path: Path, settings: Settings = DEFAULT) -> Model:
    """The model in the file, or, where that is stale, one learned anew in memory."""
    source = source_of(sentences, settings)
    found = load(path, source, settings)
    if found is None:
        warn(path.name)
        found = train(sentences, settings)
    return found


def sentences(folder: Path) -> dict[str, list[str]]:
    """label -> sentences of one task: a file a label, a sentence a line, `#` begins a remark."""
    return {path.stem: lines_of(path) for path in sorted(folder.glob("*.txt"))}


def lines_of(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))
