"""The load: a fixed number of connections, each sending a ready-made signed request and waiting for the answer.

`Traffic` hands out the next request body; closed loop by default, at a fixed rate when `rate` is given (latencies
are then counted from the moment a request was due, so a slow server cannot hide its queue).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.bench.echo import SECRET


def request(body: bytes, port: int) -> bytes:
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest())
    return (
        b"POST /line/webhook HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
        b"x-line-signature: %s\r\nContent-Length: %d\r\n\r\n%s" % (port, signature, len(body), body)
    )


@dataclass
class Result:
    seconds: float = 0.0
    done: int = 0
    refused: int = 0
    latencies: list[float] = field(default_factory=list)

    def per_second(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


async def post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> int:
    """Sends one request, reads one answer, and gives its status."""
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        await reader.readexactly(int(lower[at + 15 : lower.find(b"\r\n", at)]))
    return int(head[9:12])


Next = Callable[[], Awaitable[bytes | None]]


async def closed_loop(port: int, traffic: Next, connections: int, seconds: float) -> Result:
    """As many requests as the server takes on so many connections."""
    result = Result()
    start = time.perf_counter()
    until = start + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            raw = await traffic()
            if raw is None:
                break
            sent = time.perf_counter()
            status = await post(reader, writer, raw)
            result.latencies.append(time.perf_counter() - sent)
            result.done += status == 200
            result.refused += status != 200
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    result.seconds = time.perf_counter() - start
    return result


async def at_rate(port: int, traffic: Next, connections: int, seconds: float, rate: float) -> Result:
    """So many requests a second, evenly spaced; the latency counts from when each was due."""
    result = Result()
    start = time.perf_counter()
    due: asyncio.Queue[float | None] = asyncio.Queue()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (when := await due.get()) is not None:
            raw = await traffic()
            if raw is None:
                break
            status = await post(reader, writer, raw)
            result.latencies.append(time.perf_counter() - when)
            result.done += status == 200
            result.refused += status != 200
        writer.close()

    workers = [asyncio.create_task(one()) for _ in range(connections)]
    for i in range(int(rate * seconds)):
        when = start + i / rate
        await asyncio.sleep(max(0.0, when - time.perf_counter()))
        due.put_nowait(when)
    for _ in workers:
        due.put_nowait(None)
    await asyncio.gather(*workers)
    result.seconds = time.perf_counter() - start
    return result
