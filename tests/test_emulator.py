"""The emulator keeps LINE's promises and breaks what LINE does not promise, towards LINE's own SDK over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx
import pytest
from linebot.v3.messaging import (
    ApiException,
    AsyncApiClient,
    AsyncMessagingApi,
    AsyncMessagingApiBlob,
    Configuration,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
)
from linebot.v3.webhook import WebhookParser
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.emulator.acts import Upload
from bot.emulator.platform import Emulator, create_emulator
from bot.emulator.serving import serving

SECRET, TOKEN = "a-secret", "a-token"
KEY = "123e4567-e89b-42d3-a456-426614174000"


@dataclass
class Clock:
    """A clock that is told."""

    at: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Hook:
    """A tiny bot: keeps what it was sent, and answers with the status it is told."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    raws: list[tuple[bytes, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    delay: float = 0.0
    then: Callable[[dict[str, Any]], Awaitable[None]] | None = None

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for body in self.bodies for event in body["events"]]

    async def __call__(self, request: Request) -> Response:
        raw = await request.body()
        self.raws.append((raw, request.headers["x-line-signature"]))
        self.bodies.append(json.loads(raw))
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.then:
            for event in self.bodies[-1]["events"]:
                await self.then(event)
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)


@dataclass
class House:
    line: Emulator
    hook: Hook
    clock: Clock
    base: str
    hook_url: str

    def api(self, call: Callable[[AsyncMessagingApi], Awaitable[Any]], data: bool = False) -> Any:
        """One call through LINE's SDK."""

        async def run() -> Any:
            host = self.base + ("/data" if data else "/api")
            async with AsyncApiClient(Configuration(access_token=TOKEN, host=host)) as client:
                return await call(AsyncMessagingApiBlob(client) if data else AsyncMessagingApi(client))

        return asyncio.run(run())

    def push(self, text: str = "hello", to: str = "somchai", key: str | None = None) -> Any:
        request = PushMessageRequest(to=self.line.person(to).id, messages=[TextMessage(text=text)])
        return self.api(lambda api: api.push_message(request, x_line_retry_key=key))

    def reply(self, token: str, text: str = "yes") -> Any:
        request = ReplyMessageRequest(replyToken=token, messages=[TextMessage(text=text)])
        return self.api(lambda api: api.reply_message(request))

    def token(self, who: str = "somchai") -> str:
        """The reply token of a message that was just delivered."""
        event = self.line.say(who, "hi")
        assert self.line.idle()
        return str(event["replyToken"])

    def texts(self, who: str = "somchai") -> list[str]:
        return [message["text"] for message in self.line.answers(who)]


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, Any]]:
    """Two servers for all tests; which emulator and which bot stand behind them changes with each test."""
    now: dict[str, Any] = {}

    async def line(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await now["line"](scope, receive, send)

    async def hook(request: Request) -> Response:
        return await now["hook"](request)

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    with serving(line) as now["base"], serving(app) as now["bot"]:
        yield now


@pytest.fixture
def house(addresses: dict[str, Any]) -> Iterator[House]:
    clock, hook, url = Clock(), Hook(), f"{addresses['bot']}/hook"
    line = create_emulator(channel_secret=SECRET, access_token=TOKEN, webhook_url=url, now=clock)
    line.webhook_at(url, redelivery=(0.05, 0.05), patience=0.5)
    addresses["line"], addresses["hook"] = line.app, hook
    yield House(line, hook, clock, addresses["base"], url)
    line.close()


def status(problem: pytest.ExceptionInfo[ApiException]) -> tuple[int, str]:
    return problem.value.status, json.loads(problem.value.body)["message"]


# --- webhooks --------------------------------------------------------------------------------------------------------


def test_webhook_is_signed_over_its_raw_bytes_and_the_sdk_reads_it(house: House) -> None:
    house.line.say("somchai", "น้ำเน่า 🔥")
    assert house.line.idle()
    raw, signature = house.hook.raws[0]
    assert signature == base64.b64encode(hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()).decode()
    event = WebhookParser(SECRET).parse(raw.decode(), signature)[0]
    assert (event.message.text, event.source.user_id) == ("น้ำเน่า 🔥", house.line.person("somchai").id)


def test_escapes_change_the_bytes_and_not_the_words(house: House) -> None:
    house.line.misbehave("webhook", "escape")
    house.line.say("somchai", "ไฟ 🔥")
    assert house.line.idle()
    assert b"\\ud83d\\udd25" in house.hook.raws[0][0]
    assert house.hook.events[0]["message"]["text"] == "ไฟ 🔥"


def test_half_an_emoji_travels_as_an_escape_and_breaks_nothing(house: House) -> None:
    somebody = house.line.person("somchai").id
    told = {"as": somebody, "do": "text", "text": "half \ud83d"}
    answer = httpx.post(f"{house.base}/page/act", content=json.dumps(told))
    assert answer.status_code == 200
    assert house.line.idle()
    assert b"half \\ud83d" in house.hook.raws[0][0]
    assert "half" in httpx.get(f"{house.base}/page/chat/somchai").text


def test_what_got_no_200_comes_again_with_the_same_id_and_token(house: House) -> None:
    house.hook.statuses = [500, 503]
    house.line.say("somchai", "hi")
    assert house.line.idle()
    first, *others = house.hook.events
    assert [one["deliveryContext"]["isRedelivery"] for one in (first, *others)] == [False, True, True]
    assert {one["webhookEventId"] for one in others} == {first["webhookEventId"]}
    assert {(one["replyToken"], one["timestamp"]) for one in others} == {(first["replyToken"], first["timestamp"])}


def test_line_gives_up_after_its_patience_and_redelivers(house: House) -> None:
    house.line.webhook_at(house.hook_url, patience=0.1)
    house.hook.delay = 0.3
    house.line.say("somchai", "hi")
    assert house.line.idle()
    told = [one for one in house.line.requests if one["way"] == "webhook"]
    assert {one["reason"] for one in told} == {"request_timeout"}
    assert len(told) == 3


def test_redelivery_can_be_off(house: House) -> None:
    house.line.webhook_at(house.hook_url, redelivery=())
    house.hook.statuses = [500]
    house.line.say("somchai", "hi")
    assert house.line.idle()
    assert len(house.hook.events) == 1


def test_a_webhook_may_come_twice_or_again_although_taken(house: House) -> None:
    house.line.misbehave("webhook", "twice")
    house.line.say("somchai", "hi")
    assert house.line.idle()
    assert len({one["webhookEventId"] for one in house.hook.events}) == 1
    assert [one["deliveryContext"]["isRedelivery"] for one in house.hook.events] == [False, False]
    house.line.misbehave("webhook", "again")
    house.line.say("somchai", "ho")
    assert house.line.idle()
    assert [one["deliveryContext"]["isRedelivery"] for one in house.hook.events[2:]] == [False, True]


def test_several_people_share_one_body(house: House) -> None:
    house.line.send_together([(who, {"message": {"type": "text", "text": who}}) for who in ("somchai", "malee")])
    assert house.line.idle()
    assert [len(body["events"]) for body in house.hook.bodies] == [2]
    house.line.misbehave("webhook", "together", times=2)
    house.line.say("somchai", "1")
    house.line.say("malee", "2")
    assert house.line.idle()
    assert len(house.hook.bodies[-1]["events"]) == 2


def test_shuffled_events_all_arrive(house: House) -> None:
    house.line.misbehave("webhook", "shuffle", times=None)
    for number in range(8):
        house.line.say("somchai", str(number))
    assert house.line.idle()
    came = [one["message"]["text"] for one in house.hook.events]
    assert sorted(came) == [str(number) for number in range(8)]
    assert came != sorted(came)


def test_late_events_keep_their_own_time(house: House) -> None:
    house.line.misbehave("webhook", "late", seconds=0.2)
    house.line.say("somchai", "early")
    house.clock.at += 5
    house.line.say("somchai", "later")
    assert house.line.idle()
    assert [one["message"]["text"] for one in house.hook.events] == ["later", "early"]
    assert house.hook.events[0]["timestamp"] - house.hook.events[1]["timestamp"] == 5000


def test_unknown_types_and_fields_stand_around_the_known(house: House) -> None:
    house.line.misbehave("webhook", "odd")
    house.line.say("somchai", "hi")
    assert house.line.idle()
    stranger, known = house.hook.events
    assert stranger["type"] == "teleported"
    assert "weather" in known


def test_a_wrong_signature_and_an_empty_body_can_be_had(house: House) -> None:
    house.line.misbehave("webhook", "unsigned")
    house.line.misbehave("webhook", "empty")
    house.line.say("somchai", "hi")
    assert house.line.idle()
    raw, signature = house.hook.raws[0]
    assert signature != base64.b64encode(hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()).decode()
    assert house.hook.bodies[0]["events"] == []


def test_bot_that_is_down_is_tried_again(house: House) -> None:
    house.line.webhook_at("http://127.0.0.1:9/hook", redelivery=(0.01,))
    house.line.say("somchai", "hi")
    assert house.line.idle()
    assert [one["reason"] for one in house.line.requests] == ["could_not_connect"] * 2


# --- reply tokens ----------------------------------------------------------------------------------------------------


def test_reply_token_works_once(house: House) -> None:
    token = house.token()
    assert house.reply(token).sent_messages[0].quote_token
    with pytest.raises(ApiException) as problem:
        house.reply(token)
    assert status(problem) == (400, "Invalid reply token")
    assert house.texts() == ["yes"]


@pytest.mark.parametrize(("age", "good"), [(59, True), (61, False)])
def test_reply_token_lives_a_minute(house: House, age: int, good: bool) -> None:
    token = house.token()
    house.clock.at += age
    if good:
        house.reply(token)
    else:
        with pytest.raises(ApiException):
            house.reply(token)
    assert len(house.texts()) == good


@pytest.mark.parametrize(("age", "good"), [(15 * 60, True), (21 * 60, False)])
def test_redelivery_renews_an_unused_token_for_twenty_minutes(house: House, age: int, good: bool) -> None:
    event = house.line.say("somchai", "hi")
    assert house.line.idle()
    house.clock.at += age
    house.line.redeliver(event)
    assert house.line.idle()
    house.clock.at += 30
    if good:
        house.reply(event["replyToken"])
    else:
        with pytest.raises(ApiException):
            house.reply(event["replyToken"])


def test_a_used_token_stays_used_after_redelivery(house: House) -> None:
    event = house.line.say("somchai", "hi")
    assert house.line.idle()
    house.reply(event["replyToken"])
    house.line.redeliver(event)
    assert house.line.idle()
    with pytest.raises(ApiException):
        house.reply(event["replyToken"])


def test_reply_takes_no_retry_key(house: House) -> None:
    body = {"replyToken": house.token(), "messages": [{"type": "text", "text": "x"}]}
    headers = {"authorization": f"Bearer {TOKEN}", "x-line-retry-key": KEY}
    answer = httpx.post(f"{house.base}/api/v2/bot/message/reply", json=body, headers=headers)
    assert answer.status_code == 400
    assert house.texts() == []


def test_a_refused_reply_leaves_its_token_good(house: House) -> None:
    token = house.token()
    with pytest.raises(ApiException) as problem:
        house.reply(token, "x" * 5001)
    assert problem.value.status == 400
    house.reply(token, "short")
    assert house.texts() == ["short"]


# --- push, retry keys, quota -----------------------------------------------------------------------------------------


def test_retry_key_answers_409_with_the_first_answer(house: House) -> None:
    house.line.follow("somchai")
    first = house.push(key=KEY)
    with pytest.raises(ApiException) as problem:
        house.push("other words", key=KEY)
    assert status(problem) == (409, "The retry key is already accepted")
    assert json.loads(problem.value.body)["sentMessages"][0]["id"] == first.sent_messages[0].id
    assert problem.value.headers["x-line-accepted-request-id"]
    assert house.texts() == ["hello"]


def test_retry_key_is_forgotten_after_a_day(house: House) -> None:
    house.line.follow("somchai")
    house.push(key=KEY)
    house.clock.at += 25 * 3600
    house.push(key=KEY)
    assert len(house.texts()) == 2


@pytest.mark.parametrize("do", ["500", "drop", "hang"])
@pytest.mark.parametrize("after", [False, True])
def test_trouble_before_and_after_the_work_is_told_apart_by_the_retry_key(house: House, do: str, after: bool) -> None:
    house.line.follow("somchai")
    house.line.misbehave("push", do, after=after, seconds=0.1)
    with pytest.raises((ApiException, aiohttp.ClientError)):
        house.push(key=KEY)
    assert len(house.texts()) == after
    if after:
        with pytest.raises(ApiException) as problem:
            house.push(key=KEY)
        assert problem.value.status == 409
    else:
        house.push(key=KEY)
    assert house.texts() == ["hello"]


def test_both_kinds_of_429(house: House) -> None:
    house.line.follow("somchai")
    house.line.misbehave("push", "rate")
    house.line.set_quota(0)
    told = []
    for _ in range(2):
        with pytest.raises(ApiException) as problem:
            house.push()
        told.append(status(problem))
    assert told == [
        (429, "The API rate limit has been exceeded. Try again later."),
        (429, "You have reached your monthly limit."),
    ]


def test_replies_go_on_when_the_quota_is_gone(house: House) -> None:
    house.line.set_quota(0)
    house.reply(house.token())
    assert house.texts() == ["yes"]
    assert house.api(lambda api: api.get_message_quota_consumption()).total_usage == 0
    assert house.api(lambda api: api.get_message_quota()).value == 0


@pytest.mark.parametrize("who", ["blocked", "stranger", "gone"])
def test_push_to_whom_cannot_be_reached_is_200_and_dropped_and_free(house: House, who: str) -> None:
    person = house.line.person("somchai")
    if who == "blocked":
        house.line.follow(person)
        house.line.block(person)
    person.gone = who == "gone"
    assert house.push().sent_messages
    assert house.texts() == []
    assert house.line.line.sending.used == 0


def test_who_wrote_within_a_week_gets_pushes_without_being_a_friend(house: House) -> None:
    house.token()
    house.push("soon")
    house.clock.at += 8 * 24 * 3600
    house.push("late")
    assert house.texts() == ["soon"]


def test_push_to_an_unknown_id_is_400(house: House) -> None:
    request = PushMessageRequest(to="U" + "0" * 32, messages=[TextMessage(text="x")])
    with pytest.raises(ApiException) as problem:
        house.api(lambda api: api.push_message(request))
    assert status(problem) == (400, "Failed to send messages")


def test_a_wrong_token_is_401_and_every_answer_has_a_request_id(house: House) -> None:
    answer = httpx.get(f"{house.base}/api/v2/bot/info", headers={"authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.headers["x-line-request-id"]
    assert httpx.get(f"{house.base}/api/v2/bot/nothing").status_code == 404


def test_whims_can_wait_and_end(house: House) -> None:
    house.line.follow("somchai")
    house.line.misbehave("push", "500", skip=1, times=None)
    house.push("good")
    with pytest.raises(ApiException):
        house.push("bad")
    house.line.behave()
    house.push("good again")
    assert house.texts() == ["good", "good again"]


def test_whims_are_asked_for_over_http_too(house: House) -> None:
    told = httpx.post(f"{house.base}/misbehave", json={"where": "push", "do": "500", "times": 2}).json()
    assert told["open"][0]["times"] == 2
    assert httpx.post(f"{house.base}/misbehave", json={"where": "push", "do": "sing"}).status_code == 400
    assert httpx.post(f"{house.base}/misbehave", json={"clear": True}).json() == {"open": []}


# --- content ---------------------------------------------------------------------------------------------------------


def jpeg(shade: int = 90) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (shade, shade, shade)).save(out, "JPEG")
    return out.getvalue()


def test_photos_sent_together_share_a_set_and_their_bytes_can_be_fetched(house: House) -> None:
    photos = [Upload(jpeg(shade), "image/jpeg", f"{shade}.jpg") for shade in (10, 120, 230)]
    sent = house.line.upload("somchai", photos)
    assert house.line.idle()
    sets = [one["message"]["imageSet"] for one in house.hook.events]
    assert len({one["id"] for one in sets}) == 1
    assert sorted(one["index"] for one in sets) == [1, 2, 3]
    for event in sent:
        number = event["message"]["id"]
        wanted = photos[event["message"]["imageSet"]["index"] - 1].body
        assert house.api(lambda api, n=number: api.get_message_content(n), data=True) == wanted
        small = house.api(lambda api, n=number: api.get_message_content_preview(n), data=True)
        assert Image.open(io.BytesIO(small)).size == (240, 180)


def test_video_is_202_then_bytes_then_one_day_404(house: House) -> None:
    contents = house.line.line.contents
    contents.preparing, contents.kept = 3.0, 60.0
    number = house.line.upload("somchai", [Upload(b"mp4", "video/mp4", "a.mp4")])[0]["message"]["id"]
    url = f"{house.base}/data/v2/bot/message/{number}/content"
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert httpx.get(url, headers=headers).status_code == 202
    assert (
        house.api(lambda api: api.get_message_content_transcoding_by_message_id(number), data=True).status
        == "processing"
    )
    house.clock.at += 3
    answer = httpx.get(url, headers=headers)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"mp4", "video/mp4")
    house.clock.at += 60
    assert httpx.get(url, headers=headers).status_code == 404


def test_unsent_content_is_gone(house: House) -> None:
    number = house.line.upload("somchai", [Upload(jpeg(), "image/jpeg")])[0]["message"]["id"]
    house.line.unsend("somchai", number)
    assert house.line.idle()
    assert house.hook.events[-1]["unsend"] == {"messageId": number}
    assert "replyToken" not in house.hook.events[-1]
    with pytest.raises(ApiException) as problem:
        house.api(lambda api: api.get_message_content(number), data=True)
    assert problem.value.status == 404


# --- people, groups, menus -------------------------------------------------------------------------------------------


def test_profile_is_for_friends_and_writers_only(house: House) -> None:
    number = house.line.person("somchai").id
    with pytest.raises(ApiException):
        house.api(lambda api: api.get_profile(number))
    house.line.follow("somchai")
    assert house.api(lambda api: api.get_profile(number)).language == "th"
    house.line.block("somchai")
    with pytest.raises(ApiException) as problem:
        house.api(lambda api: api.get_profile(number))
    assert problem.value.status == 404


def test_follow_block_and_unblock_make_their_events(house: House) -> None:
    for act in (house.line.follow, house.line.block, house.line.follow):
        act("somchai")
        assert house.line.idle()
    assert [(one["type"], one.get("follow")) for one in house.hook.events] == [
        ("follow", {"isUnblocked": False}),
        ("unfollow", None),
        ("follow", {"isUnblocked": True}),
    ]
    assert "replyToken" not in house.hook.events[1]


def test_nothing_of_a_group_arrives_before_the_bot_is_in_it(house: House) -> None:
    house.line.say("somchai", "before", chat="bangpu")
    house.line.invite("somchai", "bangpu")
    name = house.line.line.world.bot.name
    house.line.say("somchai", f"🔥 @{name} ดูหน่อย", chat="bangpu")
    house.line.tap("somchai", {"type": "postback", "data": "x"}, chat="bangpu")
    assert house.line.idle()
    came = {one["type"]: one for one in house.hook.events}
    assert list(came) == ["join", "message", "postback"]
    meant = came["message"]["message"]["mention"]["mentionees"][0]
    assert (meant["index"], meant["isSelf"]) == (3, True)
    assert "userId" in came["message"]["source"]
    assert "userId" not in came["postback"]["source"]
    group = came["join"]["source"]["groupId"]
    malee = house.line.person("malee").id
    assert house.api(lambda api: api.get_group_member_profile(group, malee)).display_name
    house.api(lambda api: api.leave_group(group))
    with pytest.raises(ApiException):
        house.api(lambda api: api.get_group_member_profile(group, malee))


def test_loading_dots_are_for_people_and_end_with_the_next_message(house: House) -> None:
    token = house.token()
    number = house.line.person("somchai").id
    house.api(lambda api: api.show_loading_animation(ShowLoadingAnimationRequest(chatId=number, loadingSeconds=20)))
    chat = house.line.line.world.chat(number)
    assert chat.loading_until == house.clock.at + 20
    house.reply(token)
    assert chat.loading_until == 0


def test_message_is_read_once_its_webhook_was_taken(house: House) -> None:
    house.hook.statuses = [500, 500, 500]
    house.line.say("somchai", "one")
    assert house.line.idle()
    assert [one.read for one in house.line.transcript("somchai")] == [False]
    house.line.say("somchai", "two")
    assert house.line.idle()
    assert [one.read for one in house.line.transcript("somchai")] == [True, True]


def test_quick_replies_go_with_a_tap_or_a_newer_message(house: House) -> None:
    house.line.follow("somchai")
    action = {"type": "postback", "label": "skip", "data": "skip"}
    message = {"type": "text", "text": "?", "quickReply": {"items": [{"type": "action", "action": action}]}}
    chat = house.line.line.world.chat(house.line.person("somchai").id)
    for end in (lambda: house.line.tap("somchai", action, quick=True), lambda: house.line.say("somchai", "hi")):
        house.line.line.sending.push(chat.id, [message])
        assert not chat.quick_gone
        end()
        assert chat.quick_gone


MENU = {
    "size": {"width": 1200, "height": 800},
    "selected": True,
    "name": "home",
    "chatBarText": "เมนู",
    "areas": [
        {"bounds": {"x": 0, "y": 0, "width": 600, "height": 800}, "action": {"type": "postback", "data": "home"}}
    ],
}


def test_rich_menu_needs_its_image_before_it_is_shown_and_only_friends_see_it(house: House) -> None:
    line = house.line
    number = house.api(lambda api: api.create_rich_menu(RichMenuRequest.from_dict(MENU))).rich_menu_id
    with pytest.raises(ApiException) as problem:
        house.api(lambda api: api.set_default_rich_menu(number))
    assert problem.value.status == 400
    out = io.BytesIO()
    Image.new("RGB", (1200, 800)).save(out, "PNG")
    headers = {"Content-Type": "image/png"}
    house.api(lambda api: api.set_rich_menu_image(number, body=out.getvalue(), _headers=headers), data=True)
    with pytest.raises(ApiException):  # never replaced
        house.api(lambda api: api.set_rich_menu_image(number, body=out.getvalue(), _headers=headers), data=True)
    house.api(lambda api: api.set_default_rich_menu(number))
    assert house.api(lambda api: api.get_default_rich_menu_id()).rich_menu_id == number
    assert line.line.menus.of(line.person("somchai").id) is None
    line.follow("somchai")
    shown = line.line.menus.of(line.person("somchai").id)
    assert shown
    assert shown.id == number
    house.api(lambda api: api.delete_rich_menu(number))
    assert line.line.menus.of(line.person("somchai").id) is None


def test_webhook_test_posts_no_events(house: House) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    answer = httpx.post(f"{house.base}/api/v2/bot/channel/webhook/test", headers=headers, json={})
    assert answer.json()["success"] is True
    assert house.hook.bodies[0]["events"] == []


def test_an_echo_bot_talks_with_two_people_at_once(house: House) -> None:
    async def echo(event: dict[str, Any]) -> None:
        body = {"replyToken": event["replyToken"], "messages": [{"type": "text", "text": event["message"]["text"]}]}
        async with aiohttp.ClientSession(headers={"authorization": f"Bearer {TOKEN}"}) as client:
            await client.post(f"{house.base}/api/v2/bot/message/reply", json=body)

    house.hook.then = echo
    for number in range(5):
        house.line.say("somchai", f"s{number}")
        house.line.say("malee", f"m{number}")
    for who in ("somchai", "malee"):
        came = [one["text"] for one in house.line.wait_for(who, 5)]
        assert sorted(came) == [f"{who[0]}{number}" for number in range(5)]
