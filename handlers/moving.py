"""Words that went to the wrong ticket: the person says so, and they go to another one or begin a new report.

A story is append-only, so the words stay where they came first, under a note that they are about something else; photos
move, because a photo belongs to one ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers import crossroads, free_text, tickets, tickets_shown
from handlers.vocabulary import Act, Button, Card, Notice, Outcome, Say, T, Tap, Tell, Turn

NAME = "talk"
MOST = 8  # other tickets that are offered


def tap(turn: Turn, what: Tap) -> Outcome | None:
    """The two buttons of this: it is another matter, and which. None: a button of something else."""
    if what.field == "other":
        return ask(turn, what.value) or to_new(turn, what.value)
    if what.field == "move":
        return to(turn, what.value) or to_new(turn, what.value.partition(":")[0])
    return None


def ask(turn: Turn, code: str) -> Outcome | None:
    """Which other matter? None where there is no other open ticket: then it is a new one."""
    if not _last(turn):
        return None
    others = [one for one in turn.tickets if one.code != code and tickets.takes_words(one)][:MOST]
    if not others:
        return None
    ways = [
        Button(
            T("told.to_ticket", {"code": one.code, "summary": tickets_shown.about(turn, one, 40)}), _tap(code, one.code)
        )
        for one in others
    ]
    card = Card(T("told.which"), buttons=(*ways, Button(T("told.to_new"), _tap(code, "new"))), numbered=True)
    return Outcome((Say(card=card),), turn.conversation)


def _tap(code: str, to: str) -> Tap:
    return Tap(NAME, "move", f"{code}:{to}")


def to(turn: Turn, value: str) -> Outcome | None:
    """Moves what came last to the ticket that was chosen. None: to a new one."""
    code, _, goal = value.partition(":")
    ticket = tickets.find(turn, goal)
    if ticket is None:
        return None
    if not _last(turn) or not tickets.takes_words(ticket):
        return Outcome((Say("told.nothing_to_move", buttons=(tickets.see(goal),)),), turn.conversation)
    words, ids = as_if_now(turn), photos(turn)
    moved = free_text.noted(words, ticket) if words.incoming.text else Outcome((), turn.conversation)
    if ids:
        moved += tickets.attach(words, goal, ids)
    told = Outcome((Say("told.moved", {"code": goal}, (tickets.see(goal),)),), acts=noted(turn, code))
    return told + quietly(moved)


def to_new(turn: Turn, code: str) -> Outcome:
    """What was taken for one more word to this ticket is the beginning of another matter."""
    words, ids = quiet(as_if_now(turn)), photos(turn)
    if ids:
        carried = free_text.bring(words.conversation, {"photos": {"ids": list(ids), "done": False}})
        words = words.with_conversation(carried)
    return Outcome(acts=noted(turn, code)) + crossroads.begin_new(turn, words)


def noted(turn: Turn, code: str) -> tuple[Act, ...]:
    """The ticket that had it says that it was about something else, and whoever works on it hears so."""
    if tickets.find(turn, code) is None or not _last(turn):
        return ()
    return (Tell(code, tickets.entry(turn, "story.other_matter")), Notice("reporter.added", code))


def as_if_now(turn: Turn) -> Turn:
    """The words that were taken for one more word to a ticket, as if they came now."""
    last = _last(turn)
    messages = tuple(last.get("messages", ()))
    came = replace(turn.incoming, kind="text", tap=None, text=str(last.get("text", "")), message_ids=messages)
    return replace(turn, incoming=came)


def photos(turn: Turn) -> tuple[str, ...]:
    return tuple(_last(turn).get("media", ()))


def quiet(turn: Turn) -> Turn:
    """The person has turned to something else: the officer's talk no longer takes their words."""
    extra = {name: kept for name, kept in turn.conversation.extra.items() if name not in ("talking", "last_words")}
    return turn.with_conversation(replace(turn.conversation, extra=extra))


def quietly(outcome: Outcome) -> Outcome:
    """What was moved is not moved twice."""
    if outcome.conversation is None:
        return outcome
    extra = {name: kept for name, kept in outcome.conversation.extra.items() if name != "last_words"}
    return replace(outcome, conversation=replace(outcome.conversation, extra=extra))


def _last(turn: Turn) -> Mapping[str, Any]:
    last = turn.conversation.extra.get("last_words")
    return last if isinstance(last, Mapping) else {}
