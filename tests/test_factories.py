"""A list of factories is taken over whatever its form, bad rows are told, and names are found as people write them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge import factories, gazetteer
from knowledge.factories import Register
from knowledge.factory_files import Areas, Unreadable, listed
from knowledge.files import HERE
from knowledge.load import Knowledge, load
from knowledge.model import Factory, Place

AREAS = gazetteer.load(HERE).areas
OWN_FORM = "id,name,business,address,subdistrict,district,province,lat,lon\n"
GOOD = OWN_FORM + (
    "F1,บริษัท ไทยพลาสติก จำกัด,พลาสติก,1,แพรกษา,เมืองสมุทรปราการ,สมุทรปราการ,13.57,100.64\n"
    "F2,หจก. เอ.บี.ซี.การย้อม,ย้อม,2,อ้อมน้อย,กระทุ่มแบน,สมุทรสาคร,,\n"
)
OPEN_DATA = (
    "เลขทะเบียนโรงงาน;ชื่อโรงงาน;ประกอบกิจการ;ตำบล;อำเภอ;จังหวัด;ละติจูด;ลองจิจูด\n"
    "จ3-1/50สป;โรงหล่อสมมุติ;หล่อโลหะ;ต.แพรกษา;อ.เมือง;จ.สมุทรปราการ;13.57;100.64\n"
)
COMMAND = [sys.executable, "-c", "from bot.kb import app; app()", "factories"]


def read(text: str, encoding: str = "utf-8") -> tuple[Factory, ...]:
    return listed(text.encode(encoding), HERE, Areas(AREAS), "list.csv").factories


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "tis-620", "cp874", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_that_offices_use_is_read(encoding: str) -> None:
    first, second = read(GOOD, encoding)
    assert first == Factory(
        "F1", "บริษัท ไทยพลาสติก จำกัด", Place("TH-11", "1101", first.place.subdistrict, 13.57, 100.64), "พลาสติก", "1"
    )
    assert second.place.district == "7402"


def test_the_headings_of_open_data_are_known() -> None:
    (one,) = read(OPEN_DATA)
    assert (one.id, one.name, one.business) == ("จ3-1/50สป", "โรงหล่อสมมุติ", "หล่อโลหะ")
    assert (one.place.province, one.place.district) == ("TH-11", "1101")


def test_every_bad_row_is_told_by_its_line_and_the_good_ones_stay() -> None:
    bad = GOOD + ("F1,สองครั้ง,,,,,ระยอง,,\n,,,,,,ระยอง,,\nF4,ไม่มีจังหวัด,,,,,เมืองทิพย์,,\nF5,ไกลเกินไป,,,,,ระยอง,51.5,0.1\n")
    found = listed(bad.encode(), HERE, Areas(AREAS), "list.csv")
    assert [one.id for one in found.factories] == ["F1", "F2"]
    assert [fault.entry for fault in found.faults] == ["line 4", "line 5", "line 6", "line 7"]
    assert all(fault.mend for fault in found.faults)


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2\n", b"\x89PNG\r\n\x1a\n\xff\xfe\x00", b"name,business\nx,y\n"])
def test_what_is_no_list_of_factories_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        listed(raw, HERE, Areas(AREAS), "list.csv")


REGISTER = Register(
    read(
        GOOD
        + "F3,บริษัท สหมิตรรีไซเคิล จำกัด,,,,บ้านบึง,ชลบุรี,,\nF4,บริษัท สหมิตรรีไซเคิล จำกัด,,,,บ้านค่าย,ระยอง,,\n"
        + 'F5,"Imaginary Paint Works Co., Ltd.",,,,ศรีราชา,ชลบุรี,,\n'
    )
)


@pytest.mark.parametrize(
    ("typed", "own"),
    [
        ("บริษัท ไทยพลาสติก จำกัด", "F1"),
        ("โรงงานไทยพลาสติก", "F1"),
        ("บจก.ไทยพลาสติค", "F1"),
        ("ไทย พลาสติก", "F1"),
        ("เอบีซีการย้อม", "F2"),
        ("ห้างหุ้นส่วนจำกัด เอ บี ซี การย้อม", "F2"),
        ("imaginary paint", "F5"),
        ("Imaginary Paint Work co ltd", "F5"),
    ],
)
def test_a_name_is_found_as_people_write_it(typed: str, own: str) -> None:
    found = REGISTER.find(typed)
    assert found is not None
    assert found[0].id == own


@pytest.mark.parametrize("typed", ["โรงงานสหมิตรรีไซเคิล", "โรงงานน้ำตาลทราย", "โรงงาน", "", "ไทย", "!!!"])
def test_what_fits_several_or_none_is_no_factory(typed: str) -> None:
    assert REGISTER.find(typed) is None


def test_the_place_that_was_told_decides_between_two_of_one_name() -> None:
    found = REGISTER.find("สหมิตรรีไซเคิล", [Place("TH-21")])
    assert found is not None
    assert found[0].id == "F4"
    assert REGISTER.find("ไทยพลาสติกก", [Place("TH-50")]) is None


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def test_a_text_names_a_factory_of_the_sample(knowledge: Knowledge) -> None:
    text = "โรงงานตัวอย่างพลาสติกไทย ปล่อยควันดำทุกคืน"
    told = knowledge.read(text).factory
    assert told is not None
    assert told.factory is not None
    assert told.factory.sample
    assert told.factory.place.province == "TH-11"
    assert text[told.span.start : told.span.end] == told.name


def test_a_factory_that_nobody_registered_keeps_its_name(knowledge: Knowledge) -> None:
    told = knowledge.read("บริษัท ไม่มีใครรู้จัก จำกัด ปล่อยน้ำเสีย").factory
    assert told is not None
    assert told.factory is None
    assert "ไม่มีใครรู้จัก" in told.name


def test_the_sample_is_made_up_and_says_so() -> None:
    with (HERE / "factories" / "sample.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["id"].startswith("SAMPLE-") and "ไม่มีอยู่จริง" in row["business"] for row in rows)
    assert len(factories.load(HERE, AREAS)) == len(rows)


def run(*words: str, folder: Path | None) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "KNOWLEDGE_DIR": str(folder)} if folder else dict(os.environ)
    return subprocess.run([*COMMAND, *words], capture_output=True, env=environment, timeout=120)


def test_a_list_is_loaded_whole_or_not_at_all(tmp_path: Path) -> None:
    good, bad, own = tmp_path / "good.csv", tmp_path / "bad.csv", tmp_path / "own"
    good.write_bytes(GOOD.encode("utf-16"))
    bad.write_text("a,b\n1,2\n")
    dry = run("load", str(good), "--dry-run", "--json", folder=own)
    assert json.loads(dry.stdout)["factories"] == 2
    assert not own.exists()
    done = run("load", str(good), "--json", folder=own)
    assert json.loads(done.stdout)["written"] == str(own / "factories" / "register.csv")
    before = (own / "factories" / "register.csv").read_bytes()
    assert run("load", str(bad), folder=own).returncode == 1
    assert (own / "factories" / "register.csv").read_bytes() == before
    found = run("find", "โรงงานไทยพลาสติก", "--json", folder=own)
    assert json.loads(found.stdout)["id"] == "F1"


def test_without_a_folder_of_ones_own_the_command_names_the_setting(tmp_path: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text(GOOD, encoding="utf-8")
    ran = run("load", str(good), folder=None)
    assert ran.returncode == 2
    assert b"KNOWLEDGE_DIR" in ran.stderr
