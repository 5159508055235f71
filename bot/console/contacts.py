"""Contacts to verify: telephone numbers and addresses that are stale or unverified, which people are not shown."""

from __future__ import annotations

from datetime import datetime

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
    return ask.show("contacts.html", found=found if whole else hidden, hidden=len(hidden), many=len(found), whole=whole)
