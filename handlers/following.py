"""Following from LINE what was told by phone, at the counter or by letter: the number and its key, or the address of
the page, sent to the bot. From then on the ticket is one of this person's own.

What is typed is read here; whether it fits, the worker looks up before the turn. Both halves are needed, a number that
does not exist and a key that does not fit get the same words, and five wrong ones in ten minutes make the chat wait.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from handlers.vocabulary import Ticket, Turn

State = Literal["good", "own", "elsewhere", "wrong"]
TRIES, WITHIN = 5, timedelta(minutes=10)
WRONG = "wrong_keys"  # in Conversation.extra: when each was sent
LONGEST = 300  # letters of a message that carries a key; a story is longer
PAGE = re.compile(r"/t/([0-9a-f]{32})(?![0-9a-f])")
# Nine signs of the number, then eight of the key, however each is parted; words may stand around and between.
BOTH = re.compile(
    r"(?<![A-Z0-9])([A-Z0-9]{3}(?P<dash>[\s-]?)[A-Z0-9]{3}(?P=dash)[A-Z0-9]{3})(?![A-Z0-9])[^A-Z0-9]+"
    r"([A-Z0-9]{4}[\s-]?[A-Z0-9]{4})(?![\s-]*[A-Z0-9])"
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A number with its key, or the key of a page alone."""

    number: str = ""
    key: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """How what was typed stands in the house; the ticket where it fits."""

    state: State
    ticket: Ticket | None = None


def typed(text: str) -> Typed | None:
    """What a message offers. Plain English words of the right lengths are none: one part must hold a digit or dash."""
    if len(text) > LONGEST:
        return None
    plain = "".join(str(unicodedata.digit(one, one)) for one in unicodedata.normalize("NFKC", text))
    page = PAGE.search(plain)
    if page:
        return Typed(page=page[1])
    both = BOTH.search(re.sub(r"[\u2010-\u2015]", "-", plain).upper())
    if not both or not all(re.search(r"[0-9-]", part) for part in (both[1], both[3])):
        return None
    return Typed(both[1], re.sub(r"[\s-]", "", both[3]))


def wrong_before(turn: Turn) -> list[str]:
    """When wrong keys were sent, of the last ten minutes."""
    kept = turn.conversation.extra.get(WRONG)
    times = [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []
    return [one for one in times if turn.now - datetime.fromisoformat(one) < WITHIN]


def counted(turn: Turn) -> tuple[Turn, int]:
    """One more wrong key in the conversation, and how many tries are left."""
    wrong = [*wrong_before(turn), turn.now.isoformat()]
    extra: Mapping[str, object] = {**turn.conversation.extra, WRONG: wrong}
    return turn.with_conversation(replace(turn.conversation, extra=extra)), TRIES - len(wrong)
