"""Compiles Thailand's public and government holidays into `knowledge/holidays.yaml`, a line a year.

    python tools/compile_holidays.py knowledge/holidays.yaml [FIRST LAST]

The library `holidays` takes half a second and some 16 MB to wake, for about twenty dates a year; the house looks them
up here instead. Compile again when the library learns a new decision of the cabinet (a test compares them); until then
`special_days.yaml` takes it. Only weekdays are listed, since nobody works at the weekend.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import holidays

YEARS_AHEAD = 14
SATURDAY = 5
HEAD = """\
# Public and government holidays of Thailand on weekdays: year, then month-day. Compiled by tools/compile_holidays.py
# from the library holidays {version}; nothing is written here by hand (that is what special_days.yaml is for).
"""


def days_off(year: int) -> list[str]:
    days = holidays.country_holidays("TH", years=year, categories=("public", "government"))
    return [f"{day:%m-%d}" for day in sorted(days) if day.weekday() < SATURDAY]


def compiled(first: int, last: int) -> str:
    lines = [f'{year}: "{" ".join(days_off(year))}"\n' for year in range(first, last + 1)]
    return HEAD.format(version=holidays.__version__) + "".join(lines)


def main(out: Path, first: int, last: int) -> None:
    out.write_text(compiled(first, last), encoding="utf-8")
    print(f"{out}: {first} to {last}")


if __name__ == "__main__":
    this_year = datetime.now(UTC).year
    first, last = map(int, sys.argv[2:4]) if len(sys.argv) > 3 else (this_year - 2, this_year + YEARS_AHEAD)
    main(Path(sys.argv[1]), first, last)
