"""Identifiers in LINE's own forms, so that a bot which checks them meets the real thing."""

from __future__ import annotations

import hashlib
import secrets
from itertools import count

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_numbers = count(1)


def stable(kind: str, name: str) -> str:
    """The id of a known person (U) or group (C): the same in every run, so that a demo's database stays valid."""
    return kind + hashlib.sha256(name.encode()).hexdigest()[:32]


def ulid(at: float) -> str:
    """A webhookEventId: 48 bits of time, 80 of chance."""
    number = (int(at * 1000) & (1 << 48) - 1) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def message_id(at: float) -> str:
    """Digits that never repeat, also between two runs on one database."""
    return f"{int(at * 1000) % 10**14:014d}{next(_numbers) % 10_000:04d}"


def token(length: int = 24) -> str:
    return secrets.token_urlsafe(length)


def richmenu() -> str:
    return f"richmenu-{secrets.token_hex(16)}"
