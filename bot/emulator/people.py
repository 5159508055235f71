"""Who is on the platform: people, groups and the bot's own account."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.emulator import ids

WRITER_FOR = 7 * 24 * 3600.0  # who wrote 1:1 within 7 days gets pushes without being a friend
COLORS = ("#2f6f4f", "#9a3b6b", "#8a5a12", "#2d5c99", "#5b4a9e", "#a1402d")


@dataclass
class Person:
    """Somebody with the app. `friend` and `blocked` are what follow, block and unblock change."""

    id: str
    key: str
    name: str
    language: str = "th"
    hint: str = ""
    color: str = COLORS[0]
    friend: bool = False
    blocked: bool = False
    gone: bool = False  # left LINE
    ever_friend: bool = False
    wrote_at: float | None = None

    def reachable(self, now: float) -> bool:
        """Does a push arrive? To blocked people and strangers LINE answers 200 and drops it."""
        if self.blocked or self.gone:
            return False
        return self.friend or (self.wrote_at is not None and now - self.wrote_at <= WRITER_FOR)

    def known_to_bot(self) -> bool:
        """May the bot read the profile?"""
        return not self.blocked and not self.gone and (self.friend or self.wrote_at is not None)

    def profile(self) -> dict[str, Any]:
        return {"displayName": self.name, "userId": self.id, "language": self.language}

    def shown(self) -> dict[str, Any]:
        keys = ("id", "key", "name", "language", "hint", "color", "friend", "blocked", "gone")
        return {key: getattr(self, key) for key in keys}


@dataclass
class Group:
    id: str
    key: str
    name: str
    members: list[str] = field(default_factory=list)
    bot_in: bool = False

    def shown(self) -> dict[str, Any]:
        return {"id": self.id, "key": self.key, "name": self.name, "members": list(self.members), "bot_in": self.bot_in}


@dataclass(frozen=True)
class Account:
    """The bot as LINE knows it."""

    id: str
    name: str
    basic_id: str
    status: str

    def told(self) -> dict[str, Any]:
        """The answer of GET /v2/bot/info."""
        about = {"userId": self.id, "basicId": self.basic_id, "displayName": self.name}
        return {**about, "chatMode": "bot", "markAsReadMode": "auto"}


def cast() -> tuple[Account, list[Person], list[Group]]:
    """The account, people and groups that every platform starts with."""
    told = yaml.safe_load(Path(__file__).with_name("cast.yaml").read_text(encoding="utf-8"))
    bot = told["bot"]
    account = Account(ids.stable("U", "bot"), bot["name"], bot["basic_id"], bot["status"])
    people = [Person(id=ids.stable("U", one["key"]), **one) for one in told["people"]]
    groups = [_group(one) for one in told["groups"]]
    return account, people, groups


def _group(told: dict[str, Any]) -> Group:
    members = [ids.stable("U", key) for key in told["members"]]
    return Group(ids.stable("C", told["key"]), told["key"], told["name"], members)
