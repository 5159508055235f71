"""A drill: an emergency that did not happen, told by the real rota on real cards, measured, in no figure.

It is a ticket like others with one mark, `drill`. Every card and page says so, nobody outside hears of it, and whatever
counts tickets leaves it out. Here: what would happen, and how long each level took.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import climb, duty
from handlers.standing import Standing

DANGER = "factory_fire"


@dataclass(frozen=True, slots=True)
class Heard:
    """One level that was told: when, whom, and what became of the messages (seconds until the first arrived)."""

    number: int
    at: datetime
    staff: tuple[int, ...]
    sent: int = 0
    failed: int = 0
    waiting: int = 0
    first_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """How a drill went, as its rows say."""

    code: str
    office: str
    opened_at: datetime
    taken_at: datetime | None
    taken_by: int
    heard: tuple[Heard, ...]
    unreachable: bool


def plan(standing: Standing, at: datetime) -> list[dict[str, Any]]:
    """Who would be told, and after how many minutes, if nobody took it."""
    roster = standing.roster
    return [
        {
            "level": number,
            "who": rung.who,
            "minutes": (moment - at).total_seconds() / 60,
            "people": [{"name": one.name, "office": one.office, "reached": one.id in roster.reached} for one in who],
        }
        for number, rung, who, moment in climb.levels(standing, at, at)
    ]


def red(standing: Standing) -> bool:
    return not duty.can_be_reached(standing.roster, standing.case.office)


def report(ran: Ran, names: dict[int, str]) -> dict[str, Any]:
    """The measurement: per level when it was told, when it arrived, and who took it after how long."""
    return {
        "code": ran.code,
        "office": ran.office,
        "unreachable": ran.unreachable,
        "taken": ran.taken_at is not None,
        "seconds": _seconds(ran, ran.taken_at),
        "taken_by": names.get(ran.taken_by, ""),
        "taken_level": _level_of(ran.heard, ran.taken_by) if ran.taken_at else None,
        "levels": [_level(ran, one, names) for one in ran.heard],
    }


def _level(ran: Ran, one: Heard, names: dict[int, str]) -> dict[str, Any]:
    took = ran.taken_at is not None and _level_of(ran.heard, ran.taken_by) == one.number
    return {
        "level": one.number,
        "told_after": _seconds(ran, one.at),
        "arrived_after": _seconds(ran, one.first_at),
        "people": [names.get(id_, "") for id_ in one.staff],
        "sent": one.sent,
        "failed": one.failed,
        "waiting": one.waiting,
        "took_seconds": (ran.taken_at - one.at).total_seconds() if took and ran.taken_at else None,
    }


def _level_of(heard: Sequence[Heard], id_: int) -> int | None:
    return next((one.number for one in heard if id_ in one.staff), None)


def _seconds(ran: Ran, at: datetime | None) -> float | None:
    return None if at is None else (at - ran.opened_at).total_seconds()
