"""Reply tokens, pushes, retry keys and quota, as LINE's documents have them."""

from __future__ import annotations

import json

import aiohttp
import httpx
import pytest
from linebot.v3.messaging import (
    ApiException,
    PushMessageRequest,
    TextMessage,
)

from tests.emulated import KEY, TOKEN, House, addresses, house, status  # noqa: F401

# ruff: noqa: F811 - a test names the fixture that it wants


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
