"""What an answer quotes: a message of ours, known by the id that LINE gave it (`outbox.sent_ids`).

Ids are kept where they can be asked for: of what went to groups, and of what was about a ticket.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.db.tables import outbox


def ours(connection: Connection, lane: str, message: str) -> bool:
    """Was this message sent by us? For quotes in groups."""
    recent = select(outbox.c.sent_ids).where(outbox.c.lane == lane, outbox.c.sent_ids != "")
    return any(message in ids.split(",") for ids in connection.execute(recent).scalars())


def about(connection: Connection, lane: str, message: str) -> str:
    """The ticket that this message of ours was about, or empty."""
    recent = select(outbox.c.sent_ids, outbox.c.about).where(outbox.c.lane == lane, outbox.c.sent_ids != "")
    found = connection.execute(recent.where(outbox.c.about != "")).all()
    return next((row.about for row in found if message in row.sent_ids.split(",")), "")
