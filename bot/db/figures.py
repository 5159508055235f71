"""Sums over tickets for the figures page, made by the database: a few grouped scans however many rows there are.

Times are counted into steps that grow (a minute, a quarter of an hour, an hour), because steps add up where medians do
not, and both databases can count. Drills stand in no figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select

from bot.db.queue import late
from bot.db.tables import WORKING, tickets

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LONGEST = 90 * 24  # hours that are told apart; longer is "longer"
FINE, MIDDLE = 60, 152  # steps before the first hour has passed, and before the first day
BANGKOK = 7 * HOUR  # no summer time since 1920
GROUPS = ("office", "type", "province", "kind", "source")  # columns that may be grouped by


@dataclass(frozen=True, slots=True)
class Period:
    """Opened from `start` and before `end`; the other fields narrow where they are not empty."""

    start: int
    end: int
    kind: str = ""
    type: str = ""
    provinces: tuple[str, ...] = ()


def step(taken: ColumnElement[Any]) -> ColumnElement[Any]:
    """The step in which a time lies: 0-59 minutes, then quarters of an hour, then hours."""
    long = func.coalesce(sa.cast(taken // HOUR, sa.Integer), 0)
    return case(
        (taken < HOUR, taken // MINUTE),
        (taken < DAY, FINE + (taken - HOUR) // (15 * MINUTE)),
        (long < LONGEST, MIDDLE + long - 24),
        else_=MIDDLE + LONGEST - 24,
    )


def upper(step_: int) -> float:
    """The middle of a step, in hours."""
    if step_ < FINE:
        return (step_ + 0.5) / 60
    if step_ < MIDDLE:
        return 1 + (step_ - FINE + 0.5) / 4
    return 24 + step_ - MIDDLE + 0.5


def _within(seen: ColumnElement[bool], period: Period) -> list[ColumnElement[bool]]:
    t = tickets.c
    asked = [seen, ~t.drill, t.opened_at >= period.start, t.opened_at < period.end]
    asked += [t[name] == value for name, value in (("kind", period.kind), ("type", period.type)) if value]
    return [*asked, t.province.in_(period.provinces)] if period.provinces else asked


def sums(connection: Connection, seen: ColumnElement[bool], period: Period, by: str, now: int) -> Sequence[Row[Any]]:
    """One row a group: numbers that add up."""
    t = tickets.c
    open_ = t.status.in_(WORKING)
    judged = t.acknowledged_at.is_not(None) & (t.first_office != "")
    same = (t.first_office == t.office) & (t.first_type == t.type) & (t.first_urgency == t.urgency)
    counted = {
        "opened": sa.true(),
        "open": open_,
        "overdue": open_ & late(now),
        "taken": t.acknowledged_at.is_not(None),
        "in_time": t.acknowledged_at <= t.acknowledge_by,
        "resolved": t.resolved_at.is_not(None),
        "resolved_in_time": t.resolved_at <= t.resolve_by,
        "reopened": t.reopened > 0,
        "rated": t.rating.is_not(None),
        "judged": judged,
        "kept": and_(judged, same),
    }
    columns = [func.sum(case((one, 1), else_=0)).label(name) for name, one in counted.items()]
    stars = func.coalesce(func.sum(t.rating), 0).label("stars")
    group = t[by].label("group")
    asked: sa.Select[Any] = select(group, *columns, stars).where(*_within(seen, period)).group_by(t[by])
    return connection.execute(asked).all()


def times(connection: Connection, seen: ColumnElement[bool], period: Period, by: str, until: str) -> Sequence[Row[Any]]:
    """(group, step, number of tickets): how long it took from opening to `until`, a column of moments."""
    t = tickets.c
    taken = t[until] - t.opened_at
    inner = (
        select(t[by].label("group"), step(taken).label("step"))
        .where(*_within(seen, period), t[until].is_not(None), taken >= 0)
        .subquery()
    )
    asked = select(inner.c.group, inner.c.step, func.count().label("n")).group_by(inner.c.group, inner.c.step)
    return connection.execute(asked).all()


def days(connection: Connection, seen: ColumnElement[bool], period: Period) -> dict[int, int]:
    """Tickets opened on each day of Thailand, by days since 1970."""
    day = ((tickets.c.opened_at + BANGKOK) // DAY).label("day")
    inner = select(day).where(*_within(seen, period)).subquery()
    found = connection.execute(select(inner.c.day, func.count()).group_by(inner.c.day))
    return {int(one[0]): int(one[1]) for one in found}
