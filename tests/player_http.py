"""Plays the dialogues through everything: the emulator's webhooks, the door, the worker, the sender, LINE's own SDK,
HTTP.

One house and one platform for all dialogues, a new person for each. What was said is known only by its words, so a
key counts as said when the fixed pieces of its text stand, in order, in one message. Clock of house and platform is
one and can
be moved, so three days of silence cost nothing. What needs a swapped form (deploy) is left to the player of handlers
alone.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select, update

from bot import house, web
from bot.db import inbox, informs, outbox, schema
from bot.db.tables import reporters, tickets
from bot.emulator.acts import Upload
from bot.emulator.platform import Emulator, create_emulator
from bot.emulator.serving import serving
from bot.emulator.world import Bubble
from bot.settings import load
from handlers import words
from handlers.vocabulary import Inform, Told
from knowledge.model import Both
from tests.house import KEY, SECRET
from tests.player import BECOMES, officers_word

TOKEN = "token"
PATIENCE = 60.0
UNPLAYABLE = frozenset({"deploy", "undeploy", "join", "leave", "other", "edited", "group"})
FORWARD = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


def playable(dialogue: Mapping[str, Any]) -> bool:
    return not any(UNPLAYABLE & set(step) for step in dialogue["talk"])


@dataclass
class Moving:
    """Real time, moved on by whoever waits in a dialogue."""

    ahead: float = 0.0

    def seconds(self) -> float:
        return time.time() + self.ahead

    def millis(self) -> int:
        return int(self.seconds() * 1000)


@dataclass
class Stage:
    """House and platform on one port."""

    house: house.House
    line: Emulator
    clock: Moving
    words: words.Words = field(default_factory=lambda: words.load(strict=True))


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A running stage: `serving` gives the port only once the app exists, so the addresses are set by a relay."""
    clock = Moving()
    line = create_emulator(channel_secret=SECRET, access_token=TOKEN, webhook_url="http://unset", now=clock.seconds)
    with serving(line.app) as base:
        built = house.build(
            load(
                _env_file=None,
                database_url=f"sqlite:///{folder}/house.db",
                redis_url="",
                media_dir=folder / "media",
                line_channel_secret=SECRET,
                line_channel_access_token=TOKEN,
                line_api_base=f"{base}/api",
                line_data_api_base=f"{base}/data",
                secret_key=KEY,
                fragment_seconds=0,
                person_per_minute=1000,
            ),
            clock=clock.millis,
        )
        schema.upgrade(built.database)
        with serving(web.app(built)) as door:
            line.webhook_at(f"{door}/line/webhook")
            yield Stage(built, line, clock)
        line.close()


class Actor:
    """One person of one dialogue."""

    def __init__(self, on: Stage, name: str) -> None:
        self.stage = on
        self.me = on.line.add_person(name)
        self.sent: list[str] = []
        self.before = 0

    # --- doing -------------------------------------------------------------------------------------------------------

    def play(self, step: Mapping[str, Any]) -> None:
        self.before = len(self._bubbles())
        opened = set(self._codes())
        for what in (
            "wait",
            "staff",
            "officer",
            "me",
            "tap",
            "pin",
            "photo",
            "album",
            "sticker",
            "unsend",
            "follow",
            "unfollow",
        ):
            if what in step:
                getattr(self, f"_{what}")(step[what], step)
        self.settle()
        self._check(step, opened)

    def _line(self) -> Emulator:
        return self.stage.line

    def _me(self, text: Any, step: Mapping[str, Any]) -> None:
        words = " ".join([str(text)] * step.get("times", 1))
        quoted = self._about(step["quote"]) if "quote" in step else ""
        self.sent.append(self._line().say(self.me, words, quotes=quoted)["message"]["id"])

    def _about(self, place: int) -> str:
        """A message of ours that has the number of that ticket in it (1: the newest)."""
        code = self._tickets()[place - 1]
        return next(bubble.id for bubble in reversed(self._bubbles()) if code in str(bubble.message))

    def _tickets(self) -> list[str]:
        """Codes, the newest first."""
        mine = select(tickets.c.code).where(tickets.c.code.in_(self._codes())).order_by(tickets.c.opened_at.desc())
        with self.stage.house.database.reading() as connection:
            return list(connection.execute(mine).scalars())

    def _pin(self, where: list[Any], step: Mapping[str, Any]) -> None:
        self.sent.append(self._line().pin(self.me, *where)["message"]["id"])

    def _photo(self, kind: Any, step: Mapping[str, Any]) -> None:
        mime = {"video": "video/mp4", "audio": "audio/mp4", "file": "application/pdf"}.get(str(kind), "image/jpeg")
        event = self._line().upload(self.me, [Upload(_picture(), mime, "photo.jpg")])[0]
        self.sent.append(event["message"]["id"])

    def _album(self, size: int, step: Mapping[str, Any]) -> None:
        events = self._line().upload(self.me, [Upload(_picture(), "image/jpeg", f"{n}.jpg") for n in range(size)])
        self.sent += [event["message"]["id"] for event in events]

    def _sticker(self, keywords: Any, step: Mapping[str, Any]) -> None:
        told = keywords if isinstance(keywords, list) else ()
        self.sent.append(self._line().sticker(self.me, "446", "1988", told)["message"]["id"])

    def _unsend(self, back: int, step: Mapping[str, Any]) -> None:
        self._line().unsend(self.me, self.sent[-back])

    def _follow(self, how: Any, step: Mapping[str, Any]) -> None:
        if how == "again":
            self._line().block(self.me)
            self.settle()
            self.before = len(self._bubbles())
        self._line().follow(self.me)

    def _unfollow(self, how: Any, step: Mapping[str, Any]) -> None:
        self._line().block(self.me)

    def _wait(self, how_long: str, step: Mapping[str, Any]) -> None:
        number, unit = how_long.split()
        self.stage.clock.ahead += int(number) * FORWARD[unit]

    def _staff(self, status: str, step: Mapping[str, Any]) -> None:
        """An officer brings the newest ticket into a state."""
        with self.stage.house.database.transaction() as connection:
            mine = select(tickets.c.code).where(tickets.c.code.in_(self._codes())).order_by(tickets.c.opened_at.desc())
            newest = connection.execute(mine.limit(1)).scalar_one()
            connection.execute(update(tickets).where(tickets.c.code == newest).values(status=status))

    def _officer(self, told: Any, step: Mapping[str, Any]) -> None:
        """The word of an officer, put into the lane as an act of staff puts it."""
        key, words_, media, place = officers_word(told)
        code, house_ = self._tickets()[place], self.stage.house
        office = Both("สำนักงาน", "the office")
        word = Told(code, f"told.{key}", {"words": words_, "office": office, "to": office}, media)
        with house_.database.transaction() as connection:
            if key in BECOMES:
                changed = update(tickets).where(tickets.c.code == code).values(status=BECOMES[key])
                connection.execute(changed)
            name = f"played{self.stage.clock.millis()}"
            informs.send(connection, [Inform(word)], house_.sealing, self.stage.clock.millis(), name)
        house_.wake.arrived()
        self.settle()
        if "me" in step or "photo" in step:
            self.before = len(self._bubbles())

    def _tap(self, wanted: str, step: Mapping[str, Any]) -> None:
        actions = [action for bubble in self._bubbles() for action in _actions(bubble.message)]
        for action in actions if step.get("old") else reversed(actions):
            if self._named(action, wanted):
                self._line().tap(self.me, dict(action))
                return
        raise AssertionError(f"no button {wanted!r} was shown")

    def _named(self, action: Mapping[str, Any], wanted: str) -> bool:
        data = str(action.get("data", ""))
        field_, _, value = wanted.partition("=")
        if data.startswith("1|"):
            flow, name, given = data.split("|", 3)[1:]
            if f"{flow}.{name}" == field_ and (given == value or "=" not in wanted):
                return True
        if wanted not in self.stage.words or action.get("type") != "postback":
            return False
        return any(_stands(self._pieces(wanted, lang), str(action.get("label", ""))) for lang in ("th", "en"))

    # --- looking -----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Until the platform has handed everything over, the inbox is empty and nothing waits to be sent."""
        assert self._line().idle(PATIENCE)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self.stage.house.database.reading() as connection:
                waiting = inbox.backlog(connection)
                letters = outbox.counts(connection)
            if not waiting + letters.get("waiting", 0) + letters.get("sending", 0):
                return
            time.sleep(0.005)
        raise AssertionError("the house did not come to rest")

    def _bubbles(self) -> list[Bubble]:
        return [bubble for bubble in self._line().transcript(self.me) if bubble.by == "bot"]

    def _codes(self) -> list[str]:
        persons = self.stage.house.sealing.persons(self.me.id)
        with self.stage.house.database.reading() as connection:
            return list(connection.execute(select(reporters.c.code).where(reporters.c.person.in_(persons))).scalars())

    def _pieces(self, key: str, lang: str) -> list[str]:
        text = self.stage.words.texts[key].in_(lang)
        return [piece.strip() for piece in words.PLACEHOLDER.split(text)[::2] if piece.strip()]

    def _check(self, step: Mapping[str, Any], opened: set[str]) -> None:
        said = [" ".join(_texts(bubble.message)) for bubble in self._bubbles()[self.before :]]
        for key in _list(step.get("bot", [])):
            assert any(self._said(key, text) for text in said), f"{key} was not said, but {said}"
        if "silent" in step:
            assert (not said) == step["silent"], said
        if isinstance(step.get("ticket"), Mapping):
            self._check_ticket(step["ticket"], set(self._codes()) - opened)
        elif step.get("ticket") is False:
            assert set(self._codes()) == opened
        if "tickets" in step:
            assert len(self._codes()) == step["tickets"]
        if "office" in step:
            assert self._newest().office == step["office"]

    def _newest(self) -> Any:
        with self.stage.house.database.reading() as connection:
            mine = select(tickets).where(tickets.c.code.in_(self._codes())).order_by(tickets.c.opened_at.desc())
            return connection.execute(mine.limit(1)).one()

    def _said(self, key: str, text: str) -> bool:
        return any(_stands(self._pieces(key, lang), text) for lang in ("th", "en"))

    def _check_ticket(self, wanted: Mapping[str, Any], new: set[str]) -> None:
        assert len(new) == 1, f"one new ticket wanted, there are {new}"
        with self.stage.house.database.reading() as connection:
            row = connection.execute(select(tickets).where(tickets.c.code == next(iter(new)))).one()
        for name in ("kind", "type", "urgency", "office"):
            if name in wanted:
                assert getattr(row, name) == wanted[name], (name, getattr(row, name))
        if "place.province" in wanted:
            assert row.province == wanted["place.province"]


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _stands(pieces: list[str], text: str) -> bool:
    at, flat = 0, " ".join(text.split())
    for piece in pieces:
        found = flat.find(" ".join(piece.split()), at)
        if found < 0:
            return False
        at = found + 1
    return True


def _texts(part: Any) -> Iterator[str]:
    """Every word of a message, its altText last, so that a title is found as title and as sense."""
    if isinstance(part, Mapping):
        if isinstance(part.get("text"), str):
            yield part["text"]
        if part.get("type") == "span" or isinstance(part.get("label"), str):
            yield str(part.get("label", ""))
        for name, value in part.items():
            if name != "altText":
                yield from _texts(value)
        if isinstance(part.get("altText"), str):
            yield part["altText"]
    elif isinstance(part, list):
        for one in part:
            yield from _texts(one)


def _actions(part: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, Mapping):
        if isinstance(part.get("action"), Mapping):
            yield part["action"]
        for value in part.values():
            yield from _actions(value)
    elif isinstance(part, list):
        for one in part:
            yield from _actions(one)


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a8").save(out, "JPEG")
    return out.getvalue()
