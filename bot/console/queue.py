"""The queue: what waits, most urgent first. Filters stand in the address, so a view can be kept and passed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from bot import words
from bot.console.asking import Ask, number_of
from bot.console.frame import Frame
from bot.db import desks, queue, scope
from bot.db.queue import NOBODY, Wanted
from bot.sealing import check_code
from handlers.tickets import TRANSITIONS

STATES = ("open", *sorted({row.to for row in TRANSITIONS} | {"new"}), "all")
FILTERS = ("q", "states", "kind", "type", "urgency", "office", "province", "assignee", "incident", "overdue", "snoozed")
HEADS: Mapping[str, dict[str, str]] = {
    "open": {},
    "alarm": {"urgency": "emergency", "states": "new"},
    "overdue": {"overdue": "1"},
    "nobody": {"assignee": "nobody"},
    "mine": {"assignee": "me"},
}


def pages(frame: Frame) -> None:
    frame.page("/console/", "see", show, nav="console_queue.nav", order=10)
    frame.page("/console/alarm", "see", alarm)
    frame.act("/console/views", "see", keep_view)
    frame.act("/console/views/drop", "see", drop_view)


def show(ask: Ask) -> Response:
    code = check_code(ask.query.get("q", ""))
    if code and ask.frame.desk.see(ask.member, code):
        return ask.go(f"/console/tickets/{code}")
    wanted, seen = read(ask), scope.of(ask.member, ask.house.tools.knowledge)
    with ask.house.database.reading() as connection:
        page = queue.page(connection, seen, wanted, ask.now, ask.query.get("after", ""))
        heads = {} if ask.part and ask.query.get("after") else queue.tallies(connection, seen, ask.member.id, ask.now)
        names = desks.names(connection, (row.assignee for row in page.rows))
        views = desks.views_of(connection, ask.member.id)
    here = {name: ask.query[name] for name in FILTERS if ask.query.get(name)}
    return ask.show(
        "queue.html", "list", page=page, wanted=wanted, heads=_heads(here, heads), names=names, views=views,
        here=here, query=urlencode(here), after=ask.query.get("after", ""), choices=_choices(ask), states=STATES,
        more=urlencode({**here, "after": page.more}) if page.more else "",
    )  # fmt: skip


def alarm(ask: Ask) -> Response:
    """What stands in the bar of every other page: somebody who writes an answer sees that it burns elsewhere."""
    with ask.house.database.reading() as connection:
        many = queue.alarms(connection, scope.of(ask.member, ask.house.tools.knowledge), ask.now)
    return ask.show("alarm.html", many=many, query=urlencode(HEADS["alarm"]))


def read(ask: Ask) -> Wanted:
    """What the address asks for; what makes no sense is left out. Whoever looks for words looks in all tickets."""
    given = ask.query
    terms = words.terms(given.get("q", "")[:200])
    states = given.get("states") or ("all" if terms else "open")
    assignee = {"me": ask.member.id, "nobody": NOBODY}.get(given.get("assignee", ""), 0)
    return Wanted(
        states=states if states in STATES else "open",
        **{name: given.get(name, "")[:80] for name in ("office", "type", "kind", "urgency", "province")},
        assignee=assignee,
        incident=number_of(given.get("incident", "")),
        overdue=given.get("overdue") == "1",
        snoozed=given.get("snoozed") == "1",
        terms=terms,
    )


def _heads(here: Mapping[str, str], counted: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"name": name, "query": urlencode(query), "count": counted.get(name, 0), "here": dict(here) == query}
        for name, query in HEADS.items()
    ]


def _choices(ask: Ask) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen, as (id, name): types, provinces, and offices for those who see more than one."""
    knowledge, lang, member = ask.house.tools.knowledge, ask.lang, ask.member
    facts = knowledge.facts
    places = [(area.code, area.name.in_(lang)) for area in knowledge.areas()]
    wide = member.role not in ("officer", "deputy")
    offices = [(id_, body.name.in_(lang)) for id_, body in facts.bodies.items()] if wide else []
    if member.role == "supervisor":
        near = {member.office, *scope.offices_in(member, knowledge)}
        offices = [one for one in offices if one[0] in near]
    types = [(id_, one.name.in_(lang)) for id_, one in facts.types.items()]
    dangers = [(id_, one.name.in_(lang)) for id_, one in facts.dangers.items()]
    return {"type": types + dangers, "province": places, "office": offices}


def keep_view(ask: Ask) -> Response:
    name = ask.word("name")[:60]
    query = urlencode([(key, value) for key, value in parse_qsl(ask.word("query")[:1000]) if key in FILTERS])
    back = f"/console/?{query}"
    if not name:
        return ask.go(back, "console_queue.view.unnamed", wrong=True)
    with ask.house.database.transaction() as connection:
        kept = desks.keep_view(connection, ask.member.id, name, query, ask.now)
    return ask.go(back, "console_queue.view.kept" if kept else "console_queue.view.many", wrong=not kept, name=name)


def drop_view(ask: Ask) -> Response:
    with ask.house.database.transaction() as connection:
        desks.drop_view(connection, ask.member.id, ask.number("view"))
    return ask.go("/console/")
