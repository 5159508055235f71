"""Passwords: which are good enough, and how they are kept.

Length is what helps, so that is what is asked: 15 characters, or 8 where an app asks for a second factor as well. No
rules about kinds of letters, which make people write `Password1!`; a list of what everybody takes instead (words,
rows of the keyboard, repetitions, one's own name). NFKC, so that the same password typed on another keyboard is the
same password.

Argon2id with 19 MiB and two passes (OWASP's figures): the default of the library takes 64 MiB, which a crowd at the
door could use to fill the machine. At most four are reckoned at once, for the same reason.
"""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

ALONE, WITH_SECOND, LONGEST = 15, 8, 256
COMMON = Path(__file__).with_name("common.txt")
LEET = str.maketrans("013457@$!", "oleastasi")
BESIDE = "0123456789 _-.!?#*+"
REPEATED = re.compile(r"(.{1,12}?)\1+(.*)", re.DOTALL)


class Passwords:
    """One a process. `checks` counts what was reckoned, for the tests of equal work."""

    def __init__(self, at_once: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
        self._decoy = self._hasher.hash(secrets.token_hex())  # whoever asks for nobody waits as long as for somebody
        self._room = threading.BoundedSemaphore(at_once)
        self.checks = 0

    def kept(self, typed: str) -> str:
        with self._room:
            return self._hasher.hash(normal(typed))

    def matches(self, kept: str, typed: str) -> bool:
        """The same work whether there is an account, a password, or neither."""
        with self._room:
            self.checks += 1
            try:
                right = self._hasher.verify(kept or self._decoy, normal(typed)[:LONGEST])
            except (VerificationError, InvalidHashError):
                return False
        return right and bool(kept)

    def is_old(self, kept: str) -> bool:
        """Was it kept with figures that we have raised since?"""
        return self._hasher.check_needs_rehash(kept)


def normal(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed)


def fault(typed: str, second: bool, own: Iterable[str] = ()) -> str:
    """Why this may not be a password: a text key, or empty where it may. `own` are names the person goes by."""
    password = normal(typed)
    if len(password) > LONGEST:
        return "password.long"
    if len(password) < (WITH_SECOND if second else ALONE):
        return "password.short_second" if second else "password.short"
    if is_common(password, own):
        return "password.common"
    return ""


def is_common(password: str, own: Iterable[str] = ()) -> bool:
    """One of everybody's passwords, however it is dressed up: with digits behind, doubled, in leet."""
    plain = password.casefold()
    bare = plain.strip(BESIDE) or plain
    words = _common() | {word.casefold() for word in own if len(word) >= 4}
    dressed = {plain, bare, bare.translate(LEET)}
    shapes = dressed | {_core(one) for one in dressed}
    return any(len(set(shape)) <= 3 or shape in words or _in_a_row(shape) for shape in shapes)


def _core(shape: str) -> str:
    """`abcabcabcab` is `abc`."""
    found = REPEATED.fullmatch(shape)
    return found[1] if found and found[1].startswith(found[2]) else shape


def _in_a_row(shape: str) -> bool:
    return any(shape in row * 3 or shape in row[::-1] * 3 for row in _rows())


@cache
def _lines() -> tuple[str, ...]:
    return tuple(line.strip().casefold() for line in COMMON.read_text("utf8").splitlines())


@cache
def _common() -> frozenset[str]:
    return frozenset(line for line in _lines() if line and not line.startswith(("#", "=")))


@cache
def _rows() -> tuple[str, ...]:
    """Rows of keyboards and alphabets, marked with `=` in the list."""
    return tuple(line[1:] for line in _lines() if line.startswith("="))
