"""Counters of the house that outlive a process: the pushes of a month, what LINE says of the quota, what was said
once.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection, select, update

from bot.db.engine import insert_new
from bot.db.tables_staff import groups, tallies


def add(connection: Connection, name: str, number: int, now: int) -> None:
    connection.execute(insert_new(connection, tallies).values(name=name, value=0, at=now))
    connection.execute(update(tallies).where(tallies.c.name == name).values(value=tallies.c.value + number, at=now))


def put(connection: Connection, name: str, value: int, now: int) -> None:
    connection.execute(insert_new(connection, tallies).values(name=name, value=value, at=now))
    connection.execute(update(tallies).where(tallies.c.name == name).values(value=value, at=now))


def once(connection: Connection, name: str, now: int) -> bool:
    """True for the first who asks, in whatever process; never again."""
    fresh = insert_new(connection, tallies).values(name=name, value=1, at=now).returning(tallies.c.name)
    return connection.execute(fresh).first() is not None


def read(connection: Connection, names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """(value, when) by name; what was never counted is missing."""
    rows = connection.execute(select(tallies).where(tallies.c.name.in_(list(names))))
    return {row.name: (row.value, row.at) for row in rows}


def heads(connection: Connection, lanes: Iterable[str]) -> dict[str, int]:
    """How many people a push to these groups reaches; at least one each."""
    rows = connection.execute(select(groups.c.lane, groups.c.members).where(groups.c.lane.in_(list(lanes))))
    return {row.lane: max(1, row.members) for row in rows}


def forget(connection: Connection, prefix: str, before: int) -> int:
    """Counters of long ago."""
    old = sa.delete(tallies).where(tallies.c.name.startswith(prefix, autoescape=True), tallies.c.at < before)
    return int(connection.execute(old).rowcount)
