"""Every contact with the month in which somebody last looked at it, and which of them may not be shown any more.

A number that was right two years ago sends people to a stranger. So what is stale is flagged as if it were unverified,
and then stays behind where all that is unverified stays (`facts`): the rule for what may be shown stands once. What
day it is, the caller says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace as changed

from knowledge import schema
from knowledge.files import Files, read
from knowledge.schema import Entry

E = TypeVar("E", bound=Entry)
State = Literal["fresh", "stale", "unverified"]


class ContactsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`contacts.yaml`."""

    stale_after_months: int
    never_stale: list[str]


@dataclass(frozen=True)
class Listed:
    """One contact as staff see it in the list."""

    of: str  # id of the body or hotline
    file: str
    what: Literal["phone", "email", "website", "line", "address", "hours", "hotline"]
    value: str
    checked: str
    state: State


class Ages:
    """Tells of a contact whether it may still be shown on a day."""

    def __init__(self, file: ContactsFile, today: date) -> None:
        months = today.year * 12 + today.month - 1 - file.stale_after_months
        self._oldest = f"{months // 12:04}-{months % 12 + 1:02}"
        self._never = frozenset(file.never_stale)

    def state(self, entry: Entry, checked: str, own: str = "") -> State:
        if entry.unverified:
            return "unverified"
        return "fresh" if own in self._never or checked[:7] >= self._oldest else "stale"

    def hidden(self, entry: E, checked: str) -> E:
        """The entry, flagged if it is stale."""
        return changed(entry, unverified=True) if self.state(entry, entry.checked or checked) == "stale" else entry


def rules(folder: Path) -> ContactsFile:
    """How old a contact may be."""
    return read(folder / "contacts.yaml", ContactsFile)


def as_of(files: Files, file: ContactsFile, today: date) -> Files:
    """The files as they may be shown on a day."""
    ages = Ages(file, today)
    bodies = {own: changed(body, contact=_of_body(body, ages)) for own, body in files.bodies.items()}
    return replace(files, bodies=bodies, hotlines=_hotlines(files.hotlines, ages))


def _of_body(body: schema.BodyFile, ages: Ages) -> schema.Contact:
    contact, checked = body.contact, body.checked
    return schema.Contact(
        phones=[ages.hidden(each, checked) for each in contact.phones],
        emails=[ages.hidden(each, checked) for each in contact.emails],
        website=ages.hidden(contact.website, checked) if contact.website else None,
        line=ages.hidden(contact.line, checked) if contact.line else None,
        address=ages.hidden(contact.address, checked) if contact.address else None,
        hours=ages.hidden(contact.hours, checked) if contact.hours else None,
    )


def _hotlines(lines: Mapping[str, schema.HotlineFile], ages: Ages) -> dict[str, schema.HotlineFile]:
    stale = {own for own, line in lines.items() if ages.state(line, line.checked, own) == "stale"}
    return {own: changed(line, unverified=True) if own in stale else line for own, line in lines.items()}


def listed(files: Files, file: ContactsFile, today: date) -> list[Listed]:
    """All contacts, those that are not shown first, the oldest first."""
    ages = Ages(file, today)
    found = [*_bodies_listed(files, ages), *_hotlines_listed(files, ages)]
    return sorted(found, key=lambda each: (each.state == "fresh", each.checked, each.file))


def _bodies_listed(files: Files, ages: Ages) -> Iterator[Listed]:
    for own, body in files.bodies.items():
        for what, entry, value in _entries(body.contact):
            checked = entry.checked or body.checked
            yield Listed(own, files.where[own], what, value, checked, ages.state(entry, checked))


def _hotlines_listed(files: Files, ages: Ages) -> Iterator[Listed]:
    for own, line in files.hotlines.items():
        yield Listed(own, files.where[own], "hotline", line.number, line.checked, ages.state(line, line.checked, own))


def _entries(
    contact: schema.Contact,
) -> Iterator[tuple[Literal["phone", "email", "website", "line", "address", "hours"], Entry, str]]:
    yield from (("phone", each, each.number) for each in contact.phones)
    yield from (("email", each, each.value) for each in contact.emails)
    if contact.website:
        yield "website", contact.website, contact.website.value
    if contact.line:
        yield "line", contact.line, contact.line.value
    if contact.address:
        yield "address", contact.address, contact.address.th
    if contact.hours:
        yield "hours", contact.hours, contact.hours.th
