"""How often the door may be tried: per account, per address, per device; in memory, and in Redis where there is one.

No counter here can lock an officer out for good: a device on which somebody has signed in before has a counter of its
own, so strangers who use up the account's tries shut out strangers alone; and a passkey asks no counter of the account
at all, since it cannot be guessed. Redis that is gone or slow costs nothing but its part of the count.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from limits import parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

PATIENCE = 0.05  # seconds that Redis may take
RULES = {
    "account": "10/15minutes",  # strangers at one account's door
    "address": "300/15minutes",  # a ministry's whole building may stand behind one address
    "device": "10/15minutes",  # a device that has been inside before
    "second": "10/15minutes",  # digits of one account
    "passkey": "120/minute",  # of one address
    "code": "30/15minutes",  # invitations and the like, of one address
    "follow": "20/15minutes",  # numbers and keys of callers, of one address
    "again": "10/15minutes",  # the own password, typed once more by who is inside
}


class Rates:
    """One a process. `allowed` counts as it asks."""

    def __init__(self, redis_url: str = "", rules: dict[str, str] | None = None) -> None:
        self._rules = {name: parse(rule) for name, rule in (RULES | (rules or {})).items()}
        self._here = MovingWindowRateLimiter(MemoryStorage())
        self._there: MovingWindowRateLimiter | None = None
        if redis_url:
            waits: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
            with suppress(Exception):  # what may vanish may be missing at the start
                self._there = MovingWindowRateLimiter(storage_from_string(redis_url, **waits))

    def allowed(self, rule: str, who: str) -> bool:
        item = self._rules[rule]
        if not self._here.hit(item, rule, who):
            return False
        if self._there is not None:
            with suppress(Exception):
                return self._there.hit(item, "door", rule, who)
        return True
