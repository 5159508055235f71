"""Who reported, sealed: encryption, the pseudonym of a person, and ticket codes. All keys come from SECRET_KEY.

AES-GCM from `cryptography`, one derived key a purpose. SECRET_KEY may hold several keys, comma separated: the first
seals, all open, so a key is changed by putting the new one in front. A pseudonym is a keyed hash: a stolen table of
tickets does not tell who is behind it, yet a person's own tickets can be found.

A ticket code is derived from the id of the event that opened it, so a replay gives the same code. Its alphabet has 23
letters that are not confused on the phone or on paper; 23 is prime, so the weighted check letter finds every single
wrong letter and every swap of two.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
FIGURES = "34679"
LETTERS = 8  # 23^8 = 78 thousand million codes, then the check letter


class CannotOpen(Exception):
    """No key of SECRET_KEY opens this."""


class Sealing:
    """The keys of one house, for its life."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        secrets = [key.encode() for key in keys]
        self._sealers = [(_derive(s, "name")[:4], AESGCM(_derive(s, "seal"))) for s in secrets]
        self._person = [_derive(s, "person") for s in secrets]
        self._code = _derive(secrets[0], "code")
        self._media = _derive(secrets[0], "media")
        self._once = [_derive(s, "once") for s in secrets]
        self._page = [_derive(s, "page") for s in secrets]
        self._receipt = [_derive(s, "receipt") for s in secrets]
        self._follow = [_derive(s, "follow") for s in secrets]
        self._nonces = Nonces()

    def seal(self, plain: bytes) -> bytes:
        name, sealer = self._sealers[0]
        nonce = self._nonces.next()
        return name + nonce + sealer.encrypt(nonce, plain, name)

    def open(self, sealed: bytes) -> bytes:
        for name, sealer in self._sealers:
            if sealed[:4] == name:
                try:
                    return sealer.decrypt(sealed[4:16], sealed[16:], name)
                except InvalidTag:
                    break
        raise CannotOpen

    def person(self, lane: str) -> str:
        """The pseudonym under which new tickets of this lane are kept."""
        return self.persons(lane)[0]

    def persons(self, lane: str) -> tuple[str, ...]:
        """All pseudonyms of this lane, newest key first."""
        return tuple(_keyed(key, lane, 16).hex() for key in self._person)

    def code(self, event_id: str, attempt: int = 0) -> str:
        """The ticket code that this event would open. `attempt` turns a taken code into the next one."""
        return code_of(int.from_bytes(_keyed(self._code, f"{event_id}/{attempt}", 12), "big"))

    def once(self, words: str) -> tuple[str, ...]:
        """What is kept of a one-time code, newest key first: a stolen table cannot be searched for short codes."""
        return tuple(_keyed(key, words, 32).hex() for key in self._once)

    def media_key(self, message_id: str) -> str:
        """An address that cannot be guessed (128 bits), the same on every try to fetch."""
        return _keyed(self._media, message_id, 16).hex()

    def page_keys(self, code: str) -> tuple[str, ...]:
        """The key in the public address of a ticket (128 bits), newest first: derived, so it is kept nowhere."""
        return tuple(_keyed(key, code, 16).hex() for key in self._page)

    def page_key(self, code: str, mark: str) -> str:
        """The key that opens the page of this mark; empty where none of ours does."""
        return next((key for key in self.page_keys(code) if page_mark(key) == mark), "")

    def follow_keys(self, code: str) -> tuple[str, ...]:
        """Eight signs to be read over the phone beside the number, newest first: derived, so they are kept nowhere.

        The first is always a figure, so that no word of a sentence is taken for a key.
        """
        return tuple(_spoken(int.from_bytes(_keyed(key, code, 12), "big")) for key in self._follow)

    def follows(self, code: str, typed: str) -> bool:
        """Does this key belong to this number? Compared in constant time."""
        given = "".join(_digit(one) for one in unicodedata.normalize("NFKC", typed).upper() if one.isalnum()).encode()
        fits = [hmac.compare_digest(key.replace("-", "").encode(), given) for key in self.follow_keys(code)]
        return True in fits  # all are compared before one is known

    def new_page(self, code: str) -> str:
        """What is kept of the key of a new ticket."""
        return page_mark(self.page_keys(code)[0])

    def signs(self, words: str) -> tuple[int, ...]:
        """56 bits that only this house can write under these words, newest key first."""
        return tuple(int.from_bytes(_keyed(key, words, 7), "big") for key in self._receipt)


class Nonces:
    """Random nonces, drawn 256 at a time: each draw gives up the interpreter's lock, dear to a busy worker."""

    def __init__(self) -> None:
        self._drawn: list[bytes] = []
        os.register_at_fork(after_in_child=self._drawn.clear)  # two processes never share a nonce

    def next(self) -> bytes:
        try:
            return self._drawn.pop()
        except IndexError:
            pool = os.urandom(12 * 256)
            self._drawn.extend(pool[at : at + 12] for at in range(12, len(pool), 12))
            return pool[:12]


def page_mark(key: str) -> str:
    """A key of 128 bits cannot be searched for, so a plain hash keeps it."""
    return hashlib.sha256(key.encode()).hexdigest()


def written(letters: str) -> str:
    """Eight letters as a code that can be read over the phone, with its check letter."""
    letters += _check(letters)
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"


def check_code(typed: str) -> str:
    """The code as we write it, or "" where it is none: spaces, dashes, small letters and Thai digits are forgiven."""
    letters = "".join(_digit(c) for c in unicodedata.normalize("NFKC", typed).upper() if c.isalnum())
    if len(letters) != LETTERS + 1 or any(c not in ALPHABET for c in letters):
        return ""
    if _check(letters[:-1]) != letters[-1]:
        return ""
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"


def number_of(code: str) -> int | None:
    """A code as a number, for an index that wants one; `code_of` is the way back. None for what is no code of ours."""
    letters = check_code(code).replace("-", "")[:LETTERS]
    return sum(ALPHABET.index(letter) * len(ALPHABET) ** place for place, letter in enumerate(letters)) or None


def code_of(number: int) -> str:
    letters = ""
    for _ in range(LETTERS):
        number, letter = divmod(number, len(ALPHABET))
        letters += ALPHABET[letter]
    return written(letters)


def _spoken(number: int) -> str:
    number, first = divmod(number, len(FIGURES))
    letters = FIGURES[first]
    for _ in range(7):
        number, letter = divmod(number, len(ALPHABET))
        letters += ALPHABET[letter]
    return f"{letters[:4]}-{letters[4:]}"


def _digit(letter: str) -> str:
    value = unicodedata.digit(letter, None)
    return letter if value is None else str(value)


def _check(letters: str) -> str:
    total = sum((place + 2) * ALPHABET.index(letter) for place, letter in enumerate(letters))
    return ALPHABET[-total % len(ALPHABET)]


def _keyed(key: bytes, words: str, size: int) -> bytes:
    """BLAKE2 with a key is a MAC of its own; unlike the library's HMAC it keeps the interpreter's lock."""
    return hashlib.blake2b(words.encode(), digest_size=size, key=key).digest()


def _derive(secret: bytes, purpose: str) -> bytes:
    return hashlib.blake2b(secret, digest_size=32, person=purpose.encode().ljust(16, b"\0")).digest()
