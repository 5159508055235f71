"""Notices concern whom they name, from their beginning to their end; one that stops says what to do instead."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge import notices
from knowledge.files import HERE
from knowledge.load import Knowledge, check, load
from knowledge.model import KnowledgeError, Place
from knowledge.notices import BANGKOK

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
FIRE = """
id: rayong_fire
kind: incident
text: {th: เหตุไฟไหม้ที่บ้านค่าย เจ้าหน้าที่อยู่ในพื้นที่แล้ว, en: The fire in Ban Khai is known}
from: 2026-11-21T09:00
to: 2026-11-22
areas: ['2105']
types: [fire_explosion, dust]
shown: [complaint]
"""
DOWN = """
id: isingle_down
kind: outage
text: {th: ระบบ i-Single Form ใช้ไม่ได้ชั่วคราว, en: i-Single Form is down}
from: 2026-11-20
to: 2026-11-25
bodies: [diw]
shown: [guidance]
"""
STOP = """
id: flood_stop
kind: incident
text: {th: พื้นที่น้ำท่วม ยังรับเรื่องไม่ได้, en: The area is flooded}
from: 2026-11-20
areas: [TH-57]
stop: true
next: {th: โทร 1784, en: Call 1784}
"""


def folder_with(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "knowledge"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name, text in files.items():
        (folder / "notices" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return load(folder_with(tmp_path_factory.mktemp("n"), rayong_fire=FIRE, isingle_down=DOWN, flood_stop=STOP))


def ids(knowledge: Knowledge, *args: object, **kwargs: object) -> list[str]:
    return [one.id for one in knowledge.notices(*args, **kwargs)]  # type: ignore[arg-type]


BAN_KHAI = Place("TH-21", "2105", "210501")


def test_a_notice_concerns_its_place_and_type(knowledge: Knowledge) -> None:
    assert ids(knowledge, NOW, "dust", BAN_KHAI) == ["rayong_fire"]
    assert ids(knowledge, NOW, "noise", BAN_KHAI) == []
    assert ids(knowledge, NOW, "dust", Place("TH-21", "2101")) == []
    assert ids(knowledge, NOW, "dust", Place("TH-21")) == []  # where in Rayong is not known yet
    assert ids(knowledge, NOW, "dust") == []


def test_a_notice_counts_from_its_beginning_to_its_end(knowledge: Knowledge) -> None:
    assert ids(knowledge, datetime(2026, 11, 21, 8, 59, tzinfo=BANGKOK), "dust", BAN_KHAI) == []
    assert ids(knowledge, datetime(2026, 11, 21, 9, 0, tzinfo=BANGKOK), "dust", BAN_KHAI) == ["rayong_fire"]
    assert ids(knowledge, datetime(2026, 11, 22, 23, 59, tzinfo=BANGKOK), "dust", BAN_KHAI) == ["rayong_fire"]
    assert ids(knowledge, datetime(2026, 11, 23, 0, 0, tzinfo=BANGKOK), "dust", BAN_KHAI) == []


def test_a_notice_of_a_body_stands_beside_its_answers(knowledge: Knowledge) -> None:
    assert ids(knowledge, NOW, body="diw", where="guidance") == ["isingle_down"]
    assert ids(knowledge, NOW, body="tisi", where="guidance") == []
    assert ids(knowledge, NOW, body="diw") == []


def test_one_that_stops_says_what_to_do_instead(knowledge: Knowledge) -> None:
    (one,) = knowledge.notices(NOW, "dust", Place("TH-57", "5701"))
    assert one.stop
    assert one.next.th == "โทร 1784"


def test_an_unverified_notice_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "isingle_down.yaml").write_text(DOWN + "unverified: true\n", encoding="utf-8")
    board, _ = notices.load(tmp_path)
    assert board.at(NOW, Place(), body="diw", where="guidance") == ()


def test_what_is_wrong_with_a_notice_keeps_the_house_from_starting(tmp_path: Path) -> None:
    wrong = DOWN.replace("diw", "nobody").replace("2026-11-25", "2026-11-01").replace("outage", "outage\nstop: true")
    folder = folder_with(tmp_path, isingle_down=wrong, broken="id: broken\nfrom: someday\nkind: event\ntext: {th: ก}\n")
    with pytest.raises(KnowledgeError) as raised:
        load(folder)
    assert {(fault.file, fault.entry) for fault in raised.value.faults} == {
        ("notices/isingle_down.yaml", "bodies"),
        ("notices/isingle_down.yaml", "to"),
        ("notices/isingle_down.yaml", "next"),
        ("notices/broken.yaml", "from, to"),
    }


def test_what_is_over_is_warned_of(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, isingle_down=DOWN)
    faults, warned = check(folder, NOW + timedelta(days=30))
    assert faults == ()
    assert any(each.file == "notices/isingle_down.yaml" and "over since" in each.mend for each in warned)
    _, before = check(folder, NOW)
    assert not any(each.file.startswith("notices/") for each in before)
