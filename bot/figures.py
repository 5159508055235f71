"""Figures out of sums: groups folded together, medians out of steps, curves out of days. Pure.

Offices, types and provinces are counted by the database; regions, pilots and the ministry's categories are made of them
here, because sums and steps add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.db.marks import upper

FEWEST = 5  # of data for the public: fewer could be a person
NUMBERS = (
    "opened", "open", "overdue", "taken", "in_time", "resolved", "resolved_in_time", "reopened", "rated", "judged",
    "kept", "stars",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One group. Times are hours by the clock; shares are 0 to 1; None: there is nothing to say."""

    group: str
    opened: int
    open: int
    overdue: int
    taken_median: float | None
    taken_p90: float | None
    resolved: int
    resolved_median: float | None
    resolved_p90: float | None
    in_time: float | None
    reopened: int
    stars: float | None
    rated: int
    kept: float | None


COLUMNS = tuple(name for name in Line.__dataclass_fields__ if name != "group")
Fold = Callable[[str], str]
Sums = Mapping[str, Mapping[str, int]]  # by group


def lines(sums: Sums, taken: Iterable[Any], resolved: Iterable[Any], fold: Fold = lambda group: group) -> list[Line]:
    """The largest group first."""
    numbers: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(NUMBERS, 0))
    for group, has in sums.items():
        for name in NUMBERS:
            numbers[fold(group)][name] += has.get(name, 0)
    first, last = _folded(taken, fold), _folded(resolved, fold)
    made = [_line(group, has, first.get(group, {}), last.get(group, {})) for group, has in numbers.items()]
    return sorted(made, key=lambda line: (-line.opened, line.group))


def whole(sums: Sums, taken: Sequence[Any], resolved: Sequence[Any]) -> Line:
    found = lines(sums, taken, resolved, lambda group: "")
    return found[0] if found else _line("", dict.fromkeys(NUMBERS, 0), {}, {})


def _folded(rows: Iterable[Any], fold: Fold) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[fold(row.group)][int(row.step)] += int(row.n)
    return found


def _line(group: str, has: Mapping[str, int], taken: Mapping[int, int], resolved: Mapping[int, int]) -> Line:
    return Line(
        group, has["opened"], has["open"], has["overdue"], at_share(taken, 0.5), at_share(taken, 0.9),
        has["resolved"], at_share(resolved, 0.5), at_share(resolved, 0.9),
        _share(has["in_time"], has["taken"]), has["reopened"], _share(has["stars"], has["rated"]), has["rated"],
        _share(has["kept"], has["judged"]),
    )  # fmt: skip


def _share(part: int, of: int) -> float | None:
    return part / of if of else None


def at_share(steps: Mapping[int, int], share: float) -> float | None:
    """The time within which this share of tickets was done: the median at 0.5."""
    wanted, passed = share * sum(steps.values()), 0
    for step in sorted(steps):
        passed += steps[step]
        if passed >= wanted:
            return upper(step)
    return None


def curve(days: Mapping[int, int], first: int, last: int, most: int = 62) -> list[tuple[int, int]]:
    """(first day, number) of equal stretches from `first` to `last`, at most `most` of them."""
    length = max(1, -(-(last - first + 1) // most))
    return [
        (start, sum(days.get(day, 0) for day in range(start, min(start + length, last + 1))))
        for start in range(first, last + 1, length)
    ]


def for_all(found: Sequence[Line]) -> list[list[Any]]:
    """Rows for the public: what fewer than five people stand behind is not told, nor what would tell it."""
    few = f"<{FEWEST}"
    rows: list[list[Any]] = []
    for line in found:
        if line.opened < FEWEST:
            rows.append([line.group, few, *[""] * (len(COLUMNS) - 1)])
            continue
        counts = {name: getattr(line, name) for name in COLUMNS}
        for name in ("open", "overdue", "resolved", "reopened", "rated"):
            counts[name] = few if 0 < counts[name] < FEWEST else counts[name]
        if isinstance(counts["resolved"], str) or line.resolved < FEWEST:
            counts["resolved_median"] = counts["resolved_p90"] = None
        if line.rated < FEWEST:
            counts["stars"] = None
        rows.append([line.group, *counts.values()])
    return rows
