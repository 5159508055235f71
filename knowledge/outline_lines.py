"""Lines of provinces and districts for a map: those of our own outlines that part one area from another, coarsened.

A line of the outlines is stored once and used by the subdistricts on both sides, so a line between two provinces is
one whose users lie in two. Points are whole thousandths of a degree as steps from the one before: small on the wire.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.files import HERE

Numbers = NDArray[Any]
COARSE, FINE = 0.006, 0.0015  # degrees that a line may be off: provinces about 600 m, districts 150 m
GRID = 1000
LONGEST = 4096  # points of a line that are looked at together


@lru_cache(maxsize=1)
def provinces(folder: Path = HERE) -> list[list[int]]:
    """The lines between provinces; the coast and the border are the edge of `land`."""
    return _lines(folder, 2, "", COARSE, edge=False)


@lru_cache(maxsize=1)
def land(folder: Path = HERE) -> list[list[int]]:
    """The coast and the border as rings, islands each on its own: what is filled."""
    with np.load(folder / "geo" / "outlines.bin", allow_pickle=False) as file:
        outlines = {name: file[name] for name in file.files}
    count: dict[int, int] = defaultdict(int)
    for line, _ in _users(outlines):
        count[line] += 1
    return list(_rings(_all_drawn(outlines, [line for line, users in count.items() if users == 1], COARSE)))


@lru_cache(maxsize=16)
def districts(province: str, folder: Path = HERE) -> list[list[int]]:
    """The lines of the districts of one province (`TH-11`)."""
    return _lines(folder, 4, province.removeprefix("TH-"), FINE)


@lru_cache(maxsize=1)
def boxes(folder: Path = HERE) -> dict[str, tuple[float, float, float, float]]:
    """South, west, north, east of each province."""
    with np.load(folder / "geo" / "outlines.bin", allow_pickle=False) as file:
        codes, box, step = file["code"] // 10_000, file["box"], float(file["step"][0])
    found: dict[str, tuple[float, float, float, float]] = {}
    for code in np.unique(codes).tolist():
        west, south, _, _ = (box[codes == code].min(axis=0) * step).tolist()
        _, _, east, north = (box[codes == code].max(axis=0) * step).tolist()
        found[f"TH-{code:02}"] = (south, west, north, east)
    return found


@lru_cache(maxsize=1)
def spots(folder: Path = HERE) -> dict[str, list[tuple[float, float, float, float, str]]]:
    """The middle half of the box of each subdistrict (south, west, north, east, code), by province."""
    with np.load(folder / "geo" / "outlines.bin", allow_pickle=False) as file:
        codes, box = file["code"].tolist(), (file["box"] * float(file["step"][0])).tolist()
    found: dict[str, list[tuple[float, float, float, float, str]]] = defaultdict(list)
    for code, (west, south, east, north) in zip(codes, box, strict=True):
        high, wide = (north - south) / 4, (east - west) / 4
        found[f"TH-{code // 10_000:02}"].append((south + high, west + wide, north - high, east - wide, f"{code:06}"))
    return dict(found)


def within(south: float, west: float, north: float, east: float) -> list[str]:
    """The provinces that a view touches."""
    return [
        name for name, (low, left, high, right) in boxes().items()
        if low <= north and high >= south and left <= east and right >= west
    ]  # fmt: skip


def _lines(folder: Path, letters: int, within: str, off: float, edge: bool = True) -> list[list[int]]:
    with np.load(folder / "geo" / "outlines.bin", allow_pickle=False) as file:
        outlines = {name: file[name] for name in file.files}
    users: dict[int, set[str]] = defaultdict(set)
    for line, code in _users(outlines):
        users[line].add(code[:letters] if code.startswith(within) else "")
    count: dict[int, int] = defaultdict(int)
    for line, _ in _users(outlines):
        count[line] += 1
    parting = [
        line for line, areas in users.items() if areas != {""} and (len(areas) > 1 or (edge and count[line] == 1))
    ]
    return [line for line in _all_drawn(outlines, parting, off) if len(line) > 2]


def _all_drawn(outlines: dict[str, Numbers], wanted: Sequence[int], off: float) -> list[list[int]]:
    begins = np.concatenate([[0], np.cumsum(outlines["length"])])
    moves = ((outlines["high"].astype(np.int32) << 8) | outlines["low"]).T
    step = float(outlines["step"][0])
    return [_drawn(outlines["start"][one], moves[begins[one] : begins[one + 1]], step, off) for one in wanted]


def _rings(lines: list[list[int]]) -> Iterator[list[int]]:
    """Lines joined where they meet, until each is closed; what is too small to be seen is left out."""
    paths = [np.array(line).reshape(-1, 2).cumsum(axis=0) for line in lines]
    at: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for number, path in enumerate(paths):
        at[tuple(path[0])].add(number)
        at[tuple(path[-1])].add(number)
    left = set(range(len(paths)))
    while left:
        ring = paths[left.pop()]
        while following := at[tuple(ring[-1])] & left:
            number = following.pop()
            left.discard(number)
            path = paths[number]
            ring = np.concatenate([ring, (path if (path[0] == ring[-1]).all() else path[::-1])[1:]])
        if len(ring) > 3:
            yield np.concatenate([ring[:1], np.diff(ring, axis=0)]).ravel().tolist()


def _users(outlines: dict[str, Numbers]) -> Iterator[tuple[int, str]]:
    """Each line with each subdistrict around which it runs."""
    ends = np.cumsum(outlines["arcs"])[np.cumsum(outlines["rings"]) - 1]
    begins = np.concatenate([[0], ends[:-1]])
    ref = np.where(outlines["ref"] >= 0, outlines["ref"], ~outlines["ref"])
    for code, begin, end in zip(outlines["code"].tolist(), begins, ends, strict=True):
        for line in ref[begin:end].tolist():
            yield line, f"{code:06d}"


def _drawn(start: Numbers, moves: Numbers, step: float, off: float) -> list[int]:
    """lat, lon, then steps of lat and lon."""
    points = np.concatenate([start[None], start + np.cumsum(moves, axis=0)]) * step
    kept = _coarse(points, off)
    grid = np.round(kept[:, ::-1] * GRID).astype(int)
    steps = np.concatenate([grid[:1], np.diff(grid, axis=0)])
    far = np.concatenate([[True], (steps[1:] != 0).any(axis=1)])
    drawn: list[int] = steps[far].ravel().tolist()
    return drawn


def _coarse(points: Numbers, off: float) -> Numbers:
    """Douglas and Peucker: the points without which the line would be off by more."""
    keep = np.zeros(len(points), bool)
    keep[[0, -1]] = True
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        run = points[last] - points[first]
        rest = points[first + 1 : last] - points[first]
        long = float(np.hypot(*run))
        away = np.abs(run[0] * rest[:, 1] - run[1] * rest[:, 0]) / long if long else np.hypot(rest[:, 0], rest[:, 1])
        at = int(away.argmax())
        if away[at] > off:
            keep[first + 1 + at] = True
            stack += [(first, first + 1 + at), (first + 1 + at, last)]
    return points[keep]
