"""A word of staff arrives in the reporter's own lane: it is said with the ticket's number, and the talk turns to it.

It comes as one more event of the lane, so it never overtakes or splits what the person is being told, and it is said in
the person's language. What the person writes next belongs to this ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from handlers import menu, tickets
from handlers.vocabulary import Button, Outcome, Say, T, Tap, Told, Turn

TALKING = "talking"  # conversation.extra: the ticket that an officer talks about
ASKS = ("told.ask", "told.answer")  # after these the next words are an answer


def receive(turn: Turn) -> Outcome:
    told = turn.incoming.told
    ticket = tickets.find(turn, told.code) if told else None
    if told is None or ticket is None:
        return Outcome()
    values = {**told.values, "code": told.code}
    say = Say(told.key, values, _buttons(told), must_arrive=True)
    extra = turn.conversation.extra
    if told.key in ASKS:
        extra = {**extra, TALKING: {"code": told.code, "at": turn.now.timestamp()}}
    return Outcome((say,), replace(turn.conversation, ticket=told.code, extra=extra))


def _buttons(told: Told) -> tuple[Button, ...]:
    own = AFTER.get(told.key, ())
    return (*(Button(T(f"my_tickets.do.{act}"), Tap("my_tickets", act, told.code)) for act in own), *_always(told.code))


def _always(code: str) -> tuple[Button, ...]:
    return (tickets.see(code), menu.HOME)


AFTER: Mapping[str, tuple[str, ...]] = {
    "told.resolved": ("confirm", "reopen"),
    "told.rejected": ("reopen",),
    "told.closed": ("reopen",),
    "told.ask": ("add",),
}
