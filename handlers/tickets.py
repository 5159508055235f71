"""The life of a ticket: which acts there are, who may do each, what each must carry; and how tickets are opened.

One table instead of ifs in many files: the console, the cards of staff and the reporter's buttons all ask this
table, and a test walks every row of it. Deadlines are counted by the knowledge (working time; emergencies run on
clock time).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from handlers import pauses
from handlers.vocabulary import (
    Act,
    Attach,
    Button,
    Change,
    Draft,
    Kind,
    Learn,
    Move,
    Notice,
    Open,
    Outcome,
    Reporter,
    Status,
    StoryEntry,
    T,
    Tap,
    Tell,
    Ticket,
    Turn,
)
from knowledge.model import Deadlines, Place, Urgency

Who = Literal["reporter", "officer", "supervisor", "house"]

# What the closing kinds must carry; only `fixed` counts as solved (closed means fixed).
RESOLUTIONS: Mapping[str, tuple[str, ...]] = {
    "fixed": ("evidence",),
    "ordered": ("date",),
    "no_fault": ("measured",),
    "not_ours": ("to_whom",),
    "cannot_verify": ("why",),
    "withdrawn": (),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: from which states it leads where, who may do it, and what must come with it."""

    act: str
    frm: frozenset[Status]
    to: Status
    who: frozenset[Who]
    carries: tuple[str, ...] = ()


def _row(act: str, frm: str, to: Status, who: str, *carries: str) -> Transition:
    return Transition(act, frozenset(frm.split()), to, frozenset(who.split()), carries)  # type: ignore[arg-type]


WORKING = "new acknowledged in_progress waiting_for_reporter reopened"
STAFF = "officer supervisor"

TRANSITIONS: tuple[Transition, ...] = (
    _row("acknowledge", "new reopened", "acknowledged", STAFF),
    _row("start", "new acknowledged reopened", "in_progress", STAFF),
    _row("ask_reporter", "acknowledged in_progress reopened", "waiting_for_reporter", STAFF, "words"),
    _row("answer", "waiting_for_reporter", "in_progress", "reporter", "words"),
    _row("resolve", "acknowledged in_progress waiting_for_reporter reopened", "resolved", STAFF, "resolution"),
    _row("confirm", "resolved", "closed", "reporter"),
    _row("close", "resolved", "closed", "supervisor house"),
    _row("reopen", "resolved closed rejected", "reopened", "reporter supervisor", "words"),
    _row("reject", "new acknowledged in_progress", "rejected", STAFF, "words"),
    _row("withdraw", WORKING, "withdrawn", "reporter"),
    _row("merge", WORKING, "merged", f"{STAFF} house", "incident"),
)

OPEN_STATES: frozenset[Status] = frozenset(WORKING.split())  # type: ignore[arg-type]

# Clock hours of an emergency: somebody takes it, somebody answers, it is over.
EMERGENCY = Deadlines(acknowledge=0.25, answer=1, resolve=24)
# Working hours where no complaint type names its own: an hour is the average of the ministry's own channel.
ORDINARY = Deadlines(acknowledge=4, answer=24, resolve=112)
# A person asked for a person, or an institute is asked: one working day until somebody answers.
ASKED = Deadlines(acknowledge=4, answer=8, resolve=40)


def transition(act: str, status: Status, who: Who) -> Transition | None:
    """The row that lets `who` do `act` on a ticket in `status`, or None where it may not be."""
    return next((row for row in TRANSITIONS if row.act == act and status in row.frm and who in row.who), None)


def may(act: str, ticket: Ticket, who: Who) -> bool:
    return transition(act, ticket.status, who) is not None


def missing(act: str, carried: Mapping[str, Any]) -> tuple[str, ...]:
    """What the act must carry and does not; a resolution brings the needs of its own kind."""
    needed = next((row.carries for row in TRANSITIONS if row.act == act), ())
    if act == "resolve":
        needed += RESOLUTIONS.get(str(carried.get("resolution", "")), ("resolution",))
    return tuple(name for name in needed if not carried.get(name))


def is_open(ticket: Ticket) -> bool:
    return ticket.status in OPEN_STATES


def takes_words(ticket: Ticket) -> bool:
    """Words to a merged ticket reach the incident that it was merged into."""
    return is_open(ticket) or ticket.status == "merged"


def find(turn: Turn, code: str) -> Ticket | None:
    """One of this person's own tickets; a code of somebody else's finds nothing."""
    return next((ticket for ticket in turn.tickets if ticket.code == code), None)


def in_hand(turn: Turn) -> Ticket | None:
    """The ticket that what comes next belongs to, while it is still worked on."""
    ticket = find(turn, turn.conversation.ticket) if turn.conversation.ticket else None
    return ticket if ticket and takes_words(ticket) else None


def see(code: str) -> Button:
    """The button that shows a ticket: the next step in sight wherever something was added to it."""
    return Button(T("my_tickets.see"), Tap("my_tickets", "show", code))


def entry(turn: Turn, key: str, words: str = "", by_house: bool = False, **values: Any) -> StoryEntry:
    """A story entry of now: the reporter's words with the messages they came in, or a note of the house."""
    return StoryEntry(
        key,
        turn.now,
        "house" if by_house else "reporter",
        values=values,
        words=words,
        messages=turn.incoming.message_ids if words else (),
    )


def opened(
    turn: Turn,
    kind: Kind,
    type: str,
    office: str,
    summary: str,
    report: Draft,
    *,
    deadlines: Deadlines = ORDINARY,
    urgency: Urgency = "normal",
    place: Place = Place(),  # noqa: B008
    reporter: Reporter = Reporter(),  # noqa: B008
    media: tuple[str, ...] = (),
    notice: str = "ticket.new",
) -> Outcome:
    """Opens a ticket under this turn's code, tells staff, and lets what comes next belong to it."""
    clock = kind == "emergency"
    due = turn.knowledge.due
    ticket = Open(
        turn.code,
        kind,
        type,
        urgency,
        office,
        summary,
        report,
        place,
        reporter,
        media,
        acknowledge_by=due(turn.now, deadlines.acknowledge, clock),
        answer_by=due(turn.now, deadlines.answer, clock),
        resolve_by=due(turn.now, deadlines.resolve, clock),
        story=(StoryEntry("story.opened", turn.now, "reporter"),),
    )
    acts: tuple[Act, ...] = (ticket, Notice(notice, turn.code))
    return Outcome((), replace(turn.conversation, ticket=turn.code), acts)


def tell(turn: Turn, code: str, words: str, notice: str = "reporter.added") -> Outcome:
    """The reporter's own words, added to a ticket; one that waited for them goes on."""
    acts: tuple[Act, ...] = (Tell(code, entry(turn, "story.words", words)), *_answered(turn, code, notice))
    return Outcome((), replace(turn.conversation, ticket=code), acts)


def _answered(turn: Turn, code: str, notice: str = "reporter.added") -> tuple[Act, ...]:
    """Words and photos are an answer where the ticket waited for one."""
    ticket = find(turn, code)
    if ticket is None or not may("answer", ticket, "reporter"):
        return (Notice(notice, code),)
    return (Move(code, "in_progress"), *_goes_on(turn, ticket), Notice("reporter.answered", code))


def _goes_on(turn: Turn, ticket: Ticket) -> tuple[Change, ...]:
    """The deadlines that stood while the reporter was asked move by the working time waited."""
    if ticket.waiting_since is None:
        return ()
    return (Change(ticket.code, pauses.resumed(ticket, pauses.dues_of(ticket), turn.now, turn.knowledge.hours)),)


def attach(turn: Turn, code: str, message_ids: tuple[str, ...]) -> Outcome:
    """Photos, videos and files, added to a ticket."""
    note = entry(turn, "story.media", by_house=True, count=len(message_ids))
    acts: tuple[Act, ...] = (Attach(code, message_ids), Tell(code, note), *_answered(turn, code))
    return Outcome((), replace(turn.conversation, ticket=code), acts)


def placed(turn: Turn, ticket: Ticket, place: Place) -> Outcome:
    """A pin for an open ticket: where it is, and the office there where none could be named before."""
    code, where = ticket.code, finer(turn, ticket.place, place)
    office = "" if ticket.place.province else office_there(turn, ticket, where)
    note = entry(turn, "story.place", by_house=True, place=turn.knowledge.describe(place, "th"))
    acts: tuple[Act, ...] = (Learn(code, place=where, office=office), Tell(code, note))
    told = moved(code, office, ticket.office) if office else Notice("reporter.added", code)
    return Outcome((), replace(turn.conversation, ticket=code), (*acts, told))


def finer(turn: Turn, before: Place, now: Place) -> Place:
    """The place told now, with the words and the estate told before, unless the two cannot both be right."""
    if turn.knowledge.disagree(before, now):
        return now
    return replace(now, typed=now.typed or before.typed, estate=now.estate or before.estate)


def office_there(turn: Turn, ticket: Ticket, place: Place) -> str:
    """Another office than the one that holds it, or empty; questions stay with the desk that answers them."""
    office = ""
    if place.province and ticket.kind == "emergency":
        office = turn.knowledge.emergency_office(place)
    if place.province and ticket.kind == "complaint":
        office = turn.knowledge.office_for(ticket.type, place)
    return office if office != ticket.office else ""


def moved(code: str, office: str, before: str) -> Notice:
    """The office that has it from now on is told, and the one that had it."""
    return Notice("ticket.moved", code, {"office": office, "before": before})


def do(turn: Turn, ticket: Ticket, act: str, words: str = "") -> Outcome | None:
    """An act of the reporter on an own ticket, or None where the table does not allow it."""
    row = transition(act, ticket.status, "reporter")
    if row is None:
        return None
    note = entry(turn, f"story.{act}", words)
    acts: tuple[Act, ...] = (Move(ticket.code, row.to), Tell(ticket.code, note), Notice(f"reporter.{act}", ticket.code))
    return Outcome((), None, acts)
