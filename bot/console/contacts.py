"""Contacts to verify: telephone numbers and addresses that are stale or unverified, which people are not shown."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from starlette.responses import Response

from bot.console.asking import Ask
from bot.console.frame import Frame
from handlers.words import BANGKOK

HERE = "/console/contacts"


def pages(frame: Frame) -> None:
    frame.page(HERE, "knowledge", show, nav="contacts.nav", order=92)


def show(ask: Ask) -> Response:
    today = datetime.fromtimestamp(ask.now / 1000, BANGKOK).date()
    found = ask.house.tools.knowledge.contacts(today)
    hidden = [one for one in found if one.state != "fresh"]
    whole = ask.query.get("all") == "1"
    groups = [
        (_name(ask, of), file, [(one, _month(ask, one.checked)) for one in some])
        for (of, file), some in groupby(found if whole else hidden, key=lambda one: (one.of, one.file))
    ]
    return ask.show("contacts.html", found=groups, hidden=len(hidden), many=len(found), whole=whole)


def _name(ask: Ask, of: str) -> str:
    facts = ask.house.tools.knowledge.facts
    named = facts.bodies.get(of)
    return named.name.in_(ask.lang) if named else facts.hotlines[of].who.in_(ask.lang) if of in facts.hotlines else of


def _month(ask: Ask, checked: str) -> str:
    """`2026-11` as people read it."""
    year, _, month = checked.partition("-")
    if not (year.isdecimal() and month[:2].isdecimal() and 1 <= int(month[:2]) <= 12):
        return checked
    names = ask.house.tools.words.say("time.months", {}, ask.lang).split()
    return f"{names[int(month[:2]) - 1]} {int(year) + (543 if ask.lang == 'th' else 0)}"
