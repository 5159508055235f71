"""The command as a person at a shell meets it: each in a process of its own, on a real database."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.db import commit
from bot.db.engine import Database
from bot.emulator.platform import create_emulator
from bot.emulator.serving import serving
from bot.sealing import Sealing
from handlers.vocabulary import Answer, Conversation, Open, Reporter
from knowledge.model import Place
from tests.house import KEY, SECRET, START

TOKEN = "cli-token"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `frontdoor …` with only the given environment, in an empty folder."""

    def go(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        root = str(Path(__file__).parent.parent)
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            cwd=tmp_path,
            env={**kept, "PYTHONPATH": root, "COLUMNS": "120", "NO_COLOR": "1", **environment},
            capture_output=True,
            text=True,
            timeout=600,
        )

    return go


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone: what a command does with its database is tested on both kinds elsewhere."""
    shutil.copy(sqlite_template, tmp_path / "house.db")
    return f"sqlite:///{tmp_path}/house.db"


@pytest.fixture
def environment(url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
        "SECRET_KEY": KEY,
        "MEDIA_DIR": str(tmp_path / "media"),
    }


@pytest.fixture
def one_ticket(url: str) -> str:
    """A ticket whose words try to be a formula and hold a telephone number."""
    database = Database(url)
    act = Open(
        code="AAA-BBB-CCC",
        kind="complaint",
        type="smell",
        urgency="normal",
        office="provincial_office@TH-11",
        summary='=HYPERLINK("http://evil")+081-234-5678',
        report={"factory": Answer("@ABC Plastics")},
        place=Place("TH-11", "1101", "", 13.6, 100.7),
        reporter=Reporter(phone="+66899999999", name="Somchai"),
    )
    done = commit.Decided("Usomchai", (), Conversation("Usomchai"), (act,))
    with database.transaction() as connection:
        commit.write(connection, [done], Sealing((KEY,)), START)
    database.close()
    return act.code


def test_missing_settings_are_all_named_with_their_mend(run: Run) -> None:
    told = run("serve")
    assert told.returncode == 2
    for name in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "SECRET_KEY"):
        assert name in told.stderr
    assert "→" in told.stderr
    assert "Traceback" not in told.stderr


def test_serve_refuses_an_old_schema_and_says_the_mend(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    told = run("serve", **{**environment, "DATABASE_URL": f"sqlite:///{tmp_path}/new.db"})
    assert told.returncode == 1
    assert "frontdoor db upgrade" in told.stderr


def test_upgrade_can_be_tried_dry_and_run_twice(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    fresh = {**environment, "DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}
    assert "would apply 0001" in run("db", "upgrade", "--dry-run", **fresh).stderr
    assert "applying 0001" in run("db", "upgrade", **fresh).stderr
    assert "up to date" in run("db", "upgrade", **fresh).stderr


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx", "geojson"])
def test_an_export_has_the_ticket_and_never_the_reporter(
    run: Run, environment: dict[str, str], one_ticket: str, form: str, tmp_path: Path
) -> None:
    out = tmp_path / f"out.{form}"
    assert run("tickets", "export", "--format", form, "--out", str(out), **environment).returncode == 0
    words = _words(out)
    assert one_ticket in words
    for secret in ("Somchai", "99999999", "234-5678", "Usomchai"):
        assert secret not in words


def _words(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text("utf-8-sig")
    with zipfile.ZipFile(path) as book:
        return "\n".join(book.read(name).decode("utf8", "replace") for name in book.namelist())


def test_a_spreadsheet_holds_no_live_formula(
    run: Run, environment: dict[str, str], one_ticket: str, tmp_path: Path
) -> None:
    run("tickets", "export", "--format", "csv", "--out", str(tmp_path / "t.csv"), **environment)
    run("tickets", "export", "--format", "xlsx", "--out", str(tmp_path / "t.xlsx"), **environment)
    assert "'=HYPERLINK" in (tmp_path / "t.csv").read_text("utf-8-sig")
    assert "'@ABC Plastics" in (tmp_path / "t.csv").read_text("utf-8-sig")
    assert "<f>" not in _words(tmp_path / "t.xlsx")


def test_geojson_has_the_point_and_jsonl_the_columns_of_the_contract(
    run: Run, environment: dict[str, str], one_ticket: str, tmp_path: Path
) -> None:
    run("tickets", "export", "--format", "geojson", "--out", str(tmp_path / "t.geojson"), **environment)
    run("tickets", "export", "--out", str(tmp_path / "t.jsonl"), **environment)
    feature = json.loads((tmp_path / "t.geojson").read_text())["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [100.7, 13.6]}
    row = json.loads((tmp_path / "t.jsonl").read_text())
    wanted = "code kind type urgency status office province district subdistrict lat lon factory summary incident"
    assert {*wanted.split(), "created_at"} <= set(row)
    assert row["district"] == "เมืองสมุทรปราการ"


def test_a_dry_export_writes_nothing(run: Run, environment: dict[str, str], one_ticket: str, tmp_path: Path) -> None:
    told = run("tickets", "export", "--dry-run", **environment)
    assert "would write 1 tickets" in told.stderr
    assert not list(tmp_path.glob("tickets.*"))


def test_the_outbox_of_a_quiet_house_is_empty(run: Run, environment: dict[str, str]) -> None:
    assert json.loads(run("outbox", "list", "--json", **environment).stdout) == []
    assert run("outbox", "send-again", "17", **environment).returncode == 1


def test_doctor_asks_the_platform_and_names_what_is_missing(run: Run, environment: dict[str, str]) -> None:
    line = create_emulator(channel_secret=SECRET, access_token=TOKEN, webhook_url="http://127.0.0.1:9/line/webhook")
    with serving(line.app) as base:
        there = {**environment, "LINE_API_BASE": f"{base}/api", "LINE_DATA_API_BASE": f"{base}/data"}
        told = run("doctor", "--json", **there)
        findings = {one["what"]: one for one in json.loads(told.stdout)}
        wrong = run("doctor", **{**there, "LINE_CHANNEL_ACCESS_TOKEN": "stolen"})
        run("richmenu", "publish", **there)
        after = json.loads(run("doctor", "--json", **there).stdout)
    line.close()
    assert told.returncode == 1
    assert findings["Database reachable, migrations applied"]["mark"] == "good"
    assert findings["PUBLIC_BASE_URL is no https address"]["mark"] == "bad"
    assert any("sentence model" in what for what in findings)
    assert findings["No rich menu is shown"]["mend"] == "frontdoor richmenu publish"
    assert findings["Webhook redelivery"]["mark"] == "look"
    assert "does not take the token" in wrong.stderr
    assert any(one["what"].startswith("Rich menu richmenu-") and one["mark"] == "good" for one in after)


def test_a_code_is_written_for_a_factory(run: Run, tmp_path: Path) -> None:
    told = run("qr", "@123abcde", "--factory", "โรงงาน ก", "--place", "บางปู", "--out", str(tmp_path / "gate.svg"))
    assert told.stdout.startswith("https://line.me/R/oaMessage/%40123abcde/?")
    assert (tmp_path / "gate.svg").stat().st_size > 1000


def test_help_and_version(run: Run) -> None:
    assert run("--version").stdout.startswith("frontdoor ")
    assert "Example" in run("tickets", "export", "--help").stdout
    assert "--install-completion" in run("--help").stdout
