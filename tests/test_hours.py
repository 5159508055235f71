"""Deadlines run in working time; emergencies around the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.hours import Hours, asked_holidays, compiled_holidays, public_holidays

THAI = ZoneInfo("Asia/Bangkok")
HOURS = Hours()


def thai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=THAI)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 09:00", 4, "2026-11-23 13:00"),  # Monday, within the day
        ("2026-11-23 15:30", 4, "2026-11-24 11:30"),  # over the night
        ("2026-11-20 16:00", 1, "2026-11-23 09:00"),  # Friday over the weekend
        ("2026-11-21 12:00", 8, "2026-11-23 16:30"),  # Saturday: starts on Monday morning
        ("2026-11-23 06:00", 1, "2026-11-23 09:30"),  # before the office opens
        ("2026-04-10 15:30", 2, "2026-04-16 09:30"),  # Songkran, 13 to 15 April
        ("2026-12-09 16:00", 1, "2026-12-11 09:00"),  # Constitution Day
    ],
)
def test_working_time_skips_nights_weekends_and_thai_holidays(start: str, hours: float, end: str) -> None:
    assert HOURS.due(thai(start), hours) == thai(end)


def test_the_clock_never_stops_for_an_emergency() -> None:
    start = thai("2026-11-21 23:50")
    assert HOURS.due(start, 0.5, clock=True) == start + timedelta(minutes=30)


def test_utc_comes_in_and_goes_out() -> None:
    due = HOURS.due(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), 4)
    assert due == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert due.tzinfo == UTC


def test_a_day_off_that_the_cabinet_adds_is_no_working_day() -> None:
    added = Hours(extra={date(2026, 11, 24): "an extra holiday"})
    assert added.due(thai("2026-11-23 15:30"), 4) == thai("2026-11-25 11:30")


def test_a_holiday_taken_back_is_a_working_day() -> None:
    worked = Hours(working={date(2026, 12, 10): "moved"})
    assert worked.due(thai("2026-12-09 16:00"), 1) == thai("2026-12-10 09:00")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),
    st.floats(0.25, 120),
    st.floats(0.25, 40),
)
def test_deadlines_are_working_moments_and_add_up(start: datetime, first: float, second: float) -> None:
    begun = start.replace(tzinfo=UTC)
    due = HOURS.due(begun, first).astimezone(THAI)
    assert HOURS.is_working_day(due.date())
    assert (8, 30) <= (due.hour, due.minute) <= (16, 30)
    both = HOURS.due(begun, first + second)
    assert abs(HOURS.due(due, second) - both) < timedelta(seconds=1)
    assert HOURS.due(begun, first) <= both


def test_compiled_holidays_are_those_of_the_library() -> None:
    """Fails when the library learnt a decision of the cabinet: run tools/compile_holidays.py."""
    for year, days in compiled_holidays().items():
        assert days == {day for day in asked_holidays(year) if day.weekday() < 5}, year


def test_the_library_is_asked_about_years_that_are_not_compiled() -> None:
    after = max(compiled_holidays()) + 1
    assert date(after, 12, 31) in public_holidays(after)


def test_the_compiled_years_reach_ten_years_ahead() -> None:
    assert {datetime.now(UTC).year + ahead for ahead in range(10)} <= set(compiled_holidays())
