"""The command `frontdoor`. Each command imports what it needs when it runs, so that --help and completion are quick.

Texts for people go to standard error or, where asked with --json, machine-readable to standard output. Exit codes:
0 done, 1 something is wrong (and said), 2 wrong usage or settings.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from bot import drill_cli, gaps_commands, kb, notify_cli, seed_cli, staff_cli

if TYPE_CHECKING:
    from bot.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,  # locals may hold secrets and people's words
    help="The front door of the Ministry of Industry on LINE.",
    epilog="Try it without a LINE account: **frontdoor demo**",
)
db = typer.Typer(no_args_is_help=True, help="The database: migrations.")
tickets = typer.Typer(no_args_is_help=True, help="Tickets as files.")
outbox = typer.Typer(no_args_is_help=True, help="What could not be sent.")
richmenu = typer.Typer(no_args_is_help=True, help="The menu below the chat.")
app.add_typer(db, name="db")
app.add_typer(tickets, name="tickets")
app.add_typer(outbox, name="outbox")
app.add_typer(richmenu, name="richmenu")
kb.app.add_typer(gaps_commands.app)  # without a name: its commands stand beside the others
app.add_typer(kb.app, name="kb")
app.add_typer(staff_cli.app, name="staff")
app.add_typer(notify_cli.app, name="notify")

console = Console(stderr=True)


class Format(StrEnum):
    jsonl = "jsonl"
    csv = "csv"
    xlsx = "xlsx"
    geojson = "geojson"


Json = Annotated[bool, typer.Option("--json", help="Machine-readable, on standard output.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"frontdoor {installed_version('frontdoor')}")
        raise typer.Exit


@app.callback()
def main(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Nothing to do before a command."""


# Errors whose text is the sentence to show. By name, because importing their rooms would load a web server for --help.
PLAIN = frozenset(
    [
        "CannotServe",
        "DatabaseInUse",
        "NoOffice",
        "NotEmpty",
        "OldSchema",
        "PortTaken",
        "SendLater",
        "Unclear",
        "SendNever",
        "OutOfQuota",
        "Unauthorised",
    ]
)


@contextmanager
def told_kindly() -> Iterator[None]:
    """Errors that a person can mend become words; everything else keeps its trace."""
    try:
        yield
    except Exception as error:
        name = type(error).__name__
        if name == "SettingsError":
            for variable, wrong, mend in error.faults:  # type: ignore[attr-defined]
                console.print(f"[bold]{variable}[/bold] {wrong}", f"  → {mend}", sep="\n", highlight=False)
            raise typer.Exit(2) from None
        if name in PLAIN or name == "KnowledgeError":  # the latter's text has a line for each fault
            console.print(str(error), highlight=False, markup=False)
            raise typer.Exit(1) from None
        raise


def _settings(**given: Any) -> Settings:
    from bot import settings

    return settings.load(**{name: value for name, value in given.items() if value is not None})


# --- running ---------------------------------------------------------------------------------------------------------


@app.command(epilog="Example: **frontdoor demo --port 9000 --fresh**")
def demo(
    port: Annotated[int, typer.Option(help="The one port of the demo.")] = 8000,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path("data/demo"),
    fresh: Annotated[bool, typer.Option(help="Forget what earlier demos left.")] = False,
    speed: Annotated[float, typer.Option(min=1, max=3600, help="Deadlines and duty pass so many times faster.")] = 1.0,
) -> None:
    """The whole house with a local LINE platform and a chat page, on one port. No LINE account needed."""
    from bot import demo as show

    with told_kindly():
        show.run(port, folder, fresh, speed)


@app.command(epilog="Example: **frontdoor chat --script talk.txt --as malee**")
def chat(
    script: Annotated[Path | None, typer.Option(help="A line a message; left out: the keyboard.")] = None,
    base: Annotated[str, typer.Option(help="Where the demo runs.")] = "http://127.0.0.1:8000",
    as_person: Annotated[str, typer.Option("--as", help="Who to be: somchai, malee, aung, anan.")] = "somchai",
) -> None:
    """Talk to a running demo in the terminal. `@help` lists what else can be done than type."""
    from bot.chat import chat as talk

    talk(script, base, as_person)


@app.command(epilog="Example: **frontdoor serve --workers 2** (needs PostgreSQL); **--workers 0** is a door alone")
def serve(
    workers: Annotated[
        int | None, typer.Option(help="Worker processes beside the web process. Left out: all in one process.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Overrides PORT.")] = None,
) -> None:
    """Production: web, worker and sender. Refuses to start on an old schema."""
    from bot import serve as serving

    with told_kindly():
        serving.serve(_settings(port=port), workers)


@app.command()
def worker() -> None:
    """A machine of workers alone, beside others that run `serve --workers 0`."""
    from bot import serve as serving

    with told_kindly():
        serving.worker(_settings())


# --- database --------------------------------------------------------------------------------------------------------


@db.command(epilog="Example: **frontdoor db upgrade --dry-run**")
def upgrade(dry_run: DryRun = False) -> None:
    """Bring the schema up to date. Data stay."""
    from bot.db import schema
    from bot.db.engine import Database

    with told_kindly():
        database = Database(_settings().database_url)
        try:
            waiting = schema.waiting(database)
            if not waiting:
                console.print("The schema is up to date.")
            for name in waiting:
                console.print(f"{'would apply' if dry_run else 'applying'} {name}", highlight=False)
            if waiting and not dry_run:
                schema.upgrade(database)
                console.print("Done.")
        finally:
            database.close()


@db.command(epilog="Example: **frontdoor db due --dry-run**, after a line was added to special_days.yaml")
def due(dry_run: DryRun = False) -> None:
    """Count the deadlines of open tickets anew after the calendar changed. A house that starts does it by itself."""
    from bot.house import build

    with told_kindly():
        house = build(_settings())
        try:
            moved = house.timekeeper().recount(dry_run)
        finally:
            house.database.close()
    console.print(f"{moved} tickets {'would get' if dry_run else 'have got'} other deadlines")


# --- tickets ---------------------------------------------------------------------------------------------------------


@tickets.command(epilog="Example: **frontdoor tickets export --format xlsx --out tickets.xlsx**")
def export(
    format: Annotated[Format, typer.Option(help="What the file shall be.")] = Format.jsonl,
    out: Annotated[Path | None, typer.Option(help="The file; left out: tickets.FORMAT.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Tickets without the reporter."""
    from rich.progress import track

    from bot import export as exporting
    from bot.db import listing
    from bot.db.engine import Database
    from knowledge import places

    goal = out or Path(f"tickets.{format.value}")
    with told_kindly():
        database = Database(_settings().database_url)
        try:
            with database.reading() as connection:
                total = listing.count(connection)
            if dry_run:
                console.print(f"would write {total} tickets to {goal}", highlight=False)
                return
            found = exporting.rows(database, places.load().all_areas)
            number = exporting.write(
                track(found, "Exporting", total=total, console=console, disable=not console.is_terminal),
                goal,
                format.value,
            )
        finally:
            database.close()
    console.print(f"{number} tickets in {goal}", highlight=False)


# --- what could not be sent ------------------------------------------------------------------------------------------


@outbox.command("list")
def list_unsent(as_json: Json = False) -> None:
    """Messages that are dead, parked by the monthly quota, or of unclear end. Without their words."""
    from bot.db import outbox as letters
    from bot.db.engine import Database

    with told_kindly():
        database = Database(_settings().database_url)
        try:
            with database.reading() as connection:
                found = letters.unsent(connection)
        finally:
            database.close()
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        console.print(f"{one['id']:>8}  {one['state']:<8} {one['attempts']} tries  {one['fault']}", highlight=False)
    console.print(f"{len(found)} not delivered" if found else "Everything was delivered.")


@outbox.command(epilog="Example: **frontdoor outbox send-again 17 18**")
def send_again(
    ids: Annotated[list[int], typer.Argument(help="Numbers of `outbox list`.")], dry_run: DryRun = False
) -> None:
    """Give dead or parked messages another life, under a new retry key."""
    from bot.clock import now
    from bot.db import outbox as letters
    from bot.db.engine import Database

    if dry_run:
        console.print(f"would send {len(ids)} again")
        return
    with told_kindly():
        database = Database(_settings().database_url)
        try:
            with database.transaction() as connection:
                number = letters.revive(connection, ids, now())
        finally:
            database.close()
    console.print(f"{number} of {len(ids)} will be sent again")
    if number < len(ids):
        raise typer.Exit(1)


@app.command(epilog="Example: **frontdoor drill --province TH-11 --dry-run**")
def drill(
    office: drill_cli.Office = "", province: drill_cli.Province = "", dry_run: DryRun = False, as_json: Json = False
) -> None:
    """Rehearse an emergency with the real rota and cards, marked as a drill; measured, in no figure."""
    if bool(office) == bool(province):
        raise typer.BadParameter("name either --office or --province")
    with told_kindly():
        taken = drill_cli.run(_settings(), office or f"provincial_office@{province}", dry_run, as_json)
    if not taken:
        raise typer.Exit(1)


@app.command(epilog="Example: **frontdoor seed --tickets 100000**; **frontdoor seed --surge 14430 --force**")
def seed(tickets: seed_cli.Tickets = 0, surge: seed_cli.Surge = 0, force: seed_cli.Force = False) -> None:
    """Made-up tickets in the shape of the ministry's real ones, into an empty database: to try and to measure."""
    with told_kindly():
        seed_cli.run(_settings(), tickets, surge, force)


# --- LINE ------------------------------------------------------------------------------------------------------------


@app.command(epilog="Example: **frontdoor doctor --json**")
def doctor(
    as_json: Json = False,
    offline: Annotated[bool, typer.Option(help="Ask nothing of LINE.")] = False,
) -> None:
    """Check settings, database, Redis and, at LINE, token, webhook, quota and menu; say how to mend each."""
    import asyncio

    from bot import doctor as checks

    with told_kindly():
        settings = _settings()
        findings = list(checks.at_home(settings))
        if not offline:
            findings += asyncio.run(checks.at_line(settings))
    if as_json:
        typer.echo(json.dumps([{"mark": f.mark, "what": f.what, "mend": f.mend} for f in findings], ensure_ascii=False))
    else:
        for finding in findings:
            mark = {"good": "[green]ok  [/green]", "look": "[yellow]look[/yellow]", "bad": "[red]bad [/red]"}[
                finding.mark
            ]
            console.print(
                f"{mark} {finding.what}" + (f"\n     → {finding.mend}" if finding.mend else ""), highlight=False
            )
    if any(finding.mark == "bad" for finding in findings):
        raise typer.Exit(1)


@richmenu.command(epilog="Example: **frontdoor richmenu publish --dry-run**")
def publish(
    dry_run: DryRun = False, image: Annotated[Path | None, typer.Option(help="Also keep the picture.")] = None
) -> None:
    """Draw the menu and make it everybody's."""
    import asyncio

    from bot import richmenu as menu
    from bot.line.client import Line

    with told_kindly():
        if image is not None:
            image.write_bytes(menu.image())
        if dry_run:
            typer.echo(json.dumps(menu.menu_json(), ensure_ascii=False, indent=2))
            return
        settings = _settings()

        async def go() -> str:
            token = settings.line_channel_access_token.get_secret_value()
            line = Line(token, settings.line_api_base, settings.line_data_api_base)
            try:
                return await menu.publish(line)
            finally:
                await line.close()

        console.print(f"published {asyncio.run(go())}", highlight=False)


@app.command(epilog='Example: **frontdoor qr @123abcde --factory "ABC Plastics" --place "Bang Pu" --out gate.svg**')
def qr(
    basic_id: Annotated[str, typer.Argument(help="The channel's basic id, like @123abcde.")],
    place: Annotated[str, typer.Option(help="A place, filled in for whoever scans it.")] = "",
    factory: Annotated[str, typer.Option(help="A factory.")] = "",
    body: Annotated[str, typer.Option(help="An institute or office to ask.")] = "",
    out: Annotated[Path, typer.Option(help="SVG, PNG or PDF by its ending.")] = Path("frontdoor.svg"),
) -> None:
    """A code that opens the chat with a place, a factory or an institute filled in."""
    from bot import qr as codes
    from handlers.free_text import qr_text

    try:
        url = codes.address(basic_id, qr_text(place=place, factory=factory, body=body))
        codes.write(url, out)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    typer.echo(url)
    console.print(f"written to {out}", highlight=False)


if __name__ == "__main__":
    sys.exit(app())
