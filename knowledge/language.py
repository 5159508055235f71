"""Which language a text is written in, and the few standing sentences that we can say in it.

Scripts tell Thai, Burmese, Khmer, Lao, Chinese and Japanese apart; Latin letters are Vietnamese where its own letters
stand, else English. A model was not taken: the texts are a few words long, and a wrong guess costs the person one tap.
Latin letters count a third, because brand names stand in sentences of every language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from knowledge.files import HERE, read
from knowledge.normalise import normalise

THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
HAN = "zh"
KANA = "ja"
LATIN = "en"
VIETNAMESE = "vi"
LATIN_WEIGHT = 1 / 3
SPOKEN = ("th", "en", "my", "km", "lo", "zh", "ja", "vi")
# Without their marks these Vietnamese words are English ones.
NOT_ALONE = frozenset({"no", "do", "doc", "lu", "den"})


class DangerWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word of danger. `weight`: strong acts alone, weak needs a second one or a short text, thing only supports."""

    word: str
    about: str
    weight: Literal["strong", "weak", "thing"]
    checked: bool
    zawgyi: str = ""


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    text: str
    checked: bool


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    th: str
    en: str
    own: str


class LanguageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language. `letters` are ranges of code points that are its own, `marks` letters that tell it within Latin."""

    id: str
    name: Name
    letters: list[str]
    words: list[DangerWord]
    replies: list[Reply]
    sources: list[str]
    checked: str
    marks: str = ""


class Languages:
    """Tells the language of a text; knows the words of danger and the checked standing replies of each."""

    def __init__(self, files: Mapping[str, LanguageFile]) -> None:
        self.files = files
        self._runs = re.compile("|".join(f"(?P<{own}>[{letters}]+)" for own, letters in _letters(files).items()))
        self._marks = re.compile(f"[{files[VIETNAMESE].marks}]")
        self._plain = _unmarked(files[VIETNAMESE])

    def language(self, text: str) -> str:
        """th en my km lo zh ja vi, or "" where nothing tells."""
        text = normalise(text)
        counts = self._counts(text)
        if not counts:
            return ""
        best = max(counts, key=lambda own: counts[own])
        if best == HAN and KANA in counts:
            return KANA
        return self._latin(text) if best == LATIN else best

    def reply(self, which: str, lang: str) -> str:
        """A standing sentence (danger, received, send_place, …) in this language, or "" while nobody has checked it."""
        file = self.files.get(lang)
        found = [reply.text for reply in file.replies if reply.id == which and reply.checked] if file else []
        return found[0] if found else ""

    def _counts(self, text: str) -> dict[str, float]:
        counts: dict[str, float] = {}
        for run in self._runs.finditer(text):
            own = run.lastgroup or ""
            weight = LATIN_WEIGHT if own == LATIN else 1.0
            counts[own] = counts.get(own, 0.0) + weight * (run.end() - run.start())
        return counts

    def _latin(self, text: str) -> str:
        if self._marks.search(text):
            return VIETNAMESE
        words = set(re.findall(r"[a-z]+", unmarked(text)))
        return VIETNAMESE if len(words & self._plain) >= 2 else LATIN


def _letters(files: Mapping[str, LanguageFile]) -> dict[str, str]:
    own = {name: "".join(_range(part) for part in file.letters) for name, file in files.items() if file.letters}
    return {"th": THAI, **own}


def _range(part: str) -> str:
    first, last = part.split("-")
    return f"{chr(int(first, 16))}-{chr(int(last, 16))}"


def _unmarked(file: LanguageFile) -> frozenset[str]:
    """Single words of its danger words as panicked people type them, without marks."""
    words = {word for entry in file.words for word in unmarked(entry.word).split()}
    return frozenset(word for word in words if len(word) >= 3 and word not in NOT_ALONE)


def unmarked(word: str) -> str:
    """A Latin word without its marks: d with stroke is a letter of its own and has no decomposition."""
    bare = unicodedata.normalize("NFD", word.replace("\u0111", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def load(folder: Path = HERE) -> Languages:
    """The languages of `folder/languages`, one file each."""
    found = (read(path, LanguageFile) for path in sorted((folder / "languages").glob("*.yaml")))
    return Languages({file.id: file for file in found})


@lru_cache(maxsize=1)
def _own() -> Languages:
    return load()


def language(text: str) -> str:
    """The language of a text by our own data."""
    return _own().language(text)
