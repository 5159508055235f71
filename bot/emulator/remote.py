"""Somebody's chat on a running emulator, over HTTP: for the terminal, and for scripts outside of this process."""

from __future__ import annotations

import json
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen
from uuid import uuid4

Json = dict[str, Any]


@dataclass
class Talk:
    """One person's chat: what was seen of it, and the buttons in sight."""

    base: str
    who: str
    quiet: float = 0.8  # seconds without news after which an answer is at its end
    seen: int = 0
    buttons: list[Json] = field(default_factory=list)
    quick: int = 0  # so many of the buttons, the last ones, are quick replies
    sent: str = ""  # id of the last own message

    def act(self, what: str, **more: Any) -> Any:
        told = _ask(f"{self.base}/page/act", {"as": self.who, "do": what, **more})["done"]
        self._note(told)
        return told

    def upload(self, files: list[Path]) -> None:
        for told in _send_files(f"{self.base}/page/upload", self.who, files)["done"]:
            self._note(told)

    def news(self) -> list[Json]:
        """Bubbles that came since the last look."""
        told = _ask(f"{self.base}/page/chat/{quote(self.who)}?after={self.seen}")
        self.seen = told["total"]
        return list(told["bubbles"])

    def _note(self, told: Any) -> None:
        if isinstance(told, dict) and told.get("type") == "message":
            self.sent = told["message"]["id"]


def _ask(url: str, body: Json | None = None) -> Any:
    payload = None if body is None else json.dumps(body).encode()
    return _open(Request(url, payload, {"content-type": "application/json"}))  # noqa: S310 - the caller's own demo


def _send_files(url: str, who: str, files: list[Path]) -> Any:
    boundary = uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="as"\r\n\r\n{who}\r\n'.encode()]
    for file in files:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        name = file.name.replace('"', "%22")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        parts.append(f"{head}Content-Type: {kind}\r\n\r\n".encode() + file.read_bytes() + b"\r\n")
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return _open(Request(url, body, {"content-type": f"multipart/form-data; boundary={boundary}"}))  # noqa: S310


def _open(request: Request) -> Any:
    with urlopen(request, timeout=15) as answer:  # noqa: S310
        return json.load(answer)
