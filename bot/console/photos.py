"""Photos and files of a ticket: shown to who may see the ticket, from our own store, never from LINE; and taken in as
evidence, checked by content and size like what reporters send.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, Response

from bot import media
from bot.console.asking import Ask, not_here
from bot.console.frame import Frame
from bot.db import desks

MOST = 8  # of one act
SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "video/mp4", "audio/mp4", "audio/mpeg")


def pages(frame: Frame) -> None:
    frame.page("/console/tickets/{code}/media/{key}", "see", show)


def show(ask: Ask) -> Response:
    key = str(ask.path["key"])
    with ask.house.database.reading() as connection:
        row = desks.medium(connection, ask.ticket.code, key)
    path = ask.house.folder.path(row.key) if row else None
    if row is None or path is None:
        raise not_here()
    inline = row.type in SHOWN
    headers = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'; sandbox"}
    headers["Content-Disposition"] = "inline" if inline else f'attachment; filename="{row.key[:8]}{_ending(row.type)}"'
    return FileResponse(path, media_type=row.type if inline else "application/octet-stream", headers=headers)


def take_in(ask: Ask, name: str) -> list[str]:
    """Keeps the files of a form's field with the ticket; gives their keys. Raises Refused, and then keeps none."""
    sent = [one for one in ask.form.getlist(name) if isinstance(one, UploadFile) and one.filename]
    kept: list[dict[str, Any]] = []
    try:
        for one in sent[:MOST]:
            kept.append(_keep(ask, one))
    except media.Refused:
        drop(ask, (row["key"] for row in kept))
        raise
    with ask.house.database.transaction() as connection:
        desks.attach(connection, kept)
    return [row["key"] for row in kept]


def drop(ask: Ask, keys: Iterable[str]) -> None:
    """The act that they came with was refused."""
    gone = list(keys)
    with ask.house.database.transaction() as connection:
        desks.detach(connection, gone)
    ask.house.folder.drop(gone)


def _keep(ask: Ask, sent: UploadFile) -> dict[str, Any]:
    key, folder = secrets.token_hex(16), ask.house.folder
    path = folder.begin(key)
    try:
        size = _write(sent, path, ask.house.settings.photo_limit)
        type_ = media.checked(path, "file")
    except media.Refused:
        path.unlink(missing_ok=True)
        raise
    folder.keep(key)
    kind = type_.partition("/")[0] if type_.startswith(("image/", "video/", "audio/")) else "file"
    about = {"message": f"staff:{key}", "person": "staff", "code": ask.ticket.code, "key": key}
    return {**about, "kind": kind, "type": type_, "size": size, "state": "kept", "at": ask.now}


def _write(sent: UploadFile, path: Path, limit: int) -> int:
    size = 0
    with path.open("wb") as file:
        while piece := sent.file.read(media.PIECE):
            size += len(piece)
            if size > limit:
                raise media.Refused("too large")
            file.write(piece)
    if not size:
        raise media.Refused("empty")
    return size


def _ending(type_: str) -> str:
    return {"application/pdf": ".pdf", "image/heic": ".heic", "text/plain": ".txt"}.get(type_, "")
