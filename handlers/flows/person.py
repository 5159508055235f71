"""Talking to a person: what was said becomes a question ticket, with the day by which somebody must have answered.

There is no live chat behind the button, so none is promised: the words are taken, and the answer comes into this chat.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import asking, menu
from handlers.readers import phone_in
from handlers.said import said
from handlers.vocabulary import Answer, Draft, Outcome, Say, Tap, Turn

NAME = "person"
WHOLE = "~"
ASK = ("", "ask")
LONGEST_PHONE = 24
PLAIN = 0.9


def start(turn: Turn, text: str = "") -> Outcome:
    """Words that only call for a person say nothing to hand over: what it is about is asked first."""
    phone = phone_in(text) if len(text) < LONGEST_PHONE else None
    if phone and not turn.conversation.draft(NAME) and not _says_more(turn, text):
        return _ask(turn, "person.ask_why", {"phone": Answer(text.strip(), turn.incoming.message_ids)})
    if text.strip() and not _only_a_call(turn, text):
        return _given(turn, text)
    return _ask(turn, "person.ask", turn.conversation.draft(NAME))


def _ask(turn: Turn, key: str, draft: Draft) -> Outcome:
    drafts = {**turn.conversation.drafts, NAME: draft} if draft else turn.conversation.drafts
    conversation = replace(turn.conversation, flow=NAME, asked=f"{NAME}.ask", drafts=drafts)
    return Outcome((Say(key, buttons=(menu.HOME,)),), conversation)


def _says_more(turn: Turn, text: str) -> bool:
    """Whether there are words beside the number."""
    number = next((slot.value for slot in turn.knowledge.read(text).slots if slot.name == "phone"), "")
    return len(text.strip()) - len(number) > 2


def _only_a_call(turn: Turn, text: str) -> bool:
    """A short call for staff, and nothing of what it is about: no type, no place, no number to call. "An officer" alone
    sounds like a complaint about one, so a type must be plain.
    """
    reading = turn.knowledge.read(text)
    about = any(each.confidence >= PLAIN for each in reading.types)
    return reading.intent == "person" and len(text) < 40 and not (about or reading.places or reading.slots)


def text(turn: Turn) -> Outcome | None:
    words = turn.incoming.text
    if said("cancel", words) or said("back", words):
        return menu.cancelled(_ended(turn))
    return start(turn, words) if turn.conversation.asked == f"{NAME}.ask" else None


def tap(turn: Turn, tap: Tap) -> Outcome | None:
    return start(turn) if tap.field in (WHOLE, *ASK) else None


def _given(turn: Turn, text: str) -> Outcome:
    earlier = turn.conversation.draft(NAME).get("phone")
    words = f"{text.strip()}\n{earlier.value}" if earlier else text.strip()
    messages = (*(earlier.messages if earlier else ()), *turn.incoming.message_ids)
    return asking.to_person(_ended(turn), words, messages)


def _ended(turn: Turn) -> Turn:
    drafts = {name: draft for name, draft in turn.conversation.drafts.items() if name != NAME}
    return turn.with_conversation(replace(turn.conversation, flow="", asked="", drafts=drafts))
