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
# One statement for the whole batch: sixteen updates in a pipeline cost PostgreSQL five times as much.
_save_all = sa.text(
    "UPDATE lanes SET state = g.state, seen_at = g.seen, version = version + 1 FROM unnest("
    "CAST(:ids AS text[]), CAST(:sealed AS bytea[]), CAST(:seen AS bigint[])) AS g(lane, state, seen) "
    "WHERE lanes.lane = g.lane"
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
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        columns = {"ids": "id", "sealed": "sealed", "seen": "seen"}
        connection.execute(_save_all, {name: [row[key] for row in rows] for name, key in columns.items()})
    else:
        connection.execute(_save, rows)


def _open(lane: str, sealed: bytes | None, sealing: Sealing) -> Conversation:
    return memory.from_json(sealing.open(sealed), lane) if sealed else Conversation(lane)
