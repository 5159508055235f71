"""Turns for tests of single flows: one person, one clock that is told, the real knowledge and the real dispatch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from bot.line.messages import render
from handlers import dispatch, memory, words
from handlers.vocabulary import Conversation, Incoming, Media, Open, Outcome, Pin, Tap, Ticket, Turn
from knowledge.load import Knowledge, load
from tests.line_rules import CHECKER, faults

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # a Monday, twelve in Bangkok


@cache
def knowledge() -> Knowledge:
    return load()


@cache
def strict_words() -> words.Words:
    return words.load(strict=True)


@dataclass
class Talk:
    """Somebody writes and taps; what is said is rendered in both languages and checked against LINE's rules."""

    tickets: tuple[Ticket, ...] = ()
    conversation: Conversation = field(default_factory=lambda: Conversation("U1"))
    now: datetime = NOON
    code: str = "7K4-QRT-2XC"
    number: int = 0

    def hear(self, incoming: Incoming) -> Outcome:
        self.number += 1
        kept = memory.from_json(memory.to_json(self.conversation), "U1")  # what is stored is all that is known
        turn = Turn(incoming, kept, self.tickets, knowledge(), self.now, self.code)
        outcome = dispatch.handle(turn)
        self.conversation = outcome.conversation or kept
        for lang in words.LANGS:
            messages = render(outcome.says, lang, strict_words())
            if messages and CHECKER.exists():
                assert faults(messages) == []
        self.now += timedelta(seconds=30)
        return outcome

    def _incoming(self, kind: str, **more: object) -> Incoming:
        ident = f"{self.number + 1}"
        return Incoming(kind, f"e{ident}", self.now, message_ids=(f"m{ident}",), **more)  # type: ignore[arg-type]

    def says(self, text: str) -> Outcome:
        return self.hear(self._incoming("text", text=text))

    def taps(self, flow: str, field_: str, value: str = "") -> Outcome:
        return self.hear(self._incoming("tap", tap=Tap(flow, field_, value)))

    def pins(self, lat: float, lon: float) -> Outcome:
        return self.hear(self._incoming("pin", pin=Pin(lat, lon)))

    def sends_photo(self) -> Outcome:
        return self.hear(self._incoming("media", media=(Media(f"m{self.number + 1}", "image"),)))

    def does(self, kind: str, **more: object) -> Outcome:
        return self.hear(self._incoming(kind, **more))


def keys(outcome: Outcome) -> list[str]:
    """What was said: keys of texts, titles of cards."""
    found: list[str] = []
    for say in outcome.says:
        if say.key:
            found.append(say.key)
        if say.card:
            title = say.card.title
            found.append(getattr(title, "key", None) or getattr(title, "th", None) or str(title))
    return found


def buttons(outcome: Outcome) -> list[str]:
    """Every button in sight, as the data of its tap or the name of what it does."""
    every = [b for say in outcome.says for b in (*(say.card.buttons if say.card else ()), *say.buttons)]
    return [b.act.data() if isinstance(b.act, Tap) else type(b.act).__name__ for b in every]


def opened(outcome: Outcome) -> Open | None:
    return next((act for act in outcome.acts if isinstance(act, Open)), None)


def ticket(code: str = "AAA-AAA-111", **more: object) -> Ticket:
    made = Ticket(
        code, "complaint", "smell", "normal", "new", "provincial_office@TH-11", "เหม็นทุกคืน", NOON - timedelta(days=2)
    )
    return replace(made, **more)  # type: ignore[arg-type]
