"""The commands of learning: `frontdoor kb gaps`, `accept`, `dismiss`, `nightly` and `take`.

What people asked in vain is read here by staff, who say the answer; what that changes is measured by night, and taken
by hand. Each step can be undone: the operator's folder holds plain lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bot.kb import faults_told, loaded
from bot.kb_said import Json, console, print_json

if TYPE_CHECKING:
    from bot.db.engine import Database
    from bot.db.gaps import Kept

app = typer.Typer()
Since = Annotated[str, typer.Option(help="A date (2026-11-30), or so many days (7d).")]
Write = Annotated[
    Path | None, typer.Option(help="The operator's folder of knowledge; KNOWLEDGE_DIR names the one in use.")
]
Ids = Annotated[list[int], typer.Argument(help="Numbers of `kb gaps`.")]
TESTS = Path(__file__).parent.parent / "tests" / "sentences"  # of a checkout; an installed package has none


@contextmanager
def opened() -> Iterator[Database]:
    """The database of the settings, closed at the end; errors that a person can mend become words."""
    from bot.cli import told_kindly
    from bot.db.engine import Database
    from bot.settings import load

    with told_kindly():
        database = Database(load().database_url)
        try:
            yield database
        finally:
            database.close()


def wrong(words: str) -> typer.Exit:
    console.print(words, markup=False)
    return typer.Exit(1)


def moment(since: str) -> int:
    """Milliseconds of "7d" or of a date; 0 for nothing."""
    if not since:
        return 0
    try:
        if since.endswith("d"):
            return int(datetime.now(UTC).timestamp() * 1000) - int(since[:-1]) * 24 * 3600 * 1000
        return int(datetime.fromisoformat(since).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        raise typer.BadParameter("give a date like 2026-11-30, or days like 7d") from None


def day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


@app.command(epilog="Example: **frontdoor kb gaps --since 7d**")
def gaps(since: Since = "", as_json: Json = False) -> None:
    """Questions without an answer, alike ones together, the most frequent first, with the best candidates."""
    from bot import gaps as work
    from bot.db import gaps as rows

    with opened() as database:
        with database.reading() as connection:
            kept = rows.open_since(connection, moment(since))
        found = work.shown(kept, loaded()) if kept else []
    if as_json:
        print_json({"gaps": [told(each) for each in found]})
        return
    table = Table("id", "count", "kind", "last", "text", "best candidates", box=None)
    for each in found:
        best = " · ".join(f"{body} {score}" for body, score in each.candidates)
        table.add_row(str(each.id), str(len(each.ids)), each.kind, day(each.last), escape(each.text), best)
    console.print(table if found else "No gaps.")


def told(group: Any) -> dict[str, Any]:
    return {
        "id": group.id,
        "ids": list(group.ids),
        "count": len(group.ids),
        "kind": group.kind,
        "text": group.text,
        "first": day(group.first),
        "last": day(group.last),
        "candidates": [{"id": body, "score": score} for body, score in group.candidates],
    }


@app.command(epilog="Example: **frontdoor kb accept 17 --body tisi --write /etc/frontdoor/knowledge**")
def accept(
    gap_id: Annotated[int, typer.Argument(help="A number of `kb gaps`.")],
    body: Annotated[str, typer.Option(help="The body that answers it.")] = "",
    type_: Annotated[str, typer.Option("--type", help="The complaint type that it is.")] = "",
    stranger: Annotated[str, typer.Option(help="A topic of nobody here, as in vocabulary/strangers.yaml.")] = "",
    alike: Annotated[bool, typer.Option(help="All gaps of its group, not only this one.")] = False,
    write: Write = None,
) -> None:
    """Say the answer of a gap. Without --write it waits for `kb nightly`; with it, its sentences are written now."""
    from bot import gaps as work
    from bot.db import gaps as rows

    with opened() as database, faults_told():
        with database.reading() as connection:
            kept = rows.open_since(connection)
        knowledge = loaded()
        some = chosen(kept, gap_id, alike, knowledge)
        try:
            label = work.label(knowledge, topics(), body, type_, stranger)
            changes = [work.change(label, each.text) for each in some]
        except work.NoLabel as no:
            raise wrong(str(no)) from None
        written = work.write(write, changes) if write else {}
        with database.transaction() as connection:
            ids = [each.id for each in some]
            rows.settle(connection, ids, rows.TAKEN if write else rows.ACCEPTED, "" if write else label)
    for name, count in written.items():
        console.print(f"{write}/{name}: {count} lines", markup=False)
    waits = "It is used after a restart with KNOWLEDGE_DIR." if write else "`kb nightly` measures what it changes."
    console.print(f"{len(some)} accepted as {label}. {waits}", markup=False)


def chosen(kept: list[Kept], gap_id: int, alike: bool, knowledge: Any) -> list[Kept]:
    """The gap, or all of its group."""
    from bot import gaps as work

    one = next((each for each in kept if each.id == gap_id), None)
    if one is None:
        raise wrong(f"There is no open gap {gap_id}.")
    if not alike:
        return [one]
    groups = work.shown([each for each in kept if each.kind == one.kind], knowledge)
    ids = next((group.ids for group in groups if gap_id in group.ids), (gap_id,))
    return [each for each in kept if each.id in ids]


def topics() -> list[str]:
    from knowledge.files import HERE, Shelf
    from knowledge.schema import Stranger

    return [each.topic for each in Shelf(HERE).listed(Stranger, "strangers")]


@app.command(epilog="Example: **frontdoor kb dismiss 17 18**")
def dismiss(ids: Ids) -> None:
    """Gaps that need no answer: noise, jokes, what is understood by now."""
    from bot.db import gaps as rows

    with opened() as database, database.transaction() as connection:
        count = rows.settle(connection, ids, rows.REFUSED)
    console.print(f"{count} of {len(ids)} dismissed")
    if count < len(ids):
        raise typer.Exit(1)


@app.command(epilog="Example: **frontdoor kb nightly --out /var/lib/frontdoor/reports**")
def nightly(
    out: Annotated[Path | None, typer.Option(help="Folder for the report, as JSON and Markdown.")] = None,
    tests: Annotated[list[Path] | None, typer.Option(help="Folders of test sentences: <task>.tsv.")] = None,
    most: Annotated[int, typer.Option(help="Labels that are also tried alone.")] = 12,
    as_json: Json = False,
) -> None:
    """Measure what accepted answers and staff's corrections would change. Changes nothing; `kb take` does."""
    from bot import gaps_nightly, gaps_report
    from bot.db import corrections
    from bot.db import gaps as rows
    from bot.settings import Overlay

    overlay = Overlay().knowledge_dir
    with opened() as database, faults_told():
        with database.reading() as connection:
            accepted, corrected = rows.accepted(connection), corrections.open_(connection)
        new, lost = gaps_nightly.sentences(accepted, corrected, loaded()) if accepted or corrected else ([], [])
        folders = tests or [TESTS, *([overlay / "tests"] if overlay else [])]
        measured = gaps_nightly.proofs(folders, new)
        result = gaps_nightly.run(overlay, new, lost, measured, most, lambda said: console.print(said, markup=False))
    told = gaps_report.as_json(result, datetime.now(UTC).date().isoformat())
    page = gaps_report.as_markdown(told)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"nightly-{told['at']}.json").write_text(
            json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        (out / f"nightly-{told['at']}.md").write_text(page, encoding="utf-8")
    if as_json:
        print_json(told)
    elif not out:
        typer.echo(page)


@app.command(epilog="Example: **frontdoor kb take nightly-2026-11-30.json --write /etc/frontdoor/knowledge**")
def take(
    report: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A report of `kb nightly`.")],
    write: Annotated[Path, typer.Option(help="The operator's folder of knowledge.")],
    label: Annotated[list[str] | None, typer.Option(help="Only these; else all that the report advises.")] = None,
) -> None:
    """Write the sentences that a report proposes into the operator's folder."""
    from bot import gaps as work
    from bot.db import corrections
    from bot.db import gaps as rows

    proposals = json.loads(report.read_text(encoding="utf-8"))["proposals"]
    wanted = [one for one in proposals if (one["label"] in label if label else one["advice"] == "take")]
    sentences = [each for one in wanted for each in one["sentences"]]
    if not sentences:
        raise wrong("The report proposes nothing to take.")
    with opened() as database, faults_told():
        with database.transaction() as connection:
            left = still_there(connection, sentences)
        written = work.write(write, [work.Change(each["label"], each["text"]) for each in left])
        with database.transaction() as connection:
            rows.settle(connection, [each["gap"] for each in left if each["gap"]], rows.TAKEN)
            done = [each["correction"] for each in left if each["correction"]]
            corrections.settle(connection, done, corrections.TAKEN)
    for name, count in written.items():
        console.print(f"{write}/{name}: {count} lines", markup=False)
    console.print(f"{len(left)} sentences taken. They are used after a restart with KNOWLEDGE_DIR.")


def still_there(connection: Any, sentences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose question was not taken back since the report was made."""
    from bot.db import corrections
    from bot.db import gaps as rows

    accepted = {each.id for each in rows.accepted(connection)}
    corrected = {each.id for each in corrections.open_(connection)}
    return [each for each in sentences if each["gap"] in accepted or each["correction"] in corrected]
