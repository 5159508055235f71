"""Incidents, the fast lane and the map in a real Chromium: axe, 360 pixels, by keyboard alone, no other host."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.db.tables import tickets
from bot.db.tables_staff import incidents
from bot.house import House
from tests.house import rows
from tests.test_console_incidents import FACTORY, smells, status
from tests.test_console_pages import DESKTOP, SMALL, Desk, browser, desk_in, pytestmark  # noqa: F401
from tests.test_incidents import burst, pass_time

Make = Callable[..., House]
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, new_house: Make, browser: Browser) -> Iterator[Desk]:  # noqa: F811
    import shutil

    shutil.copy(sqlite_template, tmp_path / "house.db")
    with desk_in(f"sqlite:///{tmp_path / 'house.db'}", new_house, browser) as made:
        smells(made.office)
        burst(made.office.house, 25)
        pass_time(made.office.house)
        yield made
        for context in made.contexts:
            context.close()


def surge(desk: Desk) -> int:
    return next(row.id for row in rows(desk.office.house.database, incidents) if row.surge_at)


def paths(desk: Desk) -> dict[str, str]:
    first = next(row.code for row in rows(desk.office.house.database, tickets) if row.factory == FACTORY)
    return {
        "incidents": "/console/incidents",
        "proposed": "/console/incidents?state=proposed",
        "incident": f"/console/incidents/{surge(desk)}",
        "triage": f"/console/triage?incident={surge(desk)}",
        "map": "/console/map",
        "map_close": "/console/map#13.53,100.65",
        "factories": "/console/factories",
        "factory": f"/console/factories/{FACTORY}",
        "ticket": f"/console/tickets/{first}",
    }


def settled(page: Page, name: str) -> None:
    if name.startswith("map"):
        expect(page.locator("#map[data-loaded]")).to_be_visible()
        page.wait_for_timeout(500)
    if name == "ticket":
        expect(page.locator(".hook section").first).to_be_visible()


@pytest.mark.parametrize("size", [SMALL, pytest.param(DESKTOP, marks=pytest.mark.long)], ids=["small", "desktop"])
def test_every_page_passes_axe_fits_and_asks_nobody_else(desk: Desk, size: dict[str, int]) -> None:
    for name, path in paths(desk).items():
        page = desk.open("anan", path, size, dark=name in ("triage", "map"))
        settled(page, name)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, (name, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
    assert desk.problems == []


def test_a_surge_is_worked_through_by_keyboard_alone(desk: Desk) -> None:
    page = desk.open("anan", f"/console/triage?incident={surge(desk)}")
    for key in ("m", "m", "n", "s", "t"):
        code = page.locator("#lane input[name=code]").input_value()
        with page.expect_navigation():
            page.keyboard.press(key)
        expect(page.locator("#lane input[name=code]")).not_to_have_value(code)
    states = [row.status for row in rows(desk.office.house.database, tickets) if row.incident == surge(desk)]
    assert states.count("merged") == 2
    assert states.count("acknowledged") == 1
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("m")
    assert desk.problems == []


def test_a_mark_on_the_map_leads_to_its_ticket(desk: Desk) -> None:
    page = desk.open("anan", "/console/map#13.53,100.65")
    settled(page, "map")
    assert page.locator(".edge").count() > 100
    page.locator(".map .number").first.click()
    page.wait_for_timeout(400)
    assert status  # the cluster opens closer; nothing broke on the way
    assert desk.problems == []
