"""Messages taken back: their content goes from everything that we keep, whenever the unsend comes.

The tombstone stays, so that a message which arrives after its unsend, or a download that ends after it, is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection, select

from bot.db import gaps, inbox, media, outbox, tickets
from bot.db.engine import insert_new
from bot.db.tables import unsent
from bot.sealing import Sealing

_known = select(unsent.c.message).where(unsent.c.message.in_(sa.bindparam("messages", expanding=True)))


def known(connection: Connection, messages: Sequence[str]) -> set[str]:
    """Those of the messages that were taken back."""
    return set(connection.execute(_known, {"messages": list(messages)}).scalars()) if messages else set()


def erase(connection: Connection, lane: str, message: str, sealing: Sealing, now: int) -> list[str]:
    """Sets the tombstone and erases; gives the keys of stored bytes that must go after the commit."""
    connection.execute(insert_new(connection, unsent), [{"message": message, "at": now}])
    waiting = outbox.waiting_events(connection, lane)
    outbox.forget(connection, lane, inbox.of_message(connection, waiting, message) if waiting else [])
    inbox.forget_content(connection, lane, message, now)
    tickets.forget(connection, sealing.persons(lane), message)
    gaps.forget(connection, message)
    key = media.forget(connection, message)
    return [key] if key else []
