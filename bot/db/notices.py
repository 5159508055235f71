"""Who among the staff shall be told what: rows for the channels, written in the commit of their reason."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.db.rows import pack, unpack
from bot.db.tables import notices
from handlers.vocabulary import Notice


def keep(connection: Connection, wanted: Sequence[Notice], now: int, at: int = 0) -> None:
    """`at`: not told before then, because the act that it tells of can still be undone."""
    rows = [{"rule": one.rule, "code": one.code, "values": pack(one.values), "at": max(at, now)} for one in wanted]
    if rows:
        connection.execute(sa.insert(notices), rows)


def take_back(connection: Connection, code: str, deed: int) -> None:
    """What an act wanted to tell that was undone before anybody heard of it."""
    here = (notices.c.code == code) & (notices.c.state == sa.literal_column("'waiting'"))
    waiting = connection.execute(sa.select(notices.c.id, notices.c["values"]).where(here)).all()
    gone = [row.id for row in waiting if unpack(row[1]).get("deed") == deed]
    connection.execute(sa.delete(notices).where(notices.c.id.in_(gone)))
