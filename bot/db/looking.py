"""One ticket and many as a page shows them: with names looked up later, without the reporter."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from bot.db.rows import unpack
from bot.db.tables import media, story, tickets


def newest(connection: Connection, at_most: int = 200) -> list[Row[Any]]:
    return list(connection.execute(select(tickets).order_by(tickets.c.opened_at.desc()).limit(at_most)).all())


def one(connection: Connection, code: str) -> dict[str, Any] | None:
    """The ticket's row, its report (field -> value), its whole story oldest first, and its media."""
    row = connection.execute(select(tickets).where(tickets.c.code == code)).first()
    if row is None:
        return None
    told = connection.execute(select(story).where(story.c.code == code).order_by(story.c.id)).all()
    return {
        "row": row,
        "report": {field: pair[0] for field, pair in orjson.loads(row.report).items()},
        "story": [{**entry._mapping, "values": unpack(entry._mapping["values"])} for entry in told],
        "media": connection.execute(select(media).where(media.c.code == code).order_by(media.c.at)).all(),
    }
