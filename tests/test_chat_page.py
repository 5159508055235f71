"""The chat page in a real Chromium, at phone and desktop width: it shows what LINE would show, and no more."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.emulator.acts import Upload
from bot.emulator.platform import Emulator, create_emulator
from bot.emulator.serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium on this machine"),
]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1400, "height": 880}
EVIL = "<img src=x onerror=\"document.title='hit'\"><script>document.title='hit'</script>"


def text(words: str, *actions: dict[str, Any]) -> dict[str, Any]:
    items = [{"type": "action", "action": one} for one in actions]
    return {"type": "text", "text": words, **({"quickReply": {"items": items}} if items else {})}


SKIP = {"type": "postback", "label": "ข้าม", "data": "1|complaint|place|", "displayText": "ข้าม"}
WHERE = {"type": "location", "label": "ส่งตำแหน่ง"}
CARD = {
    "type": "flex",
    "altText": "ตรวจเรื่องก่อนส่ง กลิ่นเหม็น บางปู",
    "contents": {
        "type": "bubble",
        "size": "mega",
        "body": {
            "type": "box",
            "layout": "vertical",
            "spacing": "md",
            "contents": [
                {"type": "text", "text": "ตรวจเรื่องก่อนส่ง", "weight": "bold", "size": "xl", "color": "#06703A"},
                {"type": "separator"},
                {
                    "type": "box",
                    "layout": "horizontal",
                    "contents": [
                        {"type": "text", "text": "เรื่อง", "flex": 1},
                        {"type": "text", "text": "กลิ่นเหม็นจากโรงงานพลาสติกทุกคืน", "wrap": True, "flex": 3},
                    ],
                },
            ],
        },
        "footer": {
            "type": "box",
            "layout": "vertical",
            "contents": [
                {"type": "button", "style": "primary", "color": "#06703A", "action": SKIP | {"label": "ส่งเรื่องนี้"}}
            ],
        },
    },
}


@dataclass
class Talk:
    """A page, and the emulator behind it; the bot is played by the test."""

    page: Page
    line: Emulator
    problems: list[str]

    def bot(self, *messages: dict[str, Any], to: str = "somchai") -> None:
        self.line.line.sending.push(self.line.person(to).id, list(messages))

    def events(self) -> list[dict[str, Any]]:
        assert self.line.idle()
        return [event for one in self.line.requests if one["way"] == "webhook" for event in one["body"]["events"]]

    def write(self, words: str) -> None:
        self.page.fill("#words", words)
        self.page.press("#words", "Enter")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Any]]:
    """One server for all tests: whichever emulator a test made, and a bot that takes everything."""
    now: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/hook":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await now["line"](scope, receive, send)

    with serving(app) as now["base"]:
        yield now


def talk(browser: Browser, served: dict[str, Any], size: Any, friend: bool = True) -> Iterator[Talk]:
    line = create_emulator(channel_secret="s", access_token="t", webhook_url=f"{served['base']}/hook")
    served["line"] = line.app
    if friend:
        line.follow("somchai")
    problems: list[str] = []
    context = browser.new_context(viewport=size)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.on("console", lambda told: problems.append(told.text) if told.type == "error" else None)
    page.goto(f"{served['base']}/?as=somchai")
    expect(page.locator("#room-name")).not_to_be_empty()
    yield Talk(page, line, problems)
    context.close()
    line.close()
    assert problems == []


@pytest.fixture
def phone(browser: Browser, served: dict[str, Any]) -> Iterator[Talk]:
    yield from talk(browser, served, PHONE)


@pytest.fixture
def desktop(browser: Browser, served: dict[str, Any]) -> Iterator[Talk]:
    yield from talk(browser, served, DESKTOP)


@pytest.fixture
def stranger(browser: Browser, served: dict[str, Any]) -> Iterator[Talk]:
    yield from talk(browser, served, PHONE, friend=False)


def test_words_go_out_and_get_time_and_read_mark(phone: Talk) -> None:
    phone.write("โรงงานแถวบางปูปล่อยควันดำทุกคืน")
    mine = phone.page.locator(".turn.mine").last
    expect(mine.locator(".bubble")).to_have_text("โรงงานแถวบางปูปล่อยควันดำทุกคืน")
    expect(mine.locator(".stamp .read")).to_have_text("อ่านแล้ว")
    assert phone.events()[-1]["message"]["text"] == "โรงงานแถวบางปูปล่อยควันดำทุกคืน"


def test_quick_replies_are_gone_after_a_tap(phone: Talk) -> None:
    phone.bot(text("เกิดที่ไหนคะ", WHERE, SKIP))
    pills = phone.page.locator("#quick button")
    expect(pills).to_have_count(2)
    pills.nth(1).click()
    expect(phone.page.locator("#quick")).to_be_hidden()
    expect(phone.page.locator(".turn.mine .bubble").last).to_have_text("ข้าม")
    assert phone.events()[-1]["postback"] == {"data": "1|complaint|place|"}


def test_quick_replies_are_gone_after_a_newer_message(phone: Talk) -> None:
    phone.bot(text("?", SKIP))
    expect(phone.page.locator("#quick button")).to_have_count(1)
    phone.bot(text("อีกข้อความ"))
    expect(phone.page.locator("#quick")).to_be_hidden()


def test_location_button_stays_until_a_place_is_sent(phone: Talk) -> None:
    phone.bot(text("เกิดที่ไหนคะ", WHERE))
    phone.page.click("#quick button")
    phone.page.click("#map-cancel")
    expect(phone.page.locator("#quick button")).to_be_visible()
    phone.page.click("#quick button")
    phone.page.locator("#map").click(position={"x": 150, "y": 120})
    lat = float(phone.page.input_value("#map-lat"))
    phone.page.click("#map-form .main")
    expect(phone.page.locator("#quick")).to_be_hidden()
    expect(phone.page.locator(".turn.mine .placed")).to_be_visible()
    sent = phone.events()[-1]["message"]
    assert (sent["type"], sent["latitude"]) == ("location", lat)
    assert 5 < lat < 21


def test_map_is_moved_and_marked_by_keyboard_and_found_by_name(phone: Talk) -> None:
    phone.page.click("#attach")
    phone.page.click("[data-attach=location]")
    phone.page.fill("#map-find", "บางพลี")
    expect(phone.page.locator("#map-lat")).not_to_have_value("")
    found = float(phone.page.input_value("#map-lat"))
    assert 13.4 < found < 13.8
    phone.page.focus("#map")
    phone.page.keyboard.press("ArrowUp")
    phone.page.keyboard.press("Space")
    assert float(phone.page.input_value("#map-lat")) > found


def test_a_card_is_drawn_and_its_button_works(phone: Talk) -> None:
    phone.bot(CARD)
    card = phone.page.locator(".flex-bubble")
    expect(card).to_have_attribute("aria-label", CARD["altText"])
    title = card.get_by_text("ตรวจเรื่องก่อนส่ง")
    assert title.evaluate("it => [getComputedStyle(it).fontWeight, getComputedStyle(it).fontSize]") == ["700", "22px"]
    assert title.evaluate("it => getComputedStyle(it).color") == "rgb(6, 112, 58)"
    widths = card.locator(".fx-horizontal > p").evaluate_all("all => all.map(it => it.getBoundingClientRect().width)")
    assert widths[1] / widths[0] == pytest.approx(3, abs=0.1)
    box = card.bounding_box()
    assert box
    assert box["x"] + box["width"] <= PHONE["width"]
    card.get_by_role("button").click()
    assert phone.events()[-1]["postback"]["data"] == SKIP["data"]


def test_words_of_people_and_bot_never_become_markup(phone: Talk) -> None:
    phone.write(EVIL)
    phone.bot(text(EVIL), {**CARD, "altText": EVIL, "contents": bubble_saying(EVIL)})
    expect(phone.page.locator(".fx-text")).to_have_text(EVIL)
    expect(phone.page.locator(".bubble").first).to_contain_text("onerror")
    assert phone.page.locator("#bubbles img, #bubbles script").count() == 0
    assert phone.page.title() != "hit"


def bubble_saying(words: str) -> dict[str, Any]:
    part = {"type": "text", "text": words, "wrap": True, "color": "red;background:url(https://example.com)"}
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [part]}}


def test_nothing_is_loaded_from_other_machines(phone: Talk) -> None:
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    far = "https://example.com/a.jpg"
    phone.bot({"type": "image", "originalContentUrl": far, "previewImageUrl": far})
    expect(phone.page.locator(".outside")).to_be_visible()
    assert all(not url.startswith("https://example.com") for url in asked)


def test_photos_are_shown_and_sent_as_one_album(phone: Talk) -> None:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (200, 60, 40)).save(out, "JPEG")
    files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()} for n in range(2)]
    phone.page.click("#attach")
    with phone.page.expect_file_chooser() as chooser:
        phone.page.click("[data-attach=photos]")
    chooser.value.set_files(files)  # type: ignore[arg-type]
    shown = phone.page.locator(".turn.mine .picture img")
    expect(shown).to_have_count(2)
    assert shown.last.evaluate("it => it.decode().then(() => it.naturalWidth)") == 320
    sets = [event["message"]["imageSet"] for event in phone.events() if event["type"] == "message"]
    assert len({one["id"] for one in sets}) == 1
    assert sorted(one["index"] for one in sets) == [1, 2]


def test_an_unsent_message_is_unseen(phone: Talk) -> None:
    phone.write("ความลับ")
    phone.page.locator(".turn.mine .acts").click()
    phone.page.locator("#choices .danger").click()
    expect(phone.page.locator(".turn.mine .bubble")).to_have_text("ยกเลิกข้อความแล้ว")
    assert phone.events()[-1]["type"] == "unsend"


def test_a_message_can_be_quoted(phone: Talk) -> None:
    phone.bot(text("เกิดที่ไหนคะ"))
    phone.page.locator(".turn .acts").last.click()
    phone.page.locator("#choices button").first.click()
    phone.write("ที่บางปู")
    expect(phone.page.locator(".turn.mine .quoted")).to_contain_text("เกิดที่ไหนคะ")
    assert phone.events()[-1]["message"]["quotedMessageId"]


def test_loading_dots_end_with_the_answer(phone: Talk) -> None:
    phone.line.line.world.load(phone.line.person("somchai").id, 20)
    expect(phone.page.locator(".typing-dots")).to_be_visible()
    phone.bot(text("มาแล้ว"))
    expect(phone.page.locator(".typing-dots")).to_have_count(0)


def test_a_stranger_adds_the_bot_and_a_blocker_writes_no_more(stranger: Talk) -> None:
    stranger.page.get_by_role("button", name="เพิ่มเพื่อน").click()
    expect(stranger.page.locator("#banner")).to_be_hidden()
    stranger.page.click("#more")
    stranger.page.locator("#choices").get_by_role("button", name="บล็อก").click()
    expect(stranger.page.locator("#words")).to_be_disabled()
    assert [event["type"] for event in stranger.events()] == ["follow", "unfollow"]


def with_menu(line: Emulator) -> None:
    tap = {"type": "postback", "label": "แจ้งเรื่อง", "data": "1|home|complaint|", "displayText": "แจ้งเรื่อง"}
    half = {"x": 0, "y": 0, "width": 600, "height": 800}
    shape = {"size": {"width": 1200, "height": 800}, "selected": True, "name": "home", "chatBarText": "เมนูหลัก"}
    menu = line.line.menus.create({**shape, "areas": [{"bounds": half, "action": tap}]})
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), (240, 245, 240)).save(out, "PNG")
    line.line.menus.upload(menu, out.getvalue(), "image/png")
    line.line.menus.set_default(menu)


def test_rich_menu_opens_is_tapped_and_gives_way_to_the_keyboard(phone: Talk) -> None:
    with_menu(phone.line)
    area = phone.page.locator("#menu-image button")
    expect(area).to_be_visible()
    expect(phone.page.locator("#words")).to_be_hidden()
    area.click()
    expect(phone.page.locator(".turn.mine .bubble").last).to_have_text("แจ้งเรื่อง")
    phone.page.click("#menu-toggle")
    expect(phone.page.locator("#words")).to_be_visible()
    expect(phone.page.locator("#menu")).to_be_hidden()


def test_a_pc_shows_no_quick_replies_and_no_menu(desktop: Talk) -> None:
    with_menu(desktop.line)
    desktop.bot(text("?", SKIP), CARD | {"quickReply": {"items": [{"type": "action", "action": SKIP}]}})
    expect(desktop.page.locator("#quick button")).to_have_count(1)
    desktop.page.locator("label.switch").click()
    expect(desktop.page.locator("#quick")).to_be_hidden()
    expect(desktop.page.locator("#menu")).to_be_hidden()
    expect(desktop.page.locator(".flex-bubble")).to_be_visible()


def test_people_are_switched_and_unread_is_counted(desktop: Talk) -> None:
    desktop.line.follow("malee")
    desktop.bot(text("หนึ่ง"), text("สอง"), to="malee")
    row = desktop.page.locator("#people-list button", has_text="มาลี")
    expect(row.locator(".count")).to_have_text("2")
    row.click()
    expect(desktop.page.locator(".bubble").last).to_have_text("สอง")
    expect(row.locator(".count")).to_have_count(0)
    desktop.page.fill("#new-name", "วิภา")
    desktop.page.press("#new-name", "Enter")
    expect(desktop.page.locator("#room-as")).to_contain_text("วิภา")


def test_the_bot_is_called_in_a_group(desktop: Talk) -> None:
    desktop.page.locator("#group-list button").first.click()
    desktop.page.get_by_role("button", name="เชิญบอทเข้ากลุ่ม").click()
    desktop.page.click("#mention")
    desktop.page.locator("#words").press_sequentially("ช่วยดูหน่อย")
    desktop.page.press("#words", "Enter")
    expect(desktop.page.locator(".mentioned")).to_be_visible()
    event = desktop.events()[-1]
    assert event["source"]["type"] == "group"
    assert event["message"]["mention"]["mentionees"][0]["isSelf"] is True


def test_inspector_shows_what_went_over_the_wire(desktop: Talk) -> None:
    desktop.write("ดูเบื้องหลัง")
    entry = desktop.page.locator("#trace li").first
    expect(entry).to_contain_text("message text")
    entry.locator("summary").click()
    expect(entry.locator("pre").first).to_contain_text('"ดูเบื้องหลัง"')


def test_the_page_comes_back_after_the_connection_was_lost(desktop: Talk) -> None:
    desktop.write("ก่อน")
    expect(desktop.page.locator(".turn.mine .bubble")).to_have_count(1)
    desktop.page.reload()
    expect(desktop.page.locator(".turn.mine .bubble")).to_have_text("ก่อน")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_serious_barrier_and_nothing_wider_than_the_screen(
    browser: Browser, served: dict[str, Any], size: dict[str, int]
) -> None:
    for one in talk(browser, served, size):
        one.write("โรงงาน")
        expect(one.page.locator(".turn.mine .bubble")).to_have_count(1)
        one.line.upload("somchai", [Upload(b"pdf", "application/pdf", "plan.pdf")])
        one.line.pin("somchai", 13.53, 100.65)
        one.line.sticker("somchai", "446", "1988", ["OK"])
        one.bot(text("โทร 02-123-4567 หรือ https://example.com", SKIP), CARD, text("x" * 600), text("?", WHERE, SKIP))
        expect(one.page.locator("#quick button")).to_have_count(2)
        barriers(one.page)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        one.page.click("#attach")
        one.page.click("[data-attach=location]")
        barriers(one.page)


def barriers(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
