"""`python -m tests.bench`: one command, one table, medians over the runs, everything beside the echo of the same run.

Machines are shared and noisy: read the ratios. `--short` is one quick round that shows that everything still measures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass, field

import uvloop
from rich.console import Console
from rich.table import Table

from tests.bench import alone, load, reading, servers
from tests.bench import console as of_console
from tests.bench.mix import DIALOGUES
from tests.bench.stub import Stub
from tests.bench.traffic import Strangers, Talks

CONNECTIONS = 32
WARM = 3.0  # seconds before latencies count
AT_ONCE = 500  # people in conversation: those whose free text is held for a second leave enough others to serve
MIXED = 5.0  # seconds until everybody is somewhere in a talk of their own; before, all of them say their first words
console = Console(stderr=True)
DATABASES = {"SQLite": servers.sqlite, "PostgreSQL": servers.postgres}


@dataclass
class Book:
    """Every figure of every run, by name."""

    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, name: str, value: float) -> None:
        self.figures[name].append(value)
        console.print(f"  {name}: {value:,.1f}", highlight=False)

    def median(self, name: str) -> float:
        return statistics.median(self.figures[name])

    def ratio(self, name: str, base: str) -> float:
        """Median of the ratios run by run, since the machine's speed drifts between runs."""
        return statistics.median(a / b for a, b in zip(self.figures[name], self.figures[base], strict=True))


async def parse_echo(book: Book, seconds: float, run: int, line: str) -> None:
    with servers.echo("parse", line) as server:
        traffic = Strangers(server.port, int(12_000 * seconds), run)
        result = await load.closed_loop(server.port, traffic, CONNECTIONS, seconds)
    book.note("echo parse-only req/s", result.per_second())


async def intake(book: Book, seconds: float, run: int, line: str) -> None:
    for number, (name, made) in enumerate(DATABASES.items()):
        with made() as url, servers.house(url, line, door=True) as server:
            traffic = Strangers(server.port, int(15_000 * seconds), run * 10 + number)
            full = await load.closed_loop(server.port, traffic, CONNECTIONS, seconds)
            await asyncio.to_thread(servers.run_in, url)
            traffic = Strangers(server.port, int(full.per_second() * seconds), run * 10 + number + 5)
            half = await load.at_rate(server.port, traffic, CONNECTIONS, seconds, full.per_second() / 2)
        if full.refused or half.refused:
            console.print(f"[red]{full.refused + half.refused} refused[/red]")
        book.note(f"intake {name} req/s", full.per_second())
        book.note(f"intake {name} p99 ms at half load", half.percentile(0.99))


async def reply_echo(book: Book, seconds: float, run: int, line: str, stub: Stub) -> None:
    with servers.echo("reply", line) as server:
        talks = Talks(server.port, DIALOGUES, AT_ONCE, run)
        stub.answered = talks.answered
        result = await load.closed_loop(server.port, talks, CONNECTIONS, seconds)
    book.note("echo replying replies/s", talks.answered_in_all / result.seconds)


async def whole_way(book: Book, seconds: float, run: int, line: str, stub: Stub) -> None:
    for number, (label, name, arguments) in enumerate(
        (
            ("one process, SQLite", "SQLite", ()),
            ("one process, PostgreSQL", "PostgreSQL", ()),
            ("2 workers, PostgreSQL", "PostgreSQL", ("--workers", "2")),
        )
    ):
        with DATABASES[name]() as url, servers.house(url, line, *arguments) as server:
            talks = Talks(server.port, DIALOGUES, AT_ONCE, run * 10 + number)
            stub.answered = talks.answered
            rate, unanswered = await talk(server, talks, seconds)
            book.note(f"whole way, {label}, replies/s", rate)
            if unanswered:
                console.print(f"  [red]{unanswered} turns got no answer[/red]")
            if number == 0:
                book.note("memory of serve under load MB", server.memory() / 2**20)
        with DATABASES[name]() as url, servers.house(url, line, *arguments) as server:
            await calm(book, server, label, rate / 10, seconds, run * 10 + number + 5, stub)


async def talk(server: servers.Server, talks: Talks, seconds: float) -> tuple[float, int]:
    """Replies a second of the mix of all steps, and how many turns got no answer ten seconds after the end."""
    posting = asyncio.create_task(load.closed_loop(server.port, talks, CONNECTIONS, seconds + MIXED))
    await asyncio.sleep(MIXED)
    before = talks.answered_in_all
    await asyncio.sleep(seconds)
    rate = (talks.answered_in_all - before) / seconds
    talks.stop()
    await posting
    for _ in range(100):
        if not talks.unanswered:
            break
        await asyncio.sleep(0.1)
    return rate, talks.unanswered


async def calm(
    book: Book, server: servers.Server, label: str, rate: float, seconds: float, run: int, stub: Stub
) -> None:
    """From webhook to answer at a tenth of the limit: turns that nobody holds, and those held on purpose."""
    talks = Talks(server.port, DIALOGUES, max(20, int(rate * 2)), run)
    stub.answered = talks.answered
    posting = asyncio.create_task(load.at_rate(server.port, talks, CONNECTIONS, seconds + WARM, rate))
    await asyncio.sleep(WARM)  # a server just started prepares statements and fills caches
    talks.latencies.clear()
    talks.held_latencies.clear()
    await asyncio.sleep(seconds + 3)
    talks.stop()
    posting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await posting
    quick = load.Result(latencies=talks.latencies)
    book.note(f"webhook to answer, {label}, p50 ms", quick.percentile(0.5))
    book.note(f"webhook to answer, {label}, p99 ms", quick.percentile(0.99))
    book.note(
        f"free texts held on purpose, {label}, p50 ms", load.Result(latencies=talks.held_latencies).percentile(0.5)
    )


async def worker_alone(book: Book, seconds: float) -> None:
    for name, made in DATABASES.items():
        with made() as url:
            book.note(f"one worker alone, {name}, turns/s", await asyncio.to_thread(alone.measure, url, seconds))


async def knowledge(book: Book) -> None:
    for name, value in (await asyncio.to_thread(reading.measure)).items():
        book.note(name, value)


async def of_staff(book: Book) -> None:
    """The pages of the console among many tickets; only when asked for, because a million tickets take minutes."""
    for name, value in await asyncio.to_thread(lambda: list(of_console.measure())):
        book.note(name, value)


async def rounds(runs: int, seconds: float, only: str) -> Book:
    book = Book()
    stub = Stub()
    server, line = await stub.start()
    for run in range(runs):
        console.print(f"run {run + 1} of {runs}")
        if "knowledge" in only or not only:
            await knowledge(book)
        if only == "console":
            await of_staff(book)
        if only in ("knowledge", "console"):
            continue
        await parse_echo(book, seconds, run, line)
        await reply_echo(book, seconds, run, line, stub)
        if "intake" in only or not only:
            await intake(book, seconds, run, line)
        if "whole" in only or not only:
            await whole_way(book, seconds, run, line, stub)
        if "alone" in only or not only:
            await worker_alone(book, seconds)
    server.close()
    return book


# figure, its base, what the issue asks of it
GOALS = (
    ("intake SQLite req/s", "echo parse-only req/s", "≥ 1.25"),
    ("intake PostgreSQL req/s", "echo parse-only req/s", "≥ 1.25"),
    ("intake SQLite p99 ms at half load", "", "≤ 25"),
    ("intake PostgreSQL p99 ms at half load", "", "≤ 25"),
    ("whole way, one process, SQLite, replies/s", "echo replying replies/s", "≥ 0.5"),
    ("whole way, one process, PostgreSQL, replies/s", "echo replying replies/s", ""),
    ("whole way, 2 workers, PostgreSQL, replies/s", "echo replying replies/s", "≥ 0.8"),
    ("one worker alone, SQLite, turns/s", "echo replying replies/s", "≥ 1"),
    ("one worker alone, PostgreSQL, turns/s", "echo replying replies/s", "≥ 1"),
    ("webhook to answer, one process, SQLite, p50 ms", "", "≤ 20"),
    ("webhook to answer, one process, SQLite, p99 ms", "", "≤ 100"),
    ("webhook to answer, 2 workers, PostgreSQL, p50 ms", "", "≤ 20"),
    ("webhook to answer, 2 workers, PostgreSQL, p99 ms", "", "≤ 100"),
    ("free texts held on purpose, one process, SQLite, p50 ms", "", "1 s held"),
    ("memory of serve under load MB", "", "≤ 200"),
    ("load of all knowledge ms", "", "≤ 1,000"),
    ("resident MB, knowledge alone", "", "≤ 150"),
    ("route, 60 letters, p50 µs", "", "≤ 1,000"),
    ("route, 60 letters, p99 µs", "", "≤ 5,000"),
    ("read, 60 letters, p50 µs", "", "≤ 1,000"),
    ("pin, p50 µs", "", "≤ 200"),
    *of_console.GOALS,
)


def show(book: Book) -> None:
    table = Table("figure", "median", "min-max", "× echo", "wanted")
    shown = {"echo parse-only req/s": "", "echo replying replies/s": ""}
    for name in (name for name in shown if name in book.figures):
        _row(table, book, name, "", "")
    for name, base, wanted in (goal for goal in GOALS if goal[0] in book.figures):
        _row(table, book, name, base, wanted)
    for name in (name for name in book.figures if name not in shown and name not in {goal[0] for goal in GOALS}):
        _row(table, book, name, "", "")
    Console().print(table)


def _row(table: Table, book: Book, name: str, base: str, wanted: str) -> None:
    values = book.figures[name]
    ratio = f"{book.ratio(name, base):.2f}" if base else ""
    table.add_row(name, f"{book.median(name):,.1f}", f"{min(values):,.0f}-{max(values):,.0f}", ratio, wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    parser.add_argument("--only", default="", help="of knowledge, intake, whole, alone, console")
    parser.add_argument("--short", action="store_true", help="one quick round")
    chosen = parser.parse_args()
    runs, seconds = (1, 2.0) if chosen.short else (chosen.runs, chosen.seconds)
    show(uvloop.run(rounds(runs, seconds, chosen.only)))


if __name__ == "__main__":
    sys.exit(main())
