"""Walking a form: ask, read, change, go back, cancel, come back days later. Pure, and the same for every flow.

What was asked last is remembered, so typed words answer what the person saw; a button carries flow, field and
value, so an old tap edits its own question. After the draft is gone a tap gets a kind word instead of a form out of
nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from handlers.draft import (
    CONFIRM,
    SKIPPED,
    Flow,
    Heard,
    Problem,
    Question,
    Scene,
    Steps,
    applies,
    before,
    next_question,
    put,
    value_of,
)
from handlers.readers import Choice, YesNo
from handlers.said import said
from handlers.vocabulary import Button, Conversation, Draft, Outcome, Say, T, Tap, Turn

FORM = "~"  # the field of buttons that mean the whole form
EDIT, KEEP, SKIP = "~edit", "~keep", "~skip"


def begin(flow: Flow, turn: Turn, draft: Draft, says: tuple[Say, ...] = ()) -> Outcome:
    """Starts with what is known already."""
    return go_on(flow, turn, put(draft, {}), says)


def resume(flow: Flow, turn: Turn) -> Outcome:
    return go_on(flow, turn, turn.conversation.draft(flow.name))


def go_on(flow: Flow, turn: Turn, draft: Draft, says: tuple[Say, ...] = ()) -> Outcome:
    """The next question, or the end of the form."""
    draft = _with_near(flow, turn, draft)
    question = next_question(flow, draft, turn.knowledge)
    if question is not None:
        return ask(flow, turn, draft, question, says)
    after = without(turn.conversation, flow.name)
    return Outcome(says, after) + flow.done(turn.with_conversation(after), draft)


def _with_near(flow: Flow, turn: Turn, draft: Draft) -> Draft:
    """The place was just told, and somebody looked what is known there: the form may ask about it."""
    if turn.near is None or flow.question("same") is None:
        return draft
    told = [asdict(one) for one in turn.near]
    if not told and "near" not in draft:
        return draft
    return put(draft, {"near": told or None, "same": None})


def ask(flow: Flow, turn: Turn, draft: Draft, question: Question, says: tuple[Say, ...] = ()) -> Outcome:
    """Asks one question and remembers that it was the last thing seen."""
    scene = Scene(turn, flow.name, question.field, draft, question.optional)
    bubbles = question.reader.ask(scene)
    ways = _ways(flow, question, draft, turn)
    last = replace(bubbles[-1], buttons=(*bubbles[-1].buttons, *ways)[:13])
    return Outcome((*says, *bubbles[:-1], last), keep(turn.conversation, flow.name, draft, question.field))


def _ways(flow: Flow, question: Question, draft: Draft, turn: Turn) -> tuple[Button, ...]:
    """The quick replies that every question has: skip, keep, back, cancel."""
    found: list[Button] = []
    if question.field == CONFIRM:
        return (Button(T("common.cancel"), Tap(flow.name, FORM, "cancel")),) if flow.mild else ()
    if question.answered(draft, turn.knowledge):
        found.append(Button(T("common.keep"), Tap(flow.name, question.field, KEEP)))
    elif question.optional and value_of(draft, question.field) is None:
        found.append(Button(T("common.skip"), Tap(flow.name, question.field, SKIP)))
    if flow.mild and before(flow, draft, turn.knowledge, question.field):
        found.append(Button(T("common.back"), Tap(flow.name, FORM, "back")))
    if flow.mild:
        found.append(Button(T("common.cancel"), Tap(flow.name, FORM, "cancel")))
    return tuple(found)


# --- what the person answers ----------------------------------------------------------------------


def hear(flow: Flow, turn: Turn) -> Outcome | Problem | None:
    """Reads words, a pin or media as the answer to what was asked. None: no question of this form can take it."""
    draft, question = turn.conversation.draft(flow.name), current(flow, turn)
    if question is None:
        return None
    if turn.incoming.kind == "text":
        command = _command(flow, turn, draft, question)
        if command is not None:
            return command
    for candidate in _takers(flow, turn, question):
        heard = candidate.reader.read(_scene(flow, turn, draft, candidate))
        if isinstance(heard, Heard) and candidate is not question and not heard.quiet:
            heard = replace(heard, says=(*heard.says, _kept(flow, turn)))
        if heard is not None:
            return _heard(flow, turn, draft, candidate, heard)
    return None


def _kept(flow: Flow, turn: Turn) -> Say:
    """It answered another question than was asked, so it is said that it came. Voices cannot be read by us."""
    if any(media.kind == "audio" for media in turn.incoming.media):
        return Say("common.voice_kept" if flow.mild else "emergency.voice_kept")
    return Say("common.kept" if flow.mild else "emergency.kept")


def _takers(flow: Flow, turn: Turn, asked: Question) -> tuple[Question, ...]:
    """Words answer the question that was asked; a pin or a photo finds its own question, whatever was asked."""
    if turn.incoming.kind == "text":
        return (asked,)
    draft = turn.conversation.draft(flow.name)
    others = (q for q in flow.questions if q is not asked and applies(q, draft, turn.knowledge))
    return (asked, *others)


def _command(flow: Flow, turn: Turn, draft: Draft, question: Question) -> Outcome | None:
    text = turn.incoming.text
    if said("back", text):
        return back(flow, turn)
    if said("cancel", text) and flow.mild:
        return cancel(flow, turn)
    if said("keep", text) and question.answered(draft, turn.knowledge):
        return go_on(flow, turn, draft)
    # "don't know" is an answer where it can be chosen, and means skipping elsewhere
    if question.optional and said("skip", text) and not isinstance(question.reader, YesNo | Choice):
        return store(flow, turn, draft, {question.field: skip_of(draft, question)})
    return _change_by_words(flow, turn, draft, text)


def _change_by_words(flow: Flow, turn: Turn, draft: Draft, text: str) -> Outcome | None:
    """Change the place, typed, at any question: for people who see no buttons."""
    from handlers.said import starts, words

    rest = starts("edit", text)
    if rest is None:
        return None
    named = next((q for q in flow.questions if f"field_{q.field}" in words() and said(f"field_{q.field}", rest)), None)
    return ask(flow, turn, put(draft, {}), named) if named else None


def _heard(flow: Flow, turn: Turn, draft: Draft, question: Question, heard: Heard | Problem) -> Outcome | Problem:
    if isinstance(heard, Heard):
        return store(flow, turn, draft, heard.values, heard)
    if heard.store is None:
        return heard
    remembered = put(draft, {question.field: heard.store}, turn.incoming.message_ids)
    if (
        heard.key
    ):  # an unclear answer: what is known of the attempt is kept, and the dispatch may still read it otherwise
        return replace(heard, store=remembered)
    return ask(flow, turn, remembered, question) + Outcome(acts=heard.acts)


def spare(flow: Flow, turn: Turn) -> Outcome | None:
    """Words that were no answer to this question may answer another one: they are kept, and this one is asked again."""
    draft = turn.conversation.draft(flow.name)
    values = flow.spare(turn, draft) if flow.spare else {}
    return store(flow, turn, draft, values, Heard(values, (_kept(flow, turn),))) if values else None


def again(flow: Flow, turn: Turn, problem: Problem) -> Outcome:
    """The answer was unclear to us: said kindly, and the question stays."""
    draft = problem.store if isinstance(problem.store, Mapping) else turn.conversation.draft(flow.name)
    question = current(flow, turn)
    says = (Say(problem.key, problem.values),) if problem.key else ()
    asked = ask(flow, turn, draft, question, says) if question else go_on(flow, turn, draft, says)
    if problem.alone and len(asked.says) == 2 and asked.says[1].card is None:
        asked = replace(asked, says=(replace(asked.says[0], buttons=asked.says[1].buttons),))
    return asked + Outcome(acts=problem.acts)


def store(
    flow: Flow, turn: Turn, draft: Draft, values: Mapping[str, Any], heard: Heard | None = None, tapped: bool = False
) -> Outcome:
    """Keeps answers and goes on; a flow with an open ticket is told what it learned."""
    messages = () if tapped else turn.incoming.message_ids
    after = put(draft, values, messages)
    learned = flow.learned(turn, draft, after) if flow.learned else Outcome()
    turn = turn.with_conversation(learned.conversation) if learned.conversation else turn
    acts, says = learned.acts + (heard.acts if heard else ()), (heard.says if heard else ())
    if heard and heard.quiet:
        return Outcome((), keep(turn.conversation, flow.name, after, asked_field(turn)), acts)
    return Outcome(learned.says, acts=acts) + go_on(flow, turn, after, says)


def tap(flow: Flow, turn: Turn, what: Tap) -> Outcome | None:
    """A button of this form, new or old. None: it is no button of a form that is known today."""
    if what.field == FORM:
        return _form_tap(flow, turn, what.value)
    if flow.name not in turn.conversation.drafts:
        return gone(turn)
    draft, question = turn.conversation.draft(flow.name), flow.question(what.field)
    if question is None:  # a question that a deploy took away
        return go_on(flow, turn, draft)
    if what.value == EDIT:
        return ask(flow, turn, put(draft, {}), question)
    if what.value == KEEP:
        return go_on(flow, turn, draft)
    if what.value == SKIP:
        values = {what.field: skip_of(draft, question)} if question.optional else {}
        return store(flow, turn, draft, values, tapped=True)
    heard = question.reader.read(_scene(flow, turn, draft, question))
    if isinstance(heard, Heard):
        return store(flow, turn, draft, heard.values, heard, tapped=True)
    if heard is not None and heard.store is not None and not heard.key:
        return ask(flow, turn, put(draft, {question.field: heard.store}), question)
    says = (Say(heard.key, heard.values),) if heard and heard.key else ()
    return go_on(flow, turn, draft, says) if question.field == CONFIRM else ask(flow, turn, draft, question, says)


def _form_tap(flow: Flow, turn: Turn, act: str) -> Outcome | None:
    if flow.name not in turn.conversation.drafts:
        return gone(turn)
    found = {"back": back, "cancel": cancel, "resume": resume, "drop": drop}.get(act)
    return found(flow, turn) if found else None


def gone(turn: Turn) -> Outcome:
    """A button of a form that is over or was dropped."""
    if turn.conversation.ticket:
        return Outcome((Say("common.sent_already", {"code": turn.conversation.ticket}, home()),))
    return Outcome((Say("common.draft_gone", buttons=home()),))


def skip_of(draft: Draft, question: Question) -> Any:
    """What skipping stores: a mark; photos that came already are not lost by it."""
    value = value_of(draft, question.field)
    return {**value, "done": True} if isinstance(value, Mapping) and "done" in value else SKIPPED


def back(flow: Flow, turn: Turn) -> Outcome:
    """One step up inside a question that goes by steps, else the question before; its answer stays until a new one."""
    draft, asked = turn.conversation.draft(flow.name), flow.question(asked_field(turn))
    if asked and isinstance(asked.reader, Steps) and (up := asked.reader.up(_scene(flow, turn, draft, asked))):
        return ask(flow, turn, put(draft, {asked.field: up}), asked)
    earlier = before(flow, draft, turn.knowledge, asked_field(turn))
    return ask(flow, turn, put(draft, {}), earlier) if earlier else go_on(flow, turn, draft)


def cancel(flow: Flow, turn: Turn) -> Outcome:
    """Dropping is asked about once, because a slip of the thumb must not cost five answers."""
    if len(turn.conversation.draft(flow.name)) < 3:
        return drop(flow, turn)
    yes = Button(T("common.drop"), Tap(flow.name, FORM, "drop"))
    no = Button(T("common.go_on"), Tap(flow.name, FORM, "resume"))
    draft = turn.conversation.draft(flow.name)
    return Outcome((Say("common.cancel_ask", buttons=(yes, no)),), keep(turn.conversation, flow.name, draft, "~cancel"))


def drop(flow: Flow, turn: Turn) -> Outcome:
    return Outcome((Say("common.dropped", buttons=home()),), without(turn.conversation, flow.name))


# --- what is remembered ---------------------------------------------------------------------------


def current(flow: Flow, turn: Turn) -> Question | None:
    """The question that the person saw last, if it still exists and applies; else the next one."""
    draft = turn.conversation.draft(flow.name)
    seen = flow.question(asked_field(turn)) if turn.conversation.asked.startswith(f"{flow.name}.") else None
    if seen and applies(seen, draft, turn.knowledge):
        return seen
    return next_question(flow, draft, turn.knowledge)


def asked_field(turn: Turn) -> str:
    return turn.conversation.asked.partition(".")[2]


def _scene(flow: Flow, turn: Turn, draft: Draft, question: Question) -> Scene:
    return Scene(turn, flow.name, question.field, draft, question.optional)


def keep(conversation: Conversation, flow: str, draft: Draft, field: str) -> Conversation:
    return replace(conversation, flow=flow, asked=f"{flow}.{field}", drafts={**conversation.drafts, flow: draft})


def without(conversation: Conversation, flow: str) -> Conversation:
    """The conversation after a form is over or dropped; other forms stay where they are."""
    drafts = {name: draft for name, draft in conversation.drafts.items() if name != flow}
    if conversation.flow != flow:
        return replace(conversation, drafts=drafts)
    return replace(conversation, drafts=drafts, flow="", asked="")


def home() -> tuple[Button, ...]:
    """The three ways on that fit everywhere."""
    return (
        Button(T("common.report"), Tap("complaint", FORM, "start")),
        Button(T("common.ask_question"), Tap("guidance", FORM, "start")),
        Button(T("common.my_tickets"), Tap("my_tickets", FORM, "start")),
    )
