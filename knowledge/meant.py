"""What the sentence model sees of dangers and complaints, if the extra is there: how well each label fits a sentence.

A ridge over the vectors of the sentences that the readers of letters learn from too, a few hundred weights a label.
Letters know words, the model knows what is like them, so both are weighed side by side. The model is asked about the
matter alone, folded, as the router asks it: a message costs one vector, whoever wants it.

`frontdoor kb fit` writes the files where the model is there. Sentences added since are not known to them until then.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.learned import Numbers, Texts, source_of
from knowledge.semantic import Sentences, centred, ridge

MOST = 600  # letters of a text that the model is asked about
log = logging.getLogger("knowledge")


class Head:
    """Weights a label over the vectors of a model."""

    def __init__(self, labels: Sequence[str], mean: Numbers, weights: Numbers, base: Numbers) -> None:
        self.labels = tuple(labels)
        self.mean, self.weights, self.base = mean, weights, base

    def rows(self, vectors: Numbers) -> Numbers:
        """A row a vector: how well each label fits, about 1 where it surely does, else 0."""
        return np.asarray(centred(vectors, self.mean) @ self.weights + self.base, np.float32)


class Meant:
    """A head with the model whose vectors it reads."""

    def __init__(self, model: Sentences, head: Head) -> None:
        self._model, self._head = model, head

    def scores(self, folded: str) -> dict[str, float]:
        """How well each label fits a folded text."""
        row = self._head.rows(self._model.vectors([folded[:MOST]]))[0]
        return dict(zip(self._head.labels, row.tolist(), strict=True))


def taught(vectors: Numbers, of: NDArray[np.intp], labels: Sequence[str]) -> Head:
    """Learns from vectors and the label of each."""
    mean = np.asarray(vectors.mean(axis=0), np.float32)
    return Head(labels, mean, *ridge(centred(vectors, mean), of, len(labels)))


def unlearned(vectors: Numbers, of: NDArray[np.intp], labels: Sequence[str], part: NDArray[np.intp]) -> Numbers:
    """What each vector is given by a head that learned from the other parts."""
    rows = np.zeros((len(of), len(labels)), np.float32)
    for own in np.unique(part).tolist():
        there = part == own
        rows[there] = taught(vectors[~there], of[~there], labels).rows(vectors[there])
    return rows


def fit(
    path: Path,
    model: Sentences,
    texts: Sequence[str],
    of: NDArray[np.intp],
    labels: Sequence[str],
    part: NDArray[np.intp],
    source: str,
) -> NDArray[np.float64]:
    """Writes the head of all folded texts; gives what each text is given by one that learned from the other parts."""
    vectors = vectors_of(model, texts)
    save(path, taught(vectors, of, labels), model.name, source)
    return unlearned(vectors, of, labels, part).astype(np.float64)


def save(path: Path, head: Head, model: str, source: str) -> None:
    """Writes the head with the name of its model and the hash of what it was made from."""
    with path.open("wb") as file:
        np.savez(
            file,
            model=np.array(model),
            source=np.array(source),
            labels=np.array("\n".join(head.labels)),
            mean=head.mean,
            weights=head.weights.astype(np.float16),
            base=head.base,
        )


def load(path: Path, model: Sentences | None, told: Texts) -> Meant | None:
    """The head in the file; None without the model, or where the file is missing, broken or another model's."""
    found = held(path) if model else None
    if model is None or found is None or found[1] != model.name:
        return None
    if found[2] != source_of(told):
        log.warning("%s is stale; `frontdoor kb fit` with the extra `semantic` writes it.", path.name)
    return Meant(model, found[0])


def held(path: Path) -> tuple[Head, str, str] | None:
    """The head, the name of its model, and the hash of what it was made from."""
    try:
        with np.load(path, allow_pickle=False) as file:
            labels = str(file["labels"]).split("\n")
            head = Head(labels, file["mean"], file["weights"].astype(np.float32), file["base"])
            return head, str(file["model"]), str(file["source"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def is_stale(path: Path, told: Texts) -> bool:
    found = held(path)
    return found is None or found[2] != source_of(told)


def vectors_of(model: Sentences, texts: Sequence[str]) -> Numbers:
    """The vectors of folded texts, each text asked once."""
    once = {text: nth for nth, text in enumerate(dict.fromkeys(texts))}
    stacked = np.concatenate([model.vectors([text[:MOST]]) for text in once])
    return np.asarray(stacked[[once[text] for text in texts]], np.float32)


def named(scores: Mapping[str, float], stretch: float) -> dict[str, float]:
    """As features beside those of letters."""
    return {f"meant {label}": stretch * score for label, score in scores.items()}
