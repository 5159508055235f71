"""Talking to a person: what was said becomes a question ticket, with the day by which somebody must have answered.

There is no live chat behind the button, so none is promised: the words are taken, and the answer comes into this chat.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import asking, menu
from handlers.said import said
from handlers.vocabulary import Outcome, Say, Tap, Turn

NAME = "person"
WHOLE = "~"
ASK = ("", "ask")


def start(turn: Turn, text: str = "") -> Outcome:
    """Words that only call for a person say nothing to hand over: what it is about is asked first."""
    if text.strip() and not _only_a_call(turn, text):
        return _given(turn, text)
    conversation = replace(turn.conversation, flow=NAME, asked=f"{NAME}.ask")
    return Outcome((Say("person.ask", buttons=(menu.HOME,)),), conversation)


def _only_a_call(turn: Turn, text: str) -> bool:
    """A short call for staff, and nothing of what it is about: no type, no place, no number to call."""
    reading = turn.knowledge.read(text)
    return reading.intent == "person" and len(text) < 40 and not (reading.types or reading.places or reading.slots)


def text(turn: Turn) -> Outcome | None:
    words = turn.incoming.text
    if said("cancel", words) or said("back", words):
        return menu.cancelled(_ended(turn))
    return start(turn, words) if turn.conversation.asked == f"{NAME}.ask" else None


def tap(turn: Turn, tap: Tap) -> Outcome | None:
    return start(turn) if tap.field in (WHOLE, *ASK) else None


def _given(turn: Turn, text: str) -> Outcome:
    return asking.to_person(_ended(turn), text.strip(), turn.incoming.message_ids)


def _ended(turn: Turn) -> Turn:
    drafts = {name: draft for name, draft in turn.conversation.drafts.items() if name != NAME}
    return turn.with_conversation(replace(turn.conversation, flow="", asked="", drafts=drafts))
