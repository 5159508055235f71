"""Questions that become tickets: one handed to a person, or one that we ask an institute on somebody's behalf.

One person has one open question at a time: more words go to it, so nobody floods the desk by writing in pieces. A
phone number in the words goes to the sealed reporter and out of the text, which many people may read.
"""

from __future__ import annotations

from handlers import late, menu, privacy, tickets
from handlers.readers import phone_in
from handlers.vocabulary import Answer, Button, Kind, Learn, Outcome, Reporter, Say, Ticket, Turn
from knowledge.model import Body, Place

DESK = "ops"  # the ministry's own desk holds what belongs to nobody else
SUMMARY = 200


def to_person(turn: Turn, text: str, messages: tuple[str, ...] = ()) -> Outcome:
    """A person shall answer: a ticket of kind question, or more words to the one that is open."""
    open_one = next((t for t in turn.tickets if t.kind == "question" and tickets.is_open(t)), None)
    if open_one:
        return _added(turn, open_one, text)
    said = Say("person.opened", _values(turn), _after(turn.code), must_arrive=True)
    return _opened(turn, said, "question", "", DESK, text, messages)


def of_body(turn: Turn, body: Body, text: str, messages: tuple[str, ...] = (), place: Place = Place()) -> Outcome:  # noqa: B008
    """We ask the body: a ticket of kind referral with the question already in."""
    said = Say("guidance.referred", {**_values(turn), "body": body.name}, _after(turn.code), must_arrive=True)
    return _opened(turn, said, "referral", body.id, body.id, text, messages, place)


def _opened(
    turn: Turn,
    said: Say,
    kind: Kind,
    type: str,
    office: str,
    text: str,
    messages: tuple[str, ...],
    place: Place = Place(),  # noqa: B008
) -> Outcome:
    words, reporter = sealed(turn, text)
    report = {"question": Answer(words, messages)}
    summary = " ".join(words.split())[:SUMMARY]
    turn, notice = privacy.noticed(turn)
    return Outcome((*notice, said)) + tickets.opened(
        turn, kind, type, office, summary, report, deadlines=tickets.ASKED, place=place, reporter=reporter
    )


def sealed(turn: Turn, text: str) -> tuple[str, Reporter]:
    """The words without the phone numbers in them, and who they belong to."""
    phone = ""
    for slot in sorted(turn.knowledge.read(text).slots, key=lambda slot: slot.span.start, reverse=True):
        found = phone_in(slot.value) if slot.name == "phone" else None
        if found:
            phone = found
            text = f"{text[: slot.span.start]}[…]{text[slot.span.end :]}"
    return text, Reporter(phone=phone)


def _added(turn: Turn, ticket: Ticket, text: str) -> Outcome:
    words, reporter = sealed(turn, text)
    told = Learn(ticket.code, reporter=reporter)
    said = Say("person.added", {"code": ticket.code}, _after(ticket.code))
    return Outcome((said,), acts=(told,) if reporter.phone else ()) + tickets.tell(turn, ticket.code, words)


def _values(turn: Turn) -> dict[str, object]:
    return {"code": turn.code, "due": turn.knowledge.due(turn.now, tickets.ASKED.answer)}


def _after(code: str) -> tuple[Button, ...]:
    return (late.READY, tickets.see(code), menu.HOME)
