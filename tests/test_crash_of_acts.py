"""kill -9 within the seconds in which an act can be undone: the act stands, its message leaves once, after a restart.

The real `serve` in a process of its own, asked over HTTP as a browser asks, with the local LINE platform behind it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.console.doors import PLAIN_COOKIE
from bot.db.tables import inbox, story, tickets
from bot.db.tables_staff import deeds
from bot.emulator.platform import Emulator
from bot.house import House
from tests.consoled import Office
from tests.house import rows
from tests.staffed import complaint, staffed
from tests.test_serve import line, started
from tests.whole import until

__all__ = ["line"]  # a fixture
pytestmark = pytest.mark.long
WORDS = "กำลังไปดูหน้างานค่ะ"
SAME = {"sec-fetch-site": "same-origin"}


def millis() -> int:
    return int(time.time() * 1000)


def heard(line: Emulator, who: str) -> int:
    return sum(WORDS in str(message) for message in line.answers(who))


def reported(emulator: Emulator, url: str, new_house: Callable[..., House]) -> tuple[House, dict[str, Any], str, str]:
    """A house with its cast, somebody on LINE, and the number of what they reported."""
    house, cast = staffed(new_house, url, now=millis)
    who = emulator.add_person("Ploy").id
    return house, cast, who, complaint(house, who)


def test_an_act_whose_process_dies_before_its_message_left_is_told_once(
    line: tuple[Emulator, str, int], url: str, new_house: Callable[..., House], tmp_path: Path
) -> None:
    emulator, base, port = line
    house, cast, who, code = reported(emulator, url, new_house)
    session = Office(house, cast, None).session("anan")  # type: ignore[arg-type]
    process = started(url, base, port, tmp_path, None)
    try:
        asked = f"http://127.0.0.1:{port}/console/tickets/{code}/do/answer_reporter"
        done = httpx.post(asked, data={"words": WORDS}, headers=SAME, cookies={PLAIN_COOKIE: session}, timeout=60)
        assert done.status_code == 303
    finally:
        process.kill()
        process.wait()
    assert heard(emulator, who) == 0
    (deed,) = rows(house.database, deeds)
    assert deed.until > millis() - 5_000  # it died within the window, or just after it
    process = started(url, base, port, tmp_path, None)
    try:
        until(lambda: heard(emulator, who), 30)
        assert millis() >= deed.until
        until(lambda: all(row.state for row in rows(house.database, inbox)))
        time.sleep(3)  # in which a second one would come
    finally:
        process.kill()
        process.wait()
    assert heard(emulator, who) == 1
    assert [row.words for row in rows(house.database, story) if row.key == "story.reply"] == [WORDS]
    assert [row.code for row in rows(house.database, tickets)] == [code]


def test_what_was_undone_before_the_crash_is_told_nobody(
    line: tuple[Emulator, str, int], url: str, new_house: Callable[..., House], tmp_path: Path
) -> None:
    emulator, base, port = line
    house, cast, who, code = reported(emulator, url, new_house)
    done = house.desk.do(cast["anan"], code, "answer_reporter", {"words": WORDS})
    assert house.desk.undo(cast["anan"], done.deed) is None  # type: ignore[union-attr]
    later = house.desk.do(cast["anan"], code, "answer_reporter", {"words": WORDS + " แก้ไข"})
    process = started(url, base, port, tmp_path, None)
    try:
        until(lambda: heard(emulator, who), 30)
        time.sleep(3)
    finally:
        process.kill()
        process.wait()
    assert later is not None
    assert heard(emulator, who) == 1
