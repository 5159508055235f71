"""What people write when they mean a button: "skip", "back", "yes". The words stand in said.yaml; the whole message
must match.

A phrase inside a longer message is never taken for a command, because a story may well contain "stop" or "yes".
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

import yaml


@lru_cache(maxsize=1)
def words() -> dict[str, tuple[str, ...]]:
    """All words by meaning, in small letters."""
    stored = yaml.safe_load((files("handlers") / "said.yaml").read_text("utf8"))
    return {name: tuple(str(word).lower() for word in listed) for name, listed in stored.items()}


@lru_cache(maxsize=1)
def _sets() -> dict[str, frozenset[str]]:
    return {name: frozenset({*listed, *map(bare, listed)} - {""}) for name, listed in words().items()}


@lru_cache(maxsize=32)
def bare(text: str) -> str:
    """The text in small letters without the particles and signs at its end."""
    left = _trim(" ".join(text.lower().split()))
    while left:
        particle = next((p for p in words()["particles"] if left.endswith(p) and len(left) > len(p)), None)
        if particle is None:
            return left
        left = _trim(left[: -len(particle)])
    return left


def _trim(text: str) -> str:
    """Without spaces and signs at the edges; Thai vowels and tones are no letters to Python, so kept by hand."""
    start, end = 0, len(text)
    while start < end and _is_sign(text[start]):
        start += 1
    while end > start and _is_sign(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_sign(letter: str) -> bool:
    return not (letter.isalnum() or "\u0e00" < letter < "\u0e5a")


def said(meaning: str, text: str) -> bool:
    """Whether the whole text means that."""
    if not text.strip() or len(text) > 60:
        return False
    asked = _sets()[meaning]
    return text.strip().lower() in asked or bare(text) in asked


LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+", re.IGNORECASE)
EMOJI_WORD = re.compile(r"\((?:[a-z][a-z ]{1,20})\)", re.IGNORECASE)  # LINE's own emoji, where their marks got lost


def wording(text: str) -> str:
    """The words of a text without links and emoji words, which say nothing of its language and little of its matter."""
    return EMOJI_WORD.sub(" ", LINK.sub(" ", text)).strip()


def number(text: str) -> int | None:
    """A typed number between 1 and 99, in any digits."""
    digits = text.strip().rstrip(".)").strip()
    return int(digits) if digits.isdecimal() and len(digits) <= 2 and int(digits) else None


def starts(meaning: str, text: str) -> str | None:
    """What stands after one of the words of that meaning at the start of the text."""
    low = text.strip().lower()
    found = next((word for word in sorted(words()[meaning], key=len, reverse=True) if low.startswith(word)), None)
    return None if found is None else text.strip()[len(found) :].strip()


@lru_cache(maxsize=8)
def written(meaning: str) -> list[str]:
    """The words as they stand in the file, for texts that we write ourselves."""
    stored = yaml.safe_load((files("handlers") / "said.yaml").read_text("utf8"))
    return [str(word) for word in stored[meaning]]
