"""Webhook events as LINE writes them: ids, stamps, tokens and sources around what a person did.

Absent values are missing, not null. In groups the user id stands in message events only, as LINE's documents promise no
more. A standby event has no reply token.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from bot.emulator import ids
from bot.emulator.counting import utf16
from bot.emulator.people import Group, Person
from bot.emulator.tokens import ReplyTokens
from bot.emulator.world import World

Event = dict[str, Any]
ANSWERABLE = frozenset(
    {
        "message",
        "messageEdited",
        "follow",
        "join",
        "memberJoined",
        "postback",
        "videoPlayComplete",
        "beacon",
        "membership",
        "accountLink",
    }
)
QUOTABLE = frozenset({"text", "image", "video", "sticker"})


class Events:
    """Completes what a caller leaves out; what it states (odd stamps, unknown types) stays as it is."""

    def __init__(self, world: World, tokens: ReplyTokens) -> None:
        self._world = world
        self._tokens = tokens

    def complete(self, event: Event, person: Person, group: Group | None = None) -> Event:
        at = self._world.now()
        stamped = int(at * 1000)
        whole: Event = {
            "type": event.get("type", "message"),
            "mode": "active",
            "timestamp": stamped,
            "source": self._source(event.get("type", "message"), person, group),
            "webhookEventId": ids.ulid(at),
            "deliveryContext": {"isRedelivery": False},
        }
        whole.update(event)
        if isinstance(whole.get("message"), dict):
            whole["message"] = self._message(whole["message"])
        if self._answerable(whole):
            whole["replyToken"] = self._tokens.new(group.id if group else person.id, at)
        return whole

    @staticmethod
    def _answerable(event: Event) -> bool:
        failed = event["type"] == "accountLink" and event.get("link", {}).get("result") == "failed"
        return event["type"] in ANSWERABLE and not failed and event["mode"] == "active" and "replyToken" not in event

    @staticmethod
    def _source(kind: str, person: Person, group: Group | None) -> dict[str, str]:
        if not group:
            return {"type": "user", "userId": person.id}
        who = {"userId": person.id} if kind in ("message", "messageEdited") else {}
        return {"type": "group", "groupId": group.id, **who}

    def _message(self, message: dict[str, Any]) -> dict[str, Any]:
        whole = {"id": ids.message_id(self._world.now()), "markAsReadToken": ids.token(), **message}
        if whole.get("type") in QUOTABLE:
            whole.setdefault("quoteToken", ids.token())
        return whole


# --- messages that people write --------------------------------------------------------------------------------------


def text(words: str, bot: tuple[str, str] | None = None, quotes: str = "") -> dict[str, Any]:
    """`bot` is (name, id) in groups, where "@name" in the words is a mention. Positions count UTF-16 units."""
    message: dict[str, Any] = {"type": "text", "text": words}
    mention = f"@{bot[0]}" if bot else ""
    if bot and mention in words:
        at, length = utf16(words[: words.index(mention)]), utf16(mention)
        meant = {"index": at, "length": length, "type": "user", "userId": bot[1], "isSelf": True}
        message["mention"] = {"mentionees": [meant]}
    return {**message, **({"quotedMessageId": quotes} if quotes else {})}


def pin(lat: float, lon: float, title: str = "", address: str = "") -> dict[str, Any]:
    named = {key: value for key, value in (("title", title), ("address", address)) if value}
    return {"type": "location", **named, "latitude": lat, "longitude": lon}


def sticker(package: str, number: str, keywords: Sequence[str] = ()) -> dict[str, Any]:
    known = {"keywords": list(keywords)[:15]} if keywords else {}
    return {"type": "sticker", "packageId": package, "stickerId": number, "stickerResourceType": "STATIC", **known}


def images(count: int, album: str, chance: random.Random) -> list[dict[str, Any]]:
    """Photos sent together: one event each, in no order that could be relied on."""
    line = {"type": "image", "contentProvider": {"type": "line"}}
    if count == 1:
        return [line]
    photos = [{**line, "imageSet": {"id": album, "index": at + 1, "total": count}} for at in range(count)]
    chance.shuffle(photos)
    return photos


def media(kind: str, name: str, size: int) -> dict[str, Any]:
    if kind == "file":
        return {"type": "file", "fileName": name, "fileSize": size}
    return {"type": kind, "duration": 4000, "contentProvider": {"type": "line"}}


def postback(data: str, params: dict[str, str] | None = None) -> Event:
    return {"type": "postback", "postback": {"data": data, **({"params": params} if params else {})}}
