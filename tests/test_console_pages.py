"""The console in a real Chromium: phone and desktop, light and dark, with axe, by keyboard, live, no other host."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.console.doors import PLAIN_COOKIE
from bot.db.tables import tickets
from bot.desk import Done
from bot.emulator.serving import serving
from bot.house import House
from handlers.vocabulary import Answer
from knowledge.model import Place
from tests.consoled import Office, office, photo, sample
from tests.house import rows
from tests.staffed import complaint

Make = Callable[..., House]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium on this machine"),
]
PHONE, SMALL, DESKTOP = {"width": 390, "height": 844}, {"width": 360, "height": 740}, {"width": 1400, "height": 900}
Size = dict[str, int]
LOOKS = [  # what a telephone shows by day is looked at in every run
    pytest.param(size, dark, id=f"{name}-{'dark' if dark else 'light'}", marks=marks)
    for name, size in (("small", SMALL), ("desktop", DESKTOP))
    for dark in (False, True)
    for marks in [[] if name == "small" and not dark else [pytest.mark.long]]
]
SHOTS = os.environ.get("SHOTS")  # a folder: every page is photographed, to be looked at


@dataclass
class Desk:
    """A console that is served, its cases, and browsers of the cast."""

    office: Office
    base: str
    cases: dict[str, str]
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def open(self, who: str, path: str = "/console/", size: Any = DESKTOP, dark: bool = False, **more: Any) -> Page:
        scheme = "dark" if dark else "light"
        context = self.browser.new_context(viewport=size, color_scheme=scheme, locale="th-TH", **more)  # type: ignore[arg-type]
        self.contexts.append(context)
        context.add_cookies([{"name": PLAIN_COOKIE, "value": self.office.session(who), "url": self.base}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda problem: self.problems.append(str(problem)))
        page.on("console", lambda told: self._heard(told.type, told.text))
        page.on("request", lambda asked: self._same_host(asked.url))
        page.goto(self.base + path)
        return page

    def _heard(self, type_: str, told: str) -> None:
        if type_ == "error" and not any(status in told for status in ("(Conflict)", "(Unauthorized)")):
            self.problems.append(told)

    def _same_host(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            self.problems.append(f"asked another host: {url}")

    def case(self, name: str) -> str:
        return f"/console/tickets/{self.cases[name]}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def desk_in(url: str, new_house: Make, browser: Browser) -> Iterator[Desk]:
    with office(url, new_house) as made, serving(made.app) as base:
        desk = Desk(made, base, sample(made), browser)
        yield desk
        for context in desk.contexts:
            context.close()
    assert desk.problems == []


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, new_house: Make, browser: Browser) -> Iterator[Desk]:
    shutil.copy(sqlite_template, tmp_path / "house.db")
    with desk_in(f"sqlite:///{tmp_path}/house.db", new_house, browser) as made:
        yield made


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def no_faults(page: Page) -> None:
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    told = [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found.response["violations"]]
    assert told == []


def no_sideways(page: Page) -> None:
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


def pages_of(desk: Desk) -> dict[str, str]:
    """Every page that stands without a number in its address, and a ticket in each state."""
    plain = [rule.path for rule in desk.office.frame.rules if rule.method == "GET" and rule.right == "see"]
    flat = {path: path for path in plain if "{" not in path and path.split("/")[-1] not in ("live", "offices", "alarm")}
    return {**flat, "search": "/console/?q=กลิ่น", **{name: desk.case(name) for name in desk.cases}}


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(desk: Desk, size: Size, dark: bool) -> None:
    for name, path in pages_of(desk).items():
        page = desk.open("anan", path, size, dark)
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
        no_sideways(page)
        shot(page, f"{name.strip('/').replace('/', '-') or 'queue'}-{size['width']}-{'dark' if dark else 'light'}")
        no_faults(page)
        page.close()
    desk.problems = [one for one in desk.problems if "inline style" not in one]  # axe tries some


@pytest.mark.parametrize("keys", [False, True])
def test_not_ours_but_theirs_takes_two_taps_or_two_keys(desk: Desk, keys: bool) -> None:
    asked = "อยากทดสอบความคงทนของสีผ้า ต้องติดต่อที่ไหน"
    given = {"kind": "question", "type": "", "summary": asked, "report": {"question": Answer(asked)}, "place": Place()}
    code = complaint(desk.office.house, "Umalee", **given)
    page = desk.open("anan", f"/console/tickets/{code}", PHONE)
    expect(page.locator(".hook section").first).to_be_visible()  # what comes later finds the case gone
    if keys:
        page.keyboard.press("d")
        page.keyboard.press("Enter")
    else:
        page.locator("#act-decline summary").click()
        shot(page, "decline-390")
        page.locator("#act-decline button.main").click()
    page.wait_for_url("**/console/**")
    expect(page.locator("body")).to_contain_text(f"ส่งต่อเรื่อง {code} แล้ว")
    assert next(row.office for row in rows(desk.office.house.database, tickets) if row.code == code) == "thti"


def test_an_emergency_is_taken_with_two_taps(desk: Desk) -> None:
    page = desk.open("anan", size=PHONE)
    page.locator("li.line.emergency").click()  # anywhere on it
    page.get_by_role("button", name="รับเรื่อง", exact=True).click()
    expect(page.locator(".case-head .state")).to_have_text("รับเรื่องแล้ว")
    expect(page.locator(".flash")).to_be_visible()


def test_a_new_report_appears_without_reloading_and_only_where_it_may(desk: Desk) -> None:

    mine, other = desk.open("anan"), desk.open("charlie")
    expect(mine.locator("li.line")).to_have_count(4)
    mine.locator("[name=codes]").first.check()
    code = complaint(desk.office.house, "Unew", summary="ควันดำจากปล่อง")
    expect(mine.locator(f"#go-{code}")).to_be_visible()
    expect(mine.locator("[name=codes]:checked")).to_have_count(1)
    expect(other.locator("li.line")).to_have_count(0)


def test_a_ticket_moves_on_the_page_and_half_written_words_stay(desk: Desk) -> None:
    page = desk.open("anan", desk.case("noise"))
    page.keyboard.press("n")
    page.keyboard.type("กำลังจะโทรหา")
    desk.office.house.desk.do(desk.office.cast["duang"], desk.cases["noise"], "take", {})
    expect(page.locator(".case-head")).to_contain_text("duang")
    expect(page.locator("#story")).to_contain_text("รับเรื่อง")
    expect(page.locator("#w-note")).to_have_value("กำลังจะโทรหา")
    expect(page.locator("#stale")).to_be_visible()


def test_a_case_that_goes_to_another_office_while_it_is_open_says_so(desk: Desk) -> None:
    question = {"kind": "question", "type": "", "summary": "อยากทดสอบผ้า", "place": Place()}
    code = complaint(desk.office.house, "Umalee", **question)
    page = desk.open("anan", f"/console/tickets/{code}", PHONE)
    expect(page.locator("#gone")).to_be_hidden()
    expect(page.locator(".hook section").first).to_be_visible()
    away = {"office": "thti", "words": "ของสถาบัน"}
    assert isinstance(desk.office.house.desk.do(desk.office.cast["duang"], code, "forward", away), Done)
    expect(page.locator("#gone")).to_be_visible()
    shot(page, "gone-390")
    desk.problems = [one for one in desk.problems if "404" not in one]


def test_keys_work_with_the_keyboard_set_to_thai_as_well(desk: Desk) -> None:
    page = desk.open("anan", desk.case("noise"))
    thai = "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true}))"
    page.evaluate(thai, ["ื", "KeyN"])
    expect(page.locator("#w-note")).to_be_focused()
    page.locator("#w-note").blur()
    with page.expect_navigation():
        page.evaluate(thai, ["ะ", "KeyT"])
    expect(page.locator(".case-head .state")).to_have_text("รับเรื่องแล้ว")


def test_whoever_writes_an_answer_sees_that_it_burns_elsewhere(desk: Desk) -> None:

    page = desk.open("anan", desk.case("smell"))
    expect(page.locator(".elsewhere")).to_have_text("1 เหตุด่วนรอรับ")
    complaint(desk.office.house, "Ufire", kind="emergency", type="factory_fire", urgency="emergency")
    expect(page.locator(".elsewhere")).to_have_text("2 เหตุด่วนรอรับ")


def test_words_survive_a_reload(desk: Desk) -> None:
    page = desk.open("anan", desk.case("smell"))
    page.keyboard.press("a")
    with page.expect_response("**/keep"):
        page.keyboard.type("พรุ่งนี้เก้าโมงจะไปตรวจ")
    page.reload()
    page.keyboard.press("a")
    expect(page.locator("#w-answer_reporter")).to_have_value("พรุ่งนี้เก้าโมงจะไปตรวจ")


def test_of_two_at_once_the_second_sees_both_sides_and_loses_nothing(desk: Desk) -> None:
    page = desk.open("anan", desk.case("noise"), java_script_enabled=False)
    desk.office.house.desk.do(desk.office.cast["duang"], desk.cases["noise"], "take", {})
    page.locator("#act-answer_reporter summary").click()
    page.fill("#w-answer_reporter", "รับทราบค่ะ")
    page.locator("#act-answer_reporter form button.main").click()
    expect(page.locator(".conflict")).to_contain_text("duang")
    expect(page.locator(".conflict")).to_contain_text("รับทราบค่ะ")
    expect(page.locator("#w-answer_reporter")).to_have_value("รับทราบค่ะ")
    shot(page, "conflict")
    page.locator("#act-answer_reporter form button.main").click()
    expect(page.locator("#story")).to_contain_text("รับทราบค่ะ")


def test_an_answer_is_taken_back_within_ten_seconds_by_a_key(desk: Desk) -> None:
    page = desk.open("anan", desk.case("smell"))
    page.keyboard.press("a")
    page.locator("#act-answer_reporter .chip").first.click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".flash button")).to_be_visible()
    shot(page, "undo")
    page.keyboard.press("u")
    expect(page.locator("#story .undone")).to_have_count(1)


def test_it_is_resolved_with_a_photo(desk: Desk) -> None:
    page = desk.open("anan", desk.case("smell"), PHONE)
    page.locator("#act-resolve summary").click()
    page.select_option("#resolution", "fixed")
    expect(page.locator("#date")).to_be_hidden()
    page.set_input_files("#p-resolve", {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(page.locator("#n-resolve")).to_have_text("after.jpg")
    page.fill("#w-resolve", "แก้ไขแล้วค่ะ")
    page.locator("#act-resolve button.main").click()
    expect(page.locator(".case-head .state")).to_have_text("แจ้งผลแล้ว")
    expect(page.locator(".photos img")).to_be_visible()
    assert page.locator(".photos img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    shot(page, "resolved")


def test_the_queue_is_walked_by_keyboard(desk: Desk) -> None:
    page = desk.open("anan")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("li.line").nth(1).locator("[name=codes]")).to_be_checked()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    shot(page, "keys")
    page.keyboard.press("Escape")
    page.locator("li.line").nth(1).locator("[data-first]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#moving")).to_be_visible()


def test_letters_can_be_switched_off(desk: Desk) -> None:
    page = desk.open("anan", desk.case("smell"))
    page.keyboard.press("?")
    page.check("#keys-off")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#act-note")).not_to_have_attribute("open", "")


def test_the_search_finds_while_typing_and_stands_in_the_address(desk: Desk) -> None:
    page = desk.open("anan")
    page.keyboard.press("/")
    page.keyboard.type("คลองสำโรง")
    expect(page.locator("li.line")).to_have_count(1)
    expect(page).to_have_url(
        f"{desk.base}/console/?q=%E0%B8%84%E0%B8%A5%E0%B8%AD%E0%B8%87%E0%B8%AA%E0%B8%B3%E0%B9%82%E0%B8%A3%E0%B8%87&states=&type=&urgency=&kind=&province=&assignee="
    )
    page.reload()
    expect(page.locator("li.line")).to_have_count(1)


def test_many_are_put_aside_after_a_look(desk: Desk) -> None:
    page = desk.open("anan")
    for box in page.locator("[name=codes]").all()[1:3]:
        box.check()
    page.locator("button[value=snooze]").click()
    expect(page.locator("[name=codes]:checked")).to_have_count(2)
    shot(page, "bulk")
    no_faults(page)
    desk.problems.clear()  # axe tries inline styles
    page.locator("button[name=sure]").click()
    expect(page.locator("li.line")).to_have_count(2)


def test_two_on_one_ticket_see_each_other(desk: Desk) -> None:
    first = desk.open("duang", desk.case("smell"))
    expect(first.locator("#story")).to_be_visible()
    second = desk.open("anan", desk.case("smell"))
    expect(second.locator("#here")).to_contain_text("duang")


def test_who_is_signed_out_is_out_of_the_live_page_too(desk: Desk) -> None:
    page = desk.open("anan")
    desk.office.disable("anan")
    page.wait_for_url("**/console/sign-in**")


def test_it_works_without_any_script(desk: Desk) -> None:
    page = desk.open("anan", desk.case("noise"), PHONE, java_script_enabled=False)
    page.get_by_role("button", name="รับเรื่อง", exact=True).click()
    expect(page.locator(".case-head .state")).to_have_text("รับเรื่องแล้ว")
