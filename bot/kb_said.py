"""How the commands of knowledge say things: one JSON object on standard output, words on standard error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from knowledge.model import Fault

console = Console(stderr=True, highlight=False)
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def print_json(answer: dict[str, Any]) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def row(fault: Fault) -> dict[str, str]:
    return {"file": fault.file, "entry": fault.entry, "mend": fault.mend}
