"""`frontdoor staff …`: accounts from the server's command line: the first administrator, a whole office, an emergency.

Whoever can run it holds the server's keys already, so it stands in for the second administrator of a recovery. What
is printed once (codes, addresses) is stored nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from bot.accounts.fields import Wrong
    from bot.accounts.register import Register
    from bot.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Accounts of staff.")
console = Console(stderr=True)
Email = Annotated[str, typer.Argument(help="The account's e-mail address.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable, on standard output.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
MINUTES = 10


@app.command(epilog="Example: **frontdoor staff add nok@industry.go.th --office TH-11 --role officer --name Nok**")
def add(
    email: Email,
    office: Annotated[str, typer.Option(help="Id of a body; a province's code stands for its provincial office.")],
    role: Annotated[str, typer.Option(help="officer, deputy, supervisor, hub, field, administrator, auditor.")],
    name: Annotated[str, typer.Option(help="As colleagues see it.")] = "",
    area: Annotated[str, typer.Option(help="Supervisor: inspection region. Field team: TH-11|TH-12.")] = "",
    duties: Annotated[str, typer.Option(help="Deputy: policy|factory|mine|promotion.")] = "",
    as_json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Make an account; print a code that links LINE, and the address of the invitation."""
    from bot.accounts import fields

    with _register() as (register, settings):
        raw = {"email": email, "office": office, "role": role, "name": name, "area": area, "duties": duties}
        wanted = fields.read(raw, register.knowledge)
        wrong = register.faults_of(wanted)
        if not wrong and not dry_run:
            added = register.add(wanted, 0)
            wrong = added if isinstance(added, list) else []
        _stop(wrong)
        if dry_run:
            _would(wanted.columns, as_json)
            return
        assert not isinstance(added, list)
        told = {"id": added.id, **wanted.columns, "link_code": added.link, "invite": _address(settings, added.invite)}
    _tell(told | {"link_code_minutes": MINUTES}, as_json)


@app.command(epilog="Example: **frontdoor staff code nok@industry.go.th**")
def code(email: Email, as_json: Json = False) -> None:
    """A new code that links LINE, for ten minutes. It ends the one before."""
    with _register() as (register, _):
        letters = _said(register, register.link_code(_number(register, email), 0))
    _tell({"email": email, "link_code": letters, "link_code_minutes": MINUTES}, as_json)


@app.command(epilog="Example: **frontdoor staff invite nok@industry.go.th**")
def invite(
    email: Email,
    recover: Annotated[bool, typer.Option("--recover", help="Also for who has been inside: a new password.")] = False,
    as_json: Json = False,
) -> None:
    """A new invitation, for three days; with --recover for somebody who has lost the way in, for an hour."""
    with _register() as (register, settings):
        id_ = _number(register, email)
        if recover:
            _said(register, register.ask_recovery(id_, 0) or "")
        token = _said(register, register.approve_recovery(id_, 0) if recover else register.invite(id_, 0))
        address = _address(settings, token)
    _tell({"email": email, "invite": address}, as_json)


@app.command(epilog="Example: **frontdoor staff disable nok@industry.go.th --dry-run**")
def disable(email: Email, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Out at once: sessions end, codes are worth nothing, LINE is unlinked. The account stays for the log."""
    with _register() as (register, _):
        id_ = _number(register, email)
        if dry_run:
            _would({"id": id_, "email": email, "state": "disabled"}, as_json)
            return
        _said(register, register.disable(id_, 0) or "")
    _tell({"id": id_, "email": email, "state": "disabled"}, as_json)


@app.command("list", epilog="Example: **frontdoor staff list --office TH-11 --json**")
def list_(
    office: Annotated[str, typer.Option(help="Only of this office.")] = "",
    as_json: Json = False,
) -> None:
    """All accounts, without anything secret."""
    from bot.accounts import fields
    from bot.db import accounts

    with _register() as (register, _):
        wanted = fields.office_of(office, register.knowledge)
        with register.database.reading() as connection:
            rows = accounts.all_of_them(connection, wanted)
        found = [
            {name: getattr(row, name) for name in ("id", "email", "name", "office", "role", "area", "duties", "state")}
            | {"line": "linked" if row.lane else "", "second_factor": bool(row.totp)}
            for row in rows
        ]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        line = "  LINE" if one["line"] else ""
        text = f"{one['id']:>5}  {one['state']:<8} {one['role']:<13} {one['office']:<26} {one['email']}  {one['name']}"
        console.print(text + line, highlight=False, markup=False)
    console.print(f"{len(found)} accounts" if found else "No accounts yet: frontdoor staff add …", highlight=False)


@app.command(
    "import", epilog="Example: **frontdoor staff import staff.csv --dry-run** (columns email, office, role, …)"
)
def import_(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8, UTF-16 or TIS-620.", exists=True, dir_okay=False)],
    out: Annotated[Path | None, typer.Option(help="Where invitations are written; left out: standard output.")] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Many accounts at once: all of them, or none where one row is wrong."""
    from bot.accounts import importing

    with _register() as (register, settings):
        try:
            rows = importing.read(file.read_bytes(), register.knowledge)
        except importing.Unreadable as error:
            _fail([_english(error.said)])
        _fail([f"row {row.number}: {one.field}: {_english(one.said)}" for row in rows for one in row.wrong])
        _preview([row.fields.columns for row in rows], as_json and dry_run)
        if dry_run:
            return
        made, wrong = register.add_all([row.fields for row in rows], 0)
        _stop(wrong)
        told = [
            {"email": row.fields.email, "link_code": one.link, "invite": _address(settings, one.invite)}
            for row, one in zip(rows, made, strict=True)
        ]
    _write(told, out, as_json)


# --- around it -------------------------------------------------------------------------------------------------------


@contextmanager
def _register() -> Iterator[tuple[Register, Settings]]:
    """The register over the database of the settings."""
    from bot import settings as environment
    from bot.accounts.register import Register
    from bot.cli import told_kindly
    from bot.clock import now
    from bot.db import schema
    from bot.db.engine import Database
    from bot.sealing import Sealing
    from knowledge.load import load

    with told_kindly():
        settings = environment.load()
        database = Database(settings.database_url)
        try:
            schema.must_be_current(database)
            yield Register(database, Sealing(settings.secret_keys), load(), now), settings
        finally:
            database.close()


def _number(register: Register, email: str) -> int:
    from bot.db import accounts

    with register.database.reading() as connection:
        row = accounts.of_email(connection, email.strip().casefold())
        near = [one.email for one in accounts.all_of_them(connection)] if row is None else []
    if row is None:
        _fail([f"no account of {email}. Nearest: {', '.join(_close(email, near)) or '–'}  → frontdoor staff list"])
    assert row is not None
    return int(row.id)


def _close(word: str, words: list[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(word.casefold(), words, n=3)


def _said(register: Register, result: Any) -> str:
    """What an act gives, or the end where it was refused."""
    from handlers.staff import Refused
    from handlers.vocabulary import T

    if isinstance(result, Refused):
        _fail([_english(T(result.key, result.values or {}))])
    return str(result)


def _stop(wrong: list[Wrong]) -> None:
    _fail([f"{one.field}: {_english(one.said)}" for one in wrong])


def _fail(lines: list[str]) -> None:
    for line in lines:
        console.print(line, highlight=False, markup=False)
    if lines:
        raise typer.Exit(1)


def _english(said: Any) -> str:
    from handlers.words import own

    return own().text(said, "en")


def _address(settings: Settings, token: str) -> str:
    base = settings.public_base_url or f"http://localhost:{settings.port}"
    return f"{base}/console/invite?key={token}"


def _would(columns: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"dry_run": True, **columns}, ensure_ascii=False))
    else:
        console.print("would do: " + ", ".join(f"{k}={v}" for k, v in columns.items() if v), highlight=False)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        if value and name != "link_code_minutes":
            typer.echo(f"{name}: {value}")
    if "link_code" in told:
        console.print(f"Send the code to the bot from the LINE account to link, within {MINUTES} minutes.")


def _preview(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows[:20]:
        console.print("  ".join(str(value) for value in row.values() if value), highlight=False, markup=False)
    console.print(f"{len(rows)} rows are good" + (", the first 20 are shown" if len(rows) > 20 else ""))


def _write(told: list[dict[str, Any]], out: Path | None, as_json: bool) -> None:
    import csv
    import io

    text = json.dumps(told, ensure_ascii=False) + "\n"
    if not as_json:
        sheet = io.StringIO()
        writer = csv.DictWriter(sheet, ["email", "link_code", "invite"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(told)
        text = sheet.getvalue()
    if out is None:
        typer.echo(text, nl=False)
        return
    out.touch(mode=0o600)
    out.write_text(text, "utf8")
    console.print(f"{len(told)} accounts made; what each one needs is in {out}", highlight=False)
