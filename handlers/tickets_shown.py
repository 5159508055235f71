"""A ticket as its reporter sees it: the list, the card with what can be done now, and the story.

Which buttons stand on the card is asked of the table of transitions, so nobody is offered what would be refused. Only
what the reporter may see ever reaches this file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from handlers.choices import labels
from handlers.said import bare
from handlers.tickets import is_open, may
from handlers.vocabulary import Button, Card, Line, Link, Say, StoryEntry, T, Tap, Text, Ticket, Turn

NAME = "my_tickets"
PAGE = 8
STORY = 12  # entries of the story in one card
SUMMARY = 120
# Three groups of letters and digits with dashes between, as codes are shown.
CODE = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{2,4}(?![A-Z0-9])")
# The same alone in a message: nine letters of the alphabet of codes, one of them a digit, which no plain word has.
BARE = re.compile(r"(?=.*[0-9])(?=.*[A-Z])[34679ACDEFGHJKMNPQRTWXY]{9}")
TONES: dict[str, Literal["plain", "danger", "good", "wait"]] = {
    "waiting_for_reporter": "wait",
    "resolved": "wait",
    "closed": "good",
}


def about_of(say: Say) -> str:
    """The number of the ticket that a bubble is about, or empty."""
    title = say.card.title if say.card else None
    return str(say.values.get("code") or (title.values.get("code") if isinstance(title, T) else "") or "")


def listed(turn: Turn, page: int = 0) -> Say:
    """One page of tickets: what each is about and where it stands, and a numbered button for each."""
    tickets = turn.tickets
    pages = max(1, -(-len(tickets) // PAGE))
    shown = tickets[page % pages * PAGE :][:PAGE]
    buttons = [Button(T("my_tickets.one", _one(turn, ticket)), _tap("show", ticket.code)) for ticket in shown]
    if pages > 1:
        buttons.append(Button(T("my_tickets.more"), Tap(NAME, "page", str((page + 1) % pages))))
    card = Card(T("my_tickets.title", {"count": len(tickets)}), buttons=tuple(buttons), numbered=True)
    return Say(card=card)


def _one(turn: Turn, ticket: Ticket) -> dict[str, object]:
    return {"code": ticket.code, "summary": about(turn, ticket, 60), "status": T(f"status.{ticket.status}")}


def about(turn: Turn, ticket: Ticket, limit: int) -> Text:
    """What it is about. The summary is Thai, for officers; who reads English sees the name of the type."""
    facts = turn.knowledge.facts
    kind = facts.types.get(ticket.type) or facts.dangers.get(ticket.type)
    return kind.name if kind and turn.conversation.lang == "en" else _short(ticket.summary, limit)


def typed(ticket: Ticket, words: str) -> Tap | None:
    """The act whose name is typed, also when its button stands further up."""
    named = (button for button in _buttons(ticket) if bare(words) in labels(button))
    return next((button.act for button in named if isinstance(button.act, Tap)), None)


def _short(words: str, limit: int = 60) -> str:
    line = " ".join(words.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def card(turn: Turn, ticket: Ticket) -> Card:
    """The whole ticket: where it stands, who holds it, until when, the last word, and what can be done."""
    tone = TONES.get(ticket.status, "plain")
    return Card(
        T("my_tickets.code", {"code": ticket.code}),
        tone=tone,
        body=(T(f"status.{ticket.status}"),),
        lines=tuple(_lines(turn, ticket)),
        buttons=tuple(_buttons(ticket)),
        numbered=True,
    )


def _lines(turn: Turn, ticket: Ticket) -> Iterator[Line]:
    lang = turn.conversation.lang
    yield Line(T(f"my_tickets.kind.{ticket.kind}"), about(turn, ticket, SUMMARY))
    body = turn.knowledge.body(ticket.office)
    if body:
        yield Line(T("my_tickets.office"), body.name)
    place = turn.knowledge.describe(ticket.place, lang) if ticket.place.province else ticket.place.typed
    if place:
        yield Line(T("my_tickets.place"), place)
    yield Line(T("my_tickets.opened"), T("my_tickets.at", {"at": ticket.opened_at}))
    yield from _deadline(ticket, turn.now)
    if ticket.resolution:
        yield Line(T("my_tickets.result"), _result(ticket.resolution))
    if ticket.rating:
        yield Line(T("my_tickets.rated"), T("my_tickets.stars", {"stars": ticket.rating}))


def _deadline(ticket: Ticket, now: datetime) -> Iterator[Line]:
    """Until when somebody must answer, or that the day has passed."""
    if not is_open(ticket) or ticket.status == "waiting_for_reporter":
        return
    due = ticket.answer_due_at or ticket.due_at
    if due is not None:
        late = due < now
        yield Line(T("my_tickets.due"), T("my_tickets.late" if late else "my_tickets.at", {"at": due}))


def _result(resolution: str) -> Text:
    known = ("fixed", "ordered", "no_fault", "not_ours", "cannot_verify", "withdrawn")
    return T(f"my_tickets.resolution.{resolution}") if resolution in known else resolution


def _buttons(ticket: Ticket) -> Iterator[Button]:
    """What the reporter may do now, the likeliest first."""
    if may("confirm", ticket, "reporter"):
        yield Button(T("my_tickets.do.confirm"), _tap("confirm", ticket.code))
    if ticket.status == "closed" and ticket.rating is None:
        yield Button(T("my_tickets.do.rate"), _tap("rate", ticket.code))
    if may("reopen", ticket, "reporter"):
        yield Button(T("my_tickets.do.reopen"), _tap("reopen", ticket.code))
    if is_open(ticket):
        waits = ticket.status == "waiting_for_reporter"
        yield Button(T("my_tickets.do.answer" if waits else "my_tickets.do.add"), _tap("add", ticket.code))
        if not waits:
            yield Button(T("my_tickets.do.news"), _tap("news", ticket.code))
    if ticket.story:
        yield Button(T("my_tickets.do.story"), _tap("story", ticket.code))
    if may("withdraw", ticket, "reporter"):
        yield Button(T("my_tickets.do.withdraw"), _tap("withdraw", ticket.code))
    if ticket.page:
        yield Button(T("my_tickets.do.page"), Link(ticket.page))


def story(ticket: Ticket) -> Card:
    """What happened, newest last; somebody's words stand as they are."""
    last = [entry for entry in ticket.story if entry.audience == "reporter"][-STORY:]
    back = Button(T("my_tickets.see"), _tap("show", ticket.code))
    lines = tuple(Line(T("my_tickets.at", {"at": entry.at}), told(entry)) for entry in last)
    return Card(T("my_tickets.story", {"code": ticket.code}), lines=lines, buttons=(back,))


def told(entry: StoryEntry) -> Text:
    what = T(entry.key, entry.values)
    return T("my_tickets.told", {"what": what, "words": _short(entry.words, 300)}) if entry.words else what


def named(turn: Turn, words: str) -> Ticket | None:
    """The own ticket whose code stands in the words, however it is spaced and in any digits."""
    plain = _plain(words)
    return next((ticket for ticket in turn.tickets if _plain(ticket.code) in plain), None) if plain else None


def has_code(words: str) -> bool:
    """Whether something stands in the words that looks like a ticket's code."""
    return bool(CODE.search(_digits(words).upper()))


def is_code(words: str) -> bool:
    """Whether a ticket's code is all that stands there, however it is spaced."""
    return bool(BARE.fullmatch(re.sub(r"[\s-]+", "", _digits(words).upper())))


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", _digits(text).upper())


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in text)


def _tap(field: str, code: str) -> Tap:
    return Tap(NAME, field, code)
