"""The commands `frontdoor kb …`: ask the knowledge from a shell, check it, measure it.

`-` instead of a text reads one text a line from standard input and prints one JSON object a line, so that thousands
of texts cost one start. Knowledge is loaded inside the commands, so `--help` stays quick.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot import kb_contacts, kb_factories
from bot.kb_said import Json, console, print_json, row

if TYPE_CHECKING:
    from knowledge.load import Knowledge
    from knowledge.model import Fault

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="The knowledge: ask it, check it, measure it.",
    epilog='Example: **frontdoor kb route "who tests fabrics"**',
)
Text = Annotated[str, typer.Argument(help="A text; `-` reads one text a line from standard input.")]
app.add_typer(kb_factories.app, name="factories")
app.command(epilog="Example: **frontdoor kb contacts --stale**")(kb_contacts.contacts)


class Task(StrEnum):
    """What `kb eval` can measure."""

    route = "route"
    emergency = "emergency"
    type = "type"
    place = "place"
    pin = "pin"


@contextmanager
def faults_told() -> Iterator[None]:
    """Broken knowledge is said entry by entry, not as a trace."""
    from knowledge.model import KnowledgeError

    try:
        yield
    except KnowledgeError as wrong:
        tell(wrong.faults)
        raise typer.Exit(1) from None


def tell(faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        console.print(f"{fault.file}: {fault.entry}: {fault.mend}", markup=False, soft_wrap=True)


def loaded() -> Knowledge:
    """The package's knowledge with what the operator added."""
    from bot.settings import Overlay
    from knowledge.overlay import load_over

    with faults_told():
        return load_over(Overlay().knowledge_dir)


@app.command(epilog="Example: **frontdoor kb check**")
def check(as_json: Json = False) -> None:
    """Lint the knowledge: form, unknown ids, names used twice, missing contacts. Exit code 1 if something is wrong."""
    from bot.settings import Overlay
    from knowledge.overlay import check_over

    faults, warnings = check_over(Overlay().knowledge_dir, kb_contacts.now())
    if as_json:
        print_json({"faults": [row(each) for each in faults], "warnings": [row(each) for each in warnings]})
    else:
        tell((*warnings, *faults))
        console.print(f"{len(faults)} faults, {len(warnings)} warnings")
    raise typer.Exit(1 if faults else 0)


@app.command(epilog='Examples: **frontdoor kb route "who tests fabrics"** · **frontdoor kb route - --json < texts**')
def route(text: Text, as_json: Json = False) -> None:
    """Whom to ask: the decision, the candidates with scores, the confidence, the words that matched."""
    answer_each(text, as_json, routed, show_route)


@app.command(epilog='Example: **frontdoor kb classify "black smoke every night near Bang Pu" --json**')
def classify(text: Text, as_json: Json = False) -> None:
    """What a text tells: danger, complaint types, places, details, what the person wants."""
    answer_each(text, as_json, classified, show_reading)


def answer_each(
    text: str, as_json: bool, ask: Callable[[Knowledge, str], dict[str, Any]], show: Callable[[dict[str, Any]], None]
) -> None:
    knowledge = loaded()
    if text == "-":
        for line in sys.stdin.buffer:  # bytes: a stray carriage return or half a letter must not shift the lines
            print_json(ask(knowledge, line.decode("utf-8", "replace").rstrip("\r\n")))
    elif as_json:
        print_json(ask(knowledge, text))
    else:
        show(ask(knowledge, text))


def routed(knowledge: Knowledge, text: str) -> dict[str, Any]:
    found = knowledge.route(text)
    return {
        "decision": found.decision,
        "confidence": found.confidence,
        "candidates": [
            {
                "id": each.body,
                "score": each.score,
                "why": both(each.why),
                "words": list(each.words),
                "service": each.service,
            }
            for each in found.candidates
        ],
        "words": list(found.words),
        "question": both(found.question),
        "needs": found.needs,
        "stranger": found.stranger,
        "note": both(found.note),
    }


def both(text: Any) -> dict[str, str]:
    return {"th": text.th, "en": text.en}


def classified(knowledge: Knowledge, text: str) -> dict[str, Any]:
    found = knowledge.read(text)
    danger = found.danger
    return {
        "language": found.language,
        "intent": found.intent,
        "emergency": {
            "decision": danger.decision,
            "kind": danger.kind,
            "confidence": round(danger.confidence, 3),
            "words": list(danger.words),
        },
        "types": [
            {"id": each.id, "confidence": round(each.confidence, 3), "words": list(each.words)} for each in found.types
        ],
        "places": [placed(knowledge, each) for each in found.places],
        "slots": [
            {"name": each.name, "value": each.value, "start": each.span.start, "end": each.span.end}
            for each in found.slots
        ],
    }


def placed(knowledge: Knowledge, reading: Any) -> dict[str, Any]:
    place = reading.place
    return {
        "province": place.province,
        "district": place.district,
        "subdistrict": place.subdistrict,
        "estate": place.estate,
        "name": knowledge.describe(place, "th"),
        "confidence": round(reading.confidence, 3),
        "choices": [knowledge.describe(each, "th") for each in reading.choices],
        "start": reading.span.start if reading.span else None,
        "end": reading.span.end if reading.span else None,
    }


def show_route(answer: dict[str, Any]) -> None:
    out = Console(highlight=False)
    needs = f"  needs {answer['needs']}" if answer["needs"] else ""
    out.print(f"[bold]{answer['decision']}[/bold] {answer['confidence']:.2f}{needs} {answer['stranger']}")
    table = Table("id", "score", "why", "words", box=None)
    for each in answer["candidates"]:
        table.add_row(each["id"], f"{each['score']:.2f}", each["why"]["th"], " · ".join(each["words"]))
    out.print(table)
    for key in ("question", "note"):
        if answer[key]["th"]:
            out.print(f"{key}: {answer[key]['th']}", markup=False)


def show_reading(answer: dict[str, Any]) -> None:
    out = Console(highlight=False)
    danger = answer["emergency"]
    out.print(f"[bold]{answer['intent']}[/bold] {answer['language']}  danger: {danger['decision']} {danger['kind']}")
    table = Table("what", "value", "sure", "words", box=None)
    for each in answer["types"]:
        table.add_row("type", each["id"], f"{each['confidence']:.2f}", " · ".join(each["words"]))
    for each in answer["places"]:
        table.add_row("place", each["name"], f"{each['confidence']:.2f}", " · ".join(each["choices"]))
    for each in answer["slots"]:
        table.add_row(each["name"], each["value"], "", "")
    out.print(table)


@app.command(name="eval", epilog="Example: **frontdoor kb eval route.tsv --task route --errors wrong.tsv**")
def eval_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="TSV: id, text, gold, alternates.")],
    task: Annotated[Task, typer.Option(help="What is measured.")],
    errors: Annotated[Path | None, typer.Option(help="Write the rows that went wrong here.")] = None,
    without_model: Annotated[bool, typer.Option("--without-model", help="Leave the sentence model out.")] = False,
) -> None:
    """Measure a reader on labelled sentences; prints the figures as JSON."""
    from knowledge import evaluate

    rows = evaluate.read_rows(file)
    knowledge = loaded()
    if without_model:
        knowledge.forget_model()
    found, judged = evaluate.evaluate(knowledge, track(rows, task.value, console=console, transient=True), task.value)
    if errors:
        wrong = evaluate.write_errors(errors, judged)
        console.print(f"{wrong} rows went wrong, written to {errors}", markup=False)
    print_json(found)


@app.command(epilog="Example: **frontdoor kb pack**")
def pack() -> None:
    """Packs the YAML files and prepares what is worked out of them, so that the house starts faster: after any change
    of the knowledge, or of the code that spells and parts words."""
    from knowledge import packed, prepared
    from knowledge.load import load

    console.print(f"{packed.write()} files packed")
    console.print(f"{prepared.write(load)} things prepared")


@app.command(epilog="Example: **frontdoor kb fit**")
def fit(
    only: Annotated[Task | None, typer.Option(help="Fit this task alone: route, emergency or type.")] = None,
) -> None:
    """Learn from the labelled sentences anew, and write weights and limits. Takes some minutes; for a checkout."""
    from knowledge import fit as route_fit
    from knowledge import fit_danger, fit_types, semantic
    from knowledge.files import HERE
    from knowledge.load import seen

    with faults_told():
        if only in (None, Task.emergency):
            for told in fit_danger.fit(HERE, semantic.model(), seen):
                console.print(told, markup=False)
        if only in (None, Task.type):
            for told in fit_types.fit(HERE, semantic.model(), seen):
                console.print(told, markup=False)
        if only in (None, Task.route):
            route_fit.run(HERE, seen, semantic.model(), lambda told: console.print(told, markup=False))
