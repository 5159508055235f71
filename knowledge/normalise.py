"""What every reader of a text sees: one spelling for what looks the same on the screen.

People type on phones: a letter held down, sara am in two parts, the tone before its vowel, a zero-width space inside
a word, Thai digits. A reader that met all of these itself would miss some, so they are taken away once, here, by a row
of plain replacements. Each is a regular expression without nested repetition, so a hostile text costs no more than a
long one.

`normalise` gives the text alone. `Folded` also remembers where every letter stood, because slots and places are shown
to people as parts of what they wrote. NFKC over everything was not chosen: it takes sara am apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge import letters
from knowledge.model import Span

SWOLLEN = 2  # times as long as it was
SEAM = "\ue000"  # a letter that has no meaning and is never typed
TURN = 8  # texts kept: the readers of one turn all ask for the same one

Change = Callable[[re.Match[str]], str]

_VOWELS = "\u0e31\u0e34-\u0e3a\u0e47\u0e4d"  # above and below the letter, U+0E4D (nikhahit) too
_TONES = "\u0e48-\u0e4c\u0e4e"
_VOWEL, _TONE, _MARKS = f"[{_VOWELS}]", f"[{_TONES}]", f"[{_VOWELS}{_TONES}]"
_REPEAT_MARK = "\u0e46"
_ZEROS = (
    "\u0e50",
    "\u0ed0",
    "\u1040",
    "\u17e0",
    "\u0660",
    "\u06f0",
    "\u0966",
)  # Thai Lao Burmese Khmer Arabic Persian Hindi
_DIGITS = {ord(zero) + value: str(value) for zero in _ZEROS for value in range(10)}
_DIGIT = re.compile("[" + "".join(map(chr, _DIGITS)) + "]")


def _nothing(_: re.Match[str]) -> str:
    return ""


def _lower(found: re.Match[str]) -> str:
    return found.group().lower()


def _compatible(found: re.Match[str]) -> str:
    """Full-width, circled and mathematical letters as plain ones; a decomposed Vietnamese or Latin letter as one.
    Signs that stand for whole words (up to eighteen letters) stay, or a text of 5,000 would become one of 90,000."""
    seen = found.group()
    plain = unicodedata.normalize("NFKC", seen)
    return (plain if len(plain) <= SWOLLEN * len(seen) + SWOLLEN else seen).lower()


def _capped(found: re.Match[str]) -> str:
    return found.group()[:4]


def _ordered(found: re.Match[str]) -> str:
    return _in_order(found.group())


@lru_cache(maxsize=256)
def _in_order(marks: str) -> str:
    """Marks of one letter: each once, the vowel first, then one tone."""
    each_once = "".join(dict.fromkeys(marks))
    vowels = "".join(mark for mark in each_once if not re.match(f"[{_TONES}]", mark))
    tones = "".join(mark for mark in each_once if re.match(f"[{_TONES}]", mark))
    return vowels[:2] + tones[:1]


def _first(found: re.Match[str]) -> str:
    return found.group()[0]


def _swapped(found: re.Match[str]) -> str:
    return found.group(2) + found.group(1)


def _sara_am(found: re.Match[str]) -> str:
    return found.group(1) + "\u0e33"


# A pattern, what becomes of it, and letters without which it stands nowhere: looking for these is quicker.
_STEPS: tuple[tuple[re.Pattern[str], Change, str], ...] = (
    # invisible: controls, soft hyphen, zero-width, direction marks, variation selectors, tags, lone surrogates
    (
        re.compile(
            "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
            "\ufe00-\ufe0f\ufeff\ud800-\udfff\U000e0000-\U000e01ef]+"
        ),
        _nothing,
        "",
    ),
    (
        re.compile("[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{5,}"),
        _capped,
        "",
    ),
    (re.compile("[A-Za-z]?[^\x00-\x7f\u0e00-\u0eff]+"), _compatible, ""),
    (re.compile("[A-Z]+"), _lower, ""),
    (re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32"), _sara_am, "\u0e4d"),  # nikhahit, tone, aa
    (re.compile("([\u0e48-\u0e4b])\u0e4d\u0e32"), _sara_am, "\u0e4d"),  # tone, nikhahit, aa
    (re.compile("\u0e40\u0e40"), lambda _: "\u0e41", "\u0e40\u0e40"),  # two sara e typed for sara ae
    (re.compile(f"(?!{_VOWEL}{_TONE}(?!{_MARKS})){_MARKS}{{2,}}"), _ordered, ""),  # save a vowel and a tone
    (re.compile("([\u0e32\u0e33])([\u0e48-\u0e4b])"), _swapped, ""),  # tone typed after aa or am
    (re.compile(r"([\u0e30\u0e32\u0e33])\1+"), _first, ""),
    (re.compile(r"\s{2,}|[^\S ]"), lambda _: " ", ""),
    (re.compile("(?: ?\u0e46)+"), lambda _: _REPEAT_MARK, _REPEAT_MARK),
    # A letter held down: three at the end of a word, four anywhere. Three in the middle may be two words.
    # Digits stay (555, telephone numbers), so do w and i (www, iii).
    (re.compile(r"([^\W\diw_])\1{2}(?:\1+|(?![\w" + _VOWELS + _TONES + "]))"), _first, ""),
    *((pattern, change, "") for pattern, change in letters.steps()),
)


@lru_cache(maxsize=TURN)
def normalise(text: str) -> str:
    """The text as all readers see it."""
    text = _with_plain_digits(text)
    for pattern, change, needed in _STEPS:
        if needed in text:
            text = pattern.sub(change, text)
    return text.strip()


def _with_plain_digits(text: str) -> str:
    return text.translate(_DIGITS) if _DIGIT.search(text) else text


def in_one(spell: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    """The texts as `spell` writes them, all in one go, parted by a letter that no spelling touches: for short texts
    that takes a quarter of the time."""
    parts = spell(SEAM.join(texts)).split(SEAM)
    return [part.strip() for part in parts] if len(parts) == len(texts) else [spell(text) for text in texts]


@dataclass(frozen=True)
class Folded:
    """A normalised text that knows the way back: `offsets[i]` is where letter i stood in the text as it came."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Where `text[start:end]` stood. The end takes in what was dropped behind its last letter."""
        return Span(self.offsets[start], self.offsets[end])


@lru_cache(maxsize=TURN)
def folded(text: str) -> Folded:
    """`normalise`, and the way back to the text as it came: for most texts the same place."""
    if normalise(text) == text:
        return Folded(text, tuple(range(len(text) + 1)))
    here = _with_plain_digits(text)
    offsets = list(range(len(here) + 1))
    for pattern, change, needed in _STEPS:
        if needed in here:
            here, offsets = _step(here, offsets, pattern, change)
    left = len(here) - len(here.lstrip())
    here = here.strip()
    return Folded(here, tuple(offsets[left : left + len(here) + 1]))


def _step(text: str, offsets: list[int], pattern: re.Pattern[str], change: Change) -> tuple[str, list[int]]:
    pieces: list[str] = []
    kept: list[int] = []
    done = 0
    for found in pattern.finditer(text):
        new = change(found)
        pieces += (text[done : found.start()], new)
        kept += offsets[done : found.start()]
        kept += _spread(new, found, offsets)
        done = found.end()
    if not done:
        return text, offsets
    return "".join(pieces) + text[done:], kept + offsets[done:]


def _spread(new: str, found: re.Match[str], offsets: list[int]) -> list[int]:
    """Places of the new letters: one by one where as many came as went, else all at the first."""
    if len(new) == found.end() - found.start():
        return offsets[found.start() : found.end()]
    return [offsets[found.start()]] * len(new)
