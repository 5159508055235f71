"""Reads a list of factories as offices hand it out: CSV, whatever its encoding, its headings and its order.

The department's open data come as UTF-8, TIS-620 or UTF-16, parted by commas, tabs or semicolons, with headings that
change from year to year (`factories/columns.yaml`). Every row that cannot be used is told by its line and why, and
whoever loads the list decides with all faults on the table; a row is never half taken.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from knowledge.files import read
from knowledge.gazetteer import as_place
from knowledge.model import Area, Factory, Fault, Place

FIELDS = ("id", "name", "business", "category", "address", "subdistrict", "district", "province", "lat", "lon")
NEEDED = ("name", "province")
OWN, SAMPLE = "register.csv", "sample.csv"
LONGEST = 300  # letters of a cell that are kept
TOWN = "\u0e40\u0e21\u0e37\u0e2d\u0e07"
LEVELS = re.compile(
    "^(?:\u0e08\u0e31\u0e07\u0e2b\u0e27\u0e31\u0e14|\u0e2d\u0e33\u0e40\u0e20\u0e2d|\u0e15\u0e33\u0e1a\u0e25"
    "|\u0e41\u0e02\u0e27\u0e07|\u0e40\u0e02\u0e15|[\u0e08\u0e2d\u0e15]\\.) ?"
)
BANGKOK = re.compile("^\u0e01\u0e23\u0e38\u0e07\u0e40\u0e17\u0e1e|^\u0e01\u0e17\u0e21")
CONTROL = re.compile("[\x00-\x1f\x7f]+")


class Unreadable(ValueError):
    """The file as a whole cannot be used: no text, no headings, a heading missing."""


@dataclass(frozen=True)
class Listed:
    """What a file holds: the factories that can be used, and every row that cannot."""

    factories: tuple[Factory, ...]
    faults: tuple[Fault, ...]
    encoding: str


class Areas:
    """Finds the codes of areas by their names, as a list of factories writes them."""

    def __init__(self, areas: Mapping[str, Area]) -> None:
        self._codes = {(area.within, area.name.th): area.code for area in areas.values()}

    def place(self, province: str, district: str, subdistrict: str) -> Place | None:
        """As far down as the names are known; None where not even the province is."""
        whole = "\u0e01\u0e23\u0e38\u0e07\u0e40\u0e17\u0e1e\u0e21\u0e2b\u0e32\u0e19\u0e04\u0e23"
        name = whole if BANGKOK.match(bare(province)) else bare(province)
        code = self._codes.get(("", name), "")
        if not code:
            return None
        town = TOWN + name if bare(district) == TOWN else bare(district)
        lower = self._codes.get((code, town), "")
        return as_place(self._codes.get((lower, bare(subdistrict)), "") or lower or code)


def bare(name: str) -> str:
    """A name without the word for its level."""
    return LEVELS.sub("", " ".join(name.split()))


def decoded(raw: bytes) -> tuple[str, str]:
    """The text of a file and its encoding. TIS-620 is read as Windows reads it (cp874), which also knows its dashes."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(raw, "utf-16")
    if raw[1:2] == b"\x00" or raw[:1] == b"\x00":
        return _strictly(raw, "utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be")
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return _strictly(raw, "cp874")


def _strictly(raw: bytes, encoding: str) -> tuple[str, str]:
    try:
        return raw.decode(encoding), encoding
    except UnicodeDecodeError as wrong:
        raise Unreadable(f"no text in UTF-8, TIS-620 or UTF-16: {wrong}; save it as CSV UTF-8") from wrong


def listed(raw: bytes, folder: Path, areas: Areas, name: str, sample: bool = False) -> Listed:
    """The factories of a file. Raises Unreadable where nothing of it can be used."""
    text, encoding = decoded(raw)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    columns = headings(next(rows, []), read(folder / "factories" / "columns.yaml", dict[str, list[str]]))
    factories: dict[str, Factory] = {}
    faults: list[Fault] = []
    for cells in rows:
        if any(cell.strip() for cell in cells):
            one = factory({field: cell(cells, at) for field, at in columns.items()}, areas, rows.line_num, sample)
            if isinstance(one, str) or one.id in factories:
                why = one if isinstance(one, str) else f"the id {one.id} stands already above; keep one"
                faults.append(Fault(name, f"line {rows.line_num}", why))
            else:
                factories[one.id] = one
    return Listed(tuple(factories.values()), tuple(faults), encoding)


def headings(head: list[str], known: Mapping[str, list[str]]) -> dict[str, int]:
    """Which column holds which field. Of several that could, the first one in our list of headings."""
    seen = {plain(each): at for at, each in reversed(list(enumerate(head)))}
    found = {field: next((seen[plain(n)] for n in names if plain(n) in seen), -1) for field, names in known.items()}
    missing = [field for field in NEEDED if found.get(field, -1) < 0]
    if missing:
        raise Unreadable(f"no column for {', '.join(missing)} among {head[:20]}; see factories/columns.yaml")
    return {field: at for field, at in found.items() if at >= 0}


def plain(heading: str) -> str:
    return re.sub(r"[\s._\ufeff-]+", "", heading).lower()


def cell(cells: list[str], at: int) -> str:
    return CONTROL.sub(" ", cells[at]).strip()[:LONGEST] if at < len(cells) else ""


def factory(row: Mapping[str, str], areas: Areas, line: int, sample: bool) -> Factory | str:
    """A factory, or why the row cannot be used."""
    name = row["name"]
    if len(name) < 2:
        return "no name; write it, or take the row out"
    place = areas.place(row["province"], row.get("district", ""), row.get("subdistrict", ""))
    if place is None:
        return f"no province is called {row['province']!r}; write its Thai name"
    lat, lon = number(row.get("lat", "")), number(row.get("lon", ""))
    if lat is not None and lon is not None and not (5 < lat < 21 and 97 < lon < 106):
        return f"the point {lat}, {lon} is not in Thailand; mend it or leave it out"
    at = Place(place.province, place.district, place.subdistrict, lat, lon) if lat and lon else place
    own = row.get("id") or row.get("reg_no") or f"line-{line}"
    return Factory(own, name, at, row.get("business", ""), row.get("address", ""), sample)


def number(text: str) -> float | None:
    try:
        return float(text) or None
    except ValueError:
        return None


def rows_of(factories: tuple[Factory, ...], areas: Mapping[str, Area]) -> Iterator[dict[str, object]]:
    """The factories as rows of our own form."""
    for one in factories:
        codes = (one.place.province, one.place.district, one.place.subdistrict)
        province, district, subdistrict = (areas[code].name.th if code in areas else "" for code in codes)
        yield {
            "id": one.id,
            "name": one.name,
            "business": one.business,
            "address": one.address,
            "subdistrict": subdistrict,
            "district": district,
            "province": province,
            "lat": one.place.lat or "",
            "lon": one.place.lon or "",
        }


def write(path: Path, factories: tuple[Factory, ...], areas: Mapping[str, Area]) -> None:
    """The register in our own form, all of it or, if something fails, the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    with draft.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, FIELDS, restval="", lineterminator="\n")
        out.writeheader()
        out.writerows(rows_of(factories, areas))
    draft.replace(path)
