"""A stub of LINE that answers every request at once, and tells when which reply token was answered.

A plain asyncio protocol, because whatever the stub costs is taken from the two cores that the measured server runs on.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import cast

ANSWER = b'{"sentMessages":[{"id":"1","quoteToken":"q"}]}'
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
TOKEN = re.compile(rb'"replyToken":\s*"([^"]+)"')
LENGTH = re.compile(rb"content-length:\s*(\d+)", re.I)


class Stub:
    """`answered(token)` is called for each reply; pushes and others count in `others`."""

    def __init__(self) -> None:
        self.replies = 0
        self.others = 0
        self.answered: Callable[[str], None] = lambda token: None

    def took(self, head: bytes, body: bytes) -> None:
        if b"/message/reply" in head.split(b"\r\n", 1)[0]:
            self.replies += 1
            found = TOKEN.search(body)
            if found:
                self.answered(found[1].decode())
        else:
            self.others += 1

    async def start(self) -> tuple[asyncio.Server, str]:
        server = await asyncio.get_running_loop().create_server(lambda: Connection(self), "127.0.0.1", 0)
        return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Connection(asyncio.Protocol):
    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end]
            found = LENGTH.search(head)
            total = end + 4 + (int(found[1]) if found else 0)
            if len(self.buffer) < total:
                return
            self.stub.took(head, self.buffer[end + 4 : total])
            self.buffer = self.buffer[total:]
            self.transport.write(RESPONSE)
