"""Content, people, groups and rich menus of the emulator, through LINE's own SDK over real HTTP."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import httpx
import pytest
from linebot.v3.messaging import (
    ApiException,
    RichMenuRequest,
    ShowLoadingAnimationRequest,
)
from PIL import Image

from bot.emulator.acts import Upload
from tests.emulated import TOKEN, House, addresses, house, status  # noqa: F401

# ruff: noqa: F811 - a test names the fixture that it wants


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
