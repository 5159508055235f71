"""The audit log, append-only: who did what to which ticket. Reporters appear as "reporter", never by name or lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.db.rows import pack
from bot.db.tables import audit


@dataclass(frozen=True, slots=True)
class Entry:
    who: str
    act: str
    code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def write(connection: Connection, entries: Sequence[Entry], now: int) -> None:
    rows = [{"at": now, "who": e.who, "act": e.act, "code": e.code, "values": pack(e.values)} for e in entries]
    if rows:
        connection.execute(sa.insert(audit), rows)
