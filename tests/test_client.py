"""The SDK's client against the local LINE platform: what each answer of LINE means to the sender."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from bot.emulator.platform import Emulator, create_emulator
from bot.emulator.serving import serving
from bot.line.client import Line, OutOfQuota, SendLater, SendNever, Sent, TokenRefused, Unauthorised, Unclear
from tests.house import SECRET

BUBBLE = [{"type": "text", "text": "สวัสดี"}]
KEY = "123e4567-e89b-12d3-a456-426614174000"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = create_emulator(channel_secret=SECRET, access_token="token", webhook_url="http://127.0.0.1:9/line/webhook")
    made.webhook_at("http://127.0.0.1:9/line/webhook", redelivery=())
    yield made
    made.close()


@pytest.fixture
def base(emulator: Emulator) -> Iterator[str]:
    with serving(emulator.app) as address:
        yield address


@pytest.fixture
def call(base: str) -> Callable[..., Any]:
    def run(do: Callable[[Line], Awaitable[Any]], token: str = "token") -> Any:
        async def go() -> Any:
            line = Line(token, f"{base}/api", f"{base}/data")
            try:
                return await do(line)
            finally:
                await line.close()

        return asyncio.run(go())

    return run


def somchai(emulator: Emulator) -> str:
    emulator.say("somchai", "hello")  # LINE drops what goes to people who never wrote
    return emulator.person("somchai").id


def test_a_reply_token_works_once(emulator: Emulator, call: Any) -> None:
    token = emulator.say("somchai", "hello")["replyToken"]
    sent = call(lambda line: line.reply(token, BUBBLE))
    assert isinstance(sent, Sent)
    assert len(sent.ids) == 1
    with pytest.raises(TokenRefused):
        call(lambda line: line.reply(token, BUBBLE))
    assert [one["text"] for one in emulator.answers("somchai")] == ["สวัสดี"]


def test_a_push_under_the_same_key_is_delivered_once(emulator: Emulator, call: Any) -> None:
    to = somchai(emulator)
    assert not call(lambda line: line.push(to, BUBBLE, KEY)).again
    assert call(lambda line: line.push(to, BUBBLE, KEY)).again
    assert len(emulator.answers("somchai")) == 1


@pytest.mark.parametrize(
    ("whim", "error"),
    [
        ("rate", SendLater),
        ("quota", OutOfQuota),
        ("500", Unclear),
        ("drop", Unclear),
        ("401", Unauthorised),
        ("400", SendNever),
    ],
)
def test_what_each_refusal_means(emulator: Emulator, call: Any, whim: str, error: type[Exception]) -> None:
    emulator.misbehave("push", whim)
    to = somchai(emulator)
    with pytest.raises(error) as told:
        call(lambda line: line.push(to, BUBBLE, KEY))
    assert type(told.value) is error
    call(lambda line: line.push(to, BUBBLE, KEY))
    assert len(emulator.answers("somchai")) == 1


def test_done_although_it_failed_is_found_out_by_the_key(emulator: Emulator, call: Any) -> None:
    emulator.misbehave("push", "500", after=True)
    to = somchai(emulator)
    with pytest.raises(Unclear):
        call(lambda line: line.push(to, BUBBLE, KEY))
    assert call(lambda line: line.push(to, BUBBLE, KEY)).again
    assert len(emulator.answers("somchai")) == 1


def test_a_wrong_access_token_is_no_fault_of_the_letter(emulator: Emulator, call: Any) -> None:
    to = somchai(emulator)
    with pytest.raises(Unauthorised):
        call(lambda line: line.push(to, BUBBLE, KEY), token="other")


def test_a_message_that_line_refuses_tells_why(emulator: Emulator, call: Any) -> None:
    to = somchai(emulator)
    with pytest.raises(SendNever) as told:
        call(lambda line: line.push(to, [{"type": "text", "text": ""}], KEY))
    assert told.value.status == 400


def test_nobody_there_is_clearly_not_sent() -> None:
    async def go() -> None:
        line = Line("token", "http://127.0.0.1:9", "http://127.0.0.1:9")
        try:
            await line.push("U1", BUBBLE, KEY)
        finally:
            await line.close()

    with pytest.raises(SendLater) as told:
        asyncio.run(go())
    assert type(told.value) is SendLater


def test_the_bot_knows_itself(emulator: Emulator, call: Any) -> None:
    assert call(lambda line: line.get("/v2/bot/info"))["userId"].startswith("U")


def test_the_client_comes_without_the_rest_of_the_sdk() -> None:
    told = "import sys; import bot.line.client; print([name for name in sys.modules if name.startswith('linebot')])"
    out = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
