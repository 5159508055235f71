"""All names by which people call areas, estates, roads and landmarks, and what each may mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from knowledge.gazetteer import Gazetteer
from knowledge.normalise import normalise

THRICE = re.compile(r"(.)\1\1")
LONG_ENOUGH = 5  # letters of a name in Latin letters that cannot easily be another word


class Meaning(NamedTuple):
    """What a name may mean: the code of an area, or the id of an estate. `care`: only with a word before it."""

    code: str
    estate: bool = False
    care: bool = False
    rank: int = 0  # 0 province, 1 district or locality, 2 subdistrict
    former: bool = False  # an old name: only behind the word for its level
    landmark: Literal["", "named", "road"] = ""  # in the district `code`; a road only behind a word for it


def of_areas(gazetteer: Gazetteer, everyday: frozenset[str]) -> Iterator[tuple[str, Meaning]]:
    yield from _official(
        gazetteer, everyday | {name for one in gazetteer.provinces.values() for name in one.only_after_word}
    )
    for own, province in gazetteer.provinces.items():
        yield from ((normalise(name), Meaning(own)) for name in province.aliases)
        yield from ((normalise(name), Meaning(own, care=True)) for name in province.only_after_word)
        yield from ((normalise(name), Meaning(code, rank=1)) for name, code in province.localities.items())
        old = ((name, code) for name, codes in province.former.items() for code in codes)
        yield from ((normalise(name), Meaning(code, rank=2, former=True)) for name, code in old)
    for own, estate in gazetteer.estates.items():
        names = (estate.name.th, estate.name.en, *estate.aliases)
        yield from ((normalise(name), Meaning(own, estate=True)) for name in names)
        yield from ((normalise(name), Meaning(own, estate=True, care=True)) for name in estate.only_after_word)


def _official(gazetteer: Gazetteer, everyday: frozenset[str]) -> Iterator[tuple[str, Meaning]]:
    for code, area in gazetteer.areas.items():
        rank = ("province", "district", "subdistrict").index(area.level)
        # Official names are plain already, save a letter three times; normalising 25,000 would take half a second.
        thai, english = area.name.th, area.name.en.lower()
        for spelt in (normalise(thai) if THRICE.search(thai) else thai, english, english.replace(" ", "")):
            # Tak, Nan, Trat: short names in Latin letters are too easily another word.
            yield spelt, Meaning(code, care=area.name.th in everyday or spelt in everyday or _short(spelt), rank=rank)


def of_landmarks(gazetteer: Gazetteer) -> Iterator[tuple[str, Meaning]]:
    for sort, places in (("road", gazetteer.landmarks.roads), ("named", gazetteer.landmarks.named)):
        for codes, names in places.items():
            for code in codes.split():
                meaning = Meaning(code, rank=1, landmark=sort)  # type: ignore[arg-type]
                yield from ((spelt, meaning) for name in names for spelt in _spaced(normalise(name)))


def _spaced(name: str) -> Iterator[str]:
    """With and without the space before a number or between the parts."""
    yield name
    if " " in name:
        yield name.replace(" ", "")


def _short(name: str) -> bool:
    return name.isascii() and len(name) < LONG_ENOUGH
