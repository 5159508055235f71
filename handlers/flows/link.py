"""A code from the console, sent to the bot: this LINE account is now an officer's, or this group an office's.

A code is worth one use, for ten minutes; five wrong ones in that time, and the chat has to wait. The wrong ones are
counted in the chat's own conversation, since a guess names no account. The code itself is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from handlers import walk
from handlers.offered import Offered
from handlers.vocabulary import Join, Outcome, Say, Turn

NAME = "link"
TRIES, WITHIN = 5, timedelta(minutes=10)
WRONG = "wrong_codes"  # in Conversation.extra: when each was sent


def offered(turn: Turn) -> Outcome | None:
    """The answer to a code; in a group as well, where nothing else is answered unasked."""
    return _receive(turn, turn.offered) if turn.offered else None


def _receive(turn: Turn, offered: Offered) -> Outcome:
    wrong = _wrong(turn)
    if len(wrong) >= TRIES:
        return _say(turn, "link.wait")
    if offered.state != "good":
        return _refuse(turn, offered, wrong)
    if (offered.purpose == "group") != turn.incoming.group:
        return _say(turn, "link.in_the_group" if offered.purpose == "group" else "link.in_private")
    joined = Join(offered.purpose, offered.hash, offered.staff, offered.office)
    return replace(_welcome(turn, offered), acts=(joined,))


def _welcome(turn: Turn, offered: Offered) -> Outcome:
    body = turn.knowledge.body(offered.office)
    values = {"office": body.name if body else offered.office, "name": offered.name}
    if offered.purpose == "group":
        return _say(turn, "link.group_done", values)
    buttons = walk.home()
    done = Say("link.done" if offered.name else "link.done_nameless", values, must_arrive=True)
    return Outcome((done, Say("link.what_comes", buttons=buttons)), turn.conversation)


def _refuse(turn: Turn, offered: Offered, wrong: list[str]) -> Outcome:
    """Old codes of one's own are no guesses; unknown ones are counted."""
    guessed = offered.state in ("unknown", "unread")
    kept = [*wrong, turn.now.isoformat()] if guessed else wrong
    conversation = replace(turn.conversation, extra={**turn.conversation.extra, WRONG: kept})
    left = TRIES - len(kept)
    key = f"link.{offered.state}" if left else "link.wait"
    return _say(turn.with_conversation(conversation), key, {"left": left} if guessed and left else None)


def _wrong(turn: Turn) -> list[str]:
    """When wrong codes were sent, of the last ten minutes."""
    kept = turn.conversation.extra.get(WRONG)
    times = [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []
    return [one for one in times if turn.now - datetime.fromisoformat(one) < WITHIN]


def _say(turn: Turn, key: str, values: Mapping[str, object] | None = None) -> Outcome:
    buttons = () if turn.incoming.group else walk.home()
    return Outcome((Say(key, values or {}, buttons),), turn.conversation)
