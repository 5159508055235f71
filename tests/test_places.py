"""Places in words: read boldly as an answer, carefully in a free text, and asked about where several fit."""

from __future__ import annotations

import pytest

from knowledge import places
from knowledge.model import Place
from knowledge.places import CHOICES, Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return places.load()


def answered(reader: Reader, text: str, within: str = "") -> str:
    found = reader.read_place(text, within)
    return reader.describe(found.place, "th") if found else ""


def told(reader: Reader, text: str) -> list[str]:
    return [reader.describe(found.place, "th") for found in reader.find_all(text)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ต.แพรกษา อ.เมือง จ.สมุทรปราการ", "ต.แพรกษา อ.เมืองสมุทรปราการ จ.สมุทรปราการ"),
        ("แขวงลาดพร้าว เขตลาดพร้าว", "แขวงลาดพร้าว เขตลาดพร้าว กรุงเทพมหานคร"),
        ("โคราช", "จ.นครราชสีมา"),
        ("แปดริ้ว", "จ.ฉะเชิงเทรา"),
        ("กทม.", "กรุงเทพมหานคร"),
        ("พัทยา", "อ.บางละมุง จ.ชลบุรี"),
        ("แถวบางปู", "อ.เมืองสมุทรปราการ จ.สมุทรปราการ"),
        ("Bang Phli, Samut Prakan", "อ.บางพลี จ.สมุทรปราการ"),
        ("สมุทปราการ", "จ.สมุทรปราการ"),
        ("ลำลูกา", "อ.ลำลูกกา จ.ปทุมธานี"),
        ("อ.บางพรี จ.สมุทรปราการ", "อ.บางพลี จ.สมุทรปราการ"),
        ("ตาก", "จ.ตาก"),
        ("TH-11", "จ.สมุทรปราการ"),
        ("1103", "อ.บางพลี จ.สมุทรปราการ"),
        ("ไม่รู้", ""),
        ("ข้าม", ""),
        ("", ""),
    ],
)
def test_an_answer_is_read(reader: Reader, text: str, place: str) -> None:
    assert answered(reader, text) == place


def test_a_name_is_read_inside_the_area_already_chosen(reader: Reader) -> None:
    assert answered(reader, "บางแก้ว", "1103") == "ต.บางแก้ว อ.บางพลี จ.สมุทรปราการ"
    assert answered(reader, "อำเภอเมือง", "TH-40") == "อ.เมืองขอนแก่น จ.ขอนแก่น"
    assert answered(reader, "เมือง", "TH-11") == "อ.เมืองสมุทรปราการ จ.สมุทรปราการ"
    assert answered(reader, "เชียงใหม่", "TH-11") == ""


@pytest.mark.parametrize(
    "text", ["หนองบัว", "ปากน้ำ", "อำเภอเมือง", "ในเมือง", "เหมราช", "โรจนะ", "นิคมอมตะ", "304", "10540"]
)
def test_what_fits_several_areas_is_asked_about(reader: Reader, text: str) -> None:
    found = reader.read_place(text)
    assert found is not None
    assert 2 <= len(found.choices) <= 6
    assert len(set(found.choices)) == len(found.choices)
    assert not found.place.subdistrict
    assert found.confidence <= 0.5


def test_choices_of_one_district_leave_the_district_sure(reader: Reader) -> None:
    found = reader.read_place("แขวงบางนา เขตบางนา")  # divided in 2017
    assert found is not None
    assert found.place.district == "1047"
    assert {choice.subdistrict for choice in found.choices} == {"104702", "104703"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("โรงงานพลาสติกแถวบางปูปล่อยควันดำทุกคืน", ["อ.เมืองสมุทรปราการ จ.สมุทรปราการ"]),
        ("ที่ ต.บางแก้ว อ.บางพลี สมุทรปราการ กลิ่นแรง", ["ต.บางแก้ว อ.บางพลี จ.สมุทรปราการ"]),
        ("จากเชียงใหม่ส่งของมาขายที่ระยอง", ["จ.เชียงใหม่", "จ.ระยอง"]),
        ("เหม็นมากเลยค่ะ", []),
        ("ตากผ้าไม่ได้เลย ฝุ่นแพร่กระจาย", []),
        ("น่านน้ำไทย", []),
        ("น้ำเสียในคลองหน้าตลาด", []),
        ("แก้ไขบ่อยมาก ตลอดเวลา", []),
        ("จังหวัดเลย", ["จ.เลย"]),
        ("จ.น่าน", ["จ.น่าน"]),
    ],
)
def test_a_free_text_is_read_carefully(reader: Reader, text: str, expected: list[str]) -> None:
    assert told(reader, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ถนนศรีนครินทร์เป็นหลุม",
        "ถนนวิภาวดีรังสิต",
        "ซอยลาดกระบัง 54 รถติด",
        "รถติดหน้าบิ๊กซีบางนา",
        "ตึกบางนาทาวเวอร์ไฟดับ",
        "ใต้ทางด่วนตลิ่งชันมืดมาก",
        "ถนนเลียบทางรถไฟมักกะสันเป็นหลุม",
    ],
)
def test_a_road_or_a_shop_decides_nothing_and_is_asked_about(reader: Reader, text: str) -> None:
    found = reader.find_all(text)
    assert [each.place.province for each in found] in ([""], [])
    assert all(each.choices and each.confidence < 0.5 for each in found)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ผับรัชดาซอย 4 เสียงดังมาก", "กรุงเทพมหานคร"),
        ("ซอยลาดพร้าว 101 ขยะเต็ม", "เขตวังทองหลาง กรุงเทพมหานคร"),
        ("ถนนนวมินทร์ไฟดับ", "กรุงเทพมหานคร"),
        ("ในซอยพุทธมณฑลสาย2 ถนนพัง", "กรุงเทพมหานคร"),
        ("ไฟดับหน้าเมกาบางนา", "อ.บางพลี จ.สมุทรปราการ"),
        ("ควันลอยมาแถวอนุสาวรีย์ชัย", "เขตราชเทวี กรุงเทพมหานคร"),
        ("ตู้คอนเทนเนอร์ล้มที่แหลมฉบัง", "อ.ศรีราชา จ.ชลบุรี"),
        ("กลิ่นเหม็นถนนเอกชัย เขตบางบอน", "เขตบางบอน กรุงเทพมหานคร"),
        ("ใกล้ตลาดมหาชัย จ.สมุทรสาคร", "อ.เมืองสมุทรสาคร จ.สมุทรสาคร"),
    ],
)
def test_a_landmark_or_a_road_of_one_place_tells_it(reader: Reader, text: str, place: str) -> None:
    best = max(reader.find_all(text), key=lambda each: each.confidence)
    assert reader.describe(best.place, "th") == place


def test_a_landmark_in_another_province_than_the_one_told_is_left_out(reader: Reader) -> None:
    found = reader.find_all("โรงงานที่ อ.บ้านบึง จ.ชลบุรี ของบริษัทแถวหมอชิต")
    assert {each.place.province for each in found} == {"TH-20"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("โรงงานซอยลาดกระบัง 54 จังหวัดสมุทรปราการ", "จ.สมุทรปราการ"),
        ("ถนนบางนา-ตราด อ.บางพลี จ.สมุทรปราการ มีควัน", "อ.บางพลี จ.สมุทรปราการ"),
        ("หน้าบิ๊กซีบางนา แต่โรงงานอยู่ อ.เมือง จ.ชลบุรี", "อ.เมืองชลบุรี จ.ชลบุรี"),
        ("เขตจอมทอง น้ำเน่า", "เขตจอมทอง กรุงเทพมหานคร"),
        ("เขต: จอมทอง / #1555", "เขตจอมทอง กรุงเทพมหานคร"),
        ("อำเภอจอมทอง มีฝุ่น", "อ.จอมทอง จ.เชียงใหม่"),
        ("อ.จอมทอง จ.กรุงเทพมหานคร", "เขตจอมทอง กรุงเทพมหานคร"),
        ("แขวงบางบอนใต้ โรงงานเสียงดัง", "แขวงบางบอนใต้ เขตบางบอน กรุงเทพมหานคร"),
    ],
)
def test_words_for_a_level_decide(reader: Reader, text: str, place: str) -> None:
    best = max(reader.find_all(text), key=lambda each: each.confidence)
    assert reader.describe(best.place, "th") == place


def test_a_city_that_is_spoken_to_is_no_place(reader: Reader) -> None:
    assert reader.find_all("อยากให้กทมมาตรวจโรงงาน") == ()
    assert reader.find_all("โรงงานใน กทม ปล่อยควัน")[0].place.province == "TH-10"


def test_a_span_covers_the_words_of_the_text_as_it_came(reader: Reader) -> None:
    text = "กลิ่นเหม็น\u200bที่ ต.บาง\u200bแก้ว อ.บางพลีค่ะ"
    found = reader.find_all(text)[0]
    assert found.span is not None
    words = text[found.span.start : found.span.end]
    assert words.startswith("บาง\u200bแก้ว")
    assert words.endswith("บางพลี")
    assert found.place.typed == words


@pytest.mark.parametrize(
    ("text", "estate"),
    [
        ("นิคมบางปู", "bang_pu"),
        ("นิคมอุตสาหกรรมลาดกระบัง", "lat_krabang"),
        ("เวลโกรว์", "wellgrow"),
        ("โรจนะ อยุธยา", "rojana_ayutthaya"),
        ("นวนคร ปทุม", "nava_nakorn_pathum"),
        ("บางปู", ""),
        ("ลาดกระบัง", ""),
        ("ปลวกแดง", ""),
    ],
)
def test_an_estate_is_named_by_its_word_and_not_by_its_place(reader: Reader, text: str, estate: str) -> None:
    found = reader.read_place(text)
    assert found is not None
    assert found.place.estate == estate


def test_every_province_is_read_by_its_names(reader: Reader) -> None:
    missed = [
        (area.code, name)
        for area in reader.areas()
        for name in (area.name.th, f"จังหวัด{area.name.th}", f"จ.{area.name.th}", area.name.en)
        if (found := reader.read_place(name)) is None or found.place.province != area.code
    ]
    assert missed == []


def test_every_province_is_read_in_a_plain_sentence_and_by_its_aliases(reader: Reader) -> None:
    missed = []
    for area in reader.areas():
        for text in (f"กลิ่นเหม็นที่จังหวัด{area.name.th}ค่ะ", f"โรงงานปล่อยควันดำ จ.{area.name.th} ทุกคืน"):
            if area.code not in {each.place.province for each in reader.find_all(text)}:
                missed.append(text)
        for alias in reader._known.provinces[area.code].aliases:
            found = reader.read_place(alias)
            if found is None or area.code not in {found.place.province, *(each.province for each in found.choices)}:
                missed.append(alias)
    assert missed == []


def test_every_estate_is_read_by_its_names_and_in_a_plain_sentence(reader: Reader) -> None:
    """Names that more estates bear than fit on a screen are asked about with the first ones."""
    missed = []
    for own, estate in reader._known.estates.items():
        for name in (estate.name.th, estate.name.en, *estate.aliases):
            found = reader.read_place(name)
            meant = {found.place.estate, *(each.estate for each in found.choices)} if found else set()
            if own not in meant and len(meant) <= CHOICES:
                missed.append((own, name))
        for text in (f"โรงงานใน{estate.name.th} ปล่อยควันดำทุกคืน", f"มีกลิ่นเหม็นจาก{estate.name.th}ค่ะ"):
            if not any(own in {each.place.estate, *(c.estate for c in each.choices)} for each in reader.find_all(text)):
                missed.append((own, text))
    assert missed == []


def test_every_district_is_read_with_its_province(reader: Reader) -> None:
    wrong = [
        district.code
        for province in reader.areas()
        for district in reader.areas(province.code)
        if answered(reader, f"อ.{district.name.th} จ.{province.name.th}")
        != reader.describe(Place(province.code, district.code), "th")
    ]
    assert wrong == []


def test_areas_lead_from_provinces_to_subdistricts_in_thai_order(reader: Reader) -> None:
    provinces = reader.areas()
    assert len(provinces) == 77
    assert [area.name.th for area in provinces][:3] == ["กระบี่", "กรุงเทพมหานคร", "กาญจนบุรี"]
    names = [area.name.th for area in provinces]
    assert names.index("เชียงใหม่") < names.index("ตรัง") < names.index("แพร่") < names.index("ยะลา")
    districts = reader.areas("TH-11")
    assert {area.within for area in districts} == {"TH-11"}
    assert {area.within for area in reader.areas(districts[0].code)} == {districts[0].code}
    assert reader.areas("110101") == ()
    assert len(reader.all_areas) == 77 + 928 + 7436


def test_a_place_is_said_in_both_languages(reader: Reader) -> None:
    place = Place("TH-11", "1101", "110108")
    assert reader.describe(place, "th").endswith("อ.เมืองสมุทรปราการ จ.สมุทรปราการ")
    assert reader.describe(place, "en").endswith("Mueang Samut Prakan, Samut Prakan")
    assert reader.describe(Place(lat=13.5, lon=100.5), "th") == "13.50000, 100.50000"
    assert reader.describe(Place(typed="หลังวัด"), "th") == "หลังวัด"


def test_a_pin_and_typed_words_disagree_across_districts_only(reader: Reader) -> None:
    assert reader.disagree(Place("TH-11"), Place("TH-10"))
    assert reader.disagree(Place("TH-11", "1101"), Place("TH-11", "1103"))
    assert not reader.disagree(Place("TH-11", "1101", "110101"), Place("TH-11", "1101", "110108"))
    assert not reader.disagree(Place("TH-11"), Place("TH-11", "1103"))
    assert not reader.disagree(Place(), Place("TH-11"))


def test_an_estate_is_near_within_three_kilometres(reader: Reader) -> None:
    assert reader.estate_near(Place("TH-11", lat=13.552, lon=100.668)) == "bang_pu"
    assert reader.estate_near(Place("TH-50", lat=18.79, lon=98.98)) == ""
    assert reader.estate_near(Place(estate="wellgrow")) == "wellgrow"
    assert reader.estate_near(Place()) == ""


def test_whether_an_estate_is_a_legal_one_is_known_or_open(reader: Reader) -> None:
    assert reader.legal_estate("bang_pu") is True
    assert reader.legal_estate("rojana_ayutthaya") is False
    assert reader.legal_estate("ang_thong_s") is None
    assert reader.legal_estate("nowhere") is None


def test_every_code_in_the_files_is_an_area(reader: Reader) -> None:
    known = reader._known
    codes = {
        code for estate in known.estates.values() for code in (estate.province, *estate.districts, *estate.subdistricts)
    }
    for province in known.provinces.values():
        codes |= {province.id, *province.neighbours, *province.localities.values()}
        codes |= {code for old in province.former.values() for code in old}
    landmarks = (*known.landmarks.roads, *known.landmarks.named)
    codes |= {code for several in landmarks for code in several.split()}
    assert codes - set(known.areas) == set()


def test_neighbours_are_neighbours_of_each_other(reader: Reader) -> None:
    provinces = reader._known.provinces
    one_sided = [
        (own, other)
        for own, one in provinces.items()
        for other in one.neighbours
        if own not in provinces[other].neighbours
    ]
    assert one_sided == []
