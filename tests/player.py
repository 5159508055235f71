"""Plays the dialogues of tests/dialogues against handlers alone: no house, no wire, the state as JSON between any
two turns.

A step has one thing that happens (me, tap, pin, photo, album, sticker, unsend, follow, unfollow, join, edited, other,
staff, officer, wait, deploy) and what must come of it: bot (keys that are said, in this order), never (keys that
are not), ticket, office, learned, told, asked, draft, gone, lang, silent. A tap names a button that was shown at any
time: its label's key, or flow.field=value; `old` takes the oldest such button. `officer` tells the newest ticket's
reporter something (a key of told.yaml, or a mapping with key, words, media, ticket: 2 for the one before); `quote`
with `me` answers a message of ours about a ticket (1: the newest). Tickets are kept here as their reporter would see
them, by a small real implementation of the acts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from handlers import dispatch, memory, registry, words
from handlers.vocabulary import (
    Attach,
    Button,
    Conversation,
    Incoming,
    Learn,
    Media,
    Move,
    Notice,
    Open,
    Outcome,
    Pin,
    Say,
    T,
    Tap,
    Tell,
    Text,
    Ticket,
    Told,
    Turn,
)
from knowledge import load as knowledge_load
from knowledge.model import Both

DIALOGUES = Path(__file__).parent / "dialogues"
BASE = "https://house.example"
MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # ten in the morning in Thailand
FIRST = {"wait": 0, "staff": 1, "officer": 2}  # in one step: time passes, staff act, then the person
STEPS = frozenset(
    [
        "me",
        "tap",
        "old",
        "pin",
        "photo",
        "album",
        "sticker",
        "unsend",
        "follow",
        "unfollow",
        "join",
        "leave",
        "edited",
        "other",
        "staff",
        "officer",
        "quote",
        "wait",
        "deploy",
        "group",
        "times",
    ]
)
CHECKS = frozenset(
    [
        "bot",
        "never",
        "ticket",
        "learned",
        "told",
        "asked",
        "draft",
        "gone",
        "lang",
        "silent",
        "office",
        "code",
        "summary",
        "tickets",
    ]
)


@lru_cache(maxsize=1)
def knowledge() -> Any:
    return knowledge_load.load()


@lru_cache(maxsize=1)
def catalogue() -> words.Words:
    return words.load(strict=True)


@dataclass
class Player:
    """One person's talk. `stored` is the conversation as it lies in the database."""

    lane: str = "U1"
    now: datetime = MONDAY
    stored: str = "{}"
    tickets: list[Ticket] = field(default_factory=list)
    opens: list[Open] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    last: Outcome = field(default_factory=Outcome)
    count: int = 0
    sent: list[tuple[str, ...]] = field(default_factory=list)
    quoted: str = ""

    @property
    def conversation(self) -> Conversation:
        return memory.from_json(self.stored, self.lane)

    # --- doing ---

    def arrive(self, kind: str, **parts: Any) -> Outcome:
        self.count += 1
        self.now += timedelta(seconds=20)
        ids = parts.pop("message_ids", (f"m{self.count}",) if kind in ("text", "pin", "media", "sticker") else ())
        incoming = Incoming(kind, f"e{self.count}", self.now, message_ids=ids, **parts)  # type: ignore[arg-type]
        self.sent.append(ids)
        turn = Turn(
            incoming, self.conversation, tuple(self.tickets), knowledge(), self.now, f"FD-{self.count:03}",
            base=BASE, quoted=self.quoted,
        )  # fmt: skip
        first, again = dispatch.handle(turn), dispatch.handle(turn)
        assert first == again, "the same turn must give the same outcome"
        self._take(first)
        return first

    def _take(self, outcome: Outcome) -> None:
        self.last = outcome
        if outcome.conversation:
            self.stored = memory.to_json(outcome.conversation)
            assert memory.from_json(self.stored, self.lane) == outcome.conversation, "state must survive as JSON"
        for say in outcome.says:
            self.buttons += buttons_of(say)
            read_aloud(say)
        for act in outcome.acts:
            self._do(act)

    def _do(self, act: Any) -> None:
        if isinstance(act, Open):
            self.opens.append(act)
            self.tickets.insert(0, ticket_of(act, self.now))
            return
        code = getattr(act, "code", None)
        if isinstance(act, Move | Learn | Tell | Attach):
            self.tickets = [changed(ticket, act) if ticket.code == code else ticket for ticket in self.tickets]

    def say(self, text: str, **parts: Any) -> Outcome:
        return self.arrive("text", text=text, **parts)

    def tap(self, wanted: str, oldest: bool = False) -> Outcome:
        found = self.find(wanted, oldest)
        return self.arrive("tap", tap=found)

    def find(self, wanted: str, oldest: bool = False) -> Tap:
        """The newest button of that label or tap that was ever shown."""
        shown = self.buttons if oldest else self.buttons[::-1]
        for button in shown:
            if isinstance(button.act, Tap) and wanted in names_of(button):
                return button.act
        raise AssertionError(
            f"no button {wanted!r} was shown; there are {sorted({n for b in shown for n in names_of(b)})}"
        )

    def pin(self, lat: float, lon: float, title: str = "") -> Outcome:
        return self.arrive("pin", pin=Pin(lat, lon, title))

    def photo(self, kind: str = "image", set_id: str = "", total: int = 0) -> Outcome:
        mine = f"p{self.count + 1}"
        media = Media(mine, kind, set_id=set_id, total=total)  # type: ignore[arg-type]
        return self.arrive("media", media=(media,), message_ids=(mine,))

    # --- a step of a dialogue ---

    def play(self, step: Mapping[str, Any]) -> None:
        unknown = set(step) - STEPS - CHECKS
        assert not unknown, f"a step cannot have {unknown}"
        acts = [name for name in step if name in STEPS - {"old", "group", "times", "quote"}]
        for what in sorted(acts, key=lambda act: FIRST.get(act, len(FIRST))):
            getattr(self, f"_{what}")(step[what], step)
        self.check(step)

    def _me(self, text: str, step: Mapping[str, Any]) -> None:
        group = step.get("group")
        self.quoted = self.tickets[step["quote"] - 1].code if "quote" in step else ""
        self.say(" ".join([str(text)] * step.get("times", 1)), group=group is not None, to_us=group != "not to us")
        self.quoted = ""

    def _tap(self, wanted: str, step: Mapping[str, Any]) -> None:
        self.tap(wanted, bool(step.get("old")))

    def _pin(self, where: list[Any], step: Mapping[str, Any]) -> None:
        self.pin(*where)

    def _photo(self, kind: str, step: Mapping[str, Any]) -> None:
        self.photo("image" if kind in ("yes", True) else kind)

    def _album(self, size: int, step: Mapping[str, Any]) -> None:
        for place in range(size):
            outcome = self.photo(set_id=f"s{self.count - place}", total=size)
            assert bool(outcome.says) == (place == size - 1), "only the last photo of an album is answered"

    def _sticker(self, keywords: Any, step: Mapping[str, Any]) -> None:
        self.arrive("sticker", keywords=tuple(keywords) if isinstance(keywords, list) else ())

    def _unsend(self, back: int, step: Mapping[str, Any]) -> None:
        """Takes back the message sent so many messages ago (1: the last one)."""
        mine = [ids for ids in self.sent if ids][-back]
        self.arrive("unsend", message_ids=mine)

    def _follow(self, how: Any, step: Mapping[str, Any]) -> None:
        self.arrive("follow", unblocked=how == "again")

    def _unfollow(self, how: Any, step: Mapping[str, Any]) -> None:
        self.arrive("unfollow")

    def _join(self, how: Any, step: Mapping[str, Any]) -> None:
        self.arrive("join", group=True)

    def _leave(self, how: Any, step: Mapping[str, Any]) -> None:
        self.arrive("leave", group=True)

    def _edited(self, text: str, step: Mapping[str, Any]) -> None:
        group = step.get("group")
        self.arrive("edited", text=text, message_ids=("m1",), group=group is not None, to_us=group != "not to us")

    def _staff(self, status: Any, step: Mapping[str, Any]) -> None:
        """An officer brings the newest ticket into a state."""
        self.tickets[0] = replace(self.tickets[0], status=status)

    def _officer(self, told: Any, step: Mapping[str, Any]) -> None:
        """An officer tells the reporter something; what it makes of the ticket is what handlers.staff would."""
        key, words, media, place = officers_word(told)
        if key in BECOMES:
            self.tickets[place] = replace(self.tickets[place], status=BECOMES[key])
        values = {"words": words, "office": Both("สำนักงาน", "the office"), "to": Both("สำนักงาน", "the office")}
        self.arrive("told", told=Told(self.tickets[place].code, f"told.{key}", values, media))

    def _other(self, how: Any, step: Mapping[str, Any]) -> None:
        self.arrive("other")

    def _wait(self, how_long: str, step: Mapping[str, Any]) -> None:
        number, unit = how_long.split()
        self.now += timedelta(**{unit: int(number)})

    def _deploy(self, name: str, step: Mapping[str, Any]) -> None:
        from tests import deploys

        deploys.swap(registry.flows(), name)

    # --- what must have come of it ---

    def check(self, step: Mapping[str, Any]) -> None:
        said = [key for say in self.last.says for key in keys_of(say)]
        wanted = step.get("bot", [])
        for key in [wanted] if isinstance(wanted, str) else wanted:
            assert key in said, f"{key} was not said, but {said}"
            said = said[said.index(key) + 1 :]
        everything = [key for say in self.last.says for key in keys_of(say)]
        never = step.get("never", [])
        for key in [never] if isinstance(never, str) else never:
            assert key not in everything, f"{key} was said"
        if "silent" in step:
            assert (not self.last.says) == step["silent"], everything
        self._check_tickets(step)
        self._check_state(step)

    def _check_tickets(self, step: Mapping[str, Any]) -> None:
        if "ticket" in step:
            opened = [act for act in self.last.acts if isinstance(act, Open)]
            if step["ticket"] is False:
                assert not opened, opened
            else:
                assert len(opened) == 1, opened
                for name, value in step["ticket"].items():
                    assert look(opened[0], name) == value, f"{name}: {look(opened[0], name)!r}, not {value!r}"
        learned = {n: a.value for act in self.last.acts if isinstance(act, Learn) for n, a in act.report.items()}
        for name, value in step.get("learned", {}).items():
            assert learned.get(name) == value, f"{name} of {learned}"
        if "office" in step:
            assert self.tickets[0].office == step["office"], self.tickets[0].office
        if "tickets" in step:
            assert len(self.tickets) == step["tickets"], [ticket.code for ticket in self.tickets]
        told = [act.rule for act in self.last.acts if isinstance(act, Notice)]
        for rule in step.get("told", []):
            assert rule in told, f"{rule} was not told, but {told}"

    def _check_state(self, step: Mapping[str, Any]) -> None:
        conversation = self.conversation
        if "asked" in step:
            assert conversation.asked == step["asked"], conversation.asked
        if "lang" in step:
            assert conversation.lang == step["lang"]
        flow = conversation.flow
        for name, value in step.get("draft", {}).items():
            owner, _, own = name.rpartition(".")
            answer = conversation.draft(owner or flow).get(own)
            assert answer is not None, f"{name} is not in {sorted(conversation.draft(owner or flow))}"
            assert value in (answer.value, ...) or has(answer.value, value), f"{name}: {answer.value!r}"
        for name in step.get("gone", []):
            owner, _, own = name.rpartition(".")
            assert own not in conversation.draft(owner or flow), f"{name} is still there"


def has(value: Any, part: Any) -> bool:
    """Whether the stored value holds what is wanted: parts of a mapping, a piece of a text, anything for "*"."""
    if part == "*":
        return True
    if isinstance(part, Mapping) and isinstance(value, Mapping):
        return all(name in value and has(value[name], wanted) for name, wanted in part.items())
    return value == part or (isinstance(part, str) and isinstance(value, str) and part in value)


BECOMES: Mapping[str, Any] = {
    "taken": "acknowledged",
    "ask": "waiting_for_reporter",
    "resolved": "resolved",
    "rejected": "rejected",
    "closed": "closed",
    "reopened": "reopened",
}


def officers_word(told: Any) -> tuple[str, str, tuple[str, ...], int]:
    """Key, words, media, and which ticket, counted from the newest."""
    given = told if isinstance(told, Mapping) else {"key": told}
    words = str(given.get("words", "ขอดูหน้างานพรุ่งนี้เช้า"))
    return str(given["key"]), words, tuple(given.get("media", ())), int(given.get("ticket", 1)) - 1


def look(thing: Any, path: str) -> Any:
    for name in path.split("."):
        thing = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name)
    return list(thing) if isinstance(thing, tuple) else thing


def ticket_of(act: Open, now: datetime) -> Ticket:
    return Ticket(
        act.code, act.kind, act.type, act.urgency, "new", act.office, act.summary, now,
        act.resolve_by, act.answer_by, place=act.place, story=act.story, media=len(act.media),
    )  # fmt: skip


def changed(ticket: Ticket, act: Any) -> Ticket:
    if isinstance(act, Move):
        return replace(ticket, status=act.to)
    if isinstance(act, Tell):
        return replace(ticket, story=(*ticket.story, act.entry))
    if isinstance(act, Attach):
        return replace(ticket, media=ticket.media + len(act.message_ids))
    return replace(
        ticket, place=act.place or ticket.place, office=act.office or ticket.office, type=act.type or ticket.type
    )


def buttons_of(say: Say) -> list[Button]:
    card = say.card
    lines = [Button(line.label, line.change) for line in card.lines if line.change] if card else []
    return [*(card.buttons if card else ()), *lines, *say.buttons]


def names_of(button: Button) -> set[str]:
    assert isinstance(button.act, Tap) or True
    names = {button.label.key} if isinstance(button.label, T) else {str(getattr(button.label, "th", button.label))}
    if isinstance(button.act, Tap):
        names |= {f"{button.act.flow}.{button.act.field}={button.act.value}", f"{button.act.flow}.{button.act.field}"}
    return names


def keys_of(say: Say) -> list[str]:
    return [text.key for text in texts_of(say) if isinstance(text, T)]


def texts_of(say: Say) -> Iterator[Text]:
    if say.key:
        yield T(say.key, say.values)
    if say.card:
        yield say.card.title
        yield from say.card.body
        for line in say.card.lines:
            yield from (line.label, line.value)


def read_aloud(say: Say) -> None:
    """Every text and label exists in both languages, with its values; whatever the values."""
    for lang in ("th", "en"):
        for text in texts_of(say):
            catalogue().text(text, lang)
        for button in buttons_of(say):
            assert catalogue().text(button.label, lang).strip(), button


def dialogues() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted(DIALOGUES.glob("*.yaml")):
        for one in yaml.safe_load(path.read_text("utf8")):
            found.append((f"{path.stem}: {one['title']}", one))
    return found
