"""Who is signed in: what the console asks of the accounts, and nothing more.

The console never sees a password or a cookie's inside. It asks its doors whose request this is, on every request and
again and again while a live page is open, so that who was signed out or disabled is out within seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.accounts import sessions
from bot.accounts.sessions import hashed
from bot.db import accounts, members
from handlers.people import Member

if TYPE_CHECKING:
    from bot.house import House

__all__ = ["Doors", "Sessions", "cookie_name", "hashed"]
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
        now = self.house.clock()
        with self.house.database.reading() as connection:
            member = members.of_session(connection, hashed(id_), now, self.house.tools.knowledge)
            session = accounts.session(connection, hashed(id_)) if member else None
        if member and session and now - session.seen_at > sessions.TOUCH:
            with self.house.database.transaction() as connection:
                accounts.seen(connection, session.hash, now, _ends_at(session, member.role, now))
        return member


def _ends_at(session: Any, role: str, now: int) -> int:
    """The end moves while a session is used; a session of the demo keeps its own."""
    return session.ends_at if session.how == "demo" else sessions.ends_at(role, session.made_at, now)


def cookie_name(house: House) -> str:
    return SAFE_COOKIE if house.settings.public_base_url.startswith("https://") else PLAIN_COOKIE
