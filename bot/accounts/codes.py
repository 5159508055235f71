"""One-time codes: which there are, how long they live, how they look.

Codes that people type (LINK-…, GROUP-…) are letters as tickets have them, with a check letter, so that a slip of the
finger is told from a wrong code. What travels in an address or a cookie is 256 bits. All are kept as keyed hashes.
"""

from __future__ import annotations

import secrets

from bot.sealing import ALPHABET, LETTERS, check_code, written

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LIFE = {
    "link": 10 * MINUTE,  # sent to the bot from the LINE account to link
    "group": 10 * MINUTE,  # said in the group to bind
    "second": 5 * MINUTE,  # the password was right, the digits are asked for
    "challenge": 5 * MINUTE,  # of a passkey
    "ask_recover": DAY,  # one administrator asks, a second one approves
    "recover": HOUR,
    "invite": 3 * DAY,  # travels by mail, and mail is read on Monday
}
TRIES = 5


def new_letters() -> str:
    """As it is typed, without its word in front. A figure among the first letters tells it from common words."""
    while True:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
        if any(letter.isdigit() for letter in letters):
            return written(letters)


def shown(purpose: str, letters: str) -> str:
    return f"{purpose.upper()}-{letters}"


def kept_as(purpose: str, typed: str) -> str:
    """The words that are hashed: the same for all ways in which people write the code; empty where it is none."""
    letters = check_code(typed)
    return f"{purpose}:{letters}" if letters else ""


def new_token() -> str:
    return secrets.token_urlsafe(32)
