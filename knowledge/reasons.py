"""Why a body is the one to ask: what it does that is nearest to the question, in words that may be shown.

The router knows a body from all that is said of it at once; a reason is one thing that it does. So the texts are
compared once more, one reason at a time, by the runs of letters they share. Only the few bodies that are offered pay
for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from knowledge.model import Both
from knowledge.phrases import Reason

ALIKE = 0.15  # a reason less like the question than this is none; the body's own line is shown
Runs = frozenset[int]


class Reasons:
    """The reasons of all bodies, put into runs of letters when a body is first named: most never are."""

    def __init__(self, reasons: Mapping[str, list[Reason]], runs_of: Callable[[str], Runs]) -> None:
        self._reasons = reasons
        self._runs_of = runs_of
        self._known: dict[str, list[tuple[Reason, list[Runs]]]] = {}

    def nearest(self, body: str, asked: Runs) -> Reason | None:
        """What the body does that is nearest to what was asked."""
        best, most = None, ALIKE
        for reason, said in self._of(body):
            alike = max((likeness(asked, each) for each in said), default=0.0)
            if alike > most:
                best, most = reason, alike
        return best

    def ask_back(self, body: str, asked: Runs, otherwise: Both) -> Both:
        """The question that tells the candidates apart."""
        reason = self.nearest(body, asked)
        return reason.ask_back if reason and reason.ask_back.th else otherwise

    def _of(self, body: str) -> list[tuple[Reason, list[Runs]]]:
        if body not in self._known:
            known = [
                (reason, [self._runs_of(said) for said in reason.said if said])
                for reason in self._reasons.get(body, ())
            ]
            self._known[body] = known
        return self._known[body]


def likeness(asked: Runs, said: Runs) -> float:
    """The cosine of two sets of runs."""
    common = len(asked & said)
    return common / math.sqrt(len(said) * len(asked)) if common else 0.0
