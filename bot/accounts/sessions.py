"""Sessions: an opaque id of 256 bits in a cookie, its hash in the table, and an end that moves while it is used.

Whoever runs the house is asked again sooner than whoever answers tickets, since an officer on night duty who must
type a password first loses the minutes that a fire does not give.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import orjson

from bot.sealing import CannotOpen, Sealing

HOUR, DAY = 3_600_000, 86_400_000
LIVES: Mapping[str, tuple[int, int]] = {  # role -> (unused, at most)
    "administrator": (12 * HOUR, 7 * DAY),
    "auditor": (12 * HOUR, 7 * DAY),
}
OTHERS = (7 * DAY, 30 * DAY)
TOUCH = 300_000  # how often the end moves: not with each request
DEVICE_DAYS = 180


def new_id() -> str:
    return secrets.token_urlsafe(32)


def hashed(id_: str) -> str:
    """An opaque id of 256 bits needs no slow hash."""
    return hashlib.sha256(id_.encode()).hexdigest()


def ends_at(role: str, made_at: int, now: int) -> int:
    unused, most = LIVES.get(role, OTHERS)
    return min(made_at + most, now + unused)


# --- what travels sealed in other cookies ----------------------------------------------------------------------------


def packed(sealing: Sealing, purpose: str, value: bytes) -> str:
    """A cookie that nobody can read or make; the purpose keeps one kind from being taken for another."""
    return base64.urlsafe_b64encode(sealing.seal(f"{purpose}:".encode() + value)).decode()


def opened(sealing: Sealing, purpose: str, text: str) -> bytes | None:
    try:
        plain = sealing.open(base64.urlsafe_b64decode(text.encode()))
    except (CannotOpen, ValueError, IndexError):
        return None
    kind, _, value = plain.partition(b":")
    return value if kind == purpose.encode() else None


def new_device(sealing: Sealing, id_: int) -> str:
    """Marks a device on which this account has been inside; by itself it opens nothing."""
    return packed(sealing, "device", orjson.dumps({"staff": id_, "key": secrets.token_urlsafe(12)}))


def device_of(sealing: Sealing, cookie: str, id_: int) -> str:
    """The device's own name where it has been inside this account, else empty."""
    raw = opened(sealing, "device", cookie) if cookie else None
    told: dict[str, Any] = orjson.loads(raw) if raw else {}
    return str(told.get("key", "")) if told.get("staff") == id_ else ""
