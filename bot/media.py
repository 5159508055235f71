"""Photos, videos, voice messages and files: fetched from LINE soon, because LINE deletes them, checked, and kept.

The bytes go into a file under a name that nobody can guess and that says nothing; what a medium is, is read from its
content. A failed download is tried again for a day and then shown as missing. An unsend during a download wins: the
note of the end finds the tombstone, and the bytes go.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.db import media as rows
from bot.db.engine import Database
from bot.file_types import TAKEN, type_of
from bot.line.client import SendLater
from bot.log import fault, logger
from bot.wake import Bell

AT_ONCE = 4
LEASE = 150_000  # longer than a download may take
FIRST_WAIT, LONGEST_WAIT, TRIES = 2_000, 3_600_000, 40  # about a day
PIECE = 64 * 1024
log = logger()


class Store(Protocol):
    """Where bytes lie. A folder today; an object store has the same four calls."""

    def begin(self, key: str) -> Path: ...
    def keep(self, key: str) -> None: ...
    def path(self, key: str) -> Path | None: ...
    def drop(self, keys: Iterable[str]) -> None: ...


class Folder:
    """Files in a folder; a half-fetched one has another name, so that nothing half is ever shown."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def begin(self, key: str) -> Path:
        return self._at(key, ".part")

    def keep(self, key: str) -> None:
        self._at(key, ".part").replace(self._at(key))

    def path(self, key: str) -> Path | None:
        found = self._at(key)
        return found if found.is_file() else None

    def drop(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._at(key).unlink(missing_ok=True)
            self._at(key, ".part").unlink(missing_ok=True)

    def _at(self, key: str, suffix: str = "") -> Path:
        if not key.isalnum() or not key.isascii():
            raise ValueError("a key is letters and digits")
        folder = self.root / key[:2]
        folder.mkdir(exist_ok=True)
        return folder / (key + suffix)


class Source(Protocol):
    """Where the bytes come from; in the house `bot.line.client.Line`."""

    def content(self, message_id: str) -> AbstractAsyncContextManager[Any]: ...


class Refused(Exception):
    """Too large, empty, or not what we take."""


class Gone(Exception):
    """LINE does not have it any more."""


@dataclass(frozen=True, slots=True)
class Limits:
    photo: int = 20 * 1024 * 1024
    other: int = 200 * 1024 * 1024

    def of(self, kind: str) -> int:
        return self.photo if kind == "image" else self.other


class Fetcher:
    """Fetches what the table says is wanted, a few at a time."""

    def __init__(
        self, database: Database, source: Source, store: Store, clock: Callable[[], int], limits: Limits, bell: Bell
    ) -> None:
        self._database = database
        self._source = source
        self._store = store
        self._clock = clock
        self._limits = limits
        self._bell = bell
        self._stopped = False

    async def run(self, poll: float = 1.0) -> None:
        while not self._stopped:
            try:
                if await self.step():
                    continue
            except Exception as error:
                log.error("fetcher_failed", fault=fault(error))
                await asyncio.sleep(2.0)
            await asyncio.sleep(poll)

    def stop(self) -> None:
        self._stopped = True

    async def step(self) -> int:
        taken = await asyncio.to_thread(self._take)
        await asyncio.gather(*(self._fetch(row) for row in taken))
        return len(taken)

    def _take(self) -> list[Any]:
        now = self._clock()
        with self._database.reading() as connection:
            if not rows.due(connection, now, 1):
                return []
        with self._database.transaction() as connection:
            return rows.take(connection, now, now + LEASE, AT_ONCE)

    async def _fetch(self, row: Any) -> None:
        try:
            size = await self._download(row)
            type_ = await asyncio.to_thread(checked, self._store.begin(row.key), row.kind)
            await asyncio.to_thread(self._keep, row, type_, size)
        except Refused as error:
            await asyncio.to_thread(self._give_up, row, "refused", str(error))
        except (Gone, SendLater, OSError, TimeoutError) as error:
            await asyncio.to_thread(self._again, row, error)

    async def _download(self, row: Any) -> int:
        limit, size = self._limits.of(row.kind), 0
        async with self._source.content(row.message) as answer:
            if answer.status in (404, 410):
                raise Gone("LINE does not have it")
            if answer.status != 200:  # 202: LINE is still preparing it
                raise SendLater(str(answer.status))
            with self._store.begin(row.key).open("wb") as file:
                async for piece in pieces(answer):
                    size += len(piece)
                    if size > limit:
                        raise Refused("too large")
                    await asyncio.to_thread(file.write, piece)
        if not size:
            raise Refused("empty")
        return size

    def _keep(self, row: Any, type_: str, size: int) -> None:
        self._store.keep(row.key)
        with self._database.transaction() as connection:
            ours = rows.kept(connection, row.message, type_, size)
        if not ours:
            self._store.drop([row.key])

    def _again(self, row: Any, error: Exception) -> None:
        if row.attempts >= TRIES or (isinstance(error, Gone) and row.attempts >= 3):
            self._give_up(row, "missing", type(error).__name__)
            return
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.attempts - 1, 12))
        with self._database.transaction() as connection:
            rows.failed(connection, row.message, "waiting", type(error).__name__, self._clock() + wait)

    def _give_up(self, row: Any, state: str, why: str) -> None:
        log.warning("medium_" + state, message_id=row.message, reason=why)
        self._store.drop([row.key])
        with self._database.transaction() as connection:
            rows.failed(connection, row.message, state, why)


async def pieces(answer: Any) -> AsyncIterator[bytes]:
    """The body in pieces; a broken connection is a download to be tried again."""
    import aiohttp

    try:
        async for piece in answer.content.iter_chunked(PIECE):
            yield bytes(piece)
    except aiohttp.ClientError as error:
        raise SendLater(type(error).__name__) from error


def checked(path: Path, kind: str) -> str:
    """The type as the content says, whatever name and announcement say; raises Refused for what we do not take."""
    type_ = type_of(path)
    if type_ not in TAKEN[kind]:
        raise Refused(f"not {'a file that we take' if kind == 'file' else 'of kind ' + kind}: {type_ or 'unknown'}")
    return type_
