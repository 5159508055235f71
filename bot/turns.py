"""What of a lane's open events makes the next turn.

People tell a story in fragments: free texts that come within about a second are read as one turn and answered once.
Taps, pins, photos, answers to a question and dangers never wait, nor does a story behind which something else has
come already. Taken-back messages make no turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.line import events
from handlers import offered
from handlers.vocabulary import Conversation, Incoming

PATIENCE = 3  # windows after which even somebody who never stops typing is answered


@dataclass(frozen=True, slots=True)
class Taken:
    """Events that make one turn. `incoming` is None where they are only to be marked done."""

    ids: tuple[str, ...]
    incoming: Incoming | None = None
    token: str = ""
    token_at: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until`; `ids` are the events that wait."""

    ids: tuple[str, ...]
    until: int


def next_turn(
    rows: Sequence[Any],
    talk: Conversation,
    now: int,
    window: int,
    dangerous: Callable[[str], bool],
    taken_back: frozenset[str] = frozenset(),
) -> Taken | Wait:
    """`rows` are the lane's open events in LINE's order; `window` in milliseconds."""
    first = rows[0]
    if first.lane == "-" or (first.message in taken_back and first.kind != "unsend"):
        return Taken((first.event_id,))
    if first.attempts and first.due > now:
        return Wait((), first.due)
    incoming = events.read(first.raw, first.event_id, first.stamp)
    if not window or first.attempts or talk.asked or not _free(incoming):
        return Taken((first.event_id,), incoming, first.token, first.token_at, first.attempts)
    return _story(rows, incoming, now, window, dangerous)


def _free(incoming: Incoming) -> bool:
    plain = incoming.kind == "text" and not incoming.group and not incoming.quoted
    return plain and offered.typed(incoming.text) is None  # a code stands alone, and is no part of a story


def _story(
    rows: Sequence[Any], first: Incoming, now: int, window: int, dangerous: Callable[[str], bool]
) -> Taken | Wait:
    parts, used = [first], [rows[0]]
    for row in rows[1:]:
        incoming = events.read(row.raw, row.event_id, row.stamp)
        if not _free(incoming) or row.attempts:
            break
        parts.append(incoming)
        used.append(row)
    ripe = min(used[-1].received_at + window, used[0].received_at + PATIENCE * window)
    text = "\n".join(part.text for part in parts)
    if now < ripe and len(used) == len(rows) and not dangerous(text):
        return Wait(tuple(row.event_id for row in used), ripe)
    whole = replace(
        first, at=parts[-1].at, text=text, message_ids=tuple(id_ for part in parts for id_ in part.message_ids)
    )
    return Taken(tuple(row.event_id for row in used), whole, used[-1].token, used[-1].token_at)
