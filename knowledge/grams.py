"""Ranks labels (bodies, topics) for a text by its letters: three lexical readers, added up into one table of weights.

Each label has one document, all that is known of how people speak of it. The readers are BM25, TF-IDF cosine and
complement naive Bayes over runs of 2 to 4 letters (`runs`): no segmentation, so typing errors, slang and English mixed
into Thai cost little. All three are linear in what the text holds, so their sum is one table too: a text costs one
look-up a run. Most of that table would be empty or follow from the run and the label alone (what naive Bayes says of
a run that the label never held is a line over how often it stands anywhere), so only what a label holds is kept: one
megabyte instead of ten, and half a second less to build. The readers weigh 2 : 1 : 1; a sentence model adds some
points and 25 ms, and can be added to `scores` later.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.runs import Codes, Rows, codes_in, codes_of, counted, each_once, once

BM25, COSINE, BAYES = 2.0, 1.0, 1.0  # shares of the readers in the sum
SATURATION, LENGTH = 1.5, 0.75  # BM25's k1 and b
SMOOTH = 0.3  # naive Bayes: what an unseen run counts
Table = NDArray[np.float32]
Exact = NDArray[np.float64]
SAMPLE = 4  # texts a label by which the readers' spreads are measured


class Column(NamedTuple):
    """The runs of one label's document: their rows, and how often each stands there."""

    rows: Rows
    counts: Table


class Told(NamedTuple):
    """A text as it is ranked: its known runs, each once, and how many runs it has in all."""

    rows: Rows
    runs: int


class Ranker:
    """Built over label -> texts (folded); gives a score a label."""

    def __init__(self, documents: Mapping[str, Sequence[str]]) -> None:
        self.labels = tuple(documents)
        held = [counted(codes_of(texts)[0]) for texts in documents.values()]
        self.known: Codes = counted(np.concatenate([codes for codes, _ in held]))[0]
        columns = [Column(np.searchsorted(self.known, codes), counts) for codes, counts in held]
        sample = [text for texts in documents.values() for text in texts[:: max(1, len(texts) // SAMPLE)]]
        self._table = added_up(columns, Corpus(columns, len(self.known)), *self.rows_of(sample))

    def rows_of(self, texts: Sequence[str]) -> tuple[Rows, Rows]:
        """The known runs of many texts, each once a text: their rows, and where the rows of each text begin."""
        codes, of = each_once(*codes_of(texts))
        rows = np.searchsorted(self.known, codes)
        known = self.known[np.minimum(rows, len(self.known) - 1)] == codes
        return rows[known], np.searchsorted(of[known], np.arange(len(texts) + 1))

    def rows(self, text: str) -> Told:
        """The known runs of a text, each once."""
        codes = once(codes_in(text))
        rows = self.known.searchsorted(codes)
        rows = rows[self.known.take(rows, mode="clip") == codes]
        return Told(rows, len(codes))

    def scores(self, told: Told) -> tuple[Table, float]:
        """How well each label fits, in deviations from the mean (0 is nothing, above 4 much), and the evidence: how
        strongly the text speaks for anything, by letter. Crumbs and strangers have little of it."""
        rows, runs = told
        if not len(rows):
            return np.zeros(len(self.labels), np.float32), 0.0
        summed = self._table.sums(rows)
        apart = summed - summed.sum() / len(summed)
        spread = math.sqrt(float(apart @ apart) / len(apart))
        return (apart / (spread + 1e-6)).astype(np.float32), spread / math.sqrt(runs)


class Sparse:
    """Weights of the runs that labels hold, run by run: whose each is, how much, and where those of a run begin."""

    def __init__(self, columns: Sequence[Column], known: int) -> None:
        rows = np.concatenate([column.rows for column in columns])
        self.order = np.argsort(rows, kind="stable")
        self.starts = np.searchsorted(rows[self.order], np.arange(known + 1)).astype(np.int32)
        self.labels = len(columns)
        of = np.repeat(np.arange(self.labels), [len(column.rows) for column in columns])
        self.of = of[self.order].astype(np.uint16)

    def weights(self, by_column: Sequence[Table]) -> Table:
        """Weights that came column by column, run by run."""
        return np.concatenate(by_column)[self.order]

    def entries(self, rows: Rows) -> tuple[Rows, Rows]:
        """Where the weights of these runs stand, and how many each has."""
        begins = self.starts[rows]
        many = self.starts[rows + 1] - begins
        ends = many.cumsum()
        return np.repeat(begins - ends + many, many) + np.arange(int(ends[-1]) if len(ends) else 0), many

    def sums(self, parts: Sequence[Table], rows: Rows, starts: Rows) -> list[Exact]:
        """What is held of each text, by each of these weights: a row a text, a column a label."""
        texts = len(starts) - 1
        at, many = self.entries(rows)
        of_text = np.repeat(np.repeat(np.arange(texts), np.diff(starts)), many)
        cells = of_text * self.labels + self.of[at]
        tables = (np.bincount(cells, part[at], texts * self.labels) for part in parts)
        return [np.asarray(table.reshape(texts, self.labels), np.float64) for table in tables]


class Weights:
    """All readers added up: what is held, and for naive Bayes a line a label over what every text has in common."""

    def __init__(self, held: Sparse, weights: Table, common: Exact, lines: Exact) -> None:
        self._held, self._weights = held, weights
        self._common, self._lines = common.astype(np.float32), lines

    def sums(self, rows: Rows) -> Exact:
        """What these runs say of each label."""
        at, _ = self._held.entries(rows)
        own = np.bincount(self._held.of[at], self._weights[at], self._held.labels)
        return np.asarray(own + self._common[rows].sum(axis=0, dtype=np.float64) @ self._lines, np.float64)


def added_up(columns: Sequence[Column], corpus: Corpus, rows: Rows, starts: Rows) -> Weights:
    """The readers' weights, each scaled so that its scores over a sample of texts spread alike, added up."""
    held = Sparse(columns, len(corpus.total))
    bayes = [naive(column, corpus) for column in columns]
    parts = (
        held.weights([bm25(column, corpus) for column in columns]),
        held.weights([cosine(column, corpus) for column in columns]),
        held.weights([each.own for each in bayes]),
    )
    lines = np.asarray([each.line for each in bayes]).T
    common = np.stack([corpus.rarity, corpus.rarity * corpus.log], axis=1).astype(np.float64)
    said = held.sums(parts, rows, starts)
    upto = np.concatenate([np.zeros((1, 2)), np.cumsum(common[rows], axis=0)])
    said[2] += (upto[starts[1:]] - upto[starts[:-1]]) @ lines
    shares = [share / spread(one) for share, one in zip((BM25, COSINE, BAYES), said, strict=True)]
    weights = sum(part * np.float32(share) for part, share in zip(parts, shares, strict=True))
    return Weights(held, np.asarray(weights, np.float32), common, lines * shares[2])


def spread(said: Exact) -> float:
    """How far apart the labels of one text lie, in the middle of the sample."""
    apart = np.sort(said.std(axis=1))
    return float(apart[len(apart) // 2] + apart[(len(apart) - 1) // 2]) / 2


class Corpus:
    """What all documents have in common: how rare each run is, how long documents are, how often each run stands."""

    def __init__(self, columns: Sequence[Column], known: int) -> None:
        labels = len(columns)
        self.total: Table = np.zeros(known, np.float32)
        seen = np.zeros(known, np.float32)
        for column in columns:
            self.total[column.rows] += column.counts
            seen[column.rows] += 1
        self.rarity: Table = (np.log((1 + labels) / (1 + seen)) + 1).astype(np.float32)
        self.rare: Table = np.log(1 + (labels - seen + 0.5) / (seen + 0.5)).astype(np.float32)
        self.length = float(np.mean([column.counts.sum() for column in columns]))
        self.smooth: Table = self.total + np.float32(SMOOTH)
        self.log: Table = np.log(self.smooth)
        self.all = float(self.smooth.sum(dtype=np.float64))
        self.mean_log = float(self.log.mean(dtype=np.float64))


def bm25(column: Column, corpus: Corpus) -> Table:
    room = SATURATION * (1 - LENGTH + LENGTH * column.counts.sum() / corpus.length)
    held = column.counts * (SATURATION + 1) / (column.counts + room) * corpus.rare[column.rows]
    return np.asarray(held, np.float32)


def cosine(column: Column, corpus: Corpus) -> Table:
    held = (1 + np.log(column.counts)) * corpus.rarity[column.rows]
    return np.asarray(held / np.linalg.norm(held) * corpus.rarity[column.rows], np.float32)


class Naive(NamedTuple):
    """What complement naive Bayes says of a label: of the runs that it holds, beyond what it says of every run."""

    own: Table
    line: tuple[float, float]  # times how rare a run is, and times that and the logarithm of how often it stands


def naive(column: Column, corpus: Corpus) -> Naive:
    """Complement naive Bayes: how little all other labels speak like this, by the mean of that over all runs. What is
    the same for every label is taken off."""
    own = corpus.log[column.rows] - np.log(corpus.smooth[column.rows] - column.counts)
    all_others = math.log(corpus.all - float(column.counts.sum(dtype=np.float64)))
    mean = all_others - corpus.mean_log + float(own.sum(dtype=np.float64)) / len(corpus.log)
    usual = math.log(corpus.all) - corpus.mean_log
    line = (all_others / mean - math.log(corpus.all) / usual, 1 / usual - 1 / mean)
    return Naive(np.asarray(own * corpus.rarity[column.rows] / mean, np.float32), line)
