"""Disks that are full or broken: what could not be kept is never acknowledged, and what was kept stays."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from bot import web
from bot.db.engine import Database
from bot.db.tables import inbox
from bot.emulator.platform import Emulator
from bot.house import BROKEN_DISK, House
from tests.house import body, event, knock, rows, signature
from tests.test_serve import line as line  # a fixture
from tests.test_serve import started

Make = Callable[..., House]


def house_at(folder: Path, template: Path, make: Make) -> House:
    shutil.copy(template, folder / "house.db")
    return make(f"sqlite:///{folder / 'house.db'}")


def fill(house: House) -> tuple[list[int], list[int]]:
    """Knocks with 20 kB at a time until the house says no; gives the numbers that it took and those that it did not."""
    taken: list[int] = []
    refused: list[int] = []
    for number in range(200):
        status = asyncio.run(knock(house.door, body(event(number, f"U{number}", text="x" * 20_000))))
        (taken if status == 200 else refused).append(number)
        if len(refused) == 3:
            assert status == 503
            return taken, refused
    raise AssertionError("the disk was not full")


def kept(house: House) -> list[int]:
    return [int(row.event_id[7:]) for row in rows(house.database, inbox, "event_id")]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("nobody may mount a disk here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_503_and_reads_go_on(small: Path, sqlite_template: Path, new_house: Make) -> None:
    house = house_at(small, sqlite_template, new_house)
    taken, _ = fill(house)
    assert taken
    assert kept(house) == taken
    told = web.readiness(house)
    assert told["intake"]["state"] == "failing"
    assert told["intake"]["failed"] == 3
    assert told["backlog"] == len(taken)


def test_a_full_database_works_again_once_there_is_room(tmp_path: Path, sqlite_template: Path, new_house: Make) -> None:
    house = house_at(tmp_path, sqlite_template, new_house)
    with house.database.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 200")
    taken, refused = fill(house)
    assert kept(house) == taken
    with house.database.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    for number in refused:  # LINE delivers again
        again = event(number, f"U{number}", text="x" * 20_000, deliveryContext={"isRedelivery": True})
        assert asyncio.run(knock(house.door, body(again))) == 200
    assert kept(house) == [*taken, *refused]
    assert web.readiness(house)["intake"]["state"] == "ok"


def test_a_disk_that_does_not_keep_what_it_took_ends_the_process(
    line: tuple[Emulator, str, int], tmp_path: Path, sqlite_template: Path
) -> None:
    """fsync gives EIO: no 200 for that event and none after it."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    _, base, port = line
    shutil.copy(sqlite_template, tmp_path / "house.db")
    url = f"sqlite:///{tmp_path / 'house.db'}"
    process = started(url, base, port, tmp_path, None)
    tracer: subprocess.Popen[str] | None = None
    try:
        assert post(port, 1) == 200
        tracer = broken(process.pid)
        statuses = [post(port, number) for number in (2, 3)]
        assert process.wait(600) == BROKEN_DISK
        assert 200 not in statuses
    finally:
        process.kill()
        process.wait()
        if tracer:
            tracer.kill()
            tracer.communicate()
    database = Database(url)
    assert "01EVENT" + "1".zfill(19) in {row.event_id for row in rows(database, inbox)}
    database.close()


def broken(pid: int) -> subprocess.Popen[str]:
    """From now on each fsync of the process fails."""
    rule = "inject=fsync,fdatasync:error=EIO"
    call = ["strace", "-f", "-p", str(pid), "-e", "trace=fsync,fdatasync", "-e", rule, "-o", "/dev/null"]
    tracer = subprocess.Popen(call, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    for told in tracer.stderr:
        if "attached" in told:
            time.sleep(0.3)  # its other threads follow
            return tracer
    pytest.skip("nobody may trace processes here")


def post(port: int, number: int) -> int:
    raw = body(event(number, at=int(time.time() * 1000)))
    with suppress(httpx.HTTPError):
        headers = {"x-line-signature": signature(raw)}
        door = f"http://127.0.0.1:{port}/line/webhook"
        return httpx.post(door, content=raw, headers=headers, timeout=300).status_code
    return 0
