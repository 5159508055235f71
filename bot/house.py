"""Where all parts meet: `build(settings)` makes a house, `House` starts and stops its tasks.

Clock and dice enter here and travel on as values. Web, worker and sender are tasks of one process by default; the
parts can be started one by one, so the same house is a machine of workers alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import channels, fates, media, post
from bot import words as words_of_tickets
from bot.clock import now
from bot.db import accounts, deliveries, inbox, one_time, outbox, schema, steps
from bot.db import media as media_rows
from bot.db.engine import Database
from bot.desk import Desk
from bot.line.client import Line
from bot.line.webhook import Door
from bot.log import fault, logger
from bot.notifier import Notifier, World
from bot.profiles import Profiles
from bot.sealing import Sealing
from bot.sender import Post, Sender
from bot.settings import Settings
from bot.timekeeper import Timekeeper
from bot.wake import Wake
from bot.worker import Tools, Worker
from handlers import words
from handlers.readers import phone_in
from handlers.vocabulary import Outcome, Turn

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.load import Knowledge

BROKEN_DISK = 74  # EX_IOERR, the exit status
DRAIN = 8.0  # of the ten seconds that a stop may take
KEPT_DONE = 30 * 24 * 3600 * 1000  # ids of handled events outlive any redelivery
log = logger()


@dataclass
class House:
    """All parts of one process. `start()` inside the event loop, `stop()` at the end."""

    settings: Settings
    database: Database
    sealing: Sealing
    wake: Wake
    tools: Tools
    door: Door
    intake_way: inbox.SqliteDoor | inbox.PostgresDoor
    folder: media.Folder
    desk: Desk
    clock: Callable[[], int]
    line: Post | None = None
    sender: Sender | None = None
    notifier: Notifier | None = None
    fetcher: media.Fetcher | None = None
    workers: list[Worker] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, work: int = 1, send: bool = True) -> None:
        """`work` worker threads (0: a door alone), and the sender with the fetcher of media."""
        schema.must_be_current(self.database)
        self.database.broken = _end_at_once
        if work or send:
            self.database.claim_house()
        if self.database.sqlite:
            with self.database.transaction() as connection:
                outbox.take_back_claims(connection, self.clock())
        if not self.database.sqlite and not self.settings.redis_url:
            from bot.db.bells import Bells  # brings psycopg, 9 MB that a house on SQLite does not need

            self.wake.far = Bells(self.database.url, self.wake.heard_from_afar)
        if send:
            self._start_sending()
        self._tasks.append(asyncio.create_task(self._sweep()))
        if work or send:
            self._tasks.append(asyncio.create_task(self._gather()))
        for _ in range(min(work, 1) if self.database.sqlite else work):
            worker = Worker(self.database, self.tools, carrier=self.sender)
            self.workers.append(worker)
            thread = threading.Thread(target=worker.run, args=(self._stop, self.settings.poll_seconds), name="worker")
            thread.start()
            self._threads.append(thread)
        if work:
            thread = threading.Thread(target=self.timekeeper().run, args=(self._stop,), name="timekeeper")
            thread.start()
            self._threads.append(thread)

    def timekeeper(self) -> Timekeeper:
        """Deadlines and duty; by the clock of the database where several machines must agree about the time."""
        told = self.database.sqlite or self.clock is not now
        at: steps.At = (lambda _: self.clock()) if told else steps.database_clock
        tools, speed = self.tools, self.settings.demo_speed
        return Timekeeper(self.database, self.sealing, tools.knowledge, at, self.wake.moved, speed)

    def _start_sending(self) -> None:
        token = self.settings.line_channel_access_token.get_secret_value()
        line = Line(
            token,
            self.settings.line_api_base,
            self.settings.line_data_api_base,
            seconds=self.settings.line_seconds,
        )
        self.line = line
        rules = post.Rules(
            new_key=lambda: str(uuid.uuid4()), chance=random.random, stale=int(self.settings.stale_seconds * 1000)
        )
        mail = self.channels()["email"].ready()
        tell = fates.teller(self.sealing, self.clock, mail, self.wake.noticed)
        self.sender = Sender(self.database, line, self.wake, self.clock, rules, tell=tell)
        self.notifier = Notifier(self.world(), line)
        if self.tools.profiles:
            self.tools.profiles.begin(line, self._language_known)
        limits = media.Limits(self.settings.photo_limit, self.settings.file_limit)
        self.fetcher = media.Fetcher(self.database, line, self.folder, self.clock, limits, self.wake.outbox)
        running = (self.sender.run(), self.fetcher.run(), self.notifier.run())
        self._tasks += [asyncio.create_task(one) for one in running]

    def channels(self) -> dict[str, channels.Channel]:
        """The ways out to staff, by name."""
        return channels.found(channels.Tools(self.settings, self.database, self.clock, self.wake.written))

    def world(self) -> World:
        """What a notifier works with."""
        tools, base = self.tools, self.settings.public_base_url
        return World(
            self.database, self.sealing, tools.knowledge, tools.words, self.wake, self.clock, random.random,
            self.channels(), base,
        )  # fmt: skip

    def _language_known(self, lane: str) -> None:
        """Whoever waited for the language of their phone waits no longer."""
        with self.database.transaction() as connection:
            inbox.ripen(connection, lane)
        self.wake.arrived()

    async def stop(self) -> None:
        """No new events, the batch in hand is finished, what is being sent lands; at most ten seconds."""
        self.door.closed = True
        self._stop.set()
        self.wake.close()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, DRAIN)
        if self.tools.profiles:
            self.tools.profiles.stop()
        if self.sender:
            self.sender.stop()
            await self.sender.drain(DRAIN)
        if self.notifier:
            self.notifier.stop()
            await self.notifier.drain(DRAIN / 4)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if isinstance(self.line, Line):
            await self.line.close()
        await self.intake_way.close()
        self.database.close()

    async def _gather(self) -> None:
        """What new tickets tell becomes findable."""
        while True:
            try:
                many = await asyncio.to_thread(words_of_tickets.gather, self.database, self.tools.knowledge)
            except Exception as error:  # the search can wait; the house cannot
                log.error("words_not_gathered", fault=fault(error))
                many = 0
                await asyncio.sleep(30)
            await asyncio.sleep(0 if many == words_of_tickets.AT_ONCE else 1)

    async def _sweep(self) -> None:
        """Once an hour what is done and old goes: handled events, delivered letters, media that no ticket took."""
        while True:
            await asyncio.sleep(3600)
            await asyncio.to_thread(self.sweep)

    def sweep(self) -> None:
        at = self.clock()
        with self.database.transaction() as connection:
            inbox.sweep(connection, at - KEPT_DONE)
            outbox.sweep(connection, at - KEPT_DONE)
            deliveries.sweep(connection, at - KEPT_DONE)
            accounts.sweep(connection, at)
            one_time.sweep(connection, at - KEPT_DONE)
            gone = media_rows.unclaimed(connection, at)
        self.folder.drop(gone)


def build(
    settings: Settings,
    clock: Callable[[], int] = now,
    knowledge: Knowledge | None = None,
    handle: Callable[[Turn], Outcome] | None = None,
) -> House:
    """A house that is not started yet. `handle` is the dispatcher unless a test brings another one."""
    database = Database(settings.database_url)
    sealing = Sealing(settings.secret_keys)
    wake = Wake(settings.redis_url, settings.person_per_minute)
    folder = media.Folder(settings.media_dir)
    tools = Tools(
        sealing=sealing,
        wake=wake,
        knowledge=knowledge if knowledge is not None else load_knowledge(settings.knowledge_dir),
        words=words.own(),
        clock=clock,
        handle=handle or _dispatch(),
        drop=folder.drop,
        profiles=Profiles(wake, sealing.person),
        window=int(settings.fragment_seconds * 1000),
        base=settings.public_base_url,
    )
    way = inbox.door(database)
    door = Door(
        settings.line_channel_secret.get_secret_value(),
        inbox.Intake(way),
        clock,
        wake.arrived,
        settings.body_limit,
        settings.intake_seconds,
        settings.line_bot_user_id,
    )
    way.alarm = door.conflict
    desk = Desk(database, sealing, tools.knowledge, clock, told=wake.moved)
    return House(settings, database, sealing, wake, tools, door, way, folder, desk, clock)


def _end_at_once() -> None:
    """The disk lost what it had taken. Whatever we did now might rest on something that is not there; started again,
    the database reads what is."""
    log.critical("disk_failed", mend="look after the disk; the house starts again from what is on it")
    os._exit(BROKEN_DISK)


def load_knowledge(overlay: Path | None = None) -> Knowledge:
    """Loaded once, then frozen out of the collector's way, so that forked workers share it and no sweep walks it."""
    loaded = _loaded(overlay)
    phone_in("081 234 5678")  # its library takes 80 ms to load: now, and in nobody's turn
    loaded.as_of(datetime.now(ZoneInfo("Asia/Bangkok")).date())  # stale contacts are hidden
    gc.collect()
    gc.freeze()
    _give_back()
    return loaded


def _loaded(overlay: Path | None) -> Knowledge:
    """With what the operator added; a broken line there must not stop the house, so the package's own stays then."""
    from knowledge.model import KnowledgeError
    from knowledge.overlay import load_over

    try:
        return load_over(overlay)
    except (KnowledgeError, OSError, UnicodeDecodeError) as wrong:
        if not overlay:
            raise
        log.error("knowledge_dir_broken", folder=str(overlay), faults=str(wrong), mend="frontdoor kb check names it")
        return load_over()


def _give_back() -> None:
    """Loading leaves 10 MB of heap that nobody uses; glibc gives it back when asked. Elsewhere nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(-8, 2)  # M_ARENA_MAX: each thread's own arena costs memory, and the threads here rarely meet
        libc.malloc_trim(0)


def _dispatch() -> Callable[[Turn], Outcome]:
    from handlers.dispatch import handle

    return handle
