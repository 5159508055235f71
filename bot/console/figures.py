"""Figures: how much came, how fast it was taken and settled, how content people are, and how often staff corrected us.

Everybody sees the figures of the tickets that are theirs to see. Each chart is SVG made here, with its table below. The
share of tickets whose type, office and urgency nobody corrected is the accuracy of the house in real life.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from bot import figures, sheets
from bot.console.asking import Ask, Stop
from bot.console.frame import Frame
from bot.db import audit, scope
from bot.db import figures as rows
from bot.db.figures import Period
from bot.db.rows import millis
from handlers.words import BANGKOK, Words

HERE = "/console/figures"
LONGEST = 731  # days of one look
BARS = 15
ONE_DAY = timedelta(days=1)
BASE = {"region": "province", "pilot": "province", "category": "type"}  # what is folded out of which column
BY = ("office", "type", "province", "region", "pilot", "category", "kind", "source")
SHARES = ("in_time", "kept")
HOURS = ("taken_median", "taken_p90", "resolved_median", "resolved_p90")
NONE = "-"


def pages(frame: Frame) -> None:
    frame.page(HERE, "figures", show, nav="figures.nav", order=60)
    frame.act(f"{HERE}/export", "figures", export)


@dataclass(frozen=True, slots=True)
class Look:
    """What is asked for, as it stands in the address."""

    first: date
    last: date
    by: str = "office"
    kind: str = ""
    type: str = ""
    region: str = ""
    province: str = ""

    def period(self, provinces: tuple[str, ...]) -> Period:
        return Period(_start(self.first), _start(self.last + ONE_DAY), self.kind, self.type, provinces)


@dataclass(frozen=True, slots=True)
class Found:
    lines: list[figures.Line]
    all: figures.Line
    curve: list[tuple[int, int]]


def look(given: Mapping[str, str], ask: Ask) -> Look:
    """What makes no sense is left out; the last thirty days where no period is named."""
    today = datetime.fromtimestamp(ask.now / 1000, BANGKOK).date()
    last = _date(given.get("to", "")) or today
    first = min(_date(given.get("from", "")) or last - timedelta(days=29), last)
    by = given.get("by", "")
    named = {name: given.get(name, "")[:80] for name in ("kind", "type", "region", "province")}
    return Look(max(first, last - timedelta(days=LONGEST - 1)), last, by if by in BY else "office", **named)


def find(ask: Ask, asked: Look) -> Found:
    knowledge = ask.house.tools.knowledge
    provinces = knowledge.region(asked.region) if asked.region else frozenset()
    if asked.province:
        provinces = frozenset({asked.province})
    column = BASE.get(asked.by, asked.by)
    period, seen = asked.period(tuple(sorted(provinces))), scope.of(ask.member, knowledge)
    with ask.house.database.reading() as connection:
        sums = rows.sums(connection, seen, period, column, ask.now)
        taken = rows.times(connection, seen, period, column, "taken_step")
        resolved = rows.times(connection, seen, period, column, "resolved_step")
        days = rows.days(connection, seen, period)
    lines = figures.lines(sums, taken, resolved, _fold(asked.by, ask))
    curve = figures.curve(days, _day(asked.first), _day(asked.last))
    return Found(lines, figures.whole(sums, taken, resolved), curve)


def _fold(by: str, ask: Ask) -> Callable[[str], str]:
    knowledge = ask.house.tools.knowledge
    types, regions = knowledge.facts.types, knowledge.regions
    if by == "region":
        return lambda province: regions.of(province) or NONE
    if by == "pilot":
        return lambda province: "yes" if province in regions.pilots else "no"
    if by == "category":
        return lambda type_: types[type_].category if type_ in types else NONE
    return lambda group: group or NONE


def _named(by: str, ask: Ask) -> Callable[[str], str]:
    """What a group is called."""
    knowledge, lang, words = ask.house.tools.knowledge, ask.lang, ask.house.tools.words
    facts = knowledge.facts

    def known(group: str) -> str:
        if by == "office":
            body = knowledge.body(group)
            return body.name.in_(lang) if body else group
        if by == "type":
            named = facts.types.get(group) or facts.dangers.get(group) or knowledge.body(group)
            return named.name.in_(lang) if named else group
        if by == "province":
            area = knowledge.area(group)
            return area.name.in_(lang) if area else group
        if by == "region":
            region = knowledge.regions.by_id.get(group)
            return region.name.in_(lang) if region else group
        key = f"console.kind.{group}" if by == "kind" else f"figures.{by}.{group}"
        return words.say(key, {}, lang) if key in words else group

    return lambda group: words.say("figures.none", {}, lang) if group == NONE else known(group)


def show(ask: Ask) -> Response:
    asked = look(ask.query, ask)
    found = find(ask, asked)
    knowledge, name = ask.house.tools.knowledge, _named(asked.by, ask)
    bars = [(name(line.group), line.opened, line.open) for line in found.lines[:BARS]]
    return ask.show(
        "figures.html", look=asked, found=found, name=name, by=BY, bars=bars, pilots=len(knowledge.regions.pilots),
        most=max([line.opened for line in found.lines], default=0), days=[_at(day) for day, _ in found.curve],
        points=_points([number for _, number in found.curve]), cell=lambda column, value: _cell(ask, column, value),
        columns=figures.COLUMNS, shares=SHARES, regions=knowledge.regions.by_id.values(), areas=knowledge.areas(),
        types=knowledge.facts.types.values(), hidden=_fields(asked),
    )  # fmt: skip


def _points(numbers: Sequence[int], width: int = 330, height: int = 100) -> list[tuple[float, float]]:
    """Where a line chart passes: x from the left, y from above."""
    most, last = max([*numbers, 1]), max(len(numbers) - 1, 1)
    return [(round(26 + n * width / last, 1), round(10 + height * (1 - it / most), 1)) for n, it in enumerate(numbers)]


def _cell(ask: Ask, column: str, value: Any) -> str:
    words, lang = ask.house.tools.words, ask.lang
    if value is None:
        return "–"
    if column in SHARES:
        return f"{value:.0%}"
    if column == "stars":
        return f"{value:.1f}"
    if column in HOURS:
        return _span(words, value, lang)
    return f"{value:,}"


def _span(words: Words, hours: float, lang: str) -> str:
    if hours < 1:
        return words.say("figures.minutes", {"n": round(hours * 60)}, lang)
    name, many = ("days", hours / 24) if hours >= 48 else ("hours", hours)
    return words.say(f"figures.{name}", {"n": f"{many:.1f}"}, lang)


def _fields(asked: Look) -> dict[str, str]:
    return {
        "from": asked.first.isoformat(), "to": asked.last.isoformat(), "by": asked.by, "kind": asked.kind,
        "type": asked.type, "region": asked.region, "province": asked.province,
    }  # fmt: skip


def export(ask: Ask) -> Response:
    """The table as a file; `open` gives it for the public, without what few people stand behind."""
    if not ask.may("export"):
        raise Stop(403, "console.error.403")
    given = {name: ask.word(name) for name in ("from", "to", "by", "kind", "type", "region", "province")}
    asked, kind = look(given, ask), "xlsx" if ask.word("as") == "xlsx" else "csv"
    found, name, words = find(ask, asked), _named(asked.by, ask), ask.house.tools.words
    lines = figures.for_all(found.lines) if ask.word("open") else [_values(line) for line in found.lines]
    head = [words.say(f"figures.by.{asked.by}", {}, ask.lang)]
    head += [words.say(f"figures.column.{column}", {}, ask.lang) for column in figures.COLUMNS]
    content = sheets.written(kind, head, ([name(str(row[0])), *row[1:]] for row in lines))
    with ask.house.database.transaction() as connection:
        entry = audit.Entry(
            f"staff:{ask.member.id}", "export", "", {**given, "as": kind, "open": bool(ask.word("open"))}
        )
        audit.write(connection, [entry], ask.now)
    file = f"figures-{asked.by}-{asked.first}-{asked.last}.{kind}"
    return Response(
        content, media_type=sheets.TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{file}"'}
    )


def _values(line: figures.Line) -> list[Any]:
    told = [getattr(line, column) for column in figures.COLUMNS]
    return [line.group, *(round(value, 3) if isinstance(value, float) else value for value in told)]


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _start(day: date) -> int:
    return millis(datetime(day.year, day.month, day.day, tzinfo=BANGKOK))


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _at(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)
