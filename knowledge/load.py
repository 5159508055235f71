"""All that the house knows, in one object: built once, then asked by every room. Pure, no network, no clock.

`load` reads the files, checks them, and refuses with every fault at once. The readers behind `Knowledge` are small
and separate; this class only puts their words together, so that a flow has one thing to hold.
"""

from __future__ import annotations

import importlib
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from knowledge import check as checks
from knowledge import danger, facts, language, normalise, pins, signs
from knowledge.bodies import Competence
from knowledge.classify import Intents, Slots, Types
from knowledge.files import HERE, Files, read_all
from knowledge.find import fold
from knowledge.hours import Hours
from knowledge.model import (
    Area,
    Body,
    Danger,
    Facts,
    Fault,
    KnowledgeError,
    PinReading,
    Place,
    PlaceReading,
    Reading,
    Route,
)
from knowledge.route import Router

NOWHERE = Place()


def load(folder: Path | None = None) -> Knowledge:
    """Everything that stands in the folder. Raises KnowledgeError with all faults."""
    files = read_all(folder or HERE)
    faults = checks.faults(files)
    if faults:
        raise KnowledgeError(faults)
    return Knowledge(files, folder or HERE)


def check(folder: Path | None = None) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """What is wrong with the knowledge (the house does not start), and what should be looked at."""
    try:
        files = read_all(folder or HERE)
    except KnowledgeError as wrong:
        return wrong.faults, ()
    return checks.faults(files), checks.warnings(files, seen)


def seen(text: str) -> str:
    """A text as the readers of words see it."""
    return fold(normalise.normalise(text))


def module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(f"knowledge.{name}")
    except ImportError:
        return None


class Knowledge:
    """What the house knows and reads out of texts. Cheap to ask, from any thread."""

    def __init__(self, files: Files, folder: Path) -> None:
        bodies, types = facts.bodies(files), facts.types(files)
        self.competence = Competence(types, bodies, facts.centers(files))
        self._types = Types(files.types, normalise.normalise)
        self._intents = Intents(files.intents, normalise.normalise)
        self._slots = Slots(files.slots)
        self._router = Router(files, self.competence, seen)
        days = files.special_days
        self._hours = Hours(
            {each.day: each.name for each in days.extra}, {each.day: each.name for each in days.working}
        )
        languages = language.load(folder)
        self._languages = languages
        self._danger = danger.Reader(signs.load(folder, languages))
        self._pins = pins.load(folder)
        places = module("places")
        self._places: Any = places.load(folder) if places and hasattr(places, "load") else None
        self.facts = Facts(bodies, types, signs.kinds(folder), facts.hotlines(files), {}, {})

    def read(self, text: str) -> Reading:
        folded = seen(text)
        alarm = self.danger(text)
        types = self._types.read(folded)
        return Reading(
            language=self.language(text),
            danger=alarm,
            intent=self._intents.read(folded, types, alarm.decision == "act"),
            types=types,
            places=self._places.find_all(text) if self._places else (),
            slots=self._slots.read(text),
        )

    def danger(self, text: str) -> Danger:
        return self._danger.read(text)

    def language(self, text: str) -> str:
        return self._languages.language(text)

    def normalise(self, text: str) -> str:
        return normalise.normalise(text)

    def route(self, text: str, place: Place | None = None) -> Route:
        return self._router.read(text, place or NOWHERE)

    def read_place(self, text: str, within: str = "") -> PlaceReading | None:
        return self._places.read_place(text, within) if self._places else None

    def at(self, lat: float, lon: float) -> PinReading:
        return self._pins.at(lat, lon)

    def areas(self, within: str = "") -> tuple[Area, ...]:
        return self._places.areas(within) if self._places else ()

    def area(self, code: str) -> Area | None:
        return self._places.area(code) if self._places else None

    def describe(self, place: Place, lang: str) -> str:
        return self._places.describe(place, lang) if self._places else place.typed

    def disagree(self, a: Place, b: Place) -> bool:
        return bool(self._places and self._places.disagree(a, b))

    def estate_near(self, place: Place) -> str:
        return self._places.estate_near(place) if self._places else ""

    def office_for(self, type_id: str, place: Place, in_estate: bool | None = None, factory: bool = True) -> str:
        return self.competence.office_for(type_id, place, in_estate, factory)

    def emergency_office(self, place: Place) -> str:
        return self.competence.emergency_office(place)

    def body(self, body_id: str) -> Body | None:
        return self.facts.bodies.get(body_id)

    def due(self, start: datetime, hours: float, clock: bool = False) -> datetime:
        return self._hours.due(start, hours, clock)
