"""Compiles boundary files into the compact index of `knowledge/geo`: `areas.csv` (names) and `outlines.bin` (lines).

    python tools/compile_geo.py BOUNDARIES.topojson.gz knowledge/geo

BOUNDARIES is a TopoJSON with an object `tambon` whose features carry `tam_code`. Names and codes come from the package
`geothai` (MIT), so that what a person can type is the list of today, however old the outlines are; where both know an
area, the spelling of BOUNDARIES counts (it was compared with addresses). A line that two subdistricts share is stored
once; points lie on a grid of 0.00005 degree (5.5 m, below the 20 m of the simplification), as steps between points,
low and high bytes apart because they compress best so.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geothai
import numpy as np

STEP = 5e-5
Row = tuple[str, str, str, str]


def main(boundaries: Path, out: Path) -> None:
    topology = json.loads(gzip.decompress(boundaries.read_bytes()))
    out.mkdir(parents=True, exist_ok=True)
    write_areas(out / "areas.csv", topology)
    with (out / "outlines.bin").open("wb") as file:
        np.savez_compressed(file, **arcs(topology), **shapes(topology))
    report(out)


def write_areas(path: Path, topology: dict[str, Any]) -> None:
    spelt = {shape["properties"]["tam_code"]: shape["properties"]["tam_th"] for shape in features(topology)}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "th", "en", "postcode"))
        writer.writerows((code, spelt.get(code, th), en, postcode) for code, th, en, postcode in areas())


def features(topology: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = topology["objects"]["tambon"]["geometries"]
    return found


def areas() -> Iterator[Row]:
    """All areas: province code with two digits, district with four, subdistrict with six."""
    for province in geothai.provinces():
        yield province.code, province.name_th, province.name_en, ""
        for district in geothai.districts(province.code):
            yield district.code, bare(district.name_th, province.code), district.name_en, ""
            for area in geothai.subdistricts(district.code):
                yield area.code, area.name_th, area.name_en, " ".join(area.postal_codes)


def bare(name: str, province: str) -> str:
    """A district's name alone: in Bangkok the list puts the level in front."""
    return name.removeprefix("\u0e40\u0e02\u0e15") if province == "10" else name


def arcs(topology: dict[str, Any]) -> dict[str, Any]:
    """The lines: `start` (first point of each), `length` (steps of each), and the steps of all in one row."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    starts, steps = [], []
    for arc in topology["arcs"]:
        points = on_grid(np.cumsum(np.array(arc), axis=0) * scale + shift)
        moves = np.diff(points, axis=0)
        starts.append(points[0])
        steps.append(moves[(moves != 0).any(axis=1)])
    moves = np.concatenate(steps).T.astype(np.int16)
    return {
        "step": np.array([STEP]),
        "start": np.array(starts, dtype=np.int32),
        "length": np.array([len(part) for part in steps], dtype=np.int32),
        "low": (moves & 0xFF).astype(np.uint8),
        "high": (moves >> 8).astype(np.int8),
    }


def on_grid(degrees: Any) -> Any:
    return np.round(degrees / STEP).astype(np.int32)


def shapes(topology: dict[str, Any]) -> dict[str, Any]:
    """The subdistricts: `code`, how many rings each has, how many arcs each ring has, and the arcs (~i runs backward).

    Rings of all parts stand in one row: whether a ring is a hole follows from even-odd, nothing else is asked of it.
    """
    codes, rings, sizes, refs, boxes = [], [], [], [], []
    reach = arc_boxes(topology)
    for shape in features(topology):
        parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        own = [ring for part in parts for ring in part]
        codes.append(int(shape["properties"]["tam_code"]))
        rings.append(len(own))
        sizes += [len(ring) for ring in own]
        refs += [arc for ring in own for arc in ring]
        outer = reach[[arc if arc >= 0 else ~arc for ring in own for arc in ring]]
        boxes.append((*outer[:, :2].min(axis=0), *outer[:, 2:].max(axis=0)))
    return {
        "code": np.array(codes, dtype=np.int32),
        "rings": np.array(rings, dtype=np.int16),
        "arcs": np.array(sizes, dtype=np.int16),
        "ref": np.array(refs, dtype=np.int32),
        "box": np.array(boxes, dtype=np.int32),
    }


def arc_boxes(topology: dict[str, Any]) -> Any:
    """West, south, east, north of every arc on the grid."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = (on_grid(np.cumsum(np.array(arc), axis=0) * scale + shift) for arc in topology["arcs"])
    return np.array([(*line.min(axis=0), *line.max(axis=0)) for line in lines])


def report(out: Path) -> None:
    for path in sorted(out.glob("*.[cb]*")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
