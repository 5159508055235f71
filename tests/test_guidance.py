"""Questions of entrepreneurs: an answer, one question back, or a person; and no wall at the end."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from handlers import question
from handlers.question import Question
from handlers.vocabulary import Answer, Call, Gap, Link, Notice, Tell
from knowledge.model import Place
from tests.talking import Talk, buttons, keys, knowledge, opened, ticket

FABRIC = "ใครรับทดสอบผ้า"
NOBODY = "ฟหกดฟหกด กขคงกขคง ฟหกดฟหกด"


def answered() -> Talk:
    talk = Talk()
    assert talk.says(FABRIC)
    assert talk.conversation.asked == "guidance.answered"
    return talk


def test_a_question_gets_the_body_why_and_how_to_reach_it() -> None:
    said = Talk().says(FABRIC)
    assert keys(said) == ["สถาบันพัฒนาอุตสาหกรรมสิ่งทอ"]
    assert buttons(said)[0] == "1|guidance|refer|thti"
    assert "1|guidance|not_meant|" in buttons(said)


@pytest.mark.parametrize("body_id", sorted(knowledge().facts.bodies))
def test_a_card_calls_and_links_checked_contacts_only(body_id: str) -> None:
    body = knowledge().facts.bodies[body_id]
    said = Talk().taps("guidance", "pick", body_id)
    every = [button.act for say in said.says for button in (say.card.buttons if say.card else ())]
    assert {act.number for act in every if isinstance(act, Call)} <= set(body.phones)
    assert {act.url for act in every if isinstance(act, Link)} <= {body.website, body.map_url}


def test_ask_them_for_me_opens_a_referral_with_the_question_already_in() -> None:
    talk = answered()
    said = talk.taps("guidance", "refer", "thti")
    made = opened(said)
    assert made
    assert (made.kind, made.office, made.summary) == ("referral", "thti", FABRIC)
    assert made.report["question"] == Answer(FABRIC, ("m1",))
    assert keys(said) == ["home.privacy_title", "guidance.referred"]
    assert said.says[-1].must_arrive
    assert any(isinstance(act, Notice) for act in said.acts)
    assert talk.conversation.ticket == talk.code
    assert talk.conversation.draft("guidance") == {}


def test_the_notice_on_data_is_given_once() -> None:
    talk = answered()
    talk.taps("guidance", "refer", "thti")
    talk.says(FABRIC)
    assert keys(talk.taps("guidance", "refer", "thti")) == ["guidance.referred"]
    assert talk.conversation.notices["privacy"].startswith("2026-11 2026-11-23T05:")


@pytest.mark.parametrize("words", ["ให้เราถามให้", "ให้เราถามให้ค่ะ", "Ask them for me"])
def test_what_stands_on_a_button_can_be_typed(words: str) -> None:
    assert opened(answered().says(words))


def test_not_what_i_meant_is_kept_and_leads_on() -> None:
    talk = answered()
    said = talk.taps("guidance", "not_meant")
    gaps = [act for act in said.acts if isinstance(act, Gap)]
    assert gaps == [Gap("not_meant", FABRIC, ("thti",), ("m1",))]
    assert "1|guidance|pick|thti" not in buttons(said)
    assert "1|guidance|person|" in buttons(said)


def test_not_meant_again_and_again_ends_with_a_person_and_never_at_a_wall() -> None:
    talk = answered()
    for _ in range(6):
        said = talk.taps("guidance", "not_meant")
        assert buttons(said)
    assert "1|guidance|person|" in buttons(said)
    made = opened(talk.taps("guidance", "person"))
    assert made
    assert (made.kind, made.office, made.summary) == ("question", "ops", FABRIC)


def test_a_question_back_has_numbers_and_words_and_takes_either() -> None:
    asked = Talk()
    asked.says(FABRIC)
    said = asked.taps("guidance", "not_meant")
    picks = [data for data in buttons(said) if data.startswith("1|guidance|pick|")]
    if not picks:
        pytest.skip("the router knows one candidate only")
    assert keys(asked.says("1"))
    assert asked.conversation.asked == "guidance.answered"


def test_what_nobody_covers_goes_to_a_person_and_is_kept_as_a_gap() -> None:
    talk = Talk()
    talk.taps("guidance", "~", "start")
    said = talk.says(NOBODY)
    made = opened(said)
    assert made
    assert (made.kind, made.report["question"].value) == ("question", NOBODY)
    assert [act.kind for act in said.acts if isinstance(act, Gap)] == ["unanswered"]
    assert keys(said)[-1] == "person.opened"


def test_a_second_question_goes_to_the_one_that_is_open() -> None:
    open_one = ticket("QQQ-QQQ-111", kind="question", office="ops")
    talk = Talk(tickets=(open_one,))
    talk.taps("guidance", "~", "start")
    said = talk.says(NOBODY)
    assert opened(said) is None
    assert [act.code for act in said.acts if isinstance(act, Tell)] == ["QQQ-QQQ-111"]


def test_a_fragment_is_asked_for_more_before_anybody_is_bothered() -> None:
    talk = Talk()
    talk.taps("guidance", "~", "start")
    said = talk.says("ฟหกด")
    assert keys(said) == ["guidance.more"]
    assert opened(said) is None
    kept = talk.conversation.draft("guidance")["question"]
    assert kept == Answer("ฟหกด", ("m2",))


@pytest.mark.parametrize("words", ["ต่อใบขับขี่รถยนต์ที่ไหน ภาษีรถขาดสามปีด้วย", "พรุ่งนี้ฝนตกไหม"])
def test_a_stranger_gets_a_pointer_and_opens_nothing(words: str) -> None:
    said = Talk().says(words)
    assert keys(said) == ["guidance.stranger"]
    assert opened(said) is None
    assert "1|guidance|person|" in buttons(said)


def test_the_place_is_asked_where_it_decides_and_can_be_skipped() -> None:
    talk = Talk()
    said = talk.says("อยากขอใบอนุญาตโรงงาน ต้องไปที่ไหน")
    if keys(said) != ["guidance.place_ask"]:
        pytest.skip("the router needs no place for this")
    assert keys(talk.says("ฟหกดฟหกด")) == ["guidance.place_unread"]
    talk.says("สมุทรปราการ")
    assert talk.conversation.asked in ("guidance.answered", "guidance.pick")
    assert talk.conversation.draft("guidance")["place"].value["place"]["province"] == "TH-11"


def test_a_pin_answers_the_place() -> None:
    talk = Talk()
    if keys(talk.says("อยากขอใบอนุญาตโรงงาน ต้องไปที่ไหน")) != ["guidance.place_ask"]:
        pytest.skip("the router needs no place for this")
    talk.pins(13.53, 100.65)
    assert talk.conversation.asked in ("guidance.answered", "guidance.pick")


def test_an_old_button_asks_for_the_question_that_is_gone() -> None:
    talk = Talk()
    assert keys(talk.taps("guidance", "refer", "thti")) == ["guidance.refer_ask"]
    made = opened(talk.says("ทดสอบผ้าไหมใช้เวลากี่วัน"))
    assert made
    assert (made.kind, made.office) == ("referral", "thti")
    assert keys(talk.taps("guidance", "refer", "nobody")) == ["home.stale", "home.choose"]


def test_a_phone_number_goes_to_the_sealed_reporter_and_out_of_the_question() -> None:
    talk = Talk()
    talk.taps("person", "~", "start")
    made = opened(talk.says("อยากรู้เรื่องกองทุน โทรกลับ 081-234-5678 หลังบ่ายโมง"))
    assert made
    assert made.reporter.phone == "+66812345678"
    assert "5678" not in made.summary + str(made.report["question"].value)


def test_several_matters_are_cut_where_another_begins() -> None:
    assert question.matters("อยากขอใบอนุญาตโรงงาน\nใครรับทดสอบผ้าไหม") == ["อยากขอใบอนุญาตโรงงาน", "ใครรับทดสอบผ้าไหม"]
    assert question.matters("ใครรับทดสอบผ้าและย้อมสี") == ["ใครรับทดสอบผ้าและย้อมสี"]
    assert question.matters("1. ขอใบอนุญาตโรงงานที่ไหน 2. กู้เงินซื้อเครื่องจักรที่ไหน") == [
        "ขอใบอนุญาตโรงงานที่ไหน",
        "กู้เงินซื้อเครื่องจักรที่ไหน",
    ]
    assert question.matters("where can I test 2.5 mm steel wire") == ["where can I test 2.5 mm steel wire"]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("How do I get ISO 9001? Also, where can I borrow money for machines?", "masci", "smedbank"),
        ("ขอ มอก. ปลั๊กพ่วงต้องทำยังไง และถ้าจะกู้เงินซื้อเครื่องจักรติดต่อใครคะ", "tisi", "smedbank"),
    ],
)
def test_each_of_two_matters_is_answered(text: str, first: str, second: str) -> None:
    found, _ = question.several(knowing(), question.Question(words=text))
    assert [one.body for one in found] == [first, second]


def test_the_weather_beside_a_matter_is_no_matter() -> None:
    found, _ = question.several(knowing(), question.Question(words="พรุ่งนี้ฝนตกไหม แล้วก็อยากรู้ว่าทดสอบสายไฟที่ไหน"))
    assert [one.body for one in found] == ["eei"]


def knowing() -> Any:
    """As much of a turn as reading a question needs."""
    return SimpleNamespace(knowledge=knowledge())


def test_two_matters_in_one_message_get_two_answers() -> None:
    talk = Talk()
    assert keys(talk.says("อยากขอใบอนุญาตโรงงาน\nใครรับทดสอบผ้าไหม")) == ["guidance.place_ask"]
    said = talk.taps("guidance", "anywhere")
    assert keys(said)[0] == "guidance.several"
    assert {data for data in buttons(said) if "refer" in data} >= {"1|guidance|refer|thti"}
    assert len([say for say in said.says if say.card]) == 2


@pytest.mark.parametrize("no", ["ไม่ใช่", "no", "ไม่ใช่ทั้งหมดนี้"])
def test_a_plain_no_means_the_button(no: str) -> None:
    talk = answered()
    said = talk.says("no") if no == "no" else talk.says("ไม่ใช่")
    assert [act.kind for act in said.acts if isinstance(act, Gap)] == ["not_meant"]
    if talk.conversation.asked == "guidance.pick":
        assert [act.kind for act in talk.says(no).acts if isinstance(act, Gap)] == ["not_meant"]


def test_a_stored_question_is_read_back_and_odd_parts_count_as_not_told() -> None:
    asked = Question("ก", ("m1",), Place("TH-11", typed="ปากน้ำ"), ("m2",), ("thti",), 1, "x", True)
    assert question.read(asked.draft()) == asked
    odd = {"question": Answer(7), "place": Answer("x"), "shown": Answer("y"), "rounds": Answer("z")}
    assert question.read(odd) == Question()


def test_cancel_and_back_are_understood() -> None:
    talk = answered()
    assert keys(talk.says("กลับ")) == ["guidance.ask"]
    assert keys(talk.says("ยกเลิก"))[0] == "home.cancelled"
    assert talk.conversation.draft("guidance") == {}
    assert keys(talk.says("ยกเลิก"))[0] == "home.nothing_to_cancel"


def test_an_unsent_question_is_forgotten() -> None:
    talk = answered()
    talk.hear(talk._incoming("unsend").__class__("unsend", "e9", talk.now, message_ids=("m1",)))
    assert "question" not in talk.conversation.draft("guidance")


def test_a_call_for_a_person_is_asked_what_about_and_a_story_is_taken_at_once() -> None:
    assert keys(Talk().says("ขอคุยกับเจ้าหน้าที่")) == ["person.ask"]
    talk = Talk()
    talk.says("ขอคุยกับเจ้าหน้าที่")
    said = talk.says("ยื่นขอใบรับรองไปสองเดือนแล้วยังไม่มีใครตอบเลย")
    made = opened(said)
    assert made
    assert made.kind == "question"
    assert made.answer_by
    assert made.answer_by - talk.now < timedelta(days=4)
