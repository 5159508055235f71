"""The notifier: staff hear of what concerns them, at once or when it suits, each by the ways they chose.

A notice is expanded into deliveries once, whoever expands it; LINE's cards go into the outbox in the very same
transaction, so that between a report and the sender lies one commit. All other ways are carried here, many at a time
but few of one kind, so that a mail server that hangs delays no browser. What fails is tried again with patience, and
what cannot succeed is dead and shown.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot import expansion, packing, quota
from bot.channels import Channel, Parcel, SendLater, SendNever
from bot.db import deliveries, groups
from bot.db.deliveries import Delivery, Fate
from bot.db.engine import Database
from bot.log import fault, logger
from bot.sealing import Sealing
from bot.wake import Wake
from handlers.words import Words

if TYPE_CHECKING:
    from knowledge.load import Knowledge

MANY = 64  # notices a transaction
BREATH = 0.3  # seconds between two steps: the first word goes at once, those of a busy moment go together
OF_A_KIND = 16  # parcels of one way at a time
ROWS = 200  # cards for LINE a transaction
LONGEST_SEND = 40.0  # seconds; a claim lasts 60
FIRST_WAIT, LONGEST_WAIT = 5_000, 30 * 60_000
GIVES_UP = 24 * 3600 * 1000
LINE = deliveries.LINE
log = logger()


@dataclass(frozen=True)
class World:
    """What the notifier works with. `base` is our public address."""

    database: Database
    sealing: Sealing
    knowledge: Knowledge
    words: Words
    wake: Wake
    clock: Callable[[], int]
    chance: Callable[[], float]
    channels: Mapping[str, Channel]
    base: str = ""


@dataclass
class Ready:
    """What one transaction made ready: parcels for ways outside, and whether the sender has something new."""

    parcels: list[tuple[Delivery, Parcel]] = field(default_factory=list)
    rows: int = 0
    done: int = 0


class Notifier:
    """One a process, beside the sender; any number of processes. `run()` until cancelled or `stop()`."""

    def __init__(self, world: World, line: Any = None) -> None:
        self._world = world
        self._line = line  # to ask LINE for the quota; none: it is not asked
        self._threads = ThreadPoolExecutor(2, "notifier")
        self._flying: dict[asyncio.Task[None], str] = {}
        self._stopped = False
        self._asked = -quota.EVERY
        self.counts: Counter[str] = Counter()

    async def run(self, poll: float = 0.5) -> None:
        """The only loop of the notifier that catches everything."""
        while not self._stopped:
            try:
                if await self.step() >= MANY:
                    continue
                await self._watch_quota()
                await asyncio.sleep(BREATH)
            except Exception as error:
                log.error("notifier_failed", fault=fault(error))
                await asyncio.sleep(1.0)
            await self._world.wake.notices.heard(poll)

    async def step(self) -> int:
        """Expands what is new and begins to carry what is due; gives how much there was to do."""
        if self._stopped:
            return 0
        rooms = self._rooms()
        ready = await asyncio.get_running_loop().run_in_executor(self._threads, self._prepare, rooms)
        if ready.rows:
            self._world.wake.written()
        for one, parcel in ready.parcels:
            task = asyncio.create_task(self._carry(one, parcel))
            self._flying[task] = one.kind
            task.add_done_callback(lambda done: self._flying.pop(done, None))
        return ready.done

    def stop(self) -> None:
        self._stopped = True
        self._world.wake.notices.ring()

    async def drain(self, seconds: float) -> None:
        """What is on its way lands and is noted; the rest is carried again when its claim ends."""
        end = time.monotonic() + seconds
        while self._flying and time.monotonic() < end:
            await asyncio.wait(self._flying, timeout=0.2)
        self._threads.shutdown(wait=True)

    # --- one transaction ---------------------------------------------------------------------------------------------

    def _rooms(self) -> dict[str, int]:
        flying = Counter(self._flying.values())
        return {name: OF_A_KIND - flying[name] for name in self._world.channels if name != LINE}

    def _prepare(self, rooms: Mapping[str, int]) -> Ready:
        world, now = self._world, self._world.clock()
        with world.database.reading(often=True) as connection:  # most looks find nothing: no reason to write
            morning = expansion.morning_is_due(connection, now)
            fresh, ripe = deliveries.any_fresh(connection, now), deliveries.any_ripe(connection, now)
        if not (morning or fresh or ripe):
            return Ready()
        ready = Ready()
        with world.database.transaction() as connection:
            if morning:
                expansion.begin_morning(connection, now)
            ready.done, made = expansion.expand(connection, world, now, MANY)
            for kind, room in {LINE: ROWS, **rooms}.items() if ripe or made else ():
                claimed = deliveries.claim(connection, kind, now, room) if room > 0 else []
                ready.done += len(claimed)
                self._sort(connection, packing.pack(connection, world, claimed, now), ready, now)
        return ready

    def _sort(self, connection: Any, packed: packing.Packed, ready: Ready, now: int) -> None:
        """Cards for LINE become rows here and now; the rest is carried after the commit."""
        deliveries.note(connection, packed.ended, now)
        cards = [(one, parcel) for one, parcel in packed.parcels if one.kind == LINE]
        ready.parcels += [(one, parcel) for one, parcel in packed.parcels if one.kind != LINE]
        if cards:
            self._world.channels[LINE].put(connection, [parcel for _, parcel in cards])  # type: ignore[attr-defined]
            deliveries.note(connection, [Fate(one, "sent") for one, _ in cards], now)
            ready.rows += len(cards)
            self.counts[LINE] += len(cards)

    # --- one parcel --------------------------------------------------------------------------------------------------

    async def _carry(self, one: Delivery, parcel: Parcel) -> None:
        channel = self._world.channels[one.kind]
        try:
            async with asyncio.timeout(LONGEST_SEND):
                await channel.send(parcel)
            fate = Fate(one, "sent")
            self.counts[one.kind] += 1
        except Exception as error:
            fate = failed(one, error, self._world.clock(), self._world.chance())
            self.counts[f"failed_{one.kind}"] += 1
            log.warning("delivery_" + fate.state, kind=one.kind, attempts=one.attempts, reason=type(error).__name__)
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._note, fate)
        except Exception as error:  # the claim runs out, and it is carried again
            log.error("delivery_not_noted", fault=fault(error))
        self._world.wake.notices.ring()

    def _note(self, fate: Fate) -> None:
        now = self._world.clock()
        with self._world.database.transaction() as connection:
            deliveries.note(connection, [fate], now)
            packing.settled(connection, self._world, fate, now)

    # --- LINE's quota ------------------------------------------------------------------------------------------------

    async def _watch_quota(self) -> None:
        if self._line is None or time.monotonic() - self._asked < quota.EVERY:
            return
        self._asked = time.monotonic()
        said = await quota.ask(self._line)
        if said is None or self._stopped:
            return
        loop = asyncio.get_running_loop()
        lanes = await loop.run_in_executor(self._threads, self._lanes)
        members = {lane: number for lane in lanes if (number := await quota.heads(self._line, lane))}
        now = self._world.clock()
        await loop.run_in_executor(self._threads, quota.note, self._world.database, *said, members, now)

    def _lanes(self) -> Sequence[str]:
        with self._world.database.reading() as connection:
            return groups.lanes(connection)


def failed(one: Delivery, error: Exception, now: int, chance: float) -> Fate:
    """Another try, twice as late each time, somewhere between half and whole; or never again."""
    why = str(error) if isinstance(error, SendLater | SendNever) else type(error).__name__
    if isinstance(error, SendNever) or now - one.made_at > GIVES_UP:
        return Fate(one, "dead", fault=why)
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(one.attempts - 1, 12))
    return Fate(one, "waiting", now + int(longest * (0.5 + chance / 2)), why)
