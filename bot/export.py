"""Tickets as files for other tools: JSON lines, CSV, XLSX, GeoJSON. Without the reporter, without live formulas.

Who reported is in another table and never read here. People sometimes write a telephone number into their words; it is
masked. A text that a spreadsheet would take for a formula gets an apostrophe in CSV; in XLSX formulas are off by
option.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import xlsxwriter

from bot.db import listing
from bot.db.engine import Database
from knowledge.model import Area

Row = dict[str, Any]
COLUMNS = (
    "code",
    "kind",
    "type",
    "urgency",
    "status",
    "office",
    "province",
    "district",
    "subdistrict",
    "lat",
    "lon",
    "estate",
    "factory",
    "summary",
    "incident",
    "resolution",
    "rating",
    "media",
    "created_at",
    "changed_at",
    "closed_at",
    "acknowledge_by",
    "answer_by",
    "resolve_by",
)
# Thai, Arabic-Indic or plain digits: nine or ten of them, with the gaps that people put between.
PHONE = re.compile(r"(?<!\d)(?:\+?66|0)[\s.-]?\d(?:[\s.-]?\d){7,8}(?!\d)")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def rows(database: Database, areas: Mapping[str, Area]) -> Iterator[Row]:
    """One row a ticket, oldest first, in the order of COLUMNS. Districts and subdistricts by their Thai names."""
    with database.reading() as connection:
        for found in listing.each(connection):
            yield _row(found, areas)


def _row(found: Row, areas: Mapping[str, Area]) -> Row:
    report = found["report"]
    named = {
        level: areas[found[level]].name.th if found[level] in areas else "" for level in ("district", "subdistrict")
    }
    told = {
        **found,
        **named,
        "factory": masked(str(report.get("factory") or "")),
        "summary": masked(found["summary"]),
        "incident": "",
        "created_at": found["opened_at"],
    }
    return {name: _iso(told[name]) for name in COLUMNS}


def _iso(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def masked(words: str) -> str:
    """The words without telephone numbers."""
    return PHONE.sub("xxx", words)


def write(found: Iterable[Row], out: Path, form: str) -> int:
    """Writes beside the goal first and then moves, so a failed export leaves no half file. Gives the number of rows."""
    draft = out.with_name(out.name + ".part")
    try:
        number = WRITERS[form](found, draft)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return number


def _jsonl(found: Iterable[Row], out: Path) -> int:
    number = 0
    with out.open("wb") as file:
        for row in found:
            number += 1
            file.write(orjson.dumps(row) + b"\n")
    return number


def _csv(found: Iterable[Row], out: Path) -> int:
    number = 0
    with out.open("w", encoding="utf-8-sig", newline="") as file:  # the mark at the start tells Excel that it is UTF-8
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in found:
            number += 1
            writer.writerow({name: _dead(value) for name, value in row.items()})
    return number


def _dead(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value


def _xlsx(found: Iterable[Row], out: Path) -> int:
    number = 0
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(out), options) as book:
        sheet = book.add_worksheet("tickets")
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 1)
        for number, row in enumerate(found, 1):
            sheet.write_row(number, 0, list(row.values()))
    return number


def _geojson(found: Iterable[Row], out: Path) -> int:
    """A feature a ticket; those without a pin have no geometry."""
    number = 0
    with out.open("wb") as file:
        file.write(b'{"type":"FeatureCollection","features":[')
        for number, row in enumerate(found, 1):
            lat, lon = row["lat"], row["lon"]
            point = None if lat is None or lon is None else {"type": "Point", "coordinates": [lon, lat]}
            properties = {name: value for name, value in row.items() if name not in ("lat", "lon")}
            feature = {"type": "Feature", "id": row["code"], "geometry": point, "properties": properties}
            file.write((b",\n" if number > 1 else b"\n") + orjson.dumps(feature))
        file.write(b"\n]}\n")
    return number


WRITERS: Mapping[str, Callable[[Iterable[Row], Path], int]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "xlsx": _xlsx,
    "geojson": _geojson,
}
