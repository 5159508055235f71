"""All knowledge loads, is checked, and shows nothing that nobody has checked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.files import HERE, read_all
from knowledge.load import Knowledge, check, load
from knowledge.model import KnowledgeError


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files of the knowledge, to be broken."""
    shutil.copytree(HERE, tmp_path / "knowledge", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "knowledge"


def change(path: Path, **values: object) -> None:
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**tree, **values}, allow_unicode=True), encoding="utf-8")


def faults_of(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(KnowledgeError) as wrong:
        load(folder)
    return [(fault.file, fault.entry) for fault in wrong.value.faults]


def test_everything_of_the_facts_is_there(knowledge: Knowledge) -> None:
    bodies, facts = knowledge.facts.bodies, knowledge.facts
    kinds = [body.kind for body in bodies.values()]
    assert kinds.count("institute") == 10
    assert kinds.count("foundation") == 1
    assert sum(own.startswith("provincial_office@") for own in bodies) == 76
    assert sum(own.startswith("dc") and own[2:].isdigit() for own in bodies) == 11
    assert len(facts.types) == 34
    assert len(read_all().questions) >= 105
    assert len(facts.dangers) >= 20
    assert {"h191", "h199", "h1669", "h1784"} <= facts.hotlines.keys()


def test_every_fault_is_told_at_once(copy: Path) -> None:
    change(copy / "institutes" / "thti.yaml", colour="blue")
    change(copy / "complaint_types" / "smell.yaml", urgency="soon")
    (copy / "hotlines" / "h191.yaml").write_text("id: [", encoding="utf-8")
    files = {file for file, _ in faults_of(copy)}
    assert files == {"institutes/thti.yaml", "complaint_types/smell.yaml", "hotlines/h191.yaml"}


def test_an_id_that_leads_nowhere_is_a_fault(copy: Path) -> None:
    change(copy / "questions" / "fac_new.yaml", bodies=["nobody_here"])
    assert ("questions/fac_new.yaml", "bodies") in faults_of(copy)


def test_a_file_is_named_as_its_entry(copy: Path) -> None:
    (copy / "institutes" / "thti.yaml").rename(copy / "institutes" / "textile.yaml")
    assert ("institutes/textile.yaml", "thti") in faults_of(copy)


def test_an_id_stands_once(copy: Path) -> None:
    shutil.copy(copy / "institutes" / "thti.yaml", copy / "agencies" / "thti.yaml")
    assert ("agencies/thti.yaml", "thti") in faults_of(copy)


def test_a_missing_provincial_office_is_a_fault(copy: Path) -> None:
    (copy / "offices" / "TH-11.yaml").unlink()
    assert ("offices/", "all") in faults_of(copy)


def test_deadlines_rise(copy: Path) -> None:
    change(copy / "complaint_types" / "noise.yaml", deadlines={"acknowledge": 9, "answer": 4, "resolve": 80})
    assert ("complaint_types/noise.yaml", "deadlines") in faults_of(copy)


def test_an_unverified_contact_never_reaches_a_body(knowledge: Knowledge) -> None:
    shown = {
        own: {*body.phones, body.email, body.website, body.line_id, body.address.th} - {""}
        for own, body in knowledge.facts.bodies.items()
    }
    hidden = 0
    for own, file in read_all().bodies.items():
        contact = file.contact
        values = [
            each.value for each in (*contact.emails, *filter(None, (contact.website, contact.line))) if each.unverified
        ]
        values += [phone.number for phone in contact.phones if phone.unverified]
        values += [contact.address.th] if contact.address and contact.address.unverified else []
        hidden += len(values)
        assert not shown[own].intersection(values), own
    assert hidden > 80


def test_an_unverified_hotline_is_not_shown(knowledge: Knowledge) -> None:
    assert "h1358" in read_all().hotlines
    assert "h1358" not in knowledge.facts.hotlines


def test_a_phone_that_is_checked_is_shown(copy: Path) -> None:
    change(copy / "institutes" / "thti.yaml", contact={"phones": [{"number": "02-000-0000", "sources": ["a call"]}]})
    assert load(copy).facts.bodies["thti"].phones == ("02-000-0000",)


def test_common_types_come_first(knowledge: Knowledge) -> None:
    common = [kind.common for kind in knowledge.facts.types.values()]
    assert 6 <= sum(common) <= 8
    assert common == sorted(common, reverse=True)
    assert {kind.category for kind in knowledge.facts.types.values()} == {
        "factory",
        "cane",
        "mine",
        "goods",
        "service",
        "other",
    }


def test_kb_check_finds_no_faults_and_names_what_is_doubted() -> None:
    faults, warnings = check()
    assert faults == ()
    assert any(each.file == "hotlines/h1358.yaml" for each in warnings)


def test_broken_knowledge_is_checked_without_being_loaded(copy: Path) -> None:
    change(copy / "institutes" / "thti.yaml", colour="blue")
    faults, _ = check(copy)
    assert [fault.file for fault in faults] == ["institutes/thti.yaml"]


def test_one_text_tells_everything(knowledge: Knowledge) -> None:
    reading = knowledge.read("โรงงานพลาสติกแถวบางปูปล่อยควันดำทุกคืน โทร 081-234-5678")
    assert reading.language == "th"
    assert reading.intent == "complain"
    assert reading.types[0].id == "smoke_pm25"
    assert {(slot.name, slot.value) for slot in reading.slots} >= {("frequency", "ทุกคืน"), ("phone", "081-234-5678")}


def test_what_nobody_has_confirmed_is_said() -> None:
    faults, warnings = check()
    assert faults == ()
    assert any(each.file == "deadlines.yaml" and "own target" in each.mend for each in warnings)
    assert any("unverified, so not shown: phone" in each.mend for each in warnings)
    assert any("unverified, so not shown: website" in each.mend for each in warnings)


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(set(keys)) == len(keys), (node.start_mark, keys)
        return super().construct_mapping(node, deep)


def test_no_key_stands_twice_in_a_file() -> None:
    """YAML keeps the last one silently: a list that somebody added to would be gone."""
    for path in sorted(HERE.rglob("*.yaml")):
        with path.open(encoding="utf-8") as text:
            yaml.load(text, Strict)
