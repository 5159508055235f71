"""A complaint: what is wrong, where, may we call you.

People who write freely have often told half of it already, so a question is asked only if the draft lacks its
answer; what can be skipped is folded into one question (photos, factory, since when), and all of it can be changed
on the summary. The privacy notice comes once, with its version and time kept; only passing the name on is asked
for, and secret is the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handlers import board, late, privacy, same, tickets, walk
from handlers.draft import CONFIRM, SKIPPED, Flow, Heard, Problem, Question, Scene, put, skipped, value_of
from handlers.free_text import SHORT, Told, brought, told, without_phone
from handlers.kinds import TYPES, Elsewhere, estate_of, kind_of, of_others, office_of
from handlers.readers import Confirm, Phone, Photos, Words, YesNo
from handlers.said import said
from handlers.vocabulary import Answer, Button, Card, Draft, Line, Outcome, Reporter, Say, T, Tap, Text, Turn
from handlers.where import Where, place_of
from knowledge.model import Place

if TYPE_CHECKING:
    from knowledge.load import Knowledge

NAME = "complaint"
LONG = 160  # letters of a line on the summary card
SEALED = frozenset({"phone", "pass_name", "name", "photos", CONFIRM, "maybe", "outside"}) | same.FIELDS


# --- what one text fills --------------------------------------------------------------------------


def filled(knowledge: Knowledge, draft: Draft, text: str, found: Told | None = None) -> dict[str, Any]:
    """The fields that a text answers and the draft lacks."""
    found = found or told(knowledge, text)
    values = {
        "type": found.type,
        "maybe": list(found.maybe) if not found.type else None,
        "place": found.place,
        "factory": found.factory,
        "when": found.when,
        "phone": found.phone,
    }
    return {name: value for name, value in values.items() if value and name not in draft}


def from_story(scene: Scene, text: str) -> Mapping[str, Any]:
    found = told(scene.knowledge, text)
    values = filled(scene.knowledge, scene.draft, text, found)
    return {**values, "what": without_phone(text, found)} if found.phone else values


def from_details(scene: Scene, text: str) -> Mapping[str, Any]:
    """Words under the photos: the factory, the time, else one more word of the story."""
    heard = told(scene.knowledge, text)
    found, text = filled(scene.knowledge, scene.draft, text, heard), without_phone(text, heard)
    told_now = sum(len(str(found.get(name, ""))) for name in ("factory", "when", "phone"))
    if told_now * 2 > len(text):
        return found
    earlier = value_of(scene.draft, "note")
    return {**found, "note": f"{earlier}\n{text}" if earlier else text}


# --- the form -------------------------------------------------------------------------------------


class Story(Words):
    """What happens. Asked openly first; who has already chosen a type is asked for a little more."""

    def read(self, scene: Scene) -> Heard | Problem | None:
        if said("skip", scene.turn.incoming.text):
            return Problem("common.say_more")
        return super().read(scene)

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        if "type" in scene.draft:
            return (Say("complaint.what.more"),)
        return (Say("complaint.what.ask", buttons=(Button(T("complaint.what.list"), Tap(NAME, "type", walk.EDIT)),)),)


class Name(Words):
    """Asked only of those who let it be passed on; who will not say it after all stays secret."""

    def read(self, scene: Scene) -> Heard | Problem | None:
        if said("skip", scene.turn.incoming.text):
            return Heard({"pass_name": "no"})
        return super().read(scene)


class Contact(Phone):
    def read(self, scene: Scene) -> Heard | Problem | None:
        if scene.turn.incoming.kind == "text" and said("line", scene.turn.incoming.text):
            return Heard({scene.field: SKIPPED})
        return super().read(scene)


def needs_place(draft: Draft, knowledge: Knowledge) -> bool:
    kind = kind_of(draft, knowledge)
    return kind is None or kind.ask_place != "no"


def depth(scene: Scene) -> str:
    kind = kind_of(scene.draft, scene.knowledge)
    return "" if kind and kind.ask_place == "may" else "district"


def near_an_estate(draft: Draft, knowledge: Knowledge) -> bool:
    kind, place = kind_of(draft, knowledge), place_of(value_of(draft, "place"))
    return bool(kind and kind.ask_estate and not place.estate and place.province and estate_of(draft, knowledge))


def estate_values(scene: Scene) -> Mapping[str, Any]:
    estate = estate_of(scene.draft, scene.knowledge)
    return {"estate": scene.knowledge.facts.estates.get(estate, estate)}


def where(draft: Draft, knowledge: Knowledge) -> Place:
    """The place as the ticket keeps it, with the estate that was said yes to."""
    place = place_of(value_of(draft, "place"))
    inside = value_of(draft, "estate") == "yes" and not place.estate
    return replace(place, estate=estate_of(draft, knowledge)) if inside else place


def passes_name(draft: Draft, knowledge: Knowledge) -> bool:
    return bool(value_of(draft, "pass_name") == "yes")


def about_a_factory(draft: Draft, knowledge: Knowledge) -> bool:
    kind = kind_of(draft, knowledge)
    return kind is None or kind.ask_factory


def is_new(draft: Draft, knowledge: Knowledge) -> bool:
    """Who joins what others reported is asked no more: one tap, and the number is there."""
    return not same.joined(draft)


def summary(scene: Scene, mark: str) -> Say:
    """The draft itself, a change button on each line."""
    lines = tuple(
        Line(T(f"complaint.{q.field}.label"), _short(_line(q, scene)), Tap(NAME, q.field, walk.EDIT))
        for q in FLOW.questions
        if q.line and _shown(q, scene)
    )
    send = Button(T("complaint.confirm.send"), Tap(NAME, CONFIRM, mark))
    return Say(card=Card(T("complaint.confirm.ask"), lines=lines, buttons=(send,)))


def _shown(question: Question, scene: Scene) -> bool:
    if question.field in ("note", "name"):
        return question.answered(scene.draft, scene.knowledge)
    return question.applies(scene.draft, scene.knowledge)


def _line(question: Question, scene: Scene) -> Text:
    told_ = question.field in scene.draft and not skipped(scene.draft[question.field])
    if question.field in ("phone", "pass_name") and not told_:
        return T(f"complaint.{question.field}.none")
    return question.show(scene.draft, scene.knowledge)


def _short(text: Text) -> Text:
    return f"{text[:LONG]}…" if isinstance(text, str) and len(text) > LONG else text


# --- the end --------------------------------------------------------------------------------------


def done(turn: Turn, draft: Draft) -> Outcome:
    """A ticket: the report goes one way, the sealed reporter another."""
    knowledge, kind = turn.knowledge, kind_of(draft, turn.knowledge)
    office = office_of(draft, knowledge)
    media = value_of(draft, "photos")
    opened = tickets.opened(
        turn,
        "complaint",
        kind.id if kind else "other",
        office,
        _summary_words(draft, knowledge),
        {name: answer for name, answer in draft.items() if name not in SEALED},
        deadlines=kind.deadlines if kind else tickets.ORDINARY,
        urgency=kind.urgency if kind else "normal",
        place=where(draft, knowledge),
        reporter=Reporter(
            phone=value_of(draft, "phone") or "",
            name=(value_of(draft, "name") or "") if passes_name(draft, knowledge) else "",
            may_pass_name=passes_name(draft, knowledge),
        ),
        media=tuple(media["ids"]) if isinstance(media, Mapping) else (),
    )
    if same.joined(draft):
        joined = Say("same.joined", {"code": turn.code}, (tickets.see(turn.code),), must_arrive=True)
        return Outcome((joined,)) + opened + Outcome(acts=same.gathered(turn.code, draft))
    noted, posted, _ = board.posted(turn, "complaint", where(draft, knowledge), kind.id if kind else "")
    return Outcome((_receipt(turn, office, opened), *posted), noted.conversation if posted else None) + opened


def _receipt(turn: Turn, office: str, opened: Outcome) -> Say:
    ticket = next(act for act in opened.acts if hasattr(act, "answer_by"))
    body = turn.knowledge.body(office)
    lines = (
        Line(T("complaint.done.office"), body.name if body else office),
        Line(T("complaint.done.next"), T("complaint.done.answer", {"by": ticket.answer_by})),
    )
    title = T("complaint.done.title", {"code": turn.code})
    more = (T("complaint.done.news"), T("complaint.done.more"))
    return Say(
        card=Card(title, "good", more, lines, (tickets.see(turn.code),)), buttons=(late.READY,), must_arrive=True
    )


def _summary_words(draft: Draft, knowledge: Knowledge) -> str:
    """One line for the officer's list, in Thai."""
    kind, place = kind_of(draft, knowledge), place_of(value_of(draft, "place"))
    where = knowledge.describe(replace(place, typed=""), "th") if place.province else place.typed
    parts = (kind.name.th if kind else "", value_of(draft, "factory"), where, str(value_of(draft, "what") or "")[:80])
    return " · ".join(str(part) for part in parts if part)


def spare(turn: Turn, draft: Draft) -> Mapping[str, Any]:
    """Place, factory, time or phone, told while something else was asked."""
    found = filled(turn.knowledge, draft, turn.incoming.text)
    return {name: value for name, value in found.items() if name not in ("type", "maybe")}


FLOW = Flow(
    NAME,
    (
        Question("what", Story(at_least=4, also=from_story)),
        Question("type", TYPES),
        Question("outside", Elsewhere(), applies=of_others, line=False),
        Question("place", Where(depth), applies=needs_place),
        Question("estate", YesNo(unsure=True, values=estate_values), applies=near_an_estate),
        Question("same", same.Same(), applies=same.applies, line=False),
        Question("factory", Words(), applies=about_a_factory, optional=True, aside=True),
        Question("when", Words(), optional=True, aside=True),
        Question("photos", Photos(also=from_details), applies=is_new, optional=True),
        Question("note", Words(), optional=True, aside=True),
        Question("phone", Contact(), applies=is_new, optional=True),
        Question("pass_name", YesNo(words="complaint.pass_name.is"), optional=True, aside=True),
        Question("name", Name(), applies=passes_name),
        Question(CONFIRM, Confirm(summary, note="note"), applies=is_new, line=False),
    ),
    done,
    spare=spare,
)


# --- doors ----------------------------------------------------------------------------------------


def start(turn: Turn, text: str = "") -> Outcome:
    """Begins, with the words, place or photos that led here; a form that is still open is offered first."""
    from handlers import crossroads

    carried, conversation = brought(turn.conversation)
    if conversation.draft(NAME) and not carried:
        return crossroads.ask_same_or_new(turn, "") if text else crossroads.ask_resume(turn)
    turn, notice = privacy.noticed(turn.with_conversation(conversation))
    draft: Draft = {name: Answer(value) for name, value in carried.items() if value}
    if text:
        found = told(turn.knowledge, text)
        values = filled(turn.knowledge, draft, text, found)
        story = without_phone(text, found)
        told_enough = len(story.strip()) >= SHORT and not said("bare_complaint", text)
        draft = put(draft, {**values, **({"what": story} if told_enough else {})}, turn.incoming.message_ids)
    place, kind = place_of(value_of(draft, "place")), kind_of(draft, turn.knowledge)
    turn, posted, stop = board.posted(turn, "complaint", place, kind.id if kind else "")
    if stop:
        return Outcome(posted, turn.conversation)
    return walk.begin(FLOW, turn, draft, (*notice, *posted))


def tap(turn: Turn, what: Tap) -> Outcome | None:
    if what.field != walk.FORM:
        return None
    if what.value == "start":
        return start(turn)
    return None


def add(turn: Turn) -> Outcome | None:
    """One more word for the form that is open."""
    draft = turn.conversation.draft(NAME)
    if not draft:
        return None
    found = told(turn.knowledge, turn.incoming.text)
    earlier, text = value_of(draft, "note"), without_phone(turn.incoming.text, found)
    values = {**spare(turn, draft), "note": f"{earlier}\n{text}" if earlier else text}
    after = put(draft, values, turn.incoming.message_ids)
    return walk.go_on(FLOW, turn, after, (Say("common.added"),))
