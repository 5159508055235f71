"""How long the pages of the console take among many made-up tickets: 100,000 on SQLite, a million on PostgreSQL.

Each page is asked through the real app, signed in as an officer, a supervisor and an administrator in turn; what is
near a point is asked of the store alone. Run it with fewer by SEEDED=20000, or on databases that `frontdoor seed` has
filled by FILLED="sqlite:///… postgresql://…".
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import sqlalchemy as sa

from bot import seeding, web
from bot.console.doors import cookie_name
from bot.db import members, near, schema
from bot.db.engine import Database
from bot.db.tables import tickets
from bot.db.tables_staff import staff
from bot.house import House, build
from bot.settings import load
from handlers.people import Member
from tests.bench import servers
from tests.consoled import Office
from tests.house import KEY, SECRET
from tests.staffed import hire, knowledge

ASKED = 60
FILLED = os.environ.get("FILLED", "").split()
MANY = {"SQLite": 100_000, "PostgreSQL": 1_000_000}
PAGES: dict[str, tuple[Callable[[Any], str], int]] = {
    "queue": (lambda pick: "/console/", 150),
    "queue overdue": (lambda pick: "/console/?overdue=1", 150),
    "search": (lambda pick: f"/console/?q={pick.choice(WORDS)}", 150),
    "ticket": (lambda pick: f"/console/tickets/{pick.code()}", 100),
    "near reports": (lambda pick: f"/console/tickets/{pick.code()}/near", 100),
    "alike": (lambda pick: f"/console/tickets/{pick.code()}/alike", 150),
    "map": (lambda pick: "/console/map/tickets", 300),
    "map close": (lambda pick: "/console/map/tickets?box=13.4,100.4,14.0,100.9", 300),
    "incidents": (lambda pick: "/console/incidents", 150),
    "fast lane": (lambda pick: "/console/triage", 150),
    "figures": (lambda pick: "/console/figures", 300),
    "figures of a year": (lambda pick: f"/console/figures?from={date.today() - timedelta(days=364)}", 300),
    "factory": (lambda pick: f"/console/factories/{pick.factory()}", 150),
}
WORDS = ("กลิ่นเหม็น", "ยางไหม้", "เรืองชัยพลาสติก", "ปลาตาย", "เครื่องจักรดังทั้งคืน", "บ่อร้าง", "ฝุ่นปูน")


def measure() -> Iterator[tuple[str, float]]:
    """(name of the figure, milliseconds)."""
    with tempfile.TemporaryDirectory() as folder:
        filled = [("SQLite" if url.startswith("sqlite") else "PostgreSQL", url) for url in FILLED]
        for name, url in filled or (("SQLite", f"sqlite:///{folder}/house.db"), ("PostgreSQL", "")):
            made = servers.postgres(durable=False) if not url else None
            try:
                yield from _of(name, url or made.__enter__(), folder)  # type: ignore[union-attr]
            finally:
                if made:
                    made.__exit__(None, None, None)


def _of(name: str, url: str, folder: str) -> Iterator[tuple[str, float]]:
    many = int(os.environ.get("SEEDED") or MANY[name])
    database = Database(url)
    schema.upgrade(database)
    database.close()
    house = build(_settings(url, folder), lambda: int(time.time() * 1000), knowledge())
    if not FILLED:
        yield f"{name} seeding {many:,} s", _seeded(house, many)
    office = Office(house, _cast(house), web.app(house, work=0, send=False))
    yield from _near(name, house)
    for page, (address, _) in PAGES.items():
        before = _cpu(url)
        times = asyncio.run(_times(office, address))
        yield f"{name} {page} CPU ms", (_cpu(url) - before) * 1000 / len(times)
        yield f"{name} {page} p50 ms", times[len(times) // 2]
        yield f"{name} {page} p95 ms", times[int(len(times) * 0.95)]
    house.database.close()


def _cpu(url: str) -> float:
    """Seconds that this process and the database have worked: on a busy machine they tell more than the clock does."""
    if url.startswith("sqlite"):
        return time.process_time()
    server = psutil.Process(int((Path(url.partition("host=")[2]) / "postmaster.pid").read_text().split()[0]))
    ended = server.cpu_times()  # of those that have ended
    now = [one.cpu_times() for one in server.children()]
    spent = sum(one.user + one.system for one in now) + ended.children_user + ended.children_system
    return time.process_time() + spent


def _seeded(house: House, many: int) -> float:
    """Seconds."""
    began = time.perf_counter()
    for done in seeding.fill(house.database, knowledge(), house.sealing, house.clock(), many):
        if not done % 100_000:
            print(f"  {done:,} tickets, {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return time.perf_counter() - began


def _cast(house: House) -> dict[str, Member]:
    """Those who look; in a database that was measured before they are there."""
    with house.database.reading() as connection:
        rows = connection.execute(sa.select(staff)).all()
    return {row.name: members.member(row, house.tools.knowledge) for row in rows} or hire(house)


def _settings(url: str, folder: str) -> Any:
    line = {"line_channel_secret": SECRET, "line_channel_access_token": "token", "secret_key": KEY}
    return load(_env_file=None, database_url=url, media_dir=Path(folder) / "media", redis_url="", **line)


class Pick:
    """Draws tickets and factories that there are."""

    def __init__(self, house: House, office: str = "") -> None:
        self._dice = random.Random(7)
        t = tickets.c
        with house.database.reading() as connection:
            here = sa.select(t.code, t.factory, t.lat, t.lon).where(t.factory != "", t.lat.is_not(None))
            own = here.where(t.office == office) if office else here
            self.rows = connection.execute(own.limit(500)).all()

    def choice(self, some: Any) -> Any:
        return self._dice.choice(some)

    def code(self) -> str:
        return str(self.choice(self.rows).code)

    def factory(self) -> str:
        return str(self.choice(self.rows).factory)


def _near(name: str, house: House) -> Iterator[tuple[str, float]]:
    """As the house itself asks for each new report: the same statement again and again, prepared."""
    pick, times = Pick(house), []
    with house.database.reading(often=True) as connection:
        for _ in range(300):
            row = pick.choice(pick.rows)
            began = time.perf_counter()
            near.around(connection, row.lat, row.lon, 1500, 0)
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    yield f"{name} near lookup p50 ms", times[150]
    yield f"{name} near lookup p95 ms", times[285]


async def _times(office: Office, address: Callable[[Any], str]) -> list[float]:
    house, times = office.house, []
    transport = httpx.ASGITransport(office.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        for who in ("anan", "wipa", "adisorn"):
            pick = Pick(house, office.cast[who].office if who == "anan" else "")
            client.cookies.set(cookie_name(house), office.session(who))
            for number in range(ASKED // 3 + 2):
                began = time.perf_counter()
                answer = await client.get(address(pick))
                if answer.status_code >= 500:
                    raise RuntimeError(f"{answer.url}: {answer.status_code}")
                if number >= 2 and answer.status_code != 403:  # the first ones fill caches; an officer sees no figures
                    times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


GOALS = tuple(
    (f"{name} {page} p95 ms", "", f"≤ {limit}") for name in MANY for page, (_, limit) in PAGES.items()
) + tuple((f"{name} near lookup p95 ms", "", "≤ 5") for name in MANY)
