"""How the YAML of dangers must look: kinds, substances and the parts of signs. Unknown keys are refused."""

from __future__ import annotations

from typing import Literal

import msgspec


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    th: str
    en: str


class FirstWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do first. Shown only when sourced, or when a person has `checked` it."""

    th: str
    en: str
    sourced: bool
    sources: list[str] = []
    checked: bool = False


class DistanceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Metres of the first minutes, and where they come from."""

    sourced: bool
    initial_isolation: int | None = None
    if_tank_burns: int | None = None
    downwind_large: int | None = None
    source: str = ""
    note: str = ""


class OfficersFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only officers are told of a kind of danger."""

    wakes: list[str] = []
    distance_m: DistanceFile = DistanceFile(sourced=False)
    guides: list[int] = []
    note: str = ""


class EmergencyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    order: int
    name: Sentence
    strong: list[str]
    strong_en: list[str]
    weak: list[str]
    looks_like: list[str]
    first_words: list[FirstWord]
    call: list[str]
    ask: list[Sentence]
    for_officers: OfficersFile
    signs_sourced: bool
    checked: str


class SpillFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: str
    isolate_m: int
    day_km: list[float]
    night_km: list[float]


class SubstanceOfficers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Distances of the guidebook, by the number of the guide."""

    sourced: bool
    first_measure_m: dict[str, int] = {}
    if_tank_burns_m: dict[str, int] = {}
    solids_m: dict[str, int] = {}
    spills: list[SpillFile] = []
    polymerizes: bool = False
    note: str = ""
    source: str = ""


class Substance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: Sentence
    aliases: list[str]
    un: list[int | str]
    guide: list[int | str]
    danger: str
    for_officers: SubstanceOfficers = SubstanceOfficers(sourced=False)


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases of one word of each list, written together."""

    kind: str
    of: list[list[str]]


class PartsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mend: dict[str, str]
    alone: dict[str, str]
    made: list[Made]
    events: dict[Literal["fire", "blast", "flame", "leak", "fall"], list[str]]
    things: dict[str, list[str]]
    body: dict[Literal["hard", "ill", "mild", "many"], list[str]]
    suspicion: list[str]
    person: list[str]
    foul: list[str]
    cry: list[str]
    denied: list[str]
    cannot: list[str]
    feared: list[str]
    possible: list[str]
    visible: list[str]
    past: list[str]
    recent: list[str]
    present: list[str]
    end: list[str]
    complaint: list[str]
    chronic: list[str]
    drill: list[str]
    real: list[str]
    news: list[str]
    far: list[str]
    service: list[str]
    burning: list[str]
    spreading: list[str]
    stop: list[str]
    masks: list[str]
    question: list[str]
    calm: list[str]
