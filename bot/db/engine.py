"""The door to the database: `transaction()`, the only commit, and `reading()`.

SQLite: the library that the house brings along (`pysqlite3`; before 3.51.3 a WAL database can be corrupted under two
connections), WAL, `synchronous=FULL` so that a commit survives a power cut, one writer connection for the process,
intake first. A file lock keeps a second house away, since the lanes are then held in memory. PostgreSQL: psycopg,
with keepalives and time-outs that free the locks of a vanished machine within seconds.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Table, create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool

OLDEST_SQLITE = (3, 51, 3)
KEEPALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "temp_store=MEMORY",
    "mmap_size=0",
)
PREPARED = 1  # how often psycopg sees a statement before it prepares it
UNKEPT = 10  # SQLITE_IOERR, which the module does not name; a full disk is another one, and says no in time

DatabaseError = DBAPIError  # for those who may not import sqlalchemy


class DatabaseInUse(Exception):
    """Another house holds this SQLite file."""


class Turnstile:
    """A lock with two queues: who comes `first` (intake) passes before everybody else who waits."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._taken = False
        self._first = 0

    @contextmanager
    def passing(self, first: bool) -> Iterator[None]:
        with self._condition:
            self._first += first
            self._condition.wait_for(lambda: not self._taken and (first or not self._first))
            self._first -= first
            self._taken = True
        try:
            yield
        finally:
            with self._condition:
                self._taken = False
                self._condition.notify_all()


class Database:
    """One a process. Give it the url of the settings; `close()` at the end."""

    def __init__(self, url: str, readers: int = 4) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        self._turnstile = Turnstile()
        self._held: set[str] = set()
        self._holding = threading.Lock()
        self._house: IO[str] | None = None
        self.broken: Callable[[], None] = lambda: None  # told when the disk did not keep what it had taken
        if self.sqlite:
            self.path = Path(url.removeprefix("sqlite:///"))
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.writer = _sqlite_engine(self.path, 1, query_only=False)
            self.readers = _sqlite_engine(self.path, readers, query_only=True)
        else:
            self.writer = _postgres_engine(url, readers)
            self.readers = self.writer

    @contextmanager
    def transaction(self, first: bool = False) -> Iterator[Connection]:
        """The only commit of the house. On SQLite one at a time, `first` before the others."""
        if self.sqlite:
            try:
                with self._turnstile.passing(first), self.writer.begin() as connection:
                    yield connection
            except DBAPIError as error:
                if disk_failed(error):
                    self.broken()
                raise
        else:
            with self.writer.begin() as connection:
                yield connection

    @contextmanager
    def reading(self, often: bool = False) -> Iterator[Connection]:
        """A connection for looking: it cannot write (SQLite), or each statement stands alone (PostgreSQL).

        `often`: the same small question again and again, prepared once. Without a transaction there is no rollback at
        the end, after which psycopg would forget all prepared statements. Everything else is planned for the values
        it asks for: a plan for any office and any type took seconds where that for a large office takes milliseconds.
        """
        with self.readers.connect() as connection:
            driver: Any = None if self.sqlite or often else connection.connection.driver_connection
            try:
                if driver:
                    driver.prepare_threshold = None
                yield connection if self.sqlite else connection.execution_options(isolation_level="AUTOCOMMIT")
            finally:
                if driver:
                    driver.prepare_threshold = PREPARED

    @contextmanager
    def holding(self, lanes: Iterable[str], at_most: int) -> Iterator[list[str]]:
        """SQLite's lane lock: those of `lanes` that nobody in this process works on now, kept until the end."""
        with self._holding:
            free = [lane for lane in dict.fromkeys(lanes) if lane not in self._held][:at_most]
            self._held.update(free)
        try:
            yield free
        finally:
            with self._holding:
                self._held.difference_update(free)

    def claim_house(self) -> None:
        """On SQLite one process at a time may work on the lanes; raises DatabaseInUse where another one does."""
        if not self.sqlite or self._house:
            return
        lock = self.path.with_name(self.path.name + ".house").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise DatabaseInUse(f"another process works on {self.path.name}; SQLite serves one process") from None
        self._house = lock

    def reachable(self) -> bool:
        with suppress(DBAPIError), self.reading() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar())
        return False

    def durable(self) -> bool:
        """Does a commit survive a power cut?"""
        with self.reading() as connection:
            if self.sqlite:
                return bool(connection.execute(text("PRAGMA synchronous")).scalar() == 2)
            asked = ("SHOW fsync", "SHOW synchronous_commit")
            said = [connection.execute(text(question)).scalar() for question in asked]
            return said[0] == "on" and said[1] not in ("off", "local")

    def close(self) -> None:
        self.writer.dispose()
        self.readers.dispose()
        if self._house:
            self._house.close()
            self._house = None


def insert_new(connection: Connection, table: Table) -> Any:
    """An insert that leaves rows alone which are there already. Only the dialect in use is loaded: each costs 4 MB."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as into_sqlite

        return into_sqlite(table).on_conflict_do_nothing()
    from sqlalchemy.dialects.postgresql import insert as into_postgres

    return into_postgres(table).on_conflict_do_nothing()


def is_outage(error: BaseException) -> bool:
    """Is it the database that fails (gone, full, locked), rather than what we asked of it?"""
    return isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def disk_failed(error: DBAPIError) -> bool:
    """Did the disk fail to keep what it had taken? Then nobody knows what is on it, and only a fresh start finds
    out.
    """
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == UNKEPT


def _sqlite_engine(path: Path, size: int, query_only: bool) -> Engine:
    if sqlite.sqlite_version_info < OLDEST_SQLITE:
        raise RuntimeError(f"SQLite {sqlite.sqlite_version} is too old: pysqlite3 must bring 3.51.3 or newer")
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        module=sqlite,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0 if not query_only else 8,
        connect_args={"check_same_thread": False, "isolation_level": None, "cached_statements": 256},
    )

    engine.dialect.statement_compiler = _with_hints()

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in (*PRAGMAS, "query_only=ON" if query_only else "query_only=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    if (
        not query_only
    ):  # the driver begins nothing by itself: a writer takes the lock at once, a reader sees each statement fresh

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _with_hints() -> Any:
    """SQLAlchemy knows no `INDEXED BY` by itself; a query asks for it by `with_hint(table, …, "sqlite")`."""
    from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

    class Hinting(SQLiteCompiler):
        def get_from_hint_text(self, table: Any, text: Any) -> Any:
            return text

    return Hinting


def _postgres_engine(url: str, size: int) -> Engine:
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=size,
        max_overflow=8,
        pool_pre_ping=True,
        connect_args={**KEEPALIVE, "connect_timeout": 3, "prepare_threshold": PREPARED},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute("SET idle_in_transaction_session_timeout = '10s'")
        connection.execute("SET lock_timeout = '5s'")
        if connection.info.server_version >= 170000:
            connection.execute("SET transaction_timeout = '30s'")
        connection.autocommit = False

    return engine
