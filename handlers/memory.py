"""A conversation as JSON and back. What is stored by newer or older code must neither crash this code nor get lost
in it.

Every field is read by itself: one that does not read is left at its default. Keys that this code does not know are
kept under `extra["unknown"]` and written back at the top, so that a deploy that is taken back loses nothing.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

import msgspec

from handlers import vocabulary
from handlers.vocabulary import Conversation

UNKNOWN = "unknown"
_hints: dict[str, Any] = {}


def to_json(conversation: Conversation) -> str:
    """The lane itself is not stored: it is the key of the row."""
    stored: dict[str, Any] = msgspec.to_builtins(conversation)
    unknown = stored["extra"].pop(UNKNOWN, {})
    slim = {name: value for name, value in stored.items() if value not in ("", None, False, {}) and name != "lane"}
    return msgspec.json.encode({**unknown, **slim}).decode()


def from_json(text: str | bytes, lane: str) -> Conversation:
    """Reads what `to_json` wrote, and forgives everything else."""
    try:
        stored = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError):
        stored = {}
    return _built(stored if isinstance(stored, dict) else {}, lane)


def _built(stored: dict[str, Any], lane: str) -> Conversation:
    known = _types()
    read = {name: value for name in known if name in stored and (value := _read(stored[name], known[name])) is not None}
    unknown = {name: value for name, value in stored.items() if name not in known}
    if unknown:
        read["extra"] = {**read.get("extra", {}), UNKNOWN: unknown}
    return Conversation(lane, **read)


def _read(value: Any, type_: Any) -> Any:
    try:
        return msgspec.convert(value, type_)
    except (msgspec.ValidationError, TypeError, ValueError):
        return None


def _types() -> dict[str, Any]:
    if not _hints:
        hints = get_type_hints(Conversation, vars(vocabulary))
        _hints.update({field.name: hints[field.name] for field in fields(Conversation) if field.name != "lane"})
    return _hints
