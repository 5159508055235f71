"""What is kept of a question tells the matter and not the person."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.evaluate import read_rows
from knowledge.masking import MARK, masked, unmarked

SENTENCES = Path(__file__).parent / "sentences"
PERSONAL = [
    ("ผมชื่อสมชาย ใจดี โทร 081-234-5678 โรงงานปล่อยควัน", ["สมชาย", "ใจดี", "5678"], "โรงงานปล่อยควัน"),
    ("นายสมชายปล่อยน้ำเสียลงคลอง", ["สมชาย"], "ปล่อยน้ำเสียลงคลอง"),
    ("น.ส. มาลี ศรีสุข เจ้าของร้าน อยากจดเครื่องหมายการค้า", ["มาลี", "ศรีสุข"], "อยากจดเครื่องหมายการค้า"),
    ("ติดต่อคุณวิภา รักไทย ได้ที่ ๐๘๑๒๓๔๕๖๗๘ หรือ wipa@example.co.th", ["วิภา", "รักไทย", "๕๖๗๘", "wipa"], "ติดต่อ"),
    ("Mr. John Smith from Bang Pu, call +66 81 234 5678", ["John", "Smith", "5678"], "from Bang Pu"),
    ("my name is John Smith and I want a license", ["John", "Smith"], "and I want a license"),
    ("line id: somchai99", ["somchai99"], "line id"),
    ("ทักไลน์ wipa.shop หรือ @malee_cafe", ["wipa", "malee"], "หรือ"),
    ("แอดที่ https://line.me/ti/p/abcdef หรือ line.me/ti/p/xyz", ["abcdef", "xyz"], "แอดที่"),
    ("รถสิบล้อ ทะเบียน 70-1234 ทิ้งขยะ", ["70-1234"], "ทิ้งขยะ"),
    ("รถคันนั้น 1กข 1234 กทม", ["1234"], "กทม"),
    ("ป้ายทะเบียน กข 99", ["99"], "ป้ายทะเบียน"),
    ("เลขบัตร 1-1234-56789-01-2 บัญชี 123-4-56789-0", ["56789"], "บัญชี"),
    ("บ้านเลขที่ 12/3 หมู่ 4 ต.บางปู", ["12/3"], "ต.บางปู"),
    ("พิกัด 13.5321,100.6512 เหม็นมาก", ["13.53", "100.65"], "เหม็นมาก"),
    ("U4af4980629abcdef0123456789abcdef ถามว่าจดทะเบียนที่ไหน", ["U4af4980629"], "จดทะเบียนที่ไหน"),
    ("โทร 02 202 3000 ต่อ 12 หรือ 0 8 1 2 3 4 5 6 7 8", ["3000", "6 7 8"], "โทร"),
]


@pytest.mark.parametrize(("text", "gone", "stays"), PERSONAL)
def test_what_tells_the_person_goes_and_the_matter_stays(text: str, gone: list[str], stays: str) -> None:
    left = masked(text)
    assert [one for one in gone if one in left] == []
    assert stays in left


@pytest.mark.parametrize(
    "text",
    [
        "ขอบคุณค่ะ คุณภาพสินค้า ขอทดสอบ มอก. 2594-2567 ที่ไหน",
        "มอก 2594 และ ISO 9001:2015 รง.4 กม 12 พ.ศ. 2567",
        "คุณช่วยบอกหน่อยว่าต้องจดทะเบียนเครื่องจักรที่ไหน",
        "นายจ้างไม่จ่ายค่าแรง นายกเทศมนตรี อำเภอนางรอง",
        "ทะเบียนโรงงาน 3-53(4)-12/45สป",
        "โรงงานมี production line ใหม่ กำลังผลิต 50,000 ชิ้น",
        "หน้ากากผ้าหน้าร้อน หน้าตลาด",
        "สายด่วน 1669 กับ 1784 และ ภงด 90",
    ],
)
def test_what_tells_no_person_stays_as_it_was(text: str) -> None:
    assert masked(text) == text


def test_everyday_questions_keep_their_words() -> None:
    rows = [row for task in ("route", "type") for row in read_rows(SENTENCES / f"{task}.tsv")]
    changed = [row.text for row in rows if masked(row.text) != row.text]
    assert len(changed) <= len(rows) / 100, changed


@given(st.text(max_size=120) | st.text(st.sampled_from("0123456789-๐๑ นายคุณสมชาย@.a:"), max_size=60))
def test_any_text_can_be_masked_and_twice_is_once(text: str) -> None:
    once = masked(text)
    assert len(MARK.findall(masked(once))) >= len(MARK.findall(once))
    assert "[" not in unmarked(once) or "[" in text
