"""One-time codes that people send to the bot: `LINK-…` joins a LINE account to one of staff, `GROUP-…` a group to an
office. What is typed is read here; whether it is worth anything, the worker looks up before the turn.

The word in front tells such a code from a ticket's number, so that it never becomes part of a complaint. Its letters
are not ours to check: their check letter and their hash are the house's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Purpose = Literal["link", "group"]
State = Literal["good", "used", "ended", "unknown", "unread"]
# The word alone is not enough ("link here"): behind it stand nine letters or figures, however they are parted.
TYPED = re.compile(r"(?:^|[^a-z])(link|group)[\s:_\-–—]*((?:[a-z0-9][\s\-–—.]*){6,12})(?![a-z0-9])", re.IGNORECASE)
LONGEST = 120  # letters of a message that carries a code; a story is longer


@dataclass(frozen=True, slots=True)
class Typed:
    """A code as somebody wrote it."""

    purpose: Purpose
    letters: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A code as it stands in the house: whose it is, and whether it can be used now."""

    purpose: Purpose
    state: State
    hash: str = ""
    staff: int = 0  # whose account; for a group: who made the code
    name: str = ""
    office: str = ""


def typed(text: str) -> Typed | None:
    """The code in a message, or None. A text of another length behind the word is a slip, and still a code."""
    if len(text) > LONGEST:
        return None
    found = TYPED.search(unicodedata.normalize("NFKC", text))
    if not found:
        return None
    letters = re.sub(r"[^a-z0-9]", "", found[2].lower())
    purpose: Purpose = "group" if found[1].lower() == "group" else "link"
    dashed = f"{purpose}-" in found[0].lower()
    mixed = not letters.isdigit() and any(letter.isdigit() for letter in letters) and 8 <= len(letters) <= 10
    return Typed(purpose, letters.upper()) if dashed or mixed else None
