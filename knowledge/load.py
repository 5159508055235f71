"""All that the house knows, in one object: built once, then asked by every room. Pure, no network, no clock.

`load` reads the files, checks them, and refuses with every fault at once. The readers behind `Knowledge` are small
and separate; this class only puts their words together, so that a flow has one thing to hold.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from knowledge import check as checks
from knowledge import (
    check_forms,
    contacts,
    danger,
    factories,
    facts,
    language,
    normalise,
    notices,
    packed,
    pins,
    places,
    polite,
    prepared,
    regions,
    route_built,
    schema,
    semantic,
    signs,
    spelling,
)
from knowledge.bodies import Competence
from knowledge.classify import Intents, Slots, Types
from knowledge.files import HERE, Files, gathered, read_all
from knowledge.find import fold
from knowledge.hours import Hours
from knowledge.mended import as_typed, place_as_typed
from knowledge.model import (
    Area,
    Body,
    Danger,
    DangerKind,
    Facts,
    Fault,
    KnowledgeError,
    PinReading,
    Place,
    PlaceReading,
    PublicNotice,
    Reading,
    Route,
)
from knowledge.route import Router

T = TypeVar("T")
NOWHERE = Place()
QUESTION = 12  # letters: a shorter text out of the blue (a place, a language) is no question yet
SURE_PLACE = 0.5  # a place told in passing that is less sure does not choose a counter


def load(folder: Path | None = None) -> Knowledge:
    """Everything that stands in the folder. Raises KnowledgeError with all faults.

    Half a million objects are made that all stay; looking through them for garbage again and again costs a fifth of
    the time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return _load(folder)
    finally:
        packed.forget()
        prepared.forget()
        if collects:
            gc.enable()


def _load(folder: Path | None) -> Knowledge:
    files, dangers = read_all(folder or HERE), signs.kinds(folder or HERE)
    faults = checks.faults(files, dangers)
    if faults:
        raise KnowledgeError(faults)
    return Knowledge(files, dangers, folder or HERE)


def check(folder: Path | None = None, at: datetime | None = None) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """All that is wrong with the knowledge (the house does not start), and what should be looked at: on a day, if one
    is given, also what is over or stale."""
    files, found = gathered(folder or HERE)
    faults = [*found, *check_forms.form_faults(folder or HERE)]
    faults += [] if faults else check_forms.place_id_faults(folder or HERE, files)
    try:
        faults += checks.others_than(found, checks.faults(files, signs.kinds(folder or HERE)))
    except KnowledgeError as wrong:
        faults += wrong.faults
    if faults:
        return tuple(dict.fromkeys(faults)), ()
    return (), (*checks.warnings(files, seen), *(checks.aged(files, folder or HERE, at) if at else ()))


def seen(text: str) -> str:
    """A text as the readers of words see it."""
    return fold(normalise.normalise(text))


def folding(texts: Sequence[str]) -> Callable[[str], str]:
    """`seen` that has read these texts before, all in one go, and keeps every other."""
    known = dict(zip(texts, prepared.spelt("phrases", seen, texts), strict=True))
    return lambda text: known[text] if text in known else known.setdefault(text, seen(text))


def kept(read: Callable[[str], T]) -> Callable[[str], T]:
    """A reader that keeps its last few answers: worker and handlers ask for the same text several times a turn."""
    return lru_cache(maxsize=normalise.TURN)(read)


def days_of(days: Iterable[schema.SpecialDay]) -> dict[date, str]:
    return {each.day: each.name for each in days}


class Knowledge:
    """What the house knows and reads out of texts. Cheap to ask, from any thread."""

    def __init__(self, files: Files, dangers: Mapping[str, DangerKind], folder: Path) -> None:
        bodies, types = facts.bodies(files), facts.types(files)
        self._languages = language.load(folder)
        model = semantic.model()
        self._danger = danger.Reader(signs.load(folder, self._languages), model)
        self._pins = pins.load(folder)
        self._places = places.load(folder)
        areas = self._places.all_areas.values()
        self._mender = spelling.load(folder, files, signs.emergencies(folder).values(), areas)
        self.competence = Competence(types, bodies, facts.centers(files), self._places.legal_estate)
        self._types = Types(files.types, normalise.normalise, folder, model)
        self._intents = Intents(files.intents, normalise.normalise, folder)
        self._slots = Slots(files.slots)
        self._board = notices.load_right(folder, self._places.all_areas, self._places.estates, files)
        self._files = replace(files, said={})  # for the contacts: sentences have been learned from, and take 1 MB
        self._ages = contacts.rules(folder)  # the folder may be gone later
        self._factories = factories.load(folder, self._places.all_areas)
        self._frame = polite.load(folder, normalise.normalise)
        # Phrases are folded once for all readers; what people ask is not kept like this.
        self._router = Router(files, self.competence, folding(route_built.read_at_start(files)), folder, model)
        self._router.fold = seen
        # Worker and handlers ask for the same text several times a turn, so the last few answers are kept.
        self._mended = kept(self._mender.mend)
        self._reading_of = kept(self._read)
        self._core = kept(self._frame.without)
        self._danger_of = kept(self._danger_in)
        self._language_of = kept(self._languages.language)
        self._places_in = kept(self._places.find_all)
        self.regions = regions.load(folder)
        self.hours = Hours(days_of(files.special_days.extra), days_of(files.special_days.working))
        self.facts = Facts(
            bodies=bodies,
            types=types,
            dangers=dangers,
            hotlines=facts.hotlines(files),
            areas=self._places.all_areas,
            estates=self._places.estates,
        )

    def read(self, text: str) -> Reading:
        """All that a text tells. Every reader sees it mended; the spans are those of the text as it came."""
        mended = self._mended(text)
        return as_typed(self._reading_of(mended.text), mended, text)

    def _read(self, text: str) -> Reading:
        folded = seen(text)
        alarm = self._danger_of(text)
        intent = self._intent(text, folded, alarm)
        places_, slots = self._places_in(text), self._slots.read(text)
        return Reading(
            language=self._language_of(text),
            danger=alarm,
            intent=intent,
            types=self._types.read(seen(self._core(text)), intent == "complain"),
            places=places_,
            slots=slots,
            factory=self._factories.told(slots, places_),
        )

    def _intent(self, text: str, folded: str, alarm: Danger) -> str:
        """What nothing told is a question where the router knows the answer ("TQA application")."""
        intent = self._intents.read(folded, self._types, alarm.decision == "act")
        asks = intent == "unknown" and len(folded) >= QUESTION and self._router.knows(seen(self._core(text)))
        return "ask" if asks else intent

    def _danger_in(self, text: str) -> Danger:
        """Polite words around a danger hide it, and a cry may stand among them: both readings count."""
        core = self._core(text)
        matter = seen(core) if self._danger.meant else ""
        whole = self._danger.read(text, matter)
        return whole if core == text else danger.graver(whole, self._danger.read(core, matter))

    def danger(self, text: str) -> Danger:
        return self._danger_of(self._mended(text).text)

    def language(self, text: str) -> str:
        return self._language_of(self._mended(text).text)

    def normalise(self, text: str) -> str:
        return normalise.normalise(text)

    @property
    def with_model(self) -> str:
        """The name of the sentence model that helps to route; empty where there is none."""
        return self._router.meaning.model.name if self._router.meaning else ""

    def forget_model(self) -> None:
        """From now on everything is read without the sentence model."""
        self._router.meaning = None
        self._danger.meant = self._types.meant = None

    def route(self, text: str, place: Place | None = None) -> Route:
        """Whom to ask about this. The place counts where it is known, else as it is told in the text."""
        meant = self._mended(text).text
        known = place if place and (place.province or place.estate) else self._told_place(meant)
        return self._router.read(self._core(meant), known)

    def _told_place(self, text: str) -> Place:
        told = [each for each in self._places_in(text) if each.confidence >= SURE_PLACE]
        return max(told, key=lambda each: each.confidence).place if told else NOWHERE

    def read_place(self, text: str, within: str = "") -> PlaceReading | None:
        mended = self._mended(text)
        found = self._places.read_place(mended.text, within)
        return place_as_typed(found, mended, text) if found else None

    def at(self, lat: float, lon: float) -> PinReading:
        return self._pins.at(lat, lon)

    def areas(self, within: str = "") -> tuple[Area, ...]:
        return self._places.areas(within)

    def area(self, code: str) -> Area | None:
        return self._places.area(code)

    def bare_name(self, name: str) -> str:
        """The name of an area without the word for its level."""
        return self._places.bare_name(name)

    def is_town(self, name: str) -> bool:
        """Whether a name says no more than "the capital district"."""
        return self._places.is_town(name)

    def describe(self, place: Place, lang: str) -> str:
        return self._places.describe(place, lang)

    def disagree(self, a: Place, b: Place) -> bool:
        return self._places.disagree(a, b)

    def estate_near(self, place: Place) -> str:
        return self._places.estate_near(place)

    def legal_estate(self, estate: str) -> bool | None:
        """Whether this is an estate of the Industrial Estate Authority; None where nobody knows for sure."""
        return self._places.legal_estate(estate)

    def office_for(
        self, type_id: str, place: Place, in_estate: bool | None = None, factory: bool = True, about: str = ""
    ) -> str:
        """The id of the body in charge. `about` is a body complained about, which never gets the matter itself."""
        return self.competence.office_for(type_id, place, in_estate, factory, about)

    def emergency_office(self, place: Place) -> str:
        return self.competence.emergency_office(place)

    def as_of(self, today: date) -> None:
        """From now on contacts are shown that are not stale on this day."""
        shown = contacts.as_of(self._files, self._ages, today)
        self.facts = replace(self.facts, bodies=facts.bodies(shown), hotlines=facts.hotlines(shown))

    def contacts(self, today: date) -> list[contacts.Listed]:
        """All contacts, those that may not be shown on this day first."""
        return contacts.listed(self._files, self._ages, today)

    def notices(
        self,
        at: datetime,
        type_id: str = "",
        place: Place = NOWHERE,
        body: str = "",
        where: notices.Where = "complaint",
    ) -> tuple[PublicNotice, ...]:
        """What people should know now about this; those that stop first."""
        return self._board.at(at, place, type_id, body, where)

    def body(self, body_id: str) -> Body | None:
        return self.facts.bodies.get(body_id)

    def region(self, id_: str) -> frozenset[str]:
        """The provinces of an inspection region; none for an unknown one."""
        found = self.regions.by_id.get(id_)
        return found.provinces if found else frozenset()

    def due(self, start: datetime, hours: float, clock: bool = False) -> datetime:
        return self.hours.due(start, hours, clock)
