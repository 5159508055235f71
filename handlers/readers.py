"""How answers are read: a choice, words, yes or no, photos, a way to reach somebody, the confirmation.

Each reader takes a tap, a typed number and typed words alike, since quick replies do not show on a PC. A reader
returns None for what is not its kind (a sticker where a choice is asked), so that another question may take it.
Places stand in where.py.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.draft import Heard, Problem, Scene
from handlers.said import number, said
from handlers.vocabulary import AskCamera, AskRoll, Button, Card, Draft, Say, T, Text

if TYPE_CHECKING:
    from knowledge.load import Knowledge

MOST_WORDS = 2000  # a story longer than this is kept to here in the draft; the messages themselves are kept whole
MOST_MEDIA = 20
FEWEST_DIGITS = 8  # of a phone number that could be dialled: a text with fewer is not searched for one


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen: what is stored, how it is called, and said.yaml's name of words that mean it."""

    value: str
    label: Text
    said: str = ""


Options = Callable[[Scene], tuple[Option, ...]]


@dataclass(frozen=True)
class Choice:
    """A card with numbered buttons. `read_words` understands more than the labels, like a story."""

    options: Options
    known: Callable[[str, Knowledge], bool]
    label: Callable[[str, Knowledge], Text]
    read_words: Callable[[Scene, str], str | None] = lambda scene, text: None

    def complete(self, value: Any, knowledge: Knowledge) -> bool:
        return isinstance(value, str) and self.known(value, knowledge)

    def read(self, scene: Scene) -> Heard | Problem | None:
        incoming, options = scene.turn.incoming, self.options(scene)
        if incoming.kind == "tap" and incoming.tap:
            return self._tapped(scene, incoming.tap.value)
        if incoming.kind != "text":
            return None
        chosen = chosen_by_words(options, incoming.text) or self.read_words(scene, incoming.text)
        if chosen is None:
            return Problem("common.choose_again")
        return self._tapped(scene, chosen)

    def _tapped(self, scene: Scene, value: str) -> Heard | Problem:
        if value.startswith("page:"):
            return Problem("", store={"page": int(value[5:])} if value[5:].isdecimal() else None)
        return Heard({scene.field: value}) if self.known(value, scene.knowledge) else Problem("common.choose_again")

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        buttons = tuple(Button(option.label, scene.tap(option.value)) for option in self.options(scene))
        return (Say(card=Card(T(scene.key("ask")), buttons=buttons, numbered=True)),)

    def show(self, value: Any, knowledge: Knowledge) -> Text:
        return self.label(value, knowledge)


def chosen_by_words(options: tuple[Option, ...], text: str) -> str | None:
    """The option that a typed number, its label or its words name."""
    place = number(text)
    if place is not None:
        return options[place - 1].value if place <= len(options) else None
    typed = text.strip().casefold()
    for option in options:
        if (option.said and said(option.said, text)) or typed in labels(option.label):
            return option.value
    return None


def labels(text: Text) -> tuple[str, ...]:
    """The words of a label that stand in the knowledge; catalogue texts are matched by said.yaml instead."""
    if isinstance(text, T):
        return ()
    found = (text,) if isinstance(text, str) else (text.th, text.en)
    return tuple(words.casefold() for words in found if words)


@dataclass(frozen=True)
class Words:
    """Free words, at least so many letters. `also` reads further fields out of them."""

    at_least: int = 2
    also: Callable[[Scene, str], Mapping[str, Any]] = lambda scene, text: {}
    buttons: Callable[[Scene], tuple[Button, ...]] = lambda scene: ()

    def complete(self, value: Any, knowledge: Knowledge) -> bool:
        return isinstance(value, str) and bool(value.strip())

    def read(self, scene: Scene) -> Heard | Problem | None:
        if scene.turn.incoming.kind != "text":
            return None
        text = scene.turn.incoming.text.strip()[:MOST_WORDS]
        if len(text) < self.at_least:
            return Problem("common.say_more")
        return Heard({scene.field: text, **self.also(scene, text)})

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        return (Say(scene.key("ask"), buttons=self.buttons(scene)),)

    def show(self, value: Any, knowledge: Knowledge) -> Text:
        return str(value)


@dataclass(frozen=True)
class YesNo:
    """Stored as "yes", "no" or, where allowed, "unsure". The text itself names the words, for people on a PC."""

    unsure: bool = False
    values: Callable[[Scene], Mapping[str, Any]] = lambda scene: {}
    words: str = "common"  # whose texts name the buttons: <words>.yes, .no, .unsure
    meanings: Mapping[str, str] = field(default_factory=dict)  # value -> a meaning of said.yaml, else of its own name

    def options(self, scene: Scene) -> tuple[Option, ...]:
        named = ("yes", "no", "unsure") if self.unsure else ("yes", "no")
        return tuple(Option(name, T(f"{self.words}.{name}"), self.meanings.get(name, name)) for name in named)

    def complete(self, value: Any, knowledge: Knowledge) -> bool:
        return value in ("yes", "no") or (self.unsure and value == "unsure")

    def read(self, scene: Scene) -> Heard | Problem | None:
        incoming, options = scene.turn.incoming, self.options(scene)
        if incoming.kind == "tap" and incoming.tap:
            value: str | None = incoming.tap.value
        elif incoming.kind == "text":
            unsure = "unsure" if self.unsure and said("skip", incoming.text) else None
            value = chosen_by_words(options, incoming.text) or unsure
        else:
            return None
        known = value is not None and self.complete(value, scene.knowledge)
        return Heard({scene.field: value}) if known else Problem("common.yes_or_no", alone=True)

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        buttons = tuple(Button(option.label, scene.tap(option.value)) for option in self.options(scene))
        return (Say(scene.key("ask"), self.values(scene), buttons),)

    def show(self, value: Any, knowledge: Knowledge) -> Text:
        return T(f"{self.words}.{value}")


@dataclass(frozen=True)
class Photos:
    """Photos, videos and files, any number of times, until "enough". Words are read by `also`, and end it after photos.

    Stored as {"ids": [...], "done": bool}. An album comes as one event a photo, in any order; its last is answered.
    """

    also: Callable[[Scene, str], Mapping[str, Any]] = lambda scene, text: {}

    def complete(self, value: Any, knowledge: Knowledge) -> bool:
        return value["done"] is True and isinstance(value["ids"], list)

    def read(self, scene: Scene) -> Heard | Problem | None:
        incoming, stored = scene.turn.incoming, _stored_media(scene.value)
        if incoming.kind == "media":
            return self._came(scene, stored)
        enough = (
            incoming.tap.value == "enough"
            if incoming.tap
            else said("enough", incoming.text) or said("send", incoming.text)
        )
        if enough:
            return Heard({scene.field: {**stored, "done": True}})
        if incoming.kind != "text":
            return None
        told = self.also(scene, incoming.text)
        done = bool(stored["ids"]) or stored.get("told", False)
        return Heard({**told, scene.field: {**stored, "told": True, "done": done}})

    def _came(self, scene: Scene, stored: dict[str, Any]) -> Heard:
        ids, sets = list(stored["ids"]), dict(stored.get("sets", {}))
        new = [m for m in scene.turn.incoming.media if m.message_id not in ids]
        full = len(ids) >= MOST_MEDIA
        for media in new:
            sets[media.set_id] = sets.get(media.set_id, 0) + 1
        ids = [*ids, *(m.message_id for m in new)][:MOST_MEDIA]
        waits = any(m.set_id and sets[m.set_id] < m.total for m in new)
        said_full = stored.get("said_full", False)
        value = {**stored, "ids": ids, "sets": sets, "done": full and stored["done"], "said_full": said_full or full}
        return Heard({scene.field: value}, quiet=waits or said_full)

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        stored = _stored_media(scene.value)
        count = len(stored["ids"])
        add = (Button(T("common.camera"), AskCamera()), Button(T("common.roll"), AskRoll()))
        enough = (Button(T("common.enough"), scene.tap("enough")),)
        if count >= MOST_MEDIA:
            return (Say("common.photos_full", {"count": count}, enough),)
        if count:
            return (Say("common.photos_came", {"count": count}, (*enough, *add)),)
        told = stored.get("told")
        return (Say(scene.key("again" if told else "ask"), buttons=(*add, *enough) if told else add),)

    def show(self, value: Any, knowledge: Knowledge) -> Text:
        return T("common.photos_count", {"count": len(value["ids"])}) if value["ids"] else T("common.none")


def _stored_media(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping) and isinstance(value.get("ids"), list):
        return {"done": False, **value}
    return {"ids": [], "done": False}


@dataclass(frozen=True)
class Phone:
    """A phone number as people type it: spaces, dashes, +66, Thai digits, words around it. Stored as +66…"""

    buttons: Callable[[Scene], tuple[Button, ...]] = lambda scene: ()

    def complete(self, value: Any, knowledge: Knowledge) -> bool:
        return isinstance(value, str) and value.startswith("+") and value[1:].isdecimal()

    def read(self, scene: Scene) -> Heard | Problem | None:
        if scene.turn.incoming.kind != "text":
            return None
        found = phone_in(scene.turn.incoming.text)
        return Heard({scene.field: found}) if found else Problem("common.phone_unread", alone=True)

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        return (Say(scene.key("ask"), buttons=self.buttons(scene)),)

    def show(self, value: Any, knowledge: Knowledge) -> Text:
        return national(str(value))


def phone_in(text: str) -> str | None:
    """The first phone number of Thailand in the text, as E.164."""
    if sum(letter.isdecimal() for letter in text[:200]) < FEWEST_DIGITS:
        return None
    import phonenumbers  # 80 ms, which no command pays that only looks something up

    plain = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in text[:200])
    for match in phonenumbers.PhoneNumberMatcher(plain, "TH", leniency=phonenumbers.Leniency.VALID):
        return str(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    return None


def national(number_: str) -> str:
    """+66812345678 as people read it: 081 234 5678."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number_, "TH")
    except phonenumbers.NumberParseException:
        return number_
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))


@dataclass(frozen=True)
class Confirm:
    """The summary. Its button carries a mark of the draft, so an older summary cannot send what it did not show."""

    summary: Callable[[Scene, str], Say]
    note: str = ""  # the field that takes what people add at the summary

    def complete(self, value: Any, knowledge: Knowledge) -> bool:
        return value is True

    def read(self, scene: Scene) -> Heard | Problem | None:
        incoming = scene.turn.incoming
        if incoming.tap:
            return Heard({scene.field: True}) if incoming.tap.value == mark(scene.draft) else Problem("common.changed")
        if incoming.kind != "text":
            return None
        if said("send", incoming.text):
            return Heard({scene.field: True})
        if said("no", incoming.text) or said("edit", incoming.text) or not self.note:
            return Problem("common.what_to_change")
        earlier = scene.draft.get(self.note)
        words = f"{earlier.value}\n{incoming.text}" if earlier and isinstance(earlier.value, str) else incoming.text
        return Heard({self.note: words[:MOST_WORDS]}, says=(Say("common.added"),))

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        return (self.summary(scene, mark(scene.draft)),)

    def show(self, value: Any, knowledge: Knowledge) -> Text:
        return T("common.yes")


def mark(draft: Draft) -> str:
    """A short mark of what a draft says."""
    told = repr(sorted((name, answer.value) for name, answer in draft.items()))
    return f"{zlib.crc32(told.encode('utf8', 'replace')):08x}"
