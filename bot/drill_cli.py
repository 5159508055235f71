"""The command `frontdoor drill`: words for people on standard error; with --json the measurement on standard output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from bot.settings import Settings

console = Console(stderr=True)
QUIET = 10.0  # seconds after which a house that tells nobody is missed


def run(settings: Settings, office: str, dry_run: bool, as_json: bool) -> bool:
    """Whether somebody took it (or, in a dry run, could be told)."""
    from bot.drill import Drill
    from bot.house import build

    house = build(settings)
    try:
        made = Drill(house, office)
        result = made.plan() if dry_run else made.run(Shown(as_json))
    finally:
        house.database.close()
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        _planned(result) if dry_run else _measured(result)
    return not result["unreachable"] if dry_run else bool(result["taken"])


class Shown:
    """Says each level once, when it has been told."""

    def __init__(self, silent: bool) -> None:
        self.silent, self.seen, self.looks = silent, 0, 0

    def __call__(self, report: dict[str, Any]) -> None:
        self.looks += 1
        for one in report["levels"][self.seen :] if not self.silent else ():
            console.print(f"{_clock(one['told_after'])}  {_level(one['level'])}: {', '.join(one['people']) or '-'}")
        self.seen = len(report["levels"])
        if self.looks == QUIET and not any(one["sent"] + one["waiting"] + one["failed"] for one in report["levels"]):
            console.print("Nobody has been written to yet: is the house running (frontdoor serve)?")


def _planned(plan: dict[str, Any]) -> None:
    console.print(f"A drill for {plan['office']} would tell, if nobody took it:", highlight=False)
    if plan["unreachable"]:
        console.print("[red]Nobody of this office can be reached.[/red]")
    for level in plan["levels"]:
        people = ", ".join(one["name"] + ("" if one["reached"] else " (not reachable)") for one in level["people"])
        console.print(f"{level['minutes']:5.0f} min  {_level(level['level'])}: {people or '-'}", highlight=False)


def _measured(report: dict[str, Any]) -> None:
    console.print()
    for one in report["levels"]:
        arrived = f"arrived {_clock(one['arrived_after'])}" if one["arrived_after"] is not None else "nothing arrived"
        console.print(
            f"{_level(one['level'])}: told {_clock(one['told_after'])}, {arrived}, {one['sent']} sent, "
            f"{one['failed']} failed, {one['waiting']} waiting",
            highlight=False,
        )
    if report["taken"]:
        console.print(f"Taken by {report['taken_by']} after {_clock(report['seconds'])}.", highlight=False)
    else:
        console.print("[red]Nobody took it.[/red]")
    console.print("The drill is over; it stands in no figure.")


def _level(number: int) -> str:
    from knowledge.escalation import table

    return f"{number} {table().ladder[number].who}"


def _clock(seconds: float | None) -> str:
    return "-" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02}"


Office = Annotated[str, typer.Option(help="Id of the office that shall be told.")]
Province = Annotated[str, typer.Option(help="A province's code, like TH-11: its provincial office.")]
