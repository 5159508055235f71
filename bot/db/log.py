"""The audit log as it is read: newest first, page by page, by who, act, ticket and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row, or_, select

from bot.db.tables import audit, tickets

PAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    who: tuple[str, ...] = ()
    act: str = ""
    code: str = ""
    start: int = 0
    end: int = 0
    before: int = 0  # entries older than this one


def page(
    connection: Connection, asked: Asked, seen: ColumnElement[bool] | None = None, me: str = ""
) -> Sequence[Row[Any]]:
    """`seen` narrows to tickets that a member sees, and to what `me` did; one row more than a page holds says that
    there is more."""
    a = audit.c
    wanted: list[ColumnElement[bool]] = []
    wanted += [a.who.in_(asked.who)] if asked.who else []
    wanted += [a.code == asked.code] if asked.code else []
    if asked.act:
        wanted.append(a.act.startswith(asked.act, autoescape=True))
    wanted += [a.at >= asked.start] if asked.start else []
    wanted += [a.at < asked.end] if asked.end else []
    wanted += [a.id < asked.before] if asked.before else []
    if seen is not None:
        theirs = select(sa.literal(1)).where(tickets.c.code == a.code, seen).exists()
        wanted.append(or_(a.who == me, theirs))
    return connection.execute(select(audit).where(*wanted).order_by(a.id.desc()).limit(PAGE + 1)).all()
