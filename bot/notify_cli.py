"""`frontdoor notify`: send a test by every way of a member, see what could not be delivered, make a key for pushes."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from bot.house import House

app = typer.Typer(help="What staff are told, and by which ways.", no_args_is_help=True, rich_markup_mode="markdown")
console = Console(stderr=True)


def _house() -> House:
    from bot import house, settings

    return house.build(settings.load())


@app.command("test", epilog="Example: **frontdoor notify test anan@example.go.th --way email**")
def send_test(
    email: Annotated[str, typer.Argument(help="Of the account; the ways are the member's own.")],
    way: Annotated[str, typer.Option(help="Only this one: line, email, webpush, apprise.")] = "",
) -> None:
    """Send a test by each way of a member, and say what became of it. LINE's card leaves with the running house."""
    from bot.cli import told_kindly

    with told_kindly():
        house = _house()
        try:
            results = asyncio.run(_send_all(house, email.strip().lower(), way))
        finally:
            house.database.close()
    for kind, label, why in results:
        mark = "[red]failed[/red]" if why else "[green]sent[/green]  "
        console.print(f"{mark} {kind:<8} {label} {why}", highlight=False)
    if not results:
        console.print("No such account, or no way of that kind.")
    if not results or any(why for _, _, why in results):
        raise typer.Exit(1)


async def _send_all(house: House, email: str, only: str) -> list[tuple[str, str, str]]:
    from bot.notify_test import parcels

    channels, results = house.channels(), []
    for kind, label, parcel in parcels(house, email):
        if only and kind != only:
            continue
        try:
            await channels[kind].send(parcel)
            results.append((kind, label, ""))
        except Exception as error:
            results.append((kind, label, f"{type(error).__name__}: {error}"))
    return results


@app.command("list")
def list_dead(as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False) -> None:
    """Notices that could not be delivered, newest first. Without their words and addresses."""
    from bot.cli import told_kindly
    from bot.db import deliveries

    with told_kindly():
        house = _house()
        with house.database.reading() as connection:
            found = deliveries.unsent(connection)
        house.database.close()
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        console.print(f"{one['id']:>8}  {one['rule']:<18} {one['kind'] or '-':<8} {one['fault']}", highlight=False)
    console.print(f"{len(found)} not delivered" if found else "Everything was delivered.")


@app.command(epilog="Example: **frontdoor notify send-again 17 18**")
def send_again(ids: Annotated[list[int], typer.Argument(help="Numbers of `notify list`.")]) -> None:
    """Give dead notices another life."""
    from bot.cli import told_kindly
    from bot.db import deliveries

    with told_kindly():
        house = _house()
        with house.database.transaction() as connection:
            number = deliveries.revive(connection, ids, house.clock())
        house.database.close()
    console.print(f"{number} of {len(ids)} will be sent again")
    if number < len(ids):
        raise typer.Exit(1)


@app.command()
def key() -> None:
    """A new VAPID_PRIVATE_KEY for pushes to browsers. Browsers that subscribed under another key must do so again."""
    from bot.channels.webpush import new_key

    typer.echo(new_key())


@app.command()
def quota() -> None:
    """How much of LINE's monthly quota is used, as far as this house knows."""
    from bot import quota as quotas
    from bot.cli import told_kindly

    with told_kindly():
        house = _house()
        with house.database.reading() as connection:
            found: Any = quotas.read(connection, house.clock())
        house.database.close()
    console.print(f"{found.used} of {found.limit or 'no known limit'} ({found.state})", highlight=False)
