"""The small pictures of a ticket's place: its district among its neighbours, and the three kilometres around it.

Drawn here as paths, from the lines of the big map, so that they need neither a script nor another request and weigh a
few kilobytes. What of a line lies outside the picture is left out; the coast of a district is finer than the land.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import outline_lines
from knowledge.model import Place

SIDE = 1000  # units of a picture, each way
DEGREE_KM = 111.32
LEAST = 5.0  # kilometres from the middle of a picture to its edge
Points = NDArray[Any]
Bars = (1, 2, 5, 10, 20, 50)  # kilometres that a scale may show


@dataclass(frozen=True, slots=True)
class View:
    """A square of the earth, and how far it reaches from its middle."""

    lat: float
    lon: float
    km: float

    @property
    def high(self) -> float:
        return self.km / DEGREE_KM

    @property
    def wide(self) -> float:
        return self.high / cos(radians(self.lat))

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.lat - self.high, self.lon - self.wide, self.lat + self.high, self.lon + self.wide

    def at(self, lat: float, lon: float) -> tuple[int, int]:
        """Where a spot lies in the picture."""
        x, y = (lon - self.lon) / self.wide, (self.lat - lat) / self.high
        return round((x + 1) * SIDE / 2), round((y + 1) * SIDE / 2)

    @property
    def bar(self) -> tuple[int, int]:
        """A scale: its kilometres, and how long it is."""
        km = max((one for one in Bars if one <= self.km / 2), default=Bars[0])
        return km, round(km / self.km * SIDE / 2)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The paths of a picture: what is land, lines between provinces, lines between districts."""

    view: View
    land: str
    provinces: str
    districts: str


@lru_cache(maxsize=256)
def of_district(province: str, district: str) -> Drawn | None:
    """The district in the middle, or where none is known the province; None where that is not known either."""
    boxes = [_whole(one) for one in outline_lines.spots().get(province, []) if one[4].startswith(district)]
    if not boxes:
        return None
    south, west, north, east = (
        pick(side) for pick, side in zip((min, min, max, max), zip(*boxes, strict=True), strict=True)
    )
    lat = (south + north) / 2
    high, wide = (north - south) * DEGREE_KM, (east - west) * DEGREE_KM * cos(radians(lat))
    view = View(lat, (west + east) / 2, max(LEAST, max(high, wide) * 0.58))
    return Drawn(view, _land(view), _path(_provinces(), view), _path(_districts(province), view))


def around(place: Place, km: float) -> Drawn | None:
    """The lines near a pin. Land and sea are too coarse to be told apart from so close."""
    if place.lat is None or place.lon is None:
        return None
    view = View(place.lat, place.lon, km)
    here = _path(_districts(place.province), view) if place.province else ""
    return Drawn(view, "", "", here)


def _whole(spot: tuple[float, float, float, float, str]) -> tuple[float, float, float, float]:
    """The box of a subdistrict, of which the knowledge gives the middle half."""
    south, west, north, east, _ = spot
    high, wide = (north - south) / 2, (east - west) / 2
    return south - high, west - wide, north + high, east + wide


# --- lines -----------------------------------------------------------------------------------------------------------


def _points(line: Sequence[int]) -> Points:
    return np.cumsum(np.array(line).reshape(-1, 2), axis=0) / outline_lines.GRID


@lru_cache(maxsize=1)
def _provinces() -> list[Points]:
    return [_points(line) for line in outline_lines.provinces()]


@lru_cache(maxsize=32)
def _districts(province: str) -> list[Points]:
    return [_points(line) for line in outline_lines.districts(province)]


@lru_cache(maxsize=1)
def _rings() -> list[Points]:
    return [_points(ring) for ring in outline_lines.land()]


def _path(lines: Iterable[Points], view: View) -> str:
    south, west, north, east = view.box
    low, high = np.array([south, west]), np.array([north, east])
    return "".join(_moves(line, view) for line in lines if (line.max(0) >= low).all() and (line.min(0) <= high).all())


def _moves(line: Points, view: View, closed: bool = False) -> str:
    """M where it begins, then steps; of what lies far outside, one point is enough."""
    where = np.round(np.array([(line[:, 1] - view.lon) / view.wide, (view.lat - line[:, 0]) / view.high]).T * SIDE / 2)
    at = np.clip(where.astype(int) + SIDE // 2, -SIDE, 2 * SIDE)
    steps = np.diff(at, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    if not len(steps):
        return ""
    return f"M{at[0][0]} {at[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps.tolist()) + ("z" if closed else "")


def _land(view: View) -> str:
    south, west, north, east = view.box
    found = []
    for ring in _rings():
        if (ring.max(0) < (south, west)).any() or (ring.min(0) > (north, east)).any():
            continue
        for axis, edge, sign in ((0, south, 1), (0, north, -1), (1, west, 1), (1, east, -1)):
            ring = _cut(ring, axis, edge, sign)
        found.append(_moves(ring, view, closed=True) if len(ring) > 2 else "")
    return "".join(found)


def _cut(ring: Points, axis: int, edge: float, sign: int) -> Points:
    """The part of a ring on one side of a straight edge."""
    if not len(ring):
        return ring
    after = np.roll(ring, -1, axis=0)
    here, there = (ring[:, axis] - edge) * sign, (after[:, axis] - edge) * sign
    crosses = (here >= 0) != (there >= 0)
    share = np.divide(here, here - there, out=np.zeros_like(here), where=crosses)
    between = ring + (after - ring) * share[:, None]
    both = np.stack([ring, between], axis=1).reshape(-1, 2)
    kept: Points = both[np.stack([here >= 0, crosses], axis=1).ravel()]
    return kept
