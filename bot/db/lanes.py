"""Holding lanes: one worker a lane, whoever else is working.

PostgreSQL locks the lanes' rows for the length of the transaction (`FOR UPDATE SKIP LOCKED`), so a dead worker's lock
falls with its connection. SQLite holds them in the process, which is the only one there; its transaction opens late,
for the writing alone, so that intake never waits for a handler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.db.engine import Database
from bot.db.inbox import lock_lanes, waiting_lanes


@dataclass(frozen=True, slots=True)
class Held:
    """Lanes that are ours now: read with `reader`, write inside `writing()`."""

    lanes: list[str]
    reader: Connection
    writing: Callable[[], AbstractContextManager[Connection]]


@contextmanager
def hold(database: Database, now: int, many: int, only: Sequence[str] = ()) -> Iterator[Held]:
    """Up to `many` lanes with work, or those of `only` that are free."""
    if database.sqlite:
        with database.reading() as reader:
            wanted = only or waiting_lanes(reader, now, many * 2)
            with database.holding(wanted, many) as held:
                yield Held(held, reader, database.transaction)
    else:
        with database.transaction() as connection:
            wanted = only or waiting_lanes(connection, now, many * 4)
            held = lock_lanes(connection, wanted, many) if wanted else []
            yield Held(held, connection, lambda: nullcontext(connection))
