"""A file of accounts, as an office's spreadsheet saves it: which rows it has, and what is wrong with each.

UTF-8 with or without its mark, UTF-16, or TIS-620, which Thai Excel still writes; parted by commas, semicolons or tabs.
Nothing is taken of a file in which one row is wrong, since half an import is nobody's list.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.accounts import fields
from bot.accounts.fields import Fields, Wrong
from handlers.vocabulary import T

if TYPE_CHECKING:
    from knowledge.load import Knowledge

COLUMNS = tuple(Fields.__dataclass_fields__)
NEEDED = ("email", "office", "role")
MOST, LARGEST = 5_000, 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file with what is wrong in it; `number` as a spreadsheet counts."""

    number: int
    fields: Fields
    wrong: tuple[Wrong, ...] = ()


class Unreadable(ValueError):
    """The file as a whole cannot be read; `said` tells why."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.said = T(f"accounts.file.{key}", values)


def read(raw: bytes, knowledge: Knowledge) -> list[Row]:
    """All rows; raises Unreadable."""
    if len(raw) > LARGEST:
        raise Unreadable("too_long", most=str(MOST))
    lines = _lines(_text(raw))
    header = [name.strip().casefold() for name in lines[0]] if lines else []
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise Unreadable("no_columns", missing=", ".join(missing), columns=", ".join(COLUMNS))
    if len(lines) - 1 > MOST:
        raise Unreadable("too_long", most=str(MOST))
    rows = [
        _row(number, dict(zip(header, line, strict=False)), len(line) > len(header), knowledge)
        for number, line in enumerate(lines[1:], 2)
        if any(cell.strip() for cell in line)
    ]
    if not rows:
        raise Unreadable("empty")
    return _without_twins(rows)


def _text(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp874", "replace")  # TIS-620 with the marks that Windows added


def _lines(text: str) -> list[list[str]]:
    head = text.partition("\n")[0]
    parted = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=parted, strict=True))
    except csv.Error as error:
        raise Unreadable("broken", why=str(error)) from None


def _row(number: int, raw: dict[str, str], too_many: bool, knowledge: Knowledge) -> Row:
    found = fields.read(raw, knowledge)
    wrong = fields.faults(found, knowledge)
    if too_many:
        wrong.append(Wrong("row", T("accounts.file.cells")))
    return Row(number, found, tuple(wrong))


def _without_twins(rows: list[Row]) -> list[Row]:
    seen = Counter(row.fields.email for row in rows)
    twice = {email for email, times in seen.items() if times > 1}
    said = Wrong("email", T("accounts.file.twice"))
    return [Row(r.number, r.fields, (*r.wrong, said)) if r.fields.email in twice else r for r in rows]
