"""The main choices: what a tap or a typed word on the home card leads to. The answers stand in handlers.menu."""

from __future__ import annotations

from handlers import late, menu, registry
from handlers.said import said
from handlers.vocabulary import Outcome, Tap, Turn

NAME = menu.NAME
PLAIN = ("home", "help", "privacy", "language", "who")


def start(turn: Turn, text: str = "") -> Outcome:
    return menu.home(turn)


def tap(turn: Turn, tap: Tap) -> Outcome:
    """`go` leads into a flow or a plain answer, `lang` chooses the language, `resume` goes on with a begun form."""
    if tap.field == "lang":
        return menu.language(turn, tap.value)
    if tap.field == "ready":
        return late.answer(turn)
    if tap.field == "resume":
        return registry.step(tap.value, "resume", turn) or registry.start(tap.value, turn)
    if tap.field == "go" and tap.value in PLAIN:
        return registry.menu(tap.value, turn)
    if tap.field == "go" and tap.value in registry.flows():
        return registry.start(tap.value, turn)
    return menu.stale(turn)


def text(turn: Turn) -> Outcome | None:
    """Only a word that would end something; choices are read by the dispatch, all else is free text."""
    return menu.nothing_to_cancel(turn) if said("cancel", turn.incoming.text) else None
