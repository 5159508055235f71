"""Every body, service, province and seed programme is found: by name, by alias, by a plain sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from knowledge import learned, phrases, route_built
from knowledge.bodies import base
from knowledge.files import HERE, read_all
from knowledge.load import Knowledge, load, seen

FILES = read_all()
BODIES = [own for own, body in FILES.bodies.items() if phrases.is_routable(body)]
PROVINCES = [own for own in FILES.bodies if own.startswith("provincial_office@")]
SEEDS = {
    "isingle": "iSingle Form คืออะไร ใครต้องส่ง",
    "i_industry": "i-Industry คืออะไร สมัครยังไง",
    "opoaic": "โครงการ OPOAI-C คืออะไร ใครเข้าร่วมได้",
    "green_industry": "Green Industry คืออะไร สมัครยังไง",
    "bcg": "โครงการ BCG ของกระทรวงอุตสาหกรรมคืออะไร",
    "diprom_hero": "DIPROM HERO คืออะไร สมัครยังไง",
    "fair": "อยากออกบูธงานอุตสาหกรรมแฟร์",
    "industry_award": "อยากสมัครรางวัลอุตสาหกรรม",
    "tcps": "มผช. คืออะไร ขอยังไง",
    "tis_s": "มอก.เอส คืออะไร ขอยังไง",
    "itc": "ศูนย์ ITC คืออะไร ใครใช้เครื่องจักรได้บ้าง",
    "mind": "MIND ของกระทรวงอุตสาหกรรมคืออะไร",
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """Without the model, so that the figures are those of every installation."""
    known = load()
    known.forget_model()
    return known


def found(knowledge: Knowledge, text: str) -> list[str]:
    return [base(each.body) for each in knowledge.route(text).candidates]


@pytest.mark.parametrize("own", BODIES)
def test_a_body_is_found_by_its_name_in_both_languages(knowledge: Knowledge, own: str) -> None:
    name = FILES.bodies[own].name
    assert found(knowledge, f"ติดต่อ{name.th}")[0] == own
    assert found(knowledge, f"how to contact {name.en}")[0] == own


@pytest.mark.parametrize("own", BODIES)
def test_a_body_is_found_by_every_name_that_is_its_own(knowledge: Knowledge, own: str) -> None:
    body, aliases = FILES.bodies[own], phrases.aliases(FILES, seen)
    for name in body.also:
        if aliases.get(seen(name)) == [own] and len(name) > 3:
            assert own in found(knowledge, f"ขอเบอร์ติดต่อ {name}")[:2], name


@pytest.mark.parametrize("own", [own for own in BODIES if FILES.bodies[own].services])
def test_a_service_is_found_by_its_name_and_by_how_people_ask(knowledge: Knowledge, own: str) -> None:
    for service in FILES.bodies[own].services:
        for said in (service.name.th, *service.ask[:2]):
            assert own in found(knowledge, said)[:3], said


@pytest.mark.parametrize("own", PROVINCES)
def test_an_office_is_found_by_the_name_of_its_province(knowledge: Knowledge, own: str) -> None:
    for said in (FILES.bodies[own].name.th, f"ขอ รง.4 {FILES.bodies[own].name.th.removeprefix('สำนักงานอุตสาหกรรม')}"):
        assert knowledge.route(said).candidates[0].body == own, said


@pytest.mark.parametrize("question", SEEDS)
def test_a_seed_programme_has_an_answer_what_it_is_who_may_join_and_whom_to_ask(
    knowledge: Knowledge, question: str
) -> None:
    route = knowledge.route(SEEDS[question])
    assert route.decision != "hand_over"
    first = {base(each.body) for each in route.candidates[:2]}
    assert first.intersection(FILES.questions[question].bodies)
    assert question in [each.service for each in route.candidates]
    who = FILES.questions[question].who
    assert who is not None
    told = next(each for each in route.candidates if each.service == question)
    assert who.th in told.why.th
    assert who.en in told.why.en


def test_a_new_institute_takes_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    new = {
        "id": "balloon",
        "kind": "institute",
        "name": {"th": "สถาบันพัฒนาบอลลูน", "en": "Balloon Institute"},
        "about": {"th": "บอลลูนและเรือเหาะ", "en": "balloons and airships"},
        "also": ["สถาบันบอลลูน"],
        "contact": {"website": {"value": "https://example.org"}},
        "services": [
            {
                "id": "balloon_test",
                "name": {"th": "ทดสอบบอลลูน", "en": "balloon testing"},
                "kinds": ["test"],
                "ask": ["บอลลูนรั่ว", "ตรวจผ้าบอลลูน"],
            }
        ],
        "words": {"things": ["บอลลูน | balloon", "เรือเหาะ | airship"], "offers": ["test", "consult"]},
        "sources": ["https://example.org"],
        "checked": "2026-11",
    }
    (folder / "institutes" / "balloon.yaml").write_text(yaml.safe_dump(new, allow_unicode=True), encoding="utf-8")
    knowledge = load(folder)
    for text in ("ติดต่อสถาบันพัฒนาบอลลูน", "อยากทดสอบบอลลูนลมร้อน", "where can I test an airship balloon"):
        assert found(knowledge, text)[0] == "balloon", text
    assert found(knowledge, "ทดสอบผ้าที่ไหน")[0] == "thti"


def test_what_is_compiled_was_made_from_the_files_as_they_are() -> None:
    """If this fails: `frontdoor kb fit`, and commit what it wrote."""
    held = learned.held(HERE / route_built.LEARNED, route_built.SETTINGS)
    assert held is not None
    marks = route_built.marks(phrases.documents(FILES, seen), phrases.sentences(FILES), seen)
    known = dict(zip(held[0].labels, held[1].split("\n"), strict=True))
    assert [label for label, mark in marks.items() if known.get(label) != mark] == []


def test_every_file_of_sentences_is_of_a_body_or_a_topic() -> None:
    assert set(phrases.sentences(FILES)) <= set(phrases.documents(FILES, seen))


def test_no_district_of_bangkok_is_sent_to_a_provincial_office(knowledge: Knowledge) -> None:
    districts = [area for area in knowledge.facts.areas.values() if area.level == "district" and area.within == "TH-10"]
    assert len(districts) == 50
    for area in districts:
        route = knowledge.route(f"ขอใบอนุญาตโรงงานที่เขต{area.name.th}")
        assert route.candidates[0].body in {"diw", "bma", "ieat"}, area.name.th


@pytest.mark.parametrize("estate", ["บางปู", "แหลมฉบัง", "มาบตาพุด", "ลาดกระบัง", "อมตะซิตี้ ระยอง"])
def test_in_an_estate_the_estate_authority_answers(knowledge: Knowledge, estate: str) -> None:
    assert knowledge.route(f"โรงงานอยู่ในนิคมอุตสาหกรรม{estate} ขอใบอนุญาตขยายโรงงานที่ไหน").candidates[0].body == "ieat"


def test_the_doer_decides_before_the_harm(knowledge: Knowledge) -> None:
    assert found(knowledge, "ร้านซักรีดข้างบ้านปล่อยน้ำเสีย ที่ขอนแก่น แจ้งใคร")[0] == "localgov"
    assert found(knowledge, "โรงงานฟอกย้อมข้างบ้านปล่อยน้ำเสีย ที่ขอนแก่น แจ้งใคร")[0] in {"provincial_office", "jaengut"}


@pytest.mark.parametrize("text", ["มีไหมคะ", "แล้วไงต่อ", "ระยอง", "บางปู", "นครปฐม", "อันนั้นแหละ", "ok", "555"])
def test_a_crumb_or_a_bare_place_is_not_answered(knowledge: Knowledge, text: str) -> None:
    assert knowledge.route(text).decision != "answer"


@pytest.mark.parametrize(
    "text",
    [
        "โรงงานขนมปังอร่อยมาก ไปเที่ยวมาเมื่อวาน",
        "ดูหนังเรื่องโรงงานผีสิงสนุกไหม",
        "แฟนทำงานโรงงานไม่ค่อยมีเวลาให้ ทำไงดี",
    ],
)
def test_a_decoy_word_does_not_make_a_question_of_a_stranger(knowledge: Knowledge, text: str) -> None:
    assert knowledge.route(text).decision == "hand_over"
