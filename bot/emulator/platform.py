"""The platform as a whole, and how it is made: `create_emulator(...)` gives an app to serve and calls for tests.

line = create_emulator(channel_secret="s", access_token="t", webhook_url="http://127.0.0.1:8000/line/webhook")
with serving(line.app) as base:                      # or mount line.app anywhere; no start-up hook is needed
    ...                                              # LINE_API_BASE=<base>/api  LINE_DATA_API_BASE=<base>/data
    line.say("somchai", "hello")
    line.wait_for("somchai", 1)                      # the bot's first bubble
    line.misbehave("push", "500", after=True)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot.emulator.acts import Acts, Who
from bot.emulator.contents import Contents
from bot.emulator.events import Event, Events
from bot.emulator.menus import Menus
from bot.emulator.mischief import Mischief, Whim
from bot.emulator.people import Person
from bot.emulator.postman import Postman
from bot.emulator.sending import Sending
from bot.emulator.tokens import ReplyTokens
from bot.emulator.world import Bubble, World


class Platform:
    """LINE's servers: everything that stands behind the endpoints, the page and the calls of a test."""

    def __init__(self, secret: str, access_token: str, webhook_url: str, now: Callable[[], float], seed: int) -> None:
        self.now = now
        self.access_token = access_token
        self.world = World(now)
        self.tokens = ReplyTokens(now)
        self.mischief = Mischief(seed)
        self.contents = Contents(now)
        self.menus = Menus(self.world)
        self.sending = Sending(self.world, self.tokens)
        self.postman = Postman(self.world, self.tokens, self.mischief, secret, webhook_url)
        self.acts: Acts = Acts(self.world, Events(self.world, self.tokens), self.contents, self.menus, self.postman)


class Emulator:
    """What a test holds. People go by key (`somchai`, `malee`, `aung`, `anan`) or id; a new name makes a new person."""

    def __init__(self, line: Platform, app: ASGIApp) -> None:
        self.line = line
        self.app = app
        acts = line.acts
        self.send, self.send_together = acts.send, acts.send_together
        self.say, self.pin, self.sticker, self.upload, self.tap = (
            acts.say,
            acts.pin,
            acts.sticker,
            acts.upload,
            acts.tap,
        )
        self.follow, self.block, self.unsend, self.edit = acts.follow, acts.block, acts.unsend, acts.edit
        self.invite, self.remove = acts.invite, acts.remove
        self.redeliver = line.postman.redeliver

    @property
    def people(self) -> dict[str, Person]:
        """By key."""
        return {person.key: person for person in self.line.world.people.values()}

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The latest requests and posts, oldest first: way (api or webhook), path, status, body, answer."""
        with self.line.world.lock:
            return list(self.line.world.trace)

    def add_person(self, name: str, language: str = "th", friend: bool = True) -> Person:
        return self.line.world.add_person(name, language, friend)

    def person(self, who: Who) -> Person:
        return self.line.world.person(who)

    def transcript(self, who: Who, chat: str = "") -> list[Bubble]:
        """All bubbles of the 1:1 chat, or of a group's, oldest first."""
        with self.line.world.lock:
            return list(self.line.world.chat(self._chat(who, chat)).bubbles)

    def answers(self, who: Who, chat: str = "") -> list[dict[str, Any]]:
        """The messages of the bot alone, as it sent them."""
        return [bubble.message for bubble in self.transcript(who, chat) if bubble.by == "bot"]

    def wait_for(self, who: Who, count: int, seconds: float = 60.0, chat: str = "") -> list[dict[str, Any]]:
        """Waits until the bot has said so many bubbles in all; gives them. TimeoutError if it does not."""
        with self.line.world.changed:
            done = self.line.world.changed.wait_for(lambda: len(self.answers(who, chat)) >= count, seconds)
        if not done:
            raise TimeoutError(f"{count} bubbles wanted, there are {len(self.answers(who, chat))}")
        return self.answers(who, chat)

    def idle(self, seconds: float = 60.0) -> bool:
        """Waits until every webhook is taken or given up."""
        return self.line.postman.idle(seconds)

    def misbehave(self, where: str, do: str, **more: Any) -> None:
        """See `mischief.Whim`: times, share, seconds, after, skip. `behave()` ends it all."""
        self.line.mischief.add(Whim(where, do, **more))

    def behave(self) -> None:
        self.line.mischief.clear()

    def set_quota(self, limit: int | None) -> None:
        self.line.sending.quota = limit

    def webhook_at(self, url: str, redelivery: Sequence[float] | None = None, patience: float | None = None) -> None:
        """Where webhooks go, the pauses before redeliveries (empty: off, as on LINE at first), LINE's patience."""
        postman = self.line.postman
        postman.url = url
        postman.redelivery = postman.redelivery if redelivery is None else redelivery
        postman.patience = postman.patience if patience is None else patience

    def close(self) -> None:
        self.line.world.close()
        self.line.postman.close()

    def _chat(self, who: Who, chat: str) -> str:
        group = self.line.world.group(chat) if chat else None
        return group.id if group else self.line.world.person(who).id


def create_emulator(
    *, channel_secret: str, access_token: str, webhook_url: str, now: Callable[[], float] = time.time, seed: int = 0
) -> Emulator:
    """A platform with the cast of cast.yaml. Its app serves /api, /data, /misbehave and the chat page under /."""
    from bot.emulator.api import api_host, data_host
    from bot.emulator.pages import Safe, page_routes

    line = Platform(channel_secret, access_token, webhook_url, now, seed)
    app = Starlette()
    app.mount("/api", api_host(line))
    app.mount("/data", data_host(line))
    app.router.routes.extend(page_routes(line))
    return Emulator(line, Safe(app))


__all__ = ["Emulator", "Event", "Platform", "create_emulator"]
