"""What people should know before they write: known incidents, systems that are down, fairs; and whom each concerns.

A notice counts from its beginning to its end, for the places, types and bodies that it names, or for all where it names
none. What is not known yet (the place, before it is asked) does not keep a notice back that names no place, and does
keep back one that does. What time it is, the caller says.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from knowledge.files import Files, Shelf
from knowledge.gazetteer import code_of, contains
from knowledge.model import Both, Fault, KnowledgeError, Place, PublicNotice
from knowledge.schema import Words

BANGKOK = ZoneInfo("Asia/Bangkok")
Where = Literal["complaint", "guidance"]


class NoticeFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"begin": "from", "end": "to"}):
    """notices/: one notice a file. `to` as a day alone is the whole of that day."""

    id: str
    kind: Literal["incident", "outage", "event"]
    text: Words
    begin: object  # a day or a moment, as YAML gives it or in quotes
    end: object = None
    areas: list[str] = []
    estates: list[str] = []
    types: list[str] = []
    bodies: list[str] = []
    shown: list[Where] = field(default_factory=lambda: ["complaint", "guidance"])
    stop: bool = False
    next: Words = Words("")
    sources: list[str] = []
    checked: str = ""
    unverified: bool = False


def begins(file: NoticeFile) -> datetime:
    return _moment(file.begin)


def ends(file: NoticeFile) -> datetime | None:
    """The first moment after it."""
    if file.end is None:
        return None
    day_alone = len(str(file.end)) == len("2026-11-21")
    return _moment(file.end) + (timedelta(days=1) if day_alone else timedelta())


def _moment(told: object) -> datetime:
    """Raises ValueError for what is neither a day nor a moment. Times are those of Thailand."""
    moment = datetime.fromisoformat(str(told))
    return moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)


class Board:
    """All notices, and which of them concern somebody."""

    def __init__(self, files: Mapping[str, NoticeFile]) -> None:
        self.files = files

    def at(
        self, at: datetime, place: Place, kind: str = "", body: str = "", where: Where = "complaint"
    ) -> tuple[PublicNotice, ...]:
        """Those that count now and here, those that stop first."""
        found = (file for file in self.files.values() if where in file.shown and not file.unverified)
        meant = [file for file in found if _now(file, at) and _meant(file, place, kind, body)]
        return tuple(_shown(file) for file in sorted(meant, key=lambda file: (not file.stop, begins(file))))


def _now(file: NoticeFile, at: datetime) -> bool:
    end = ends(file)
    return begins(file) <= at and (end is None or at < end)


def _meant(file: NoticeFile, place: Place, kind: str, body: str) -> bool:
    if (file.types and kind not in file.types) or (file.bodies and body not in file.bodies):
        return False
    here = code_of(place)
    in_area = any(here and contains(code, here) for code in file.areas)
    return not (file.areas or file.estates) or in_area or place.estate in file.estates


def _shown(file: NoticeFile) -> PublicNotice:
    return PublicNotice(
        file.id, file.kind, Both(file.text.th, file.text.en), file.stop, Both(file.next.th, file.next.en)
    )


def load(folder: Path) -> tuple[Board, tuple[Fault, ...]]:
    """The notices of `folder/notices` that can be read, and what is wrong with the others."""
    shelf = Shelf(folder)
    files = shelf.all(NoticeFile, "notices")
    unread = [own for own, file in files.items() if not _timed(file)]
    faults = (
        Fault(f"notices/{own}.yaml", "from, to", "write days as 2026-11-21, moments as 2026-11-21T09:00")
        for own in unread
    )
    return Board({own: file for own, file in files.items() if own not in unread}), (*shelf.faults, *faults)


def _timed(file: NoticeFile) -> bool:
    try:
        begins(file), ends(file)
    except ValueError:
        return False
    return True


def load_right(folder: Path, areas: Container[str], estates: Container[str], files: Files) -> Board:
    """The notices; KnowledgeError with all faults where one is wrong, for a house must not show half of them."""
    board, unread = load(folder)
    known = {"areas": areas, "estates": estates, "types": files.types, "bodies": files.bodies}
    wrong = (*unread, *faults(board, known))
    if wrong:
        raise KnowledgeError(wrong)
    return board


def faults(board: Board, known: Mapping[str, Container[str]]) -> Iterator[Fault]:
    """Ids that lead nowhere, an end before the beginning, a stop without a next step. `known`: ids by the field."""
    for own, file in board.files.items():
        where = f"notices/{own}.yaml"
        for name, ids in known.items():
            for each in getattr(file, name):
                if each not in ids:
                    yield Fault(where, name, f"nothing has the id {each!r}; mend it or take it out")
        end = ends(file)
        if end is not None and end <= begins(file):
            yield Fault(where, "to", "it ends before it begins")
        if file.stop and not file.next.th:
            yield Fault(where, "next", "it stops people, so it must say what they can do instead")


def warnings(board: Board, at: datetime) -> Iterator[Fault]:
    """What is over, or has no end."""
    for own, file in board.files.items():
        end = ends(file)
        if end is not None and end <= at:
            yield Fault(f"notices/{own}.yaml", "to", f"over since {end:%Y-%m-%d}; take the file out")
        elif end is None and at - begins(file) > timedelta(days=90):
            yield Fault(f"notices/{own}.yaml", "to", "it counts for three months and has no end; write one")
        if file.unverified:
            yield Fault(f"notices/{own}.yaml", own, "unverified, so not shown: ask the office, add a source")
