"""Wake-ups between processes over PostgreSQL, where there is no Redis: NOTIFY after intake, LISTEN in the workers.

From connections of their own and never inside the intake's transaction, since NOTIFY takes a lock of the whole
database at commit. Rings are gathered, so a busy door notifies at most fifty times a second; whoever misses one polls
anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg

CHANNEL = "frontdoor_inbox"
APART = 0.02  # seconds between two notifications
REST = 1.0  # seconds after a lost connection


class Bells:
    """One a process. `ring()` tells the others, `heard` is called when one of them rang."""

    def __init__(self, url: str, heard: Callable[[], None]) -> None:
        self._url = url
        self._heard = heard
        self._pending = threading.Event()
        self._ended = threading.Event()
        self._own = 0  # the backend that our notifications come from
        for work in (self._tell, self._listen):
            threading.Thread(target=self._again, args=(work,), daemon=True, name="bells").start()

    def ring(self) -> None:
        self._pending.set()

    def close(self) -> None:
        self._ended.set()
        self._pending.set()

    def _again(self, work: Callable[[psycopg.Connection[tuple[object, ...]]], None]) -> None:
        while not self._ended.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=3) as connection:
                    work(connection)
            except psycopg.Error:
                self._ended.wait(REST)

    def _tell(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._own = connection.info.backend_pid
        while not self._ended.is_set():
            self._pending.wait()
            self._pending.clear()
            connection.execute(f"NOTIFY {CHANNEL}")
            self._ended.wait(APART)

    def _listen(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        while not self._ended.is_set():
            for notice in connection.notifies(timeout=1.0):
                if notice.pid != self._own:
                    self._heard()
