"""Gathers how people speak of each body out of the files: what the router ranks, and the reasons it gives.

A body's document is everything that its file, the questions, the aliases and the contrasts say of it. A stranger's
topic (weather, love, a passport) is a label like a body, so that it can win: its score alone tells strangers badly, a
class of its own tells nine in ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge import schema
from knowledge.bodies import PROVINCIAL
from knowledge.files import Files
from knowledge.model import Both

STRANGER = "stranger:"
STRANGER_FILE = "stranger."  # how a stranger's topic is called in sentences/route, with _ for each space
NOTHING = Both("")
Fold = Callable[[str], str]


@dataclass(frozen=True)
class Reason:
    """Something a body does, as a reason to send somebody there, and the ways people ask for it."""

    id: str
    why: Both
    said: tuple[str, ...]
    ask_back: Both = NOTHING


def is_routable(body: schema.BodyFile) -> bool:
    """One office of each kind stands for all: the place decides which."""
    return not body.serves and not body.id.startswith(PROVINCIAL + "@")


def two(pair: str) -> list[str]:
    """Both sides of "Thai | English"."""
    return pair.split(" | ")


def documents(files: Files, fold: Fold) -> dict[str, list[str]]:
    """Label -> folded texts, for every body and every stranger's topic."""
    texts: dict[str, list[str]] = {own: list(of_body(body)) for own, body in files.bodies.items() if is_routable(body)}
    for question in files.questions.values():
        texts[question.bodies[0]] += [question.question.th, question.question.en, *question.also]
    for alias in files.aliases:
        texts[alias.bodies[0]] += alias.say
    for said in (each for contrast in files.contrasts for each in (contrast.a, contrast.b)):
        if said.body in texts:
            texts[said.body].append(said.say)
    texts |= {STRANGER + each.topic: each.say for each in files.strangers}
    return {label: [fold(text) for text in some if text] for label, some in texts.items()}


def label_of(name: str) -> str:
    """The label of a file of sentences: a body's id, or a stranger's topic."""
    return STRANGER + name.removeprefix(STRANGER_FILE).replace("_", " ") if name.startswith(STRANGER_FILE) else name


def offered(body: schema.BodyFile) -> set[str]:
    """The kinds of service that a body offers."""
    return {*body.words.offers, *(kind for service in body.services for kind in service.kinds)}


def sentences(files: Files) -> dict[str, list[str]]:
    """Label -> sentences that were labelled, as they were written."""
    return {label_of(name): some for name, some in files.said.items()}


def of_body(body: schema.BodyFile) -> Iterator[str]:
    yield from (body.name.th, body.name.en, *body.also, *body.ask)
    yield from (*body.words.says.th, *body.words.says.en)
    for pair in (*body.does, *body.words.things):
        yield from two(pair)
    for service in body.services:
        yield from (service.name.th, service.name.en, *service.ask)


def things(files: Files, fold: Fold) -> dict[str, set[str]]:
    """Folded thing -> the bodies that deal with it: the words that can be shown as what matched."""
    found: dict[str, set[str]] = {}
    for body in filter(is_routable, files.bodies.values()):
        for thing in (*(each for pair in body.words.things for each in two(pair)), *body.also):
            found.setdefault(fold(thing), set()).add(body.id)
    return found


def aliases(files: Files, fold: Fold) -> dict[str, list[str]]:
    """Folded name -> bodies that it names: hard aliases, and names that only one body bears and no weak word is."""
    weak = {fold(each.say) for each in files.weak}
    bearers: dict[str, list[str]] = {}
    for body in filter(is_routable, files.bodies.values()):
        for name in {fold(each) for each in (body.name.th, body.name.en, *body.also)}:
            bearers.setdefault(name, []).append(body.id)
    names = {name: own for name, own in bearers.items() if len(own) == 1 and len(name) > 2 and name not in weak}
    return names | {fold(say): alias.bodies for alias in files.aliases for say in alias.say}


def reasons(files: Files) -> dict[str, list[Reason]]:
    """What each body does, in words that may be shown: nothing that nobody has checked."""
    found: dict[str, list[Reason]] = {own: [] for own in files.bodies}
    for question in files.questions.values():
        if not question.unverified:
            reason = Reason(question.id, why_of(question), said_in(question), both(question.ask_back))
            for own in dict.fromkeys(
                [*question.bodies, *(each for some in question.by_place.values() for each in some)]
            ):
                found[own].append(reason)
    for body in files.bodies.values():
        found[body.id] += [*services_of(body), *competences_of(body)]
    return found


def services_of(body: schema.BodyFile) -> Iterator[Reason]:
    for service in body.services:
        if not service.unverified:
            yield Reason(service.id, both(service.name), (service.name.th, service.name.en, *service.ask))


def competences_of(body: schema.BodyFile) -> Iterator[Reason]:
    for pair in body.does if not body.unverified else ():
        sides = two(pair)
        yield Reason("", Both(sides[0], sides[1] if len(sides) > 1 else ""), tuple(sides))


def why_of(question: schema.QuestionFile) -> Both:
    """What it is, and who may join, in one line."""
    why, who = both(question.why), both(question.who)
    return Both(f"{why.th} · {who.th}", f"{why.en} · {who.en}") if who.th else why


def said_in(question: schema.QuestionFile) -> tuple[str, ...]:
    return (question.question.th, question.question.en, *question.also)


def both(words: schema.Words | None) -> Both:
    return Both(words.th, words.en) if words else NOTHING
