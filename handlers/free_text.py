"""Free words: what one text tells a form, where it goes when no form asked for it, and the texts of printed codes.

People tell half of it at once ("a plastics factory near Bang Pu smokes every night": type, place, factory, time),
so one text fills as many answers as it can, and only the rest is asked. The text of a printed code is plain words,
because people see it before they send it; it is read back by the words before its colons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from handlers import crossroads, registry, tickets
from handlers.readers import phone_in
from handlers.said import LINK, said, starts, wording, words, written
from handlers.vocabulary import Button, Conversation, Learn, Notice, Outcome, Reporter, Say, T, Tap, Ticket, Turn
from handlers.where import place_of, says_little_else, stored
from knowledge.model import Lang, Place, PlaceReading, Reading, Scored

if TYPE_CHECKING:
    from knowledge.load import Knowledge

SURE_TYPE = 0.6  # below this the type is asked, with the likely ones first,
LIKELY, CLEAR = 0.35, 0.2  # unless one is likely and no other is near
SURE_FACTORY = 0.9  # how alike a name and one of the register must be to be taken for it
STILL_THE_SAME = timedelta(hours=24)  # words after the number belong to the ticket for a day
COMMANDS = ("skip", "back", "keep", "send", "edit", "enough", "cancel")  # mean something only in a form
SHORT = 12  # fewer letters tell nothing of what happens
ELSEWHERE = frozenset({"ask", "status", "person", "help", "thanks", "greeting", "rude", "nonsense"})


@dataclass(frozen=True, slots=True)
class Told:
    """What one text tells: values as the readers store them; None where nothing was told."""

    reading: Reading
    type: str | None = None
    maybe: tuple[str, ...] = ()
    place: Mapping[str, Any] | None = None
    factory: str | None = None
    when: str | None = None
    phone: str | None = None


@lru_cache(maxsize=8)
def read(knowledge: Knowledge, text: str) -> Reading:
    """What a text tells; remembered for the length of a turn, because several doors ask for it."""
    return knowledge.read(text)


def told(knowledge: Knowledge, text: str) -> Told:
    reading = read(knowledge, text)
    slots: dict[str, list[str]] = {}
    for slot in reading.slots:
        slots.setdefault(slot.name, []).append(slot.value)
    known = tuple(scored for scored in reading.types if scored.id in knowledge.facts.types)
    return Told(
        reading,
        type=known[0].id if known and _sure(known) else None,
        maybe=tuple(scored.id for scored in known[:4]),
        place=place_told(text, reading.places) or _at_the_factory(reading),
        factory=factory_told(reading) or next(iter(slots.get("factory", ())), None),
        when=" ".join(dict.fromkeys((*slots.get("when", ()), *slots.get("frequency", ())))) or None,
        phone=phone_in(slots["phone"][0]) if slots.get("phone") else None,
    )


def factory_told(reading: Reading) -> str | None:
    """The name as the register has it where it is surely that one, else as it was told."""
    told_ = reading.factory
    if told_ is None:
        return None
    return told_.factory.name if told_.factory and told_.likeness >= SURE_FACTORY else told_.name


def _at_the_factory(reading: Reading) -> Mapping[str, Any] | None:
    """No place was told, but a factory of the register: it stands on the summary, where it can be changed."""
    told_ = reading.factory
    if told_ is None or told_.factory is None or told_.likeness < SURE_FACTORY:
        return None
    here = replace(told_.factory.place, typed=told_.name)
    return {"place": stored(here)} if here.district else {"open": {"within": here.province, "typed": told_.name}}


def _sure(types: tuple[Scored, ...]) -> bool:
    """Sure enough not to ask: it stands on the summary, where it can be changed."""
    first, second = types[0].confidence, types[1].confidence if len(types) > 1 else 0.0
    return first >= SURE_TYPE or (first >= LIKELY and first - second >= CLEAR)


def without_phone(text: str, found: Told) -> str:
    """The reporter's number leaves the report: it is kept sealed, apart from what was reported."""
    for slot in sorted(found.reading.slots, key=lambda slot: -slot.span.start):
        if slot.name == "phone":
            text = text[: slot.span.start] + "…" + text[slot.span.end :]
    return text


def place_told(text: str, places: tuple[PlaceReading, ...]) -> Mapping[str, Any] | None:
    """The finest place of a text, as an answer to "where": settled, or open for one finer question."""
    if not places:
        return None
    best = max(places, key=lambda reading: (_fineness(reading.place), reading.confidence))
    words_ = text[best.span.start : best.span.end] if best.span else text[:60]
    if len(best.choices) > 1:
        several = [stored(replace(choice, typed=words_)) for choice in best.choices[:9]]
        return {"open": {"among": several, "why": "several"}}
    place = replace(best.place, typed=words_)
    if place.district or place.estate or place.lat is not None:
        return {"place": stored(place)}
    return {"open": {"within": place.province, "typed": words_}} if place.province else None


def _fineness(place: Place) -> int:
    return sum(map(bool, (place.province, place.district, place.subdistrict, place.estate)))


# --- where a text goes when no form asked for it --------------------------------------------------


def receive(turn: Turn) -> Outcome:
    """A text out of the blue, or one that the open form could not read."""
    text = turn.incoming.text
    printed = read_qr(text)
    if printed is not None:
        return _from_code(turn, printed)
    if said("bare_complaint", text):
        return registry.start("complaint", turn)
    if said("noted", text):
        return registry.menu("thanks", turn)
    if any(said(command, text) for command in COMMANDS):
        return _nothing_open(turn)
    reading = read(turn.knowledge, text)
    ticket = tickets.in_hand(turn)
    if _only_a_phone(reading, text):
        return _phone(turn, ticket, reading)
    if ticket and (_tells_where(turn, ticket, reading) or _belongs(turn, ticket, reading)):
        return _added(turn, ticket)
    if ticket and reading.intent == "complain" and _fresh(turn, ticket):
        return crossroads.ask_same_or_new(turn, ticket.code)
    return by_intent(turn, reading)


def _nothing_open(turn: Turn) -> Outcome:
    """A word that means something only in a form: it was sent already, or there is none."""
    ticket = tickets.in_hand(turn)
    if ticket is None:
        return registry.menu("nothing_to_cancel", turn)
    return Outcome((Say("common.sent_already", {"code": ticket.code}, (tickets.see(ticket.code),)),))


def _only_a_phone(reading: Reading, text: str) -> bool:
    return any(slot.name == "phone" and len(slot.value) >= len(text.strip()) - 2 for slot in reading.slots)


def _phone(turn: Turn, ticket: Ticket | None, reading: Reading) -> Outcome:
    """A number and no word: for the ticket in hand, else what the call shall be about is asked."""
    if ticket is None:
        return registry.start("person", turn, turn.incoming.text)
    phone = phone_in(turn.incoming.text)
    acts = (Learn(ticket.code, reporter=Reporter(phone=phone)), Notice("reporter.added", ticket.code)) if phone else ()
    return Outcome((Say("common.phone_to_ticket", {"code": ticket.code}, (tickets.see(ticket.code),)),), acts=acts)


def by_intent(turn: Turn, reading: Reading) -> Outcome:
    text = turn.incoming.text
    if reading.language not in ("", "th", "en"):
        return registry.hand_over(turn)
    if not wording(text):
        return registry.menu("link_only" if LINK.search(text) else "sticker", turn)
    if reading.intent == "complain":
        return registry.start("complaint", turn, text)
    if reading.intent in ("status", "person"):
        return registry.start({"status": "my_tickets", "person": "person"}[reading.intent], turn, text)
    if reading.intent in ("help", "thanks", "greeting", "rude", "nonsense"):
        return registry.menu(reading.intent, turn)
    return registry.start("guidance", turn, text)


def _tells_where(turn: Turn, ticket: Ticket, reading: Reading) -> bool:
    """Whether words out of the blue are the place that the ticket in hand lacks, and little else."""
    lacks = not ticket.place.province and ticket.kind in ("complaint", "emergency") and _fresh(turn, ticket)
    return lacks and any(says_little_else(turn.incoming.text, place) for place in reading.places)


def _belongs(turn: Turn, ticket: Ticket, reading: Reading) -> bool:
    """Whether words out of the blue are one more word to the ticket in hand."""
    if reading.intent in ELSEWHERE - {"ask", "nonsense"} or any(
        word in turn.incoming.text for word in words()["another"]
    ):
        return False
    if ticket.status == "waiting_for_reporter":
        return True
    if not _fresh(turn, ticket) or reading.intent in ("ask", "nonsense"):
        return False
    first = reading.types[0] if reading.types else None
    return not (reading.intent == "complain" and first and first.id != ticket.type and first.confidence >= SURE_TYPE)


def _fresh(turn: Turn, ticket: Ticket) -> bool:
    return turn.now - ticket.opened_at < STILL_THE_SAME


def _added(turn: Turn, ticket: Ticket) -> Outcome:
    other = (Button(T("common.other_matter"), Tap("talk", "other", ticket.code)), tickets.see(ticket.code))
    return Outcome((Say("common.added_to_ticket", {"code": ticket.code}, other),)) + noted(turn, ticket)


def remembered(
    conversation: Conversation, text: str, messages: tuple[str, ...], media: tuple[str, ...] = ()
) -> Conversation:
    """What was taken for one more word to a ticket, so that the person can say that it is another matter."""
    last = {"text": text, "messages": list(messages), "media": list(media)}
    return replace(conversation, extra={**conversation.extra, "last_words": last})


def noted(turn: Turn, ticket: Ticket) -> Outcome:
    """Words become part of a ticket; a number in them is sealed, a place that it lacks is learned."""
    text = turn.incoming.text
    turn = turn.with_conversation(remembered(turn.conversation, text, turn.incoming.message_ids))
    found = told(turn.knowledge, text)
    sealed = (Learn(ticket.code, reporter=Reporter(phone=found.phone)),) if found.phone else ()
    told_ = tickets.tell(turn, ticket.code, without_phone(text, found)) + Outcome(acts=sealed)
    where = (
        place_of(found.place) if not ticket.place.province and ticket.kind in ("complaint", "emergency") else Place()
    )
    return told_ + (tickets.placed(turn, ticket, where) if where.province else Outcome())


# --- printed codes --------------------------------------------------------------------------------


def qr_text(lang: Lang = "th", place: str = "", factory: str = "", body: str = "") -> str:
    """What a printed code writes into the input line. With a body it begins a question, else a complaint."""
    english = 1 if lang == "en" else 0
    start = written("qr_start")[english + (2 if body else 0)]
    parts = {"qr_factory": factory, "qr_place": place, "qr_body": body}
    lines = [f"{written(name)[-1 if english else 0]}: {value}" for name, value in parts.items() if value]
    return "\n".join((start, *lines))


def read_qr(text: str) -> dict[str, str] | None:
    """The parts of such a text by place, factory, body; `more` is what the person wrote after them."""
    head, *lines = text.strip().splitlines() or [""]
    if starts("qr_start", head) != "" or not lines:
        return None
    found: dict[str, str] = {}
    for line in lines:
        word, colon, value = line.partition(":")
        name = next((n for n in ("place", "factory", "body") if colon and said(f"qr_{n}", word)), "more")
        found[name] = f"{found[name]}\n{line}" if name in found else (value.strip() if name != "more" else line)
    return found if set(found) - {"more"} else None


def _from_code(turn: Turn, printed: Mapping[str, str]) -> Outcome:
    if "body" in printed:
        return registry.start("guidance", turn, " ".join(printed[n] for n in ("body", "more") if n in printed))
    brought: dict[str, Any] = {"factory": printed["factory"]} if "factory" in printed else {}
    reading = turn.knowledge.read_place(printed["place"]) if "place" in printed else None
    if reading:
        brought["place"] = place_told(printed["place"], (replace(reading, span=None),))
    return registry.start(
        "complaint", turn.with_conversation(bring(turn.conversation, brought)), printed.get("more", "")
    )


# --- what comes with a complaint that is only beginning -------------------------------------------


def bring(conversation: Conversation, answers: Mapping[str, Any]) -> Conversation:
    """Answers that a complaint shall begin with: of a printed code, of a photo or pin that came before any word."""
    return replace(conversation, extra={**conversation.extra, "brought": dict(answers)})


def brought(conversation: Conversation) -> tuple[Mapping[str, Any], Conversation]:
    """What was brought, and the conversation without it."""
    kept = conversation.extra.get("brought")
    extra = {name: value for name, value in conversation.extra.items() if name != "brought"}
    return (kept if isinstance(kept, Mapping) else {}), replace(conversation, extra=extra)
