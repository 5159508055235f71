"""Conversations as they lie in `lanes`: sealed, one row a lane, all of a batch in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection, select, update

from bot.db.rows import millis
from bot.db.tables import lanes
from bot.sealing import Sealing
from handlers import memory
from handlers.vocabulary import Conversation

_load = select(lanes.c.lane, lanes.c.state).where(lanes.c.lane.in_(sa.bindparam("held", expanding=True)))
_save = (
    update(lanes)
    .where(lanes.c.lane == sa.bindparam("id"))
    .values(state=sa.bindparam("sealed"), seen_at=sa.bindparam("seen"), version=lanes.c.version + 1)
)


def load(connection: Connection, held: Sequence[str], sealing: Sealing) -> dict[str, Conversation]:
    """Everybody's conversation; a lane just met gets an empty one."""
    found = {row.lane: row.state for row in connection.execute(_load, {"held": list(held)})}
    return {lane: _open(lane, found.get(lane), sealing) for lane in held}


def save(connection: Connection, talks: Iterable[Conversation], sealing: Sealing) -> None:
    rows = [
        {
            "id": talk.lane,
            "sealed": sealing.seal(memory.to_json(talk).encode()),
            "seen": millis(talk.seen_at) if talk.seen_at else 0,
        }
        for talk in talks
    ]
    if rows:
        connection.execute(_save, rows)


def _open(lane: str, sealed: bytes | None, sealing: Sealing) -> Conversation:
    return memory.from_json(sealing.open(sealed), lane) if sealed else Conversation(lane)
