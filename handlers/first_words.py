"""The first answer to a danger: how to stay alive, then whom to call. No particles, no emoji, nothing before the
facts.

Only checked sentences of the knowledge are said; a kind of danger without any says whom to call. People who write
neither Thai nor English get both, and what their own language has among the checked standing replies; the numbers are
the same in every language.
"""

from __future__ import annotations

from functools import lru_cache

from handlers.vocabulary import Button, Call, Card, Say, T, Text, Turn
from knowledge import language
from knowledge.model import DangerKind, Hotline

LINES = 3
NUMBERS = ("h199", "h1669", "h191")  # where the kind of danger names none


def say(turn: Turn, kind: str, foreign: str = "") -> Say:
    """One card: what to do in at most three lines, the numbers in words, and a button for each call."""
    danger = turn.knowledge.facts.dangers.get(kind)
    lines = _foreign_lines(danger, foreign) if foreign else _lines(danger)
    calls = hotlines(turn, danger)
    buttons = tuple(Button(T("emergency.call", {"number": h.number, "who": h.who}), Call(h.number)) for h in calls)
    title: Text = danger.name if danger else T("emergency.title")
    return Say(card=Card(title, "danger", (*lines, numbers(calls)), buttons=buttons), must_arrive=True)


def hotlines(turn: Turn, danger: DangerKind | None = None) -> tuple[Hotline, ...]:
    known = turn.knowledge.facts.hotlines
    wanted = danger.call if danger and danger.call else NUMBERS
    return tuple(known[one] for one in wanted if one in known)[:4]


def numbers(calls: tuple[Hotline, ...]) -> Text:
    """The numbers in words, for a PC, a screen reader and whoever reads only the notification."""
    named = [T("emergency.number", {"number": h.number, "who": h.who}) for h in calls[:3]]
    return T("emergency.numbers", {"numbers": named})


def _lines(danger: DangerKind | None) -> tuple[Text, ...]:
    if danger and danger.first_words:
        return danger.first_words[:LINES]
    return (T("emergency.call_now"),) if danger else (T("emergency.away"), T("emergency.do_not_go_in"))


def _foreign_lines(danger: DangerKind | None, foreign: str) -> tuple[Text, ...]:
    own = standing(foreign)
    both: list[Text] = []
    for line in danger.first_words[:2] if danger else ():
        both += [line.th, line.en] if line.en else [line.th]
    return (*((own,) if own else ()), *(both or (T("emergency.call_now_both" if danger else "emergency.away_both"),)))


def standing(foreign: str, which: str = "danger") -> str:
    """A checked standing sentence, "call these numbers" or another, of a language that we cannot speak freely."""
    return _languages().reply(which, foreign)


@lru_cache(maxsize=1)
def _languages() -> language.Languages:
    return language.load()
