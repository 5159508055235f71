"""Ready words: what officers write again and again, filled with what the ticket says. Texts of the catalogue.

A key says where one is offered: `ready.<act>.<for>.<name>.title` and `.words`, where `for` is `any`, a kind or a type.
"""

from __future__ import annotations

from functools import lru_cache

from bot.console.asking import Ask
from handlers.cases import Case
from handlers.vocabulary import T
from handlers.words import Words


def texts(ask: Ask, case: Case, act: str) -> list[tuple[str, str]]:
    """(title, words) for this act on this ticket; those of its own type come first."""
    words, knowledge = ask.house.tools.words, ask.house.tools.knowledge
    body = knowledge.body(case.office)
    values = {
        "code": case.code,
        "office": body.name.th if body else case.office,
        "place": knowledge.describe(case.place, "th") if case.place.province else case.place.typed,
        "due": case.resolve_by or "",
    }
    wanted = (case.type, case.kind, "any")
    keys = [key for group in wanted for key in _keys(words) if key.startswith(f"ready.{act}.{group}.")]
    return [(words.text(T(key), ask.lang), words.text(T(f"{key[:-6]}.words", values), "th").strip()) for key in keys]


@lru_cache(maxsize=4)
def _keys(words: Words) -> tuple[str, ...]:
    return tuple(key for key in words.texts if key.startswith("ready.") and key.endswith(".title"))
