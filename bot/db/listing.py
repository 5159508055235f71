"""Tickets as plain rows for whoever reads many of them: exports and reports. Never the reporter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from bot.db.rows import moment
from bot.db.tables import tickets

PAGE = 1000


def count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(tickets).where(~tickets.c.drill)).scalar_one())


def each(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every ticket that is no drill, oldest first, page by page, so that a long export holds no long statement open.

    Times are aware datetimes in UTC; `report` is field -> value as the reporter told it.
    """
    last: tuple[int, str] = (-1, "")
    while True:
        after = (tickets.c.opened_at > last[0]) | ((tickets.c.opened_at == last[0]) & (tickets.c.code > last[1]))
        page = connection.execute(
            select(tickets).where(after, ~tickets.c.drill).order_by(tickets.c.opened_at, tickets.c.code).limit(PAGE)
        ).all()
        for row in page:
            yield {
                **{name: getattr(row, name) for name in PLAIN},
                "report": {field: pair[0] for field, pair in orjson.loads(row.report).items()},
                **{name: moment(getattr(row, name)) for name in TIMES},
            }
        if len(page) < PAGE:
            return
        last = (page[-1].opened_at, page[-1].code)


PLAIN = (
    "code",
    "kind",
    "type",
    "urgency",
    "status",
    "office",
    "summary",
    "province",
    "district",
    "subdistrict",
    "estate",
    "lat",
    "lon",
    "resolution",
    "rating",
    "media",
)
TIMES = ("opened_at", "changed_at", "closed_at", "acknowledge_by", "answer_by", "resolve_by")
