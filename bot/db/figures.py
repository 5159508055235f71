"""Sums over tickets for the figures page, made by the database off one index, however many rows there are.

Drills stand in no figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, select

from bot.db.marks import BIT, DAY, HOUR, OPEN, counted
from bot.db.tables import AGES, tickets

BANGKOK = 7 * HOUR  # no summer time since 1920
GROUPS = ("office", "type", "province", "kind", "source")  # columns that may be grouped by
STEPS = ("taken_step", "resolved_step")


@dataclass(frozen=True, slots=True)
class Period:
    """Opened from `start` and before `end`; the other fields narrow where they are not empty."""

    start: int
    end: int
    kind: str = ""
    type: str = ""
    provinces: tuple[str, ...] = ()


def _off_the_index(asked: Select[Any]) -> Select[Any]:
    """SQLite would rather take a narrow index and fetch each row; PostgreSQL knows what a fetch costs."""
    return asked.with_hint(tickets, "INDEXED BY tickets_figures", "sqlite")


def _within(seen: ColumnElement[bool], period: Period) -> list[ColumnElement[bool]]:
    t = tickets.c
    asked = [seen, ~t.drill, t.opened_at >= period.start, t.opened_at < period.end]
    asked += [t[name] == value for name, value in (("kind", period.kind), ("type", period.type)) if value]
    return [*asked, t.province.in_(period.provinces)] if period.provinces else asked


def sums(
    connection: Connection, seen: ColumnElement[bool], period: Period, by: str, now: int
) -> dict[str, Mapping[str, int]]:
    """Numbers that add up, by group."""
    t, many = tickets.c, func.count().label("many")
    runs = t.marks.bitwise_and(BIT[OPEN] | BIT["waiting"]) == BIT[OPEN]  # an open one whose clock does not stand
    late = func.sum(case((runs & (t.turn % AGES < now), 1), else_=0)).label("late")
    asked = select(t[by].label("group"), t.marks, many, late).where(*_within(seen, period)).group_by(t[by], t.marks)
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in connection.execute(_off_the_index(asked)):
        group = found[row.group]
        group["overdue"] += int(row.late)
        for name, number in counted(row.marks, row.many).items():
            group[name] += number
    return dict(found)


def times(connection: Connection, seen: ColumnElement[bool], period: Period, by: str, step: str) -> Sequence[Row[Any]]:
    """(group, step, number of tickets): how long it took, by one of STEPS."""
    t = tickets.c
    inside = (*_within(seen, period), t[step].is_not(None))
    asked = select(t[by].label("group"), t[step].label("step"), func.count().label("n"))
    return connection.execute(_off_the_index(asked.where(*inside).group_by(t[by], t[step]))).all()


def days(connection: Connection, seen: ColumnElement[bool], period: Period) -> dict[int, int]:
    """Tickets opened on each day of Thailand, by days since 1970."""
    day = ((tickets.c.opened_at + BANGKOK) // DAY).label("day")
    inner = _off_the_index(select(day).where(*_within(seen, period))).subquery()
    found = connection.execute(select(inner.c.day, func.count()).group_by(inner.c.day))
    return {int(one[0]): int(one[1]) for one in found}
