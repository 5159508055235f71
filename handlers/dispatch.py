"""Who gets the message. One screen, because the order is the rule: danger first, then the form, then free words.

Every text passes the emergency check in any state of any form; taps never do, they say what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from handlers import (
    arrivals,
    choices,
    crossroads,
    foreign,
    free_text,
    moving,
    registry,
    staff_cards,
    talking,
    told,
    walk,
)
from handlers.draft import Problem
from handlers.held import HELD, release
from handlers.said import said, wording
from handlers.tickets_shown import is_code
from handlers.vocabulary import Conversation, Fetch, Outcome, Tap, Turn

ENGLISH = 3  # words that make a sentence
LANGUAGES = {"en": "english", "th": "thai"}
MENU = {  # words that mean a choice of the menu in any state
    "mine": Tap("home", "go", "my_tickets"),
    "privacy": Tap("home", "go", "privacy"),
    "who": Tap("home", "go", "who"),
    "language": Tap("home", "lang"),
    "ready": Tap("home", "ready"),
}
LONG_AGO = timedelta(days=1)  # words after such a silence may be about something else


def handle(turn: Turn) -> Outcome:
    """What shall happen after one event. Pure: the same turn gives the same outcome."""
    turn = turn if turn.offered else _in_its_language(turn)  # a code is in no language
    outcome = talking.returned(turn, _kinds().get(turn.incoming.kind, arrivals.silent)(turn))
    if outcome.says:
        outcome = choices.offering(outcome, outcome.conversation or turn.conversation)
    conversation = replace(outcome.conversation or turn.conversation, seen_at=turn.incoming.at)
    fetches = tuple(Fetch(media) for media in turn.incoming.media)
    return Outcome(outcome.says, conversation, fetches + outcome.acts)


def _kinds() -> Mapping[str, Callable[[Turn], Outcome]]:
    return {
        "text": text,
        "tap": tap,
        "pin": shown,
        "media": shown,
        "sticker": sticker,
        "follow": arrivals.follow,
        "unfollow": arrivals.unfollow,
        "join": arrivals.group,
        "leave": arrivals.put_out,
        "unsend": arrivals.unsend,
        "edited": arrivals.edited,
        "told": told.receive,
        "other": arrivals.unknown,
    }


def text(turn: Turn) -> Outcome:
    if turn.offered and turn.knowledge.danger(turn.incoming.text).decision == "none":
        return registry.step("link", "offered", turn) or Outcome()
    if turn.incoming.group:
        return arrivals.group(turn)
    danger = turn.knowledge.danger(turn.incoming.text)
    if danger.decision == "act" and not arrivals.only_an_emoji(turn):
        return arrivals.emergency("act", turn)
    if danger.decision != "none" and arrivals.emergency_runs_beside(turn):
        return arrivals.emergency("act", turn)
    if danger.decision != "none" and arrivals.may_ask_about_danger(turn):
        return arrivals.emergency("ask_first", turn)
    return plain(turn)


def plain(turn: Turn) -> Outcome:
    """A text in which nobody is in danger."""
    asked = turn.conversation.asked
    if asked == "emergency.danger" and HELD in turn.conversation.extra:
        return arrivals.danger_typed(turn, plain)
    if asked.startswith(f"{crossroads.NAME}."):
        return crossroads.text(turn) or plain(release(turn, with_now=True))
    chosen = choices.typed(turn)
    if chosen:
        return tap(arrivals.as_tap(turn, chosen))
    if turn.member and staff_cards.asks_for_work(turn.incoming):
        return registry.start("desk", turn)
    if turn.followed:
        return registry.step("my_tickets", "followed", turn) or registry.home(turn)
    if is_code(turn.incoming.text):
        return registry.start("my_tickets", turn, turn.incoming.text)
    if said("home", turn.incoming.text):
        return registry.home(turn)
    named = next((what for meaning, what in MENU.items() if said(meaning, turn.incoming.text)), None)
    if named:
        return tap(arrivals.as_tap(turn, named))
    wanted = next((lang for lang, meaning in LANGUAGES.items() if said(meaning, turn.incoming.text)), "")
    if wanted:
        return arrivals.speaks(turn, wanted)
    if said("resume", turn.incoming.text) and registry.form_of(turn.conversation.flow) is None:
        return crossroads.go_on(turn)
    if said("restart", turn.incoming.text):
        return arrivals.restart(turn)
    if said("other_matter", turn.incoming.text) and "last_words" in turn.conversation.extra:
        return tap(arrivals.as_tap(turn, Tap(moving.NAME, "other", turn.conversation.ticket)))
    heard = talking.hear(turn)
    if heard:
        return heard
    return _in_form(turn) if turn.conversation.flow else free_text.receive(turn)


def shown(turn: Turn) -> Outcome:
    """A photo, a file or a pin."""
    return (None if turn.incoming.group else talking.hear(turn)) or arrivals.pin(turn)


def sticker(turn: Turn) -> Outcome:
    return arrivals.silent(turn) if talking.is_silent(turn) else arrivals.sticker(turn)


def _in_form(turn: Turn) -> Outcome:
    """Words while a form is open: the answer to its question, or something else that leaves the form where it is."""
    name = turn.conversation.flow
    flow = registry.form_of(name)
    if flow is None:
        return registry.step(name, "text", turn) or free_text.receive(turn)
    if name == "emergency" and arrivals.emergency_over(turn):
        return plain(turn.with_conversation(walk.without(turn.conversation, name)))
    if arrivals.comes_back(turn, LONG_AGO):
        return crossroads.ask_resume(turn)
    heard = registry.step(name, "text", turn) or (None if arrivals.beside(turn) else walk.hear(flow, turn))
    if isinstance(heard, Outcome):
        return heard
    return foreign.beside(turn) or arrivals.aside(turn, flow, heard or Problem("common.again"))


def tap(turn: Turn) -> Outcome:
    what = turn.incoming.tap
    if turn.incoming.group:
        return arrivals.silent(turn)
    if what is None:
        return arrivals.unknown(turn)
    if what.flow == "emergency" and what.field == "danger" and what.value == "no":
        return arrivals.calm(turn, plain)
    if what.flow == crossroads.NAME:
        return moving.tap(turn, what) or crossroads.tap(turn, what)
    flow = registry.form_of(what.flow)
    return registry.tap(turn, what) or (flow and walk.tap(flow, turn, what)) or arrivals.late_tap(turn)


def _in_its_language(turn: Turn) -> Turn:
    """The language is guessed from what people write, until they choose one."""
    conversation: Conversation = turn.conversation
    if conversation.lang_chosen:
        return turn
    if conversation.seen_at is None and turn.incoming.language:  # nothing was written yet: as the phone speaks
        conversation = replace(conversation, lang="th" if turn.incoming.language.startswith("th") else "en")
        turn = turn.with_conversation(conversation)
    if turn.incoming.kind != "text" or turn.followed or is_code(turn.incoming.text):
        return turn  # a number is in no language
    words = wording(turn.incoming.text)
    found = turn.knowledge.language(words) if words else ""
    if found == conversation.lang or found not in ("th", "en"):
        return turn
    # "ok" and "test" are Thai by now: after the first message English takes a sentence
    if found == "en" and conversation.seen_at and len(words.split()) < ENGLISH:
        return turn
    return turn.with_conversation(replace(conversation, lang="en" if found == "en" else "th"))
