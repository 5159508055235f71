"""Who among the staff shall be told what: rows for the channels, written in the commit of their reason."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.db.rows import pack
from bot.db.tables import notices
from handlers.vocabulary import Notice


def keep(connection: Connection, wanted: Sequence[Notice], now: int) -> None:
    rows = [{"rule": one.rule, "code": one.code, "values": pack(one.values), "at": now} for one in wanted]
    if rows:
        connection.execute(sa.insert(notices), rows)
