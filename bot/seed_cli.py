"""The command `frontdoor seed`: made-up tickets to try the console with, or to measure it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from bot.settings import Settings

Tickets = Annotated[int, typer.Option(min=0, max=5_000_000, help="How many made-up tickets, over three years.")]
Surge = Annotated[int, typer.Option(min=0, max=100_000, help="So many reports of one earthquake, of the last minutes.")]
Force = Annotated[bool, typer.Option("--force", help="Also where there are tickets already.")]
console = Console(stderr=True)


def run(settings: Settings, tickets: int, surge: int, force: bool) -> int:
    """Gives how many were written."""
    from bot import seeding
    from bot.house import build

    house, began, many = build(settings), time.monotonic(), 0
    try:
        tools = house.tools
        for many in seeding.fill(
            house.database, tools.knowledge, tools.sealing, house.clock(), tickets, surge, force=force
        ):
            console.print(f"{many:,} tickets, {time.monotonic() - began:.0f} s", highlight=False)
        console.print(f"ready after {time.monotonic() - began:.0f} s", highlight=False)  # the indexes come last
    finally:
        house.database.close()
    return many
