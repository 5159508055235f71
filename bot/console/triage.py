"""The fast lane: one report after the other, photo and words large, one key each.

For a surge, or for a morning after a storm: take, merge into the incident, not urgent, forward, skip. What was skipped
stands in the address, so two officers and a reload get along; each act is an act of the desk like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from bot.console import offering
from bot.console.asking import Ask, Stop
from bot.console.frame import Frame
from bot.db import incidents, incidents_read, near, scope
from bot.desk import Changed, Done
from handlers import staff
from handlers.incidents import to_ask
from handlers.staff import Refused

HERE = "/console/triage"
MOST_SKIPPED = 200


def pages(frame: Frame) -> None:
    frame.page(HERE, "take", show, nav="console_triage.nav", order=30)
    frame.act(f"{HERE}/do", "take", do)


def show(ask: Ask) -> Response:
    number, skipped = _number(ask.query.get("incident", "")), _codes(ask.query.get("skip", ""))
    urgent = ask.query.get("urgent") == "1"
    seen = scope.of(ask.member, ask.house.tools.knowledge)
    with ask.house.database.reading() as connection:
        row = incidents_read.next_new(connection, seen, number, skipped, urgent)
        left = incidents_read.left(connection, seen, number)
        media = incidents_read.pictures(connection, row.code) if row else ()
        into = _incident(ask, connection, row, number) if row else None
    case = ask.frame.desk.see(ask.member, row.code) if row else None
    return ask.show(
        "triage.html", row=row, case=case, left=left, media=media, into=into, skip=",".join(skipped), incident=number,
        urgent=urgent, possible=staff.possible(case, ask.member) if case else (),
        offices=offering.suggested(ask, case) if case else (), done=_number(ask.query.get("done", "")),
    )  # fmt: skip


def _incident(ask: Ask, connection: Any, row: Any, number: int) -> Any | None:
    """The incident that a merge would join: its own, or an open one near it of the same kind."""
    own = row.incident or number
    if not own and row.lat is not None:
        case = ask.frame.desk.see(ask.member, row.code)
        close = to_ask(near.open_incidents(connection, case.place, ask.now), row.type) if case else ()
        own = close[0].incident if close else 0
    lead = incidents.open_lead(connection, own) if own else None
    return None if lead is None or lead.code == row.code else incidents.get(connection, own)


def do(ask: Ask) -> Response:
    code, act = ask.word("code"), ask.word("act")
    skipped = _codes(ask.word("skip"))
    kept = {"incident": ask.word("incident"), "urgent": ask.word("urgent")}
    if act == "skip":
        return ask.go(_next(kept, [*skipped, code], _number(ask.word("done"))))
    if act not in DOES:
        raise Stop(404, "console.error.404")
    name, carried = DOES[act](ask)
    done = ask.frame.desk.do(ask.member, code, name, carried, None)
    if isinstance(done, Refused):
        return ask.go(_next(kept, [*skipped, code], _number(ask.word("done"))), done.key, True, **(done.values or {}))
    if isinstance(done, Changed):
        return ask.go(_next(kept, skipped, _number(ask.word("done"))), "desk.changed", wrong=True)
    if act == "calm":  # it stays new, and somebody works on it by day
        skipped = [*skipped, code]
    if act == "merge":
        _settle(ask, _number(ask.word("into")), code)
    to = _next(kept, skipped, _number(ask.word("done")) + 1)
    return _went(ask, to, act, code, done)


def _went(ask: Ask, to: str, act: str, code: str, done: Done) -> Response:
    return ask.go(to, f"console_triage.did.{act}", deed=done.deed, until=done.until, code=code)


def _settle(ask: Ask, number: int, code: str) -> None:
    with ask.house.database.transaction() as connection:
        incidents.answer(connection, number, [code], "yes")
        incidents.recount(connection, number, ask.now)


def _next(kept: dict[str, str], skipped: list[str], done: int) -> str:
    asked = {name: value for name, value in kept.items() if value and value != "0"}
    asked |= {"skip": ",".join(dict.fromkeys(skipped[-MOST_SKIPPED:])), "done": str(done)}
    return f"{HERE}?{urlencode({name: value for name, value in asked.items() if value and value != '0'})}"


def _forward(ask: Ask) -> tuple[str, dict[str, Any]]:
    said = ask.house.tools.words.text
    from handlers.vocabulary import T

    return "forward", {"office": ask.word("office"), "words": ask.word("words") or said(T("console_triage.why"), "th")}


DOES: Mapping[str, Callable[[Ask], tuple[str, dict[str, Any]]]] = {
    "take": lambda ask: ("take", {}),
    "merge": lambda ask: ("merge", {"incident": _number(ask.word("into"))}),
    "calm": lambda ask: ("urgency", {"urgency": "normal"}),
    "forward": _forward,
}


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 18 else 0


def _codes(typed: str) -> list[str]:
    return [code for code in typed[:4000].split(",") if code]
