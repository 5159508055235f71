"""The audit log: who did what to which ticket, for those who must be able to check it. A supervisor reads of the own
region; nobody can change or remove a line.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from urllib.parse import urlencode

import orjson
from starlette.responses import Response

from bot.console.asking import Ask
from bot.console.frame import Frame
from bot.db import accounts, desks, log, scope
from bot.db.rows import millis
from bot.sealing import check_code
from handlers.words import BANGKOK

HERE = "/console/audit"
FILTERS = ("who", "act", "code", "from", "to")
VALUES = ("console.status", "console.kind", "console.role", "console.urgency", "figures.source", "audit.field")
STAFF, DID = "staff:", "audit.did."


def pages(frame: Frame) -> None:
    frame.page(HERE, "audit", show, nav="audit.nav", order=80)


def show(ask: Ask) -> Response:
    here = {name: ask.query[name][:80] for name in FILTERS if ask.query.get(name)}
    member, before = ask.member, ask.query.get("before", "")
    asked = log.Asked(
        _who(ask, here.get("who", "")),
        here.get("act", ""),
        check_code(here.get("code", "")) or here.get("code", ""),
        _start(here.get("from", "")),
        _start(here.get("to", ""), 1),
        int(before) if before.isdecimal() and len(before) < 18 else 0,
    )
    seen = scope.of(member, ask.house.tools.knowledge) if member.role == "supervisor" else None
    with ask.house.database.reading() as connection:
        rows = log.page(connection, asked, seen, f"{STAFF}{member.id}")
        people = desks.names(connection, {number(row.who) for row in rows} - {0})
    more = urlencode({**here, "before": rows[log.PAGE - 1].id}) if len(rows) > log.PAGE else ""
    shown = [(row, people.get(number(row.who), ""), _told(ask, row._mapping["values"])) for row in rows[: log.PAGE]]
    did = partial(_did, ask)
    acts = sorted(((one, did(one)) for one in _acts(ask)), key=lambda pair: pair[1])
    return ask.show("audit.html", rows=shown, here=here, more=more, did=did, acts=acts)


def _who(ask: Ask, typed: str) -> tuple[str, ...]:
    """Staff by a part of their name or address; the reporters and the house by their own word."""
    if not typed:
        return ()
    if typed in ("reporter", "house") or typed.startswith(STAFF):
        return (typed,)
    same = tuple(
        one for one in ("reporter", "house") if ask.house.tools.words.say(f"audit.is.{one}", {}, ask.lang) == typed
    )
    with ask.house.database.reading() as connection:
        rows = accounts.all_of_them(connection)
    found = tuple(f"{STAFF}{row.id}" for row in rows if typed.casefold() in f"{row.name} {row.email}".casefold())
    return same or found or ("-",)


def _acts(ask: Ask) -> list[str]:
    return [key.removeprefix(DID) for key in ask.house.tools.words.texts if key.startswith(DID)]


def _did(ask: Ask, act: str) -> str:
    """An act in words; one that has none stands as it is."""
    words = ask.house.tools.words
    if act.startswith("undo:"):
        return words.say("audit.undo", {"act": _did(ask, act.removeprefix("undo:"))}, ask.lang)
    named = next((key for key in (DID + act, DID + act.partition(".")[0]) if key in words), "")
    return words.say(named, {}, ask.lang) if named else act


def number(who: str) -> int:
    told = who.removeprefix(STAFF)
    return int(told) if who.startswith(STAFF) and told.isdecimal() else 0


def _told(ask: Ask, values: str) -> str:
    """The details, with the names of fields, offices, states and roles as people know them."""
    found = orjson.loads(values).items()
    return " · ".join(
        f"{_word(ask, name, *VALUES[::-1])}: {_flat(ask, value)}" for name, value in found if value not in ("", [])
    )


def _flat(ask: Ask, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_flat(ask, one) for one in value)
    if isinstance(value, bool):
        return ask.house.tools.words.say(f"audit.{'yes' if value else 'no'}", {}, ask.lang)
    facts, told = ask.house.tools.knowledge.facts, str(value)
    named = facts.bodies.get(told) or facts.types.get(told) or facts.dangers.get(told)
    return named.name.in_(ask.lang) if named else _word(ask, told, *VALUES)


def _word(ask: Ask, word: str, *groups: str) -> str:
    """In the words of the first group that has it."""
    words = ask.house.tools.words
    key = next((key for group in groups if (key := f"{group}.{word}") in words), "")
    return words.say(key, {}, ask.lang) if key else word


def _start(typed: str, later: int = 0) -> int:
    try:
        day = date.fromisoformat(typed) + timedelta(days=later)
        return millis(datetime(day.year, day.month, day.day, tzinfo=BANGKOK))
    except (ValueError, OverflowError):
        return 0
