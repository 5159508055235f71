"""Can this house take and answer events now? For the probe of machines and for the page of the house's health."""

from __future__ import annotations

from typing import Any

from bot.db import inbox, outbox, schema
from bot.house import House


def readiness(house: House) -> dict[str, Any]:
    """Can this house take and answer events now? Degraded parts are told, and do not make it unready."""
    reachable = house.database.reachable()
    current = reachable and schema.is_current(house.database)
    told: dict[str, Any] = {"ready": bool(reachable and current), "database": reachable, "schema": current}
    told["intake"] = {"state": "failing" if house.door.failing else "ok"} | {
        name: house.door.counts[name] for name in ("failed", "slow", "conflicts", "other_destination", "unreadable")
    }
    told["redis"] = house.wake.state()
    told["sending"] = "halted" if house.sender and house.sender.halted else "ok"
    if told["ready"]:
        with house.database.reading() as connection:
            told["backlog"] = inbox.backlog(connection)
            counted = outbox.counts(connection)
        told["outbox"] = {state: counted.get(state, 0) for state in ("waiting", "parked", "dead", "unclear")}
    return told
