"""What was typed wrongly is read as it was meant; what was typed rightly stays letter by letter."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import spelling
from knowledge.files import HERE, read_all
from knowledge.load import Knowledge, load
from knowledge.model import Span
from knowledge.normalise import folded, normalise
from knowledge.spelling import Mender

SENTENCES = Path(__file__).parent / "sentences"


@pytest.fixture(scope="module")
def mender() -> Mender:
    return spelling.Mender(spelling.house_phrases(read_all()))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("จดทะเบียณเคื่องจัก", "จดทะเบียนเครื่องจักร"),
        ("ขอไบอนุยาดโรงงาน", "ขอใบอนุญาตโรงงาน"),
        ("กลื่นสานเคมีลอยมา", "กลิ่นสารเคมีลอยมา"),
        ("มีควัลดำบริเวนหลังวัด", "มีควันดำบริเวณหลังวัด"),
        ("รบกวรตรวสอบด้วย", "รบกวนตรวจสอบด้วย"),
        ("อันตายมาก เดิอดร้อน", "อันตรายมาก เดือดร้อน"),
        ("ฝู่นเข้าบ้าน", "ฝุ่นเข้าบ้าน"),
        ("กรมโรงงานอุสาหกรรม", "กรมโรงงานอุตสาหกรรม"),
        ("โรงานปล่อยน้ำเสัย", "โรงงานปล่อยน้ำเสีย"),
        ("แจ้ง จนท. ด้วย", "แจ้ง เจ้าหน้าที่ ด้วย"),
    ],
)
def test_a_misspelt_word_is_read_as_it_was_meant(mender: Mender, typed: str, meant: str) -> None:
    assert mender.mend(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("l;ylfu", "สวัสดี"),
        ("Fi''ko", "โรงงาน"),
        ("l;ylfu8iy[", "สวัสดีครับ"),
        ("waws,hFi''ko", "ไฟไหม้โรงงาน"),
        ("้ำสสน", "hello"),
        ("ดฟแะนพั", "factory"),
    ],
)
def test_the_keyboard_in_the_other_language_is_read(mender: Mender, typed: str, meant: str) -> None:
    assert mender.mend(typed).text == meant


@pytest.mark.parametrize(
    "right",
    [
        "hello",
        "black smoke, every night",
        "ISO 9001",
        "TIS 3136-2563",
        "https://www.diw.go.th/?q=a;b",
        "somchai.j@example.com",
        "081-234-5678",
        "MPEFQ7;x'",
        "บริษัท ศรีบุษรินทร์ เทรดดิ้ง จำกัด",
        "หมู่บ้านบุศรินทร์",
        "นายสมศักดิ์ ใจดี",
        "แอมโมเนียรั่ว",
        "กรดไนตริกรั่ว",
        "ขอความช่วยเหลือ",
        "น้ำเข้าโกดัง",
        "ทำที่บ้านได้ไหม",
        "ผู้มีอิทธิพล",
        "ใกล้ๆ โรงเรียน แรงๆ",
        "เครื่องจักร",
        "ควน",
        "สอจ. มอก. รง.4",
    ],
)
def test_what_is_right_stays(mender: Mender, right: str) -> None:
    assert mender.mend(right).text == right


def test_our_own_sentences_are_hardly_touched(mender: Mender) -> None:
    texts = [row["text"] for path in SENTENCES.glob("*.tsv") for row in rows(path)]
    touched = [text for text in texts if mender.mend(text).patches]
    assert len(texts) > 500
    assert len(touched) <= len(texts) * 0.02  # those that are misspelt on purpose


def test_every_name_of_an_area_stays(mender: Mender) -> None:
    with (HERE / "geo" / "areas.csv").open(encoding="utf-8", newline="") as file:
        names = [row["th"] for row in csv.DictReader(file)]
    changed = [name for name in names if mender.mend(name).text != name]
    assert len(changed) <= 5, changed


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_a_part_of_the_mended_text_leads_back_to_what_was_typed(mender: Mender) -> None:
    typed = "มีควัลดำที่บริเวนตลาดบางปู"
    mended = mender.mend(typed)
    start = mended.text.index("บางปู")
    span = mended.typed(Span(start, start + len("บางปู")))
    assert typed[span.start : span.end] == "บางปู"
    start = mended.text.index("บริเวณ")
    span = mended.typed(Span(start, start + len("บริเวณ")))
    assert typed[span.start : span.end] == "บริเวน"
    assert mended.typed(Span(0, len(mended.text))) == Span(0, len(typed))


def test_every_reader_sees_the_mended_text(knowledge: Knowledge) -> None:
    assert knowledge.language("l;ylfu8iy[") == "th"
    assert knowledge.read("โรงานปล่อยควัลดำ").types[0].id == knowledge.read("โรงงานปล่อยควันดำ").types[0].id
    reading = knowledge.read("โรงานแถวบางปูปล่อยควัลดำทุกคืน โทร 0812345678")
    typed = "โรงานแถวบางปูปล่อยควัลดำทุกคืน โทร 0812345678"
    assert {typed[slot.span.start : slot.span.end] for slot in reading.slots} >= {"ทุกคืน", "0812345678"}
    span = reading.places[0].span
    assert span is not None
    assert typed[span.start : span.end] == "บางปู"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ขอไอเอสโอ9001", "ขอISO 9001"),
        ("เอสเอ็มอี", "SME"),
        ("จีเอ็มพี", "GMP"),
        ("ส.อ.จ. ระยอง", "สอจ. ระยอง"),
        ("ส อ จ ระยอง", "สอจ ระยอง"),
        ("ม. อ. ก.", "มอก."),
    ],
)
def test_letters_spelt_out_and_parted_abbreviations_are_one_spelling(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
    assert folded(one).text == normalise(one)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("กรมโงานควัลดำะทีเสียบ ล;yfuix,'F์ๆ.1ab"), max_size=40))
def test_any_text_can_be_mended_and_spans_stay_inside(text: str) -> None:
    mended = MENDER.mend(text)
    for start in range(0, len(mended.text), 3):
        span = mended.typed(Span(start, len(mended.text)))
        assert 0 <= span.start <= span.end <= len(text)


MENDER = spelling.Mender(["โรงงานปล่อยควันดำ เสียงดัง สวัสดี"])
