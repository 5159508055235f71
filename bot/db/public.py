"""A ticket as its public page shows it: found by the hash of the key alone, and changed by the reporter's two acts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select

from bot.db import audit, notices, tickets
from bot.db.tables import story
from bot.db.tables import tickets as rows
from handlers.vocabulary import Move, Notice, StoryEntry, Tell

SHOWN = (
    "code", "kind", "type", "status", "office", "resolution", "opened_at", "changed_at", "closed_at", "acknowledge_by",
    "answer_by", "resolve_by", "acknowledged_at", "answered_at", "resolved_at", "waiting_since", "source",
)  # fmt: skip


def find(connection: Connection, mark: str, lock: bool = False) -> Row[Any] | None:
    """None for a mark that no ticket has; the empty one is nobody's."""
    asked = select(*(rows.c[name] for name in SHOWN)).where(
        rows.c.public_key == mark, rows.c.public_key != sa.literal_column("''"), ~rows.c.drill
    )
    return connection.execute(asked.with_for_update() if lock else asked).first() if mark else None


def told(connection: Connection, code: str, most: int = 60) -> list[Row[Any]]:
    """The newest entries of the story that are for the reporter, oldest first."""
    asked = select(story).where(story.c.code == code, story.c.audience == "reporter", ~story.c.undone)
    return list(reversed(connection.execute(asked.order_by(story.c.id.desc()).limit(most)).all()))


def act(connection: Connection, move: Move, entry: StoryEntry, rule: str, now: int) -> None:
    """What the holder of the key decided, told to staff as if it came from the chat."""
    tickets.move(connection, move, now)
    tickets.tell_all(connection, [Tell(move.code, entry)])
    notices.keep(connection, [Notice(rule, move.code)], now)
    audit.write(connection, [audit.Entry("reporter", "move", move.code, {"to": move.to, "by": "page"})], now)
