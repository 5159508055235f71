"""What the letters before a name tell of its use: a level, an estate, a road, or that somebody is there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from knowledge.normalise import normalise

Level = Literal["province", "district", "subdistrict"]
MOST = 4  # words of a text that lead to a name


class AroundFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words around names: see the head of the file."""

    level: dict[Level, list[str]]
    town: list[str]
    estate: list[str]
    thing: list[str]
    thing_after: list[str]
    authority: list[str]
    bangkok: list[str]
    country: list[str]
    somewhere: list[str]
    lead: list[str]
    polite: list[str]
    everyday: list[str]
    not_places: list[str]


class Around:
    """Tells from the letters before a name what it is used for."""

    def __init__(self, file: AroundFile) -> None:
        self._levels = {level: _sorted(words) for level, words in file.level.items()}
        self._led = re.compile("|".join(_any(level, file.level[level]) for level in ("province", "district")))
        self._estate = _sorted(file.estate)
        self._thing = _sorted(file.thing)
        self._thing_after = _sorted(file.thing_after)
        self._authority = _sorted(file.authority)
        self._bangkok = _sorted(file.bangkok)
        self._country = _sorted(file.country)
        self._somewhere = _sorted(file.somewhere)
        self._lead = _sorted(file.lead)
        self._polite = frozenset(normalise(word) for word in file.polite)
        self.town = _sorted(file.town)
        self.everyday = frozenset(file.everyday)
        self.not_places = frozenset(normalise(word) for word in file.not_places)

    def level(self, before: str) -> Level | None:
        return next((level for level, words in self._levels.items() if _ends(before, words)), None)

    def led(self, text: str) -> list[tuple[int, str]]:
        """Where a name should begin: behind a word for a province or a district."""
        return [(found.end(), found.lastgroup or "") for found in self._led.finditer(text)][:MOST]

    def bare(self, word: str) -> str:
        """A typed name without the word for its level in front."""
        starts = (start for words in self._levels.values() for start in words if len(start) > 1)
        found = max((start for start in starts if word.startswith(start)), key=len, default="")
        return word[len(found) :].strip(" .:")

    def estate(self, before: str) -> bool:
        return _ends(before, self._estate)

    def thing(self, before: str, after: str) -> bool:
        """A road or a firm by this name: the word stands before it or behind it, or a house number follows."""
        behind = after.lstrip()
        return _ends(before, self._thing) or behind[:1].isdigit() or behind.startswith(self._thing_after)

    def authority(self, before: str) -> bool:
        """The city is spoken to ("the governor of Bangkok"); it tells nothing of where."""
        return _ends(before, self._authority)

    def in_bangkok(self, before: str) -> bool | None:
        """Bangkok has its own words for the levels, and only Bangkok; None where the word is anybody's."""
        if _ends(before, self._bangkok):
            return True
        return False if _ends(before, self._country) else None

    def all_told(self, before: str, after: str) -> bool:
        """The name is the whole answer: a word that leads to it, and politeness behind it."""
        return self.somewhere(before) and (not after.strip() or after.strip() in self._polite)

    def begins(self, before: str) -> bool:
        """A bare name can begin here in an answer: after a space, or a word that leads to a place."""
        return not before or before[-1] in " ,/(:" or self.somewhere(before) or _ends(before, self._lead)

    def somewhere(self, before: str) -> bool:
        return not before.strip() or _ends(before, self._somewhere)


def _any(sort: str, words: Iterable[str]) -> str:
    long = (re.escape(word) for word in _sorted(words) if len(word) > 1 and not word.isascii())
    return f"(?P<{sort}>(?:{'|'.join(long)}) ?)"


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted((normalise(word) for word in words), key=len, reverse=True))


def _ends(before: str, words: tuple[str, ...]) -> bool:
    """One of the words ends here. A single letter stands between spaces, a Latin word by itself."""
    bare = before.rstrip(" :")
    if not bare.endswith(words):
        return False
    for word in words:
        if bare.endswith(word) and (len(word) > 1 or bare != before):
            left = bare[: -len(word)]
            if (len(word) > 1 and not word.isascii()) or not left or left[-1] in " /,:*(":
                return True
    return False
