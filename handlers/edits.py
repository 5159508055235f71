"""A message that was changed after it was sent: what was read from it is read again.

LINE tells of the change as an event of its own. Where the old words are an answer of a form, the new ones take its
place; where they are in a ticket, they are added to its story; else they are read as if they came now.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import arrivals, registry, tickets, walk
from handlers.draft import Flow, forget
from handlers.free_text import told, without_phone
from handlers.vocabulary import Outcome, Say, Turn


def edited(turn: Turn) -> Outcome:
    """Danger first, as in every text; in groups only when spoken to."""
    came = replace(turn, incoming=replace(turn.incoming, kind="text"))
    if not turn.incoming.text.strip():
        return arrivals.silent(turn)
    if turn.incoming.group:
        return arrivals.group(came)
    if turn.knowledge.danger(turn.incoming.text).decision == "act":
        return arrivals.emergency("act", came)
    return _in_form(came) or _in_ticket(came) or Outcome()


def _in_form(turn: Turn) -> Outcome | None:
    for name, draft in turn.conversation.drafts.items():
        form = registry.form_of(name)
        field = next((q.field for q in form.questions if _came_from(turn, name, q.field)), "") if form else ""
        if form and field:
            without = forget(draft, turn.incoming.message_ids[0])
            return _again(form, turn.with_conversation(walk.keep(turn.conversation, name, without, field)))
    return None


def _came_from(turn: Turn, form: str, field: str) -> bool:
    answer = turn.conversation.draft(form).get(field)
    return bool(answer and set(turn.incoming.message_ids) & set(answer.messages))


def _again(form: Flow, turn: Turn) -> Outcome:
    """The new words answer the question that the old ones did."""
    heard = walk.hear(form, turn)
    if isinstance(heard, Outcome):
        return replace(heard, says=(Say("common.edited"), *heard.says)) if heard.says else heard
    return walk.again(form, turn, heard) if heard else walk.resume(form, turn)


def _in_ticket(turn: Turn) -> Outcome | None:
    mine = set(turn.incoming.message_ids)
    written = (t for t in turn.tickets if any(mine & set(entry.messages) for entry in t.story))
    ticket = next(written, None) or tickets.in_hand(turn)
    if ticket is None or not tickets.is_open(ticket):
        return None
    words = without_phone(turn.incoming.text, told(turn.knowledge, turn.incoming.text))
    return Outcome((Say("common.added_to_ticket", {"code": ticket.code}),)) + tickets.tell(turn, ticket.code, words)
