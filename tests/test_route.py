"""Whom to ask: an answer, a question that tells candidates apart, or a person."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.evaluate import evaluate, read_rows
from knowledge.load import Knowledge, load
from knowledge.model import Place

SENTENCES = Path(__file__).parent / "sentences"
FLOORS = yaml.safe_load((SENTENCES / "floors.yaml").read_text(encoding="utf-8"))
BANGKOK, RAYONG = Place(province="TH-10"), Place(province="TH-21")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def first(knowledge: Knowledge, text: str, place: Place | None = None) -> str:
    return knowledge.route(text, place).candidates[0].body


@pytest.mark.parametrize("text", ["who tests fabrics", "ทดสอบผ้าที่ไหน", "ผ้าสีตก ตรวจที่ไหนได้"])
def test_who_tests_fabrics_is_the_textile_institute(knowledge: Knowledge, text: str) -> None:
    route = knowledge.route(text)
    assert route.decision == "answer"
    assert route.candidates[0].body == "thti"


def test_an_answer_says_why_and_with_which_words(knowledge: Knowledge) -> None:
    route = knowledge.route("ทดสอบผ้าที่ไหน")
    assert route.candidates[0].why.th
    assert route.candidates[0].why.en
    assert "ผ้า" in route.words
    assert knowledge.body(route.candidates[0].body) is not None


def test_the_place_decides_the_counter(knowledge: Knowledge) -> None:
    text = "อยากเปิดโรงงานต้องขอ รง.4 ที่ไหน"
    assert first(knowledge, text, RAYONG) == "provincial_office@TH-21"
    assert first(knowledge, text, BANGKOK) == "diw"
    assert first(knowledge, text, Place(province="TH-21", estate="map_ta_phut")) == "ieat"


def test_a_place_told_in_the_question_decides_too(knowledge: Knowledge) -> None:
    assert first(knowledge, "ขอ รง.4 ที่ลำปาง") == "provincial_office@TH-52"
    assert first(knowledge, "ขอใบอนุญาตโรงงานที่เขตบางขุนเทียน") == "diw"
    assert first(knowledge, "ขอใบอนุญาตโรงงานที่ลำปาง", BANGKOK) == "diw"


def test_a_form_that_is_named_decides_where_the_words_sound_like_another(knowledge: Knowledge) -> None:
    route = knowledge.route("ขอใบ รง4 เพิ่มกำลังการผลิต")
    assert route.candidates[0].body == "provincial_office"


def test_a_body_is_found_by_its_name(knowledge: Knowledge) -> None:
    assert first(knowledge, "เบอร์โทรกรมโรงงาน") == "diw"
    assert first(knowledge, "ติดต่ออุตสาหกรรมจังหวัดนครปฐม") == "provincial_office@TH-73"
    assert first(knowledge, "where is the National Food Institute") == "nfi"


def test_a_counter_without_a_place_says_what_it_needs(knowledge: Knowledge) -> None:
    route = knowledge.route("ขอใบอนุญาตโรงงาน")
    assert route.candidates[0].body == "provincial_office"
    assert route.needs == "province"
    assert knowledge.route("ขอใบอนุญาตโรงงาน", RAYONG).needs == ""


def test_the_centre_of_the_province_answers(knowledge: Knowledge) -> None:
    assert first(knowledge, "ขอใช้เครื่องจักรของศูนย์ ITC", Place(province="TH-50")) == "dc1"


def test_a_hard_alias_decides(knowledge: Knowledge) -> None:
    for text in ("ISO 9001", "iso9001", "ไอเอสโอ 9001"):
        assert first(knowledge, text) == "masci"
    assert first(knowledge, "ITAP") == "nstda"


def test_the_verb_tells_licence_from_test(knowledge: Knowledge) -> None:
    assert first(knowledge, "ทดสอบปลั๊กพ่วง") == "eei"
    assert first(knowledge, "ขอใบอนุญาต มอก. ปลั๊กพ่วง") == "tisi"


def test_a_stranger_is_handed_over_and_named(knowledge: Knowledge) -> None:
    route = knowledge.route("พรุ่งนี้ฝนจะตกไหม")
    assert route.decision == "hand_over"
    assert route.stranger == "weather"
    assert route.candidates == ()


def test_a_stranger_is_told_a_number_where_one_is_known(knowledge: Knowledge) -> None:
    route = knowledge.route("ทำบัตรประชาชนใหม่ที่ไหน")
    assert route.stranger == "personal documents"
    assert "1111" in route.note.th
    assert "1111" in route.note.en


def test_a_weak_word_alone_is_not_answered(knowledge: Knowledge) -> None:
    for text in ("โรงงาน", "มาตรฐาน", "SME", "ต้องติดต่อใคร"):
        assert knowledge.route(text).decision != "answer", text


def test_crumbs_are_not_answered(knowledge: Knowledge) -> None:
    for text in ("", " ", "อันนี้", "asdf", "มีไหมคะ", "ราคาเท่าไหร่"):
        assert knowledge.route(text).decision != "answer", text


def test_asking_offers_at_least_two(knowledge: Knowledge) -> None:
    asked = [knowledge.route(row.text) for row in read_rows(SENTENCES / "route.tsv")]
    for route in asked:
        if route.decision == "ask":
            assert len(route.candidates) >= 2
            assert route.question.th


def test_a_sector_without_an_institute_gets_a_good_officers_word(knowledge: Knowledge) -> None:
    route = knowledge.route("พัฒนาเครื่องปั้นดินเผาเซรามิก ถามใคร")
    assert "เซรามิก" in route.note.th


def test_no_candidate_stands_twice(knowledge: Knowledge) -> None:
    for row in read_rows(SENTENCES / "route.tsv"):
        bodies = [each.body for each in knowledge.route(row.text, BANGKOK).candidates]
        assert len(bodies) == len(set(bodies))


@given(st.text(max_size=300))
def test_any_text_gets_a_decision(knowledge: Knowledge, text: str) -> None:
    route = knowledge.route(text)
    assert 0 <= route.confidence <= 1
    if route.decision != "hand_over":
        assert route.candidates


@pytest.mark.parametrize("task", ["route", "type"])
def test_the_figures_do_not_fall(knowledge: Knowledge, task: str) -> None:
    found, _ = evaluate(knowledge, read_rows(SENTENCES / f"{task}.tsv"), task)
    for name, floor in FLOORS[task].items():
        if name.endswith("_at_most"):
            assert found[name.removesuffix("_at_most")] <= floor
        else:
            assert found[name] >= floor
