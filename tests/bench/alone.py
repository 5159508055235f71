"""One worker alone: an inbox full of conversations, no web server, no sending. How many turns a second?

Runs in a process of its own (`python -m tests.bench.alone URL SECONDS`), so that nothing else shares its interpreter.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PERSONS_A_SECOND = 500  # enough that the inbox never runs dry


def measure(url: str, seconds: float) -> float:
    """Turns a second, from a fresh process."""
    out = subprocess.run(
        [sys.executable, "-m", "tests.bench.alone", url, str(seconds)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(out.stdout.strip().splitlines()[-1])


def run(url: str, seconds: float) -> float:
    import asyncio

    import orjson

    from bot import house, log, settings
    from bot.db import inbox, schema
    from bot.worker import Worker
    from tests.bench.mix import DIALOGUES
    from tests.bench.traffic import event

    log.set_up(level="ERROR")
    chosen = settings.load(
        database_url=url,
        redis_url="",
        line_channel_secret="bench",
        line_channel_access_token="bench",
        secret_key="bench-key-that-seals-nothing-real-0123456789",
        person_per_minute=100_000,
    )
    built = house.build(chosen)
    schema.upgrade(built.database)
    hour_ago = built.clock() - 3600 * 1000  # every story is ripe

    def arrived(person: int, number: int, at: int) -> inbox.Arrived:
        step = DIALOGUES[person % len(DIALOGUES)][at]
        id_ = person * 100 + at
        raw = event(f"U{person:032x}", id_, step, f"token{id_}")
        raw["timestamp"] = hour_ago + at * 5000
        message = raw.get("message")
        return inbox.Arrived(
            event_id=str(raw["webhookEventId"]),
            lane=f"U{person:032x}",
            stamp=hour_ago + at * 5000,
            kind=str(raw["type"]),
            message=str(message["id"]) if isinstance(message, dict) else "",
            token=f"token{id_}",
            token_at=hour_ago,
            raw=orjson.dumps(raw).decode(),
            state=0,
            received_at=hour_ago + at * 5000,
        )

    async def fill() -> None:
        for person in range(int(PERSONS_A_SECOND * seconds)):
            steps = len(DIALOGUES[person % len(DIALOGUES)])
            await built.intake_way([arrived(person, n, n) for n in range(steps)])

    asyncio.run(fill())
    worker = Worker(built.database, built.tools)
    for _ in range(20):  # warm: prepared statements, caches
        worker.step()
    before, start = worker.turns, time.perf_counter()
    while time.perf_counter() - start < seconds and worker.step():
        pass
    return (worker.turns - before) / (time.perf_counter() - start)


if __name__ == "__main__":
    print(run(sys.argv[1], float(sys.argv[2])))
