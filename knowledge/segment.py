"""Parts Thai letters into words of a list (`spelling/words.txt`), by nlpo3: newmm in Rust, some 15 µs a message.

The list is a general one with the names of all areas. The library keeps it under a name for the whole process, at 600
bytes a word; so words made of others (`spelling/made.txt`) are known here, and come as their parts.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

import nlpo3

from knowledge.files import HERE
from knowledge.normalise import TURN


class Hashes:
    """Which words there are, as their hashes: 0.4 MB, where a set of 49,000 words takes 6. That another word has the
    hash of one of them happens once in a hundred million million."""

    def __init__(self, words: Iterable[str]) -> None:
        self._sorted = array("q", sorted(map(hash, words)))

    def __contains__(self, word: str) -> bool:
        wanted = hash(word)
        at = bisect_left(self._sorted, wanted)
        return at < len(self._sorted) and self._sorted[at] == wanted


class Segmenter:
    """The words of a list, and the parting of texts into them. What is no word comes as a part of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        texts = (path.read_text(encoding="utf-8") for path in (folder / "words.txt", folder / "made.txt"))
        self.known = Hashes(word for text in texts for word in text.split())
        nlpo3.load_dict(str(folder / "words.txt"), name)
        self.parts = lru_cache(maxsize=TURN)(self._parts)  # who mends a text and who finds names in it ask alike

    def _parts(self, text: str) -> tuple[str, ...]:
        return tuple(nlpo3.segment(text, self.name))

    def edges(self, text: str) -> frozenset[int]:
        """Where a word ends and the next begins."""
        return frozenset(accumulate(map(len, self.parts(text)), initial=0))


_LOADED: dict[str, Segmenter] = {}  # by what is in the list: the library never gives a list back, it takes 21 MB


def load(folder: Path = HERE) -> Segmenter:
    name = sha256((folder / "spelling" / "words.txt").read_bytes()).hexdigest()
    if name not in _LOADED:
        _LOADED[name] = Segmenter(folder / "spelling", name)
    return _LOADED[name]
