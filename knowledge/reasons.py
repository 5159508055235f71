"""Why a body is the one to ask: what it does that is nearest to the question, in words that may be shown.

The router knows a body from all that is said of it at once; a reason is one thing that it does. So the texts are
compared once more, one reason at a time, by the runs of letters they share. All that is said for a body's reasons lies
in one row of numbers, so that one body costs a few microseconds, however much is said of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.model import Both
from knowledge.phrases import Reason
from knowledge.runs import Rows

ALIKE = 0.15  # a reason less like the question than this is none; the body's own line is shown


class Asked(NamedTuple):
    """A question as the reasons are compared with it."""

    holds: NDArray[np.bool_]  # for every known run whether the question holds it
    root: float  # of the number of its runs


class Said(NamedTuple):
    """Everything said for the reasons of one body: the runs of all sayings in a row, and where each begins and ends."""

    reasons: tuple[Reason, ...]  # a saying each
    runs: Rows
    starts: Rows
    root: NDArray[np.float32]  # of the number of runs of each saying


class Reasons:
    """The reasons of all bodies, as runs of letters."""

    def __init__(
        self, reasons: Mapping[str, list[Reason]], rows_of: Callable[[Sequence[str]], tuple[Rows, Rows]], known: int
    ) -> None:
        self._known = known
        self._said = {body: said for body, some in reasons.items() if (said := said_by(some, rows_of))}

    def asked(self, rows: Rows) -> Asked:
        """A question by its known runs, each once."""
        holds = np.zeros(self._known, np.bool_)
        holds[rows] = True
        return Asked(holds, math.sqrt(max(1, len(rows))))

    def nearest(self, body: str, asked: Asked) -> Reason | None:
        """What the body does that is nearest to what was asked, by the cosine of the sets of runs."""
        said = self._said.get(body)
        if said is None:
            return None
        shared = np.add.reduceat(asked.holds.take(said.runs), said.starts, dtype=np.float32)
        alike = shared / (said.root * asked.root)
        best = int(alike.argmax())
        return said.reasons[best] if alike[best] > ALIKE else None

    def ask_back(self, body: str, asked: Asked, otherwise: Both) -> Both:
        """The question that tells the candidates apart."""
        reason = self.nearest(body, asked)
        return reason.ask_back if reason and reason.ask_back.th else otherwise


def said_by(reasons: list[Reason], rows_of: Callable[[Sequence[str]], tuple[Rows, Rows]]) -> Said | None:
    pairs = [(reason, saying) for reason in reasons for saying in reason.said if saying]
    if not pairs:
        return None
    runs, starts = rows_of([saying for _, saying in pairs])
    held = np.diff(starts)
    if not held.any():
        return None
    some = np.flatnonzero(held)
    told = tuple(pairs[at][0] for at in some.tolist())
    root: NDArray[np.float32] = np.sqrt(held[some].astype(np.float32))
    return Said(told, runs, starts[:-1][some], root)
