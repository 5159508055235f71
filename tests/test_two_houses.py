"""Two `serve --workers 1` on one PostgreSQL, under load: a page of one hears of acts at the other, nothing is lost, no
notice goes twice. Without Redis, so all that they share is the database.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.console.doors import PLAIN_COOKIE
from bot.db.tables import DONE, inbox, tickets
from bot.db.tables_staff import deliveries, staff
from bot.emulator.platform import Emulator
from bot.house import House
from tests.consoled import Office
from tests.house import free_port, rows
from tests.staffed import complaint, staffed
from tests.test_serve import line, started
from tests.whole import until

__all__ = ["line"]  # a fixture
pytestmark = pytest.mark.long
MANY = 20
SAME = {"sec-fetch-site": "same-origin"}


class Page:
    """A live page: the tickets it was told of, as they come."""

    def __init__(self, port: int, session: str) -> None:
        self.address, self.cookies = f"http://127.0.0.1:{port}/console/live", {PLAIN_COOKIE: session}
        self.told: Counter[str] = Counter()
        self.open = threading.Event()

    def listen(self) -> None:
        try:
            with httpx.stream("GET", self.address, cookies=self.cookies, timeout=httpx.Timeout(60)) as answer:
                for text in answer.iter_lines():
                    self.open.set()
                    if text.startswith("data: "):
                        self.told[text.removeprefix("data: ")] += 1
        except httpx.HTTPError:
            pass  # its house has ended


@contextmanager
def both(url: str, emulator: Emulator, base: str, ports: tuple[int, int], folder: Path) -> Iterator[None]:
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        for process in pool.map(lambda port: started(url, base, port, folder, 1), ports):
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield


def test_two_houses_on_one_database(
    line: tuple[Emulator, str, int], new_postgres: Callable[[], str], new_house: Callable[..., House], tmp_path: Path
) -> None:
    emulator, base, first = line
    ports, url = (first, free_port()), new_postgres()
    house, cast = staffed(new_house, url, now=lambda: int(time.time() * 1000))
    on_line = {name: emulator.add_person(name).id for name in cast}
    with house.database.transaction() as connection:
        for name, lane in on_line.items():
            connection.execute(sa.update(staff).where(staff.c.name == name).values(lane=lane))
    codes = [complaint(house, f"U{n}") for n in range(MANY)]
    office = Office(house, cast, None)  # type: ignore[arg-type]
    pages = [Page(port, office.session("duang")) for port in ports]
    session = office.session("anan")
    people = [emulator.add_person(f"P{n}").id for n in range(MANY)]
    with both(url, emulator, base, ports, tmp_path):
        for page in pages:
            threading.Thread(target=page.listen, daemon=True).start()
        assert all(page.open.wait(30) for page in pages)
        for number, (who, code) in enumerate(zip(people, codes, strict=True)):
            emulator.webhook_at(f"http://127.0.0.1:{ports[number % 2]}/line/webhook")
            emulator.say(who, f"ไฟไหม้โรงงาน ช่วยด้วย มีคนติดอยู่ {number}")
            acted = f"http://127.0.0.1:{ports[number % 2]}/console/tickets/{code}/do/take"
            answer = httpx.post(acted, headers=SAME, cookies={PLAIN_COOKIE: session}, timeout=30)
            assert answer.status_code == 303
        for page in pages:  # each heard of all: what was done at home, and what was done at the other
            until(lambda page=page: set(codes) <= set(page.told), 30)
        for who in people:
            emulator.wait_for(who, 1)
        until(lambda: settled(house), 30)
    made = rows(house.database, tickets)
    assert Counter(row.kind for row in made) == {"complaint": MANY, "emergency": MANY}
    assert {row.assignee for row in made if row.code in codes} == {cast["anan"].id}
    assert {row.state for row in rows(house.database, inbox)} == {DONE}
    once_each(house, emulator, on_line)


def settled(house: House) -> bool:
    """Every cry for help has become a ticket, and nothing waits to be told."""
    waiting = [row for row in rows(house.database, deliveries) if row.state in ("waiting", "sending")]
    kinds = Counter(row.kind for row in rows(house.database, tickets))
    return not waiting and kinds["emergency"] == MANY


def once_each(house: House, emulator: Emulator, on_line: dict[str, str]) -> None:
    """Nobody got one notice twice, neither in our books nor on LINE."""
    told: list[Any] = [row for row in rows(house.database, deliveries) if row.kind == "line"]
    assert told
    assert max(Counter((row.notice, row.staff, row.lane) for row in told).values()) == 1
    sent = Counter(row.lane for row in told if row.state == "sent")
    for lane in on_line.values():
        assert len(emulator.answers(lane)) <= sent[lane]
