"""`frontdoor demo`: the whole house with a local LINE platform and its chat page, on one port, without any account.

The very code of production runs: the bot takes signed webhooks over HTTP and answers through line-bot-sdk; only the
host name of LINE differs. Data stay in a folder, so a demo can be stopped and taken up again.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from bot import demo_page, demo_staff, house, log, richmenu, settings, web
from bot.db import schema
from bot.emulator.platform import create_emulator
from bot.line.client import Line

# Not secrets: they guard nothing but a conversation of this machine with itself.
SECRET = "demo-channel-secret"  # noqa: S105
TOKEN = "demo-channel-access-token"  # noqa: S105
KEY = "demo-key-that-seals-nothing-real-0123456789"
console = Console(stderr=True)


class PortTaken(Exception):
    """Somebody else listens there; the text is the sentence to show."""


def run(port: int, folder: Path, fresh: bool, speed: float = 1.0) -> None:
    """Blocks until Ctrl-C. `speed`: an emergency that nobody takes climbs so many times faster, to be watched."""
    _must_be_free(port)
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    log.set_up(json=False, level="WARNING")
    console.print("Loading the knowledge ...")
    app = build(port, folder, demo_speed=speed)
    _addresses(port)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=2)


def build(port: int, folder: Path, **given: Any) -> FastAPI:
    """House and platform as one app. `given` overrides settings."""
    base = f"http://127.0.0.1:{port}"
    chosen = settings.load(
        **{
            "_env_file": None,
            "database_url": f"sqlite:///{folder}/frontdoor.db",
            "redis_url": "",
            "media_dir": folder / "media",
            "line_channel_secret": SECRET,
            "line_channel_access_token": TOKEN,
            "line_api_base": f"{base}/api",
            "line_data_api_base": f"{base}/data",
            "public_base_url": base,
            "secret_key": KEY,
            "port": port,
            "list_tickets": True,
            **given,
        }
    )
    built = house.build(chosen)
    schema.upgrade(built.database)
    made = web.app(built)
    emulator = create_emulator(channel_secret=SECRET, access_token=TOKEN, webhook_url=f"{base}/line/webhook")
    demo_staff.hire(built, emulator)
    demo_page.routes(made)
    made.router.lifespan_context = _with_menu(made.router.lifespan_context, chosen, emulator.close)
    made.mount("/", emulator.app)
    return made


Life = Callable[[Any], AbstractAsyncContextManager[Any]]


def _with_menu(life: Life, chosen: settings.Settings, close: Callable[[], None]) -> Life:
    """The rich menu is published once the port answers, as an operator would do it."""

    @asynccontextmanager
    async def longer(app: Any) -> AsyncIterator[None]:
        async with life(app):
            publishing = asyncio.create_task(_publish(chosen))
            try:
                yield
            finally:
                publishing.cancel()
                close()

    return longer


async def _publish(chosen: settings.Settings) -> None:
    for _ in range(600):
        if await asyncio.to_thread(_answers, chosen.port):
            break
        await asyncio.sleep(0.1)
    line = Line(TOKEN, chosen.line_api_base, chosen.line_data_api_base)
    try:
        await richmenu.publish(line)
    finally:
        await line.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _must_be_free(port: int) -> None:
    if _answers(port):
        raise PortTaken(f"something already listens on port {port}: stop it, or choose another with --port")


def _addresses(port: int) -> None:
    console.print(
        f"\n  Both sides  http://127.0.0.1:{port}/demo   phones left, console right\n"
        f"  Chat        http://127.0.0.1:{port}/       the phones of reporters and of officers\n"
        f"  Console     http://127.0.0.1:{port}/console/   choose who you are, no password\n"
        f"  In a terminal: frontdoor chat --base http://127.0.0.1:{port}\n\n  Ctrl-C ends it.\n",
        highlight=False,
    )
