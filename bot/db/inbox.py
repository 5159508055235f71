"""The inbox: what LINE delivered, as it came, until a worker has handled it.

Intake commits together what arrived while the last commit was under way. No timer: quiet means no delay, busy means
large batches. On SQLite the batch runs in a thread on the one writer connection; on PostgreSQL one asyncpg statement
inserts it with `unnest`, which measured 1.5 times the psycopg way. Rows go in by event id, sorted, so two doors with
the same batch never wait for each other in a circle.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects import sqlite

from bot.db import conflicts
from bot.db.engine import Database
from bot.db.tables import BURIED, DONE, LIVE, inbox, inbox_content, inbox_ended, inbox_open, lanes, live, outbox

RENEWABLE = 20 * 60 * 1000  # LINE lets a redelivered token live again up to 20 minutes after the event


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event at the door. The order of the fields is the order of the insert."""

    event_id: str
    lane: str
    stamp: int
    kind: str
    message: str
    token: str
    token_at: int
    raw: str
    state: int
    received_at: int
    again: bool = False  # LINE says that it delivers this one once more


class IntakeFailed(Exception):
    """The events could not be committed; LINE shall deliver them again."""


class Intake:
    """Takes events of many requests into one commit. `put` returns once its events are durable."""

    def __init__(self, write: Callable[[list[Arrived]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: list[tuple[list[Arrived], asyncio.Future[None]]] = []
        self._running: asyncio.Task[None] | None = None
        self.batches = 0

    async def put(self, arrived: list[Arrived]) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrived, done))
        if self._running is None:
            self._running = asyncio.create_task(self._drain())
        await done

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._commit(batch)
        finally:
            self._running = None

    async def _commit(self, batch: list[tuple[list[Arrived], asyncio.Future[None]]]) -> None:
        wanted = [(events, done) for events, done in batch if not done.done()]  # the others gave up waiting
        try:
            if wanted:
                self.batches += 1
                await self._write([one for events, _ in wanted for one in events])
        except Exception as error:
            for _, done in wanted:
                if not done.done():
                    done.set_exception(IntakeFailed(type(error).__name__))
            return
        for _, done in wanted:
            if not done.done():
                done.set_result(None)


# --- the two ways in -------------------------------------------------------------------------------------------------

TOLD = "frontdoor:told"  # words of staff, for the person of the lane; LINE's own types have no colon
COLUMNS = ("event_id", "lane", "stamp", "kind", "message", "token", "token_at", "raw", "state", "received_at")
_PARAMS: dict[str, Any] = {name: sa.bindparam(name) for name in COLUMNS}
_DIALECT = sqlite.dialect(paramstyle="qmark")
_INSERT = str(sqlite.insert(inbox).values(_PARAMS).on_conflict_do_nothing().compile(dialect=_DIALECT))
_MEET = str(sqlite.insert(lanes).values(lane=sa.bindparam("lane")).on_conflict_do_nothing().compile(dialect=_DIALECT))


def ignore(_ids: list[str]) -> None:
    """Nobody asked to hear of ids that came with another content."""


class SqliteDoor:
    """One thread, because there is one writer connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.alarm: Callable[[list[str]], None] = ignore
        self._thread = ThreadPoolExecutor(1, "intake")

    async def __call__(self, arrived: list[Arrived]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write, arrived)

    def _write(self, arrived: list[Arrived]) -> None:
        rows = [astuple_fast(one) for one in arrived]
        with self._database.transaction(first=True) as connection:
            connection.exec_driver_sql(_MEET, list({(one.lane,) for one in arrived}))
            new = connection.exec_driver_sql(_INSERT, rows).rowcount
            renew_tokens(connection, arrived)
            known = conflicts.stored(connection, [one.event_id for one in arrived]) if new < len(rows) else ()
        self._tell(conflicts.found(known, arrived))

    def _tell(self, odd: list[str]) -> None:
        if odd:
            self.alarm(odd)

    async def close(self) -> None:
        self._thread.shutdown(wait=False)


_UNNEST = """
WITH given AS (  -- the columns of COLUMNS, in their order
  SELECT * FROM unnest(
    $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[],
    $6::text[], $7::bigint[], $8::text[], $9::int[], $10::bigint[]
  ) AS g(event_id, lane, stamp, kind, message, token, token_at, raw, state, received_at)
), met AS (
  INSERT INTO lanes (lane) SELECT unnest($11::text[]) ON CONFLICT DO NOTHING
)
INSERT INTO inbox (event_id, lane, stamp, kind, message, token, token_at, raw, state, received_at)
SELECT * FROM given ON CONFLICT DO NOTHING
"""


_KEPT = f"SELECT {', '.join(conflicts.COLUMNS)} FROM inbox WHERE event_id = ANY($1::text[])"


class PostgresDoor:
    """One asyncpg connection, made again when it breaks. An insert is repeated safely, so an unknown commit is no
    harm.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None
        self.alarm: Callable[[list[str]], None] = ignore

    async def __call__(self, arrived: list[Arrived]) -> None:
        first = {one.event_id: one for one in reversed(arrived)}  # the first of two under one id wins
        ordered = sorted(first.values(), key=lambda one: one.event_id)
        columns = [list(column) for column in zip(*map(astuple_fast, ordered), strict=True)]
        people = sorted({one.lane for one in ordered})
        for attempt in range(3):
            try:
                connection = await self._connected()
                told = await connection.execute(_UNNEST, *columns, people)
                await self._renew(connection, arrived)
                if told != f"INSERT 0 {len(arrived)}":
                    await self._compare(connection, arrived)
                return
            except Exception:
                await self.close()
                if attempt == 2:
                    raise
                await asyncio.sleep(0.05 * (attempt + 1))

    async def _compare(self, connection: Any, arrived: list[Arrived]) -> None:
        kept = await connection.fetch(_KEPT, [one.event_id for one in arrived])
        odd = conflicts.found(kept, arrived)
        if odd:
            self.alarm(odd)

    async def _connected(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            import asyncpg  # PostgreSQL only: the default house does without

            self._connection = await asyncpg.connect(self._url, timeout=1, command_timeout=1.4)
        return self._connection

    async def _renew(self, connection: Any, arrived: list[Arrived]) -> None:
        for one in arrived:
            if one.again and one.token and one.received_at - one.stamp < RENEWABLE:
                await connection.execute(
                    "UPDATE inbox SET token_at = $1 WHERE event_id = $2 AND state = 0", one.received_at, one.event_id
                )
                await connection.execute(
                    f"UPDATE outbox SET token_at = $1 WHERE lane = $2 AND {LIVE} AND event_id = $3 AND token <> ''",
                    one.received_at,
                    one.lane,
                    one.event_id,
                )

    async def close(self) -> None:
        broken, self._connection = self._connection, None
        if broken is not None:
            with contextlib.suppress(Exception):
                broken.terminate()


def astuple_fast(one: Arrived) -> tuple[Any, ...]:
    """`dataclasses.astuple` copies deeply, at ten times the price."""
    return (
        one.event_id,
        one.lane,
        one.stamp,
        one.kind,
        one.message,
        one.token,
        one.token_at,
        one.raw,
        one.state,
        one.received_at,
    )


def renew_tokens(connection: Connection, arrived: Iterable[Arrived]) -> None:
    """A redelivered event brings a minute of new life to its reply token, if that was not used."""
    for one in arrived:
        if one.again and one.token and one.received_at - one.stamp < RENEWABLE:
            connection.execute(
                update(inbox).where(inbox.c.event_id == one.event_id, inbox_open).values(token_at=one.received_at)
            )
            connection.execute(
                update(outbox)
                .where(outbox.c.lane == one.lane, live(outbox), outbox.c.state == "waiting")
                .where(outbox.c.event_id == one.event_id, outbox.c.token != "")
                .values(token_at=one.received_at)
            )


def door(database: Database) -> SqliteDoor | PostgresDoor:
    return SqliteDoor(database) if database.sqlite else PostgresDoor(database.url)


# --- the worker's side -----------------------------------------------------------------------------------------------

_ready = sa.and_(inbox_open, inbox.c.due <= sa.bindparam("now"))
_oldest = select(inbox.c.lane).where(_ready).order_by(inbox.c.stamp).limit(sa.bindparam("many"))
_newest = select(inbox.c.lane).where(_ready).order_by(inbox.c.stamp.desc()).limit(sa.bindparam("few"))
_array = sa.bindparam("wanted", type_=sa.ARRAY(sa.String))
_wanted = sa.func.unnest(_array).table_valued("lane", with_ordinality="n").render_derived()
_locked = (
    select(lanes.c.lane)
    .join(_wanted, _wanted.c.lane == lanes.c.lane)
    .order_by(_wanted.c.n)
    .limit(sa.bindparam("many"))
    .with_for_update(of=lanes, skip_locked=True)
)
_open = (
    select(inbox)
    .where(inbox_open, inbox_content, inbox.c.lane.in_(sa.bindparam("lanes", expanding=True)))
    .where(sa.or_(inbox.c.kind != TOLD, inbox.c.due <= sa.bindparam("now")))
    .order_by(inbox.c.lane, inbox.c.stamp, inbox.c.event_id)
)


def waiting_lanes(connection: Connection, now: int, many: int) -> list[str]:
    """Lanes with work, oldest first; one in four from the newest end, so an emergency passes any backlog within a
    batch.
    """
    oldest = connection.execute(_oldest, {"now": now, "many": many * 2}).scalars()
    lanes_found = list(dict.fromkeys(oldest))
    if len(lanes_found) < many:
        return lanes_found
    newest = list(dict.fromkeys(connection.execute(_newest, {"now": now, "few": many}).scalars()))[: many // 4]
    return list(dict.fromkeys([*lanes_found[: many - len(newest)], *newest, *lanes_found]))


def lock_lanes(connection: Connection, wanted: Sequence[str], many: int) -> list[str]:
    """PostgreSQL's lane lock, for the length of the transaction: the first ones that nobody else holds."""
    return list(connection.execute(_locked, {"wanted": list(wanted), "many": many}).scalars())


def open_events(connection: Connection, held: Sequence[str], now: int) -> list[Row[Any]]:
    """All open events of the held lanes, in the order of LINE's stamps; words of staff only once they may leave."""
    return list(connection.execute(_open, {"lanes": list(held), "now": now}).all())


def backlog(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).where(inbox_open)).scalar_one())


_done = (
    update(inbox)
    .where(inbox.c.event_id.in_(sa.bindparam("ids", expanding=True)))
    .values(state=DONE, raw="", done_at=sa.bindparam("at"))
)
_later = update(inbox).where(inbox.c.event_id == sa.bindparam("id")).values(due=sa.bindparam("until"))
_failed = (
    update(inbox)
    .where(inbox.c.event_id == sa.bindparam("id"))
    .values(attempts=inbox.c.attempts + 1, due=sa.bindparam("until"), fault=sa.bindparam("why"))
)
_buried = (
    update(inbox)
    .where(inbox.c.event_id == sa.bindparam("id"))
    .values(attempts=inbox.c.attempts + 1, state=BURIED, done_at=sa.bindparam("at_"), fault=sa.bindparam("why"))
)


def mark_done(connection: Connection, ids: Sequence[str], now: int) -> None:
    """Handled: their content lives on only in what came of it."""
    if ids:
        connection.execute(_done, {"ids": list(ids), "at": now})


def wait_until(connection: Connection, dues: Sequence[tuple[str, int]]) -> None:
    if dues:
        connection.execute(_later, [{"id": event_id, "until": due} for event_id, due in dues])


def ripen(connection: Connection, lane: str) -> None:
    """What of this lane waits for its time waits no longer; what failed and is tried again still does."""
    waiting = sa.and_(inbox_open, inbox.c.lane == lane, inbox.c.due > 0, inbox.c.attempts == 0)
    connection.execute(update(inbox).where(waiting).values(due=0))


def mark_failed(connection: Connection, ids: Sequence[str], until: int, why: str) -> None:
    connection.execute(_failed, [{"id": event_id, "until": until, "why": why} for event_id in ids])


def bury(connection: Connection, ids: Sequence[str], now: int, why: str) -> None:
    connection.execute(_buried, [{"id": event_id, "at_": now, "why": why} for event_id in ids])


def forget_content(connection: Connection, lane: str, message: str, now: int) -> None:
    """An unsent message: its raw event is emptied and, if nobody has handled it yet, never will be."""
    theirs = sa.and_(inbox_content, inbox.c.lane == lane, inbox.c.message == message, inbox.c.kind != "unsend")
    connection.execute(update(inbox).where(theirs, inbox_open).values(state=DONE, raw="", done_at=now))
    connection.execute(update(inbox).where(theirs).values(raw=""))


def of_message(connection: Connection, event_ids: Sequence[str], message: str) -> list[str]:
    """Those of the events that brought this message."""
    found = select(inbox.c.event_id).where(inbox.c.event_id.in_(event_ids), inbox.c.message == message)
    return list(connection.execute(found).scalars())


def sweep(connection: Connection, before: int) -> int:
    """Done rows go after LINE can no longer redeliver them; their ids are kept until then."""
    gone = connection.execute(sa.delete(inbox).where(inbox_ended, inbox.c.received_at < before))
    return int(gone.rowcount)
