"""What goes wrong on demand: answers, hangs and cut connections of the API, and odd ways of delivering webhooks.

A whim says where, what and how often. `after` means the work was done before things went wrong: the case in which a bot
cannot know, and where reply (no key) and push (retry key) part.
"""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass, replace
from typing import Any

API = frozenset({"400", "401", "404", "500", "rate", "quota", "drop", "hang", "slow"})
WEBHOOK = frozenset({"twice", "again", "late", "shuffle", "together", "escape", "odd", "unsigned", "empty"})


@dataclass(frozen=True)
class Whim:
    """`where`: an endpoint's name (reply, push, profile, content, …), `*` for all of them, or `webhook`."""

    where: str
    do: str
    times: int | None = 1  # None: until cleared
    share: float = 1.0  # of the requests it could meet
    seconds: float = 60.0  # of hang, slow, late
    after: bool = False
    skip: int = 0  # so many go well first

    def told(self) -> dict[str, Any]:
        return asdict(self)


class Mischief:
    """The open whims, in the order in which they were asked for."""

    def __init__(self, seed: int = 0) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - not for secrets; a seed makes a bad day repeatable
        self._whims: list[Whim] = []
        self._lock = threading.Lock()

    def add(self, whim: Whim) -> None:
        allowed = WEBHOOK if whim.where == "webhook" else API
        if whim.do not in allowed:
            raise ValueError(f"{whim.where} cannot {whim.do!r}; it can {', '.join(sorted(allowed))}")
        with self._lock:
            self._whims.append(whim)

    def clear(self) -> None:
        with self._lock:
            self._whims.clear()

    def told(self) -> list[dict[str, Any]]:
        with self._lock:
            return [whim.told() for whim in self._whims]

    def draw(self, where: str) -> Whim | None:
        """The first whim that meets this request; it has one time less from now on."""
        return next(iter(self._draw(where, most=1)), None)

    def draw_all(self, where: str) -> list[Whim]:
        """Every whim that meets: one webhook can be late and escaped and sent twice."""
        return self._draw(where, most=len(WEBHOOK))

    def _draw(self, where: str, most: int) -> list[Whim]:
        found: list[Whim] = []
        with self._lock:
            left: list[Whim] = []
            for whim in self._whims:
                hit, rest = self._meet(whim) if self._could(whim, where) and len(found) < most else (False, whim)
                found += [whim] if hit else []
                left += [rest] if rest else []
            self._whims = left
        return found

    @staticmethod
    def _could(whim: Whim, where: str) -> bool:
        return whim.where == where or (whim.where == "*" and where != "webhook")

    def _meet(self, whim: Whim) -> tuple[bool, Whim | None]:
        if whim.skip:
            return False, replace(whim, skip=whim.skip - 1)
        if self._chance.random() >= whim.share:
            return False, whim
        left = None if whim.times is None else whim.times - 1
        return True, None if left == 0 else replace(whim, times=left)
