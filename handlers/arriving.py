"""What arrives in a lane: a text, a tap, a pin, photos, a word of staff; a third part of the vocabulary.

A file of its own for its length; everybody imports these words from `handlers.vocabulary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from handlers.saying import Tap

IncomingKind = Literal[
    "text", "tap", "pin", "media", "sticker", "follow", "unfollow", "join", "leave", "unsend", "edited",
    "link", "tick", "told", "other"
]  # fmt: skip
MediaKind = Literal["image", "video", "audio", "file"]


@dataclass(frozen=True, slots=True)
class Pin:
    """A LINE location message, in degrees WGS84."""

    lat: float
    lon: float
    title: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A photo, video, voice message or file that came. Its bytes are fetched later, by its message id."""

    message_id: str
    kind: MediaKind
    name: str = ""
    size: int = 0
    set_id: str = ""  # photos sent together share it; they arrive in any order
    total: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What staff let a reporter know of a ticket: a text key with values. It comes through the reporter's own lane."""

    code: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[str, ...] = ()  # keys under which pictures can be seen


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that happened in a lane. A burst of texts is one: joined by newlines, all message ids kept."""

    kind: IncomingKind
    event_id: str
    at: datetime  # UTC, as LINE stamped it
    text: str = ""
    tap: Tap | None = None
    pin: Pin | None = None
    media: tuple[Media, ...] = ()
    message_ids: tuple[str, ...] = ()
    quoted: str = ""  # id of the message that this one answers
    group: bool = False
    to_us: bool = True  # in groups: the bot was mentioned or answered to
    unblocked: bool = False  # follow: the person had blocked us before
    keywords: tuple[str, ...] = ()  # of a sticker
    told: Told | None = None  # by staff, for the person of this lane
    language: str = ""  # of the phone, from the person's LINE profile, where the words do not tell it
