"""Every area of Thailand by its code: what it is called, what lies in it, and how it is said in a sentence.

The names come compiled (`geo/areas.csv`), what people call a province besides stands in `places/TH-xx.yaml`, the
estates in `places/estates.yaml`. Provinces carry their ISO 3166-2 code, the others the code of the Department of
Provincial Administration, so that the code of an area begins with the code of the one above.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from knowledge.files import read
from knowledge.model import Area, Both, Place

BANGKOK = "TH-10"
LEADING_VOWELS = "\u0e40\u0e41\u0e42\u0e43\u0e44"  # written before the consonant they sound after


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    th: str
    en: str


class ProvinceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people call a province, and districts by names that no list has."""

    id: str
    name: Name
    aliases: list[str]
    only_after_word: list[str]
    localities: dict[str, str]
    region: Name
    neighbours: list[str]
    sources: list[str]
    checked: str
    note: str = ""
    former: dict[
        str, list[str]
    ] = {}  # names of subdistricts before 2017, and other spellings, behind a level word only


class Hint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lat: float
    lon: float


class Estate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: Name
    aliases: list[str]
    only_after_word: list[str]
    kind: str
    legal_estate: bool | None
    authority: str
    province: str
    districts: list[str]
    sourced: bool
    sources: list[str]
    checked: str
    subdistricts: list[str] = []
    hint: Hint | None = None
    note: str = ""


class LandmarksFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`places/landmarks.yaml`: names by the codes of the districts, parted by spaces, in which they lie."""

    roads: dict[str, list[str]]
    named: dict[str, list[str]]


def site(estate: Estate) -> str:
    """The first area that an estate lies in."""
    return (estate.subdistricts or estate.districts or [estate.province])[0]


def province_of(code: str) -> str:
    """The province of any code: TH-11, 1101 and 110108 lie in TH-11."""
    return code if code.startswith("TH-") else f"TH-{code[:2]}"


def above(code: str) -> str:
    """The code of the area above, or "" for a province."""
    if code.startswith("TH-"):
        return ""
    return code[:4] if len(code) == 6 else province_of(code)


def contains(outer: str, inner: str) -> bool:
    """Whether one area lies in another, or is the same."""
    return inner == outer or (not inner.startswith("TH-") and inner.startswith(outer.removeprefix("TH-")))


def as_place(code: str, typed: str = "") -> Place:
    """An area as a place, with all levels above it."""
    if not code or code.startswith("TH-"):
        return Place(province=code, typed=typed)
    return Place(province_of(code), code[:4], code if len(code) == 6 else "", typed=typed)


def code_of(place: Place) -> str:
    """The smallest area that is known of a place."""
    return place.subdistrict or place.district or place.province


@dataclass(frozen=True)
class Gazetteer:
    """All areas, the names of provinces, the estates."""

    areas: Mapping[str, Area]
    postcodes: Mapping[str, tuple[str, ...]]
    provinces: Mapping[str, ProvinceFile]
    estates: Mapping[str, Estate]
    landmarks: LandmarksFile

    def below(self, code: str = "") -> tuple[Area, ...]:
        """The provinces, or the areas directly below a code, in Thai order."""
        return self._below.get(code, ())

    @cached_property
    def _below(self) -> dict[str, tuple[Area, ...]]:
        found: dict[str, list[Area]] = {}
        for area in self.areas.values():
            found.setdefault(area.within, []).append(area)
        return {code: tuple(sorted(areas, key=thai_order)) for code, areas in found.items()}

    def describe(self, place: Place, lang: str) -> str:
        """A place in one line, smallest first; what was typed or the point where no area is known."""
        codes = [code for code in (place.subdistrict, place.district, place.province) if code in self.areas]
        named = [self._say(self.areas[code], lang) for code in codes]
        estate = self.estates.get(place.estate)
        if estate:
            named.insert(0, Both(estate.name.th, estate.name.en).in_(lang))
        return (", " if lang == "en" else " ").join(named) or place.typed or _point(place)

    def _say(self, area: Area, lang: str) -> str:
        if lang == "en":
            return area.name.in_("en")
        bangkok = province_of(area.code) == BANGKOK
        return WORDS[area.level, bangkok] + area.name.th

    @cached_property
    def importance(self) -> Mapping[str, int]:
        """How many estates a province has: where factories are many, a doubtful name more likely means that one."""
        count: dict[str, int] = {}
        for estate in self.estates.values():
            count[estate.province] = count.get(estate.province, 0) + 1
        return count


# Abbreviated levels as they are written on envelopes; Bangkok has its own words and none for itself.
WORDS = {
    ("province", False): "\u0e08.",
    ("province", True): "",
    ("district", False): "\u0e2d.",
    ("district", True): "\u0e40\u0e02\u0e15",
    ("subdistrict", False): "\u0e15.",
    ("subdistrict", True): "\u0e41\u0e02\u0e27\u0e07",
}


def _point(place: Place) -> str:
    return f"{place.lat:.5f}, {place.lon:.5f}" if place.lat is not None and place.lon is not None else ""


def thai_order(area: Area) -> str:
    """Names as a Thai dictionary sorts them: by consonant, the vowel written before it comes after."""
    name = area.name.th
    return name[1:2] + name[0] + name[2:] if name[:1] and name[0] in LEADING_VOWELS else name


def load(folder: Path) -> Gazetteer:
    """The areas of `folder/geo` with the provinces and estates of `folder/places`."""
    areas, postcodes = _areas(folder / "geo" / "areas.csv")
    provinces = [read(path, ProvinceFile) for path in sorted((folder / "places").glob("TH-*.yaml"))]
    estates = read(folder / "places" / "estates.yaml", list[Estate])
    landmarks = read(folder / "places" / "landmarks.yaml", LandmarksFile)
    by_id = {estate.id: estate for estate in estates}
    return Gazetteer(areas, postcodes, {file.id: file for file in provinces}, by_id, landmarks)


def _areas(path: Path) -> tuple[dict[str, Area], dict[str, tuple[str, ...]]]:
    areas: dict[str, Area] = {}
    postcodes: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            area = _area(row["code"], Both(row["th"], row["en"]))
            areas[area.code] = area
            for postcode in row["postcode"].split():
                postcodes.setdefault(postcode, []).append(area.code)
    return areas, {postcode: tuple(codes) for postcode, codes in postcodes.items()}


def _area(code: str, name: Both) -> Area:
    if len(code) == 2:
        return Area(f"TH-{code}", "province", name)
    return Area(code, "district" if len(code) == 4 else "subdistrict", name, above(code))
