"""The flows and the helpers of dispatch, found by file name, so that adding a flow touches no list.

A module in handlers/flows may offer, each optional:
    NAME: str                              its name in taps (default: the file's name)
    FLOW: handlers.draft.Flow              a form; the walk then does asking, reading, changing, going back
    start(turn, text="") -> Outcome        begins it, perhaps with the words that led here
    tap(turn, tap) -> Outcome | None       a button of it was tapped; None: the walk may read it
    text(turn) -> Outcome | None           words, while this flow is the one in hand; None: not for me
    hear(turn) -> Outcome | None           the same for pins, media and stickers
    resume(turn) -> Outcome                goes on where its draft stands (a FLOW has this by itself)

Flows never import each other: one that leads into another asks here for it by name. Modules are looked up when they
are first needed, because flows themselves import the walk.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import cast

from handlers import walk
from handlers.draft import Flow
from handlers.vocabulary import Outcome, Tap, Turn

Step = Callable[[Turn], Outcome | None]


@lru_cache(maxsize=1)
def flows() -> Mapping[str, ModuleType]:
    """All flows by name."""
    import handlers.flows

    names = [info.name for info in pkgutil.iter_modules(handlers.flows.__path__)]
    modules = [import_module(f"handlers.flows.{name}") for name in sorted(names)]
    return {getattr(module, "NAME", module.__name__.rsplit(".", 1)[-1]): module for module in modules}


def offers(name: str, act: str) -> bool:
    return hasattr(flows().get(name), act)


def start(name: str, turn: Turn, text: str = "") -> Outcome:
    """Begins a flow by name; an unknown one leads home, since no reply may be a dead end."""
    module = flows().get(name)
    if module is None or not hasattr(module, "start"):
        return home(turn)
    return cast(Outcome, module.start(turn, text))


def step(name: str, act: str, turn: Turn) -> Outcome | None:
    """Lets a flow `hear`, read `text` or `resume`, if it offers that."""
    found: Step | None = getattr(flows().get(name), act, None)
    if found is None and act == "resume" and (form := form_of(name)):
        return walk.resume(form, turn) if turn.conversation.draft(name) else None
    return found(turn) if found else None


def form_of(name: str) -> Flow | None:
    """The form of a flow, if it has one."""
    return cast("Flow | None", getattr(flows().get(name), "FLOW", None))


def tap(turn: Turn, what: Tap) -> Outcome | None:
    found = getattr(flows().get(what.flow), "tap", None)
    return cast("Outcome | None", found(turn, what)) if found else None


def hand_over(turn: Turn) -> Outcome:
    """Words in a language that we do not speak go to a person."""
    return cast(Outcome, import_module("handlers.foreign").hand_over(turn))


def home(turn: Turn) -> Outcome:
    return menu("home", turn)


def menu(act: str, turn: Turn) -> Outcome:
    """One of the plain answers of handlers.menu: home, help, greeting, thanks, follow, sticker, group …"""
    found: Callable[[Turn], Outcome] = getattr(import_module("handlers.menu"), act)
    return found(turn)
