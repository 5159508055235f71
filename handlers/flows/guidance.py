"""Whom to ask: an entrepreneur's free question gets an answer, one question back, or a person.

Nothing but the question, the place and what was shown already is stored; the router is asked anew at every step, so an
old button still works after the knowledge has grown. "Not what I meant" is kept as a gap and leads to the next body
that might fit, then to a person: whoever asks never stands before a wall.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import asking, board, bodies, menu, question, registry
from handlers.question import Question, known, route
from handlers.said import said
from handlers.tickets_shown import has_code, named
from handlers.vocabulary import AskPin, Button, Card, Gap, Outcome, Say, T, Tap, Text, Turn
from handlers.where import says_little_else
from knowledge.model import Both, Candidate, Route

NAME = "guidance"
WHOLE = "~"  # the field of taps that mean the flow as a whole
MOST = 4  # bodies to choose from
ROUNDS = 2  # questions back before a person takes over
PERSON = Button(T("guidance.person"), Tap(NAME, "person"))
NOT_MEANT = Button(T("guidance.not_meant"), Tap(NAME, "not_meant"))
NOT_A_QUESTION = frozenset({"complain", "status", "person", "help", "thanks", "greeting", "rude"})
NO_NOTE = Both("")
TELLING = 20  # letters; what is shorter and fits nothing is asked about before a person gets it
PARTED = " \u00b7 "
SURE_STRANGER = 0.5  # below this the router only knows nothing better, and a person may know


def start(turn: Turn, text: str = "") -> Outcome:
    """With words: answers them. Without: asks for the question."""
    if said("cancel", text):
        return menu.nothing_to_cancel(turn)
    if named(turn, text) or has_code(text):
        return registry.start("my_tickets", turn, text)
    if not text.strip():
        return _say(turn, "question", Question(), Say("guidance.ask", buttons=(PERSON, menu.HOME)))
    return _decide(turn, Question(text.strip(), turn.incoming.message_ids))


def text(turn: Turn) -> Outcome | None:
    """What was typed while this flow was in hand: the place, or more of the question."""
    if said("cancel", turn.incoming.text):
        return menu.cancelled(_ended(turn))
    if said("back", turn.incoming.text):
        return start(turn)
    if said("no", turn.incoming.text) and turn.conversation.asked in (f"{NAME}.answered", f"{NAME}.pick"):
        return _not_meant(turn, "")
    found = {
        "question": _first, "more": _more, "pick": _more, "place": _place_typed, "refer": _referred, "answered": _after,
    }.get(turn.conversation.asked.partition(".")[2])  # fmt: skip
    return found(turn) if found else None


def hear(turn: Turn) -> Outcome | None:
    """A pin answers "which province"."""
    pin = turn.incoming.pin
    if pin is None or turn.conversation.asked != f"{NAME}.place":
        return None
    place = turn.knowledge.at(pin.lat, pin.lon).place
    if place is None:
        return _ask_place(turn, _asked(turn), "guidance.place_unread")
    return _decide(turn, replace(_asked(turn), place=place, place_messages=turn.incoming.message_ids))


def tap(turn: Turn, tap: Tap) -> Outcome | None:
    act = {
        WHOLE: _begin, "refer": _refer, "not_meant": _not_meant, "none": _not_meant, "pick": _pick, "person": _person,
        "anywhere": _anywhere,
    }.get(tap.field)  # fmt: skip
    return act(turn, tap.value) if act else None


# --- what the router decided ---


def _decide(turn: Turn, asked: Question) -> Outcome:
    """Asks the router, and says its word: an answer, a question back, or a person."""
    several, needs_place = question.several(turn, asked)
    if several and needs_place and not asked.anywhere:
        return _ask_place(turn, asked, "guidance.place_ask")
    if several:
        says = (Say("guidance.several", {"count": len(several)}),) if len(several) > 1 else ()
        return _answer(turn, asked, several, says)
    found = route(turn, asked)
    if found.stranger and found.confidence >= SURE_STRANGER:
        return _stranger(turn, found)
    left = known(turn, found, asked.shown)
    if left and found.needs == "province" and found.decision != "hand_over" and not asked.anywhere:
        return _ask_place(turn, asked, "guidance.place_ask")
    if left and found.decision == "answer":
        return _answer(turn, asked, left[:1], (), found.note)
    if left and found.decision == "ask" and asked.rounds < ROUNDS:
        return _ask_which(turn, asked, left[:MOST], found.question, found.note)
    return _unsure(turn, asked, left)


def _answer(
    turn: Turn, asked: Question, found: list[Candidate], says: tuple[Say, ...] = (), note: Both = NO_NOTE
) -> Outcome:
    """A card for each body, with "ask them for me" first."""
    turn, posted, _ = board.posted(turn, "guidance", question.place(turn, asked) or asked.place, body=found[0].body)
    cards = (*posted, *(Say(card=_card(turn, one, note)) for one in found))
    last = replace(cards[-1], buttons=(PERSON, menu.HOME))
    shown = tuple(dict.fromkeys((*asked.shown, *(one.body for one in found))))
    return _say(turn, "answered", replace(asked, shown=shown), *says, *cards[:-1], last)


def _card(turn: Turn, candidate: Candidate, note: Both) -> Card:
    body = turn.knowledge.facts.bodies[candidate.body]
    refer = Button(T("guidance.refer"), Tap(NAME, "refer", body.id))
    return bodies.card(body, candidate, note if note.th else "", (refer, NOT_MEANT))


def _ask_which(
    turn: Turn, asked: Question, found: list[Candidate], back: Both = NO_NOTE, note: Both = NO_NOTE
) -> Outcome:
    """The question that tells the candidates apart, with a numbered button for each."""
    buttons = tuple(Button(_choice(turn, one), Tap(NAME, "pick", one.body)) for one in found)
    none = Button(T("guidance.none"), Tap(NAME, "none"))
    title: Text = back if back.th else T("guidance.which")
    card = Card(title, body=(note, T("guidance.which_how")), buttons=(*buttons, none), numbered=True)
    return _say(turn, "pick", asked, Say(card=card, buttons=(PERSON, menu.HOME)))


def _choice(turn: Turn, candidate: Candidate) -> Text:
    body = turn.knowledge.facts.bodies[candidate.body]
    what = _first_part(candidate.why if candidate.why.th else body.about)
    return T("guidance.choice", {"what": what, "body": body.name}) if what.th else body.name


def _first_part(what: Both) -> Both:
    """Of a list of things that a body does, the first: a button is read at a glance."""
    return Both(what.th.split(PARTED)[0], what.en.split(PARTED)[0])


def _stranger(turn: Turn, found: Route) -> Outcome:
    """A matter of nobody here: said kindly, with a number where the knowledge has one."""
    numbers = turn.knowledge.facts.hotlines.values()
    calls = tuple(bodies.hotline(line) for line in numbers if line.number in found.note.th.split())[:1]
    pointer: Text = found.note if found.note.th else T("guidance.not_ours")
    return _say(
        turn, "question", Question(), Say("guidance.stranger", {"pointer": pointer}, (*calls, PERSON, menu.HOME))
    )


def _unsure(turn: Turn, asked: Question, left: list[Candidate]) -> Outcome:
    """Too little was said: more is asked for. Else a person takes over, and the question is kept as a gap."""
    if len(asked.words) < TELLING and asked.rounds < ROUNDS:
        return _say(turn, "more", asked, Say("guidance.more", buttons=(PERSON, menu.HOME)))
    gap = Gap("unanswered", asked.words, tuple(one.body for one in left), asked.messages)
    return Outcome(acts=(gap,)) + _hand_over(turn, asked)


def _hand_over(turn: Turn, asked: Question) -> Outcome:
    return asking.to_person(_ended(turn), asked.words, asked.messages)


def _ask_place(turn: Turn, asked: Question, key: str) -> Outcome:
    buttons = (Button(T("guidance.pin"), AskPin()), Button(T("guidance.anywhere"), Tap(NAME, "anywhere")), menu.HOME)
    return _say(turn, "place", asked, Say(key, buttons=buttons))


# --- what was typed ---


def _first(turn: Turn) -> Outcome | None:
    """The question, unless it plainly is none: then it goes where such words go."""
    return None if _elsewhere(turn) else start(turn, turn.incoming.text)


def _more(turn: Turn) -> Outcome | None:
    """Words that are no choice say what the choices did not: they belong to the question."""
    asked = _asked(turn)
    if _elsewhere(turn):
        return None
    if asked.shown and _is_another(turn):
        return start(turn, turn.incoming.text)
    return _decide(turn, asked.more(turn.incoming.text, turn.incoming.message_ids))


def _is_another(turn: Turn) -> bool:
    """Whether these words have their own sure answer: after "not what I meant" they are the question."""
    return turn.knowledge.route(turn.incoming.text).decision == "answer"


def _after(turn: Turn) -> Outcome | None:
    """A place after the answer: whose counter it is there. Other words are a new matter."""
    asked, reading = _asked(turn), turn.knowledge.read_place(turn.incoming.text)
    if (
        not asked.words
        or reading is None
        or not reading.place.province
        or not says_little_else(turn.incoming.text, reading)
    ):
        return None
    return _decide(turn, replace(asked, place=reading.place, place_messages=turn.incoming.message_ids, shown=()))


def _elsewhere(turn: Turn) -> bool:
    return turn.knowledge.read(turn.incoming.text).intent in NOT_A_QUESTION


def _place_typed(turn: Turn) -> Outcome:
    """Where; words that name no place are kept as a gap, and after two of them it goes on without."""
    asked, messages = _asked(turn), turn.incoming.message_ids
    reading = turn.knowledge.read_place(turn.incoming.text)
    if reading and reading.place.province:
        return _decide(turn, replace(asked, place=reading.place, place_messages=messages))
    if said("skip", turn.incoming.text) or asked.rounds >= ROUNDS:
        return _anywhere(turn)
    gap = Gap("unread_place", turn.incoming.text, messages=messages)
    again = replace(asked, rounds=asked.rounds + 1)
    return Outcome(acts=(gap,)) + _ask_place(turn, again, "guidance.place_unread")


def _referred(turn: Turn) -> Outcome | None:
    """The question for a body that was chosen before."""
    body = turn.knowledge.body(_asked(turn).refer)
    return asking.of_body(_ended(turn), body, turn.incoming.text, turn.incoming.message_ids) if body else None


# --- what was tapped ---


def _begin(turn: Turn, value: str) -> Outcome:
    return start(turn)


def _anywhere(turn: Turn, value: str = "") -> Outcome:
    """The place is not told: answered as far as it goes without."""
    asked = replace(_asked(turn), anywhere=True)
    return _decide(turn, asked) if asked.words else menu.stale(turn)


def _pick(turn: Turn, body_id: str) -> Outcome:
    asked = _asked(turn)
    if not turn.knowledge.body(body_id):
        return menu.stale(turn)
    candidates = route(turn, asked).candidates if asked.words else ()
    found = next((one for one in candidates if one.body == body_id), Candidate(body_id, 0.0))
    return _answer(turn, asked, [found])


def _refer(turn: Turn, body_id: str) -> Outcome:
    """We ask the body; an old button whose question is gone asks for the question first."""
    asked, body = _asked(turn), turn.knowledge.body(body_id)
    if body is None:
        return menu.stale(turn)
    if not asked.words:
        return _say(
            turn, "refer", Question(refer=body_id), Say("guidance.refer_ask", {"body": body.name}, (menu.HOME,))
        )
    place = question.place(turn, asked) or asked.place
    return asking.of_body(_ended(turn), body, asked.words, asked.messages, place)


def _not_meant(turn: Turn, value: str) -> Outcome:
    """Kept as a gap; then the next bodies that might fit, and at last other words or a person."""
    asked = _asked(turn)
    if not asked.words:
        return start(turn)
    candidates = known(turn, route(turn, asked))[:MOST]
    picking = turn.conversation.asked == f"{NAME}.pick"
    tried = tuple(dict.fromkeys((*asked.shown, *(one.body for one in candidates)))) if picking else asked.shown
    left = [one for one in candidates if one.body not in tried]
    gap = Outcome(acts=(Gap("not_meant", asked.words, tried, asked.messages),))
    asked = replace(asked, shown=tried)
    if left:
        return gap + _ask_which(turn, asked, left)
    return gap + _say(turn, "more", asked, Say("guidance.say_other", buttons=(PERSON, menu.HOME)))


def _person(turn: Turn, value: str) -> Outcome:
    asked = _asked(turn)
    return _hand_over(turn, asked) if asked.words else registry.start("person", _ended(turn))


# --- what is remembered ---


def _asked(turn: Turn) -> Question:
    return question.read(turn.conversation.draft(NAME))


def _say(turn: Turn, field: str, asked: Question, *says: Say) -> Outcome:
    drafts = {**turn.conversation.drafts, NAME: asked.draft()}
    conversation = replace(turn.conversation, flow=NAME, asked=f"{NAME}.{field}", drafts=drafts)
    return Outcome(says, conversation)


def _ended(turn: Turn) -> Turn:
    drafts = {name: draft for name, draft in turn.conversation.drafts.items() if name != NAME}
    return turn.with_conversation(replace(turn.conversation, flow="", asked="", drafts=drafts))
