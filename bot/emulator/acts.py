"""What a person can do in the app, each as one call: it changes the chat and sends what LINE would send.

The page, the terminal and the tests all come through here. A chat is a group's id or key; without one it is 1:1.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.emulator import events, ids
from bot.emulator.contents import Contents
from bot.emulator.events import Event, Events
from bot.emulator.menus import Menus
from bot.emulator.people import Group, Person
from bot.emulator.postman import Postman
from bot.emulator.world import Bubble, World

Who = str | Person


@dataclass(frozen=True)
class Upload:
    body: bytes
    mime: str
    name: str = ""

    @property
    def kind(self) -> str:
        first = self.mime.split("/")[0]
        return first if first in ("image", "video", "audio") else "file"


class Acts:
    """Everything people do. Each gives the webhook events that it sent."""

    def __init__(self, world: World, making: Events, contents: Contents, menus: Menus, postman: Postman) -> None:
        self._world = world
        self._making = making
        self._contents = contents
        self._menus = menus
        self._postman = postman
        self._chance = random.Random(2)  # noqa: S311 - the order of an album is no secret

    # --- sending ---------------------------------------------------------------------------------------------------

    def send(self, who: Who, event: Event, chat: str = "") -> Event:
        """One event in a body of its own. A message also stands in the chat; nothing leaves a blocked chat."""
        whole = self.prepare(who, event, chat)
        if self._reaches(who, chat, whole):
            self._postman.post([whole])
        return whole

    def send_together(self, acts: Sequence[tuple[Who, Event]]) -> list[Event]:
        """Events of several people in one body."""
        whole = [self.prepare(who, event) for who, event in acts]
        self._postman.post(whole)
        return whole

    def prepare(self, who: Who, event: Event, chat: str = "") -> Event:
        """Completes the event and shows its message, without posting it."""
        person, group = self._world.person(who), self._world.group(chat) if chat else None
        with self._world.lock:
            whole = self._making.complete(event, person, group)
            if whole["type"] == "message" and isinstance(whole.get("message"), dict):
                self._show(whole, person, group)
            return whole

    def _reaches(self, who: Who, chat: str, event: Event) -> bool:
        group = self._world.group(chat) if chat else None
        if group:
            return group.bot_in or event["type"] == "leave"
        return not self._world.person(who).blocked or event["type"] == "unfollow"

    def _show(self, event: Event, person: Person, group: Group | None) -> None:
        message = event["message"]
        if not group:
            person.wrote_at = self._world.now()
        shown = {key: value for key, value in message.items() if key not in ("quoteToken", "markAsReadToken")}
        chat, quote, read = (
            group.id if group else person.id,
            message.get("quoteToken", ""),
            message.get("markAsReadToken", ""),
        )
        self._world.put(Bubble(str(message["id"]), chat, person.id, event["timestamp"], shown, quote, read))

    # --- messages --------------------------------------------------------------------------------------------------

    def say(self, who: Who, words: str, chat: str = "", quotes: str = "") -> Event:
        bot = (self._world.bot.name, self._world.bot.id) if chat else None
        return self.send(who, {"message": events.text(words, bot, quotes)}, chat)

    def pin(self, who: Who, lat: float, lon: float, title: str = "", address: str = "", chat: str = "") -> Event:
        return self.send(who, {"message": events.pin(lat, lon, title, address)}, chat)

    def sticker(self, who: Who, package: str, number: str, keywords: Sequence[str] = (), chat: str = "") -> Event:
        return self.send(who, {"message": events.sticker(package, number, keywords)}, chat)

    def upload(self, who: Who, files: Sequence[Upload], chat: str = "") -> list[Event]:
        """Photos chosen together are an album; everything else comes one by one."""
        photos = [one for one in files if one.kind == "image"]
        others = [one for one in files if one.kind != "image"]
        made = events.images(len(photos), ids.message_id(self._world.now()), self._chance) if photos else []
        sent = [self._upload(who, photos[_index(one)], one, chat) for one in made]
        return sent + [self._upload(who, one, events.media(one.kind, one.name, len(one.body)), chat) for one in others]

    def _upload(self, who: Who, file: Upload, message: dict[str, Any], chat: str) -> Event:
        number = ids.message_id(self._world.now())
        self._contents.store(number, file.body, file.mime, file.kind, file.name)
        return self.send(who, {"message": {"id": number, **message}}, chat)

    def unsend(self, who: Who, message_id: str, chat: str = "") -> Event:
        with self._world.lock:
            bubble = self._world.bubbles.get(message_id)
            if bubble:
                bubble.unsent, bubble.message = True, {"type": bubble.message["type"]}
                self._world.tell("bubble_changed", bubble=bubble.shown())
        self._contents.forget(message_id)
        return self.send(who, {"type": "unsend", "unsend": {"messageId": message_id}}, chat)

    def edit(self, who: Who, message_id: str, words: str, chat: str) -> Event:
        """Only in groups, as on LINE."""
        with self._world.lock:
            bubble = self._world.bubbles[message_id]
            bubble.message, bubble.edited = {**bubble.message, "text": words}, True
            self._world.tell("bubble_changed", bubble=bubble.shown())
        message = {**events.text(words, (self._world.bot.name, self._world.bot.id)), "id": message_id}
        whole = self.prepare(who, {"type": "messageEdited", "message": message}, chat)
        whole["message"].pop("markAsReadToken", None)
        self._postman.post([whole])
        return whole

    # --- buttons ---------------------------------------------------------------------------------------------------

    def tap(
        self,
        who: Who,
        action: dict[str, Any],
        chat: str = "",
        params: dict[str, str] | None = None,
        quick: bool = False,
    ) -> Event | None:
        """A button of any kind; `quick` replies vanish with the tap. What opens a picker or a page sends nothing."""
        if quick:
            self._world.use_quick(self._chat_id(who, chat))
        kind = action.get("type")
        if kind == "message":
            return self.say(who, action["text"], chat)
        if kind == "richmenuswitch":
            return self._switch(who, action)
        if kind == "postback" or (kind == "datetimepicker" and params):
            if action.get("displayText") or action.get("text"):
                self._display(who, action, chat)
            return self.send(who, events.postback(action["data"], params), chat)
        return None

    def _display(self, who: Who, action: dict[str, Any], chat: str) -> None:
        """displayText stands in the chat and makes no message event."""
        at, person = self._world.now(), self._world.person(who)
        message = {"type": "text", "text": action.get("displayText") or action["text"]}
        self._world.put(
            Bubble(ids.message_id(at), self._chat_id(who, chat), person.id, int(at * 1000), message, read=True)
        )

    def _switch(self, who: Who, action: dict[str, Any]) -> Event:
        alias = action["richMenuAliasId"]
        status = self._menus.switch(self._world.person(who).id, alias)
        return self.send(who, events.postback(action["data"], {"newRichMenuAliasId": alias, "status": status}))

    def _chat_id(self, who: Who, chat: str) -> str:
        group = self._world.group(chat) if chat else None
        return group.id if group else self._world.person(who).id

    # --- friends and groups ----------------------------------------------------------------------------------------

    def follow(self, who: Who) -> Event:
        """Adds the bot as a friend, or unblocks it."""
        person = self._world.person(who)
        unblocked = person.blocked or (person.ever_friend and not person.friend)
        person.friend, person.blocked, person.ever_friend = True, False, True
        self._changed(person, "unblocked" if unblocked else "followed")
        return self.send(person, {"type": "follow", "follow": {"isUnblocked": unblocked}})

    def block(self, who: Who) -> Event:
        person = self._world.person(who)
        person.blocked, person.friend = True, False
        self._changed(person, "blocked")
        return self.send(person, {"type": "unfollow"})

    def _changed(self, person: Person, what: str) -> None:
        self._world.note(person.id, what)
        self._world.tell("person", person=person.shown())

    def invite(self, who: Who, chat: str) -> Event:
        """The bot joins a group."""
        return self._join(who, chat, True, "join")

    def remove(self, who: Who, chat: str) -> Event:
        """Somebody puts the bot out of a group."""
        return self._join(who, chat, False, "leave")

    def _join(self, who: Who, chat: str, bot_in: bool, kind: str) -> Event:
        group = self._world.group(chat)
        if not group:
            raise KeyError(chat)
        group.bot_in = bot_in
        self._world.note(group.id, kind)
        self._world.tell("group", group=group.shown())
        return self.send(who, {"type": kind}, chat)


def _index(message: dict[str, Any]) -> int:
    place = message.get("imageSet", {}).get("index", 1)
    return int(place) - 1
