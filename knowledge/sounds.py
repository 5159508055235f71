"""The words that the house itself uses, found by how they sound: two spellings of one word have one sound.

Letters that sound alike count as one (rows in `spelling/words_for_words.yaml`), tones, silenced letters and an r or l
behind another letter as nothing. A sound that is one slip away (a letter too many, missing, wrong or swapped with the
next) is found by leaving out each letter in turn, on both sides, which costs some look-ups instead of a comparison with
every word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

SHORT = 3  # letters and sounds of a word that may be mended
SLIP_FROM = 5  # sounds: shorter words are mended by a slip only where the house uses them often
OFTEN = 8
CLEAR = 4  # sounds: shorter words sound the same too easily, so their consonants must be the same letters
WRITTEN_ALIKE, SOUNDS_ALIKE = 60.0, 50.0  # of 100: how alike a slip, and what sounds the same, must be written

SILENT = re.compile("[\u0e01-\u0e2e][\u0e34\u0e38]?\u0e4c")  # a letter under the silencer
QUIET = re.compile("[\u0e46-\u0e4e]")
DOUBLE_R = re.compile("\u0e23\u0e23")
AFTER = re.compile("(?<=[\u0e01-\u0e24\u0e26-\u0e2e])\u0e25")  # r, l behind a letter
CONSONANTS = re.compile("[^\u0e01-\u0e2e]")
LAST_L = re.compile("\u0e25$")  # r, l at the end sound as n


class Meant(NamedTuple):
    """A word of the house (or two that stand together), and whether it sounds the same or is a slip away."""

    word: str
    same: bool
    often: int
    two: bool = False
    alike: float = 100.0  # of 100: how alike the two are written


class Sounds:
    """Words by their sound. `often`: the words with how often the house uses them; `pairs`: two that stand together,
    which are meant only by what sounds the same."""

    def __init__(self, often: Mapping[str, int], pairs: Mapping[str, int], alike: Iterable[str]) -> None:
        self._alike = {ord(other): row[0] for row in alike for other in row[1:]}
        self._pairs = frozenset(pairs).difference(often)
        self._often = {word: count for word, count in {**pairs, **often}.items() if len(word) > SHORT}
        self._by_sound: dict[str, str] = {}
        for word in sorted(self._often, key=lambda word: self._often[word]):
            self._by_sound[self.sound(word)] = word
        self._slips = self._shortened()

    def __contains__(self, word: str) -> bool:
        return word in self._often

    def sound(self, word: str) -> str:
        heard = DOUBLE_R.sub("\u0e31", QUIET.sub("", SILENT.sub("", word))).translate(self._alike)
        return LAST_L.sub("\u0e19", AFTER.sub("", heard))

    def same(self, typed: str) -> Meant | None:
        """The word that sounds like this; the word itself if it is one."""
        if typed in self._often:
            return Meant(typed, True, self._often[typed])
        heard = self.sound(typed)
        word = self._by_sound.get(heard, "")
        sure = letters(typed) == letters(word) or (len(heard) >= CLEAR and fuzz.ratio(typed, word) >= SOUNDS_ALIKE)
        return Meant(word, True, self._often[word], word in self._pairs) if word and sure else None

    def near(self, typed: str) -> Meant | None:
        """The word one slip away that is most like what was typed; short ones only where the house uses them often."""
        heard = self.sound(typed)
        if len(heard) < SLIP_FROM - 1:
            return None
        words = (self._by_sound[sound] for sound in self._close(heard))
        alike = [(fuzz.ratio(typed, word), self._often[word], word) for word in words if word not in self._pairs]
        best = max(alike, default=(0.0, 0, ""))
        return Meant(best[2], False, best[1], alike=best[0]) if best[0] >= WRITTEN_ALIKE else None

    def _close(self, heard: str) -> Iterator[str]:
        near = {*self._slips.get(heard, ())}
        for shorter in _shorter(heard):
            near.update(self._slips.get(shorter, ()))
            if self._may_slip(shorter):
                near.add(shorter)
        return (sound for sound in near if OSA.distance(heard, sound, score_cutoff=1) <= 1)

    def _may_slip(self, sound: str) -> bool:
        word = self._by_sound.get(sound)
        if word is None:
            return False
        return len(sound) > SLIP_FROM or self._often[word] >= OFTEN * (SLIP_FROM + 1 - len(sound))

    def _shortened(self) -> dict[str, tuple[str, ...]]:
        """Sounds with one letter left out -> the sounds they come from."""
        found: dict[str, tuple[str, ...]] = {}
        for sound in filter(self._may_slip, self._by_sound):
            for shorter in set(_shorter(sound)):
                found[shorter] = (*found.get(shorter, ()), sound)
        return found


def letters(word: str) -> str:
    """The consonants of a word."""
    return CONSONANTS.sub("", word)


def _shorter(sound: str) -> Iterator[str]:
    return (sound[:at] + sound[at + 1 :] for at in range(len(sound)))
