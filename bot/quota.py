"""LINE's monthly quota: replies are free, a push counts everybody whom it reaches, and near the end only what is urgent
goes by LINE.

Two counts are kept: our own, at once and exact for what we sent, and LINE's, which is asked every few minutes and knows
what went before us. The greater one holds. The thresholds stand in `handlers/notices.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bot.db import groups, notices, tallies
from bot.db.engine import Database
from bot.db.rows import sure_moment
from bot.line.client import OutOfQuota, SendLater, SendNever, Unauthorised
from bot.log import logger
from handlers.notices import table
from handlers.vocabulary import Notice, T
from handlers.words import BANGKOK

NONE = -1  # the plan has no limit
EVERY = 600.0  # seconds between two looks at LINE's count
FAILS = (SendLater, SendNever, Unauthorised, OutOfQuota)
State = Literal["open", "urgent", "gone"]
log = logger()


@dataclass(frozen=True, slots=True)
class Quota:
    """`limit` None: no limit, or nobody knows one."""

    limit: int | None
    used: int

    @property
    def state(self) -> State:
        if not self.limit:
            return "open"
        share = self.used / self.limit
        return "gone" if share >= table().full else "urgent" if share >= table().urgent_only else "open"

    def takes(self, urgent: bool) -> bool:
        """May this go by LINE?"""
        return self.state == "open" or (self.state == "urgent" and urgent)


def month(now: int) -> str:
    return f"{sure_moment(now).astimezone(BANGKOK):%Y-%m}"


def read(connection: Any, now: int) -> Quota:
    here = month(now)
    found = tallies.read(connection, [f"pushes.{here}", f"used.{here}", "quota"])
    limit = found.get("quota", (NONE, 0))[0]
    used = max(found.get(name, (0, 0))[0] for name in (f"pushes.{here}", f"used.{here}"))
    return Quota(None if limit < 0 else limit, used)


def count(connection: Any, lanes: Iterable[str], now: int) -> None:
    """Pushes that LINE took; one to a group counts each of its members."""
    lanes = list(lanes)
    heads = tallies.heads(connection, [lane for lane in lanes if lane[:1] in "CR"])
    number = sum(heads.get(lane, 1) for lane in lanes)
    if number:
        tallies.add(connection, f"pushes.{month(now)}", number, now)


def banner(connection: Any, now: int) -> T | None:
    """What all staff see while the quota is nearly or wholly used."""
    quota = read(connection, now)
    if quota.state == "open":
        return None
    return T(f"notices.quota.{quota.state}", {"used": quota.used, "limit": quota.limit})


async def ask(line: Any) -> tuple[int, int] | None:
    """(limit, used) as LINE says; None while it does not answer."""
    try:
        plan = await line.get("/v2/bot/message/quota")
        used = await line.get("/v2/bot/message/quota/consumption")
    except FAILS as error:
        log.warning("quota_unknown", reason=type(error).__name__)
        return None
    return int(plan["value"]) if plan.get("type") == "limited" else NONE, int(used.get("totalUsage") or 0)


async def heads(line: Any, lane: str) -> int:
    """How many people are in a group, without us; 0 where LINE does not say."""
    kind = "room" if lane.startswith("R") else "group"
    try:
        return int((await line.get(f"/v2/bot/{kind}/{lane}/members/count")).get("count") or 0)
    except FAILS:
        return 0


def note(database: Database, limit: int, used: int, members: dict[str, int], now: int) -> bool:
    """Keeps what LINE said; administrators are told once a month and state. True where there is a notice of it."""
    with database.transaction() as connection:
        tallies.put(connection, "quota", limit, now)
        tallies.put(connection, f"used.{month(now)}", used, now)
        for lane, number in members.items():
            groups.counted(connection, lane, number)
        return alarm(connection, now)


def alarm(connection: Any, now: int) -> bool:
    quota = read(connection, now)
    if quota.state == "open" or not tallies.once(connection, f"told.{month(now)}.{quota.state}", now):
        return False
    percent = round(100 * quota.used / (quota.limit or 1))
    notices.keep(connection, [Notice("house.quota", "", {"percent": percent})], now)
    return True
