"""Where a free text names areas and estates, with care for names that are also words of everyday.

A name counts fully behind a word for its level ("district of …"), alone only if it is rare enough, and hardly behind
"road" or "temple", which carry names of places that lie elsewhere. Names next to each other tell of one place together:
each narrows what the others may mean. What is found keeps all areas it may be, so that the person can be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from knowledge import segment
from knowledge.around import Around, AroundFile
from knowledge.files import read
from knowledge.gazetteer import BANGKOK, Gazetteer, contains, province_of, site
from knowledge.place_names import Meaning, of_areas, of_landmarks
from knowledge.segment import Segmenter
from knowledge.words import Hit, Words, gathered

LETTERS = {"province": 5, "district": 4, "subdistrict": 6}  # length of a code
NEXT_TO = 2  # letters between a name and the word of everyday that tells which one it is
TOGETHER_WITHIN = 60  # letters between names that tell of one place
LONG_ENOUGH = 5  # letters of a Thai name that is read without a word before it
ENOUGH = 24  # mentions of one text that are kept
READ = 96  # names of one text that are looked at
SHORTEST = 4  # letters of a name inside a longer answer
ROAD, HARDLY = 0.3, 0.2  # how sure a name of a road, and a bare name of a subdistrict
LANDMARK, LANDMARK_OF_SEVERAL = 0.6, 0.45
LEAST = 0.4  # what is less sure only adds to what is told besides
FEW = 3  # areas of one name that may still be meant by it alone


class Mention(NamedTuple):
    """A name in a text and the areas it may be. `sure` from 0 to 1; `estates` if it names estates instead."""

    start: int
    end: int
    codes: tuple[str, ...]
    sure: float
    estates: tuple[str, ...] = ()
    explicit: bool = False
    spare: tuple[str, ...] = ()  # areas of the name that the word before it does not mean, unless the text says so
    landmark: bool = False


class Finder:
    """All names of areas and estates in one vocabulary, and the finding of them in a text."""

    def __init__(self, gazetteer: Gazetteer, around: Around, segmenter: Segmenter) -> None:
        self._gazetteer = gazetteer
        self._segmenter = segmenter
        self.around = around
        names: dict[str, tuple[Meaning, ...]] = gathered(of_areas(gazetteer, around.everyday))
        names.update(dict.fromkeys(around.not_places, ()))
        for name, meanings in gathered(of_landmarks(gazetteer)).items():
            names[name] = names.get(name, ()) + meanings
        self.names = Words.of(names)
        self._towns = tuple(
            code for code in gazetteer.areas if len(code) == 4 and code.endswith("01") and code[:2] != "10"
        )

    def find(self, text: str, lenient: bool = False, within: str = "") -> list[Mention]:
        """Mentions by place, none inside another. `lenient`: the text answers "where?", so bare names count."""
        hits = sorted(self._longest(text, within), key=lambda hit: hit.start)[:READ]
        edges = self._segmenter.edges(text) if hits else frozenset()
        found = [mention for hit in hits if (mention := self._mention(text, hit, lenient, edges))]
        found += islice(self._town(text, found, within), ENOUGH)
        return sorted(found, key=lambda mention: mention.start)[:ENOUGH]

    def _longest(self, text: str, within: str) -> Iterator[Hit[tuple[Meaning, ...]]]:
        """Names that do not overlap, the longest first: in "the town of Lat Phrao" no other town is named."""
        taken: set[int] = set()
        for hit in sorted(self.names.find(text), key=lambda hit: (hit.start - hit.end, hit.start)):
            led = not hit.what and self.around.level(text[max(0, hit.start - 24) : hit.start])
            if hit.start not in taken and hit.end - 1 not in taken and not led:
                taken.update(range(hit.start, hit.end))
                what = tuple(each for each in hit.what if self._lies(each, within))
                if what:
                    yield Hit(hit.start, hit.end, what)

    def _lies(self, meaning: Meaning, within: str) -> bool:
        if not within:
            return True
        code = site(self._gazetteer.estates[meaning.code]) if meaning.estate else meaning.code
        return contains(within, code)

    def _mention(
        self, text: str, hit: Hit[tuple[Meaning, ...]], lenient: bool, edges: frozenset[int]
    ) -> Mention | None:
        before, after = text[max(0, hit.start - 24) : hit.start], text[hit.end : hit.end + 14]
        estates = [meaning for meaning in hit.what if meaning.estate]
        if estates and (self.around.estate(before) or any(not meaning.care for meaning in estates)):
            return self._estates(hit, estates)
        level = self.around.level(before)
        if (level == "district" or hit.end - hit.start == len(text)) and text[hit.start : hit.end] in self.around.town:
            return None
        areas = [each for each in hit.what if not (each.estate or each.landmark) and (level or not each.former)]
        if level and (exact := [each for each in areas if len(each.code) == LETTERS[level]]):
            meant = self._worded(exact, before)
            spare = tuple(code for code in _codes(exact) if code not in meant)
            return Mention(hit.start, hit.end, meant, 0.95, explicit=True, spare=spare)
        if level and (areas := [each for each in areas if not each.care]) and hit.end - hit.start >= SHORTEST:
            return Mention(hit.start, hit.end, _codes(areas), 0.8, explicit=True)
        if text[hit.start : hit.end] in self._segmenter.known and not {hit.start, hit.end} <= edges:
            return None  # a piece of another word
        if known := self._landmark(hit, before, after):
            return known
        if lenient or text == text[hit.start : hit.end]:
            begins = self.around.begins(before)
            areas = [meaning for meaning in areas if begins or meaning.rank < 2]
            return self._answer(text, hit, areas, estates)
        return self._bare(hit, areas, before, after)

    def _landmark(self, hit: Hit[tuple[Meaning, ...]], before: str, after: str) -> Mention | None:
        """A road, a station, a market: in the one district where it lies, or in one of several."""
        thing = self.around.thing(before, after)
        codes = _codes(each for each in hit.what if each.landmark == "named" or (each.landmark == "road" and thing))
        finer = _codes(each for each in hit.what if each.rank == 2 and not each.former)
        codes = tuple(next((own for own in finer if contains(code, own)), code) for code in codes)
        if not codes or self.around.authority(before):
            return None
        sure = LANDMARK if len(codes) == 1 else LANDMARK_OF_SEVERAL
        return Mention(hit.start, hit.end, codes, sure, landmark=True)

    def _worded(self, exact: list[Meaning], before: str) -> tuple[str, ...]:
        """Of several areas of a name those that the word before it can mean: only Bangkok has a "khet"."""
        bangkok = self.around.in_bangkok(before)
        meant = [each for each in exact if bangkok is None or (province_of(each.code) == BANGKOK) is bangkok]
        return _codes(meant or exact)

    def _answer(
        self, text: str, hit: Hit[tuple[Meaning, ...]], areas: list[Meaning], estates: list[Meaning]
    ) -> Mention | None:
        """A bare name in the answer to "where?": the one larger area of that name, else all that it may be."""
        whole = self.around.all_told(text[: hit.start], text[hit.end :])
        if hit.end - hit.start < len(text) and hit.end - hit.start < SHORTEST and not whole:
            return None
        if hit.end - hit.start < len(text):
            before = text[: hit.start].strip()
            led = whole or (self.around.somewhere(before) if before else text[hit.end] in " ,")
            areas = [meaning for meaning in areas if not meaning.care or (led and not meaning.rank)]
        if not areas:
            return self._estates(hit, estates) if estates else None
        large = [meaning for meaning in areas if meaning.rank < 2 and not meaning.care]
        return Mention(hit.start, hit.end, _codes(large if len(large) == 1 else areas), 0.75)

    def _bare(self, hit: Hit[tuple[Meaning, ...]], areas: list[Meaning], before: str, after: str) -> Mention | None:
        """A name with no level before it."""
        provinces = _codes(meaning for meaning in areas if meaning.care and not meaning.rank)
        areas = [meaning for meaning in areas if not meaning.care]
        if provinces and not areas and hit.end - hit.start >= SHORTEST:
            return Mention(hit.start, hit.end, provinces, HARDLY)
        top = min((meaning.rank for meaning in areas), default=3)
        best = [meaning for meaning in areas if meaning.rank == top]
        if not best or (top and hit.end - hit.start < LONG_ENOUGH):
            return None
        if not top and self.around.authority(before):
            return None
        if self.around.thing(before, after):
            return Mention(hit.start, hit.end, _codes(best), ROAD) if top == 1 else None
        sure = (0.9, 0.7, HARDLY)[top]
        if top == 2 and len(best) <= FEW and self.around.somewhere(before):
            sure = 0.5
        return Mention(hit.start, hit.end, _codes(areas if top == 2 else best), sure if len(best) == 1 else sure - 0.15)

    def _estates(self, hit: Hit[tuple[Meaning, ...]], estates: list[Meaning]) -> Mention:
        known = [self._gazetteer.estates[meaning.code] for meaning in estates]
        codes = tuple(dict.fromkeys(_where(each.subdistricts, each.districts, each.province) for each in known))
        return Mention(hit.start, hit.end, codes, 0.9, tuple(each.id for each in known), explicit=True)

    def _town(self, text: str, found: list[Mention], within: str) -> Iterator[Mention]:
        """The capital district of a province, written without the province: its name is "town" and nothing more."""
        taken = {at for mention in found for at in range(mention.start, mention.end)}
        for word in self.around.town:
            start = text.find(word)
            while start >= 0:
                before = text[max(0, start - 24) : start]
                alone = text == word or self.around.level(before) == "district"
                if start not in taken and alone and (towns := _within(self._towns, within)):
                    yield Mention(start, start + len(word), towns, 0.9, explicit=True)
                start = text.find(word, start + 1)


def _within(codes: tuple[str, ...], within: str) -> tuple[str, ...]:
    return tuple(code for code in codes if not within or contains(within, code))


def _where(subdistricts: list[str], districts: list[str], province: str) -> str:
    """The smallest area that an estate surely lies in."""
    if len(subdistricts) == 1:
        return subdistricts[0]
    return districts[0] if len(districts) == 1 else province


def _codes(meanings: Iterable[Meaning]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(meaning.code for meaning in meanings))


def together(mentions: Iterable[Mention]) -> list[list[Mention]]:
    """Mentions that tell of one place together; the last of each group is narrowed to what agrees with all of it."""
    groups: list[list[Mention]] = []
    hardly: list[Mention] = []
    for mention in mentions:
        if mention.sure < LEAST:
            hardly.append(mention)
        elif groups and (both := _joined(groups[-1][-1], mention)):
            groups[-1].append(both)
        else:
            groups.append([mention])
    for group in groups:
        _add(group, hardly)
    return groups


def agreeing(groups: list[list[Mention]]) -> list[list[Mention]]:
    """Without the landmarks that lie in another province than what is told outright."""
    told = {province_of(code) for group in groups if group[-1].explicit for code in group[-1].codes}
    return [
        group for group in groups if not (told and _mere(group)) or told & {province_of(c) for c in group[-1].codes}
    ]


def _mere(group: list[Mention]) -> bool:
    return all(mention.landmark for mention in group)


def _add(group: list[Mention], hardly: list[Mention]) -> None:
    """A bare name that is one smaller area of what is told next to it is meant by it."""
    for mention in hardly:
        both = _joined(group[-1], mention)
        if both and mention.sure != ROAD and len(both.codes) == 1 and _adds(mention, group[-1]):
            group.append(both._replace(start=min(group[-1].start, both.start), end=max(group[-1].end, both.end)))


def _adds(mention: Mention, told: Mention) -> bool:
    """A smaller area than the one told, or the word next to it that tells several of one name apart."""
    next_to = max(mention.start - told.end, told.start - mention.end) <= NEXT_TO
    return not mention.codes[0].startswith("TH-") or (len(told.codes) > 1 and next_to)


def _joined(one: Mention, other: Mention) -> Mention | None:
    near = max(one.start - other.end, other.start - one.end) <= TOGETHER_WITHIN
    agreed = (_agreed(one, other) or _agreed(_widened(one), _widened(other))) if near else ()
    if not agreed:
        return None
    estates, sure = other.estates or one.estates, max(one.sure, other.sure)
    explicit = one.explicit or other.explicit or not (one.landmark and other.landmark)
    landmark = one.landmark and other.landmark
    return other._replace(codes=agreed, sure=sure, estates=estates, explicit=explicit, landmark=landmark)


def _widened(mention: Mention) -> Mention:
    return mention._replace(codes=mention.codes + mention.spare) if mention.spare else mention


def _agreed(one: Mention, other: Mention) -> tuple[str, ...]:
    """The smaller of each pair of areas of which one lies in the other. The same name again tells nothing new."""
    if one.codes == other.codes:
        return one.codes
    pairs = ((a, b) for a in one.codes for b in other.codes)
    return tuple(dict.fromkeys(b if contains(a, b) else a for a, b in pairs if contains(a, b) or contains(b, a)))


def load(folder: Path, gazetteer: Gazetteer) -> Finder:
    """The finder over `folder/places/words.yaml`."""
    around = Around(read(folder / "places" / "words.yaml", AroundFile))
    return Finder(gazetteer, around, segment.load(folder))
