"""LINE, to a member's own account or to an office's group: a row of the outbox, so that the sender delivers it.

The sender keeps the order of a lane, sends again with the same key, and counts what it pushed. A card is never dropped
for being overtaken by another; only what is urgent goes in front of answers to citizens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels import Parcel, Tools
from bot.db import outbox

MARK = "notice:"  # begins `outbox.event_id`, and the number of the delivery follows


class Line:
    name = "line"

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def ready(self) -> bool:
        return True

    def wrong(self, address: Mapping[str, Any]) -> str:
        return ""

    async def send(self, parcel: Parcel) -> None:
        with self._tools.database.transaction() as connection:
            self.put(connection, [parcel])
        self._tools.written()

    def put(self, connection: Any, parcels: list[Parcel]) -> None:
        now = self._tools.clock()
        outbox.put(connection, [_row(parcel, now) for parcel in parcels])


def _row(parcel: Parcel, now: int) -> dict[str, Any]:
    row = outbox.row(parcel.lane, [dict(parcel.message)], now, f"{MARK}{parcel.id}", must_arrive=True)
    return row if parcel.urgent else row | {"due": now}


def channel(tools: Tools) -> Line:
    return Line(tools)
