"""Answers that come later: the button that asks for them, and what is said to whoever taps it.

LINE counts what we send by ourselves, but an answer to a tap is free; so wherever a person must be waited for, a button
brings a fresh token. What waits to be sent rides on the answer to it. The button also simply tells how things stand.
"""

from __future__ import annotations

from handlers import menu, tickets
from handlers.vocabulary import Button, Outcome, Say, T, Tap, Ticket, Turn

READY = Button(T("home.ready"), Tap(menu.NAME, "ready"))


def answer(turn: Turn) -> Outcome:
    """Whether something is ready: the ticket that has news, else until when somebody must answer."""
    told = next((ticket for ticket in turn.tickets if _has_news(ticket)), None)
    waiting = tickets.in_hand(turn) or next(filter(tickets.is_open, turn.tickets), None)
    if told:
        return _spoken(turn, Say("home.ready_yes", {"code": told.code}, (tickets.see(told.code), menu.HOME)))
    if waiting is None:
        return _spoken(turn, Say("home.ready_nothing", buttons=(menu.HOME,)))
    code, due, see = waiting.code, waiting.answer_due_at or waiting.due_at, tickets.see(waiting.code)
    if due is None or due < turn.now:
        news = Button(T("my_tickets.do.news"), Tap("my_tickets", "news", code))
        return _spoken(turn, Say("home.ready_late", {"code": code}, (news, READY, see, menu.HOME)))
    return _spoken(turn, Say("home.ready_wait", {"code": code, "due": due}, (READY, see, menu.HOME)))


def _has_news(ticket: Ticket) -> bool:
    """Whether the last word is an officer's."""
    last = next((entry for entry in reversed(ticket.story) if entry.audience == "reporter"), None)
    return ticket.status in ("resolved", "waiting_for_reporter") or bool(
        last and last.by == "staff" and tickets.is_open(ticket)
    )


def _spoken(turn: Turn, say: Say) -> Outcome:
    return Outcome((say,), turn.conversation)
