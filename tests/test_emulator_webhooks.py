"""Webhooks as LINE sends them: signed bytes, two seconds, redelivery, and everything that LINE does not promise."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import httpx
from linebot.v3.webhook import WebhookParser

from tests.emulated import SECRET, House, addresses, house  # noqa: F401

# ruff: noqa: F811 - a test names the fixture that it wants


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
