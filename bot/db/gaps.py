"""What the knowledge could not answer, kept for staff to fill; without who asked."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.db.rows import pack
from bot.db.tables import gaps
from handlers.vocabulary import Gap


def keep(connection: Connection, found: Sequence[Gap], now: int) -> None:
    rows = [
        {
            "kind": gap.kind,
            "text": gap.text,
            "candidates": pack(list(gap.candidates)),
            "messages": pack(list(gap.messages)),
            "at": now,
        }
        for gap in found
    ]
    if rows:
        connection.execute(sa.insert(gaps), rows)


def forget(connection: Connection, message: str) -> None:
    """An unsend reaches the question as well."""
    connection.execute(sa.delete(gaps).where(gaps.c.messages.contains(pack(message), autoescape=True)))
