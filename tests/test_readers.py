"""How answers are read: phones, numbers, words, places; and that every sentence a form may say is written."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import handlers
from handlers.draft import Heard, Problem, Scene
from handlers.flows import complaint, emergency
from handlers.free_text import place_told, qr_text, read_qr
from handlers.readers import Phone, Photos, Words, YesNo, chosen_by_words, national, phone_in
from handlers.said import bare, number, said
from handlers.vocabulary import Conversation, Incoming, Media, Turn
from handlers.where import PAGE, Where, from_area, listed, place_of
from knowledge.model import Place, PlaceReading
from tests.player import MONDAY, catalogue, knowledge


def scene(incoming: Incoming, value: object = None) -> Scene:
    from handlers.vocabulary import Answer

    turn = Turn(incoming, Conversation("U1"), (), knowledge(), MONDAY, "FD-1")
    return Scene(turn, "complaint", "place", {"place": Answer(value)} if value is not None else {})


def text(words: str) -> Incoming:
    return Incoming("text", "e1", MONDAY, text=words, message_ids=("m1",))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0812345678", "+66812345678"),
        ("081-234-5678", "+66812345678"),
        ("โทร ๐๘๑ ๒๓๔ ๕๖๗๘ ได้ตลอด", "+66812345678"),
        ("+66 81 234 5678", "+66812345678"),
        ("02 202 3000", "+6622023000"),
        ("12345", None),
        ("ไม่สะดวกบอก", None),
        ("เลขที่บ้าน 99/123", None),
    ],
)
def test_phones_are_read_as_people_type_them(typed: str, stored: str | None) -> None:
    assert phone_in(typed) == stored


def test_a_phone_is_shown_as_people_read_it() -> None:
    assert national("+66812345678") == "081 234 5678"
    assert isinstance(Phone().read(scene(text("hello"))), Problem)


@pytest.mark.parametrize(
    ("typed", "read"), [("3", 3), ("๓", 3), ("2.", 2), ("0", None), ("12345", None), ("สาม", None)]
)
def test_numbers_are_read_in_any_digits(typed: str, read: int | None) -> None:
    assert number(typed) == read


@pytest.mark.parametrize(
    ("meaning", "typed"),
    [("skip", "ข้ามเลยค่ะ"), ("skip", "ไม่สะดวกบอกครับ"), ("enough", "หมดแล้วค่ะ"), ("cancel", "ขอยกเลิกครับ"), ("yes", "ใช่ค่ะ"),
     ("no", "No"), ("no", "ไม่มีครับ"), ("yes", "YES!"), ("send", "ส่งเลยค่ะ"), ("back", "ย้อนกลับ")],
)  # fmt: skip
def test_words_mean_buttons_with_their_particles(meaning: str, typed: str) -> None:
    assert said(meaning, typed)


@pytest.mark.parametrize(
    ("meaning", "typed"),
    [("cancel", "เขาบอกให้ยกเลิกแต่ยังทำอยู่"), ("yes", "ใช่โรงงานเดิมที่เคยแจ้ง"), ("skip", "โรงงานข้ามถนนไปอีกฝั่ง")],
)
def test_a_word_inside_a_story_is_no_button(meaning: str, typed: str) -> None:
    assert not said(meaning, typed)


def test_only_particles_leave_nothing_worse_than_themselves() -> None:
    assert bare("ค่ะ") == "ค่ะ"
    assert bare("!!!") == ""


def test_yes_and_no_are_read_typed_and_by_number() -> None:
    reader = YesNo(unsure=True)
    for typed, value in (("ใช่ค่ะ", "yes"), ("2", "no"), ("ไม่แน่ใจ", "unsure")):
        heard = reader.read(scene(text(typed)))
        assert isinstance(heard, Heard)
        assert heard.values == {"place": value}
    assert isinstance(reader.read(scene(text("อาจจะอยู่แถวนั้นละมั้ง"))), Problem)
    assert reader.read(scene(Incoming("sticker", "e1", MONDAY))) is None


def test_words_too_short_are_asked_for_more() -> None:
    assert isinstance(Words(at_least=10).read(scene(text("เหม็น"))), Problem)


def test_a_number_beyond_the_list_chooses_nothing() -> None:
    assert chosen_by_words((), "1") is None


def test_photos_of_an_album_are_answered_by_the_last_in_any_order() -> None:
    value = None
    for number_, last in ((3, False), (1, False), (2, True)):
        media = Media(f"p{number_}", "image", set_id="s", total=3)
        heard = Photos().read(scene(Incoming("media", "e", MONDAY, media=(media,)), value))
        assert isinstance(heard, Heard)
        assert heard.quiet is not last
        value = heard.values["place"]
    assert value is not None
    assert value["ids"] == ["p3", "p1", "p2"]


def test_the_same_photo_twice_is_one() -> None:
    media = Media("p1", "image")
    value = {"ids": ["p1"], "done": False}
    heard = Photos().read(scene(Incoming("media", "e", MONDAY, media=(media,)), value))
    assert isinstance(heard, Heard)
    assert heard.values["place"]["ids"] == ["p1"]


# --- places ---------------------------------------------------------------------------------------


def test_every_list_of_areas_fits_a_card_and_leads_down_to_each_area() -> None:
    seen: set[str] = set()

    def walk(within: str, group: str = "") -> None:
        options = listed(knowledge(), within, group)
        assert len(options) <= PAGE + 1
        for option in options:
            act, _, code = option.value.partition(":")
            if act == "in":
                walk(*code.split(":"))
            elif act == "at":
                seen.add(code)

    walk("")
    provinces = {area.code for area in knowledge().areas()}
    assert seen == provinces
    for province in ("TH-10", "TH-30"):
        seen.clear()
        walk(province)
        assert seen == {area.code for area in knowledge().areas(province)}


def test_an_areas_code_names_the_areas_above_it() -> None:
    place = from_area(knowledge(), "110301")
    assert place is not None
    assert (place.province, place.district, place.subdistrict) == ("TH-11", "1103", "110301")
    assert from_area(knowledge(), "999999") is None


def test_a_stored_place_of_odd_shape_is_no_place() -> None:
    assert place_of("bangkok") == Place()
    assert place_of({"place": {"planet": "mars", "province": "TH-10"}}) == Place(province="TH-10")
    assert not Where().complete({"place": {"province": "TH-99"}}, knowledge())


def test_a_common_word_in_a_longer_text_names_no_place() -> None:
    assert isinstance(Where().read(scene(text("อยู่ตรงหลังตลาดเลยค่ะเลี้ยวซ้าย"))), Problem)


def test_the_finest_place_of_a_text_is_taken() -> None:
    coarse, fine = Place(province="TH-11"), Place(province="TH-11", district="1103")
    told = place_told("x", (PlaceReading(coarse, 0.9), PlaceReading(fine, 0.7)))
    assert told is not None
    assert told["place"]["district"] == "1103"


# --- printed codes --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_text_of_a_printed_code_is_read_back(lang: str) -> None:
    written = qr_text(lang, place="บางพลี", factory="ABC: พลาสติก")  # type: ignore[arg-type]
    assert read_qr(written) == {"place": "บางพลี", "factory": "ABC: พลาสติก"}
    assert read_qr(written + "\nเหม็นมาก") == {"place": "บางพลี", "factory": "ABC: พลาสติก", "more": "เหม็นมาก"}
    assert read_qr(qr_text(lang, body="สถาบันอาหาร")) == {"body": "สถาบันอาหาร"}  # type: ignore[arg-type]


def test_an_ordinary_text_is_no_printed_code() -> None:
    assert read_qr("แจ้งเรื่องโรงงานเหม็น") is None
    assert read_qr("แจ้งเรื่อง\nโรงงานเหม็นมาก") is None
    assert read_qr("") is None


# --- the catalogue --------------------------------------------------------------------------------

ROOM = Path(handlers.__file__).parent
OWN = ("common", "complaint", "place", "emergency")
KEY = re.compile(r"^(?:common|complaint|place|emergency|home|story)\.[a-z_.]+$")
NO_TEXT = {"emergency.danger", "emergency.more", "emergency.can_call"}  # names of what was asked


def literals() -> set[str]:
    """Every string in the handlers that looks like a key, and the beginnings of those that are put together."""
    found: set[str] = set()
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.match(node.value):
                found.add(node.value)
    return found


def test_every_text_that_is_named_in_code_is_written_in_both_languages() -> None:
    named = {key for key in literals() if key[-1] not in "._"} - NO_TEXT
    named -= {key for key in named if any(other.startswith(f"{key}.") for other in catalogue().texts)}
    missing = {key for key in named if key not in catalogue()}
    assert missing == set()
    assert [key for key, both in catalogue().texts.items() if not (both.th.strip() and both.en.strip())] == []


def test_every_question_has_its_words() -> None:
    for flow in (complaint.FLOW, emergency.FLOW):
        for question in flow.questions:
            if question.line and flow.mild:
                assert f"{flow.name}.{question.field}.label" in catalogue()
            if question.field not in ("outside", "same"):  # these two say what they found (outside.*, same.*)
                assert f"{flow.name}.{question.field}.ask" in catalogue()


def test_no_text_of_ours_is_written_and_never_said() -> None:
    code = "\n".join(path.read_text("utf8") for path in ROOM.rglob("*.py"))
    made = re.compile(r"\.(ask|label|again|is\.\w+|none|yes|no|unsure)$|^place\.which_|^common\.(\w+_ask|\w+)$")
    unused = [
        key for key in catalogue().texts
        if key.split(".")[0] in OWN and f'"{key}"' not in code and not made.search(key)
    ]  # fmt: skip
    assert unused == []


@pytest.mark.parametrize("lang", ["th", "en"])
def test_a_bubble_has_at_most_three_short_lines(lang: str) -> None:
    longest = 62 if lang == "th" else 75  # code points; a Thai letter often carries two marks
    for key, both in catalogue().texts.items():
        if key.split(".")[0] in OWN:
            lines = both.in_(lang).splitlines()
            assert len(lines) <= 3, key
            assert all(len(line) <= longest for line in lines), (key, max(map(len, lines)))


def test_danger_speaks_without_particles() -> None:
    for key, both in catalogue().texts.items():
        if key.startswith("emergency."):
            assert not re.search("ค่ะ|คะ|ครับ|นะ", both.th), key
