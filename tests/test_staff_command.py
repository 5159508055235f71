"""`frontdoor staff`: accounts from the server, alone and by the file, with words for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.accounts import importing
from bot.cli import app
from bot.db.engine import Database
from bot.db.tables_staff import staff
from tests.house import KEY, rows
from tests.staffed import SAMUT_PRAKAN, knowledge

HEAD = "email,office,role,name\n"


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    import shutil

    shutil.copy(sqlite_template, tmp_path / "house.db")
    url = f"sqlite:///{tmp_path}/house.db"
    given = {"DATABASE_URL": url, "SECRET_KEY": KEY, "LINE_CHANNEL_SECRET": "x", "LINE_CHANNEL_ACCESS_TOKEN": "y"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("knowledge.load.load", knowledge)  # read once for the whole run
    return url


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["staff", *words])


def accounts(url: str) -> list[Any]:
    database = Database(url)
    try:
        return rows(database, staff, "id")
    finally:
        database.close()


def test_an_account_is_made_with_a_code_and_an_invitation(house: str) -> None:
    told = run("add", "Nok@Example.go.th", "--office", "TH-11", "--role", "officer", "--name", "Nok", "--json")
    assert told.exit_code == 0, told.output
    made = json.loads(told.stdout)
    assert made["link_code"].startswith("LINK-")
    assert "/console/invite?key=" in made["invite"]
    assert [(one.email, one.office, one.state) for one in accounts(house)] == [
        ("nok@example.go.th", SAMUT_PRAKAN, "invited")
    ]
    listed = json.loads(run("list", "--office", "TH-11", "--json").stdout)
    assert [one["email"] for one in listed] == ["nok@example.go.th"]
    assert run("disable", "nok@example.go.th").exit_code == 0
    assert accounts(house)[0].state == "disabled"


def test_dry_run_makes_nothing(house: str) -> None:
    assert run("add", "nok@example.go.th", "--office", "diw", "--role", "officer", "--dry-run").exit_code == 0
    assert accounts(house) == []


def test_what_is_wrong_is_said_with_what_is_near(house: str) -> None:
    told = run("add", "nok@example.go.th", "--office", "provincial_office@TH-1", "--role", "boss")
    assert told.exit_code == 1
    assert "provincial_office@TH-1" in told.output
    assert "Nearest" in told.output
    assert "officer" in told.output
    run("add", "nok@example.go.th", "--office", "diw", "--role", "officer")
    assert "nok@example.go.th" in run("disable", "nk@example.go.th").output


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "tis-620", "utf-16"])
def test_a_file_in_any_encoding_of_a_thai_office_is_read(house: str, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(HEAD + "a@x.go.th,TH-11,officer,สมชาย ใจดี\nb@x.go.th,diw,field,\n", encoding)
    preview = run("import", str(file), "--dry-run")
    assert (preview.exit_code, accounts(house)) == (0, [])
    assert run("import", str(file)).exit_code == 0
    assert [(one.email, one.name) for one in accounts(house)] == [("a@x.go.th", "สมชาย ใจดี"), ("b@x.go.th", "")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a@x.go.th,TH-11,officer,A\nb@x.go.th,TH-99,officer,B\n", "row 3"),
        ("a@x.go.th,TH-11,officer,A\na@x.go.th,TH-11,officer,B\n", "row 2"),
        ('a@x.go.th,TH-11,officer,"A\n', "CSV"),
        ("a@x.go.th,TH-11,officer,A,too,many\n", "row 2"),
        ("", "no rows"),
    ],
)
def test_one_wrong_row_and_nothing_is_done(house: str, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(HEAD + text, "utf-8")
    told = run("import", str(file))
    assert told.exit_code == 1
    assert said in told.output
    assert accounts(house) == []


def test_a_file_without_the_columns_or_with_a_million_rows_is_refused() -> None:
    for raw in (b"name,phone\nA,1\n", HEAD.encode() + b"a@x.go.th,diw,officer,A\n" * 300_000, b"\xff\xfe\x00"):
        with pytest.raises(importing.Unreadable):
            importing.read(raw, knowledge())


def test_semicolons_of_a_thai_excel_part_columns() -> None:
    found = importing.read("email;office;role\na@x.go.th;TH-11;officer\n".encode("tis-620"), knowledge())
    assert [row.fields.office for row in found] == [SAMUT_PRAKAN]
    assert found[0].wrong == ()
