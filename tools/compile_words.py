"""Compiles a list of Thai words into `knowledge/spelling`: what counts as a known word when texts are mended.

    python tools/compile_words.py WORDS.txt knowledge

WORDS is a list of words, one a line: `words_th.txt` of the package `pythainlp` (CC0-1.0), which is too large to be
carried along for one file. Long words that are put together from shorter ones of the list are left out (the segmenter
finds their parts), which halves its memory. The names of `geo/areas.csv` are added, so that no village is "mended".
By `words.txt` the segmenter parts texts. Shorter words that are put together stand in `made.txt`: they are known too,
but the segmenter's memory is spared them. Those with any name of an area inside stay, so that no place is read there,
and those that the house itself uses, so that they can be mended.
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nlpo3

from knowledge import gazetteer
from knowledge.around import Around, AroundFile
from knowledge.files import read
from knowledge.place_names import of_areas, of_landmarks

SHORT = 8  # letters: longer ones are mostly put together
NAME = 12
PART = 3
THAI = re.compile("[\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e4e]{2,}")


def main(words: Path, knowledge: Path) -> None:
    listed = {word for word in words.read_text(encoding="utf-8").split() if THAI.fullmatch(word)}
    kept = {word for word in listed if len(word) <= SHORT}
    whole = kept | simple(listed - kept, kept) | names(knowledge / "geo" / "areas.csv")
    called = all_names(knowledge)
    used = "\n".join(path.read_text(encoding="utf-8") for path in knowledge.rglob("*.yaml"))
    made = {word for word in whole if is_made(word, whole) and not has_name(word, called) and word not in used}
    for name, some in (("words", whole - made), ("made", made)):
        out = knowledge / "spelling" / f"{name}.txt"
        out.write_text("\n".join(sorted(some)) + "\n", encoding="utf-8")
        print(f"{name}: {len(some):,} words of {len(listed):,}, {out.stat().st_size:,} bytes")


def simple(long: Iterable[str], short: set[str]) -> set[str]:
    """Long words that no two short ones make."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(short))
        file.flush()
        nlpo3.load_dict(file.name, "short")
    return {word for word in long if not all(part in short for part in nlpo3.segment(word, "short"))}


def names(areas: Path) -> set[str]:
    with areas.open(encoding="utf-8", newline="") as file:
        found = {row["th"] for row in csv.DictReader(file)}
    return {name for name in found if THAI.fullmatch(name) and len(name) <= NAME}


def is_made(word: str, of: set[str]) -> bool:
    """Is it put together from other words, none of them tiny?"""
    ends = {0}
    for start in range(len(word)):
        if start in ends:
            parts = (end for end in range(start + PART, len(word) + 1) if end - start < len(word))
            ends |= {end for end in parts if word[start:end] in of}
    return len(word) in ends


def all_names(knowledge: Path) -> set[str]:
    """What areas are called: their names, old names and nicknames, and their landmarks."""
    around = Around(read(knowledge / "places" / "words.yaml", AroundFile))
    known = gazetteer.load(knowledge)
    named = {name for name, _ in (*of_areas(known, around.everyday), *of_landmarks(known))}
    return named | set(around.not_places)


def has_name(word: str, called: set[str]) -> bool:
    return any(word[start:end] in called for start in range(len(word)) for end in range(start + 2, len(word) + 1))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
