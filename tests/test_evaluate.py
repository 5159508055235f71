"""The figures of `kb eval` mean what they say, and the command speaks as agreed with tools outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import kb
from knowledge import evaluate
from knowledge.evaluate import Row
from knowledge.load import Knowledge, load

SENTENCES = Path(__file__).parent / "sentences"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def figures(knowledge: Knowledge, task: str, *rows: tuple[str, str, tuple[str, ...]]) -> dict[str, float]:
    found, _ = evaluate.evaluate(knowledge, [Row(str(n), *row) for n, row in enumerate(rows)], task)
    return found


def test_a_wrong_first_answer_counts_as_wrong(knowledge: Knowledge) -> None:
    found = figures(knowledge, "route", ("ทดสอบผ้าที่ไหน", "thti", ()), ("ทดสอบผ้าที่ไหน", "nfi", ()))
    assert found["n"] == 2
    assert found["top1"] == 0.5
    assert found["answered"] == 1.0
    assert found["wrong_when_answered"] == 0.5


def test_an_alternate_is_right_too(knowledge: Knowledge) -> None:
    assert figures(knowledge, "route", ("ทดสอบผ้าที่ไหน", "nfi", ("thti",)))["top1"] == 1.0


def test_none_is_right_where_nobody_is_named(knowledge: Knowledge) -> None:
    assert figures(knowledge, "route", ("พรุ่งนี้ฝนตกไหม", "none", ()))["top1"] == 1.0
    assert figures(knowledge, "route", ("ทดสอบผ้าที่ไหน", "none", ()))["top1"] == 0.0


def test_an_office_of_a_province_counts_as_its_kind(knowledge: Knowledge) -> None:
    found = figures(knowledge, "route", ("ขอใบอนุญาตโรงงานที่ระยอง", "provincial_office", ()))
    assert found["top1"] == 1.0


def test_a_fire_passed_over_lowers_recall_and_a_needless_alarm_is_counted(knowledge: Knowledge) -> None:
    found = figures(
        knowledge,
        "emergency",
        ("ไฟไหม้โรงงาน ช่วยด้วย", "danger", ()),
        ("สวัสดีค่ะ", "danger", ()),
        ("ไฟไหม้โรงงาน ช่วยด้วย", "none", ()),
        ("ขอบคุณค่ะ", "none", ()),
    )
    assert found["recall"] == 0.5
    assert found["false_alarm"] == 0.5


def test_a_pin_is_judged_level_by_level(knowledge: Knowledge) -> None:
    found = figures(knowledge, "pin", ("13.5991,100.5968", "สมุทรปราการ/เมืองสมุทรปราการ/nowhere", ()))
    assert (found["province"], found["district"], found["subdistrict"]) == (1.0, 1.0, 0.0)


def test_types_are_judged_with_all_that_were_found(knowledge: Knowledge) -> None:
    found = figures(knowledge, "type", ("เสียงดังและฝุ่นเยอะ", "dust", ()))
    assert found["top2"] == 1.0


def test_the_command_prints_the_agreed_keys(tmp_path: Path) -> None:
    errors = tmp_path / "wrong.tsv"
    ran = CliRunner().invoke(
        kb.app,
        ["eval", str(SENTENCES / "route.tsv"), "--task", "route", "--errors", str(errors)],
        catch_exceptions=False,
    )
    assert ran.exit_code == 0
    found = json.loads(ran.stdout)
    assert {"n", "top1", "top2", "top3", "answered", "wrong_when_answered", "latency_ms"} <= found.keys()
    assert {"p50", "p99"} == found["latency_ms"].keys()
    lines = errors.read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t")[:4] == ["id", "text", "gold", "alternates"]
    assert len(lines) - 1 == round(found["n"] * (1 - found["top1"]))


def test_a_text_a_line_gives_an_object_a_line() -> None:
    ran = CliRunner().invoke(kb.app, ["classify", "-"], input="ไฟไหม้โรงงาน ช่วยด้วย\nสวัสดี\n", catch_exceptions=False)
    first, second = (json.loads(line) for line in ran.stdout.splitlines())
    assert first["emergency"]["decision"] == "act"
    assert second["emergency"]["decision"] == "none"
    assert {"emergency", "types", "places", "slots"} <= first.keys()


def test_route_tells_decision_candidates_confidence_and_words() -> None:
    ran = CliRunner().invoke(kb.app, ["route", "who tests fabrics", "--json"], catch_exceptions=False)
    found = json.loads(ran.stdout)
    assert found["decision"] == "answer"
    assert found["candidates"][0]["id"] == "thti"
    assert found["candidates"][0]["score"] > 0
    assert 0 < found["confidence"] <= 1
    assert found["words"]


def test_check_is_quiet_about_sound_knowledge() -> None:
    ran = CliRunner().invoke(kb.app, ["check", "--json"], catch_exceptions=False)
    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["faults"] == []


def test_people_may_read_it_too() -> None:
    for command in ("route", "classify"):
        ran = CliRunner().invoke(kb.app, [command, "ทดสอบผ้าที่ไหน"], catch_exceptions=False)
        assert ran.exit_code == 0
        assert ran.stdout.strip()
