"""Reply, push, multicast, broadcast: who gets the messages, what it costs, and what a second attempt is told.

Replies are free. The quota counts people reached, so what is dropped (blocked, stranger) costs nothing. A retry key
that was accepted within a day answers 409 with the first answer, whatever the second body says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.emulator import ids
from bot.emulator.refusals import ACCEPTED, FAILED, QUOTA, Refused
from bot.emulator.tokens import ReplyTokens
from bot.emulator.world import Bubble, World

KEY_LIVES = 24 * 3600.0
CANNOT_BE_QUOTED = frozenset({"audio", "location", "coupon"})

Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class Accepted:
    """A push that was done under a retry key."""

    at: float
    request_id: str
    answer: dict[str, Any]


class Sending:
    """Puts the bot's messages into chats."""

    def __init__(self, world: World, tokens: ReplyTokens, quota: int | None = None) -> None:
        self._world = world
        self._tokens = tokens
        self._accepted: dict[str, Accepted] = {}
        self.quota = quota
        self.used = 0
        self.dropped = 0

    def reply(self, token: str, messages: Messages) -> dict[str, Any]:
        chat = self._tokens.spend(token)
        return self._deliver([chat], messages, free=True)

    def push(self, to: str, messages: Messages) -> dict[str, Any]:
        group = self._world.groups.get(to)
        if not (group.bot_in if group else to in self._world.people):
            raise Refused(400, FAILED)
        self._pay([to])
        return self._deliver([to], messages)

    def multicast(self, to: Iterable[str], messages: Messages) -> dict[str, Any]:
        known = [one for one in dict.fromkeys(to) if one in self._world.people]
        self._pay(known)
        self._deliver(known, messages)
        return {}

    def broadcast(self, messages: Messages) -> dict[str, Any]:
        return self.multicast([one.id for one in self._world.people.values() if one.friend], messages)

    # --- retry keys ------------------------------------------------------------------------------------------------

    def refuse_twin(self, key: str | None) -> None:
        """409 if this key was accepted within a day: a success, told a second time."""
        first = self._accepted.get(key or "")
        if first and self._world.now() - first.at <= KEY_LIVES:
            headers = {"x-line-accepted-request-id": first.request_id}
            raise Refused(409, ACCEPTED, more=first.answer, headers=headers)

    def remember(self, key: str | None, request_id: str, answer: dict[str, Any]) -> None:
        if key:
            self._accepted[key] = Accepted(self._world.now(), request_id, answer)

    # --- the two halves of a delivery ------------------------------------------------------------------------------

    def _pay(self, chats: Iterable[str]) -> None:
        cost = sum(len(self._reached(chat)) for chat in chats)
        if self.quota is not None and self.used + cost > self.quota:
            raise Refused(429, QUOTA)
        self.used += cost

    def _reached(self, chat: str) -> list[str]:
        """The people who will see what is sent to this chat."""
        world = self._world
        group = world.groups.get(chat)
        if group:
            return [one for one in group.members if not world.people[one].gone] if group.bot_in else []
        return [chat] if world.people[chat].reachable(world.now()) else []

    def _deliver(self, chats: Iterable[str], messages: Messages, free: bool = False) -> dict[str, Any]:
        answer: dict[str, Any] = {"sentMessages": []}
        for chat in chats:
            bubbles = [self._bubble(chat, message, free) for message in messages]
            answer = {"sentMessages": [_sent(bubble) for bubble in bubbles]}
            if not self._reached(chat):
                self.dropped += len(bubbles)
                continue
            for bubble in bubbles:
                self._world.put(bubble)
        return answer

    def _bubble(self, chat: str, message: dict[str, Any], free: bool) -> Bubble:
        at = self._world.now()
        quote = "" if message["type"] in CANNOT_BE_QUOTED else ids.token()
        return Bubble(ids.message_id(at), chat, "bot", int(at * 1000), message, quote_token=quote, free=free)


def _sent(bubble: Bubble) -> dict[str, str]:
    return {"id": bubble.id, **({"quoteToken": bubble.quote_token} if bubble.quote_token else {})}
