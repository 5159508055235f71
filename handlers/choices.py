"""Typed choices: what a person types is compared with the buttons that were just shown, by number and by words.

Quick replies do not show on a PC and many people type what stands on a button instead of tapping it. The buttons shown
are kept with the conversation as their taps and labels, so that a later deploy or another order of buttons changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from handlers import words
from handlers.said import bare, number
from handlers.vocabulary import Button, Conversation, Outcome, Say, Tap, Turn

OFFERS = "offers"
LONGEST = 60  # what is longer is a story and no choice


def offering(outcome: Outcome, conversation: Conversation) -> Outcome:
    """The outcome, with the buttons of its last bubble remembered in the conversation."""
    say = next((say for say in reversed(outcome.says) if say.buttons or (say.card and say.card.buttons)), None)
    kept = {name: value for name, value in conversation.extra.items() if name != OFFERS}
    extra = {**kept, OFFERS: _offers(say)} if say else kept
    return replace(outcome, conversation=replace(conversation, extra=extra))


def _offers(say: Say) -> dict[str, Any]:
    on_card = say.card.buttons if say.card else ()
    numbers = len(on_card) if say.card and say.card.numbered else 0
    return {"numbers": numbers, "list": [_offer(button) for button in (*on_card, *say.buttons)]}


def _offer(button: Button) -> list[str]:
    known = words.own()
    labels = {bare(known.text(button.label, lang)) for lang in words.LANGS}
    return [button.act.data() if isinstance(button.act, Tap) else "", *sorted(labels)]


def typed(turn: Turn) -> Tap | None:
    """The button of the last bubble that these words name, or None."""
    offers = turn.conversation.extra.get(OFFERS)
    text = turn.incoming.text
    if not isinstance(offers, Mapping) or not isinstance(offers.get("list"), list) or len(text) > LONGEST:
        return None
    found = _by_number(offers, text) or _by_words(offers["list"], bare(text))
    return Tap.read(found) if found else None


def _by_number(offers: Mapping[str, Any], text: str) -> str:
    place = number(text)
    if place is None or place > int(offers.get("numbers", 0)) or place > len(offers["list"]):
        return ""
    return str(offers["list"][place - 1][0])


def _by_words(listed: Iterable[Any], text: str) -> str:
    return next((str(offer[0]) for offer in listed if text and text in offer[1:] and offer[0]), "")
