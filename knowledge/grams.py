"""Ranks labels (bodies, topics) for a text by its letters: three lexical readers, added up into one table of weights.

Each label has one document, all that is known of how people speak of it. The readers are BM25, TF-IDF cosine and
complement naive Bayes over runs of 2 to 4 letters: no segmentation, so typing errors, slang and English mixed into
Thai cost little. All three are linear in what the text holds, so their sum is one table too: a text costs one look-up
a run, about 0.2 ms. The readers weigh 2 : 1 : 1; a sentence model adds some points and 25 ms, and can be added to
`scores` later.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 2, 4
MOST = 1500  # letters that are read of a text
BM25, COSINE, BAYES = 2.0, 1.0, 1.0  # shares of the readers in the sum
SATURATION, LENGTH = 1.5, 0.75  # BM25's k1 and b
SMOOTH = 0.3  # naive Bayes: what an unseen run counts
Table = NDArray[np.float32]


def runs(text: str) -> list[str]:
    """All runs of 2 to 4 letters of a folded text, its edges marked by a space."""
    text = f" {text[:MOST]} "
    return [text[at : at + size] for size in range(SHORTEST, LONGEST + 1) for at in range(len(text) - size + 1)]


class Ranker:
    """Built over label -> texts (folded); gives a score a label. Half-precision: ten megabytes for a hundred labels."""

    def __init__(self, documents: Mapping[str, Sequence[str]]) -> None:
        self.labels = tuple(documents)
        counted = [Counter(run for text in texts for run in runs(text)) for texts in documents.values()]
        self.known = {run: row for row, run in enumerate(dict.fromkeys(run for each in counted for run in each))}
        counts = self._counts(counted)
        seen = (counts > 0).sum(axis=1, dtype=np.float32)
        self.rarity: Table = np.log((1 + len(counted)) / (1 + seen)) + 1
        sample = [self.rows(text) for texts in documents.values() for text in texts[:: max(1, len(texts) // 4)]]
        self.weights = sum_of(counts, seen, self.rarity, sample).astype(np.float16)

    def _counts(self, counted: Iterable[Counter[str]]) -> Table:
        table = np.zeros((len(self.known), len(self.labels)), np.float32)
        for column, each in enumerate(counted):
            table[[self.known[run] for run in each], column] = list(each.values())
        return table

    def rows(self, text: str) -> list[int]:
        """The known runs of a text, each once."""
        known = self.known
        return [known[run] for run in set(runs(text)) if run in known]

    def scores(self, text: str) -> tuple[Table, float]:
        """How well each label fits, in deviations from the mean (0 is nothing, above 4 much), and the evidence: how
        strongly the text speaks for anything, by letter. Crumbs and strangers have little of it."""
        rows = self.rows(text)
        if not rows:
            return np.zeros(len(self.labels), np.float32), 0.0
        summed = self.weights[rows].sum(axis=0, dtype=np.float32)
        spread = float(summed.std())
        return np.asarray((summed - summed.mean()) / (spread + 1e-6), np.float32), spread / math.sqrt(
            len(set(runs(text)))
        )


def sum_of(counts: Table, seen: Table, rarity: Table, sample: list[list[int]]) -> Table:
    """The readers' weights, each scaled so that its scores over the sample spread alike."""
    total = np.zeros_like(counts)
    for share, reader in ((BM25, bm25), (COSINE, cosine), (BAYES, bayes)):
        weights = reader(counts, seen, rarity)
        spread = np.median([weights[rows].sum(axis=0).std() for rows in sample if rows])
        total += np.float32(share / spread) * weights
    return total


def bm25(counts: Table, seen: Table, rarity: Table) -> Table:
    labels = counts.shape[1]
    rare = np.log(1 + (labels - seen + 0.5) / (seen + 0.5)).astype(np.float32)
    length = counts.sum(axis=0)
    room = SATURATION * (1 - LENGTH + LENGTH * length / length.mean())
    return np.asarray(counts * (SATURATION + 1) / (counts + room) * rare[:, None], np.float32)


def cosine(counts: Table, seen: Table, rarity: Table) -> Table:
    weights = (1 + np.log(np.maximum(counts, 1))) * (counts > 0) * rarity[:, None]
    weights /= np.linalg.norm(weights, axis=0, keepdims=True) + 1e-9
    return np.asarray(weights * rarity[:, None], np.float32)


def bayes(counts: Table, seen: Table, rarity: Table) -> Table:
    """Complement naive Bayes: how little all other labels speak like this."""
    others = counts.sum(axis=1, keepdims=True) - counts + SMOOTH
    unlike = -np.log(others / others.sum(axis=0))
    unlike /= np.abs(unlike).sum(axis=0)
    return np.asarray(unlike * rarity[:, None], np.float32)
