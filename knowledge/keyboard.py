"""Words typed while the keyboard stood in the other language, read as what the fingers meant.

Both ways: Thai meant and Latin letters on the screen ("l;ylfu"), Latin meant and Thai letters there. A run of letters
is changed only where the changed one is made of known words to its end and the one on the screen is not, so real
English, codes, addresses and numbers stay. Which words are known is asked of the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from knowledge.files import read

LEAST = 4  # letters of a run that may be changed
LONGEST = 300
MOST = 8  # runs of a text that are looked at
WHOLE = 0.34  # words a letter: more, and the run is a heap of short words that only happen to be some
LEFT_ALONE = re.compile(r"https?:|www\.|@|\.(?:com|net|org|th|io|me)\b|^[\d\s().,+/-]+$|^[A-Z0-9-]+$", re.IGNORECASE)
LATIN = re.compile(r"[!-~]+(?: [!-~]+)*")
THAI = re.compile(r"[\u0e01-\u0e5b]+(?:[ ,.][\u0e01-\u0e5b]+)*")
CODE = re.compile(r"^[A-Z0-9./-]+$")
SHORTEST_ENGLISH = 4


class Layer(Struct, frozen=True, forbid_unknown_fields=True):
    latin: str
    thai: str


class KeyboardFile(Struct, frozen=True, forbid_unknown_fields=True):
    plain: Layer
    shifted: Layer
    english: list[str]


class Patch(NamedTuple):
    """What stands at start..end of a text should be `new`."""

    start: int
    end: int
    new: str


class Keyboard:
    """`thai` tells the known words that Thai letters are made of, or none; `latin` whether a word is an English one."""

    def __init__(
        self, file: KeyboardFile, thai: Callable[[str], list[str] | None], latin: Callable[[str], bool]
    ) -> None:
        layers = (file.plain, file.shifted)
        self._to_thai = {ord(a): b for each in layers for a, b in zip(each.latin, each.thai, strict=True)}
        self._to_latin = {ord(b): a for each in layers for a, b in zip(each.latin, each.thai, strict=True)}
        self._english = frozenset(file.english)
        self._thai, self._latin = thai, latin

    def mends(self, text: str) -> Iterator[Patch]:
        """The runs of a text that were typed on the wrong keyboard."""
        if len(text) > LONGEST:
            return
        for run in list(LATIN.finditer(text))[:MOST]:
            if meant := self._meant_thai(run.group()):
                yield Patch(run.start(), run.end(), meant)
        for run in list(THAI.finditer(text))[:MOST]:
            if meant := self._meant_latin(run.group()):
                yield Patch(run.start(), run.end(), meant)

    def _meant_thai(self, typed: str) -> str:
        if len(typed) < LEAST or LEFT_ALONE.search(typed) or self._is_english(typed):
            return ""
        meant = typed.translate(self._to_thai)
        if not all("\u0e01" <= letter <= "\u0e5b" or letter == " " for letter in meant):
            return ""
        words = self._thai(meant)
        return meant if words and len(words) <= len(meant) * WHOLE else ""

    def _meant_latin(self, typed: str) -> str:
        """Thai letters that make no words, and English ones under the same keys."""
        words = typed.translate(self._to_latin)
        if len(typed) < SHORTEST_ENGLISH or not self._is_english(words):
            return ""
        return words if self._thai(typed) is None else ""

    def _is_english(self, words: str) -> bool:
        parts = re.findall(r"[a-z]+", words.lower())
        plain = sum(map(len, parts)) >= 0.8 * len(words.replace(" ", ""))
        return plain and all(part in self._english or self._latin(part) for part in parts) and bool(parts)


def load(folder: Path, thai: Callable[[str], list[str] | None], latin: Callable[[str], bool]) -> Keyboard:
    return Keyboard(read(folder / "spelling" / "keyboard.yaml", KeyboardFile), thai, latin)
