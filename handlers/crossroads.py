"""Where a message could go two ways, the person is asked which: the old form or a new start, this ticket or a new
matter.

What came is held meanwhile, so nobody has to write it twice.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import registry, tickets, walk
from handlers.held import freed, hold, release
from handlers.said import number, said
from handlers.vocabulary import Button, Card, Outcome, Say, T, Tap, Turn

NAME = "talk"


def ask_resume(turn: Turn) -> Outcome:
    """Somebody comes back after days and writes: go on with the form, or is this something new?"""
    return _ask(turn, "resume", (("on", "common.go_on"), ("new", "common.start_new")))


def ask_same_or_new(turn: Turn, code: str) -> Outcome:
    """A complaint while another is in hand, as a ticket or as a form."""
    return _ask(turn, "same", (("same", "common.same_matter"), ("new", "common.new_matter")), code)


def _ask(turn: Turn, what: str, ways: tuple[tuple[str, str], ...], code: str = "") -> Outcome:
    buttons = tuple(Button(T(text), Tap(NAME, what, f"{way}:{code}" if code else way)) for way, text in ways)
    card = Card(T(f"common.{what}_ask", {"code": code}), buttons=buttons, numbered=True)
    return Outcome((Say(card=card),), hold(turn, f"{NAME}.{what}"))


def text(turn: Turn) -> Outcome | None:
    """A typed answer to one of these questions; None: it is none, so what was held and this are read together."""
    what = turn.conversation.asked.partition(".")[2]
    typed, pick = turn.incoming.text, number(turn.incoming.text)
    if what not in ("resume", "same"):
        return None
    if pick == 2 or said("new", typed) or said("restart", typed):
        return tap(turn, Tap(NAME, what, "new"))
    if pick == 1 or said("resume", typed) or said("same", typed) or said("yes", typed):
        return tap(turn, Tap(NAME, what, "on" if what == "resume" else "same"))
    return None


def tap(turn: Turn, what: Tap) -> Outcome:
    way, _, code = what.value.partition(":")
    if not turn.conversation.extra.get("held"):
        return go_on(turn)
    freed_turn = release(turn)
    if what.field == "resume" and way == "on":
        return go_on(turn.with_conversation(freed(turn.conversation)))
    if way == "new":
        return begin_new(turn, freed_turn)
    return _same(turn, freed_turn, code)


def _same(turn: Turn, freed_turn: Turn, code: str) -> Outcome:
    """What was held belongs to the matter in hand: the ticket that was named, else the form that is open."""
    ticket = tickets.find(turn, code) if code else None
    added = None if ticket else registry.step("complaint", "add", freed_turn)
    if added:
        return added
    ticket = ticket or tickets.in_hand(turn)
    if ticket is None or not tickets.is_open(ticket):
        return go_on(freed_turn)
    more = tickets.tell(freed_turn, ticket.code, freed_turn.incoming.text)
    return Outcome((Say("common.added_to_ticket", {"code": ticket.code}, (tickets.see(ticket.code),)),)) + more


def begin_new(turn: Turn, freed_turn: Turn) -> Outcome:
    """A fresh start with what was held; the old draft of that form goes."""
    conversation = walk.without(freed_turn.conversation, freed_turn.conversation.flow or "complaint")
    conversation = walk.without(replace(conversation, ticket=""), "complaint")
    fresh = freed_turn.with_conversation(replace(conversation, flow="", asked=""))
    if not fresh.incoming.text:
        return registry.start("complaint", fresh)
    reading = turn.knowledge.read(fresh.incoming.text)
    name = "guidance" if reading.intent == "ask" else "complaint"
    return registry.start(name, fresh, fresh.incoming.text)


def go_on(turn: Turn) -> Outcome:
    """The form that is open or waits; home where there is none."""
    drafts, flow = turn.conversation.drafts, turn.conversation.flow
    waiting = next((name for name in (flow, *drafts) if name in drafts and registry.form_of(name)), "")
    form = registry.form_of(waiting)
    return walk.resume(form, turn) if form else registry.home(turn)
