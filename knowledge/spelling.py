"""Mends what was typed before any reader sees it: the keyboard in the other language, and words misspelt by ear or by
a slip of the thumb.

A segmenter (nlpo3, a newmm in Rust) parts the text into words of a list. Where letters are left that are no word, the
words that the house itself uses are tried: those that sound the same, then those one slip away. A mend is taken only
if nothing unknown is left beside it, so names of people, villages and firms stay. Short words in a row are mended only
if together they sound as one word of the house ("an-tai" for danger). Mistakes that nothing else could tell stand in a
list. Most texts need no mend and cost one segmentation, some 15 µs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from knowledge import keyboard, segment
from knowledge.files import HERE, Files
from knowledge.keyboard import Patch
from knowledge.letters import words_for_words
from knowledge.mended import Mended, patched
from knowledge.model import Area
from knowledge.normalise import folded, normalise
from knowledge.prepared import prepared
from knowledge.sounds import SHORT, Meant, Sounds

STRETCHES = 8  # unknown stretches of a text that are looked at
LONGEST = 24  # letters of a stretch
BESIDE = 7  # letters of a known word beside a stretch that may belong to the misspelt one
LONG = 16  # letters of a word that may be mended
PARTS = 4  # known words that a misspelt one may have fallen into
OFTEN = 30  # as often as this the words count that everybody uses
DEAR = 1.0  # letters that a mended word must be longer for each letter that it takes from a word that is right,
SLIPPED = 3.0  # and if it is only a slip away
NAME, LONG_NAME = 5, 6  # letters of the name of an area that is mended; of one made of words
TWO = 0.6  # what each letter of two words counts beside one long word
TOGETHER = 4  # times that two words stand together in the phrases of the house to count as one
WORDS_KEPT = 4096  # words of messages of which is kept whether they are known: the same ones come again and again
PHRASE = 60  # letters of a phrase whose words are known as the house's own

THAI = re.compile("[\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e]+")
LATIN = re.compile("[a-z]{3,}")
AGAIN = "\u0e46"  # says the word before it twice, and is none
# the start, a space, or a word for a level or for being there
LEADS = (
    "\u0e08\u0e31\u0e07\u0e2b\u0e27\u0e31\u0e14",
    "\u0e2d\u0e33\u0e40\u0e20\u0e2d",
    "\u0e15\u0e33\u0e1a\u0e25",
    "\u0e40\u0e02\u0e15",
    "\u0e41\u0e16\u0e27",
    "\u0e17\u0e35\u0e48",
    "\u0e43\u0e19",
)
LED = re.compile(f"(?:^|[ .,/:]|{'|'.join(LEADS)})$")
LED_TO_DISTRICT = re.compile(f"(?:{LEADS[1]}|{LEADS[3]}|\u0e2d\\.) ?$")
NAMED_ALIKE = 75.0  # of 100
SILENCER = "\u0e4c"
MARKS = frozenset(map(chr, (0x0E30, *range(0x0E31, 0x0E3B), *range(0x0E47, 0x0E4F))))


class Used(NamedTuple):
    """The Thai words that the house uses, and pairs that often stand together, with how often; and the Latin words."""

    often: dict[str, int]
    pairs: dict[str, int]
    latin: list[str]


class Token(NamedTuple):
    """A Thai word of a text, and whether the list or the house knows it."""

    start: int
    end: int
    known: bool


class Found(NamedTuple):
    """A word that a window of the text may mean. The better of two is the greater one."""

    score: float
    length: int
    often: int
    start: int
    end: int
    word: str


class Mender:
    """Knows the words of a list and those that the house uses; mends texts."""

    def __init__(
        self, phrases: Iterable[str], provinces: Iterable[str] = (), districts: Iterable[str] = (), folder: Path = HERE
    ) -> None:
        self._segmenter = segment.load(folder)
        file = words_for_words(folder)
        self._meant = file.meant
        self._mistakes = re.compile("|".join(map(re.escape, sorted(file.meant, key=len, reverse=True))))
        said = sorted({each[:PHRASE].lower() for each in phrases})  # tidy already; to normalise all took 0.3 s
        used = prepared("words of the house", (self._segmenter.name, *said), lambda: self._used(said), Used)
        self._own = Counter(used.often)
        self._provinces = frozenset(provinces)
        named = (*self._provinces, *districts)
        self._names = frozenset(name for name in named if len(name) >= NAME and THAI.fullmatch(name))
        self._own.update(dict.fromkeys((*file.common, *self._names), OFTEN))
        meant = {word: count for word, count in self._own.items() if word in self._segmenter.known or count >= TOGETHER}
        self._sounds = Sounds(meant, used.pairs, file.alike)
        self._keyboard = keyboard.load(folder, self.words, frozenset(used.latin).__contains__)
        self._is_word = lru_cache(maxsize=WORDS_KEPT)(self._known)

    def _used(self, phrases: Iterable[str]) -> Used:
        often: Counter[str] = Counter()
        pairs: Counter[str] = Counter()
        latin: set[str] = set()
        for phrase in phrases:
            latin.update(LATIN.findall(phrase))
            for run in THAI.findall(phrase):
                words = self._segmenter.parts(run)
                often.update(words)
                pairs.update(a + b for a, b in pairwise(words) if min(len(a), len(b)) >= SHORT)
        together = {pair: count for pair, count in pairs.items() if count >= TOGETHER and len(pair) <= LONG}
        return Used(often, together, sorted(latin))

    def words(self, text: str) -> list[str] | None:
        """The known words that a text is made of, or None where some of it is none."""
        words = [word for word in self._segmenter.parts(normalise(text)) if word.strip()]
        return words if all(self._is_word(word) or not THAI.search(word) for word in words) else None

    def _known(self, word: str) -> bool:
        return word in self._segmenter.known or word in self._own

    def mend(self, text: str) -> Mended:
        """The text as it was meant. Spaces, marks and everything that is right stay letter by letter."""
        patches = tuple(self._keyboard.mends(text))
        if not patches:
            spelt = self._misspelt(normalise(text))
            patches = tuple(_as_typed(spelt, text)) if spelt else ()
        return Mended(patched(text, patches), patches)

    def _misspelt(self, text: str) -> list[Patch]:
        """Mends of a normalised text, none overlapping, in its order."""
        found = list(self._listed(text))
        for patch in found:  # what the list has mended parts the words around it
            text = text[: patch.start] + " " * (patch.end - patch.start) + text[patch.end :]
        tokens = self._tokens(text)
        for some in (*self._unknown(text, tokens), *self._fallen_apart(text, tokens)):
            if not any(one.start < other.end and other.start < one.end for one in some for other in found):
                found += some
        return sorted(found)

    def _listed(self, text: str) -> Iterator[Patch]:
        """Mistakes of the list, save where one only begins the right word."""
        for one in self._mistakes.finditer(text):
            right = self._meant[one.group()]
            if not text.startswith(right, one.start()):
                yield Patch(one.start(), one.end(), right)

    def _tokens(self, text: str) -> list[Token]:
        tokens, at = [], 0
        for word in self._segmenter.parts(text.replace(AGAIN, " ")):
            if THAI.fullmatch(word):
                tokens.append(Token(at, at + len(word), self._is_word(word)))
            at += len(word)
        return tokens

    # --- letters that are no word ---

    def _unknown(self, text: str, tokens: Sequence[Token]) -> Iterator[list[Patch]]:
        """The mends of each stretch that is no word; abbreviations have a dot and stay."""
        at, looked = 0, 0
        while at < len(tokens) and looked < STRETCHES:
            row = 1
            if not tokens[at].known:
                row = max(1, sum(1 for _ in takewhile(lambda one: not one.known, _in_a_row(tokens[at:]))))
                start, end = tokens[at].start, tokens[at + row - 1].end
                if end - start <= LONGEST and "." not in (text[end : end + 1], text[start - 1 : start]):
                    looked += 1
                    before, after = _beside(tokens, at, -1), _beside(tokens, at + row - 1, 1)
                    yield self._mends(text, start, end, self._candidates(text, start, end, before, after))
            at += row

    def _candidates(
        self, text: str, start: int, end: int, before: tuple[int, ...], after: tuple[int, ...]
    ) -> Iterator[Found]:
        """Words that the stretch may mean, alone or with the short words beside it."""
        begins = [at for at in range(start, end) if text[at] not in MARKS and text[at + 1 : at + 2] != SILENCER]
        closes = [at for at in range(start + 1, end + 1) if text[at : at + 1] not in MARKS]
        for first in (*before, *begins):
            for last in (*closes, *after):
                if SHORT <= last - first <= LONG:
                    typed = text[first:last]
                    meant = self._sounds.same(typed) or self._sounds.near(typed)
                    if meant and not self._loses(typed, meant.word) and self._led(text, first, meant):
                        outside = max(0, start - first) + max(0, last - end)
                        score = (
                            len(typed) * (TWO if meant.two else 1) - DEAR * outside - (0.0 if meant.same else SLIPPED)
                        )
                        yield Found(score, len(typed), meant.often, first, last, meant.word)

    def _misnamed(self, text: str, start: int, typed: str) -> Meant | None:
        """The name of an area that is nearly written, where a word leads to a place."""
        if len(typed) < LONG_NAME or not LED.search(text[:start]):
            return None
        meant = self._sounds.near(typed)
        return meant if meant and meant.word in self._names and self._led(text, start, meant) else None

    def _led(self, text: str, start: int, meant: Meant) -> bool:
        """Of a name that is only nearly written: whether a word leads to it, of a district the word for its level, and
        it is written much alike. People and lanes have names like it."""
        if meant.word not in self._names or (meant.same and meant.word in self._provinces):
            return True
        led = LED.search(text[:start]) if meant.word in self._provinces else LED_TO_DISTRICT.search(text[:start])
        return led is not None and meant.alike >= NAMED_ALIKE

    def _loses(self, typed: str, word: str) -> bool:
        """Whether a mend would take away a word of the house: of a leak ("krua") no fear ("klua") is made."""
        parts = (typed[a:b] for a in range(len(typed)) for b in range(a + SHORT + 1, len(typed) + 1))
        return any(part in self._own and part not in word for part in parts)

    def _mends(self, text: str, start: int, end: int, candidates: Iterable[Found]) -> list[Patch]:
        """The best words for a stretch; nothing unless all of it is words afterwards."""
        taken: list[Found] = []
        for each in sorted(candidates, reverse=True):
            if all(each.end <= other.start or other.end <= each.start for other in taken):
                taken.append(each)
        taken.sort(key=lambda each: each.start)
        if not self._whole(text, start, end, taken):
            return []
        return [Patch(one.start, one.end, one.word) for one in taken if text[one.start : one.end] != one.word]

    def _whole(self, text: str, start: int, end: int, taken: Sequence[Found]) -> bool:
        """Whether what is left between the mended words is words of the list."""
        edges = [start, *(edge for one in taken for edge in (one.start, one.end)), end]
        left = (text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b)
        return bool(taken) and all(self.words(piece) is not None for piece in left)

    # --- one word that fell apart into known ones ---

    def _fallen_apart(self, text: str, tokens: Sequence[Token]) -> Iterator[list[Patch]]:
        """Known words in a row, one of them none of the house, that together sound as one word of the house."""
        others = [at for at, one in enumerate(tokens) if text[one.start : one.end] not in self._own]
        near = {other - back: back for other in reversed(others) for back in range(min(PARTS, other + 1))}
        for first in sorted(near):
            token, other = tokens[first], near[first]
            row = list(takewhile(lambda one: one.known, _in_a_row(tokens[first : first + PARTS])))
            for last in range(len(row) - 1, max(other, 1) - 1, -1):
                typed = text[token.start : row[last].end]
                if len(typed) > LONG or self._is_word(typed):
                    continue
                meant = self._sounds.same(typed) or self._misnamed(text, token.start, typed)
                if meant and meant.word in self._segmenter.known and not self._loses(typed, meant.word):
                    yield [Patch(token.start, row[last].end, meant.word)]
                    break


def _in_a_row(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens from the first on that touch each other."""
    for at, token in enumerate(tokens):
        if at and tokens[at - 1].end != token.start:
            return
        yield token


def _beside(tokens: Sequence[Token], at: int, step: int) -> tuple[int, ...]:
    """Edges of up to two short known words that touch an unknown one, before (-1) or behind it (1)."""
    edges: list[int] = []
    while len(edges) < 2 and 0 <= at + step < len(tokens):
        here, there = tokens[at], tokens[at + step]
        touches = there.end == here.start if step < 0 else there.start == here.end
        if not touches or not there.known or there.end - there.start > BESIDE:
            break
        edges.append(there.start if step < 0 else there.end)
        at += step
    return tuple(edges)


def _as_typed(patches: Iterable[Patch], text: str) -> Iterator[Patch]:
    """Patches of a normalised text as patches of the text as it came."""
    seen = folded(text)
    for patch in patches:
        span = seen.span(patch.start, patch.end)
        yield Patch(span.start, span.end, patch.new)


def load(folder: Path, files: Files, dangers: Iterable[Struct], areas: Iterable[Area]) -> Mender:
    """The mender that knows how the house speaks, and the names of areas."""
    phrases = (*house_phrases(files), *texts(list(dangers)))
    names: dict[str, list[str]] = {"province": [], "district": []}
    for area in areas:
        names.get(area.level, []).append(area.name.th)
    return Mender(phrases, names["province"], names["district"], folder)


def house_phrases(files: Files) -> Iterator[str]:
    """How the house and the people who write to it speak, from the files."""
    bodies = ((each.name, each.also, each.does, each.ask, each.words, each.services) for each in files.bodies.values())
    kinds = (files.types, files.questions, files.aliases, files.strangers, files.contrasts, files.nobody_covers)
    return texts([*bodies, *kinds, files.verbs, files.intents])


def texts(thing: object) -> Iterator[str]:
    """All texts inside the structs of the knowledge."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        yield from (text for each in thing.values() for text in texts(each))
    elif isinstance(thing, list | tuple):
        yield from (text for each in thing for text in texts(each))
    elif isinstance(thing, Struct):
        yield from (text for name in thing.__struct_fields__ for text in texts(getattr(thing, name)))
