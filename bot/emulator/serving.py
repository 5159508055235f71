"""Any ASGI app on a free port of this machine, in a thread: for tests and short scripts."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp


@contextmanager
def serving(app: ASGIApp, port: int = 0, seconds: float = 10.0) -> Iterator[str]:
    """Gives the base address, `http://127.0.0.1:<port>`."""
    import uvicorn

    listening = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True, name="serving")
    thread.start()
    try:
        _wait(server, seconds)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(seconds)
        listening.close()


def _wait(server: object, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not getattr(server, "started", False):
        if time.monotonic() > until:
            raise TimeoutError("the server did not start")
        time.sleep(0.01)
