"""LINE's JSON of an event -> Incoming: every kind that LINE documents, and what it may send one day."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.line.events import lane_of, read
from handlers.vocabulary import Incoming, Pin, Tap
from tests.house import START, event

GROUP = {"type": "group", "groupId": "Cgroup", "userId": "Usomchai"}


def incoming(**more: Any) -> Incoming:
    return read(json.dumps(event(1, **more)), "01X", START)


def message(kind: str, **more: Any) -> Incoming:
    source = more.pop("source", {"type": "user", "userId": "Usomchai"})
    return incoming(message={"type": kind, "id": "m1", **more}, source=source)


def test_words_are_what_was_typed() -> None:
    found = message("text", text=" โรงงาน\nปล่อยควัน ")
    assert (found.kind, found.text, found.message_ids, found.event_id) == ("text", " โรงงาน\nปล่อยควัน ", ("m1",), "01X")
    assert int(found.at.timestamp() * 1000) == START
    assert found.to_us


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file"])
def test_media_carry_what_line_says_of_them(kind: str) -> None:
    found = message(kind, fileName="a.pdf", fileSize=7, imageSet={"id": "s", "index": 2, "total": 3})
    (medium,) = found.media
    assert found.kind == "media"
    assert (medium.kind, medium.message_id, medium.set_id, medium.total) == (kind, "m1", "s", 3)
    assert (medium.name, medium.size) == ("a.pdf", 7)


def test_a_location_is_a_pin() -> None:
    found = message("location", latitude=13.5, longitude=100.6, title="ที่นี่", address="บางปู")
    assert (found.kind, found.pin) == ("pin", Pin(13.5, 100.6, "ที่นี่", "บางปู"))


@pytest.mark.parametrize(
    "where",
    [
        *({}, {"latitude": 13.5}, {"latitude": 91, "longitude": 100}, {"latitude": "x", "longitude": 1}),
        *({"latitude": True, "longitude": 1}, {"latitude": 1e400, "longitude": 1}, {"latitude": None, "longitude": []}),
    ],
    ids=str,
)
def test_a_location_that_is_nowhere_is_no_pin(where: dict[str, Any]) -> None:
    found = message("location", **where)
    assert (found.kind, found.pin) == ("other", None)


def test_a_sticker_brings_its_words() -> None:
    found = message("sticker", packageId="1", stickerId="2", keywords=["Thanks", 7], text="ขอบคุณ")
    assert (found.kind, found.keywords, found.text) == ("sticker", ("Thanks",), "ขอบคุณ")


def test_an_emoji_of_line_is_no_danger() -> None:
    emoji = {"index": 5, "length": 6, "productId": "p", "emojiId": "001"}
    assert message("text", text="สุดๆ (fire)", emojis=[emoji]).text == "สุดๆ"
    alone = message("text", text="(fire)", emojis=[{"index": 0, "length": 6}])
    assert (alone.kind, alone.keywords) == ("sticker", ("fire",))


def test_positions_count_utf16_units() -> None:
    found = message("text", text="😀 ok (fire)!", emojis=[{"index": 6, "length": 6}])
    assert found.text == "😀 ok  !"


@pytest.mark.parametrize("mark", [{"index": -1, "length": 3}, {"index": 1}, {"index": 0, "length": 10**9}, 7, None])
def test_odd_positions_cut_nothing(mark: Any) -> None:
    assert message("text", text="all of it", emojis=[mark]).text == "all of it"


def test_in_a_group_the_bot_hears_what_is_said_to_it() -> None:
    us = {"index": 0, "length": 4, "type": "user", "isSelf": True}
    assert not message("text", text="hello", source=GROUP).to_us
    spoken = message("text", text="@bot hello", mention={"mentionees": [us]}, source=GROUP)
    assert (spoken.to_us, spoken.group, spoken.text) == (True, True, "hello")
    other = message("text", text="@all hello", mention={"mentionees": [{"type": "all", "index": 0}]}, source=GROUP)
    assert not other.to_us
    assert not message("image", source=GROUP).to_us


def test_a_quote_names_what_it_answers() -> None:
    assert message("text", text="yes", quotedMessageId="77").quoted == "77"


def test_a_tap_is_read_and_forged_words_are_not() -> None:
    assert incoming(type="postback", postback={"data": "1|complaint|place|TH-11"}).tap == Tap(
        "complaint", "place", "TH-11"
    )
    picked = incoming(type="postback", postback={"data": "1|complaint|since|", "params": {"date": "2026-11-01"}})
    assert picked.tap == Tap("complaint", "since", "2026-11-01")
    strange = incoming(type="postback", postback={"data": "old style"})
    assert (strange.kind, strange.tap, strange.text) == ("tap", None, "old style")
    typed = message("text", text="1|complaint|place|TH-11")
    assert (typed.kind, typed.tap) == ("text", None)


def test_an_edit_brings_the_new_words() -> None:
    found = incoming(type="messageEdited", message={"type": "text", "id": "m1", "text": "no, red smoke"})
    assert (found.kind, found.text, found.message_ids) == ("edited", "no, red smoke", ("m1",))


def test_an_unsend_names_its_message() -> None:
    found = incoming(type="unsend", unsend={"messageId": "m9"}, message=None)
    assert (found.kind, found.message_ids) == ("unsend", ("m9",))


def test_who_comes_back_after_a_block_is_told_from_who_comes_first() -> None:
    assert incoming(type="follow", follow={"isUnblocked": True}).unblocked
    first = incoming(type="follow", follow={"isUnblocked": False})
    assert (first.kind, first.unblocked) == ("follow", False)


@pytest.mark.parametrize(
    ("kind", "known"), [("unfollow", "unfollow"), ("join", "join"), ("leave", "leave"), ("accountLink", "link")]
)
def test_plain_events_have_their_names(kind: str, known: str) -> None:
    assert incoming(type=kind, message=None).kind == known


@pytest.mark.parametrize(
    "kind",
    [
        *("memberJoined", "memberLeft", "membership", "beacon", "videoPlayComplete", "things", "module", "activated"),
        *("deactivated", "botSuspended", "botResumed", "delivery", "whatever", "", None, 7),
    ],
    ids=str,
)
def test_whatever_comes_next_is_other(kind: Any) -> None:
    assert incoming(type=kind).kind == "other"


@pytest.mark.parametrize("raw", ["", "[]", "null", "7", '"x"', "{", '{"type": "message"}', '{"type": {"a": 1}}'])
def test_nothing_raises(raw: str) -> None:
    found = read(raw, "01X", START)
    assert found.event_id == "01X"
    assert found.kind == "other"


@pytest.mark.parametrize(
    ("source", "lane"),
    [
        ({"type": "user", "userId": "U1"}, "U1"),
        ({"type": "group", "groupId": "C1", "userId": "U1"}, "C1"),
        ({"type": "group", "groupId": "C1"}, "C1"),
        ({"type": "room", "roomId": "R1"}, "R1"),
        ({"type": "planet", "userId": "U1"}, "U1"),
        ({"type": "user"}, "-"),
        ({}, "-"),
        (None, "-"),
        ("U1", "-"),
    ],
    ids=str,
)
def test_a_lane_is_the_chat(source: Any, lane: str) -> None:
    assert lane_of(source) == lane
