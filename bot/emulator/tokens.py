"""Reply tokens: once, and a minute from the webhook's arrival.

A redelivered webhook carries the same token and starts a new minute, unless the token is used or the event is more than
twenty minutes old. Bad, used and late tokens get one and the same answer, so a bot cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.emulator import ids
from bot.emulator.refusals import BAD_TOKEN, Refused

LIVES = 60.0
REDELIVERED_UNTIL = 20 * 60.0


@dataclass
class ReplyToken:
    chat: str
    event_at: float
    arrived: float | None = None
    again: bool = False
    used: bool = False

    def good(self, now: float) -> bool:
        if self.used or self.arrived is None or now - self.arrived > LIVES:
            return False
        return not self.again or now - self.event_at <= REDELIVERED_UNTIL


class ReplyTokens:
    """All tokens that were ever given out."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._tokens: dict[str, ReplyToken] = {}

    def new(self, chat: str, event_at: float) -> str:
        name = ids.token()
        self._tokens[name] = ReplyToken(chat, event_at)
        return name

    def arrived(self, name: str, again: bool) -> None:
        """The webhook that carries it is being posted now."""
        token = self._tokens.get(name)
        if token:
            token.arrived, token.again = self._now(), again

    def spend(self, name: str) -> str:
        """Uses it up; gives the chat it answers."""
        token = self._tokens.get(name)
        if not token or not token.good(self._now()):
            raise Refused(400, BAD_TOKEN)
        token.used = True
        return token.chat
