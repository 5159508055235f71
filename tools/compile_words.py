"""Compiles a list of Thai words into `knowledge/spelling/words.txt`: what counts as a known word when texts are mended.

    python tools/compile_words.py WORDS.txt knowledge

WORDS is a list of words, one a line: `words_th.txt` of the package `pythainlp` (CC0-1.0), which is too large to be
carried along for one file. Long words that are put together from shorter ones of the list are left out (the segmenter
finds their parts), which halves its memory. The names of `geo/areas.csv` are added, so that no village is "mended".
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nlpo3

SHORT = 8  # letters: longer ones are mostly put together
NAME = 12
THAI = re.compile("[\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e4e]{2,}")


def main(words: Path, knowledge: Path) -> None:
    listed = {word for word in words.read_text(encoding="utf-8").split() if THAI.fullmatch(word)}
    kept = {word for word in listed if len(word) <= SHORT}
    whole = kept | simple(listed - kept, kept) | names(knowledge / "geo" / "areas.csv")
    out = knowledge / "spelling" / "words.txt"
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(sorted(whole)) + "\n", encoding="utf-8")
    print(f"{len(whole):,} words of {len(listed):,}, {out.stat().st_size:,} bytes")


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


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
