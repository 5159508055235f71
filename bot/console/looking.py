"""Who looks at a ticket right now, so that two do not write the same answer. It may be forgotten at any time.

One process remembers it by itself, and through Redis with the others; several processes without Redis share a table.
Who opened a ticket is kept for good, in the audit log.
"""

from __future__ import annotations

from collections import defaultdict

from bot.db import audit, desks
from bot.house import House

AGAIN = 3_600_000  # milliseconds after which opening the same ticket is told anew


class Looking:
    """One a console."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._here: dict[str, dict[int, int]] = defaultdict(dict)
        self._opened: dict[tuple[int, str], int] = {}

    def opened(self, code: str, member: int, now: int) -> None:
        """Keeps in the audit log that a member opened this ticket: once an hour, not with every look."""
        if now - self._opened.get((member, code), -AGAIN) < AGAIN:
            return
        with self._house.database.transaction() as connection:
            audit.write(connection, [audit.Entry(f"staff:{member}", "see", code)], now)
        if len(self._opened) > 5000:
            self._opened.clear()
        self._opened[member, code] = now

    def look(self, code: str, member: int, now: int, span: int) -> list[int]:
        """Notes that a member looks; gives the others who did within `span` milliseconds."""
        if self._house.database.sqlite or self._house.settings.redis_url:
            seen = self._note(code, member, now, span)
        else:
            with self._house.database.transaction() as connection:
                desks.look(connection, code, member, now)
                seen = desks.lookers(connection, code, now - span)
        return sorted(set(seen) - {member})

    def _note(self, code: str, member: int, now: int, span: int) -> list[int]:
        name = f"looking:{code}"
        far = self._house.wake.recall_fresh(name) or {}
        here = {**{int(one): at for one, at in far.items()}, **self._here.pop(code, {}), member: now}
        fresh = {one: at for one, at in here.items() if at > now - span}
        self._here[code] = fresh
        if len(self._here) > 5000:
            self._here.clear()
        self._house.wake.remember_far(name, {str(one): at for one, at in fresh.items()}, 2 * span // 1000)
        return list(fresh)
