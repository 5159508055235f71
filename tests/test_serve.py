"""The whole house as processes: one with everything on SQLite, a door and two workers on PostgreSQL, and a clean stop.

Real knowledge, real handlers, the local LINE platform over HTTP, the SDK.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from bot.db.engine import Database
from bot.db.tables import inbox, tickets
from bot.emulator.platform import Emulator, create_emulator
from bot.emulator.serving import serving
from bot.serve import CannotServe, serve
from tests.house import KEY, SECRET, free_port, rows

ROOT = Path(__file__).parent.parent
START = "import sys; from bot import serve, settings; serve.serve(settings.load(), {workers})"


@pytest.fixture
def line() -> Iterator[tuple[Emulator, str, int]]:
    port = free_port()
    hook = f"http://127.0.0.1:{port}/line/webhook"
    made = create_emulator(channel_secret=SECRET, access_token="token", webhook_url=hook)
    made.webhook_at(hook, redelivery=(0.5, 1, 2, 4))
    with serving(made.app) as base:
        yield made, base, port
    made.close()


def started(url: str, base: str, port: int, folder: Path, workers: int | None) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
        "LINE_API_BASE": f"{base}/api",
        "LINE_DATA_API_BASE": f"{base}/data",
        "SECRET_KEY": KEY,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "FRAGMENT_SECONDS": "0.2",
        "MEDIA_DIR": str(folder / "media"),
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen([sys.executable, "-c", START.format(workers=workers)], cwd=folder, env=environment)
    for _ in range(600):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200:
                return process
        except httpx.HTTPError:
            time.sleep(0.1)
    process.kill()
    raise TimeoutError("the house did not get ready")


def talk(line: Emulator) -> None:
    line.say("somchai", "โรงงานพลาสติกแถวบางปูปล่อยควันดำทุกคืน")
    line.say("malee", "ไฟไหม้โรงงาน ช่วยด้วย")
    line.say("aung", "สวัสดีค่ะ")
    for who in ("somchai", "malee", "aung"):
        line.wait_for(who, 1, 60)


@pytest.mark.parametrize("workers", [None, 2])
def test_a_house_answers_and_stops_when_told(
    line: tuple[Emulator, str, int],
    tmp_path: Path,
    sqlite_template: Path,
    new_postgres: Callable[[], str],
    workers: int | None,
) -> None:
    emulator, base, port = line
    url = new_postgres() if workers else f"sqlite:///{tmp_path / 'house.db'}"
    if not workers:
        (tmp_path / "house.db").write_bytes(sqlite_template.read_bytes())
    process = started(url, base, port, tmp_path, workers)
    try:
        talk(emulator)
        children = psutil.Process(process.pid).children(recursive=True)
        memory = psutil.Process(process.pid).memory_info().rss
        process.send_signal(signal.SIGTERM)
        process.wait(600)
    finally:
        process.kill()
        process.wait()
    assert len(children) == (3 if workers else 0)  # the nursery and its two
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    assert memory < 225 * 1024 * 1024  # 199 here: imports 116, knowledge 69 (28 the segmenter), the rest is work
    database = Database(url)
    assert [row.kind for row in rows(database, tickets)] == ["emergency"]
    assert len(rows(database, inbox)) == 3
    database.close()


def test_an_old_schema_is_refused(settings_for: Callable[..., object], tmp_path: Path) -> None:
    from bot.db.schema import OldSchema

    with pytest.raises(OldSchema, match="db upgrade"):
        serve(settings_for(f"sqlite:///{tmp_path / 'empty.db'}"))  # type: ignore[arg-type]


def test_several_processes_on_sqlite_are_refused(settings_for: Callable[..., object], tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match="PostgreSQL"):
        serve(settings_for(f"sqlite:///{tmp_path / 'empty.db'}"), 2)  # type: ignore[arg-type]
