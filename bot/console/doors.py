"""Who is signed in: what the console asks of the accounts, and nothing more.

The console never sees a password or a cookie's inside. It asks its doors whose request this is, on every request and
again and again while a live page is open, so that who was signed out or disabled is out within seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.db import members
from handlers.people import Member

if TYPE_CHECKING:
    from bot.house import House

SAFE_COOKIE, PLAIN_COOKIE = "__Host-frontdoor", "frontdoor"  # the first only where the house is behind https


class Asked(Protocol):
    """What doors look at: a request, or anything else that carries cookies."""

    @property
    def cookies(self) -> Mapping[str, str]: ...


class Doors(Protocol):
    def member_of(self, request: Asked) -> Member | None:
        """Whose request it is, or None: nobody's, ended, or of somebody who was disabled."""


@dataclass
class Sessions:
    """Doors over the table of sessions: a cookie with an opaque id, of which the table holds the hash."""

    house: House

    def member_of(self, request: Asked) -> Member | None:
        id_ = request.cookies.get(cookie_name(self.house))
        if not id_:
            return None
        with self.house.database.reading() as connection:
            return members.of_session(connection, hashed(id_), self.house.clock(), self.house.tools.knowledge)


def cookie_name(house: House) -> str:
    return SAFE_COOKIE if house.settings.public_base_url.startswith("https://") else PLAIN_COOKIE


def hashed(id_: str) -> str:
    """An opaque id of 256 bits needs no slow hash."""
    return hashlib.sha256(id_.encode()).hexdigest()
