"""One act on many tickets, with a look before the leap: what will happen to which, and which cannot be.

The first POST changes nothing and shows the preview; the second, with `sure`, acts on each by the desk, with the
version that the preview showed. What somebody changed in between is left alone and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from bot.console import offering
from bot.console.asking import Ask, not_here
from bot.console.frame import Frame
from bot.console.tickets import moment_of, times
from bot.db import cases, desks, members
from bot.desk import Done
from bot.sealing import check_code
from handlers import people, staff
from handlers.cases import Case

ACTS = ("take", "assign", "snooze", "forward")
MOST = 100


def pages(frame: Frame) -> None:
    frame.act("/console/bulk", "assign", bulk)
    frame.page("/console/offices", "see", offices)


def bulk(ask: Ask) -> Response:
    act = ask.word("act")
    found = _chosen(ask)
    if act not in ACTS:
        raise not_here()
    if not found:
        return ask.go("/console/", "console_bulk.none", wrong=True)
    can = [case for case in found if act in staff.possible(case, ask.member)]
    if ask.word("sure") == "yes":
        carried = _carried(ask, act)
        if carried is not None:
            return _do(ask, act, can, carried)
    return _preview(ask, act, found, can, lacking=ask.word("sure") == "yes")


def _chosen(ask: Ask) -> list[Case]:
    """The tickets that were ticked and may be seen, each once."""
    codes = list(dict.fromkeys(check_code(str(one)) for one in ask.form.getlist("codes")))[:MOST]
    with ask.house.database.reading() as connection:
        found = cases.load_all(connection, [code for code in codes if code])
    seen = (found[code] for code in codes if code in found)
    return [case for case in seen if people.may(ask.member, "see", case.held)]


def _preview(ask: Ask, act: str, found: list[Case], can: list[Case], lacking: bool) -> Response:
    with ask.house.database.reading() as connection:
        office = members.of_office(connection, ask.member.office, ask.house.tools.knowledge)
    cannot = [case for case in found if case not in can]
    offered: dict[str, Any] = {
        "colleagues": office,
        "times": times(ask.now),
        "offices": offering.suggested(ask, found[0]),
    }
    status = 422 if lacking else 200
    return ask.show("bulk.html", status=status, act=act, can=can, cannot=cannot, lacking=lacking, **offered)


def _carried(ask: Ask, act: str) -> Mapping[str, Any] | None:
    """What all of them carry, or None where the form lacks it."""
    if act == "assign":
        to = ask.number("to")
        with ask.house.database.reading() as connection:
            names = desks.names(connection, [to])
        return {"to": to, "name": names[to]} if names else None
    if act == "snooze":
        until = moment_of(ask.word("until"))
        return {"until": until} if until else None
    if act == "forward":
        office, words = ask.word("office"), ask.word("words")[:2000]
        return {"office": office, "words": words} if office and words else None
    return {}


def _do(ask: Ask, act: str, can: list[Case], carried: Mapping[str, Any]) -> Response:
    done, left = 0, []
    for case in can:
        seen = ask.number(f"version-{case.code}") if ask.word(f"version-{case.code}") else case.version
        if isinstance(ask.frame.desk.do(ask.member, case.code, act, carried, seen), Done):
            done += 1
        else:
            left.append(case.code)
    if left:
        return ask.go("/console/", "console_bulk.some", wrong=True, done=done, left=", ".join(left[:20]))
    return ask.go("/console/", "console_bulk.done", done=done)


def offices(ask: Ask) -> Response:
    return ask.show("offices.html", offices=offering.found(ask, ask.query.get("office_words", "")[:100]), chosen="")
