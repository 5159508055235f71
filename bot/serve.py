"""`serve` and `worker`: a house in one process, or a door with several worker processes on PostgreSQL.

The parent loads knowledge and frees it from the collector before it forks, so the workers share those pages. It opens
no database before the fork, since connections do not survive one. A worker that dies is started again; a SIGTERM lets
all of them finish.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import uvicorn

from bot import house, log, web
from bot.db import schema
from bot.db.engine import Database
from bot.settings import Settings

RESTART = 1.0


class CannotServe(Exception):
    """The house cannot start as it was told to; the text is the sentence to show."""


def serve(settings: Settings, workers: int | None = None) -> None:
    """Production. `workers` None: all in this process; N: N worker processes beside the door; 0: a door alone."""
    _check(settings, workers is not None)
    log.set_up()
    if workers is not None:
        children = Children(settings, workers)
        if workers:
            children.start()
        try:
            _web(settings, work=0)
        finally:
            children.stop()
    else:
        _web(settings, work=1)


def worker(settings: Settings, threads: int = 1) -> None:
    """A machine of workers alone: decides and sends, until a signal."""
    _check(settings, True)
    log.set_up()
    _run(_work(house.build(settings), threads))


def _check(settings: Settings, several: bool) -> None:
    if several and settings.sqlite:
        raise CannotServe("several processes need PostgreSQL: set DATABASE_URL, or leave --workers out")
    database = Database(settings.database_url)
    try:
        schema.must_be_current(database)
    finally:
        database.close()


def _quietly(*_: object) -> None:
    """uvicorn stops on SIGTERM and then raises the signal once more, which would end us before our children."""
    raise SystemExit(0)


def _web(settings: Settings, work: int) -> None:
    signal.signal(signal.SIGTERM, _quietly)
    built = house.build(settings)
    made = web.app(built, work, send=bool(work))
    uvicorn.run(
        made,
        host=settings.host,
        port=settings.port,
        access_log=False,
        ws="none",  # nothing here speaks it, and its library would be loaded
        log_level="warning",
        timeout_graceful_shutdown=3,
        server_header=False,
        date_header=False,
        proxy_headers=False,  # nobody here asks who the peer is: LINE proves itself by its signature
    )


async def _work(built: house.House, threads: int) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    await built.start(threads, send=True)
    try:
        await ended.wait()
    finally:
        await built.stop()


def _run(work: Coroutine[Any, Any, None]) -> None:
    """On the loop that uvicorn takes as well: sending costs a third less than on Python's own."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


class Children:
    """Worker processes, forked from one that has loaded the knowledge."""

    def __init__(self, settings: Settings, many: int) -> None:
        self._settings = settings
        self._many = many
        self._nursery = 0

    def start(self) -> None:
        """Forks the nursery, which loads the knowledge once, forks the workers, and restarts those that die."""
        self._nursery = os.fork()
        if self._nursery == 0:
            code = 1
            try:
                Nursery(self._settings, self._many).run()
                code = 0
            finally:
                os._exit(code)

    def stop(self) -> None:
        if not self._nursery:
            return
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._nursery, signal.SIGTERM)
            os.waitpid(self._nursery, 0)


class Nursery:
    """Lives in a process of its own, so that no fork ever meets a running event loop."""

    def __init__(self, settings: Settings, many: int) -> None:
        self._settings = settings
        self._many = many
        self._alive: set[int] = set()
        self._ended = False

    def run(self) -> None:
        knowledge = house.load_knowledge(self._settings.knowledge_dir)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)
        parent = os.getppid()
        while not self._ended and os.getppid() == parent:
            while len(self._alive) < self._many:
                self._alive.add(self._fork(knowledge))
            self._reap()
            time.sleep(0.2)
        self._stop()

    def _end(self, *_: object) -> None:
        self._ended = True

    def _fork(self, knowledge: object) -> int:
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, signal.SIG_DFL)
            _run(_work(house.build(self._settings, knowledge=knowledge), 1))  # type: ignore[arg-type]
            code = 0
        except BaseException as error:
            log.logger().error("worker_ended", fault=log.fault(error))
            time.sleep(RESTART)
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        for pid in tuple(self._alive):
            ended, _ = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._alive.discard(pid)

    def _stop(self) -> None:
        for pid in self._alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        for pid in self._alive:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
