"""Ranks labels (bodies, topics) for a text by its letters: three lexical readers, added up into one table of weights.

Each label has one document, all that is known of how people speak of it. The readers are BM25, TF-IDF cosine and
complement naive Bayes over runs of 2 to 4 letters (`runs`): no segmentation, so typing errors, slang and English mixed
into Thai cost little. All three are linear in what the text holds, so their sum is one table too: a text costs one
look-up a run. The readers weigh 2 : 1 : 1; a sentence model adds some points and 25 ms, and can be added to `scores`
later.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.runs import Codes, Rows, codes_in, codes_of, counted, each_once

BM25, COSINE, BAYES = 2.0, 1.0, 1.0  # shares of the readers in the sum
SATURATION, LENGTH = 1.5, 0.75  # BM25's k1 and b
SMOOTH = 0.3  # naive Bayes: what an unseen run counts
Table = NDArray[np.float32]
Steps = NDArray[np.int16]
STEPS, MOST_STEPS = 6000, 32767  # a weight in steps: up to 5.46, and the largest are 4.5
SAMPLE = 4  # texts a label by which the readers' spreads are measured


class Column(NamedTuple):
    """The runs of one label's document: their rows, and how often each stands there."""

    rows: Rows
    counts: Table


class Ranker:
    """Built over label -> texts (folded); gives a score a label. Ten megabytes for a hundred labels."""

    def __init__(self, documents: Mapping[str, Sequence[str]]) -> None:
        self.labels = tuple(documents)
        held = [counted(codes_of(texts)[0]) for texts in documents.values()]
        self.known: Codes = counted(np.concatenate([codes for codes, _ in held]))[0]
        columns = [Column(np.searchsorted(self.known, codes), counts) for codes, counts in held]
        sample = [text for texts in documents.values() for text in texts[:: max(1, len(texts) // SAMPLE)]]
        self.weights = weights_of(columns, len(self.known), Sample(*self.rows_of(sample)))

    def rows_of(self, texts: Sequence[str]) -> tuple[Rows, Rows]:
        """The known runs of many texts, each once a text: their rows, and where the rows of each text begin."""
        codes, of = each_once(*codes_of(texts))
        rows = np.searchsorted(self.known, codes)
        known = self.known[np.minimum(rows, len(self.known) - 1)] == codes
        return rows[known], np.searchsorted(of[known], np.arange(len(texts) + 1))

    def rows(self, text: str) -> Rows:
        """The known runs of a text, each once."""
        return self.rows_of((text,))[0]

    def scores(self, text: str) -> tuple[Table, float]:
        """How well each label fits, in deviations from the mean (0 is nothing, above 4 much), and the evidence: how
        strongly the text speaks for anything, by letter. Crumbs and strangers have little of it."""
        codes, _ = counted(codes_in(text))
        rows = np.searchsorted(self.known, codes)
        rows = rows[self.known[np.minimum(rows, len(self.known) - 1)] == codes]
        if not len(rows):
            return np.zeros(len(self.labels), np.float32), 0.0
        summed = self.weights.take(rows, axis=0).sum(axis=0, dtype=np.int32) / np.float32(STEPS)
        spread = float(summed.std())
        return np.asarray((summed - summed.mean()) / (spread + 1e-6), np.float32), spread / math.sqrt(len(codes))


class Sample(NamedTuple):
    """Texts by which the readers are brought to one scale: all their rows, and where those of each text begin."""

    rows: Rows
    starts: Rows

    def sums(self, column: Table) -> Table:
        """What a column says of each text."""
        upto = np.concatenate([np.zeros(1), np.cumsum(column[self.rows], dtype=np.float64)])
        return np.asarray(upto[self.starts[1:]] - upto[self.starts[:-1]], np.float32)


def weights_of(columns: Sequence[Column], known: int, sample: Sample) -> Steps:
    """The readers' weights, each scaled so that its scores over the sample spread alike, added up.

    Label by label and into one table of steps: the same on whole tables takes a hundred megabytes for a moment, which
    the process never gives back. BM25 and cosine stay short until then: only the label's own rows.
    """
    corpus = Corpus(columns, known)
    short = [(bm25(column, corpus), cosine(column, corpus)) for column in columns]
    said: list[list[Table]] = [[], [], []]
    for column, own in zip(columns, short, strict=True):
        wholes = (*(spread_out(part, column, known) for part in own), bayes(column, corpus))
        for reader, whole in zip(said, wholes, strict=True):
            reader.append(sample.sums(whole))
    shares = [np.float32(share / spread(one)) for share, one in zip((BM25, COSINE, BAYES), said, strict=True)]
    table = np.empty((known, len(columns)), np.int16)
    for at, (column, own) in enumerate(zip(columns, short, strict=True)):
        added = bayes(column, corpus) * shares[2]
        added[column.rows] += own[0] * shares[0] + own[1] * shares[1]
        table[:, at] = np.clip(np.rint(added * STEPS), -MOST_STEPS, MOST_STEPS)
    return table


def spread(said: list[Table]) -> float:
    """How far apart the labels of one text lie, in the middle of the sample."""
    apart = np.sort(np.stack(said).std(axis=0))
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
        self.unlike = unlike(self.log, float(self.smooth.sum()))


def bm25(column: Column, corpus: Corpus) -> Table:
    room = SATURATION * (1 - LENGTH + LENGTH * column.counts.sum() / corpus.length)
    held = column.counts * (SATURATION + 1) / (column.counts + room) * corpus.rare[column.rows]
    return np.asarray(held, np.float32)


def cosine(column: Column, corpus: Corpus) -> Table:
    held = (1 + np.log(column.counts)) * corpus.rarity[column.rows]
    return np.asarray(held / np.linalg.norm(held) * corpus.rarity[column.rows], np.float32)


def bayes(column: Column, corpus: Corpus) -> Table:
    """Complement naive Bayes: how little all other labels speak like this. What is the same for every label is taken
    off, since half precision is too coarse for small differences of large numbers."""
    others = corpus.log.copy()
    others[column.rows] = np.log(corpus.smooth[column.rows] - column.counts)
    all_others = float(corpus.smooth.sum() - column.counts.sum())
    return np.asarray((unlike(others, all_others) - corpus.unlike) * corpus.rarity, np.float32)


def unlike(logs: Table, total: float) -> Table:
    surprise = math.log(total) - logs
    return np.asarray(surprise / surprise.mean(), np.float32)


def spread_out(held: Table, column: Column, known: int) -> Table:
    whole = np.zeros(known, np.float32)
    whole[column.rows] = held
    return whole
