"""The bytes behind messages: 202 while LINE prepares a large one, then the bytes, and one day 404.

How long LINE keeps them is undisclosed; here it is a number that a test can shorten.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from bot.emulator.refusals import not_found

KEPT = 14 * 24 * 3600.0
PREVIEW = 240


@dataclass(frozen=True)
class Content:
    body: bytes
    mime: str
    kind: str  # image, video, audio, file
    name: str
    ready_at: float
    until: float


class Contents:
    """All uploads by message id. `preparing` seconds apply to video and audio, `kept` to all."""

    def __init__(self, now: Callable[[], float], preparing: float = 0.0, kept: float = KEPT) -> None:
        self._now = now
        self.preparing = preparing
        self.kept = kept
        self._contents: dict[str, Content] = {}

    def store(self, message_id: str, body: bytes, mime: str, kind: str, name: str = "") -> None:
        wait = self.preparing if kind in ("video", "audio") else 0.0
        now = self._now()
        self._contents[message_id] = Content(body, mime, kind, name, now + wait, now + self.kept)

    def forget(self, message_id: str) -> None:
        """Unsent: nobody may have it any more."""
        self._contents.pop(message_id, None)

    def uploaded(self, message_id: str) -> Content | None:
        """As the person sees it in the chat: at once."""
        return self._contents.get(message_id)

    def fetch(self, message_id: str) -> Content | None:
        """As the bot gets it: None means "not ready yet" (202)."""
        content = self._content(message_id)
        return content if self._now() >= content.ready_at else None

    def state(self, message_id: str) -> str:
        content = self._content(message_id)
        if content.kind not in ("video", "audio"):
            raise not_found()
        return "succeeded" if self._now() >= content.ready_at else "processing"

    def preview(self, message_id: str) -> bytes:
        content = self._content(message_id)
        if content.kind == "image":
            return shrink(content.body)
        if content.kind == "video":
            return blank()
        raise not_found()

    def _content(self, message_id: str) -> Content:
        content = self._contents.get(message_id)
        if not content or self._now() > content.until:
            raise not_found()
        return content


def shrink(body: bytes) -> bytes:
    """A JPEG of at most 240 pixels a side; what is no image gets a grey one."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(body)) as image:
            image.thumbnail((PREVIEW, PREVIEW))
            return _jpeg(image.convert("RGB"))
    except (UnidentifiedImageError, OSError):
        return blank()


def blank() -> bytes:
    from PIL import Image

    return _jpeg(Image.new("RGB", (PREVIEW, PREVIEW), (120, 130, 140)))


def _jpeg(image: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)  # type: ignore[attr-defined]
    return out.getvalue()
