"""What to do with a letter, and what an attempt means: the sender's decisions as pure functions.

A reply token lives about a minute and works once; a push has a key that LINE remembers for a day. So a reply whose
end is unclear is tried again with the same token while that is young, and what then stays undecidable is pushed only
if it must not be missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from bot.db.outbox import REPLY_LIVES, Letter, Note
from bot.line.client import OutOfQuota, SendLater, SendNever, Sent, TokenRefused, Unauthorised, Unclear
from bot.line.messages import plain

GIVES_UP = 23 * 3600 * 1000  # after 24 h LINE forgets the key and would send a twin
PROBE = 3600 * 1000  # how often a parked push asks whether the quota is back
HALT = 60_000
FIRST_WAIT, LONGEST_WAIT = 500, 5 * 60_000


@dataclass(frozen=True, slots=True)
class Rules:
    """What the decisions need from the world: a fresh retry key, and a number from 0 to 1 for the jitter."""

    new_key: Callable[[], str]
    chance: Callable[[], float]
    stale: int = 10_000


def plan(letter: Letter, now: int, rules: Rules, overtaken: bool) -> Letter | Note:
    """The letter with its way and key, or a note that it shall not go at all."""
    if now - (letter.first_attempt_at or letter.made_at) > GIVES_UP:
        return Note(letter, "dead", fault=letter_fault(letter, "23 h"))
    if overtaken and not letter.must_arrive and now - letter.made_at > rules.stale:
        return Note(letter, "stale")
    pushed = letter.how == "push" and letter.first_attempt_at is not None  # its key and bytes are frozen
    if letter.token and not pushed and now - letter.token_at < REPLY_LIVES:
        return replace(letter, how="reply", retry_key="")
    if letter.how == "reply" and letter.first_attempt_at and letter.unclear and not letter.must_arrive:
        return Note(letter, "unclear", fault="nobody knows whether the reply arrived")
    return replace(letter, how="push", token="", retry_key=letter.retry_key or rules.new_key())


def unfinished(letter: Letter) -> Letter:
    """A letter whose sender died in the middle: nobody knows how its last attempt ended."""
    return replace(letter, unclear=True)


def sent(letter: Letter, result: Sent) -> Note:
    return Note(letter, "sent", sent_ids=result.ids)


def failed(letter: Letter, error: Exception, now: int, rules: Rules) -> Note:
    """What becomes of a letter after an attempt that ended in `error`."""
    if isinstance(error, TokenRefused):
        return _refused(letter, now)
    if isinstance(error, OutOfQuota):
        return Note(letter, "parked", now + PROBE, "the month's pushes are used up")
    if isinstance(error, Unauthorised):
        return Note(letter, "waiting", now + HALT, "the channel access token is refused")
    if isinstance(error, SendNever):
        return _never(letter, error, now)
    if isinstance(error, Unclear) and letter.how == "reply":
        letter = replace(letter, unclear=True)
    why = str(error) if isinstance(error, SendLater) else type(error).__name__
    return Note(letter, "waiting", now + _wait(letter, rules), why)


def _refused(letter: Letter, now: int) -> Note:
    """The token is used or too old. After an unclear attempt it was most likely used by ourselves."""
    if letter.unclear and not letter.must_arrive:
        return Note(letter, "unclear", fault="the token was used, probably by an attempt of ours")
    return Note(replace(letter, token="", how=""), "waiting", now, "reply token refused")


def _never(letter: Letter, error: SendNever, now: int) -> Note:
    """A message that LINE refuses is said once in plain words; then it is dead, and shown."""
    if error.status in (400, 413) and not letter.plain and "Failed to send" not in error.why:
        words = orjson.dumps(plain(letter.bodies())).decode()
        return Note(replace(letter, messages=words, plain=True, retry_key=""), "waiting", now, str(error))
    return Note(letter, "dead", fault=str(error))


def letter_fault(letter: Letter, why: str) -> str:
    return f"not delivered within {why} and {letter.attempts} attempts"


def _wait(letter: Letter, rules: Rules) -> int:
    """Twice as long after each attempt, somewhere between half and whole, so a healed LINE is not stormed."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(letter.attempts - 1, 12))
    return int(longest * (0.5 + rules.chance() / 2))
