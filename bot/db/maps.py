"""Open tickets as a map wants them: squares from afar, one by one from close; a factory; what is alike.

Squares are those of the grid that each ticket carries, taken together, so a map of the country is counted off one
index. Nothing of a reporter is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row, func, select

from bot.db import words
from bot.db.near import ROW
from bot.db.tables import story, tickets, worked_on
from bot.db.tickets import CELL

MOST = 1500  # points of one view
NEWEST, LOOKED_UP = 100, 4  # ended tickets of a type, and parts of words, that are looked at
COMMON = 5  # of these that hold a part of words: it is no rare one
ENDED = ("resolved", "closed")
real: ColumnElement[bool] = ~tickets.c.drill
Box = tuple[float, float, float, float]  # south, west, north, east
SQUARES = 400  # about as many squares fill a view


def squares(
    connection: Connection, seen: ColumnElement[bool], box: Box, wanted: Sequence[Any] = ()
) -> tuple[int, Sequence[Row[Any]]]:
    """How many grid squares one square is wide, and the squares with (row, column, all, emergencies, high)."""
    south, west, north, east = box
    side = max(1, round(((north - south) * (east - west) / SQUARES) ** 0.5 / CELL))
    t = tickets.c
    row = _whole(t.cell, ROW * side).label("y")
    column = _whole(t.cell % ROW, side).label("x")
    loud = func.sum(sa.case((t.urgency == "emergency", 1), else_=0)).label("red")
    high = func.sum(sa.case((t.urgency == "high", 1), else_=0)).label("amber")
    asked = select(row, column, func.count().label("many"), loud, high).where(*_in(seen, box), real, *wanted)
    return side, connection.execute(asked.group_by(row, column)).all()


def points(connection: Connection, seen: ColumnElement[bool], box: Box, wanted: Sequence[Any] = ()) -> Sequence[Any]:
    t = tickets.c
    asked = select(t.code, t.lat, t.lon, t.type, t.urgency, t.status, t.opened_at, t.incident)
    return connection.execute(asked.where(*_in(seen, box), real, *wanted).limit(MOST)).all()


def having(asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    return [tickets.c[name] == value for name, value in asked.items() if value]


def by_province(connection: Connection, seen: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """How many open tickets each province has, and how many of them burn."""
    t, many = tickets.c, func.count().label("many")
    loud = func.sum(sa.case((t.urgency == "emergency", 1), else_=0)).label("red")
    asked = select(t.province, many, loud).where(worked_on, real, seen).group_by(t.province)
    return connection.execute(asked.order_by(many.desc())).all()


def _whole(value: Any, by: int) -> Any:
    """Whole division, which both databases do on whole numbers, however SQLAlchemy would write a division."""
    return value.op("/")(sa.literal_column(str(by)))


def _in(seen: ColumnElement[bool], box: Box) -> list[ColumnElement[bool]]:
    south, west, north, east = box
    t = tickets.c
    low, high = int((south + 90) / CELL) * ROW, (int((north + 90) / CELL) + 1) * ROW
    columns = (t.cell % ROW).between(int((west + 180) / CELL), int((east + 180) / CELL))
    return [worked_on, t.cell.between(low, high), columns, seen]


# --- a factory -------------------------------------------------------------------------------------------------------


_named: ColumnElement[bool] = tickets.c.factory != sa.literal_column("''")  # as the partial index says it


def of_factory(connection: Connection, seen: ColumnElement[bool], name: str, at_most: int = 100) -> Sequence[Row[Any]]:
    asked = select(tickets).where(_named, tickets.c.factory == name, seen).order_by(tickets.c.opened_at.desc())
    return connection.execute(asked.limit(at_most)).all()


def counted(connection: Connection, seen: ColumnElement[bool], name: str) -> dict[str, int]:
    """By state, all that the member may see."""
    asked = select(tickets.c.status, func.count().label("many")).where(_named, real, tickets.c.factory == name, seen)
    return {row.status: row.many for row in connection.execute(asked.group_by(tickets.c.status))}


def factories(connection: Connection, seen: ColumnElement[bool], since: int, at_most: int = 30) -> Sequence[Row[Any]]:
    """The factories named most often since."""
    t, many = tickets.c, func.count().label("many")
    named = sa.and_(_named, real, t.opened_at >= since, seen)
    opened = func.sum(sa.case((worked_on, 1), else_=0)).label("open")
    asked = select(t.factory, many, opened, func.max(t.opened_at).label("last")).where(named).group_by(t.factory)
    return connection.execute(asked.order_by(many.desc(), t.factory).limit(at_most)).all()


# --- what was alike and is over --------------------------------------------------------------------------------------


def ended_with(
    connection: Connection, seen: ColumnElement[bool], type_: str, terms: Sequence[str], without: str, at_most: int
) -> Sequence[Row[Any]]:
    """The newest ended tickets of the type, and those of any type that hold a rare one of these parts of words.

    What many of the newest ones hold is not looked up: the index would list a great part of all tickets.
    """
    t = tickets.c
    ended = (t.status.in_(ENDED), t.code != without, seen)
    asked = select(tickets).where(*ended)
    newest = connection.execute(asked.where(t.type == type_).order_by(t.opened_at.desc()).limit(NEWEST)).all()
    found: dict[str, Any] = {row.code: row for row in newest}
    rare = [term for term in terms if sum(term in row.words for row in newest) <= COMMON]
    for term in rare[:LOOKED_UP]:
        codes = words.holding(connection, [term], 200)
        if codes:
            here = asked.where(words.among(connection, codes)).limit(at_most)
            found.update({row.code: row for row in connection.execute(here)})
        if len(found) >= NEWEST + at_most:
            break
    return list(found.values())


def last_words(connection: Connection, codes: Sequence[str]) -> dict[str, str]:
    """What staff answered last, by ticket: the result where there is one."""
    said: dict[str, str] = {}
    keys = ("story.reply", "story.resolve", "story.reject")
    asked = select(story.c.code, story.c.words).where(story.c.code.in_(codes), story.c.key.in_(keys), ~story.c.undone)
    for row in connection.execute(asked.order_by(story.c.id)):
        said[row.code] = row.words or said.get(row.code, "")
    return said
