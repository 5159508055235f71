"""Makes page/map.json, the outline map of the location picker, from boundary files.

    python -m bot.emulator.outline th_admin.topojson.gz th_places.csv

The picker must work without a tile server, so it draws coast and province lines, thinned to about 600 m, and names
of provinces and districts. Points are thousandths of a degree, each line as its first point and then steps: a third of
the size. Run again only when the boundary files change.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CREDIT = "Royal Thai Survey Department / OCHA (COD-AB Thailand), CC BY-IGO; thailand-geography-json, MIT"
THIN = 0.006  # degrees
ISLAND = 0.0015  # square degrees; smaller ones are not drawn
PARTS = 1000

Line = list[tuple[float, float]]


def outline(topology: dict[str, Any]) -> tuple[list[list[int]], list[list[int]]]:
    """Land areas and the lines between provinces."""
    from shapely.geometry import LineString
    from shapely.ops import linemerge, polygonize

    users = _users(topology)
    coast = [LineString(_arc(topology, arc)) for arc, provinces in users.items() if len(provinces) == 1]
    inner = linemerge([LineString(_arc(topology, arc)) for arc, provinces in users.items() if len(provinces) == 2])
    land = [area for area in polygonize(linemerge(coast)) if area.area > ISLAND]
    return [_steps(area.simplify(THIN).exterior) for area in land], [_steps(one.simplify(THIN)) for one in inner.geoms]


def _users(topology: dict[str, Any]) -> dict[int, set[int]]:
    """Which provinces share each arc: one at the coast and the country's border, two between provinces."""
    users: dict[int, set[int]] = {}
    for number, province in enumerate(topology["objects"]["province"]["geometries"]):
        for arc in _flat(province["arcs"]):
            users.setdefault(arc if arc >= 0 else ~arc, set()).add(number)
    return users


def _flat(nested: list[Any]) -> Iterator[int]:
    for one in nested:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


def _arc(topology: dict[str, Any], number: int) -> Line:
    (wide, high), (left, low) = topology["transform"]["scale"], topology["transform"]["translate"]
    points, x, y = [], 0, 0
    for step_x, step_y in topology["arcs"][number]:
        x, y = x + step_x, y + step_y
        points.append((x * wide + left, y * high + low))
    return points


def _steps(line: Any) -> list[int]:
    """First point, then differences, flat."""
    steps, before = [], (0, 0)
    for lon, lat in line.coords:
        here = (round(lon * PARTS), round(lat * PARTS))
        steps += [here[0] - before[0], here[1] - before[1]]
        before = here
    return steps


def labels(places: Path) -> list[list[Any]]:
    """[name, lat, lon, level]: 1 is a province (at its first district), 2 a district."""
    districts: dict[str, list[dict[str, str]]] = {}
    with places.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            districts.setdefault(row["amp_code"], []).append(row)
    found: list[list[Any]] = []
    for code, rows in sorted(districts.items()):
        lat, lon = (round(sum(float(row[key]) for row in rows) / len(rows), 3) for key in ("lat", "lon"))
        first = code.endswith("01")
        found.append([rows[0]["pro_th"] if first else rows[0]["amp_th"], lat, lon, 1 if first else 2])
    return found


def main(boundaries: Path, places: Path) -> None:
    land, borders = outline(json.loads(gzip.decompress(boundaries.read_bytes())))
    drawn = {"credit": CREDIT, "land": land, "borders": borders, "labels": labels(places)}
    text = json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))
    Path(__file__).with_name("page").joinpath("map.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
