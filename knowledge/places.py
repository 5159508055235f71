"""Reads typed places: the answer to "where?", and places told in passing in a free text.

An answer may be read boldly, because the person sees what was understood and can change it; a free text carefully,
because nobody asked. What fits several areas is not guessed: the reading holds the sure part and the choices to ask
with. Typing errors are mended by rapidfuzz, but only when nothing was found by letter, and over few names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from math import cos, hypot, radians
from pathlib import Path

from rapidfuzz import fuzz, process

from knowledge import gazetteer as areas_of
from knowledge import mentions
from knowledge.files import HERE
from knowledge.gazetteer import Gazetteer, as_place, code_of, contains, province_of, site
from knowledge.mentions import Finder, Mention
from knowledge.model import Area, Both, Place, PlaceReading, Span
from knowledge.normalise import Folded, folded

CHOICES = 6  # what fits on one screen of buttons
LETTER = re.compile("[^\\W\\d_]")
LONG = 4  # letters of a misspelt name worth comparing
LONGEST = 20
ANSWER = 48  # letters of the longest answer that is read boldly
ESTATE_M = 3_000.0
WRITTEN_ALIKE = 80.0  # of 100: how like a typed name must be to be taken for a known one
LONGER = 1.5  # times that one of two names may be as long as the other and still be 80 of 100 alike
READ_WRONG = 0.6  # how sure a name mended by likeness is
BOLD = 0.7  # what is surer than this in a careful reading needs no bolder one


class Reader:
    """Places in words."""

    def __init__(self, gazetteer: Gazetteer, finder: Finder) -> None:
        self._known = gazetteer
        self._finder = finder
        self._alike = lru_cache(maxsize=256)(self._names_within)
        self._high: dict[str, list[str]] = {}  # codes of provinces and districts by name
        self._by_province: dict[str, dict[str, list[str]]] = {}  # all codes, by province and name
        self._sort_names()

    # --- reading ---

    def find_all(self, text: str) -> tuple[PlaceReading, ...]:
        """Places named in a free text, in its order."""
        seen = folded(text)
        found = self._finder.find(seen.text)
        told = mentions.agreeing(mentions.together(found))
        if not told and (misspelt := self._misspelt(seen, text)):
            return (misspelt,)
        if not told:
            return tuple(self._near(road, seen, text) for road in found if road.sure == mentions.ROAD)[:1]
        return tuple(self._reading(group, seen, text) for group in told)

    def read_place(self, text: str, within: str = "") -> PlaceReading | None:
        """An answer to "where?", inside an area already chosen. None where nothing can be read."""
        seen = folded(text)
        found = self._by_code(seen.text, within) or self._by_name(seen, text, within)
        if found:
            return self._finer(found, seen.text, text)
        return self._by_likeness(self._finder.around.bare(seen.text), text, within)

    def _finer(self, found: PlaceReading, spelt: str, text: str) -> PlaceReading:
        """A province was read and a word beside it was not: perhaps it is a misspelt name inside that province."""
        here = found.place
        if here.district or here.estate or not here.province or found.choices:
            return found
        name = self._known.areas[here.province].name.th
        words = (self._finder.around.bare(word) for word in spelt.split() if name not in word)
        mended = (self._by_likeness(word, text, here.province) for word in words if len(word) >= LONG)
        return next((each for each in mended if each and each.place.district), found)

    def _by_code(self, text: str, within: str) -> PlaceReading | None:
        code = text.upper()
        codes = (code,) if code in self._known.areas else self._known.postcodes.get(text, ())
        return self._of_codes(_inside(codes, within), text, 1.0)

    def _by_name(self, seen: Folded, text: str, within: str) -> PlaceReading | None:
        careful = self._groups(seen, within, lenient=False)
        told = [group for group in careful if group[-1].sure >= BOLD]
        if not told:  # a story is no answer: in it, bare names stay unread
            told = self._groups(seen, within, lenient=True) if len(seen.text) <= ANSWER else careful
        if not told:
            return None
        return self._reading(max(told, key=lambda group: (group[-1].explicit, group[-1].sure, len(group))), seen, text)

    def _groups(self, seen: Folded, within: str, lenient: bool) -> list[list[Mention]]:
        return mentions.together(self._finder.find(seen.text, lenient, within))

    def _by_likeness(self, spelt: str, text: str, within: str) -> PlaceReading | None:
        """The names most like what was typed; several equally like ones are asked about."""
        if not 3 <= len(spelt) <= ANSWER or not LETTER.search(spelt):
            return None
        names = self._alike(within, len(spelt))
        found = process.extract(spelt, names.keys(), scorer=fuzz.ratio, score_cutoff=WRITTEN_ALIKE, limit=CHOICES)
        best = [name for name, score, _ in found if score >= found[0][1] - 2]
        codes = tuple(dict.fromkeys(code for name in best for code in names[name]))
        return self._of_codes(codes, text, READ_WRONG)

    def _names_within(self, within: str, length: int) -> Mapping[str, tuple[str, ...]]:
        """Names for the comparison by likeness: all of an area already chosen, else provinces and districts. Only those
        about as long as what was typed: others cannot be alike enough."""
        names = self._by_province.get(province_of(within), {}) if within else self._high
        near = {
            name: codes for name, codes in names.items() if max(length, len(name)) <= LONGER * min(length, len(name))
        }
        return {name: inside for name, codes in near.items() if (inside := _inside(tuple(codes), within))}

    def _sort_names(self) -> None:
        """Who answers within a province is not compared with the whole country: that alone took 50 ms a province."""
        for name, meanings in self._finder.names.meanings.items():
            for each in meanings:
                if not each.estate:
                    self._by_province.setdefault(province_of(each.code), {}).setdefault(name, []).append(each.code)
                    if each.rank < 2:
                        self._high.setdefault(name, []).append(each.code)

    # --- putting together ---

    def _reading(self, group: list[Mention], seen: Folded, text: str) -> PlaceReading:
        last = group[-1]
        span = seen.span(min(each.start for each in group), max(each.end for each in group))
        sure = last.sure if len(group) == 1 else min(0.98, last.sure + 0.03)
        made = self._of_codes(last.codes, text[span.start : span.end], sure, span)
        reading = made or PlaceReading(Place(), 0.0, span=span)
        return self._with_estates(reading, last.estates)

    def _misspelt(self, seen: Folded, text: str) -> PlaceReading | None:
        """A name behind a word that leads to one, written nearly like a province or a district."""
        for start, level in self._finder.around.led(seen.text):
            names = self._names_of[level]
            rest = seen.text[start : start + LONGEST]
            name, score = max(((each, fuzz.ratio(rest[: len(each)], each)) for each in names), key=lambda one: one[1])
            span = seen.span(start, min(start + len(name), len(seen.text)))
            codes = names[name] if score >= WRITTEN_ALIKE else ()
            if found := self._of_codes(codes, text[span.start : span.end], READ_WRONG, span):
                return found
        return None

    @cached_property
    def _names_of(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Provinces and districts by their names, those long enough to be known by likeness."""
        found: dict[str, dict[str, tuple[str, ...]]] = {"province": {}, "district": {}}
        for area in self._known.areas.values():
            name = area.name.th
            if area.level in found and len(name) >= LONG:
                found[area.level][name] = (*found[area.level].get(name, ()), area.code)
        return found

    def _near(self, road: Mention, seen: Folded, text: str) -> PlaceReading:
        """Roads and shops bear the names of places near them, and lie in the next province often enough: only asked."""
        span = seen.span(road.start, road.end)
        choices = tuple(as_place(code) for code in sorted(road.codes, key=self._order)[:CHOICES])
        return PlaceReading(Place(typed=text[span.start : span.end]), mentions.ROAD, choices, span)

    def _with_estates(self, reading: PlaceReading, estates: tuple[str, ...]) -> PlaceReading:
        if len(estates) == 1:
            return replace(reading, place=replace(reading.place, estate=estates[0]), choices=())
        here = code_of(reading.place)
        own = [self._known.estates[each] for each in estates]
        own = [each for each in own if not here or contains(here, site(each)) or contains(site(each), here)]
        if len(own) == 1:
            return self._with_estates(reading, (own[0].id,))
        choices = tuple(replace(as_place(site(each)), estate=each.id) for each in own)
        return replace(reading, choices=choices[:CHOICES]) if choices else reading

    def _of_codes(
        self, codes: tuple[str, ...], typed: str, sure: float, span: Span | None = None
    ) -> PlaceReading | None:
        if not codes:
            return None
        codes = tuple(code for code in codes if not any(code != outer and contains(outer, code) for outer in codes))
        if len(codes) == 1:
            return PlaceReading(as_place(codes[0], typed), sure, span=span)
        shared = as_place(_shared(codes), typed)
        ordered = sorted(codes, key=self._order)
        return PlaceReading(shared, min(sure, 0.5), tuple(as_place(code) for code in ordered[:CHOICES]), span)

    def _order(self, code: str) -> tuple[int, int, str]:
        """Larger areas first, then provinces with many factories."""
        level = ("province", "district", "subdistrict").index(self._known.areas[code].level)
        return level, -self._known.importance.get(province_of(code), 0), code

    # --- asking ---

    def areas(self, within: str = "") -> tuple[Area, ...]:
        return self._known.below(within)

    def area(self, code: str) -> Area | None:
        return self._known.areas.get(code)

    def describe(self, place: Place, lang: str) -> str:
        return self._known.describe(place, lang)

    def disagree(self, a: Place, b: Place) -> bool:
        """Whether a pin and a typed place cannot both be right. Subdistricts of a district may: lines are not exact."""
        if a.province and b.province and a.province != b.province:
            return True
        return bool(a.district and b.district and a.district != b.district)

    def estate_near(self, place: Place) -> str:
        """The estate named, or the one whose centre lies within 3 km of the pin. A hint, not a border."""
        if place.estate or place.lat is None or place.lon is None:
            return place.estate
        hints = ((each.id, each.hint) for each in self._known.estates.values() if each.hint)
        near = [(_metres(place.lat, place.lon, hint.lat, hint.lon), own) for own, hint in hints]
        metres, own = min(near)
        return own if metres <= ESTATE_M else ""

    def bare_name(self, name: str) -> str:
        """Without the word for its level, unless that word is part of a name."""
        known = self._finder.names.meanings.get(name)
        return name if known else self._finder.around.bare(name)

    def is_town(self, name: str) -> bool:
        return name in self._finder.around.town

    # --- for the facts ---

    @property
    def all_areas(self) -> Mapping[str, Area]:
        return self._known.areas

    @property
    def estates(self) -> Mapping[str, Both]:
        return {own: Both(estate.name.th, estate.name.en) for own, estate in self._known.estates.items()}

    def legal_estate(self, estate: str) -> bool | None:
        """Whether the Industrial Estate Authority is in charge there; None where nobody knows for sure."""
        known = self._known.estates.get(estate)
        return known.legal_estate if known else None


def _inside(codes: Iterable[str], within: str) -> tuple[str, ...]:
    return tuple(code for code in codes if not within or contains(within, code))


def _shared(codes: tuple[str, ...]) -> str:
    """The smallest area that holds all of them, or ""."""
    if len({province_of(code) for code in codes}) > 1:
        return ""
    districts = {code if code.startswith("TH-") else code[:4] for code in codes}
    return districts.pop() if len(districts) == 1 else province_of(codes[0])


def _metres(lat: float, lon: float, lat2: float, lon2: float) -> float:
    return 111_320.0 * hypot(lat - lat2, (lon - lon2) * cos(radians(lat)))


def load(folder: Path = HERE) -> Reader:
    """The reader over `folder/geo` and `folder/places`."""
    known = areas_of.load(folder)
    return Reader(known, mentions.load(folder, known))


__all__ = ["Reader", "code_of", "load"]
