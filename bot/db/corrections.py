"""What staff put right in the house's own reading: labelled sentences for the knowledge, without personal data."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.db.tables import corrections


def keep(connection: Connection, task: str, text: str, before: str, after: str, now: int) -> None:
    """`task`: type, route or emergency; `before` and `after` are ids of types, bodies or urgencies."""
    row = {"at": now, "task": task, "text": text, "before": before, "after": after}
    connection.execute(sa.insert(corrections).values(**row))
