"""Passkeys and the account pages in a real Chromium with a virtual authenticator; looked at by axe at phone width."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.db.tables_staff import passkeys
from bot.emulator.serving import serving
from bot.house import House
from tests.accounted import GOOD, change, with_password
from tests.consoled import Office, office
from tests.house import free_port, rows

Make = Callable[..., House]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium on this machine"),
]
PHONE = {"width": 360, "height": 740}
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM)
        yield launched
        launched.close()


@dataclass
class Seen:
    desk: Office
    base: str
    context: BrowserContext
    page: Page
    cdp: Any
    device: str


@pytest.fixture
def seen(tmp_path: Any, sqlite_template: Any, new_house: Make, browser: Browser) -> Iterator[Seen]:
    shutil.copy(sqlite_template, tmp_path / "house.db")
    port = free_port()
    base = f"http://localhost:{port}"  # an address that browsers trust with passkeys without https
    with office(f"sqlite:///{tmp_path}/house.db", new_house) as desk, serving(desk.app, port):
        context = browser.new_context(viewport=PHONE, base_url=base)  # type: ignore[arg-type]
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        device = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
        yield Seen(desk, base, context, page, cdp, device)
        context.close()


def sign_in(seen: Seen) -> None:
    seen.page.goto("/console/sign-in?next=/console/me")
    seen.page.fill("#email", "anan@example.go.th")
    seen.page.fill("#password", GOOD)
    seen.page.click("form[action='/console/sign-in'] button")
    seen.page.wait_for_url("**/console/me")


def make_one(seen: Seen, name: str = "my phone", password: str = GOOD) -> None:
    form = seen.page.locator("form[data-passkey=make]")
    seen.page.locator("details", has=form).locator("summary").click()
    form.locator("[name=name]").fill(name)
    form.locator("[name=password]").fill(password)
    form.locator("button").click()


def with_a_passkey(seen: Seen) -> None:
    """Somebody who made a passkey, and is signed out again."""
    with_password(seen.desk)
    sign_in(seen)
    make_one(seen)
    expect(seen.page.get_by_text("my phone")).to_be_visible()
    seen.context.clear_cookies()


def use_one(seen: Seen) -> None:
    seen.page.goto("/console/sign-in?next=/console/me")
    seen.page.click("form[data-passkey=use] button")


def test_a_passkey_is_made_and_opens_the_house(seen: Seen) -> None:
    with_a_passkey(seen)
    use_one(seen)
    seen.page.wait_for_url("**/console/me")
    expect(seen.page.locator("h1")).to_be_visible()
    assert [key.sign_count > 0 for key in rows(seen.desk.house.database, passkeys)] == [True]


def test_a_passkey_comes_in_while_strangers_have_used_up_the_accounts_tries(seen: Seen) -> None:
    with_a_passkey(seen)
    guess = {"email": "anan@example.go.th", "password": "guess guess guess"}
    told = [httpx.post(f"{seen.base}/console/sign-in", data=guess).status_code for _ in range(11)]
    assert told[-1] == 429
    use_one(seen)
    seen.page.wait_for_url("**/console/me")


def test_whoever_cannot_unlock_the_device_does_not_come_in(seen: Seen) -> None:
    with_a_passkey(seen)
    seen.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": seen.device, "isUserVerified": False})
    use_one(seen)
    expect(seen.page.locator("form[data-passkey=use] [role=alert]")).not_to_be_empty()
    assert "/sign-in" in seen.page.url


def test_a_passkey_of_a_disabled_account_opens_nothing(seen: Seen) -> None:
    with_password(seen.desk)
    sign_in(seen)
    make_one(seen)
    expect(seen.page.get_by_text("my phone")).to_be_visible()
    change(seen.desk, "anan", state="disabled")
    seen.context.clear_cookies()
    use_one(seen)
    expect(seen.page.locator("form[data-passkey=use] [role=alert]")).not_to_be_empty()


def test_without_the_password_no_passkey_is_added(seen: Seen) -> None:
    with_password(seen.desk)
    sign_in(seen)
    make_one(seen, password="not it at all")
    expect(seen.page.locator("form[data-passkey=make] [role=alert]")).not_to_be_empty()
    assert rows(seen.desk.house.database, passkeys) == []


def test_an_answer_is_worth_something_once_and_for_its_own_challenge(seen: Seen) -> None:
    """What went over the wire, sent again from another browser, opens nothing."""
    with_a_passkey(seen)
    with seen.page.expect_request("**/console/sign-in/passkey") as asked:
        use_one(seen)
    seen.page.wait_for_url("**/console/me")
    form = {"content-type": "application/x-www-form-urlencoded"}
    again = httpx.post(f"{seen.base}/console/sign-in/passkey", content=asked.value.post_data or "", headers=form)
    assert again.status_code == 401


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_axe_finds_nothing_and_nothing_spills_at_360_pixels(seen: Seen, scheme: Any) -> None:
    with_password(seen.desk, "adisorn")
    seen.page.emulate_media(color_scheme=scheme)
    one = seen.desk.cast["anan"].id
    paths = ["/console/sign-in", "/console/invite?key=x", "/console/me", "/console/staff", "/console/staff/new",
             f"/console/staff/{one}", "/console/groups"]  # fmt: skip
    others: list[str] = []
    seen.page.on("request", lambda request: others.append(request.url) if seen.base not in request.url else None)
    for number, path in enumerate(paths):
        if number == 2:
            seen.context.add_cookies([{"name": "frontdoor", "value": seen.desk.session("adisorn"), "url": seen.base}])
        seen.page.goto(path)
        for details in seen.page.locator("main details").all():
            details.evaluate("one => { one.open = true }")
        found = Axe().run(seen.page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    assert others == []
