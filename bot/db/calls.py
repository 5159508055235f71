"""A call as rows: the same commit as a citizen's turn, in a lane of its own that LINE does not reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select

from bot.db import audit, commit
from bot.db.engine import insert_new
from bot.db.informs import CALLER
from bot.db.rows import sure_moment
from bot.db.tables import lanes, tickets
from bot.sealing import Sealing
from handlers import caller
from handlers.vocabulary import Act


def file(
    connection: Connection, code: str, acts: Sequence[Act], staff: int, source: str, sealing: Sealing, now: int
) -> bool:
    """False where this very form was sent before: the ticket stands already."""
    if connection.execute(select(sa.literal(1)).where(tickets.c.code == code)).first():
        return False
    lane = f"{CALLER}{code}"
    connection.execute(insert_new(connection, lanes).values(lane=lane))
    talk = caller.conversation(lane, sure_moment(now))
    commit.write(connection, [commit.Decided(lane, (), talk, tuple(acts))], sealing, now)
    audit.write(connection, [audit.Entry(f"staff:{staff}", "file", code, {"source": source})], now)
    return True


def filed(connection: Connection, code: str) -> Row[Any]:
    columns = (tickets.c.code, tickets.c.office, tickets.c.type, tickets.c.status, tickets.c.answer_by)
    asked: sa.Select[Any] = select(*columns, tickets.c.opened_at).where(tickets.c.code == code)
    return connection.execute(asked).one()
