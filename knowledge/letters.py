"""English letters spelt out in Thai, and abbreviations with dots or spaces between their letters, as one spelling.

People say "ai-es-o" and mean ISO; they type the three letters of an office with dots, with spaces or with neither. What
belongs together stands in `spelling/words_for_words.yaml`. Both sides of every comparison pass through here, the words
of the knowledge like the texts of people, so either spelling finds the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from knowledge.files import HERE, read

Step = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
BEHIND = "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e"  # vowels and marks that belong to the letter before them
GAP = re.compile("[. ]+")


class WordsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`spelling/words_for_words.yaml`."""

    letters: dict[str, list[str]]
    joined: list[str]
    meant: dict[str, str]
    common: list[str]
    alike: list[str]


def words_for_words(folder: Path = HERE) -> WordsFile:
    return read(folder / "spelling" / "words_for_words.yaml", WordsFile)


def steps() -> tuple[Step, Step]:
    """Spelt-out letters become Latin ones, parted abbreviations whole."""
    file = words_for_words()
    latin = {spelt: word for word, spellings in file.letters.items() for spelt in spellings}
    spelt_out = re.compile(f"(?:{_any(latin)})(?![{BEHIND}])")
    parted = "|".join("[. ]{1,2}".join(word) for word in file.joined)
    return (spelt_out, lambda found: latin[found.group()] + _space(found)), (
        re.compile(f"(?<![{THAI}.])(?:{parted})(?![{THAI}])"),
        lambda found: GAP.sub("", found.group()),
    )


def _any(words: dict[str, str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _space(found: re.Match[str]) -> str:
    """A number behind a name in Latin letters stands apart, as it is written in the names of standards."""
    return " " if found.string[found.end() : found.end() + 1].isdigit() else ""
