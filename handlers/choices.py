"""Typed choices: what a person types is compared with the buttons that were just shown, by number and by words.

Quick replies do not show on a PC and many people type what stands on a button instead of tapping it. The buttons shown
are kept with the conversation as their taps and labels, so that a later deploy or another order of buttons changes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from handlers import words
from handlers.said import bare, number
from handlers.vocabulary import Button, Conversation, Outcome, Say, T, Tap, Text, Turn

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
    return [button.act.data() if isinstance(button.act, Tap) else "", *labels(button)]


def labels(button: Button) -> tuple[str, ...]:
    """What a button is called, as it is compared with what people type."""
    label = button.label
    return _known(label.key) if isinstance(label, T) and not label.values else _labels(label)


def _labels(label: Text) -> tuple[str, ...]:
    """The label in both languages, as it is compared with what people type."""
    return tuple(sorted({bare(words.own().text(label, lang)) for lang in words.LANGS}))


@lru_cache(maxsize=1024)
def _known(key: str) -> tuple[str, ...]:
    return _labels(T(key))


def typed(turn: Turn) -> Tap | None:
    """The button of the last bubble that these words name, or None."""
    text = turn.incoming.text
    if len(text) > LONGEST:
        return None
    numbers, offers = _read(turn.conversation.extra.get(OFFERS))
    place = number(text)
    if place is not None and place <= min(numbers, len(offers)):
        return Tap.read(offers[place - 1][0])
    words_ = bare(text)
    found = next((offer[0] for offer in offers if words_ and words_ in offer[1:] and offer[0]), "")
    return Tap.read(found)


def _read(stored: Any) -> tuple[int, list[list[str]]]:
    """What was kept; what other code kept oddly counts as nothing offered."""
    numbers = stored.get("numbers") if isinstance(stored, Mapping) else None
    listed = stored.get("list") if isinstance(stored, Mapping) else None
    if not isinstance(numbers, int) or not isinstance(listed, list):
        return 0, []
    fine = all(isinstance(offer, list) and offer and all(isinstance(one, str) for one in offer) for offer in listed)
    return (numbers, listed) if fine else (0, [])
