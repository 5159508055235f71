"""The queue as it is read: which tickets of those a member sees, in which order, page by page, and how many.

Open tickets come by urgency and the deadline that comes next (`turn`, a generated column), all others newest first.
Pages go by key and not by number, so a page costs the same however far down it lies and never repeats a row. First the
codes of a page are read off an index that holds all that is filtered by, then these rows alone are fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from bot.db import words as search
from bot.db.tables import AGES, tickets, worked_on

PAGE = 50
COUNTED = 1000  # more are "over a thousand"
SOON, ENOUGH = 1000, 8  # so many of the first of a list hold a word: the rest of the page is not far
NOBODY = -1  # as an assignee: those that nobody has taken


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; empty says nothing. `states`: open, all, or the name of a state."""

    states: str = "open"
    office: str = ""
    type: str = ""
    kind: str = ""
    urgency: str = ""
    province: str = ""
    assignee: int = 0  # NOBODY: those without
    incident: int = 0
    overdue: bool = False
    snoozed: bool = False  # show those that were put aside
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row[Any]]
    more: str  # where the next page begins; empty: this was the last
    count: int | None  # None: too many to count quickly


def page(
    connection: Connection,
    seen: ColumnElement[bool],
    wanted: Wanted,
    now: int,
    after: str = "",
    at_most: int = search.AT_MOST,
) -> Page:
    """`after` is the `more` of the page before. A word that more than `at_most` tickets hold is not listed first."""
    asked, order = [seen, *_conditions(wanted, now)], _order(wanted)
    found = _found(connection, wanted.terms, asked, order, after, at_most) if wanted.terms else Found()
    asked += found.conditions
    key = order.key.label("key")
    listed = select(tickets.c.code, key).where(*asked, *order.after(after)).order_by(*order.by).limit(PAGE + 1)
    codes = connection.execute(listed).all()
    rows = _rows(connection, [row.code for row in codes[:PAGE]])
    more = f"{codes[PAGE - 1].key}.{codes[PAGE - 1].code}" if len(codes) > PAGE else ""
    return Page(rows, more, None if found.walked else _count(connection, asked))


@dataclass(frozen=True, slots=True)
class Found:
    """How the search narrows: by the index of words, or row by row (`walked`) where a word is too common to count."""

    conditions: Sequence[ColumnElement[bool]] = ()
    walked: bool = False


def _found(
    connection: Connection, terms: Sequence[str], asked: Sequence[Any], order: Order, after: str, at_most: int
) -> Found:
    """Row by row where that ends soon: few rows are in question, or the first of them tell that a page fills early.

    PostgreSQL's index of words would fetch every ticket that holds a common one, to sort them all for one page.
    """
    here = select(tickets.c.words).where(*asked, *order.after(after)).order_by(*order.by).limit(min(SOON, at_most))
    rows, hits = _looked_at(connection, here.subquery(), terms)
    if rows < min(SOON, at_most) and not after:  # all there are: they are soon counted as well
        return Found(search.held(terms))
    if hits >= ENOUGH:
        return Found(search.held(terms), walked=True)
    narrowed = search.narrowed(connection, terms, at_most)
    return Found(search.held(terms), walked=True) if narrowed is None else Found(narrowed)


def _looked_at(connection: Connection, first: Any, terms: Sequence[str]) -> tuple[int, int]:
    """How many rows there are, and how many of them hold the terms."""
    hit = sa.case((sa.and_(*search.held(terms, first.c.words)), 1), else_=0)
    row = connection.execute(select(func.count(), func.coalesce(func.sum(hit), 0)).select_from(first)).one()
    return int(row[0]), int(row[1])


@dataclass(frozen=True, slots=True)
class Order:
    key: ColumnElement[Any]
    down: bool

    @property
    def by(self) -> tuple[ColumnElement[Any], ...]:
        return (self.key.desc(), tickets.c.code.desc()) if self.down else (self.key, tickets.c.code)

    def after(self, cursor: str) -> list[ColumnElement[bool]]:
        key, _, code = cursor.partition(".")
        if not (key.isdecimal() and len(key) < 18 and code):
            return []
        here, there = sa.tuple_(self.key, tickets.c.code), sa.tuple_(sa.literal(int(key), sa.BigInteger), code)
        return [here < there if self.down else here > there]


def _order(wanted: Wanted) -> Order:
    return Order(tickets.c.turn, False) if wanted.states == "open" else Order(tickets.c.opened_at, True)


def _conditions(wanted: Wanted, now: int) -> list[ColumnElement[bool]]:
    t = tickets.c
    asked: list[ColumnElement[bool]] = []
    if wanted.states == "open":
        asked.append(worked_on)
        if not wanted.snoozed:
            asked.append(or_(t.snoozed_until.is_(None), t.snoozed_until <= now))
    elif wanted.states != "all":
        asked.append(t.status == wanted.states)
    plain = {"office": wanted.office, "type": wanted.type, "kind": wanted.kind, "urgency": wanted.urgency}
    plain["province"] = wanted.province
    asked += [t[name] == value for name, value in plain.items() if value]
    if wanted.assignee:
        asked.append(t.assignee.is_(None) if wanted.assignee == NOBODY else t.assignee == wanted.assignee)
    if wanted.incident:
        asked.append(t.incident == wanted.incident)
    if wanted.overdue:
        asked += [worked_on, late(now)]
    return asked


def late(now: int) -> ColumnElement[bool]:
    """Its next deadline has passed, and the clock runs."""
    return (tickets.c.turn % AGES < now) & (tickets.c.status != "waiting_for_reporter")


def _count(connection: Connection, asked: Sequence[ColumnElement[bool]]) -> int:
    some = select(sa.literal(1)).select_from(tickets).where(*asked).limit(COUNTED + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _rows(connection: Connection, codes: Sequence[str]) -> list[Row[Any]]:
    rows = {row.code: row for row in connection.execute(select(tickets).where(tickets.c.code.in_(codes)))}
    return [rows[code] for code in codes if code in rows]


def alarms(connection: Connection, seen: ColumnElement[bool], now: int) -> int:
    """Emergencies that nobody has taken."""
    t = tickets.c
    awake = or_(t.snoozed_until.is_(None), t.snoozed_until <= now)
    waiting = (t.urgency == "emergency", t.status == "new", worked_on, awake, seen)
    return int(connection.execute(select(func.count()).select_from(tickets).where(*waiting)).scalar_one())


def tallies(connection: Connection, seen: ColumnElement[bool], me: int, now: int) -> dict[str, int]:
    """What waits, in numbers: the heads of the queue."""
    t = tickets.c
    awake = or_(t.snoozed_until.is_(None), t.snoozed_until <= now)
    heads = {
        "open": sa.true(),
        "alarm": (t.urgency == "emergency") & (t.status == "new"),
        "overdue": late(now),
        "nobody": t.assignee.is_(None),
        "mine": t.assignee == me,
    }
    counted = [func.coalesce(func.sum(sa.case((head, 1), else_=0)), 0).label(name) for name, head in heads.items()]
    row = connection.execute(select(*counted).select_from(tickets).where(seen, worked_on, awake)).one()
    return {name: int(value) for name, value in row._mapping.items()}
