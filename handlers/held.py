"""A message put aside for a moment, because it could go two ways and the person was asked which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.vocabulary import Conversation, Pin, Turn

HELD = "held"
MOST = 20  # photos of a flood that are held


def hold(turn: Turn, asked: str) -> Conversation:
    """Puts what came aside, on top of what is aside already, and remembers where the person stood."""
    conversation, incoming = turn.conversation, turn.incoming
    earlier = held(conversation)
    mine: dict[str, Any] = {
        "text": "\n".join(part for part in (earlier.get("text", ""), incoming.text) if part),
        "messages": [*earlier.get("messages", []), *incoming.message_ids],
        "media": [*earlier.get("media", []), *(media.message_id for media in incoming.media)][:MOST],
        "before": earlier.get("before", conversation.asked),
    }
    pin = incoming.pin
    mine["pin"] = [pin.lat, pin.lon, pin.title] if pin else earlier.get("pin")
    return replace(conversation, asked=asked, extra={**conversation.extra, HELD: mine})


def held(conversation: Conversation) -> Mapping[str, Any]:
    kept = conversation.extra.get(HELD)
    return kept if isinstance(kept, Mapping) else {}


def release(turn: Turn, with_now: bool = False) -> Turn:
    """The turn as if the held message came now, the person standing where they stood before.

    `with_now`: the words of this turn come after the held ones, because they were no answer to what was asked.
    """
    kept, incoming = held(turn.conversation), turn.incoming
    words = [str(kept.get("text", "")), incoming.text if with_now else ""]
    messages = tuple(kept.get("messages", ())) + (incoming.message_ids if with_now else ())
    lat_lon = kept.get("pin")
    came = replace(
        incoming,
        kind="text",
        tap=None,
        text="\n".join(part for part in words if part),
        message_ids=messages,
        pin=Pin(*lat_lon) if isinstance(lat_lon, list) and len(lat_lon) == 3 else None,
    )
    return replace(turn, incoming=came, conversation=freed(turn.conversation))


def media_of(turn: Turn) -> tuple[str, ...]:
    return tuple(held(turn.conversation).get("media", ()))


def freed(conversation: Conversation) -> Conversation:
    """Nothing is held any more; what was asked before is asked still."""
    before = str(held(conversation).get("before", ""))
    extra = {name: value for name, value in conversation.extra.items() if name != HELD}
    return replace(conversation, extra=extra, asked=before)


def forget(conversation: Conversation, message_id: str) -> Conversation:
    """After an unsend nothing of that message is held."""
    kept = held(conversation)
    if message_id not in (*kept.get("messages", ()), *kept.get("media", ())):
        return conversation
    return freed(conversation)
