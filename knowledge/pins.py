"""Which subdistrict a pin lies in, and which others lie so near that the person must be asked.

The lines are kept as they are written, a point as the step from the one before, and the few outlines around a pin are
put together from them when the pin comes: which way a line runs and where a ring closes do not matter to the two
questions asked of an outline, inside and how far. That takes 4 MB instead of 7,425 ready polygons, and some lines of
NumPy a question, so the weight of a geometry library in every process was not taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil, cos, floor, hypot, inf, radians
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.files import HERE, read
from knowledge.model import PinReading, Place

NEAR_M = 150.0  # lines are true to about 20 m, phones to 5 to 50 m; nine of ten wrong readings lie within this
BORDER_M = 300.0  # a river border may have moved this far
COAST_M = 5_000.0  # piers, ports and ships: land outlines end at the water
# Provinces with a coast, by code.
COAST = frozenset((10, 11, *range(20, 25), *range(74, 78), *range(80, 87), *range(90, 95), 96))
DEGREE_M = 111_320.0
TINY = 1e-9  # an edge without length divides nothing
ALIKE = 1.35  # another part of a divided subdistrict is asked about if its point is not much farther than the nearest

Numbers = NDArray[Any]
Points = Sequence[tuple[float, float]]
Splits = Mapping[str, Mapping[str, Points]]


class Index:
    """All outlines, and the question what lies at a point."""

    def __init__(self, outlines: Mapping[str, Numbers], splits: Splits) -> None:
        self._step = float(outlines["step"][0])
        self._steps = (outlines["high"].astype(np.int16) << 8) | outlines["low"]  # of all lines, two rows: x and y
        self._start = outlines["start"].T.astype(np.int32)
        self._line_ends = np.concatenate([[0], np.cumsum(outlines["length"])]).astype(np.int32)
        self._codes = [f"{code:06d}" for code in outlines["code"].tolist()]
        self._west, self._south, self._east, self._north = np.ascontiguousarray(outlines["box"].T.astype(np.float32))
        ring_ends = np.cumsum(outlines["rings"])
        self._outline_ends = np.concatenate([[0], np.cumsum(outlines["arcs"])[ring_ends - 1]]).astype(np.int32)
        ref = outlines["ref"]
        self._ref = np.where(ref >= 0, ref, ~ref).astype(np.int32)
        self._splits = splits

    def at(self, lat: float, lon: float) -> PinReading:
        """The subdistrict at a point and the others within 150 m; None for a point outside Thailand."""
        if not (5.0 < lat < 21.0 and 97.0 < lon < 106.0):
            return PinReading(None)
        distances = self._distances(lat, lon, NEAR_M)
        home = next((code for code, metres in distances if metres == 0.0), "") or self._nearest(lat, lon)
        if not home:
            return PinReading(None)
        return self._reading(home, [code for code, _ in distances if code != home], lat, lon)

    def _nearest(self, lat: float, lon: float) -> str:
        for code, metres in self._distances(lat, lon, COAST_M):
            if metres <= (COAST_M if int(code[:2]) in COAST else BORDER_M):
                return code
        return ""

    def _distances(self, lat: float, lon: float, reach: float) -> list[tuple[str, float]]:
        """Subdistricts within `reach` metres, nearest first; 0 for the one around the point."""
        x, y = lon / self._step, lat / self._step
        wide, high = self._step * DEGREE_M * cos(radians(lat)), self._step * DEGREE_M
        around = (self._west <= x + reach / wide) & (self._east >= x - reach / wide)
        around &= (self._south <= y + reach / high) & (self._north >= y - reach / high)
        found = (
            (self._codes[at], _distance(self._edges(at), x, y, wide, high, reach))
            for at in np.flatnonzero(around).tolist()
        )
        return sorted(((code, metres) for code, metres in found if metres <= reach), key=lambda one: one[1])

    def _reading(self, home: str, others: list[str], lat: float, lon: float) -> PinReading:
        """A home that was divided after the outlines were drawn is one of its parts: the likeliest, and its rivals."""
        own, *rivals = self._parts(home, lat, lon)
        near = rivals + [part for other in others for part in self._parts(other, lat, lon)]
        here = replace(_place(own), lat=lat, lon=lon)
        return PinReading(here, tuple(replace(_place(code), lat=lat, lon=lon) for code in dict.fromkeys(near)))

    def _parts(self, code: str, lat: float, lon: float) -> list[str]:
        """The parts of a divided subdistrict that a point may lie in; of another, itself. A part that kept the old name
        comes first, since maps and addresses still write it for the whole; the likeliest of the others is asked."""
        parts = self._splits.get(code)
        if not parts:
            return [code]
        far = {part: min(_apart(lat, lon, point) for point in points) for part, points in parts.items()}
        nearest = min(far.values())
        meant = sorted((part for part in far if far[part] <= nearest * ALIKE), key=lambda part: far[part])
        return list(dict.fromkeys((code, *meant))) if code in parts else meant

    def _edges(self, at: int) -> Numbers:
        """All edges of one outline as columns, rows x1 y1 x2 y2 on the grid; parts and holes alike."""
        lines = self._ref[self._outline_ends[at] : self._outline_ends[at + 1]]
        begins, ends = self._line_ends[lines], self._line_ends[lines + 1]
        steps = np.concatenate(
            [self._steps[:, begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)], axis=1
        ).astype(np.int32)
        walked = np.cumsum(steps, axis=1, dtype=np.int32)
        firsts = np.cumsum(ends - begins) - (ends - begins)  # where each line begins among the steps
        before = walked[:, firsts] - steps[:, firsts]
        reached = walked + np.repeat(self._start[:, lines] - before, ends - begins, axis=1)
        return np.concatenate([reached - steps, reached])


def _apart(lat: float, lon: float, point: tuple[float, float]) -> float:
    return hypot(lat - point[0], (lon - point[1]) * cos(radians(lat)))


def _place(code: str) -> Place:
    return Place(f"TH-{code[:2]}", code[:4], code)


def _distance(edges: Numbers, x: float, y: float, wide: float, high: float, reach: float) -> float:
    """Metres from a point to an outline, 0 inside (even-odd over all its rings). Edges that lie farther north or south
    than `reach` change nothing below that, so only the others are looked at: a few of hundreds."""
    north, south = ceil(y + reach / high), floor(y - reach / high)
    level = (np.minimum(edges[1], edges[3]) <= north) & (np.maximum(edges[1], edges[3]) >= south)
    inside, nearest = False, inf
    for x1, y1, x2, y2 in edges[:, level].T.tolist():
        if (y1 > y) != (y2 > y) and x1 + (x2 - x1) * ((y - y1) / (y2 - y1)) > x:
            inside = not inside
        east, up, run, rise = (x1 - x) * wide, (y1 - y) * high, (x2 - x1) * wide, (y2 - y1) * high
        along = min(max((-east * run - up * rise) / max(run * run + rise * rise, TINY), 0.0), 1.0)
        nearest = min(nearest, hypot(east + along * run, up + along * rise))
    return 0.0 if inside else nearest


def load(folder: Path = HERE) -> Index:
    """The index of `folder/geo`."""
    with np.load(folder / "geo" / "outlines.bin", allow_pickle=False) as file:
        outlines = {name: file[name] for name in file.files}
    return Index(outlines, read(folder / "geo" / "splits.yaml", dict[str, dict[str, list[tuple[float, float]]]]))
