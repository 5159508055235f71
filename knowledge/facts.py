"""Makes the facts that may be shown (`model`) from the files (`schema`): what nobody has checked stays behind here.

This is the one place where a phone, an address or a website passes from a file to a person, so the rule stands once:
an entry flagged `unverified` never becomes part of a Body, whatever it is called and whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from urllib.parse import quote

from knowledge import schema
from knowledge.files import Files
from knowledge.model import Body, Both, ComplaintType, Deadlines, Hotline

E = TypeVar("E", bound=schema.Entry)


def both(words: schema.Words | schema.Text) -> Both:
    return Both(words.th, words.en)


def checked(entries: Iterable[E]) -> list[E]:
    return [entry for entry in entries if not entry.unverified]


def value(entry: schema.Value | None) -> str:
    return entry.value if entry and not entry.unverified else ""


def text(entry: schema.Text | None) -> Both:
    return both(entry) if entry and not entry.unverified else Both("")


def body(file: schema.BodyFile) -> Body:
    contact = file.contact
    address = text(contact.address)
    emails = checked(contact.emails)
    return Body(
        id=file.id,
        kind=file.kind,
        name=both(file.name),
        short=file.short,
        about=Both("") if file.unverified else both(file.about),
        phones=tuple(phone.number for phone in checked(contact.phones)),
        email=emails[0].value if emails else "",
        website=value(contact.website),
        line_id=value(contact.line),
        address=address,
        map_url=map_url(file, address),
        hours=text(contact.hours),
        province=file.province,
        inside_ministry=not file.outside,
    )


def map_url(file: schema.BodyFile, address: Both) -> str:
    """A map search by name and address: no point of any office is known, and a guessed pin sends people astray."""
    if not address.th:
        return ""
    return "https://www.google.com/maps/search/?api=1&query=" + quote(f"{file.name.th} {address.th}"[:200])


def hotline(file: schema.HotlineFile) -> Hotline:
    return Hotline(file.id, file.number, both(file.who), both(file.what_for))


def complaint_type(file: schema.TypeFile) -> ComplaintType:
    limits = file.deadlines
    return ComplaintType(
        id=file.id,
        name=both(file.name),
        urgency=file.urgency,
        deadlines=Deadlines(limits.acknowledge, limits.answer, limits.resolve),
        category=file.category,
        competence=dict(file.competence.items()),
        also=tuple(file.also),
        ask_place=file.ask_place,
        ask_estate=file.ask_estate,
        ask_factory=file.ask_factory,
        outside_ministry=file.outside_ministry,
        common=file.common,
    )


def bodies(files: Files) -> dict[str, Body]:
    return {own: body(file) for own, file in files.bodies.items()}


def types(files: Files) -> dict[str, ComplaintType]:
    """The common types first, so that the first page of choices is simply the first eight."""
    made = {own: complaint_type(file) for own, file in files.types.items()}
    return dict(sorted(made.items(), key=lambda pair: (not pair[1].common, -files.types[pair[0]].share_percent)))


def hotlines(files: Files) -> dict[str, Hotline]:
    return {file.id: hotline(file) for file in checked(files.hotlines.values())}


def centers(files: Files) -> dict[str, str]:
    """Province -> id of the DIPROM centre that serves it."""
    return {serves.province: file.id for file in files.bodies.values() for serves in file.serves}
