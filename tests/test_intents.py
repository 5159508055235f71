"""A citizen's complaint, an entrepreneur's question and talk are told apart; fingers on the keys are nonsense."""

from __future__ import annotations

import pytest

from knowledge.load import Knowledge, load

COMPLAINS = """
โรงงานข้างบ้านเปิดเครื่องดังมากตั้งแต่ตีสี่ ทนไม่ไหวแล้ว
กลิ่นเหม็นจากฟาร์มลอยเข้าบ้านทุกเย็น
แอบปล่อยน้ำเสียลงคลองหลังวัด
ฝุ่นจากโรงโม่เต็มบ้านเลยค่ะ
ใครรับผิดชอบโรงงานที่ตั้งในหมู่บ้านจัดสรร เสียงดังทั้งวัน
แจ้งโรงงานเถื่อนได้ที่ไหน อยู่ในซอยบ้านผมเลย
รถบรรทุกโรงน้ำตาลทำอ้อยหล่นเต็มถนน
ซื้อปลั๊กมาใช้แล้วไหม้ ไม่มี มอก. ร้านไม่รับคืน
เขาเอาถังสารเคมีมาทิ้งในที่ดินผม
เจ้าหน้าที่เรียกเงินก่อนเซ็นใบอนุญาต
ควันดำปล่องโรงงาน
โรงงานไม่จ่ายค่าแรงสองเดือนแล้ว
เหมืองระเบิดหินจนบ้านร้าว
มีคนแอบอ้างเป็นกระทรวงให้โอนเงิน
the factory behind my house burns plastic at night
there is dust all over our laundry from the cement plant
my neighbour runs a noisy workshop without a licence
dirty water flows from the factory into our pond
"""
ASKS = """
อยากทดสอบความแข็งแรงของเหล็ก ต้องส่งที่ไหน
ขอ มอก. หลอดไฟต้องทำอย่างไร
จะเปิดโรงงานน้ำดื่มต้องขอใบอนุญาตอะไรบ้าง
มีคอร์สอบรมการตลาดออนไลน์สำหรับเอสเอ็มอีไหม
กู้เงินซื้อเครื่องจักรดอกเบี้ยต่ำมีที่ไหนบ้าง
ต่ออายุใบ รง.4 ใช้เอกสารอะไร
พัฒนาสูตรน้ำพริกให้เก็บได้นาน ปรึกษาใคร
ขอรับรองฮาลาลใช้เวลานานแค่ไหน
สอบเทียบเครื่องชั่งต้องติดต่อหน่วยงานไหน
โรงงานผมอยากลดค่าไฟ มีที่ปรึกษาไหมครับ
จดเครื่องหมายการค้าที่ไหน
ผ้าของเราต้องผ่านมาตรฐานอะไรถึงจะส่งออกญี่ปุ่นได้
ขั้นตอนขอ BOI
ตรวจหม้อน้ำประจำปีต้องใช้วิศวกรแบบไหน
which lab tests plastic food boxes
how do I register my machinery as collateral
do I need a permit for a small bakery
we want to export furniture, which certificate is needed
"""
TALK = """
วันนี้ฝนตกทั้งวันเลย
เมื่อคืนดูบอลสนุกมาก
เธอชอบกินอะไร
ง่วงนอนจัง
ดวงวันนี้เป็นไงบ้าง
แต่งกลอนวันแม่ให้หน่อย
เหงาจังเลย
รักนะจุ๊บๆ
tell me a joke
i am bored today
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def share(knowledge: Knowledge, texts: str, *right: str) -> tuple[float, list[str]]:
    lines = texts.strip().splitlines()
    wrong = [line for line in lines if knowledge.read(line).intent not in right]
    return 1 - len(wrong) / len(lines), wrong


def test_complaints_are_complaints(knowledge: Knowledge) -> None:
    held, wrong = share(knowledge, COMPLAINS, "complain")
    assert held >= 0.9, wrong


def test_questions_are_questions(knowledge: Knowledge) -> None:
    held, wrong = share(knowledge, ASKS, "ask")
    assert held >= 0.9, wrong


def test_talk_is_neither(knowledge: Knowledge) -> None:
    held, wrong = share(knowledge, TALK, "unknown", "greeting", "nonsense", "thanks", "help")
    assert held >= 0.7, wrong


@pytest.mark.parametrize("text", ["asdfasdf", "qwerty", "ฟหกดเ้่า", "ผปแอิทม", "zxcvbn", "gggggggg", "!!!???", "หหหหหหห"])
def test_fingers_on_the_keys_are_nonsense(knowledge: Knowledge, text: str) -> None:
    assert knowledge.read(text).intent == "nonsense"


@pytest.mark.parametrize("text", ["poor", "we were", "power", "tree", "ไฟ", "บางปู", "พระราม", "รางวัล", "สวนหลวง"])
def test_short_words_are_no_nonsense(knowledge: Knowledge, text: str) -> None:
    assert knowledge.read(text).intent != "nonsense"
