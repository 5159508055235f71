"""`frontdoor kb check` names everything that is wrong in a folder at once: the file, the entry, how to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.files import HERE
from knowledge.load import check
from knowledge.model import Fault


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "knowledge"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def named(faults: tuple[Fault, ...]) -> set[str]:
    return {fault.file for fault in faults}


def test_every_broken_form_is_told_at_once(folder: Path) -> None:
    (folder / "institutes" / "eei.yaml").write_text("id: [", encoding="utf-8")
    (folder / "complaint_types" / "dust.yaml").write_text("id: dust\nname: 3\n", encoding="utf-8")
    (folder / "languages" / "km.yaml").write_text("nothing: here\n", encoding="utf-8")
    (folder / "places" / "TH-11.yaml").write_text("id: TH-11\n", encoding="utf-8")
    (folder / "places" / "landmarks.yaml").write_text("roads: 5\n", encoding="utf-8")
    (folder / "spelling" / "keyboard.yaml").write_text("plain: x\n", encoding="utf-8")
    (folder / "contacts.yaml").write_text("stale_after_months: soon\n", encoding="utf-8")
    (folder / "hotlines" / "h199.yaml").write_bytes(b"id: \xff\xfe")
    change(folder / "emergencies" / "explosion.yaml", "id: explosion", "id: explosion\nunknown_key: 1")
    faults, warned = check(folder)
    assert named(faults) >= {
        "institutes/eei.yaml",
        "complaint_types/dust.yaml",
        "languages/km.yaml",
        "places/TH-11.yaml",
        "places/landmarks.yaml",
        "spelling/keyboard.yaml",
        "knowledge/contacts.yaml",
        "hotlines/h199.yaml",
        "emergencies/explosion.yaml",
    }
    assert all(fault.mend for fault in faults)
    assert warned == ()


def test_every_id_that_leads_nowhere_is_told_at_once(folder: Path) -> None:
    change(folder / "places" / "landmarks.yaml", "'1027 1043 1006':", "'1027 1043 9999':")
    change(folder / "places" / "estates.yaml", "province: TH-10", "province: TH-99")
    (folder / "factories" / "register.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "notices" / "odd.yaml").write_text(
        "id: odd\nkind: event\ntext: {th: งาน}\nfrom: 2026-11-01\nareas: [TH-99]\ntypes: [none_such]\n",
        encoding="utf-8",
    )
    faults, _ = check(folder)
    assert {(fault.file, fault.entry) for fault in faults} >= {
        ("places/landmarks.yaml", "นวมินทร์"),
        ("notices/odd.yaml", "areas"),
        ("notices/odd.yaml", "types"),
        ("factories/register.csv", "file"),
    }
    assert "places/estates.yaml" in named(faults)


def test_our_own_knowledge_has_no_fault() -> None:
    faults, warned = check()
    assert faults == ()
    assert warned
