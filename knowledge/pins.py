"""Which subdistrict a pin lies in, and which others lie so near that the person must be asked.

The outlines stay as they were compiled: one row of steps for all lines, and only the few outlines around a pin are put
together when it comes (and kept a while). That takes 10 MB and a tenth of a second at the first pin, instead of 7,425
ready polygons. The two questions asked of an outline, inside and how far, are a line of NumPy each, so the weight of a
geometry library in every process was not taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from math import cos, radians
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
KEPT = 400  # outlines kept put together, about 5 kB each

Numbers = NDArray[Any]


class Index:
    """All outlines, and the question what lies at a point."""

    def __init__(self, outlines: Mapping[str, Numbers], splits: Mapping[str, list[str]]) -> None:
        self._step = float(outlines["step"][0])
        self._start = outlines["start"]
        self._ends = np.cumsum(outlines["length"])
        self._steps = ((outlines["high"].astype(np.int16) << 8) | outlines["low"]).T
        self._codes = [f"{code:06d}" for code in outlines["code"].tolist()]
        self._box = outlines["box"].astype(np.int32)
        self._ring_ends = np.cumsum(outlines["rings"])
        self._arc_ends = np.cumsum(outlines["arcs"])
        self._ref = outlines["ref"]
        self._splits = splits
        self._edges = lru_cache(maxsize=KEPT)(self._put_together)

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
        wide = self._step * DEGREE_M * cos(radians(lat))
        high = self._step * DEGREE_M
        west, south, east, north = self._box.T
        around = (west <= x + reach / wide) & (east >= x - reach / wide)
        around &= (south <= y + reach / high) & (north >= y - reach / high)
        found = (
            (self._codes[at], _distance(self._edges(at), x, y, wide, high)) for at in np.flatnonzero(around).tolist()
        )
        return sorted(((code, metres) for code, metres in found if metres <= reach), key=lambda one: one[1])

    def _reading(self, home: str, others: list[str], lat: float, lon: float) -> PinReading:
        """A home that was divided after the outlines were drawn is one of its parts: all of them are asked about."""
        parts = self._splits.get(home, [home])
        sure = home if home in parts else ""
        near = [part for part in parts if part != sure]
        near += [part for other in others for part in self._splits.get(other, [other])]
        here = Place(f"TH-{home[:2]}", home[:4], sure, lat, lon)
        return PinReading(here, tuple(replace(_place(code), lat=lat, lon=lon) for code in dict.fromkeys(near)))

    def _put_together(self, at: int) -> Numbers:
        """All edges of one outline as rows x1 y1 x2 y2 on the grid; parts and holes alike."""
        rings = range(int(self._ring_ends[at - 1]) if at else 0, int(self._ring_ends[at]))
        return np.concatenate([self._ring(ring) for ring in rings])

    def _ring(self, ring: int) -> Numbers:
        first = int(self._arc_ends[ring - 1]) if ring else 0
        refs = self._ref[first : int(self._arc_ends[ring])].tolist()
        points = np.concatenate([self._line(ref) for ref in refs])
        return np.concatenate([points[:-1], points[1:]], axis=1)

    def _line(self, ref: int) -> Numbers:
        arc = ref if ref >= 0 else ~ref
        begin, end = int(self._ends[arc - 1]) if arc else 0, int(self._ends[arc])
        start = self._start[arc]
        walked = np.cumsum(self._steps[begin:end], axis=0, dtype=np.int32)
        points = np.concatenate([start[None, :], start + walked])
        return points if ref >= 0 else points[::-1]


def _place(code: str) -> Place:
    return Place(f"TH-{code[:2]}", code[:4], code)


def _distance(edges: Numbers, x: float, y: float, wide: float, high: float) -> float:
    """Metres from a point to an outline, 0 inside (even-odd over all its rings)."""
    x1, y1, x2, y2 = (edges - (x, y, x, y)).T * np.array([[wide], [high], [wide], [high]])
    run, rise = x2 - x1, y2 - y1
    crossing = (y1 > 0) != (y2 > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if np.count_nonzero(crossing & (x1 - y1 * run / rise > 0)) % 2:
            return 0.0
        along = np.nan_to_num(-(x1 * run + y1 * rise) / (run * run + rise * rise)).clip(0.0, 1.0)
    return float(np.sqrt(((x1 + along * run) ** 2 + (y1 + along * rise) ** 2).min()))


def load(folder: Path = HERE) -> Index:
    """The index of `folder/geo`."""
    with np.load(folder / "geo" / "outlines.bin", allow_pickle=False) as file:
        outlines = {name: file[name] for name in file.files}
    return Index(outlines, read(folder / "geo" / "splits.yaml", dict[str, list[str]]))
