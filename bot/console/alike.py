"""Fragments of a ticket's page: what is open near it, the most alike ended tickets with what was answered, its factory;
and the page of a factory.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from bot import words
from bot.console.asking import Ask, not_here
from bot.console.frame import Frame
from bot.db import incidents, maps, near, scope
from bot.db.rows import millis
from bot.incidents import Incidents
from handlers.incidents import Report, alike, shared

SHOWN, LOOKED_AT = 5, 60
REACH, DAYS = 2000, 90
DAY = 86_400_000


def pages(frame: Frame) -> None:
    frame.page("/console/tickets/{code}/near", "see", around)
    frame.page("/console/tickets/{code}/alike", "see", ended)
    frame.page("/console/tickets/{code}/factory", "see", of_ticket)
    frame.page("/console/factories", "see", factories, nav="console_factories.nav", order=50)
    frame.page("/console/factories/{name:path}", "see", factory)


def around(ask: Ask) -> Response:
    """Open reports near it, the most alike first, to be merged with one tap."""
    case, place = ask.ticket, ask.ticket.place
    found: list[tuple[Any, float, float]] = []
    if place.lat is not None and place.lon is not None and case.kind in ("complaint", "emergency"):
        seen, since = scope.of(ask.member, ask.house.tools.knowledge), ask.now - DAYS * DAY
        with ask.house.database.reading() as connection:
            rows = near.around(connection, place.lat, place.lon, REACH, since, without=case.code, seen=seen)
        this = _report(case)
        found = sorted(((row, away, alike(this, near.report(row))) for row, away in rows), key=lambda one: -one[2])
    return ask.show("near.html", "bit", found=found[:SHOWN], more=max(0, len(found) - SHOWN), case=case)


def _report(case: Any) -> Report:
    place = case.place
    return Report(
        case.code, case.type, millis(case.opened_at), place.lat, place.lon, place.province, place.district,
        case.factory, words.plain(f"{case.summary} {case.told}"), case.urgent,
    )  # fmt: skip


def ended(ask: Ask) -> Response:
    """The five most alike of those that ended, by words, and what was answered."""
    case = ask.ticket
    mine = words.plain(f"{case.told} {case.summary}")
    seen = scope.of(ask.member, ask.house.tools.knowledge)
    with ask.house.database.reading() as connection:
        rows = maps.ended_with(connection, seen, case.type, _terms(case), case.code, LOOKED_AT)
        this = Report("", case.type, 0, words=mine)
        scored = [
            (shared(this, Report("", row.type, 0, words=row.words)) + (row.type == case.type), row) for row in rows
        ]
        best = [row for _, row in sorted(scored, key=lambda one: (-one[0], one[1].code))[:SHOWN]]
        said = maps.last_words(connection, [row.code for row in best])
    return ask.show("alike.html", "bit", rows=best, said=said)


def _terms(case: Any) -> list[str]:
    """Runs of what was told, the longer ones first: the search finds any part of a word."""
    told = words.plain(case.told or case.summary)
    runs = [told[at : at + 9] for at in range(0, min(len(told), 90), 9)]
    return sorted((run for run in runs if len(run) >= 6), key=len, reverse=True)[:8]


# --- a factory -------------------------------------------------------------------------------------------------------


def of_ticket(ask: Ask) -> Response:
    name = ask.ticket.factory
    counts = {}
    if name:
        with ask.house.database.reading() as connection:
            counts = maps.counted(connection, scope.of(ask.member, ask.house.tools.knowledge), name)
    return ask.show("factory_ticket.html", "bit", name=name, at=quote(name, safe=""), many=sum(counts.values()))


def factories(ask: Ask) -> Response:
    """Those named most often in the last year."""
    seen = scope.of(ask.member, ask.house.tools.knowledge)
    with ask.house.database.reading() as connection:
        rows = maps.factories(connection, seen, ask.now - 365 * DAY)
    return ask.show("factories.html", rows=[(row, quote(row.factory, safe="")) for row in rows])


def factory(ask: Ask) -> Response:
    """Everything that was told about one factory: tickets, incidents, how often again. An incident of another office is
    named, but leads nowhere.
    """
    name = str(ask.path["name"]).strip()[:200]
    seen = scope.of(ask.member, ask.house.tools.knowledge)
    with ask.house.database.reading() as connection:
        rows = maps.of_factory(connection, seen, name)
        counts = maps.counted(connection, seen, name)
        numbers = {row.incident for row in rows if row.incident}
        found = [row for number in sorted(numbers) if (row := incidents.get(connection, number))]
    if not rows:
        raise not_here()
    desk = Incidents(ask.frame.desk)
    theirs = {row.id for row in found if desk.see(ask.member, row.id) is None}
    open_ = sum(many for state, many in counts.items() if state in OPEN)
    return ask.show(
        "factory.html", name=name, rows=rows, counts=counts, incidents=found, theirs=theirs,
        many=sum(counts.values()), open=open_, first=min(row.opened_at for row in rows), again=_again(rows),
    )  # fmt: skip


OPEN = ("new", "acknowledged", "in_progress", "waiting_for_reporter", "reopened")


def _again(rows: Any) -> list[tuple[str, int]]:
    """Types that came more than once, the commonest first."""
    by_type: dict[str, int] = {}
    for row in rows:
        by_type[row.type] = by_type.get(row.type, 0) + 1
    return sorted(((type_, many) for type_, many in by_type.items() if many > 1), key=lambda one: -one[1])
