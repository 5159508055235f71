"""The terminal chat does what the page does, from a script or by hand, and never lets a message steer the terminal."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import typer
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from bot.chat import buttons_of, chat, words_of
from bot.emulator.platform import Emulator, create_emulator
from bot.emulator.serving import serving

SKIP = {"type": "postback", "label": "skip", "data": "1|complaint|photos|", "displayText": "skip it"}
CALL = {"type": "uri", "label": "call", "uri": "tel:1564"}
CARD = {
    "type": "flex",
    "altText": "all of it",
    "contents": {
        "type": "bubble",
        "body": {
            "type": "box",
            "layout": "vertical",
            "contents": [
                {
                    "type": "box",
                    "layout": "baseline",
                    "contents": [{"type": "text", "text": "what"}, {"type": "text", "text": "smoke"}],
                },
                {"type": "button", "action": CALL},
            ],
        },
    },
}


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[Emulator, str]]:
    """An emulator and a small bot on one port, as in the demo."""
    line = create_emulator(channel_secret="s", access_token="t", webhook_url="")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await (hook if scope["path"] == "/hook" else line.app)(scope, receive, send)

    async def hook(scope: Any, receive: Any, send: Any) -> None:
        for event in (await Request(scope, receive).json())["events"]:
            if "replyToken" in event:
                await answer(event)
        await Response()(scope, receive, send)

    async def answer(event: dict[str, Any]) -> None:
        message = event.get("message", {})
        said = {"type": "text", "text": f"got {message.get('type', event['type'])} \x1b[31m{message.get('text', '')}"}
        last = {**CARD, "quickReply": {"items": [{"type": "action", "action": SKIP}]}}
        async with aiohttp.ClientSession(headers={"authorization": "Bearer t"}) as client:
            body = {"replyToken": event["replyToken"], "messages": [said, last]}
            await client.post(f"{base}/api/v2/bot/message/reply", json=body)

    with serving(app) as base:
        line.webhook_at(f"{base}/hook", redelivery=())
        yield line, base
        line.close()


def play(demo: tuple[Emulator, str], tmp_path: Path, script: str, who: str) -> None:
    path = tmp_path / "script.txt"
    path.write_text(script, encoding="utf-8")
    chat(path, demo[1], who, quiet=0.25)


def test_a_script_talks_taps_and_sends_pins_and_photos(
    demo: tuple[Emulator, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    (tmp_path / "smoke.jpg").write_bytes(out.getvalue())
    script = f"# a comment\n\nควันดำ\n@tap 2\n@pin 13.53,100.65\n@photo {tmp_path / 'smoke.jpg'}\n@tap 1\n@unsend\n"
    play(demo, tmp_path, script, "somchai")
    said = [one.message for one in demo[0].transcript("somchai") if one.by != "bot"]
    assert [one["type"] for one in said] == ["text", "text", "location", "image"]
    assert said[1]["text"] == "skip it"
    shown = capsys.readouterr().out
    assert "what  smoke" in shown
    assert "[1] call" in shown
    assert "opens tel:1564" in shown
    assert "[2] skip" in shown


def test_escape_codes_of_a_message_never_reach_the_terminal(
    demo: tuple[Emulator, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(demo, tmp_path, "hello\n", "malee")
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "got text [31mhello" in shown


@pytest.mark.parametrize("line", ["@tap 9", "@pin here", "@fly", "@photo missing.jpg", "@as"])
def test_a_script_with_a_mistake_ends_with_an_error(demo: tuple[Emulator, str], tmp_path: Path, line: str) -> None:
    with pytest.raises(typer.Exit) as ended:
        play(demo, tmp_path, line + "\n", "aung")
    assert ended.value.exit_code == 2


def test_without_a_demo_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        chat(None, "http://127.0.0.1:9", "somchai")
    assert "frontdoor demo" in capsys.readouterr().out


def test_cards_are_told_in_words_and_their_buttons_found() -> None:
    assert words_of(CARD) == "what  smoke"
    assert buttons_of(CARD) == [CALL]
    confirm = {"type": "confirm", "text": "sure?", "actions": [SKIP, CALL]}
    assert buttons_of({"type": "template", "altText": "x", "template": confirm}) == [SKIP, CALL]
