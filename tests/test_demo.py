"""The whole demo in a real Chromium: phones on one side, the console on the other, and a ticket from the first words to
the reporter's own "it is settled".

It waits as long as it takes and measures no time: the one figure is how many taps an officer needs for the first act.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from bot import demo, demo_page, demo_staff, house
from bot.db import members, schema
from bot.emulator.platform import create_emulator
from bot.emulator.serving import serving
from bot.settings import load
from tests.test_chat_page import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium on this machine"),
]
PATIENCE = 120_000
MOST = 2  # taps of an officer from the notification to the first act
SHOTS = Path(__file__).parents[1] / "data" / "shots"


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free()
    with serving(demo.build(port, tmp_path_factory.mktemp("demo")), port, seconds=120.0) as at:
        yield at


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Both:
    """The page with both sides."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.taps = 0
        page.set_default_timeout(PATIENCE)
        page.goto(f"{base}/demo")

    def phone(self, whose: str) -> FrameLocator:
        return self.page.frame_locator(f"iframe.{whose}")

    @property
    def console(self) -> FrameLocator:
        return self.page.frame_locator("iframe.console")

    def look_at(self, whose: str) -> FrameLocator:
        self.page.locator(f"label[for={whose}]").click()
        return self.phone(whose)

    def write(self, words: str) -> None:
        phone = self.phone("reporter")
        phone.locator("#words").fill(words)
        phone.locator("#words").press("Enter")

    def hears(self, whose: str, words: str) -> Any:
        found = self.phone(whose).locator("#bubbles").get_by_text(words).last
        expect(found).to_be_visible(timeout=PATIENCE)
        return found

    def skip(self, asked: str) -> None:
        """Answers a question with its button for skipping, once it is asked."""
        self.hears("reporter", asked)
        self.phone("reporter").locator("#quick button", has_text="ข้าม").click()

    def shot(self, name: str) -> None:
        if SHOTS.is_dir():
            self.page.screenshot(path=str(SHOTS / f"{name}.png"))


def begin(both: Both) -> None:
    phone = both.phone("reporter")
    phone.get_by_role("button", name="เพิ่มเพื่อน").click()
    expect(phone.locator(".flex-bubble").last).to_be_visible(timeout=PATIENCE)
    if both.phone("reporter").locator("#words").is_hidden():
        phone.locator("#menu-toggle").click()


def report(both: Both) -> None:
    both.write("โรงงานพลาสติกที่ตำบลบางปู สมุทรปราการ ส่งกลิ่นเหม็นมากทุกคืน")
    for asked in ("มีรูปหรือคลิปไหมคะ", "โทรหาได้ไหมคะ"):  # a photo, a number: skipped
        both.skip(asked)
    both.phone("reporter").locator(".flex-bubble").last.get_by_role("button", name="ส่งเรื่องนี้").click()


def test_from_the_first_words_to_a_confirmed_result(browser: Browser, base: str) -> None:
    page = browser.new_page(viewport={"width": 1500, "height": 950})
    both = Both(page, base)
    both.console.get_by_role("button", name="อนันต์ รักงาน").click()
    expect(both.console.locator("#list")).to_be_visible()
    expect(both.console.locator(".queue li")).to_have_count(0)

    begin(both)
    report(both)
    row = both.console.locator(".queue li")
    expect(row).to_have_count(1, timeout=PATIENCE)  # by itself: nobody has reloaded the page
    both.shot("1-live")

    officer = both.look_at("officer")
    take = officer.locator(".flex-bubble").last.get_by_role("button", name="รับเรื่อง")
    expect(take).to_be_visible(timeout=PATIENCE)
    both.shot("2-card")
    take.click()
    both.taps += 1
    both.hears("officer", "คุณรับเรื่องนี้แล้ว")
    assert both.taps <= MOST
    both.shot("3-taken")

    row.locator("a").first.click()
    answer(both)
    resolve(both)
    both.shot("6-resolved")
    both.phone("reporter").locator(".flex-bubble").last.get_by_role("button", name="แก้แล้วจริง").click()
    both.hears("reporter", "ขอบคุณที่บอก")
    expect(both.console.locator("#moving")).to_contain_text("ปิด", timeout=PATIENCE)
    both.shot("7-confirmed")
    page.close()


def answer(both: Both) -> None:
    form = both.console.locator("#act-answer_reporter")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    form.locator("textarea").fill("พรุ่งนี้เช้าเจ้าหน้าที่เข้าตรวจค่ะ กลิ่นแรงช่วงกี่โมงคะ")
    form.get_by_role("button", name="ส่งถึงผู้แจ้ง").click()
    both.look_at("reporter")
    both.hears("reporter", "พรุ่งนี้เช้าเจ้าหน้าที่เข้าตรวจค่ะ")
    both.shot("4-answered")
    both.write("ช่วงสองทุ่มถึงตีสองค่ะ")
    both.hears("reporter", "ส่งให้เจ้าหน้าที่แล้ว")
    expect(both.console.locator("#story")).to_contain_text("ช่วงสองทุ่มถึงตีสองค่ะ", timeout=PATIENCE)
    both.shot("5-talk")


def resolve(both: Both) -> None:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (80, 140, 90)).save(out, "JPEG")
    both.console.locator("#moving a").first.click()
    both.console.locator(".queue li a").first.click()
    form = both.console.locator("#act-resolve")
    form.locator("summary").click()
    form.locator("select").select_option("fixed")
    photo: Any = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    form.locator("input[type=file]").set_input_files(photo)
    form.locator("textarea[name=words]").fill("โรงงานติดตั้งเครื่องดักกลิ่นแล้ว ตรวจซ้ำไม่พบกลิ่น")
    form.locator("button.main").click()
    both.hears("reporter", "โรงงานติดตั้งเครื่องดักกลิ่นแล้ว")
    picture = both.phone("reporter").locator(".picture img").last
    expect(picture).to_be_visible()
    assert picture.evaluate("it => it.decode().then(() => it.naturalWidth)") == 480


def test_the_sample_staff_is_hired_once(tmp_path: Path) -> None:
    """A demo that is taken up again finds them as they were left."""
    built = house.build(demo_settings(tmp_path))
    schema.upgrade(built.database)
    line = create_emulator(channel_secret="s", access_token="t", webhook_url="http://127.0.0.1:1/hook")
    assert demo_staff.hire(built, line) == len(demo_staff.sample())
    assert demo_staff.hire(built, line) == 0
    with built.database.reading() as connection:
        found = members.of_lanes(connection, [line.person("anan").id], built.tools.knowledge)
    assert [member.role for member in found.values()] == ["officer"]
    built.database.close()
    line.close()


def demo_settings(folder: Path) -> Any:
    return load(
        _env_file=None,
        database_url=f"sqlite:///{folder}/house.db",
        media_dir=folder / "media",
        line_channel_secret="s",
        line_channel_access_token="t",
        secret_key=demo.KEY,
    )


def test_the_page_with_both_sides_lets_in_our_own_frames_only() -> None:
    assert "frame-src 'self'" in demo_page.POLICY
    assert "default-src 'none'" in demo_page.POLICY
