"""What time does to a ticket: deadlines near and missed, waits, putting aside, closing, late answers, new holidays."""

from __future__ import annotations

import os
import time as clocks
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import Done
from bot.house import House
from handlers import due, pauses
from handlers.cases import Case
from handlers.standing import Time
from knowledge.hours import Hours, kept_hours
from tests.house import Clock, arrive, event
from tests.staffed import complaint, desk_of, emergency, knowledge, run, staffed
from tests.test_desk import letters
from tests.timed import DAY, HOUR, MINUTE, case_of, change, keeper, keys, look, rules, steps_of, told

Make = Callable[..., House]
THAI = ZoneInfo("Asia/Bangkok")
HOURS = Hours()


def thai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=THAI).astimezone(UTC)


def at(clock: Clock, text: str) -> None:
    clock.at = int(thai(text).timestamp() * 1000)


def dated(house: House, text: str, **given: Any) -> str:
    """A complaint of this moment, with eight working hours to answer and forty to solve."""
    now, due_of = thai(text), house.tools.knowledge.due
    return complaint(
        house,
        **{
            "acknowledge_by": due_of(now, 4),
            "answer_by": due_of(now, 8),
            "resolve_by": due_of(now, 40),
            **given,
        },
    )


# --- deadlines -------------------------------------------------------------------------------------------------------


def test_a_deadline_is_near_once_and_missed_once(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, _ = staffed(new_house, url)
    code = dated(house, "2026-11-23 08:30")
    seen = {}
    for hour in range(9):
        look(house)
        seen[hour] = rules(house, code, "deadline.")
        clock.forward(HOUR)
    assert seen[2] == []
    assert seen[3] == ["deadline.near"]
    assert seen[4] == ["deadline.near", "deadline.missed"]
    assert seen[6] == ["deadline.near", "deadline.missed", "deadline.near"]
    assert seen[8] == ["deadline.near", "deadline.missed"] * 2
    assert [values["clock"] for _, values in told(house, code)] == ["acknowledge"] * 2 + ["answer"] * 2
    assert keys(house, code).count("story.missed") == 2


def test_nights_weekends_and_songkran_are_not_counted(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-04-10 15:30")
    house, _ = staffed(new_house, url)
    code = dated(house, "2026-04-10 15:30")
    at(clock, "2026-04-16 11:00")
    look(house)
    assert rules(house, code, "deadline.missed") == []
    at(clock, "2026-04-16 11:31")
    look(house)
    assert rules(house, code, "deadline.missed") == ["deadline.missed"]


def test_an_answer_stops_its_clock(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, cast = staffed(new_house, url)
    code = dated(house, "2026-11-23 08:30")
    desk_of(house).do(cast["anan"], code, "answer_reporter", {"words": "รับเรื่องแล้ว"})
    clock.forward(3 * DAY)
    look(house)
    assert [values["clock"] for rule, values in told(house, code) if rule.startswith("deadline.")] == []


def test_an_untaken_emergency_is_not_also_called_late_for_taking(url: str, new_house: Make, clock: Clock) -> None:
    house, _ = staffed(new_house, url)
    code = emergency(house)
    clock.forward(30 * MINUTE)
    look(house)
    assert "acknowledge" not in [values.get("clock") for _, values in told(house, code)]


# --- waiting ---------------------------------------------------------------------------------------------------------


def asked(house: House, cast: Any, code: str) -> None:
    desk = desk_of(house)
    desk.do(cast["anan"], code, "take", {})
    assert isinstance(desk.do(cast["anan"], code, "ask_reporter", {"words": "เห็นรถสีอะไร"}), Done)


def test_the_clock_stands_while_the_reporter_is_asked(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, cast = staffed(new_house, url)
    code = dated(house, "2026-11-23 08:30")
    asked(house, cast, code)
    clock.forward(30 * DAY)
    look(house)
    assert rules(house, code, "deadline.") == []


def test_the_answer_moves_the_deadlines_by_the_working_time_waited(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, cast = staffed(new_house, url)
    code = dated(house, "2026-11-23 08:30")
    before = case_of(house, code).resolve_by
    asked(house, cast, code)
    clock.forward(11)
    run(house)  # the question reaches the reporter, and the talk turns to this ticket
    at(clock, "2026-11-25 12:30")
    arrive(house, event(7, "Umalee", clock(), text="รถสีน้ำเงิน ทะเบียนมองไม่เห็น"))
    run(house)
    case = case_of(house, code)
    assert case.status == "in_progress"
    assert case.waiting_since is None
    assert before is not None
    assert case.resolve_by == HOURS.due(before, 20)  # two days and a half
    look(house)
    assert rules(house, code, "deadline.") == []


def test_staff_who_end_the_wait_move_the_deadlines_as_well(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, cast = staffed(new_house, url)
    code = dated(house, "2026-11-23 08:30")
    before = case_of(house, code).resolve_by
    asked(house, cast, code)
    clock.forward(DAY)
    done = desk_of(house).do(cast["anan"], code, "resolve", {"resolution": "cannot_verify", "why": "x", "words": "y"})
    assert isinstance(done, Done)
    assert before is not None
    assert case_of(house, code).resolve_by == HOURS.due(before, 8)


def test_what_ended_the_wait_unseen_is_put_right_by_time(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, cast = staffed(new_house, url)
    code = dated(house, "2026-11-23 08:30")
    asked(house, cast, code)
    clock.forward(DAY)
    change(house, code, status="in_progress")
    version = case_of(house, code).version
    look(house)
    case = case_of(house, code)
    assert case.waiting_since is None
    assert case.version == version  # a page that an officer types on is not behind


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 3, 2)), st.floats(0.1, 300), st.floats(0, 2000), st.floats(0, 80)
)
def test_a_wait_never_shortens_and_costs_no_working_time(
    start: datetime, waits_after: float, waits: float, allowed: float
) -> None:
    opened = start.replace(tzinfo=UTC)
    by = HOURS.due(opened, allowed + 1)
    since = opened + timedelta(hours=waits_after)
    now = since + timedelta(hours=waits)
    case = replace(CASE, opened_at=opened, waiting_since=since, resolve_by=by)
    later = pauses.resumed(case, pauses.dues(case), now, HOURS).get("resolve_by", by)
    assert later >= by
    if by > since:
        left_then, left_now = HOURS.worked(since, by), HOURS.worked(now, later)
        assert abs(left_then - left_now) < 0.01
    else:
        assert later == by


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 1)), st.floats(0.1, 200))
def test_counting_back_gives_the_hours_that_were_given(start: datetime, hours: float) -> None:
    begun = start.replace(tzinfo=UTC)
    assert abs(HOURS.worked(begun, HOURS.due(begun, hours)) - hours) < 0.001


def test_leap_day_is_a_day_like_others() -> None:
    assert HOURS.due(thai("2028-02-28 15:30"), 2) == thai("2028-02-29 09:30")
    assert HOURS.worked(thai("2028-02-28 15:30"), thai("2028-03-01 09:30")) == 10


CASE = Case("FD", "complaint", "smell", "normal", "new", "ops", "", datetime(2026, 1, 5, tzinfo=UTC), 0)


@pytest.mark.parametrize("zone", ["Asia/Bangkok", "Europe/Berlin", "America/New_York", "Pacific/Apia"])
def test_the_zone_of_the_machine_does_not_matter(zone: str) -> None:
    """Also where a developer's own clock jumps: on 25 October 2026 in Berlin, on 8 March in New York."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    clocks.tzset()
    try:
        for start in ("2026-10-22 15:00", "2026-03-06 15:00"):
            assert HOURS.due(thai(start), 3).astimezone(THAI).strftime("%H:%M") == "10:00"
            assert HOURS.worked(thai(start), HOURS.due(thai(start), 3)) == 3
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        clocks.tzset()


# --- putting aside, closing ------------------------------------------------------------------------------------------


def test_what_was_put_aside_comes_back(url: str, new_house: Make, clock: Clock) -> None:
    house, cast = staffed(new_house, url)
    code = complaint(house)
    until = datetime.fromtimestamp(clock() / 1000 + 3600, UTC)
    desk_of(house).do(cast["anan"], code, "snooze", {"until": until})
    look(house)
    assert case_of(house, code).snoozed_until == until
    clock.forward(HOUR + 1)
    look(house)
    assert case_of(house, code).snoozed_until is None
    assert rules(house, code, "ticket.awake") == ["ticket.awake"]


def solved(house: House, cast: Any) -> str:
    code, desk = dated(house, "2026-11-23 08:30"), desk_of(house)
    desk.do(cast["anan"], code, "take", {})
    given = {"resolution": "fixed", "words": "ปิดบ่อแล้ว", "evidence": ["k1"]}
    assert isinstance(desk.do(cast["anan"], code, "resolve", given), Done)
    return code


def test_a_result_that_nobody_answers_is_closed_with_a_word(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, cast = staffed(new_house, url)
    code = solved(house, cast)
    at(clock, "2026-12-01 16:00")
    look(house)
    assert case_of(house, code).status == "resolved"
    at(clock, "2026-12-02 08:31")
    look(house)
    assert case_of(house, code).status == "closed"
    run(house)
    assert f"my_tickets|reopen|{code}" in letters(house, "Umalee").splitlines()[-1]
    assert keys(house, code)[-1] == "story.closed_by_house"


def test_a_result_that_is_refused_is_not_closed(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, cast = staffed(new_house, url)
    code = solved(house, cast)
    change(house, code, status="reopened")
    at(clock, "2026-12-20 08:30")
    look(house)
    assert case_of(house, code).status == "reopened"


# --- institutes that are asked ---------------------------------------------------------------------------------------


def referral(house: House, office: str = "thti") -> str:
    return dated(house, "2026-11-23 08:30", kind="referral", type=office, office=office)


def hire(house: House, name: str, office: str) -> Any:
    import sqlalchemy as sa

    from bot.db import members
    from bot.db.tables_staff import staff

    row = {"email": f"{name}@example.go.th", "name": name, "state": "active", "lane": f"U{name}", "made_at": 0}
    with house.database.transaction() as connection:
        connection.execute(sa.insert(staff).values(**row, office=office, role="officer"))
        found = connection.execute(sa.select(staff).where(staff.c.name == name)).one()
    return members.member(found, house.tools.knowledge)


def test_an_institute_that_does_not_answer_in_two_days_goes_up(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, _ = staffed(new_house, url)
    code = referral(house)
    at(clock, "2026-11-24 16:00")
    look(house)
    assert rules(house, code, "referral.") == []
    for _ in range(3):
        at(clock, "2026-11-24 16:31")
        look(house)
        clock.forward(DAY)
    assert rules(house, code, "referral.") == ["referral.late"]
    run(house)
    assert code in letters(house, "Umalee").splitlines()[-1]


def test_an_institute_that_took_it_is_not_late(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, _ = staffed(new_house, url)
    code, officer = referral(house), hire(house, "thip", "thti")
    assert isinstance(desk_of(house).do(officer, code, "take", {}), Done)
    clock.forward(9 * DAY)
    look(house)
    assert rules(house, code, "referral.") == []


def test_a_question_that_goes_in_a_circle_lands_at_the_hub(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, cast = staffed(new_house, url)
    code, desk = referral(house), desk_of(house)
    thip, nok = hire(house, "thip", "thti"), hire(house, "nok", "isit")
    assert isinstance(desk.do(thip, code, "decline", {"office": "isit", "words": "เป็นเหล็ก"}), Done)
    assert case_of(house, code).office == "isit"
    assert isinstance(desk.do(nok, code, "decline", {"office": "thti", "words": "เป็นผ้า"}), Done)
    assert case_of(house, code).office == "ops"
    assert isinstance(desk.do(cast["hub"], code, "decline", {"office": "thti", "words": "ตัดสินแล้ว"}), Done)
    assert case_of(house, code).office == "thti"


def test_two_days_begin_anew_where_it_was_passed_on(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, _ = staffed(new_house, url)
    code, thip = referral(house), hire(house, "thip", "thti")
    at(clock, "2026-11-24 15:30")
    desk_of(house).do(thip, code, "decline", {"office": "isit", "words": "เป็นเหล็ก"})
    at(clock, "2026-11-26 15:00")
    look(house)
    assert rules(house, code, "referral.") == []
    at(clock, "2026-11-26 15:31")
    look(house)
    assert rules(house, code, "referral.") == ["referral.late"]


# --- a calendar that changes -----------------------------------------------------------------------------------------


class Calendar:
    """The real knowledge with other special days."""

    def __init__(self, *extra: date) -> None:
        self.hours = Hours(extra)

    def __getattr__(self, name: str) -> Any:
        return getattr(knowledge(), name)

    def due(self, start: datetime, hours: float, clock: bool = False) -> datetime:
        return self.hours.due(start, hours, clock)


def recount(house: House, *extra: date) -> int:
    made = keeper(house)
    made.knowledge = Calendar(*extra)  # type: ignore[assignment]
    return made.recount()


def test_a_holiday_loaded_in_mid_ticket_moves_its_deadlines_once(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, _ = staffed(new_house, url)
    recount(house)
    code = dated(house, "2026-11-23 08:30")
    before = case_of(house, code)
    clock.forward(1)
    assert recount(house, date(2026, 11, 24)) == 1
    assert recount(house, date(2026, 11, 24)) == 0
    after = case_of(house, code)
    assert after.acknowledge_by == before.acknowledge_by
    assert after.answer_by == before.answer_by
    assert after.resolve_by == thai("2026-11-30 16:30")
    assert rules(house, code, "deadline.moved") == ["deadline.moved"]
    assert keys(house, code)[-1] == "story.due_moved"
    assert after.version == before.version
    clock.forward(1)
    assert recount(house) == 1  # the cabinet takes it back
    assert case_of(house, code).resolve_by == before.resolve_by


def test_emergencies_and_what_is_late_already_do_not_move(url: str, new_house: Make, clock: Clock) -> None:
    at(clock, "2026-11-23 08:30")
    house, _ = staffed(new_house, url)
    recount(house)
    urgent, late = emergency(house), dated(house, "2026-11-23 08:30")
    before = case_of(house, urgent).resolve_by, case_of(house, late).resolve_by
    at(clock, "2026-12-15 08:30")
    assert recount(house, date(2026, 11, 24)) == 0
    assert (case_of(house, urgent).resolve_by, case_of(house, late).resolve_by) == before


@given(
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 1)),
    st.floats(0.5, 120),
    st.lists(st.dates(date(2026, 3, 1), date(2026, 12, 20)), max_size=4),
)
def test_a_recounted_deadline_is_the_one_counted_from_the_beginning(
    start: datetime, hours: float, extra: list[date]
) -> None:
    opened, after = start.replace(tzinfo=UTC), Hours(extra)
    case = replace(CASE, opened_at=opened, resolve_by=HOURS.due(opened, hours))
    moved = due.recounted(case, HOURS, after, opened)
    new = moved.get("resolve_by", case.resolve_by)
    assert abs(new - after.due(opened, hours)) <= timedelta(seconds=1)


def test_a_kept_calendar_is_the_one_that_was_kept() -> None:
    years, odd = range(2025, 2029), Hours([date(2026, 11, 24)], [date(2026, 12, 10), date(2026, 12, 12)])
    again = kept_hours(*odd.odd_days(years))
    assert due.days_between(odd, again, years) == []
    days = due.days_between(Hours(), again, years)
    assert days == [date(2026, 11, 24), date(2026, 12, 10), date(2026, 12, 12)]


# --- rest ------------------------------------------------------------------------------------------------------------


def test_a_ticket_that_has_ended_is_never_looked_at_again(url: str, new_house: Make, clock: Clock) -> None:
    from bot.db.tables import tickets
    from tests.house import rows

    house, cast = staffed(new_house, url)
    code = complaint(house)
    desk_of(house).do(cast["anan"], code, "take", {})
    desk_of(house).do(cast["anan"], code, "reject", {"words": "นอกอำนาจ"})
    look(house)
    assert [row.look_at for row in rows(house.database, tickets, "code")] == [None]


def test_a_ticket_that_cannot_be_looked_at_does_not_stop_the_others(url: str, new_house: Make, clock: Clock) -> None:
    house, _ = staffed(new_house, url)
    sick, well = emergency(house), emergency(house, "Uother", 2)
    change(house, sick, report="{")
    clock.forward(6 * MINUTE)
    look(house)
    assert rules(house, well, "climb.") == ["climb.1"]
    assert steps_of(house, sick) == []
    change(house, sick, report="{}")
    look(house)
    assert rules(house, sick, "climb.") == ["climb.1"]


def test_fast_time_is_real_time_seen_from_the_opening() -> None:
    opened = datetime(2026, 11, 23, tzinfo=UTC)
    time = Time(opened + timedelta(minutes=1), opened, 60)
    assert time.fast == opened + timedelta(hours=1)
    assert time.real(opened + timedelta(hours=2)) == opened + timedelta(minutes=2)
