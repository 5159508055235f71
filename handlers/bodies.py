"""A body as a card: what it does, why it fits, how to reach it. Only checked contacts ever become part of a Body.

Where no contact is checked the card says so and offers to ask on the person's behalf, instead of a number from memory.
"""

from __future__ import annotations

from handlers.vocabulary import Button, Call, Card, Line, Link, T, Text
from knowledge.model import Body, Candidate, Hotline

PHONES = 3
TELLING = 3  # shorter words say nothing to the person who wrote them


def card(body: Body, candidate: Candidate | None, note: Text = "", buttons: tuple[Button, ...] = ()) -> Card:
    """`buttons` come after the ways to reach the body, save the first, which leads."""
    first, rest = buttons[:1], buttons[1:]
    return Card(
        body.name,
        body=tuple(_why(body, candidate, note)),
        lines=lines(body),
        buttons=(*first, *reach(body), *rest),
    )


def _why(body: Body, candidate: Candidate | None, note: Text) -> list[Text]:
    """What it does for this question, the words that spoke for it, and what we cannot give."""
    why = candidate.why if candidate and candidate.why.th else body.about
    said: list[Text] = [why] if why.th else []
    words = tuple(word for word in candidate.words if len(word) >= TELLING)[:4] if candidate else ()
    if words:
        said.append(T("guidance.because", {"words": words}))
    if note:
        said.append(note)
    if not body.inside_ministry:
        said.append(T("guidance.outside"))
    if not (body.phones or body.email or body.website or body.line_id):
        said.append(T("guidance.no_contact"))
    return said


def lines(body: Body) -> tuple[Line, ...]:
    """How to reach it, to be read: a PC dials no number and shows no map."""
    told: tuple[tuple[str, Text], ...] = (
        ("phone", ", ".join(body.phones[:PHONES])),
        ("hours", body.hours if body.hours.th else ""),
        ("email", body.email),
        ("line", body.line_id),
        ("address", body.address if body.address.th else ""),
    )
    return tuple(Line(T(f"guidance.line.{name}"), value) for name, value in told if value)


def reach(body: Body) -> tuple[Button, ...]:
    found = [Button(T("guidance.call", {"number": number}), Call(number)) for number in body.phones[:1]]
    if body.website:
        found.append(Button(T("guidance.website"), Link(body.website)))
    if body.map_url:
        found.append(Button(T("guidance.map"), Link(body.map_url)))
    return tuple(found)


def hotline(line: Hotline) -> Button:
    return Button(T("guidance.call", {"number": line.number}), Call(line.number))
