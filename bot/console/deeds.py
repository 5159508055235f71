"""The acts of a ticket's page: what its forms carry becomes one call of the desk.

Three things can come back. Done: the page again, with the undo bar. Refused: the page again, with why. Changed:
somebody was faster; then the page shows what they did beside the words that were typed, and nothing was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from starlette.responses import Response

from bot import media
from bot.console import photos
from bot.console.asking import Ask, Stop
from bot.console.frame import Frame
from bot.console.tickets import HERE, moment_of, page
from bot.db import desks, members
from bot.desk import Changed, Done
from handlers import staff
from handlers.staff import Refused


def pages(frame: Frame) -> None:
    frame.act(f"{HERE}/do/{{act}}", "see", do)
    frame.act(f"{HERE}/reveal", "reveal", reveal)


def do(ask: Ask) -> Response:
    act, case = str(ask.path["act"]), ask.ticket
    if act not in staff.ACTS or act == "reveal":
        raise Stop(404, "console.error.404")
    _keep_words(ask, act)
    here = f"/console/tickets/{case.code}"
    try:
        carried = CARRIED.get(act, _words)(ask, act)
    except media.Refused:
        return ask.go(here, "console_ticket.photo_refused", wrong=True)
    if isinstance(carried, Refused):
        return ask.refused(here, carried)
    done = ask.frame.desk.do(ask.member, case.code, act, carried, _version(ask))
    if not isinstance(done, Done):
        photos.drop(ask, carried.get("evidence", ()))
    if isinstance(done, Refused):
        return ask.refused(_next(ask, here), done)
    if isinstance(done, Changed):
        return _both_sides(ask, act)
    _forget_words(ask, act)
    said = f"console_ticket.did.{act}"
    said = said if said in ask.house.tools.words else "desk.done"
    return ask.go(_next(ask, here), said, deed=done.deed, until=done.until, code=case.code)


def _version(ask: Ask) -> int | None:
    return ask.number("version") if ask.word("version") else None


def _next(ask: Ask, here: str) -> str:
    """After a forward the ticket may be out of sight; then back to the queue."""
    return here if ask.frame.desk.see(ask.member, ask.ticket.code) else "/console/"


def _keep_words(ask: Ask, act: str) -> None:
    if words := ask.word("words"):
        with ask.house.database.transaction() as connection:
            desks.keep(connection, ask.member.id, ask.ticket.code, act, words[:5000], ask.now)


def _forget_words(ask: Ask, act: str) -> None:
    with ask.house.database.transaction() as connection:
        desks.keep(connection, ask.member.id, ask.ticket.code, act, "", ask.now)


def _both_sides(ask: Ask, act: str) -> Response:
    """How it stands now, what came in between, and the words that were typed, in their box."""
    fresh = ask.frame.desk.see(ask.member, ask.ticket.code)
    if fresh is None:
        return ask.go("/console/", "desk.changed", wrong=True)
    ask.case = fresh
    return page(ask, 409, conflict={"act": act, "words": ask.word("words"), "since": ask.number("seen")})


def reveal(ask: Ask) -> Response:
    """Shown once, on this answer alone; the reason stays in the story and in the audit log."""
    case = ask.ticket
    if not ask.word("words"):
        needed = Refused("desk.needs", {"what": "desk.field.why"})
        return ask.refused(f"/console/tickets/{case.code}", needed)
    found = ask.frame.desk.reveal(ask.member, case.code, ask.word("words")[:500])
    if isinstance(found, Refused):
        return ask.refused(f"/console/tickets/{case.code}", found)
    ask.case = ask.frame.desk.see(ask.member, case.code)
    return page(ask, revealed=found[1])


# --- what each act carries -------------------------------------------------------------------------------------------

Carried = Mapping[str, Any] | Refused


def _words(ask: Ask, act: str) -> Carried:
    return {"words": ask.word("words")[:5000]}


def _answer(ask: Ask, act: str) -> Carried:
    return {"words": ask.word("words")[:5000], "evidence": photos.take_in(ask, "photos") if ask.word("words") else []}


def _note(ask: Ask, act: str) -> Carried:
    """Whoever is named with @ is told."""
    words = ask.word("words")[:5000]
    with ask.house.database.reading() as connection:
        office = members.of_office(connection, ask.ticket.office, ask.house.tools.knowledge)
    named = [one.id for one in office if one.name and f"@{one.name}" in words]
    return {"words": words, "mentioned": named}


def _assign(ask: Ask, act: str) -> Carried:
    to = ask.number("to")
    with ask.house.database.reading() as connection:
        names = desks.names(connection, [to])
    return {"to": to, "name": names[to]} if names else Refused("desk.needs", {"what": "desk.field.to"})


def _forward(ask: Ask, act: str) -> Carried:
    return {"office": ask.word("office"), "words": ask.word("words")[:2000], "wrong": ask.word("wrong") == "1"}


def _snooze(ask: Ask, act: str) -> Carried:
    until = moment_of(ask.word("until") if ask.word("until") != "own" else ask.word("until_own"))
    return {"until": until} if until else Refused("desk.needs", {"what": "desk.field.until"})


def _choice(ask: Ask, act: str) -> Carried:
    return {"type": ask.word("type"), "urgency": ask.word("urgency")}


def _resolve(ask: Ask, act: str) -> Carried:
    kind = ask.word("resolution")
    carried: dict[str, Any] = {"resolution": kind, "words": ask.word("words")[:5000]}
    carried |= {name: ask.word(name)[:2000] for name in ("measured", "to_whom", "why")}
    carried["date"] = _day(ask)
    if not carried["words"]:
        return Refused("desk.needs", {"what": "desk.field.words"})
    carried["evidence"] = photos.take_in(ask, "photos")
    return carried


def _day(ask: Ask) -> str:
    """A date as it is read, in Thai: it is said to the reporter."""
    try:
        return ask.house.tools.words.moment(date.fromisoformat(ask.word("date")), "th")
    except ValueError:
        return ""


def _incident(ask: Ask, act: str) -> Carried:
    return {"incident": ask.number("incident")}


CARRIED: Mapping[str, Callable[[Ask, str], Carried]] = {
    "answer_reporter": _answer,
    "note": _note,
    "assign": _assign,
    "forward": _forward,
    "decline": _forward,
    "snooze": _snooze,
    "retype": _choice,
    "urgency": _choice,
    "resolve": _resolve,
    "merge": _incident,
}
