"""Learning from what people asked in vain: kept without the person, answered by staff, measured, then taken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import gaps as work
from bot import gaps_nightly as nightly
from bot import gaps_report as report
from bot import house
from bot.cli import app
from bot.db import corrections, gaps
from bot.db import tables as table
from bot.db.engine import Database
from bot.db.gaps import Kept
from bot.gaps import Change, NoLabel
from handlers.vocabulary import Gap
from knowledge import files
from knowledge.evaluate import Row
from knowledge.load import Knowledge, load
from knowledge.model import KnowledgeError
from knowledge.overlay import add_lines, keep_learned, load_over, merged
from tests.house import KEY, rows

MACHINE = "จดทะเบียนเครื่องจักรที่ไหน"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of the knowledge, learned from few sentences, so that learning anew takes a moment."""
    folder = merged(tmp_path_factory.mktemp("small") / "knowledge")
    for path in (folder / "sentences").rglob("*.txt"):
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(lines[:4]) + "\n", encoding="utf-8")
    shutil.rmtree(folder / "compiled", ignore_errors=True)
    return folder


@pytest.fixture
def build(small: Path) -> nightly.Build:
    return partial(load_over, base=small)


def keep(database: Database, *found: Gap, at: int = 1) -> None:
    with database.transaction() as connection:
        gaps.keep(connection, found, at)


def kept(database: Database, since: int = 0) -> list[Kept]:
    with database.reading() as connection:
        return gaps.open_since(connection, since)


# --- keeping ---------------------------------------------------------------------------------------------------------


def test_a_question_is_kept_without_the_person(database: Database) -> None:
    keep(database, Gap("unanswered", "ผมชื่อสมชาย ใจดี โทร 081-234-5678 จดทะเบียนเรือที่ไหน", ("diw",), ("m1",)))
    stored = str(rows(database, table.gaps))
    assert "สมชาย" not in stored
    assert "5678" not in stored
    assert "จดทะเบียนเรือที่ไหน" in stored
    assert kept(database)[0].candidates == ("diw",)


@pytest.mark.parametrize("state", [gaps.OPEN, gaps.ACCEPTED])
def test_an_unsend_reaches_the_question_also_when_it_was_answered(database: Database, state: str) -> None:
    keep(database, Gap("unanswered", MACHINE, messages=("m1", "m2")), Gap("unanswered", "อื่น", messages=("m3",)))
    with database.transaction() as connection:
        gaps.settle(connection, [1], state, "route/diw")
        gaps.forget(connection, "m2")
    assert [row.text for row in rows(database, table.gaps)] == ["อื่น"]


def test_what_is_settled_is_asked_no_more(database: Database) -> None:
    keep(database, *(Gap("unanswered", f"{MACHINE} {n}") for n in range(4)))
    with database.transaction() as connection:
        gaps.settle(connection, [1], gaps.REFUSED)
        gaps.settle(connection, [2], gaps.TAKEN)
        assert gaps.settle(connection, [3, 99], gaps.ACCEPTED, "route/stranger.weather") == 1
    assert [each.id for each in kept(database)] == [4]
    with database.reading() as connection:
        assert [(each.id, each.label) for each in gaps.accepted(connection)] == [(3, "route/stranger.weather")]


def test_gaps_since_a_moment(database: Database) -> None:
    keep(database, Gap("unanswered", "เก่า"), at=1000)
    keep(database, Gap("unanswered", "ใหม่"), at=2000)
    assert [each.text for each in kept(database, since=1500)] == ["ใหม่"]


def test_corrections_are_kept_masked_and_only_where_something_changed(database: Database) -> None:
    with database.transaction() as connection:
        corrections.keep(connection, "type", "คุณวิภา รักไทย ร้องว่าเหม็น", "smoke_pm25", "smell", 5)
        corrections.keep(connection, "type", "เหม็น", "smell", "smell", 6)
        corrections.keep(connection, "type", "  ", "smell", "noise", 7)
    with database.transaction() as connection:
        found = corrections.open_(connection)
        assert [(one.before, one.after, one.at) for one in found] == [("smoke_pm25", "smell", 5)]
        assert "วิภา" not in found[0].text
        assert corrections.settle(connection, [found[0].id], corrections.TAKEN) == 1
        assert corrections.open_(connection) == []


# --- showing and answering -------------------------------------------------------------------------------------------


def gap(number: int, text: str, kind: str = "unanswered", candidates: tuple[str, ...] = ()) -> Kept:
    return Kept(number, kind, text, candidates, number)


def test_alike_ones_stand_together_and_the_most_frequent_first(knowledge: Knowledge) -> None:
    found = work.shown(
        [gap(1, "ฮาลาลขอยังไง"), gap(2, MACHINE), gap(3, f"{MACHINE}คะ"), gap(4, MACHINE, "unread_place")], knowledge
    )
    assert [(each.kind, each.ids) for each in found] == [
        ("unanswered", (2, 3)),
        ("unanswered", (1,)),
        ("unread_place", (4,)),
    ]
    assert found[0].candidates
    assert found[2].candidates == ()


def test_what_people_had_not_meant_is_no_candidate(knowledge: Knowledge) -> None:
    first = work.shown([gap(1, MACHINE)], knowledge)[0].candidates[0][0]
    again = work.shown([gap(1, MACHINE, "not_meant", (first,))], knowledge)[0]
    assert first not in [body for body, _ in again.candidates]


def test_only_what_exists_can_be_an_answer(knowledge: Knowledge) -> None:
    assert work.label(knowledge, (), "provincial_office@TH-11", "", "") == "route/provincial_office"
    assert work.label(knowledge, (), "", "smell", "") == "type/smell"
    assert work.label(knowledge, ["taxes of states"], "", "", "taxes_of_states") == "route/stranger.taxes_of_states"
    for body, type_, stranger in (
        ("nobody", "", ""),
        ("", "x", ""),
        ("", "", "x"),
        ("tisi", "smell", ""),
        ("", "", ""),
    ):
        with pytest.raises(NoLabel):
            work.label(knowledge, ["weather"], body, type_, stranger)
    with pytest.raises(NoLabel):
        work.change("route/tisi", "[name] [phone]")


def test_an_answer_becomes_a_line_and_a_test_sentence(tmp_path: Path) -> None:
    changes = [
        work.change("route/tisi", "ตู้คาราโอเกะ [phone] ต้องมีเครื่องหมายไหม"),
        Change("route/stranger.weather", "ฝนตกไหม"),
    ]
    assert sum(work.write(tmp_path, changes).values()) == 4
    assert work.write(tmp_path, changes) == {}
    told = (tmp_path / "tests" / "route.tsv").read_text(encoding="utf-8").splitlines()
    assert told[0] == work.HEADER
    assert [line.split("\t")[1:3] for line in told[1:]] == [
        ["ตู้คาราโอเกะ ต้องมีเครื่องหมายไหม", "tisi"],
        ["ฝนตกไหม", "none"],
    ]
    line = (tmp_path / "sentences" / "route" / "tisi.txt").read_text(encoding="utf-8")
    assert line == "ตู้คาราโอเกะ ต้องมีเครื่องหมายไหม\n"


# --- the operator's folder -------------------------------------------------------------------------------------------


def test_lines_join_and_files_replace_and_the_package_stays_as_it_was(tmp_path: Path) -> None:
    base, overlay = tmp_path / "base", tmp_path / "overlay"
    add_lines(base / "sentences" / "a.txt", ["one"])
    (base / "thing.yaml").write_text("old")
    add_lines(overlay / "sentences" / "a.txt", ["two", "one"])
    add_lines(overlay / "sentences" / "b.txt", ["three"])
    add_lines(overlay / "tests" / "route.tsv", ["not read"])
    (overlay / "thing.yaml").write_text("new")
    into = merged(tmp_path / "into", overlay, {"sentences/b.txt": ["four"]}, base)
    assert (into / "sentences" / "a.txt").read_text() == "one\ntwo\n"
    assert (into / "sentences" / "b.txt").read_text() == "three\nfour\n"
    assert (into / "thing.yaml").read_text() == "new"
    assert not (into / "tests").exists()
    assert (base / "sentences" / "a.txt").read_text() == "one\n"


def test_what_is_added_can_be_found_and_what_is_broken_is_refused(
    tmp_path: Path, build: nightly.Build, small: Path
) -> None:
    body = (small / "institutes" / "thti.yaml").read_text(encoding="utf-8").replace("id: thti", "id: toys", 1)
    (tmp_path / "institutes").mkdir()
    (tmp_path / "institutes" / "toys.yaml").write_text(body, encoding="utf-8")
    assert build(tmp_path, {}).body("toys")
    (tmp_path / "institutes" / "toys.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(KnowledgeError):
        work.write(tmp_path, [Change("route/tisi", "ตู้คาราโอเกะ")])
    assert not (tmp_path / "sentences").exists()


def test_a_broken_folder_leaves_the_house_with_the_knowledge_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "institutes").mkdir()
    (tmp_path / "institutes" / "toys.yaml").write_text("id: [", encoding="utf-8")
    assert house.load_knowledge(tmp_path).body("tisi")
    assert house.load_knowledge(tmp_path / "nothing here").body("tisi")


def test_texts_are_read_whole_after_the_merged_folder_is_gone(tmp_path: Path, small: Path) -> None:
    add_lines(tmp_path / "sentences" / "route" / "tisi.txt", ["ตู้คีบตุ๊กตาต้องมีมาตรฐานไหม"])
    known = load_over(tmp_path, base=small)
    assert known.read("โรงงานแถวบ้านปล่อยควันดำทุกคืน เหม็นมาก").intent == "complain"
    assert known.route("ตู้คีบตุ๊กตาต้องมีมาตรฐานไหม").decision


def test_a_danger_that_staff_named_is_learned_and_kept(tmp_path: Path, small: Path) -> None:
    cry = "ถังสีม่วงร้องฟู่ฟู่ฟ่อฟ่อไม่ยอมหยุด"
    before = load_over(None, base=small).danger(cry).confidence
    add_lines(tmp_path / "sentences" / "emergency" / "act.chlorine_leak.txt", [f"{cry}{n}" for n in range(9)])
    assert keep_learned(tmp_path, small)
    kept_file = tmp_path / "compiled" / "emergency.npz"
    made = kept_file.read_bytes()
    after = load_over(tmp_path, base=small).danger(cry)
    assert (after.confidence, after.decision) != (before, "none")
    assert kept_file.read_bytes() == made


# --- the night -------------------------------------------------------------------------------------------------------

TOYS = [f"ตู้คีบ{toy}ในห้าง ใครตรวจความปลอดภัย" for toy in ("ตุ๊กตา", "ของเล่น", "หมอน", "ขนม")]
CALM = [f"หม้อ{kind}เดือดปุดๆ น่ารักมาก" for kind in ("สุกี้", "ชาบู", "ข้าว", "แกง")]


def corrected(number: int, task: str, text: str, after: str) -> corrections.Correction:
    return corrections.Correction(number, 0, task, text, "", after)


def test_corrections_become_sentences_where_they_tell_a_label(knowledge: Knowledge) -> None:
    accepted = [Kept(7, "unanswered", TOYS[0], (), 0, "accepted route/tisi")]
    new, lost = nightly.sentences(
        accepted,
        [
            corrected(1, "type", "เหม็นจากโรงงาน [name]", "smell"),
            corrected(2, "route", "อยากได้ มอก.", "tisi"),
            corrected(3, "route", "ถามจังหวัด", "provincial_office@TH-11"),
            corrected(4, "emergency", "ถังสีม่วงส่งเสียงฟู่", "high"),
            corrected(5, "emergency", CALM[0], "normal"),
            corrected(6, "emergency", "ไฟไหม้โรงงาน", "emergency"),
            corrected(7, "emergency", "มาดูหน่อย", "emergency"),
            corrected(8, "type", "อะไรสักอย่าง", "no_such_type"),
            corrected(9, "type", "[name]", "smell"),
        ],
        knowledge,
    )
    labels = [each.change.label for each in new]
    assert labels[:4] == ["route/tisi", "type/smell", "route/tisi", "route/provincial_office"]
    assert labels[4:6] == ["emergency/ask.hazard", "emergency/none.everyday_complaint"]
    assert labels[6].startswith("emergency/act.")
    assert lost == [7, 8, 9]
    assert new[0].gap == 7


@pytest.mark.long
def test_the_night_measures_and_changes_nothing(tmp_path: Path, build: nightly.Build, small: Path) -> None:
    new = [nightly.Sentence(Change("route/tisi", text), gap=n) for n, text in enumerate(TOYS, start=1)]
    new += [
        nightly.Sentence(Change("emergency/none.idiom", text), correction=n) for n, text in enumerate(CALM, start=1)
    ]
    tests = {
        "route": [Row("1", MACHINE, "diw"), Row("2", "ทดสอบผ้าที่ไหน", "thti")],
        "type": [],
        "emergency": [Row("1", "ไฟไหม้โรงงาน ช่วยด้วย", "danger")],
    }
    before = {path: path.stat().st_mtime_ns for path in small.rglob("*") if path.is_file()}
    found = nightly.run(tmp_path, new, [9], tests, build=build)
    assert before == {path: path.stat().st_mtime_ns for path in small.rglob("*") if path.is_file()}
    assert list(tmp_path.iterdir()) == []
    assert [each.label for each in found.proposals] == ["emergency/none.idiom", "route/tisi"]
    assert found.together
    assert found.together.tests["emergency"].n == 1
    assert found.unseen[0] == len(new)
    told = report.as_json(found, "2026-11-30")
    assert json.loads(json.dumps(told))["corrections_without_label"] == [9]
    page = report.as_markdown(told)
    assert "route/tisi" in page
    assert TOYS[0] in page


def proposal(before: int, after: int, top1: float, alarm: float = 0.0) -> nightly.Proposal:
    then = {"route": nightly.Measured(100, {"top1": 0.9}, {"top1": top1})}
    alarms = {"emergency": nightly.Measured(100, {"false_alarm": 0.0}, {"false_alarm": alarm})}
    return nightly.Proposal("route/tisi", (), before, after, {**then, **alarms})


def test_only_what_helps_and_harms_nothing_is_advised() -> None:
    assert proposal(0, 3, 0.9).advice == "take"
    assert proposal(0, 3, 0.88).advice == "look"
    assert proposal(0, 3, 0.9, alarm=0.01).falls == ["emergency false_alarm"]
    assert proposal(3, 2, 0.9).advice == "look"
    assert proposal(3, 3, 0.95).advice == "idle"


def test_test_sentences_that_are_about_to_be_learned_measure_nothing(tmp_path: Path) -> None:
    (tmp_path / "route.tsv").write_text(f"{work.HEADER}\n1\t{MACHINE}\tdiw\t\n2\t{TOYS[0]}\ttisi\t\n", encoding="utf-8")
    found = nightly.proofs([tmp_path], [nightly.Sentence(Change("route/tisi", TOYS[0]))])
    assert [row.text for row in found["route"]] == [MACHINE]


# --- the commands ----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'house.db')}"
    settings = {"DATABASE_URL": url, "LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "t", "SECRET_KEY": KEY}
    for name, value in {**settings, "KNOWLEDGE_DIR": str(tmp_path / "ours")}.items():
        monkeypatch.setenv(name, value)

    def call(*words: str, code: int = 0) -> str:
        ran = CliRunner().invoke(app, ["kb", *words])
        assert ran.exit_code == code, ran.output
        return str(ran.stdout)

    return call


def test_from_the_question_to_the_sentence(run: Callable[..., str], tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'house.db'}")
    keep(database, Gap("unanswered", TOYS[0]), Gap("unanswered", TOYS[1]), Gap("unanswered", "ฮาลาลขอยังไง"))
    groups = json.loads(run("gaps", "--json"))["gaps"]
    assert [(each["count"], each["ids"]) for each in groups] == [(2, [1, 2]), (1, [3])]
    assert run("gaps", "--json", "--since", "2999-01-01") == '{"gaps": []}\n'
    run("accept", "1", "--body", "nobody", code=1)
    run("accept", "1", "--body", "tisi", "--alike")
    run("accept", "1", "--body", "tisi", code=1)  # it is answered
    run("dismiss", "3")
    assert json.loads(run("gaps", "--json"))["gaps"] == []
    told = {"proposals": [{"label": "route/tisi", "advice": "take", "sentences": []}]}
    for number in (1, 2, 99):  # the last was taken back meanwhile
        sentence = {"label": "route/tisi", "text": TOYS[number % 4 - 1], "gap": number, "correction": 0}
        told["proposals"][0]["sentences"].append(sentence)  # type: ignore[attr-defined]
    (tmp_path / "night.json").write_text(json.dumps(told), encoding="utf-8")
    run("take", str(tmp_path / "night.json"), "--write", str(tmp_path / "ours"))
    held = (tmp_path / "ours" / "sentences" / "route" / "tisi.txt").read_text(encoding="utf-8").splitlines()
    assert held == TOYS[:2]
    assert [row.state for row in rows(database, table.gaps, "id")] == ["taken", "taken", "refused"]
    database.close()


def test_a_night_without_anything_new(run: Callable[..., str], tmp_path: Path) -> None:
    run("nightly", "--out", str(tmp_path / "reports"))
    assert "Nothing new" in next((tmp_path / "reports").glob("*.md")).read_text(encoding="utf-8")
    assert files.HERE.is_dir()
