"""What a text complains about, what its writer wants, and the details told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.find import Finder, fold
from knowledge.load import Knowledge, load


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def types(knowledge: Knowledge, text: str) -> list[str]:
    return [each.id for each in knowledge.read(text).types]


def slots(knowledge: Knowledge, text: str, name: str) -> list[str]:
    return [slot.value for slot in knowledge.read(text).slots if slot.name == name]


def test_two_harms_are_two_types(knowledge: Knowledge) -> None:
    assert set(types(knowledge, "โรงงานเสียงดังแล้วฝุ่นก็เยอะ")[:2]) == {"noise", "dust"}


def test_the_cause_comes_before_its_smell(knowledge: Knowledge) -> None:
    assert types(knowledge, "เผาพลาสติก ส่งกลิ่นเหม็น")[0] == "smoke_pm25"


def test_a_longer_word_hides_a_shorter_one(knowledge: Knowledge) -> None:
    assert types(knowledge, "รถอ้อยทำอ้อยหล่นบนถนน")[0] == "cane_truck"
    assert types(knowledge, "เผาไร่อ้อย")[0] == "cane_burning"


def test_the_words_that_spoke_are_told(knowledge: Knowledge) -> None:
    first = knowledge.read("ปล่องโรงงานพ่นควันดำ").types[0]
    assert first.id == "smoke_pm25"
    assert "ควันดำ" in first.words
    assert 0.5 < first.confidence < 1


def test_a_question_names_no_type_for_certain(knowledge: Knowledge) -> None:
    assert types(knowledge, "ทดสอบผ้าที่ไหน") == []
    assert types(knowledge, "สวัสดีค่ะ") == []


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("โรงงานข้างบ้านเหม็นมาก", "complain"),
        ("ขอร้องเรียนโรงงานปล่อยน้ำเสีย", "complain"),
        ("I want to report a factory that burns plastic", "complain"),
        ("ทดสอบผ้าที่ไหน", "ask"),
        ("อยากขอใบอนุญาตโรงงานต้องทำยังไง", "ask"),
        ("who tests fabrics", "ask"),
        ("where can I get a loan for machines", "ask"),
        ("เรื่องที่แจ้งไปถึงไหนแล้ว", "status"),
        ("ติดตามเรื่อง", "status"),
        ("what is the status of my complaint", "status"),
        ("ขอคุยกับเจ้าหน้าที่", "person"),
        ("I want to talk to a person", "person"),
        ("ทำอะไรได้บ้าง", "help"),
        ("help", "help"),
        ("เมนู", "help"),
        ("คุณเป็นใคร", "help"),
        ("is this a bot?", "help"),
        ("TQA application", "ask"),
        ("บางปู", "unknown"),
        ("ขอบคุณมากค่ะ", "thanks"),
        ("thank you!", "thanks"),
        ("สวัสดีครับ", "greeting"),
        ("hello", "greeting"),
        ("บอทโง่", "rude"),
        ("ไอ้ควาย", "rude"),
        ("555555", "nonsense"),
        ("???", "nonsense"),
        ("👍👍", "nonsense"),
        ("ฟหกด่าสว", "nonsense"),
        ("asdfghjkl", "nonsense"),
        ("ผปแอิืท", "nonsense"),
        ("กกกกกกกกกกกก", "nonsense"),
        ("พรุ่งนี้วันอังคาร", "unknown"),
    ],
)
def test_what_a_message_wants(knowledge: Knowledge, text: str, intent: str) -> None:
    assert knowledge.read(text).intent == intent


def test_thanks_before_a_complaint_are_no_thanks(knowledge: Knowledge) -> None:
    text = "ขอบคุณค่ะ แต่โรงงานยังปล่อยควันดำอยู่ทุกคืน ช่วยตรวจสอบด้วย"
    assert knowledge.read(text).intent == "complain"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("โทร 0812345678 นะ", "0812345678"),
        ("เบอร์ 081-234-5678", "081-234-5678"),
        ("ติดต่อ 02-123-4567", "02-123-4567"),
        ("call +66 81 234 5678", "+66 81 234 5678"),
        ("๐๘๑๒๓๔๕๖๗๘", "๐๘๑๒๓๔๕๖๗๘"),
    ],
)
def test_a_phone_is_found_as_it_was_written(knowledge: Knowledge, text: str, phone: str) -> None:
    assert slots(knowledge, text, "phone") == [phone]


@pytest.mark.parametrize("text", ["เลขทะเบียนโรงงาน 10110123425678", "13.5991, 100.6123", "ปี 2569", "ราคา 0.85 บาท"])
def test_other_numbers_are_no_phones(knowledge: Knowledge, text: str) -> None:
    assert slots(knowledge, text, "phone") == []


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("ควันดำทุกคืนเลย", "frequency", "ทุกคืน"),
        ("เสียงดังทั้งวันทั้งคืน", "frequency", "ทั้งวันทั้งคืน"),
        ("it smells every night", "frequency", "every night"),
        ("เหม็นตั้งแต่เมื่อวาน", "when", "ตั้งแต่เมื่อวาน"),
        ("ได้กลิ่นตอนตี 3", "when", "ตอนตี 3"),
        ("since last week", "when", "since last week"),
        ("กลิ่นพลาสติกไหม้ลอยมา", "smell", "พลาสติกไหม้"),
        ("บริษัท ใจดีพลาสติก จำกัด ปล่อยควัน", "factory", "บริษัท ใจดีพลาสติก จำกัด"),
        ("โรงงานสมหมายการยาง ปล่อยน้ำเสีย", "factory", "โรงงานสมหมายการยาง"),
        ("smoke from Good Rubber Co., Ltd. again", "factory", "Good Rubber Co., Ltd."),
    ],
)
def test_details_are_found_where_they_stand(knowledge: Knowledge, text: str, name: str, value: str) -> None:
    found = [slot for slot in knowledge.read(text).slots if slot.name == name]
    assert [slot.value for slot in found] == [value]
    assert text[found[0].span.start : found[0].span.end].strip() == value


def test_a_factory_without_a_name_has_none(knowledge: Knowledge) -> None:
    for text in ("โรงงานปล่อยควันดำ", "โรงงานแถวบ้านเหม็น", "โรงงานผลิตพลาสติกเสียงดัง"):
        assert slots(knowledge, text, "factory") == []


@given(st.text(max_size=400))
def test_any_text_can_be_read(knowledge: Knowledge, text: str) -> None:
    for slot in knowledge.read(text).slots:
        assert 0 <= slot.span.start < slot.span.end <= len(text)


def test_a_word_found_is_the_longest_and_stands_alone() -> None:
    finder = Finder(["iso", "iso 9001", "ควัน", "ควันดำ"])
    assert [each.phrase for each in finder.find("iso 9001 isotope ควันดำ")] == ["iso 9001", "ควันดำ"]


def test_spellings_of_a_form_are_one() -> None:
    assert fold("รง. 4") == fold("รง.4") == fold("ร.ง.4") == fold("รง 4")
    assert fold("มอก. 2432-2555") == fold("มอก.2432 2555")
