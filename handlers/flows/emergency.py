"""An emergency: a ticket exists after the first message, and the first answer says how to stay alive and whom to
call.

Then one thing at a time, each skippable: where (a pin in one tap), whether the person can call, who is hurt and
what is seen. Every answer reaches the ticket at once, because nobody knows whether there will be another. Messages
of the same hour join the same ticket. A form that was open waits, and is offered again at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from handlers import first_words, privacy, same, tickets, walk
from handlers.draft import Flow, Heard, Problem, Question, Scene, put, value_of
from handlers.free_text import told, without_phone
from handlers.held import held, hold, media_of, release
from handlers.readers import Photos, YesNo
from handlers.said import said
from handlers.urgent import learned, story
from handlers.vocabulary import (
    Button,
    Card,
    Draft,
    Learn,
    Outcome,
    Reporter,
    Say,
    T,
    Tap,
    Turn,
)
from handlers.where import Where, place_of, send_pin, stored
from knowledge.model import Danger, Hotline, Place

NAME = "emergency"
SAME = timedelta(hours=1)  # messages of one hour are one emergency
LONG = timedelta(hours=6)  # after that nobody is in the middle of answering
TELLING = ("emergency.more", "emergency.can_call")  # what is asked there is answered by a story, dangers in it or not
CALLING = {"yes": "can_call", "no": "cannot_call"}  # what the words of said.yaml mean there
FOREIGN = frozenset({"my", "km", "lo", "zh", "ja", "vi"})


# --- the form -------------------------------------------------------------------------------------


class Spot(Where):
    """Where it happens. Who named a place already is asked for a pin, to be found exactly."""

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        if self.options(scene):
            return super().ask(scene)
        guess, code = value_of(scene.draft, "guess"), str(value_of(scene.draft, "code") or "")
        if guess:
            values = {"place": str(guess), "code": code}
            return (Say("emergency.place.exact", values, (send_pin(),), must_arrive=True),)
        return (Say("emergency.place.ask", {"code": code}, (send_pin(),), must_arrive=True),)


@dataclass(frozen=True)
class CanCall(YesNo):
    """Asked once: whoever cannot speak is told what to do. Other words ("nobody is hurt") are kept as the story."""

    def read(self, scene: Scene) -> Heard | Problem | None:
        heard = super().read(scene)
        if isinstance(heard, Problem) and scene.turn.incoming.kind == "text":
            kept = value_of(scene.draft, "more")
            more = {"ids": [], "done": False, **(kept if isinstance(kept, Mapping) else {}), "told": True}
            return Heard({scene.field: "unsure", **story(scene, scene.turn.incoming.text), "more": more})
        return heard


def numbers_to_call(scene: Scene) -> Mapping[str, Any]:
    """The two numbers that matter most for this kind of danger."""
    danger = scene.knowledge.facts.dangers.get(str(value_of(scene.draft, "kind") or ""))
    return {"numbers": T("emergency.either", _two(first_words.hotlines(scene.turn, danger)))}


def _two(calls: tuple[Hotline, ...]) -> dict[str, str]:
    return {"first": calls[0].number, "second": calls[1].number}


def done(turn: Turn, draft: Draft) -> Outcome:
    """Nothing more to ask: the number, the calls once more, and the form that waited."""
    code = str(value_of(draft, "code") or turn.conversation.ticket)
    buttons: tuple[Button, ...] = (Button(T("common.my_tickets"), Tap("my_tickets", "show", code)),)
    waiting = next((name for name in turn.conversation.drafts if name != NAME), "")
    if waiting:
        buttons = (Button(T("common.back_to_form"), Tap(waiting, walk.FORM, "resume")), *buttons)
    calls = first_words.numbers(
        first_words.hotlines(turn, turn.knowledge.facts.dangers.get(str(value_of(draft, "kind"))))
    )
    said_ = Say("emergency.done", {"code": code, "numbers": calls}, buttons, must_arrive=True)
    return privacy.before(turn, Outcome((said_,), replace(turn.conversation, ticket=code)))


FLOW = Flow(
    NAME,
    (
        Question("place", Spot(quick=True), optional=True),
        Question("same", same.Same(), applies=same.applies, optional=True, line=False),
        Question(
            "can_call",
            CanCall(unsure=True, values=numbers_to_call, words="emergency.can_call.is", meanings=CALLING),
            optional=True,
        ),
        Question("more", Photos(also=story), optional=True),
    ),
    done,
    learned,
    mild=False,
)


# --- the first message ----------------------------------------------------------------------------


def act(turn: Turn) -> Outcome:
    """Danger: a ticket at once, or one more message of the ticket of this hour."""
    danger = turn.knowledge.danger(turn.incoming.text)
    code = running(turn)
    return _join(turn, code, danger) if code else _open(turn, danger)


def start(turn: Turn, text: str = "") -> Outcome:
    """From the menu. A button may be a slip, so it shows the numbers and asks; words are taken at their word."""
    if running(turn) and turn.conversation.draft(NAME):
        return Outcome((first_words.say(turn, ""),)) + walk.resume(FLOW, turn)
    return act(turn) if text else ask_first(turn)


def _open(turn: Turn, danger: Danger, media: tuple[str, ...] = ()) -> Outcome:
    text = turn.incoming.text
    found = told(turn.knowledge, text) if text else None
    place = place_of(found.place) if found else Place()
    if turn.incoming.pin:
        place = turn.knowledge.at(turn.incoming.pin.lat, turn.incoming.pin.lon).place or place
    text = without_phone(text, found) if found else text
    draft = _first_draft(turn, danger, place, media, text)
    opened = tickets.opened(
        turn,
        "emergency",
        danger.kind or "unknown",
        turn.knowledge.emergency_office(place),
        _summary(turn, danger, place, text),
        {name: answer for name, answer in draft.items() if name not in ("code", "opened", "guess")},
        deadlines=tickets.EMERGENCY,
        urgency="emergency",
        place=place,
        reporter=Reporter(phone=(found.phone or "") if found else ""),
        media=media,
        notice="ticket.urgent",
    )
    foreign = found.reading.language if found and found.reading.language in FOREIGN else ""
    first = first_words.say(turn, danger.kind, foreign)
    conversation = opened.conversation or turn.conversation
    return Outcome((first,), acts=opened.acts) + walk.begin(FLOW, turn.with_conversation(conversation), draft)


def _first_draft(turn: Turn, danger: Danger, place: Place, media: tuple[str, ...], text: str) -> Draft:
    values: dict[str, Any] = {"code": turn.code, "opened": turn.now.isoformat(), "kind": danger.kind or None}
    values["first"] = text or None
    values["more"] = {"ids": list(media), "done": False} if media else None
    if place.lat is not None:
        values["place"] = {"place": stored(place)}
    elif place.province:
        values["guess"] = place.typed or turn.knowledge.describe(place, "th")
    return put({}, {name: value for name, value in values.items() if value is not None}, turn.incoming.message_ids)


def _summary(turn: Turn, danger: Danger, place: Place, text: str) -> str:
    """One line for the duty officer, in Thai."""
    kind = turn.knowledge.facts.dangers.get(danger.kind)
    where = turn.knowledge.describe(replace(place, typed=""), "th") if place.province else ""
    parts = (kind.name.th if kind else "", place.typed, where, text[:100])
    return " · ".join(part for part in parts if part)


def over(turn: Turn) -> bool:
    """Whether the form in hand is an emergency of hours ago: what comes now is read afresh."""
    opened = value_of(turn.conversation.draft(NAME), "opened")
    return not isinstance(opened, str) or turn.now - datetime.fromisoformat(opened) > LONG


# --- one more message of the same emergency -------------------------------------------------------


def running(turn: Turn) -> str:
    """The code of this person's emergency of the last hour, or empty."""
    draft = turn.conversation.draft(NAME)
    opened = value_of(draft, "opened")
    if isinstance(opened, str) and turn.now - datetime.fromisoformat(opened) < SAME:
        return str(value_of(draft, "code") or "")
    recent = (t for t in turn.tickets if t.kind == "emergency" and tickets.is_open(t) and turn.now - t.opened_at < SAME)
    return next((ticket.code for ticket in recent), "")


def _join(turn: Turn, code: str, danger: Danger) -> Outcome:
    """More of the same goes to the same ticket; a new kind of danger gets its own first words."""
    draft = turn.conversation.draft(NAME) or put({}, {"code": code, "opened": turn.now.isoformat()})
    known = turn.knowledge.facts.dangers.get(danger.kind)
    other = bool(known and known.first_words and danger.kind != value_of(draft, "kind"))
    asked = replace(turn.conversation, flow=NAME, ticket=code, drafts={**turn.conversation.drafts, NAME: draft})
    turn = turn.with_conversation(asked)
    heard = walk.hear(FLOW, turn) if turn.conversation.asked in TELLING and not other else None
    if isinstance(heard, Outcome):
        return heard  # it answers what was asked: who is hurt, what is seen
    says = (first_words.say(turn, danger.kind),) if other else (Say("emergency.joined", {"code": code}),)
    values = {**story(Scene(turn, NAME, "more", draft), turn.incoming.text), **({"kind": danger.kind} if other else {})}
    kind = (Learn(code, type=danger.kind),) if other else ()
    return Outcome(says, acts=kind) + walk.store(FLOW, turn, draft, values)


def in_group(turn: Turn) -> Outcome:
    """A danger told in a group: the numbers, and the way to the private chat, where a ticket can be opened."""
    kind = turn.knowledge.danger(turn.incoming.text).kind
    return Outcome((first_words.say(turn, kind), Say("emergency.in_group")))


# --- weak signs -----------------------------------------------------------------------------------


def ask_first(turn: Turn) -> Outcome:
    """Is somebody in danger now? The form stays where it is, and what came is held."""
    numbers = first_words.numbers(first_words.hotlines(turn))
    buttons = (
        Button(T("emergency.danger.yes"), Tap(NAME, "danger", "yes")),
        Button(T("emergency.danger.no"), Tap(NAME, "danger", "no")),
    )
    card = Card(T("emergency.danger.ask"), "danger", (numbers,), buttons=buttons)
    return Outcome((Say(card=card),), hold(turn, "emergency.danger"))


def tap(turn: Turn, what: Tap) -> Outcome | None:
    if what.field == "danger" and what.value == "yes":
        return from_held(turn)
    if what.field == walk.FORM and what.value == "start":
        return start(turn)
    return None


def text(turn: Turn) -> Outcome | None:
    """A false alarm is taken back by its words; staff are told, and see what was said before."""
    code = str(value_of(turn.conversation.draft(NAME), "code") or "")
    ticket = tickets.find(turn, code)
    if ticket is None or not said("false_alarm", turn.incoming.text):
        return None
    taken = tickets.do(turn, ticket, "withdraw", turn.incoming.text)
    if taken is None:
        return None
    numbers = first_words.numbers(first_words.hotlines(turn))
    says = (Say("emergency.false_alarm", {"code": code, "numbers": numbers}, walk.home()),)
    return Outcome(says, replace(walk.without(turn.conversation, NAME), ticket="")) + taken


def from_held(turn: Turn) -> Outcome:
    """Yes, danger: what was held is the first message of the emergency."""
    if not held(turn.conversation):
        return _open(turn, Danger("act"))
    media, freed = media_of(turn), release(turn)
    danger = turn.knowledge.danger(freed.incoming.text) if freed.incoming.text else Danger("act")
    code = running(freed)
    if code and freed.incoming.text:
        return _join(freed, code, danger)
    return _open(freed, danger, media)
