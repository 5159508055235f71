"""The web side of the house: LINE's door, health, media under their addresses, and in the demo a plain list of
tickets.

FastAPI holds the pages, the console's too; the door itself is a bare ASGI route in front of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.types import Receive, Scope, Send

from bot import pictures
from bot.console import pages
from bot.db import media
from bot.house import House
from bot.line.webhook import Door
from bot.readiness import readiness as readiness

DOOR = "/line/webhook"
SHOWN_INLINE = ("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/mp4", "audio/mpeg")
PRIVATE = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
}


class Front(FastAPI):
    """LINE's door stands before FastAPI's layers (telemetry, limits, stacks), which cost more than the commit."""

    door: Door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == DOOR and scope["method"] == "POST":
            await self.door(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def app(house: House, work: int = 1, send: bool = True) -> FastAPI:
    """The house as an ASGI app; its tasks start and end with it."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await house.start(work, send)
        try:
            yield
        finally:
            await house.stop()

    made = Front(title="Front Door", lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    made.door = house.door
    _health(made, house)
    _media(made, house)
    pages.mount(made, house)
    if house.settings.list_tickets:
        from bot.console import plain

        plain.routes(made, house)
    return made


def _health(made: FastAPI, house: House) -> None:
    @made.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @made.get("/readyz")
    async def readyz() -> JSONResponse:
        state = await asyncio.to_thread(readiness, house)
        return JSONResponse(state, 200 if state["ready"] else 503)


def _media(made: FastAPI, house: House) -> None:
    @made.get("/media/{key}/{size}", response_class=Response)
    async def picture(key: str, size: str) -> Response:
        return await asyncio.to_thread(_picture, house, key, size)

    @made.get("/media/{key}", response_class=Response)
    async def medium(key: str) -> Response:
        row = await asyncio.to_thread(_shown, house, key)
        path = house.folder.path(row.key) if row else None
        if row is None or path is None:
            return Response("not here", 404, headers=PRIVATE)
        inline = row.type in SHOWN_INLINE
        return FileResponse(
            path,
            media_type=row.type if inline else "application/octet-stream",
            headers={**PRIVATE, "Content-Disposition": "inline" if inline else f'attachment; filename="{row.key[:8]}"'},
        )


def _picture(house: House, key: str, size: str) -> Response:
    """A picture as LINE takes it: a JPEG that is small enough, and without what the camera wrote into it."""
    row = _shown(house, key) if size in pictures.SIZES else None
    path = house.folder.path(row.key) if row and row.type in pictures.TYPES else None
    made = pictures.drawn(path, size) if path else None
    if made is None:
        return Response("not here", 404, headers=PRIVATE)
    return Response(made, media_type="image/jpeg", headers=PRIVATE)


def _shown(house: House, key: str) -> Any:
    if not (key.isascii() and key.isalnum()):
        return None
    with house.database.reading() as connection:
        return media.by_key(connection, key, house.clock())
