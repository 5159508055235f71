"""The ways out to staff: one file each, found by file name, each offering `channel(tools) -> Channel`.

A channel carries one parcel and is done, or raises SendLater (another try) or SendNever (this address never works).
It knows nothing of tickets and people: a parcel holds the words, ready in the reader's language, and an address.
Libraries are loaded when the first parcel goes that way, because most houses use few of them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from bot.line.client import SendLater, SendNever

if TYPE_CHECKING:
    from bot.db.engine import Database
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out. `id` stays the same over all attempts, so that a way which knows twins can drop one."""

    id: int
    title: str  # one line, without control characters
    text: str  # the whole sense, lines parted by \n
    url: str = ""  # of the ticket in the console
    urgent: bool = False
    lane: str = ""  # of LINE
    message: Mapping[str, Any] = field(default_factory=dict)  # LINE's card
    address: Mapping[str, Any] = field(default_factory=dict)  # what the channel asked for: to, url, a subscription
    foot: str = ""
    ways_url: str = ""  # where its reader chooses what to be told


@dataclass(frozen=True, slots=True)
class Tools:
    """What channels are made from. `written` rings the sender."""

    settings: Settings
    database: Database
    clock: Callable[[], int]
    written: Callable[[], None]


class Channel(Protocol):
    """One way out."""

    name: str

    def ready(self) -> bool:
        """Do the settings hold what it needs?"""

    def wrong(self, address: Mapping[str, Any]) -> str:
        """A text key that says why this address cannot be used; empty where it can."""

    async def send(self, parcel: Parcel) -> None:
        """Raises SendLater or SendNever."""


class Within(Protocol):
    """A channel whose work is a row: it is written in the transaction that notes the delivery, so never twice."""

    def put(self, connection: Any, parcels: list[Parcel]) -> None: ...


def found(tools: Tools) -> dict[str, Channel]:
    """All channels by name."""
    names = sorted(one.name for one in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").channel(tools) for name in names}


__all__ = ["Channel", "Parcel", "SendLater", "SendNever", "Tools", "Within", "found"]
