"""What the timekeeper looks at: a ticket as it stands, what was already done about it, and the time.

A look gives steps: each has a name that is kept with the ticket, so that it is taken once however many timekeepers run;
one without a name is guarded by the column that it changes. `next` is when something comes due again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.cases import Case
from handlers.duty import NOBODY, Roster
from handlers.vocabulary import Act, Audience, Change, Notice, StoryEntry, Tell


@dataclass(frozen=True, slots=True)
class Time:
    """Now; and a faster time since `opened`, in which a demo lives that wants to see an hour pass in a minute."""

    now: datetime
    opened: datetime
    speed: float = 1.0

    def sped(self, moment: datetime) -> datetime:
        return self.opened + (moment - self.opened) * self.speed if moment > self.opened else moment

    def real(self, moment: datetime) -> datetime:
        """When a moment of the faster time comes."""
        return self.opened + (moment - self.opened) / self.speed if moment > self.opened else moment

    @property
    def fast(self) -> datetime:
        return self.sped(self.now)

    def over(self, moment: datetime) -> bool:
        return self.fast >= moment


@dataclass(frozen=True, slots=True)
class Standing:
    """`since`: from when on it is in these hands and this urgent (opened, forwarded, made urgent, opened again)."""

    case: Case
    since: datetime
    done: frozenset[str] = frozenset()
    roster: Roster = NOBODY

    def entry(self, key: str, at: datetime, audience: Audience = "staff", **values: Any) -> Tell:
        return Tell(self.case.code, StoryEntry(f"story.{key}", at, "house", audience, values))

    def notice(self, rule: str, **values: Any) -> Notice:
        return Notice(rule, self.case.code, values)


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    acts: tuple[Act, ...]

    @property
    def changes(self) -> bool:
        """Does it change the ticket itself, so that it wants another look at once?"""
        return any(isinstance(act, Change) for act in self.acts)


@dataclass(frozen=True, slots=True)
class Look:
    """What is due now, and when to look again (None: nothing will come by itself). Looks add up."""

    steps: tuple[Step, ...] = ()
    next: datetime | None = None

    def __add__(self, other: Look) -> Look:
        moments = [one for one in (self.next, other.next) if one]
        return Look(self.steps + other.steps, min(moments, default=None))


def total(looks: Iterable[Look]) -> Look:
    return sum(looks, Look())
