"""The audit log: who did what to which ticket, for those who must be able to check it. A supervisor reads of the own
region; nobody can change or remove a line.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

import orjson
from starlette.responses import Response

from bot.console.asking import Ask
from bot.console.frame import Frame
from bot.db import desks, log, scope
from bot.db.rows import millis
from bot.sealing import check_code
from handlers.words import BANGKOK

HERE = "/console/audit"
FILTERS = ("who", "act", "code", "from", "to")
STAFF = "staff:"


def pages(frame: Frame) -> None:
    frame.page(HERE, "audit", show, nav="audit.nav", order=80)


def show(ask: Ask) -> Response:
    here = {name: ask.query[name][:80] for name in FILTERS if ask.query.get(name)}
    member, before = ask.member, ask.query.get("before", "")
    asked = log.Asked(
        here.get("who", ""),
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
    shown = [(row, people.get(number(row.who), ""), _told(row._mapping["values"])) for row in rows[: log.PAGE]]
    return ask.show("audit.html", rows=shown, here=here, more=more)


def number(who: str) -> int:
    told = who.removeprefix(STAFF)
    return int(told) if who.startswith(STAFF) and told.isdecimal() else 0


def _told(values: str) -> str:
    return " · ".join(
        f"{name}: {_flat(value)}" for name, value in orjson.loads(values).items() if value not in ("", [])
    )


def _flat(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _start(typed: str, later: int = 0) -> int:
    try:
        day = date.fromisoformat(typed) + timedelta(days=later)
        return millis(datetime(day.year, day.month, day.day, tzinfo=BANGKOK))
    except (ValueError, OverflowError):
        return 0
