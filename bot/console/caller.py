"""File for a caller: what is said is typed once, read by the knowledge, put right, and opened with two taps.

The number in the form makes the ticket's code, so a form that is sent twice opens one ticket. The caller is sealed and
gets the number and the address of the public page, to be read out, printed or scanned.
"""

from __future__ import annotations

import io
import secrets
from dataclasses import replace
from typing import Any

import segno
from markupsafe import Markup
from starlette.responses import Response

from bot.console import offering
from bot.console.asking import Ask, Stop
from bot.console.frame import Frame
from bot.db import calls
from bot.db.rows import sure_moment
from handlers import caller
from handlers.caller import Call
from handlers.kinds import OTHER
from handlers.people import Held, reaches
from handlers.readers import national, phone_in
from handlers.vocabulary import Reporter
from handlers.where import from_area
from knowledge.model import Place

HERE = "/console/caller"
WORDS = 5000


def pages(frame: Frame) -> None:
    frame.page(HERE, "take", show, nav="caller.nav", order=30)
    frame.act(HERE, "take", read)
    frame.act(f"{HERE}/open", "take", open_)


def show(ask: Ask) -> Response:
    return _form(ask, None, "")


def read(ask: Ask) -> Response:
    """Reads the words; what the officer has put in stays."""
    words = ask.word("words")[:WORDS]
    if len(words) < 4:
        return _form(ask, None, words, wrong="caller.no_words")
    call = caller.heard(ask.house.tools.knowledge, words, _source(ask))
    phone = national(phone_in(ask.word("phone")) or call.reporter.phone)
    return _form(ask, call, words, phone=phone, name=ask.word("name")[:120])


def open_(ask: Ask) -> Response:
    call, wrong = _typed(ask)
    if wrong:
        return _form(ask, call, call.words, wrong, ask.word("phone"), ask.word("name"))
    house, now = ask.house, sure_moment(ask.now)
    nonce = ask.word("nonce")[:64]
    if not nonce:
        raise Stop(400, "caller.no_words")
    code = house.sealing.code(f"caller:{ask.member.id}:{nonce}")
    acts = caller.opened(house.tools.knowledge, call, code, ask.member, now)
    with house.database.transaction() as connection:
        new = calls.file(connection, code, acts, ask.member.id, call.source, house.sealing, ask.now)
        row = calls.filed(connection, code)
    if new:
        ask.frame.desk.told(code)
    key = house.sealing.page_keys(code)[0]
    base = house.settings.public_base_url or str(ask.request.base_url).rstrip("/")
    held = Held(row.office, call.place.province, caller.kind_of(house.tools.knowledge, call))
    return ask.show(
        "caller_done.html", row=row, address=f"{base}/t/{key}", path=f"/t/{key}", picture=_picture(f"{base}/t/{key}"),
        key=house.sealing.follow_keys(code)[0], typed=f"{base}/follow", mine=reaches(ask.member, held),
    )  # fmt: skip


def _typed(ask: Ask) -> tuple[Call, str]:
    """What the form says, and the text of what is missing."""
    knowledge, what, urgency = ask.house.tools.knowledge, ask.word("what"), ask.word("urgency")
    phone = phone_in(ask.word("phone")) if ask.word("phone") else ""
    name = ask.word("name")[:120]
    words = ask.word("words")[:WORDS]
    call = Call(
        words,
        _source(ask),
        what if caller.known(knowledge, what) else OTHER,
        next((one for one in caller.URGENCIES if one == urgency), "normal"),
        _place(ask),
        ask.word("factory")[:120],
        ask.word("office"),
        Reporter(phone or "", name, bool(name and ask.word("pass_name"))),
    )
    if len(words) < 4:
        return call, "caller.no_words"
    if ask.word("phone") and not phone:
        return call, "caller.no_phone"
    return call, "" if ask.word("notice") else "caller.no_notice"


def _place(ask: Ask) -> Place:
    """The words of the place, within the province that was chosen."""
    knowledge, typed, province = ask.house.tools.knowledge, ask.word("place")[:200], ask.word("province")
    within = province if knowledge.area(province) else ""
    found = knowledge.read_place(typed, within) if typed else None
    if found and (not within or found.place.province == within):
        return replace(found.place, typed=typed)
    return (from_area(knowledge, within, typed) if within else None) or Place(typed=typed)


def _source(ask: Ask) -> caller.Source:
    return next((one for one in caller.SOURCES if one == ask.word("source")), "phone")


def _form(ask: Ask, call: Call | None, words: str, wrong: str = "", phone: str = "", name: str = "") -> Response:
    values: dict[str, Any] = {"call": call, "words": call.words if call else words, "wrong": wrong}
    if call:
        values |= _offered(ask, call)
    status = 422 if wrong else 200
    return ask.show(
        "caller.html", status=status, phone=phone, name=name, sources=caller.SOURCES, source=_source(ask),
        nonce=ask.word("nonce")[:64] or secrets.token_hex(16), urgencies=caller.URGENCIES,
        notice=bool(ask.word("notice")), **values,
    )  # fmt: skip


def _offered(ask: Ask, call: Call) -> dict[str, Any]:
    knowledge = ask.house.tools.knowledge
    place = call.place
    asked = caller.asked_of(knowledge, call.words, place)
    if call.what.startswith(caller.ASK):
        asked = list(dict.fromkeys([call.what.removeprefix(caller.ASK), *asked]))
    return {
        "types": offering.types(ask),
        "asked": [f"{caller.ASK}{body}" for body in asked],
        "place_words": place.typed or (knowledge.describe(place, "th") if place.province else ""),
        "read_as": knowledge.describe(place, ask.lang) if place.province else "",
        "areas": knowledge.areas(),
        "auto": caller.office_of(knowledge, call),
    }


def _picture(address: str) -> Markup:
    """The address to be scanned, dark on light in any theme."""
    drawn = io.BytesIO()
    look = {"scale": 4, "border": 3, "dark": "#000", "light": "#fff", "omitsize": True}
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, svgns=True, nl=False, **look)
    return Markup(drawn.getvalue().decode())  # noqa: S704  drawn here, of an address made here
