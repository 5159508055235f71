"""Deadlines in working time: Monday to Friday 08:30 to 16:30 in Thailand, without its public and government holidays.

Holidays come from the library `holidays`, which the whole world keeps, compiled into `holidays.yaml`: the library
itself takes half a second and 16 MB to wake, so it is only asked about years that are not in the file. What the cabinet
adds or takes back at short notice stands in `special_days.yaml`.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from knowledge.files import HERE, read

THAI = ZoneInfo("Asia/Bangkok")
OPENS = time(8, 30)
CLOSES = time(16, 30)
SATURDAY = 5
HOUR = timedelta(hours=1)


@lru_cache(maxsize=1)
def compiled_holidays() -> Mapping[int, frozenset[date]]:
    """Year -> its holidays on weekdays."""
    years = read(HERE / "holidays.yaml", dict[int, str])
    return {
        year: frozenset(date.fromisoformat(f"{year}-{day}") for day in days.split()) for year, days in years.items()
    }


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    return compiled_holidays().get(year) or asked_holidays(year)


def asked_holidays(year: int) -> frozenset[date]:
    """What the library says."""
    import holidays

    return frozenset(holidays.country_holidays("TH", years=year, categories=("public", "government")))


def kept_hours(off: Iterable[date], on: Iterable[date]) -> Hours:
    """A calendar as it was kept by `odd_days`; years that it does not speak of are those of today."""
    known = frozenset(off)
    years = {day.year for day in known}
    return Hours(known, on, lambda year: frozenset() if year in years else public_holidays(year))


class Hours:
    """Counts working hours. `extra`: days off that the library does not know; `working`: holidays taken back."""

    def __init__(
        self,
        extra: Iterable[date] | None = None,
        working: Iterable[date] | None = None,
        public: Callable[[int], frozenset[date]] = public_holidays,
    ) -> None:
        self.extra = frozenset(extra or ())
        self.working = frozenset(working or ())
        self.public = public
        compiled_holidays()  # so that no turn has to wait for a file

    def is_working_day(self, day: date) -> bool:
        if day in self.working:
            return True
        return day.weekday() < SATURDAY and day not in self.extra and day not in self.public(day.year)

    def odd_days(self, years: Iterable[int]) -> tuple[frozenset[date], frozenset[date]]:
        """The calendar of these years as it can be kept: weekdays off, and days at the weekend that are worked."""
        days = [date(year, 1, 1) + timedelta(days=number) for year in years for number in range(365 + isleap(year))]
        off = frozenset(day for day in days if day.weekday() < SATURDAY and not self.is_working_day(day))
        on = frozenset(day for day in days if day.weekday() >= SATURDAY and self.is_working_day(day))
        return off, on

    def worked(self, start: datetime, end: datetime, clock: bool = False) -> float:
        """The hours between two moments that count: the inverse of `due`."""
        if clock or end <= start:
            return max(0.0, (end - start) / HOUR)
        first, last = start.astimezone(THAI), end.astimezone(THAI)
        days = (first.date() + timedelta(days=number) for number in range((last.date() - first.date()).days + 1))
        return sum((self._open_within(day, first, last) for day in days), timedelta()) / HOUR

    def _open_within(self, day: date, first: datetime, last: datetime) -> timedelta:
        if not self.is_working_day(day):
            return timedelta()
        opens, closes = datetime.combine(day, OPENS, THAI), datetime.combine(day, CLOSES, THAI)
        return max(timedelta(), min(closes, last) - max(opens, first))

    def due(self, start: datetime, hours: float, clock: bool = False) -> datetime:
        """When `hours` will be over, UTC in and out. `clock`: around the clock, for emergencies."""
        if clock:
            return start + timedelta(hours=hours)
        left = timedelta(hours=hours)
        now = self._opened(start.astimezone(THAI))
        while left > (today := datetime.combine(now.date(), CLOSES, THAI) - now):
            left -= today
            now = self._opened(datetime.combine(now.date() + timedelta(days=1), OPENS, THAI))
        return (now + left).astimezone(UTC)

    def _opened(self, moment: datetime) -> datetime:
        """The first working moment at or after this one."""
        day = moment.date()
        if moment.time() >= CLOSES:
            day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        opening = datetime.combine(day, OPENS, THAI)
        return max(moment, opening)
