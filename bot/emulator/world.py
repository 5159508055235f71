"""What the platform remembers: people, chats and their bubbles, and who watches them.

Everything lives in memory under one lock: a test, the page and the bot's requests come from different threads, and
each act is far shorter than a request. Whoever watches (the page) gets every change as a small dict.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.emulator import ids
from bot.emulator.people import COLORS, Account, Group, Person, cast

WATCHER_HOLDS = 5_000  # changes; who reads slower starts again with a whole picture


@dataclass
class Bubble:
    """One message in a chat. `by` is a user id, "bot", or "line" for notes that the app itself writes."""

    id: str
    chat: str
    by: str
    at: int  # ms
    message: dict[str, Any]
    quote_token: str = ""
    read_token: str = ""
    read: bool = False
    unsent: bool = False
    edited: bool = False
    free: bool = True  # a reply; pushes count against the quota

    def shown(self) -> dict[str, Any]:
        keys = ("id", "chat", "by", "at", "message", "quote_token", "read", "unsent", "edited", "free")
        return {key: getattr(self, key) for key in keys}


@dataclass
class Chat:
    """A 1:1 chat with the bot (its id is the person's) or a group chat."""

    id: str
    bubbles: list[Bubble] = field(default_factory=list)
    quick_gone: bool = True  # the quick replies of the last bubble were used up
    loading_until: float = 0.0


class World:
    """People, chats and bubbles. Methods hold the lock themselves; callers that need two of them hold it too."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.bot: Account
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.chats: dict[str, Chat] = {}
        self.bubbles: dict[str, Bubble] = {}
        self.trace: deque[dict[str, Any]] = deque(maxlen=400)
        self._watchers: set[Watcher] = set()
        self.bot, people, groups = cast()
        self.people.update((one.id, one) for one in people)
        self.groups.update((one.id, one) for one in groups)

    # --- who -------------------------------------------------------------------------------------------------------

    def person(self, who: str | Person) -> Person:
        """By id, key or the thing itself; a name nobody has becomes a new person, so tests can make crowds."""
        if isinstance(who, Person):
            return who
        with self.lock:
            return self.people.get(who) or self._by_key(who) or self.add_person(who)

    def _by_key(self, key: str) -> Person | None:
        return next((one for one in self.people.values() if one.key == key), None)

    def add_person(self, name: str, language: str = "th", friend: bool = False) -> Person:
        with self.lock:
            key = name if not self._by_key(name) else f"{name}-{len(self.people)}"
            color = COLORS[len(self.people) % len(COLORS)]
            person = Person(ids.stable("U", key), key, name, language, color=color, friend=friend, ever_friend=friend)
            self.people[person.id] = person
            self.tell("person", person=person.shown())
            return person

    def group(self, who: str) -> Group | None:
        with self.lock:
            return self.groups.get(who) or next((one for one in self.groups.values() if one.key == who), None)

    # --- chats -----------------------------------------------------------------------------------------------------

    def chat(self, chat_id: str) -> Chat:
        with self.lock:
            return self.chats.setdefault(chat_id, Chat(chat_id))

    def put(self, bubble: Bubble) -> Bubble:
        """A newer message: what was typed on the way ends, and older quick replies go."""
        with self.lock:
            chat = self.chat(bubble.chat)
            chat.bubbles.append(bubble)
            self.bubbles[bubble.id] = bubble
            chat.quick_gone = not (bubble.by == "bot" and bubble.message.get("quickReply"))
            if bubble.by == "bot":
                chat.loading_until = 0.0
            self.tell("bubble", bubble=bubble.shown())
            return bubble

    def note(self, chat_id: str, what: str, **about: Any) -> None:
        """A line that the app itself writes into a chat (joined, left, blocked)."""
        at = self.now()
        message = {"type": "note", "what": what, **about}
        with self.lock:
            quick_gone = self.chat(chat_id).quick_gone
            self.put(Bubble(ids.message_id(at), chat_id, "line", int(at * 1000), message))
            self.chat(chat_id).quick_gone = quick_gone

    def mark_read(self, message_ids: Iterable[str], chat_id: str) -> None:
        """The bot has read these messages of people, and with them all before."""
        with self.lock:
            wanted, found, marked = set(message_ids), False, []
            for bubble in reversed(self.chat(chat_id).bubbles):
                found = found or bubble.id in wanted
                if found and bubble.read and bubble.id not in wanted:
                    break
                if found and bubble.by != "bot" and not bubble.read:
                    bubble.read = True
                    marked.append(bubble.id)
            if marked:
                self.tell("read", chat=chat_id, ids=marked)

    def by_token(self, kind: str, token: str) -> Bubble | None:
        with self.lock:
            return next((one for one in self.bubbles.values() if token and getattr(one, kind) == token), None)

    def use_quick(self, chat_id: str) -> None:
        with self.lock:
            self.chat(chat_id).quick_gone = True
            self.tell("quick_gone", chat=chat_id)

    def load(self, chat_id: str, seconds: float) -> None:
        with self.lock:
            self.chat(chat_id).loading_until = self.now() + seconds
            self.tell("loading", chat=chat_id, seconds=seconds)

    # --- watching --------------------------------------------------------------------------------------------------

    def tell(self, kind: str, **what: Any) -> None:
        with self.lock:
            if kind == "trace":
                self.trace.append(what)
            self.changed.notify_all()
            for watcher in tuple(self._watchers):
                watcher.put({"kind": kind, **what})

    def watch(self) -> Watcher:
        with self.lock:
            watcher = Watcher(asyncio.get_running_loop())
            self._watchers.add(watcher)
            return watcher

    def close(self) -> None:
        """Ends all streams: the server can stop."""
        with self.lock:
            for watcher in self._watchers:
                watcher.lost = True
                watcher.put({"kind": "end"})

    def leave(self, watcher: Watcher) -> None:
        with self.lock:
            self._watchers.discard(watcher)

    def picture(self) -> dict[str, Any]:
        """Everything a page needs to start from."""
        with self.lock:
            return {
                "bot": {"id": self.bot.id, "name": self.bot.name, "status": self.bot.status},
                "people": [one.shown() for one in self.people.values()],
                "groups": [one.shown() for one in self.groups.values()],
                "chats": {chat.id: self._chat_shown(chat) for chat in self.chats.values()},
                "trace": list(self.trace)[-80:],
            }

    def _chat_shown(self, chat: Chat) -> dict[str, Any]:
        left = max(0.0, chat.loading_until - self.now())
        return {"bubbles": [one.shown() for one in chat.bubbles], "quick_gone": chat.quick_gone, "loading": left}


class Watcher:
    """One reader of changes, on its own event loop; changes come from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.lost = False
        self._loop = loop
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(WATCHER_HOLDS)

    def put(self, change: dict[str, Any]) -> None:
        with suppress(RuntimeError):  # its loop is closed: nobody reads any more
            self._loop.call_soon_threadsafe(self._put, change)

    def _put(self, change: dict[str, Any]) -> None:
        try:
            self._queue.put_nowait(change)
        except asyncio.QueueFull:
            self.lost = True  # the stream ends, and the page comes back for a whole picture

    async def next(self, seconds: float) -> dict[str, Any] | None:
        """The next change, or None after some seconds of silence."""
        try:
            return await asyncio.wait_for(self._queue.get(), seconds)
        except TimeoutError:
            return None
