"""`frontdoor kb` as tools from outside call it: real processes, files as they come, pipes that break."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge import evaluate
from knowledge.load import Knowledge, load

COMMAND = [sys.executable, "-c", "from bot.kb import app; app()"]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def run(*args: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *args], input=given, capture_output=True, timeout=600, check=False)


def test_a_thousand_lines_cost_one_start_and_give_a_thousand_objects() -> None:
    texts = [f"โรงงานปล่อยควันดำ ครั้งที่ {number}" for number in range(999)] + ["ไฟไหม้โรงงาน ช่วยด้วย"]
    ran = run("classify", "-", given="\n".join(texts).encode())
    lines = ran.stdout.decode().splitlines()
    assert (ran.returncode, len(lines)) == (0, 1000)
    assert json.loads(lines[-1])["emergency"]["decision"] == "act"


def test_every_line_gives_an_object_whatever_stands_in_it() -> None:
    ran = run("classify", "-", given="\n\r\nก\rข\n\x00\n{{7*7}}\n".encode() + b"\xff\xfe\n" + "ไ".encode()[:2] + b"\n")
    assert ran.returncode == 0
    found = [json.loads(line) for line in ran.stdout.decode().splitlines()]
    assert len(found) == 7
    assert all({"emergency", "types", "places", "slots"} <= each.keys() for each in found)


def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.write_text("ไฟไหม้โรงงาน\n" * 2000, encoding="utf-8")
    with (
        texts.open("rb") as given,
        subprocess.Popen(
            [*COMMAND, "classify", "-"], stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child,
    ):
        assert child.stdout
        assert child.stderr
        child.stdout.readline()
        child.stdout.close()
        told = child.stderr.read().decode()
        child.wait(timeout=600)
    assert "Traceback" not in told


FILES = {
    "emergency": (
        "id\ttext\tgold\tkind\n"
        "1\tไฟไหม้โรงงาน ช่วยด้วย\tdanger\tfire\n"
        "2\tกลิ่นสารเคมีแรงมาก\thazard\t\n"
        "3\tเผาขยะทุกวัน\tburning\t\n"
        "4\tขอบคุณค่ะ\tnone\t\n"
        "5\tแก๊สรั่ว\tact\t\n"
        "6\tมีควันดำ\task\t\n",
        {"recall": 1.0, "false_alarm": 0.0, "asked": 1.0},
    ),
    "place": (
        "id\ttext\tgold\talternates\tsource\n"
        "1\tเขตบางนา กรุงเทพ\tกรุงเทพมหานคร/บางนา/\t\tx\n"
        "2\tแขวงลาดยาว เขตจตุจักร\tกรุงเทพฯ/เขตจตุจักร/แขวงลาดยาว\t\tx\n"
        "3\tอ.เมือง จ.ระยอง\tระยอง/เมือง\tระยอง/เมืองระยอง/\tx\n"
        "4\tโรงงานที่ระยอง\tชลบุรี\tจ.ระยอง|ตราด\tx\n",
        {"n": 4, "province": 1.0, "district": 1.0, "subdistrict": 1.0, "answered": 1.0, "wrong_when_answered": 0.0},
    ),
    "pin": (
        "id\ttext\tgold\n1\t13.5991, 100.5968\tสมุทรปราการ/เมืองสมุทรปราการ/\n2\tnowhere\tระยอง\n",
        {"n": 2, "province": 0.5, "answered": 0.5, "wrong_when_answered": 0.0},
    ),
    "type": (
        "text\tgold\nโรงงานเสียงดังและฝุ่นเยอะ\tdust\nโรงงานปล่อยน้ำเสีย\twastewater|smell\n",
        {"n": 2, "top2": 1.0},
    ),
    "route": (
        "\ufeffid\ttext\tgold\talternates\n1\tทดสอบผ้าที่ไหน\tthti\t\n2\tขอใบอนุญาตโรงงานที่ระยอง\tprovincial_office@TH-21\t\n"
        "3\tทดสอบผ้าที่ไหน\tnfi\tdss|thti\n4\n",
        {"n": 4, "top1": 0.75},
    ),
}


@pytest.mark.parametrize("task", FILES)
def test_files_are_read_as_they_come(knowledge: Knowledge, task: str, tmp_path: Path) -> None:
    """Without alternates, with more columns, with words for the levels, with a mark at the start, with short rows."""
    text, wanted = FILES[task]
    file = tmp_path / "some.tsv"
    file.write_text(text, encoding="utf-8")
    found, _ = evaluate.evaluate(knowledge, evaluate.read_rows(file), task)
    assert {name: found[name] for name in wanted} == wanted
    assert found["latency_ms"].keys() == {"p50", "p99"}


def test_a_row_is_right_with_any_of_its_labels(knowledge: Knowledge, tmp_path: Path) -> None:
    file = tmp_path / "some.tsv"
    file.write_text(
        "id\ttext\tgold\talternates\n1\tไฟไหม้โรงงาน\tnone\tdanger\n2\tขอบคุณ\tdanger\tnone\n", encoding="utf-8"
    )
    found, _ = evaluate.evaluate(knowledge, evaluate.read_rows(file), "emergency")
    assert (found["false_alarm"], found["recall"]) == (0.0, 1.0)


def test_errors_are_written_and_figures_stay_alone_on_standard_output(tmp_path: Path) -> None:
    file, errors = tmp_path / "some.tsv", tmp_path / "wrong.tsv"
    file.write_text(FILES["pin"][0], encoding="utf-8")
    ran = run("eval", str(file), "--task", "pin", "--errors", str(errors))
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["n"] == 2
    assert [line.split("\t")[0] for line in errors.read_text(encoding="utf-8").splitlines()] == ["id", "2"]


def test_an_unknown_task_or_file_is_said_without_a_trace(tmp_path: Path) -> None:
    for args in (["eval", str(tmp_path / "none.tsv"), "--task", "route"], ["eval", __file__, "--task", "nothing"]):
        ran = run(*args)
        assert ran.returncode == 2
        assert b"Traceback" not in ran.stderr
