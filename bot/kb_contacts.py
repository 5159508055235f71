"""The command `frontdoor kb contacts`: every contact that the bot may show, and those that it may not."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from bot.kb_said import Json, print_json


def contacts(
    stale: Annotated[bool, typer.Option("--stale", help="Only those that are not shown.")] = False,
    as_json: Json = False,
) -> None:
    """List contacts with the month of their last check; stale and unverified ones, which are not shown, come first."""
    from bot.settings import Overlay
    from knowledge import contacts as all_contacts
    from knowledge.files import HERE, read_all
    from knowledge.overlay import merged

    own = Overlay().knowledge_dir
    with TemporaryDirectory(prefix="knowledge-") as name:
        folder = merged(Path(name) / "knowledge", own) if own else HERE
        found = all_contacts.listed(read_all(folder), all_contacts.rules(folder), today())
    shown = [each for each in found if not stale or each.state != "fresh"]
    if as_json:
        print_json({"contacts": [asdict(each) for each in shown], "hidden": sum(e.state != "fresh" for e in found)})
        return
    table = Table("state", "checked", "whose", "what", "value", "file", box=None)
    for each in shown:
        table.add_row(each.state, each.checked, each.of, each.what, each.value, each.file)
    Console(highlight=False).print(table)


def now() -> datetime:
    return datetime.now(ZoneInfo("Asia/Bangkok"))


def today() -> date:
    return now().date()
