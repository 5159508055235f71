"""A receipt: number, state and minute in letters that only this house can write, so that paper can be verified.

The letters hold the state and the minute themselves, and a keyed hash over them and the number: whoever types both into
the page that verifies is told what was true when it was printed. Nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.sealing import ALPHABET, check_code

STATES = (
    "new", "acknowledged", "in_progress", "waiting_for_reporter", "resolved", "closed", "reopened", "rejected",
    "withdrawn", "merged",
)  # by their place: only ever append  # fmt: skip
LETTERS = 20  # 23^20 > 2^90: 26 bits of minutes, 5 of the state, 56 of the hash
MINUTE = 60_000
SINCE = 1_577_836_800_000  # 2020; 26 bits of minutes last until 2147
MINUTES, KINDS, SIGNED = 1 << 26, 1 << 5, 1 << 56
Signs = Callable[[str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Receipt:
    code: str
    status: str
    at: int


def write(signs: Signs, code: str, status: str, now: int) -> str:
    """The letters, in groups of four."""
    minute, state = (now - SINCE) // MINUTE % MINUTES, STATES.index(status)
    number = (minute * KINDS + state) * SIGNED + signs(_words(code, minute, state))[0]
    letters = ""
    for _ in range(LETTERS):
        number, letter = divmod(number, len(ALPHABET))
        letters += ALPHABET[letter]
    return "-".join(letters[at : at + 4] for at in range(0, LETTERS, 4))


def read(signs: Signs, typed_code: str, typed: str) -> Receipt | None:
    """What the receipt says, or None where it is not one of ours."""
    code = check_code(typed_code)
    letters = [letter for letter in typed.upper() if letter.isalnum()]
    if not code or len(letters) != LETTERS or any(letter not in ALPHABET for letter in letters):
        return None
    number = sum(ALPHABET.index(letter) * len(ALPHABET) ** place for place, letter in enumerate(letters))
    told, signed = divmod(number, SIGNED)
    minute, state = divmod(told, KINDS)
    if state >= len(STATES) or signed not in signs(_words(code, minute, state)):
        return None
    return Receipt(code, STATES[state], SINCE + minute * MINUTE)


def _words(code: str, minute: int, state: int) -> str:
    return f"{code}|{STATES[state] if state < len(STATES) else ''}|{minute}"
