"""Media: fetched, checked by content, kept under an address nobody guesses; missing ones shown, unsent ones gone."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from bot import web
from bot.db import unsends
from bot.db.tables import media, tickets
from bot.file_types import OFFICE
from bot.house import House
from bot.line.client import SendLater
from bot.media import Fetcher, Folder, Limits, Refused, checked
from bot.wake import Bell
from bot.worker import Worker
from handlers.vocabulary import Fetch, Media, Move, Open, Outcome, Turn
from tests.house import Clock, arrive, event, rows

Make = Callable[..., House]


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    return out.getvalue()


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def avif() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "AVIF")
    return out.getvalue()


def brand(first: bytes, *others: bytes) -> bytes:
    """The head of a file in ISO's base format."""
    marks = first + b"\0\0\0\0" + b"".join(others)
    return (8 + len(marks)).to_bytes(4, "big") + b"ftyp" + marks + b"\0" * 64


def package(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return out.getvalue()


def jpeg_and_page() -> bytes:
    """A photo that is also a page with a script."""
    page = b"<html><script>alert(1)</script></html>"
    return jpeg()[:2] + b"\xff\xfe" + (len(page) + 2).to_bytes(2, "big") + page + jpeg()[2:]


MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + b"\x00" * 64
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom" + b"\x00" * 64
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


class Body:
    def __init__(self, whole: bytes, piece: int = 5) -> None:
        self.whole, self.piece = whole, piece

    async def iter_chunked(self, _: int) -> AsyncIterator[bytes]:
        for at in range(0, len(self.whole), max(1, len(self.whole) // self.piece)):
            yield self.whole[at : at + max(1, len(self.whole) // self.piece)]


@dataclass
class Answer:
    status: int
    content: Body


@dataclass
class Contents:
    """LINE's content host, from memory: a list of statuses or errors to give first, then the bytes."""

    bodies: dict[str, bytes]
    first: list[int | Exception] = field(default_factory=list)
    asked: int = 0
    during: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def content(self, message_id: str) -> Any:
        self.asked += 1
        told = self.first.pop(0) if self.first else 200
        if isinstance(told, Exception):
            raise told
        self.during()
        yield Answer(told, Body(self.bodies.get(message_id, b"") if told == 200 else b""))


def wants(kind: Any = "image") -> Callable[[Turn], Outcome]:
    def handle(turn: Turn) -> Outcome:
        if turn.tickets:
            return Outcome(acts=(Move(turn.tickets[0].code, "closed"),))
        opened = Open(turn.code, "complaint", "smell", "normal", "diw", "Smell", {}, media=("m1",))
        return Outcome(acts=(Fetch(Media("m1", kind)), opened))

    return handle


@pytest.fixture
def ready(url: str, new_house: Make) -> Callable[..., House]:
    """A house whose ticket waits for medium m1."""

    def make(kind: str = "image") -> House:
        house = new_house(url, wants(kind))
        arrive(house, event(1))
        Worker(house.database, house.tools).step()
        return house

    return make


def fetch(house: House, source: Contents, clock: Clock, limits: Limits | None = None) -> Any:
    fetcher = Fetcher(house.database, source, house.folder, clock, limits or Limits(), Bell())
    asyncio.run(fetcher.step())
    return rows(house.database, media)[0]


def test_a_photo_is_fetched_checked_and_kept(ready: Any, clock: Clock) -> None:
    house = ready()
    row = fetch(house, Contents({"m1": jpeg()}), clock)
    assert (row.state, row.type, row.size) == ("kept", "image/jpeg", len(jpeg()))
    path = house.folder.path(row.key)
    assert path is not None
    assert path.read_bytes() == jpeg()
    assert "Usomchai" not in str(row)
    assert "m1" not in row.key


@pytest.mark.parametrize("first", [[202], [500], [SendLater("connection")], [202, 500, 202]], ids=str)
def test_a_failed_download_is_tried_again(ready: Any, clock: Clock, first: list[Any]) -> None:
    house, source = ready(), Contents({"m1": jpeg()}, list(first))
    for _ in range(len(first)):
        assert fetch(house, source, clock).state == "waiting"
        assert fetch(house, source, clock).state == "waiting"  # not before its time
        clock.forward(60)
    assert fetch(house, source, clock).state == "kept"
    assert source.asked == len(first) + 1


def test_what_line_does_not_have_any_more_is_shown_as_missing(ready: Any, clock: Clock) -> None:
    house, source = ready(), Contents({}, [404] * 9)
    for _ in range(4):
        row = fetch(house, source, clock)
        clock.forward(60)
    assert row.state == "missing"
    assert rows(house.database, tickets)[0].media == 1  # the ticket lives, and says that a photo was sent


def test_a_full_disk_leaves_the_ticket_and_is_tried_again(ready: Any, clock: Clock) -> None:
    house, source = ready(), Contents({"m1": jpeg()}, [OSError(28, "No space left on device")])
    assert fetch(house, source, clock).state == "waiting"
    clock.forward(60)
    assert fetch(house, source, clock).state == "kept"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", SVG),
        ("image", b"<html>"),
        ("image", MP4),
        ("image", b"II*\0" + b"\0" * 60),
        ("image", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
        ("audio", b"MZ" + b"\0" * 60),
        ("file", b"MZ" + b"\0" * 60),
        ("file", b"\x7fELF\2\1\1" + b"\0" * 60),
        ("file", b"#!/bin/sh\nrm -rf /\n"),
        ("file", b"  \n<!DOCTYPE html><html>"),
        ("file", package("a.exe")),
        ("file", package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("file", package("[Content_Types].xml", "xl/workbook.xml", *map(str, range(25_000)))),
        ("file", b"PK\3\4 broken"),
        ("file", b"\xff\xfe=\0c\0m\0d\0"),
        ("image", package("[Content_Types].xml", "word/document.xml")),
        ("image", b""),
        ("video", jpeg()),
        ("file", SVG),
        ("file", b"<script>"),
    ],
    ids=[
        *("svg", "html", "video as image", "tiff", "eps", "program as sound", "program", "binary", "shell"),
        *(
            "page as file",
            "archive",
            "macros",
            "archive of many names",
            "broken archive",
            "utf-16",
            "document as image",
        ),
        *("empty", "image as video", "svg file", "script"),
    ],
)
def test_what_is_not_what_it_says_is_refused(ready: Any, clock: Clock, kind: str, content: bytes) -> None:
    house = ready(kind)
    row = fetch(house, Contents({"m1": content}), clock)
    assert row.state == "refused"
    assert house.folder.path(row.key) is None


@pytest.mark.parametrize(
    ("kind", "content", "type_"),
    [
        ("image", png(), "image/png"),
        ("video", MP4, "video/mp4"),
        ("audio", M4A, "audio/mp4"),
        ("audio", MP4, "video/mp4"),
        ("audio", b"\xff\xf1\x50\x80\x02\x1f\xfc", "audio/aac"),
        ("image", brand(b"heic"), "image/heic"),
        ("image", brand(b"mif1", b"heic"), "image/heic"),
        ("image", brand(b"mif1", b"miaf", b"avif"), "image/avif"),
        ("image", avif(), "image/avif"),
        ("video", brand(b"qt  "), "video/quicktime"),
        ("video", brand(b"3gp5"), "video/3gpp"),
        ("file", b"%PDF-1.7\n", "application/pdf"),
        ("file", package("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}spreadsheetml.sheet"),
        ("file", "ควันดำทุกคืน".encode(), "text/plain"),
        ("file", "ควันดำทุกคืน".encode("tis-620"), "text/plain"),
        ("file", jpeg(), "image/jpeg"),
    ],
    ids=[
        *("png", "mp4", "m4a", "sound in mp4", "aac", "heic", "heic of a phone", "avif of a phone", "avif"),
        *("mov", "3gp", "pdf", "xlsx", "words", "words in TIS-620", "photo as file"),
    ],
)
def test_what_people_send_is_taken(tmp_path: Path, kind: str, content: bytes, type_: str) -> None:
    (tmp_path / "x").write_bytes(content)
    assert checked(tmp_path / "x", kind) == type_


def test_a_body_that_grows_is_cut_off(ready: Any, clock: Clock) -> None:
    house = ready()
    row = fetch(house, Contents({"m1": jpeg() + b"0" * 5000}), clock, Limits(photo=2000))
    assert (row.state, row.fault) == ("refused", "too large")


def test_an_unsend_during_the_download_wins(ready: Any, clock: Clock) -> None:
    house = ready()

    def unsent() -> None:
        with house.database.transaction() as connection:
            unsends.erase(connection, "Usomchai", "m1", house.sealing, clock())

    row = fetch(house, Contents({"m1": jpeg()}, during=unsent), clock)
    assert row.state == "erased"
    assert house.folder.path(row.key) is None


def get(house: House, path: str) -> httpx.Response:
    async def go() -> httpx.Response:
        app = web.app(house)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://house") as client:
            return await client.get(path)

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("kind", "content", "type_", "inline"),
    [
        ("image", jpeg(), "image/jpeg", True),
        ("image", jpeg_and_page(), "image/jpeg", True),
        ("image", brand(b"heic"), "application/octet-stream", False),
        ("video", MP4, "video/mp4", True),
        ("file", b"%PDF-1.7\n", "application/octet-stream", False),
        ("file", b"words", "application/octet-stream", False),
    ],
    ids=["photo", "photo that is a page", "heic", "video", "pdf", "words"],
)
def test_what_is_shown_can_run_nothing(
    ready: Any, clock: Clock, kind: str, content: bytes, type_: str, inline: bool
) -> None:
    house = ready(kind)
    row = fetch(house, Contents({"m1": content}), clock)
    answer = get(house, f"/media/{row.key}")
    assert (answer.content, answer.headers["content-type"]) == (content, type_)
    assert answer.headers["content-disposition"].startswith("inline" if inline else "attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "CON", "photo\u202egpj.exe", "a\0b", "x" * 300, "/tmp/x", "a'b\"c"]
)
def test_a_name_from_outside_is_never_a_path(url: str, new_house: Make, clock: Clock, name: str) -> None:
    def handle(turn: Turn) -> Outcome:
        (medium,) = turn.incoming.media
        opened = Open(turn.code, "complaint", "smell", "normal", "diw", "Smell", {}, media=(medium.message_id,))
        return Outcome(acts=(Fetch(medium), opened))

    house = new_house(url, handle)
    arrive(house, event(1, message={"type": "file", "id": "m1", "fileName": name, "fileSize": -5}))
    Worker(house.database, house.tools).step()
    row = fetch(house, Contents({"m1": b"%PDF-1.7\n"}), clock)
    files = [path for path in house.folder.root.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [row.key]
    disposition = get(house, f"/media/{row.key}").headers["content-disposition"]
    assert disposition == f'attachment; filename="{row.key[:8]}"'


def test_a_medium_is_reachable_while_its_ticket_is_open_and_ninety_days_more(ready: Any, clock: Clock) -> None:
    house = ready()
    row = fetch(house, Contents({"m1": jpeg()}), clock)
    answer = get(house, f"/media/{row.key}")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, jpeg(), "image/jpeg")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    arrive(house, event(2))
    Worker(house.database, house.tools).step()
    clock.forward(89 * 24 * 3600)
    assert get(house, f"/media/{row.key}").status_code == 200
    clock.forward(2 * 24 * 3600)
    assert get(house, f"/media/{row.key}").status_code == 404


@pytest.mark.parametrize("key", ["0" * 32, "..%2f..%2fhouse.db", "a%00b", "%E0%B8%81"])
def test_a_guessed_address_finds_nothing(ready: Any, key: str) -> None:
    assert get(ready(), f"/media/{key}").status_code == 404


def test_media_that_no_ticket_took_go_after_a_week(url: str, new_house: Make, clock: Clock) -> None:
    house = new_house(url, lambda turn: Outcome(acts=(Fetch(Media("m1", "image")),)))
    arrive(house, event(1))
    Worker(house.database, house.tools).step()
    row = fetch(house, Contents({"m1": jpeg()}), clock)
    assert house.folder.path(row.key)
    clock.forward(8 * 24 * 3600)
    house.sweep()
    assert house.folder.path(row.key) is None
    assert rows(house.database, media) == []


def test_the_folder_takes_no_names_from_outside(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for name in ("../x", "a/b", "", "a.b", "ก"):
        with pytest.raises(ValueError, match="letters"):
            folder.path(name)


def test_a_type_is_read_from_the_content_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"GIF89a" + b"\0" * 20)
    assert checked(tmp_path / "photo.jpg", "image") == "image/gif"
    with pytest.raises(Refused):
        checked(tmp_path / "photo.jpg", "audio")
