"""The sample staff of the demo: accounts of every role, linked with phones of the chat page, where their cards arrive.

Whoever exists already is left as they are, so a demo can be taken up again with what was changed in it.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

from bot.db import accounts
from bot.emulator.platform import Emulator
from bot.house import House


def sample() -> list[dict[str, str]]:
    told = yaml.safe_load((files("bot") / "demo_staff.yaml").read_text("utf8"))
    return [dict(one) for one in told["staff"]]


def hire(house: House, line: Emulator) -> int:
    """Gives how many are new."""
    found, now = sample(), house.clock()
    with house.database.transaction() as connection:
        have = accounts.taken(connection, [one["email"] for one in found])
        new = [one for one in found if one["email"] not in have]
        for one in new:
            accounts.add(connection, _row(one, line), now)
    for one in found:
        _befriend(line, one.get("person", ""))
    return len(new)


def _row(one: dict[str, str], line: Emulator) -> dict[str, Any]:
    given = {name: value for name, value in one.items() if name != "person"}
    lane = line.person(one["person"]).id if "person" in one else ""
    return {**given, "state": "active", "lane": lane, "quiet": ""}


def _befriend(line: Emulator, person: str) -> None:
    """An officer has added the ministry's account long ago: no greeting, and pushes arrive."""
    if person:
        known = line.person(person)
        known.friend = known.ever_friend = True
