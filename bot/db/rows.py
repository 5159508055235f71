"""Values of the vocabulary as JSON and back.

What a handler puts into a draft, a story or a notice may be a text of the catalogue, a text in two languages, a place
or a moment; each gets a tag, so that it comes back as what it was. Unknown tags of newer code stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import orjson

from handlers.vocabulary import Answer, Draft, T
from knowledge.model import Both, Place

OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def moment(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def sure_moment(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)


def pack(value: Any) -> str:
    return orjson.dumps(value, default=_tagged, option=OPTIONS).decode()


def unpack(text: str | bytes) -> Any:
    raw = orjson.loads(text)
    tagged = b'"$' in text if isinstance(text, bytes) else '"$' in text
    return _untagged(raw) if tagged else raw


def _tagged(value: Any) -> Any:
    if isinstance(value, T):
        return {"$t": [value.key, dict(value.values)]}
    if isinstance(value, Both):
        return {"$both": [value.th, value.en]}
    if isinstance(value, Place):
        return {"$place": {key: part for key, part in asdict(value).items() if part not in ("", None)}}
    if isinstance(value, datetime):
        return {"$at": millis(value)}
    if isinstance(value, Answer):
        return {"$answer": [value.value, list(value.messages)]}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be stored")


def _place(parts: dict[str, Any]) -> Place:
    return Place(**{key: part for key, part in parts.items() if key in Place.__dataclass_fields__})


READERS: dict[str, Callable[[Any], Any]] = {
    "$t": lambda v: T(v[0], _untagged(v[1])),
    "$both": lambda v: Both(*v),
    "$place": _place,
    "$at": sure_moment,
    "$answer": lambda v: Answer(_untagged(v[0]), tuple(v[1])),
}


def _untagged(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) == 1:
            tag, inside = next(iter(value.items()))
            if tag in READERS:
                return READERS[tag](inside)
        return {key: _untagged(part) for key, part in value.items()}
    return [_untagged(part) for part in value] if isinstance(value, list) else value


# --- drafts ----------------------------------------------------------------------------------------------------------


def pack_draft(draft: Draft) -> dict[str, Any]:
    return {field: [answer.value, list(answer.messages)] for field, answer in draft.items()}


def unpack_draft(raw: Mapping[str, Any]) -> dict[str, Answer]:
    return {field: Answer(pair[0], tuple(pair[1])) for field, pair in raw.items()}
