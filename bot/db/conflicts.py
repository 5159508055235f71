"""Two contents under one event id: the first wins, and the other is told of, because LINE never does that.

Looked for only where an insert left rows out, which are redeliveries, so an ordinary commit pays one comparison of
two numbers. A handled event has given up its content; then chat, kind and message must agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, select

from bot.db.tables import inbox

COLUMNS = ("event_id", "lane", "kind", "message", "raw")
CHANGES = ("deliveryContext", "replyToken")  # what LINE itself may change from one delivery to the next


class Came(Protocol):
    """An event at the door; in the house `bot.db.inbox.Arrived`."""

    @property
    def event_id(self) -> str: ...
    @property
    def lane(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def raw(self) -> str: ...


def stored(connection: Connection, ids: Sequence[str]) -> list[Any]:
    """What is kept under these ids."""
    return list(connection.execute(select(*(inbox.c[name] for name in COLUMNS)).where(inbox.c.event_id.in_(ids))))


def found(kept: Iterable[Any], arrived: Iterable[Came]) -> list[str]:
    """Ids of those that arrived with another content than is kept; `kept` are rows of COLUMNS."""
    known = {row[0]: tuple(row) for row in kept}
    return sorted({one.event_id for one in arrived if one.event_id in known and not _same(known[one.event_id], one)})


def _same(row: tuple[str, ...], one: Came) -> bool:
    _, lane, kind, message, raw = row
    if (lane, kind, message) != (one.lane, one.kind, one.message):
        return False
    return not raw or raw == one.raw or _content(raw) == _content(one.raw)


def _content(raw: str) -> Any:
    try:
        event = orjson.loads(raw)
    except ValueError:
        return raw
    return {name: value for name, value in event.items() if name not in CHANGES} if isinstance(event, dict) else event
