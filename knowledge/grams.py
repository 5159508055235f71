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
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 2, 4
MOST = 1500  # letters that are read of a text
BM25, COSINE, BAYES = 2.0, 1.0, 1.0  # shares of the readers in the sum
SATURATION, LENGTH = 1.5, 0.75  # BM25's k1 and b
SMOOTH = 0.3  # naive Bayes: what an unseen run counts
Table = NDArray[np.float32]
Half = NDArray[np.float16]
SAMPLE = 4  # texts a label by which the readers' spreads are measured


def runs(text: str) -> list[str]:
    """All runs of 2 to 4 letters of a folded text, its edges marked by a space."""
    text = f" {text[:MOST]} "
    return [text[at : at + size] for size in range(SHORTEST, LONGEST + 1) for at in range(len(text) - size + 1)]


class Column(NamedTuple):
    """The runs of one label's document: their rows, and how often each stands there."""

    rows: NDArray[np.intp]
    counts: Table


class Ranker:
    """Built over label -> texts (folded); gives a score a label. Half-precision: ten megabytes for a hundred labels."""

    def __init__(self, documents: Mapping[str, Sequence[str]]) -> None:
        self.labels = tuple(documents)
        self.known: dict[str, int] = {}
        columns = [self._column(texts) for texts in documents.values()]
        sample = [self.rows(text) for texts in documents.values() for text in texts[:: max(1, len(texts) // SAMPLE)]]
        self.weights = weights_of(columns, len(self.known), sample)

    def _column(self, texts: Sequence[str]) -> Column:
        counted = Counter(run for text in texts for run in runs(text))
        rows = [self.known.setdefault(run, len(self.known)) for run in counted]
        return Column(np.array(rows, np.intp), np.array(list(counted.values()), np.float32))

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


def weights_of(columns: Sequence[Column], known: int, sample: list[list[int]]) -> Half:
    """The readers' weights, each scaled so that its scores over the sample spread alike, added up.

    Label by label and in half precision: the same on whole tables takes a hundred megabytes for a moment, which the
    process never gives back.
    """
    seen = np.bincount(np.concatenate([column.rows for column in columns]), minlength=known).astype(np.float32)
    corpus = Corpus(columns, seen, known)
    tables = [np.empty((len(columns), known), np.float16) for _ in READERS]
    for at, column in enumerate(columns):
        for table, (reader, _) in zip(tables, READERS, strict=True):
            table[at] = reader(column, corpus)
    shares = [share / spread(table, sample) for table, (_, share) in zip(tables, READERS, strict=True)]
    for at in range(len(columns)):
        tables[0][at] = sum(table[at] * share for table, share in zip(tables, shares, strict=True))
    return np.ascontiguousarray(tables[0].T)


def spread(table: Half, sample: list[list[int]]) -> np.float32:
    """How far apart the labels of one text lie, in the middle of the sample."""
    return np.float32(np.median([table[:, rows].sum(axis=1, dtype=np.float32).std() for rows in sample if rows]))


class Corpus:
    """What all documents have in common: how rare each run is, how long documents are, how often each run stands."""

    def __init__(self, columns: Sequence[Column], seen: Table, known: int) -> None:
        labels = len(columns)
        self.rarity: Table = (np.log((1 + labels) / (1 + seen)) + 1).astype(np.float32)
        self.rare: Table = np.log(1 + (labels - seen + 0.5) / (seen + 0.5)).astype(np.float32)
        self.length = float(np.mean([column.counts.sum() for column in columns]))
        self.total: Table = np.zeros(known, np.float32)
        for column in columns:
            self.total[column.rows] += column.counts
        self.unlike = unlike(self.total + SMOOTH)


def bm25(column: Column, corpus: Corpus) -> Table:
    room = SATURATION * (1 - LENGTH + LENGTH * column.counts.sum() / corpus.length)
    held = column.counts * (SATURATION + 1) / (column.counts + room) * corpus.rare[column.rows]
    return spread_out(held, column, corpus)


def cosine(column: Column, corpus: Corpus) -> Table:
    held = (1 + np.log(column.counts)) * corpus.rarity[column.rows]
    return spread_out(held / np.linalg.norm(held) * corpus.rarity[column.rows], column, corpus)


def bayes(column: Column, corpus: Corpus) -> Table:
    """Complement naive Bayes: how little all other labels speak like this. What is the same for every label is taken
    off, since half precision is too coarse for small differences of large numbers."""
    others = corpus.total + SMOOTH
    others[column.rows] -= column.counts
    return np.asarray((unlike(others) - corpus.unlike) * corpus.rarity, np.float32)


def unlike(counts: Table) -> Table:
    surprise = -np.log(counts / counts.sum())
    return np.asarray(surprise / surprise.mean(), np.float32)


def spread_out(held: Table, column: Column, corpus: Corpus) -> Table:
    whole = np.zeros(len(corpus.total), np.float32)
    whole[column.rows] = held
    return whole


READERS: tuple[tuple[Callable[[Column, Corpus], Table], float], ...] = ((bm25, BM25), (cosine, COSINE), (bayes, BAYES))
