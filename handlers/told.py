"""A word of staff arrives in the reporter's own lane: it is said with the ticket's number, and the talk turns to it.

It comes as one more event of the lane, so it never overtakes or splits what the person is being told, and it is said in
the person's language. What the person writes next belongs to this ticket (handlers.talking). A form that was open
stays: it waits behind an officer who talks, and goes on at once under a word that wants no answer. Whether a result is
one is asked on a card, whose buttons stay in the chat and show on a PC as well.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import menu, talking, tickets
from handlers.vocabulary import Button, Card, Outcome, Say, T, Tap, Told, Turn

TALKS = ("told.ask", "told.answer", "told.resolved", "told.rejected")  # after these the next words are an answer
MOST = 3  # pictures: with the words and a form's question five messages, which is all that LINE takes
ENDS = ("told.rejected", "told.closed", "told.shut")  # which a reporter may not agree with
LOOPBACK = ("http://127.0.0.1", "http://localhost")  # a house on this machine, without a certificate


def receive(turn: Turn) -> Outcome:
    told = turn.incoming.told
    ticket = tickets.find(turn, told.code) if told else None
    if told is None or ticket is None:
        return Outcome()
    talks = told.key in TALKS
    after = talking.begun(turn, told.code) if talks else replace(turn.conversation, ticket=told.code)
    waits = talking.waiting(after) if after.flow == "" else ()
    say = Say(told.key, {**told.values, "code": told.code}, (*_buttons(told), *waits), must_arrive=True)
    said = (*_pictures(turn, told), say, *_asked(told))
    return Outcome(said, after) + talking.asked_again(turn, after)


def _pictures(turn: Turn, told: Told) -> tuple[Say, ...]:
    """LINE fetches pictures by https alone."""
    if not turn.base.startswith(("https://", *LOOPBACK)):
        return ()
    return tuple(Say(picture=f"{turn.base}/media/{key}") for key in told.media[:MOST])


def _asked(told: Told) -> tuple[Say, ...]:
    """Closed means fixed: the reporter decides, with one tap."""
    if told.key != "told.resolved":
        return ()
    ways = (Button(T(f"my_tickets.do.{act}"), Tap("my_tickets", act, told.code)) for act in ("confirm", "reopen"))
    return (Say(card=Card(T("told.settled", {"code": told.code}), buttons=tuple(ways), numbered=True)),)


def _buttons(told: Told) -> tuple[Button, ...]:
    again = (Button(T("told.do.reopen"), Tap("my_tickets", "reopen", told.code)),) if told.key in ENDS else ()
    return (*again, tickets.see(told.code), menu.HOME)
