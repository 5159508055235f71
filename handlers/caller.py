"""A report that somebody tells an officer, by phone, at the counter or in a letter: the same reading, the same ticket.

The officer types what is said; the knowledge fills the rest as it does for the chat, and the officer puts right what is
wrong. Nothing here asks twice for what the words tell already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from handlers import asking, tickets
from handlers.free_text import told, without_phone
from handlers.kinds import OTHER
from handlers.people import Member
from handlers.privacy import NOTICE, VERSION
from handlers.vocabulary import Act, Answer, Conversation, Kind, Notice, Open, Reporter, StoryEntry
from handlers.where import from_area, place_of
from knowledge.model import Deadlines, Place, Urgency

if TYPE_CHECKING:
    from knowledge.load import Knowledge

Source = Literal["phone", "walk_in", "letter"]
SOURCES: tuple[Source, ...] = get_args(Source)
QUESTION, ASK = "question", "ask:"  # what it may be, beside a type or a danger; `ask:` and the body that is asked
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)
SUMMARY = 80


@dataclass(frozen=True, slots=True)
class Call:
    """What was told, as the officer leaves it. `what` is a type, a danger, `other`, `question` or `ask:<body>`."""

    words: str
    source: Source = "phone"
    what: str = OTHER
    urgency: Urgency = "normal"
    place: Place = Place()  # noqa: RUF009
    factory: str = ""
    office: str = ""  # chosen by hand
    reporter: Reporter = Reporter()  # noqa: RUF009


def heard(knowledge: Knowledge, words: str, source: Source = "phone") -> Call:
    """One free text, read as the chat reads it."""
    found = told(knowledge, words)
    place = place_of(found.place) if found.place else Place()
    opened = found.place.get("open") if found.place else None
    if opened and opened.get("within"):
        place = from_area(knowledge, str(opened["within"]), str(opened.get("typed", ""))) or place
    danger = found.reading.danger
    what = danger.kind if danger.decision == "act" and danger.kind in knowledge.facts.dangers else ""
    what = what or _asked(knowledge, words, place, found.reading.intent) or found.type or next(iter(found.maybe), OTHER)
    reporter = Reporter(phone=found.phone or "")
    call = Call(without_phone(words, found), source, what, "normal", place, found.factory or "", "", reporter)
    return replace(call, urgency=_urgency(knowledge, call))


def _asked(knowledge: Knowledge, words: str, place: Place, intent: str) -> str:
    if intent != "ask":
        return ""
    route = knowledge.route(words, place)
    best = route.candidates[0].body if route.decision != "hand_over" and route.candidates else ""
    return f"{ASK}{best}" if best else QUESTION


def _urgency(knowledge: Knowledge, call: Call) -> Urgency:
    kind = knowledge.facts.types.get(call.what)
    return "emergency" if kind_of(knowledge, call) == "emergency" else kind.urgency if kind else "normal"


def asked_of(knowledge: Knowledge, words: str, place: Place) -> list[str]:
    """Bodies that may be asked, the best first."""
    return [one.body for one in knowledge.route(words, place).candidates if knowledge.body(one.body)][:4]


def known(knowledge: Knowledge, what: str) -> bool:
    facts = knowledge.facts
    if what.startswith(ASK):
        return knowledge.body(what.removeprefix(ASK)) is not None
    return what in (OTHER, QUESTION) or what in facts.types or what in facts.dangers


def kind_of(knowledge: Knowledge, call: Call) -> Kind:
    if call.what in knowledge.facts.dangers:
        return "emergency"
    if call.what.startswith(ASK):
        return "referral"
    return "question" if call.what == QUESTION else "complaint"


def office_of(knowledge: Knowledge, call: Call) -> str:
    """By hand, else whom the knowledge names."""
    if call.office and knowledge.body(call.office):
        return call.office
    if call.what.startswith(ASK):
        return call.what.removeprefix(ASK)
    if call.what == QUESTION:
        return asking.DESK
    kind = knowledge.facts.types.get(call.what)
    if kind is None or kind.outside_ministry:
        return knowledge.emergency_office(call.place)
    return knowledge.office_for(kind.id, call.place)


def deadlines_of(knowledge: Knowledge, call: Call) -> Deadlines:
    kind = knowledge.facts.types.get(call.what)
    if kind_of(knowledge, call) == "emergency":
        return tickets.EMERGENCY
    if kind_of(knowledge, call) in ("referral", "question"):
        return tickets.ASKED
    return kind.deadlines if kind else tickets.ORDINARY


def opened(knowledge: Knowledge, call: Call, code: str, member: Member, now: datetime) -> tuple[Act, ...]:
    kind, hours = kind_of(knowledge, call), deadlines_of(knowledge, call)
    clock = kind == "emergency"
    report = {"what": Answer(call.words), **({"factory": Answer(call.factory)} if call.factory else {})}
    ticket = Open(
        code,
        kind,
        call.what.removeprefix(ASK) if call.what != QUESTION else "",
        "emergency" if clock else call.urgency,
        office_of(knowledge, call),
        summary(knowledge, call),
        report,
        call.place,
        call.reporter,
        acknowledge_by=knowledge.due(now, hours.acknowledge, clock),
        answer_by=knowledge.due(now, hours.answer, clock),
        resolve_by=knowledge.due(now, hours.resolve, clock),
        story=(
            StoryEntry("story.opened", now, "reporter"),
            StoryEntry(f"story.filed_{call.source}", now, "staff", "staff", staff=member.id),
        ),
        source=call.source,
    )
    return (ticket, Notice("ticket.urgent" if clock else "ticket.new", code, {"by": member.id}))


def summary(knowledge: Knowledge, call: Call) -> str:
    """One line for the officer's list, in Thai."""
    facts, place = knowledge.facts, call.place
    named = facts.types.get(call.what) or facts.dangers.get(call.what)
    where = knowledge.describe(replace(place, typed=""), "th") if place.province else place.typed
    parts = (named.name.th if named else "", call.factory, where, " ".join(call.words.split())[:SUMMARY])
    return " · ".join(part for part in parts if part)


def conversation(lane: str, now: datetime) -> Conversation:
    """The caller's lane: that the notice on personal data was given, and when."""
    return Conversation(lane, notices={NOTICE: f"{VERSION} {now.isoformat()}"})
