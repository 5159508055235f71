"""What leaves for LINE is inside LINE's limits, whatever people wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.limits import address, clean, cut, cut_label, graphemes, telephone, units
from bot.line.messages import plain, render
from handlers.vocabulary import AskCamera, AskPin, AskRoll, Button, Call, Card, Line, Link, Say, Send, Tap
from handlers.words import Words, load
from knowledge.model import Both
from tests.line_rules import faults

TEXTS = {
    "t.hello": Both("สวัสดีค่ะ", "Hello"),
    "t.said": Both("คุณบอกว่า {words}", "You said {words}"),
    "cards.tone.danger": Both("เหตุด่วน", "Urgent"),
    "cards.tone.good": Both("เรียบร้อยแล้ว", "Done"),
    "cards.tone.wait": Both("รออยู่", "Waiting"),
    "cards.change": Both("แก้", "Change"),
    "cards.change_line": Both("แก้{line}", "Change {line}"),
}
WORDS = Words(TEXTS, strict=True)
HOSTILE = [
    "", " ", "\n\n", "\x00", "a\x00b", "\ud83d", "{words}", "{{7*7}}", "%s", "{0.__class__}", '"}]}', "<svg onload=1>",
    "\u202egpj.exe", "\u2066x", "😀" * 5000, "ก" + "\u0e49" * 5000, "ำ" * 3000, "x" * 6000, "ไฟ\u200bไหม้",
    "👨‍👩‍👧‍👦" * 900,
    "ที่นี่ " * 2000, "\\u0000", "\r\n\r\n", "\ufeff", "🇹🇭" * 3000,
]  # fmt: skip
letters = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=60),
    st.text(st.sampled_from("กน้ำี่ๆ😀\u200d\u0e49\ud83dx {}\"'\n"), max_size=400),
)
acts = st.one_of(
    st.builds(Tap, st.just("f"), st.just("x"), letters),
    st.builds(
        Link, st.one_of(letters, st.sampled_from(["https://diw.go.th/ก ข?q=ฮ", "javascript:alert(1)", "http://a.th"]))
    ),
    st.builds(Call, st.one_of(letters, st.just("02-202 4000 ต่อ 12"))),
    st.builds(Send, letters),
    st.sampled_from([AskPin(), AskCamera(), AskRoll()]),
)
buttons = st.lists(st.builds(Button, letters, acts), max_size=20).map(tuple)
cards = st.builds(
    Card,
    title=letters,
    tone=st.sampled_from(["plain", "danger", "good", "wait"]),
    body=st.lists(letters, max_size=6).map(tuple),
    lines=st.lists(
        st.builds(Line, letters, letters, st.one_of(st.none(), st.builds(Tap, st.just("f"), st.just("x"), letters))),
        max_size=12,
    ).map(tuple),
    buttons=buttons,
    numbered=st.booleans(),
)
says = st.lists(
    st.builds(
        Say,
        key=st.sampled_from(["", "t.hello", "t.said"]),
        values=st.builds(lambda words: {"words": words}, letters),
        buttons=buttons,
        card=st.one_of(st.none(), cards),
    ),
    max_size=8,
)


@given(says, st.sampled_from(["th", "en"]))
def test_hostile_words_always_make_valid_messages(spoken: list[Say], lang: Any) -> None:
    messages = render(spoken, lang, WORDS)
    if messages:
        assert faults(messages) == []
        assert faults(plain(messages)) == []
    json.dumps(messages, ensure_ascii=False).encode()  # no lone surrogate left


@pytest.mark.parametrize("words", HOSTILE)
def test_somebodys_own_words_are_said_as_they_are_or_cut(words: str) -> None:
    messages = render([Say("t.said", {"words": words})], "th", WORDS)
    assert faults(messages) == []
    assert len(messages) == 1
    assert units(messages[0]["text"]) <= 5000


def test_own_words_are_never_read_for_placeholders() -> None:
    said = render([Say("t.said", {"words": "{words} {{7*7}} {0.__class__}"})], "th", WORDS)[0]["text"]
    assert said == "คุณบอกว่า {words} {{7*7}} {0.__class__}"


def test_turned_direction_and_hidden_letters_are_taken_out() -> None:
    assert clean("\u202egpj.exe\x00\ud83d ไฟ\u0e49") == "gpj.exe ไฟ\u0e49"
    assert clean("👨‍👩‍👧 ok") == "👨‍👩‍👧 ok"


def test_marks_heaped_on_one_letter_do_not_spill() -> None:
    assert len(clean("ก" + "\u0e49" * 5000)) < 20


def test_a_text_is_cut_between_letters_and_ends_in_three_dots() -> None:
    assert cut("x" * 11, 10) == "x" * 9 + "…"
    assert cut("😀" * 10, 10) == "😀" * 4 + "…"
    assert cut("กกกกน้ำ", 6) == "กกกก…"
    assert cut("สั้น", 10) == "สั้น"


def test_labels_count_letters_with_their_marks() -> None:
    twenty = "น้ำที่นี่ต้องดื่มได้วันนี้ไหม"
    assert graphemes("น้ำ") == 1
    assert cut_label(twenty, graphemes(twenty)) == twenty
    assert graphemes(cut_label("แจ้งเรื่องที่โรงงานข้างบ้านปล่อยควันดำ", 20)) == 20


def test_quick_replies_stand_on_the_last_message_and_are_at_most_thirteen() -> None:
    row = tuple(Button(str(n), Tap("f", "x", str(n))) for n in range(20))
    messages = render([Say("t.hello", buttons=row), Say("t.hello")], "th", WORDS)
    assert "quickReply" not in messages[0]
    assert len(messages[1]["quickReply"]["items"]) == 13


def test_the_last_bubble_with_buttons_wins() -> None:
    first, second = Button("ก", Tap("f", "a")), Button("ข", Tap("f", "b"))
    messages = render([Say("t.hello", buttons=(first,)), Say("t.hello", buttons=(second,))], "th", WORDS)
    assert [item["action"]["data"] for item in messages[1]["quickReply"]["items"]] == ["1|f|b|"]


def test_more_than_five_bubbles_are_put_together_and_nothing_is_lost() -> None:
    card = Card(title="การ์ด", body=("เนื้อ",))
    many = [Say("t.said", {"words": f"<{n}>"}, card=card if n % 2 else None) for n in range(9)]
    messages = render(many, "th", WORDS)
    assert len(messages) <= 5
    everything = json.dumps(messages, ensure_ascii=False)
    assert all(f"<{n}>" in everything for n in range(9))
    assert everything.count("เนื้อ") >= 4


def test_a_button_says_and_does_what_it_was_given() -> None:
    items = render([Say("t.hello", buttons=(
        Button("โทร", Call("02-202 4000 ต่อ 12")), Button("เว็บ", Link("https://www.diw.go.th/ก ข")),
        Button("พิมพ์", Send("สวัสดี")), Button("แตะ", Tap("f", "x", "v")),
        Button("ที่ตั้ง", AskPin()), Button("กล้อง", AskCamera()), Button("รูป", AskRoll()),
    ))], "th", WORDS)[0]["quickReply"]["items"]  # fmt: skip
    done = [item["action"] for item in items]
    assert [one["type"] for one in done] == ["uri", "uri", "message", "postback", "location", "camera", "cameraRoll"]
    assert done[0]["uri"] == "tel:022024000"
    assert done[1]["uri"] == "https://www.diw.go.th/%E0%B8%81%20%E0%B8%82"
    assert done[3] == {"type": "postback", "label": "แตะ", "data": "1|f|x|v", "displayText": "แตะ"}


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://diw.go.th", "line://nv/camera", "https://", "https://localhost/x",
     "data:text/html,x",
     "https://me@evil.th/", "https://a.th/" + "x" * 1000, "//diw.go.th", "", "https://a.th:99999/"],
)  # fmt: skip
def test_an_address_outside_the_list_makes_no_button(url: str) -> None:
    assert address(url) == ""
    assert "quickReply" not in render([Say("t.hello", buttons=(Button("เว็บ", Link(url)),))], "th", WORDS)[0]


def test_numbers_that_nobody_can_dial_make_no_button() -> None:
    assert [telephone(n) for n in ("1564", "+66 2 202 4000", "โทร", "", "1")] == [
        "tel:1564",
        "tel:+6622024000",
        "",
        "",
        "",
    ]


def test_postback_that_is_too_long_is_left_out_and_not_cut() -> None:
    buttons = (Button("a", Tap("f", "x", "v" * 300)), Button("b", Tap("f", "x", "v")))
    items = render([Say("t.hello", buttons=buttons)], "th", WORDS)[0]["quickReply"]["items"]
    assert [item["action"]["label"] for item in items] == ["b"]


CARD = Card(
    title="สรุปเรื่อง",
    tone="wait",
    body=("ตรวจดูก่อนส่ง",),
    lines=(Line("สถานที่", "ต.แพรกษา", Tap("complaint", "place")), Line("เมื่อไร", "ทุกคืน")),
    buttons=(Button("ส่งเรื่องนี้", Tap("complaint", "confirm", "yes")), Button("โทร 1564", Call("1564"))),
    numbered=True,
)


def test_the_alternative_text_says_the_whole_card() -> None:
    alt = render([Say(card=CARD)], "th", WORDS)[0]["altText"]
    assert alt.split("\n") == [
        "รออยู่: สรุปเรื่อง", "ตรวจดูก่อนส่ง", "สถานที่: ต.แพรกษา", "เมื่อไร: ทุกคืน", "1. ส่งเรื่องนี้", "2. โทร 1564"
    ]  # fmt: skip


def test_the_word_of_a_tone_is_not_said_twice() -> None:
    message = render([Say(card=Card(title="Urgent: fire in a factory", tone="danger"))], "en", WORDS)[0]
    assert message["altText"].count("Urgent") == 1
    assert json.dumps(message["contents"]).count("Urgent") == 1


def test_a_tone_is_a_word_as_well_as_a_colour() -> None:
    for tone in ("danger", "good", "wait"):
        message = render([Say(card=Card(title="x", tone=tone))], "en", WORDS)[0]
        assert TEXTS[f"cards.tone.{tone}"].en in json.dumps(message["contents"])


def test_a_line_carries_its_own_change_button() -> None:
    body = render([Say(card=CARD)], "th", WORDS)[0]["contents"]["body"]
    assert '"1|complaint|place|"' in json.dumps(body)
    assert "แก้สถานที่" in json.dumps(body, ensure_ascii=False)


def test_a_card_too_large_for_line_is_shortened_then_told_in_words() -> None:
    long = Card(title="x" * 900, body=("ย" * 4000,) * 20, buttons=(Button("a", Tap("f", "x")),) * 12)
    assert render([Say(card=long)], "th", WORDS)[0]["type"] == "flex"
    endless = Card(title="x", buttons=tuple(Button("ย" * 40, Tap("f", "x", str(n))) for n in range(90)))
    told = render([Say(card=endless)], "th", WORDS)
    assert told[0]["type"] == "text"
    assert faults(told) == []


def test_after_a_refusal_everything_is_said_in_plain_text() -> None:
    card = Card(title="ติดต่อ", buttons=(Button("เว็บไซต์", Link("https://www.diw.go.th")), Button("โทร", Call("1564"))))
    spoken = [
        Say("t.hello", buttons=(Button("ใช่", Tap("f", "x")),)),
        Say(card=card, buttons=(Button("ไม่", Tap("f", "y")),)),
    ]
    told = plain(render(spoken, "th", WORDS))
    assert [message["type"] for message in told] == ["text", "text"]
    assert told[1]["text"].split("\n") == ["ติดต่อ", "เว็บไซต์", "โทร", "https://www.diw.go.th", "1564", "• ไม่"]


def test_the_catalogue_has_the_words_of_every_card() -> None:
    words = load()
    assert all(key in words for key in TEXTS if key.startswith("cards."))
    assert faults(render([Say(card=CARD, values={})], "th", words)) == []
