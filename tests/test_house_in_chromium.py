"""The citizen's page, figures, filing for a caller and the pages of the house in a real Chromium: axe and 360 px."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from bot.db import gaps
from bot.db.tables import outbox
from bot.house import House
from handlers.vocabulary import Gap
from tests.test_console_pages import (
    CHROMIUM,
    LOOKS,
    PHONE,
    SMALL,
    Desk,
    Size,
    browser,
    desk_in,
    no_faults,
    no_sideways,
    shot,
)

Make = Callable[..., House]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium on this machine"),
]
__all__ = ["browser"]  # the fixture


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, new_house: Make, browser: Browser) -> Iterator[Desk]:
    shutil.copy(sqlite_template, tmp_path / "house.db")
    with desk_in(f"sqlite:///{tmp_path}/house.db", new_house, browser) as made:
        house = made.office.house
        with house.database.transaction() as connection:
            gaps.keep(connection, [Gap("unanswered", "ขอมาตรฐานสินค้าต้องไปที่ไหน")], house.clock())
            letter = {"lane": "U1", "messages": "[]", "state": "dead", "made_at": 1, "fault": "LINE said 400"}
            connection.execute(sa.insert(outbox).values(**letter))
        yield made


def key(desk: Desk, name: str) -> str:
    return f"/t/{desk.office.house.sealing.page_keys(desk.cases[name])[0]}"


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(desk: Desk, size: Size, dark: bool) -> None:
    of_house = ("figures", "figures?by=category", "audit", "dead", "health", "gaps", "contacts")
    open_to_all = {
        "public": key(desk, "smell"),
        "receipt": f"{key(desk, 'smell')}/receipt",
        "verify": "/receipt?number=1",
        "follow": "/follow",
    }
    asked = [("adisorn", one, f"/console/{one}") for one in of_house] + [("anan", "caller", "/console/caller")]
    asked += [("anan", name, path) for name, path in open_to_all.items()]
    for who, name, path in asked:
        page = desk.open(who, path, size, dark)
        no_sideways(page)
        shot(page, f"{re.sub('[^a-z]', '-', name)}-{size['width']}-{'dark' if dark else 'light'}")
        no_faults(page)
        page.close()


def test_a_call_is_filed_with_two_taps(desk: Desk) -> None:
    page = desk.open("anan", "/console/caller", SMALL)
    page.fill("#words", "โรงงานพลาสติกที่บางปู สมุทรปราการ ส่งกลิ่นเหม็นมากทุกคืน")
    page.get_by_role("button", name="ต่อไป").click()
    expect(page.locator("#what")).to_have_value("smell")
    no_sideways(page)
    shot(page, "caller-read")
    no_faults(page)
    page.check("[name=notice]")
    page.get_by_role("button", name="เปิดเรื่อง").click()
    expect(page.locator(".qr svg")).to_be_visible()
    no_sideways(page)
    shot(page, "caller-done")
    no_faults(page)
    page.locator("dd a").click()
    expect(page.locator("#story")).to_be_visible()


def test_a_result_is_confirmed_on_the_page(desk: Desk) -> None:
    house, cast, code = desk.office.house, desk.office.cast, desk.cases["smell"]
    done = {"resolution": "fixed", "evidence": ["1"], "words": "แก้แล้ว"}
    house.desk.do(cast["anan"], code, "resolve", done)
    page = desk.open("charlie", key(desk, "smell"), PHONE, java_script_enabled=False)
    page.get_by_role("link", name="แก้แล้วจริง").click()
    shot(page, "public-sure")
    page.get_by_role("button", name="แก้แล้วจริง").click()
    expect(page.locator(".state")).to_have_text("จบเรื่องแล้ว")
