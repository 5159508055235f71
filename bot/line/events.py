"""LINE's JSON of one event -> Incoming. It forgives: what is missing is empty, what is unknown is "other", nothing
raises.

The SDK's parser is not used: it costs ten times the signature check, drops what it does not know, and one odd event
makes it throw away a whole webhook. Texts are cleaned here, at the door: NUL and lone surrogates never reach a
database. LINE's own emoji arrive as words like "(fire)" and would read as danger, so they are cut out by their
positions, which count UTF-16 units.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import orjson

from bot.db.inbox import TOLD
from bot.db.rows import unpack
from handlers.vocabulary import Incoming, IncomingKind, Media, MediaKind, Pin, Tap, Told

MEDIA: tuple[MediaKind, ...] = ("image", "video", "audio", "file")
ONE_CHAT = {"user": "userId", "group": "groupId", "room": "roomId"}
Json = Mapping[str, Any]


def read(raw: str, event_id: str, stamp: int) -> Incoming:
    """What happened. `event_id` and `stamp` are those of the inbox, cleaned at intake."""
    event = _decoded(raw)
    kind = _text(event, "type")
    incoming = Incoming("other", event_id, datetime.fromtimestamp(stamp / 1000, UTC), group=_group(event))
    reader = READERS.get(kind)
    return reader(event, incoming) if reader else incoming


def clean(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and without lone surrogates, which UTF-8 refuses."""
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def lane_of(source: Any) -> str:
    """The chat in which something happened: the person, or the group or room. "-" where LINE does not say."""
    if not isinstance(source, dict):
        return "-"
    name = source.get(ONE_CHAT.get(str(source.get("type")), "userId"))
    return clean(name)[:64] if isinstance(name, str) and name else "-"


# --- events ----------------------------------------------------------------------------------------------------------


def _message(event: Json, incoming: Incoming) -> Incoming:
    message = _part(event, "message")
    incoming = _with(
        incoming, message_ids=tuple(filter(None, (_text(message, "id"),))), quoted=_text(message, "quotedMessageId")
    )
    kind = _text(message, "type")
    if kind in MEDIA:
        return _with(incoming, kind="media", media=(_medium(message, kind),), to_us=not incoming.group)
    reader = MESSAGES.get(kind)
    return reader(message, incoming) if reader else _with(incoming, to_us=not incoming.group)


def _words(message: Json, incoming: Incoming) -> Incoming:
    text = _text(message, "text")
    mentioned, spans = _mentions(message)
    emoji = _list(message, "emojis")
    left = _without(text, [*_spans(emoji), *spans])
    incoming = _with(incoming, to_us=not incoming.group or mentioned)
    if not left.strip() and emoji:
        names = tuple(text[start:end].strip("()") for start, end in _spans(emoji))
        return _with(incoming, kind="sticker", keywords=names)
    return _with(incoming, kind="text", text=left.strip() if emoji or spans else left)


def _location(message: Json, incoming: Incoming) -> Incoming:
    lat, lon = _number(message, "latitude"), _number(message, "longitude")
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return incoming
    pin = Pin(lat, lon, _text(message, "title"), _text(message, "address"))
    return _with(incoming, kind="pin", pin=pin, to_us=not incoming.group)


def _sticker(message: Json, incoming: Incoming) -> Incoming:
    words = tuple(clean(word) for word in _list(message, "keywords") if isinstance(word, str))
    return _with(incoming, kind="sticker", keywords=words, text=_text(message, "text"), to_us=not incoming.group)


def _medium(message: Json, kind: str) -> Media:
    together = _part(message, "imageSet")
    return Media(
        message_id=_text(message, "id"),
        kind=cast(MediaKind, kind),
        name=_text(message, "fileName"),
        size=int(_number(message, "fileSize") or 0),
        set_id=_text(together, "id"),
        total=int(_number(together, "total") or 0),
    )


def _edited(event: Json, incoming: Incoming) -> Incoming:
    message = _part(event, "message")
    ids = tuple(filter(None, (_text(message, "id"),)))
    mentioned, _ = _mentions(message)
    return _with(
        incoming, kind="edited", text=_text(message, "text"), message_ids=ids, to_us=mentioned or not incoming.group
    )


def _postback(event: Json, incoming: Incoming) -> Incoming:
    postback = _part(event, "postback")
    data = _text(postback, "data")
    tap = Tap.read(data)
    params = _part(postback, "params")
    chosen = _text(params, "datetime") or _text(params, "date") or _text(params, "time")
    if tap and chosen:
        tap = Tap(tap.flow, tap.field, chosen)
    return _with(incoming, kind="tap", tap=tap, text="" if tap else data)


def _follow(event: Json, incoming: Incoming) -> Incoming:
    return _with(incoming, kind="follow", unblocked=_part(event, "follow").get("isUnblocked") is True)


def _unsend(event: Json, incoming: Incoming) -> Incoming:
    ids = tuple(filter(None, (_text(_part(event, "unsend"), "messageId"),)))
    return _with(incoming, kind="unsend", message_ids=ids)


def _told(event: Json, incoming: Incoming) -> Incoming:
    """A word of staff that the house put into the lane itself; what LINE sends never has such an id."""
    if not incoming.event_id.startswith(f"{TOLD}:"):
        return incoming
    values = unpack(orjson.dumps(_part(event, "values")))
    media = tuple(key for key in _list(event, "media") if isinstance(key, str))
    return _with(incoming, kind="told", told=Told(_text(event, "code"), _text(event, "key"), values, media))


def _named(kind: IncomingKind) -> Callable[[Json, Incoming], Incoming]:
    return lambda event, incoming: _with(incoming, kind=kind)


READERS: dict[str, Callable[[Json, Incoming], Incoming]] = {
    "message": _message,
    "messageEdited": _edited,
    "postback": _postback,
    "follow": _follow,
    "unfollow": _named("unfollow"),
    "join": _named("join"),
    "leave": _named("leave"),
    "unsend": _unsend,
    "accountLink": _named("link"),
    TOLD: _told,
}
MESSAGES: dict[str, Callable[[Json, Incoming], Incoming]] = {"text": _words, "location": _location, "sticker": _sticker}


# --- forgiving readers -----------------------------------------------------------------------------------------------


def _decoded(raw: str) -> Json:
    try:
        event = orjson.loads(raw)
    except ValueError:  # a lone surrogate, or a number that no float holds
        try:
            event = json.loads(raw)
        except (ValueError, RecursionError):
            event = None
    return event if isinstance(event, dict) else {}


def _part(within: Json, name: str) -> Json:
    part = within.get(name)
    return part if isinstance(part, dict) else {}


def _list(within: Json, name: str) -> list[Any]:
    found = within.get(name)
    return found if isinstance(found, list) else []


def _text(within: Json, name: str) -> str:
    value = within.get(name)
    return clean(value) if isinstance(value, str) else ""


def _number(within: Json, name: str) -> float | None:
    value = within.get(name)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15 and math.isfinite(value)
    return float(cast(float, value)) if fits else None


def _group(event: Json) -> bool:
    return _text(_part(event, "source"), "type") in ("group", "room")


def _mentions(message: Json) -> tuple[bool, list[tuple[int, int]]]:
    """Was the bot mentioned, and where in the text its name stands."""
    people = [one for one in _list(_part(message, "mention"), "mentionees") if isinstance(one, dict)]
    us = [one for one in people if one.get("isSelf") is True]
    return bool(us), _spans(us)


def _spans(marks: list[Any]) -> list[tuple[int, int]]:
    spans = []
    for mark in marks:
        start, length = (mark.get("index"), mark.get("length")) if isinstance(mark, dict) else (None, None)
        if isinstance(start, int) and isinstance(length, int) and start >= 0 and 0 < length <= 5000:
            spans.append((start, start + length))
    return spans


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text without the spans, which are counted in UTF-16 units."""
    if not spans:
        return text
    units = text.encode("utf-16-le")
    for start, end in sorted(spans, reverse=True):
        units = units[: 2 * start] + " ".encode("utf-16-le") + units[2 * end :]
    return units.decode("utf-16-le", "replace")


def _with(incoming: Incoming, **changes: Any) -> Incoming:
    """`dataclasses.replace` with the keys that the reader found."""
    values = {name: getattr(incoming, name) for name in Incoming.__dataclass_fields__}
    return Incoming(**{**values, **changes})
