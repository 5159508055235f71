"""Choosing what a complaint is about: the likely types first, then the common ones, then page by page; and whose it
is.

A matter that others look after (wages, food, refunds, a neighbour's workshop) gets their name and number before
anybody fills in a form for nothing; who knows better ("it is a factory") goes on with one tap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.draft import Heard, Problem, Scene, value_of
from handlers.free_text import told
from handlers.readers import Choice, Option, chosen_by_words
from handlers.said import said
from handlers.vocabulary import Button, Call, Card, Draft, Say, T, Tap, Text
from handlers.where import place_of

if TYPE_CHECKING:
    from knowledge.load import Knowledge
    from knowledge.model import Body, ComplaintType

OTHER = "other"  # not sure: an officer decides
PAGE = 8


def known(value: str, knowledge: Knowledge) -> bool:
    return value == OTHER or value in knowledge.facts.types


def label(value: str, knowledge: Knowledge) -> Text:
    found = knowledge.facts.types.get(value)
    return found.name if found else T("complaint.type.is.other")


def options(scene: Scene) -> tuple[Option, ...]:
    """One card of types; the page is kept in the half answer."""
    ordered = _ordered(scene)
    state = scene.value if isinstance(scene.value, dict) else {}
    kept = state.get("page")
    page = kept if isinstance(kept, int) else 0
    pages = -(-len(ordered) // PAGE)
    shown = ordered[page % pages * PAGE :][:PAGE]
    more = Option(f"page:{(page + 1) % pages}", T("complaint.type.more"), "more")
    unsure = Option(OTHER, T("complaint.type.is.other"), "unsure")
    return (*(Option(one, label(one, scene.knowledge)) for one in shown), more, unsure)


def _ordered(scene: Scene) -> list[str]:
    types = scene.knowledge.facts.types
    maybe = value_of(scene.draft, "maybe")
    likely = [str(one) for one in maybe if str(one) in types] if isinstance(maybe, list) else []
    common = [one for one, kind in types.items() if kind.common]
    return list(dict.fromkeys((*likely, *common, *types)))


def read_words(scene: Scene, text: str) -> str | None:
    if said("skip", text):
        return OTHER
    found = told(scene.knowledge, text)
    return found.type or next(iter(found.maybe), None)


TYPES = Choice(options, known, label, read_words)


def kind_of(draft: Draft, knowledge: Knowledge) -> ComplaintType | None:
    chosen = value_of(draft, "type")
    return knowledge.facts.types.get(chosen) if isinstance(chosen, str) else None


def of_others(draft: Draft, knowledge: Knowledge) -> bool:
    kind = kind_of(draft, knowledge)
    return bool(kind and kind.outside_ministry)


def office_of(draft: Draft, knowledge: Knowledge) -> str:
    """Who gets the ticket; what is nobody's in the ministry still goes to the desk of the place."""
    place, kind = place_of(value_of(draft, "place")), kind_of(draft, knowledge)
    if kind is None or kind.outside_ministry:
        return knowledge.emergency_office(place)
    return knowledge.office_for(kind.id, place, in_estate(draft))


def in_estate(draft: Draft) -> bool | None:
    """Inside an estate: told by the place itself, else by the answer; unsure leaves it to the place."""
    if place_of(value_of(draft, "place")).estate:
        return True
    return {"yes": True, "no": False}.get(str(value_of(draft, "estate")))


def estate_of(draft: Draft, knowledge: Knowledge) -> str:
    """The estate at the place, if the estate authority is in charge there: only then it matters who is inside."""
    estate = knowledge.estate_near(place_of(value_of(draft, "place")))
    return estate if estate and knowledge.competence.legal_estate(estate) else ""


def dialled(phone: str) -> str:
    """The part of a number that a telephone can dial; "press 3" is for the person."""
    found = re.match(r"[+\d][\d\s-]*", phone)
    return re.sub(r"\D", "", found.group()) if found else phone


def keeper(draft: Draft, knowledge: Knowledge) -> Body | None:
    """The body of others that looks after this matter."""
    kind = kind_of(draft, knowledge)
    if kind is None:
        return None
    place = place_of(value_of(draft, "place"))
    found = knowledge.body(knowledge.office_for(kind.id, place))
    return found if found and not found.inside_ministry else knowledge.body(kind.competence.get("not_a_factory", ""))


@dataclass(frozen=True)
class Elsewhere:
    """Points to those who look after it. "stay" means: it is about a factory after all, choose again."""

    def complete(self, value: Any, knowledge: Knowledge) -> bool:
        return bool(value == "stay")

    def read(self, scene: Scene) -> Heard | Problem | None:
        incoming = scene.turn.incoming
        value = incoming.tap.value if incoming.tap else None
        if incoming.kind == "text":
            value = chosen_by_words((Option("stay", T("complaint.outside.stay"), "resume"),), incoming.text)
        if value == "stay":
            return Heard({scene.field: "stay", "type": None, "maybe": None})
        return Problem("") if incoming.kind in ("text", "tap") else None

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        body, kind = keeper(scene.draft, scene.knowledge), kind_of(scene.draft, scene.knowledge)
        name: Text = body.name if body else T("complaint.outside.others")
        phones = body.phones[:2] if body else ()
        calls = tuple(Button(T("common.call", {"number": phone}), Call(dialled(phone))) for phone in phones)
        body_text: tuple[Text, ...] = (T("complaint.outside.body", {"body": name}),)
        if phones:
            body_text = (*body_text, T("complaint.outside.phone", {"phone": list(phones)}))
        stay = Button(T("complaint.outside.stay"), scene.tap("stay"))
        person = Button(T("common.person"), Tap("person", "~", "start"))
        title: Text = kind.name if kind else T("complaint.type.label")
        return (Say(card=Card(title, body=body_text, buttons=(*calls, stay, person))),)

    def show(self, value: Any, knowledge: Knowledge) -> Text:
        return T("common.yes")
