"""While an officer talks with a reporter the bot keeps silent: what the reporter writes goes to the officer.

Danger, codes, buttons and the words of the menu come first, as ever (dispatch). So does a question that the bot asked
after the officer's last word, because the person has just read it. The quiet time is data (knowledge/escalation.yaml)
and counts from the officer's last word; when it is over, the bot says with its next answer that it is back: a message
of its own would cost a push and interrupt. The first answer to an officer belongs to the ticket also hours later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import free_text, registry, tickets, walk
from handlers.said import said, words
from handlers.vocabulary import Button, Conversation, Outcome, Say, T, Tap, Ticket, Turn
from knowledge.escalation import table

TALKING = "talking"  # conversation.extra: which ticket an officer talks about, since when, what was said about it
LATE = timedelta(hours=24)  # so long the first answer to an officer needs no sign of what it is about
OF_PEOPLE = ("text", "tap", "pin", "media", "sticker")
AWAITED = ("my_tickets.add", "my_tickets.reopened", "my_tickets.rate", "my_tickets.withdraw")
PLAIN = ("home", "my_tickets", "")  # flows whose last words ask for no words


def begun(turn: Turn, code: str) -> Conversation:
    """An officer has spoken: what comes next belongs to this ticket. A mild form waits meanwhile, and is not lost."""
    before = _talk(turn.conversation)
    same = before.get("code") == code and not _is_over(turn)
    talk = {"code": code, "at": turn.now.timestamp(), "thanked": bool(same and before.get("thanked"))}
    conversation = replace(turn.conversation, ticket=code, extra={**turn.conversation.extra, TALKING: talk})
    return replace(conversation, flow="", asked="") if _gives_way(turn, code) else conversation


def _gives_way(turn: Turn, code: str) -> bool:
    """Whether the bot's last question gives way to the officer; one about danger, or about what is held, does not."""
    conversation = turn.conversation
    if conversation.asked == "emergency.danger" or conversation.asked.startswith("talk."):
        return False
    form = registry.form_of(conversation.flow)
    if form is None or form.mild:
        return True
    known = conversation.draft(form.name).get("code")
    return bool(known and known.value == code)


def hear(turn: Turn) -> Outcome | None:
    """Words, photos or a pin for the officer who talks, or for the ticket whose message is quoted. None: for the bot"""
    quoted = tickets.find(turn, turn.quoted) if turn.quoted else None
    if quoted is not None:
        heard = _heard(turn, quoted, quiet=False)
        return heard + asked_again(turn, heard.conversation or turn.conversation)
    ticket = _in_talk(turn)
    if ticket is None or _asks(turn.conversation):
        return None
    if turn.incoming.kind == "text" and (named := _for_its_flow(turn)):
        return named
    quiet = _is_live(turn) and bool(_talk(turn.conversation).get("thanked"))
    return _heard(turn, ticket, quiet)


def is_silent(turn: Turn) -> bool:
    """Whether a sticker is left to the officer."""
    return _is_live(turn) and _in_talk(turn) is not None and not _asks(turn.conversation)


def returned(turn: Turn, outcome: Outcome) -> Outcome:
    """The quiet time is over: said once, in front of whatever the bot says next."""
    after = outcome.conversation or turn.conversation
    talk = _talk(after)
    if not talk or talk.get("back") or turn.incoming.kind not in OF_PEOPLE or not _is_over(turn):
        return outcome
    told = not outcome.says or after.flow == "emergency" or turn.incoming.group
    says = outcome.says if told else (Say("told.back"), *outcome.says)
    changed = {**talk, "back": bool(outcome.says)}
    return replace(outcome, says=says, conversation=replace(after, extra={**after.extra, TALKING: changed}))


# --- whose words they are --------------------------------------------------------------------------------------------


def _talk(conversation: Conversation) -> Mapping[str, Any]:
    kept = conversation.extra.get(TALKING)
    return kept if isinstance(kept, Mapping) and isinstance(kept.get("at"), int | float) else {}


def _since(turn: Turn) -> timedelta:
    return timedelta(seconds=turn.now.timestamp() - float(_talk(turn.conversation)["at"]))


def _is_over(turn: Turn) -> bool:
    return bool(_talk(turn.conversation)) and _since(turn) > timedelta(minutes=table().talk_minutes)


def _is_live(turn: Turn) -> bool:
    return bool(_talk(turn.conversation)) and not _is_over(turn)


def _in_talk(turn: Turn) -> Ticket | None:
    talk = _talk(turn.conversation)
    ticket = tickets.find(turn, str(talk.get("code", ""))) if talk else None
    if ticket is None or _is_live(turn):
        return ticket
    late = not talk.get("thanked") and not talk.get("back") and _since(turn) < LATE
    return ticket if late and not _elsewhere(turn, ticket) else None


def _elsewhere(turn: Turn, ticket: Ticket) -> bool:
    """Whether words that come late are plainly about something else."""
    text = turn.incoming.text
    if turn.incoming.kind != "text":
        return False
    reading = free_text.read(turn.knowledge, text)
    first = reading.types[0] if reading.types else None
    other = bool(first and first.id != ticket.type and first.confidence >= free_text.SURE_TYPE)
    another = any(word in text for word in words()["another"])
    return another or reading.intent in ("status", "person", "help") or (reading.intent == "complain" and other)


def _asks(conversation: Conversation) -> bool:
    """Whether the bot has asked something since the officer spoke, which words would answer."""
    return bool(conversation.asked) and conversation.flow not in PLAIN


def _for_its_flow(turn: Turn) -> Outcome | None:
    """What was asked about a ticket by a button (one more word, a rating) is read there."""
    awaited = turn.conversation.asked.startswith(AWAITED)
    return registry.step("my_tickets", "text", turn) if awaited else None


# --- what becomes of them --------------------------------------------------------------------------------------------


def _heard(turn: Turn, ticket: Ticket, quiet: bool) -> Outcome:
    if ticket.status == "resolved" and turn.incoming.kind == "text" and (act := _verdict(turn)):
        return registry.tap(turn, Tap("my_tickets", act, ticket.code)) or Outcome()
    noted = _noted(turn, ticket)
    if not tickets.takes_words(ticket):
        return _ended(ticket) + noted
    conversation = _thanked(noted.conversation or turn.conversation, ticket.code)
    return Outcome(() if quiet else _thanks(turn, ticket), conversation, noted.acts)


def _verdict(turn: Turn) -> str:
    """Yes and no, typed under "is it really settled?"."""
    return "confirm" if said("yes", turn.incoming.text) else "reopen" if said("no", turn.incoming.text) else ""


def _noted(turn: Turn, ticket: Ticket) -> Outcome:
    incoming = turn.incoming
    if incoming.pin:
        place = turn.knowledge.at(incoming.pin.lat, incoming.pin.lon).place
        return tickets.placed(turn, ticket, place) if place else Outcome((), turn.conversation)
    if incoming.media:
        ids = tuple(one.message_id for one in incoming.media)
        return tickets.attach(_remembering(turn, "", ids), ticket.code, ids)
    return free_text.noted(turn, ticket)


def _remembering(turn: Turn, text: str, media: tuple[str, ...]) -> Turn:
    return turn.with_conversation(free_text.remembered(turn.conversation, text, turn.incoming.message_ids, media))


def _ended(ticket: Ticket) -> Outcome:
    """The words are kept with a ticket that has ended, and the way to open it again is in sight."""
    acts = ("confirm", "reopen") if ticket.status == "resolved" else ("reopen",)
    buttons = tuple(
        Button(T(f"told.do.{act}"), Tap("my_tickets", act, ticket.code))
        for act in acts
        if tickets.may(act, ticket, "reporter")
    )
    return Outcome((Say("told.ended", {"code": ticket.code}, (*buttons, tickets.see(ticket.code))),))


def _thanks(turn: Turn, ticket: Ticket) -> tuple[Say, ...]:
    other = Button(T("told.other"), Tap("talk", "other", ticket.code))
    return (Say("told.sent", {"code": ticket.code}, (other, tickets.see(ticket.code), *waiting(turn.conversation))),)


def waiting(conversation: Conversation) -> tuple[Button, ...]:
    """The way back to a form that was put aside."""
    name = next((name for name in conversation.drafts if registry.form_of(name)), "")
    return (Button(T("common.back_to_form"), Tap(name, "~", "resume")),) if name else ()


def asked_again(turn: Turn, after: Conversation) -> Outcome:
    """The question of a form that is still open, so that it stays in sight."""
    form = registry.form_of(after.flow)
    if form is None or form.name not in after.drafts or after.asked == "emergency.danger":
        return Outcome()
    question = walk.current(form, turn.with_conversation(after))
    draft = after.draft(form.name)
    return walk.ask(form, turn.with_conversation(after), draft, question) if question else Outcome()


def _thanked(conversation: Conversation, code: str) -> Conversation:
    talk = _talk(conversation)
    if talk.get("code") != code:
        return conversation
    return replace(conversation, extra={**conversation.extra, TALKING: {**talk, "thanked": True}})
