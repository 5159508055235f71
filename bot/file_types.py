"""What a file is, read from its first bytes: the kinds that we take, and no others.

A table of the few formats that phones send and offices use, because guessing libraries call every ZIP a Word file,
do not know half of the brands of a phone's HEIC, and say something about anything. What is in no row is not taken:
scripts, pages, SVG, programs and archives have no row.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

HEAD = 4096
CONTENTS = 1024 * 1024  # bytes of a package's table of contents
IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/avif")
VIDEOS = ("video/mp4", "video/quicktime", "video/webm", "video/3gpp")
AUDIOS = ("audio/mp4", "audio/mpeg", "audio/aac", "audio/ogg", "audio/wav", "audio/amr")
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
PARTS = {  # the main part of an OOXML package
    "word/document.xml": f"{OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
}
OPEN_PARTS = tuple(OPEN + name for name in ("text", "spreadsheet", "presentation"))
OLD_OFFICE, RICH, PDF, TEXT = "application/x-ole-storage", "application/rtf", "application/pdf", "text/plain"
DOCUMENTS = (PDF, RICH, OLD_OFFICE, TEXT, *PARTS.values(), *OPEN_PARTS)
TAKEN = {  # kind of the message -> what it may be
    "image": IMAGES,
    "video": VIDEOS,
    "audio": (*AUDIOS, "video/mp4", "video/3gpp"),  # many recorders write sound alone under a video's brand
    "file": (*DOCUMENTS, *IMAGES, *VIDEOS, *AUDIOS),
}

BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"%PDF-", PDF),
    (b"{\\rtf", RICH),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
)
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
BRANDS = {
    "image/avif": (b"avif", b"avis"),
    "image/heic": (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"),
    "audio/mp4": (b"M4A ", b"M4B ", b"F4A "),
    "video/quicktime": (b"qt  ",),
    "video/3gpp": (b"3gp", b"3g2"),
    "video/mp4": (b"isom", b"iso", b"mp4", b"avc", b"M4V", b"MSNV", b"dash", b"f4v", b"XAVC", b"mmp4"),
}
PAGES = (b"<html", b"<script", b"<svg", b"<!doctype", b"<?xml", b"<?php", b"<iframe", b"#!/", b"%!ps")


def type_of(path: Path) -> str:
    """The MIME type, or "" for what we do not know."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    known = next((type_ for start, type_ in BEGINNINGS if head.startswith(start)), "")
    if known:
        return known
    if head[4:8] == b"ftyp":
        return _of_brand(head)
    if head.startswith(b"RIFF"):
        return RIFF.get(head[8:12], "")
    if head.startswith(b"PK\x03\x04"):
        return _of_package(path)
    return _of_frames(head) or _of_text(head)


def _of_brand(head: bytes) -> str:
    """ISO base media: the brand, then those that it is compatible with; a phone's HEIC may call itself "mif1"."""
    size = int.from_bytes(head[:4], "big")
    others = [head[at : at + 4] for at in range(16, min(size, 256), 4)]
    if head[8:12] in (b"mif1", b"msf1") and {b"avif", b"avis"} & set(others):
        return "image/avif"
    for brand in (head[8:12], *others):
        for type_, starts in BRANDS.items():
            if brand.startswith(starts):
                return type_
    return ""


def _of_package(path: Path) -> str:
    """A ZIP that is an office document; any other ZIP can hold anything, and is not taken."""
    if not _is_modest(path):
        return ""
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            if "[Content_Types].xml" in names:
                macros = any(name.endswith("vbaProject.bin") for name in names)
                return "" if macros else next((PARTS[part] for part in PARTS if part in names), "")
            if "mimetype" in names:
                with package.open("mimetype") as told:
                    said = told.read(100).decode("ascii", "replace").strip()
                return said if said in OPEN_PARTS else ""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, RuntimeError):
        pass
    return ""


def _is_modest(path: Path) -> bool:
    """Is the table of contents, which is read into memory, as small as a document's? No bomb of a million names."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_557))
        tail = file.read()
    end = tail.rfind(b"PK\5\6")
    return end >= 0 and b"PK\6\7" not in tail and int.from_bytes(tail[end + 12 : end + 16], "little") <= CONTENTS


def _of_frames(head: bytes) -> str:
    """Sound that begins with a bare frame: AAC in ADTS, then MPEG."""
    if len(head) < 2 or head[0] != 0xFF:
        return ""
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    return "audio/mpeg" if head[1] & 0xE6 == 0xE2 else ""  # layer III


def _of_text(head: bytes) -> str:
    """Plain words: UTF-8 or the Thai code page, nothing that a browser or a shell would run."""
    if not head or any(byte < 32 and byte not in (9, 10, 13) for byte in head):
        return ""
    if any(mark in head.lower() for mark in PAGES):
        return ""
    reader = io.TextIOWrapper(io.BytesIO(head), "utf-8", errors="ignore")
    if len(reader.read().encode()) >= len(head) - 3:  # a letter may be cut at the end
        return TEXT
    return TEXT if all(byte < 128 or 0xA1 <= byte <= 0xFB for byte in head) else ""
