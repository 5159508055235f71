"""What only officers are told of a danger: whom to wake, which guide, how far people were moved in the tables.

A distance told to the public reads as "safe beyond", which no table says, so these shapes are kept apart from the
words for people and nothing in `handlers/texts` may carry them. What has no source is not here at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Metres = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Spill:
    """How far to keep people away, and how far downwind to move them, for a spill of this size. Several kilometres:
    at low, moderate and high wind."""

    size: str
    isolate_m: int
    day_km: tuple[float, ...]
    night_km: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chemical:
    """A substance as the guidebook knows it. Metres by the number of the guide."""

    id: str
    th: str
    en: str
    un: tuple[str, ...]
    first_measure_m: Metres
    if_tank_burns_m: Metres
    solids_m: Metres
    spills: tuple[Spill, ...]
    polymerizes: bool
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class ForOfficers:
    """What the officer's card may carry of a kind of danger. `distance_m`: initial_isolation, if_tank_burns, …"""

    wakes: tuple[str, ...] = ()
    guides: tuple[str, ...] = ()
    distance_m: Metres = field(default_factory=dict)
    distance_note: str = ""
    source: str = ""
    chemicals: tuple[Chemical, ...] = ()
    note: str = ""
