"""Who is on duty, who stands in, who can be reached; and the page on which an office keeps its rota."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.db import rota
from bot.db.tables import audit
from bot.db.tables_staff import groups, ways
from bot.db.tables_staff import rota as table
from bot.house import House
from handlers import duty
from handlers.duty import Roster, Shift
from handlers.people import Member
from tests.consoled import Office
from tests.house import START, rows
from tests.staffed import CHIANG_MAI, SAMUT_PRAKAN, knowledge, staffed
from tests.timed import account, shift

Make = Callable[..., House]
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def member(id_: int, role: Any = "officer", duties: str = "") -> Member:
    return Member(id_, f"m{id_}", "x", role, duties=frozenset(duties.split()))


def roster(*shifts: Shift, reached: tuple[int, ...] = (1, 2, 3, 4)) -> Roster:
    staff = [member(1), member(2), member(3, "deputy", "mine"), member(4, "auditor")]
    return Roster({one.id: one for one in staff}, shifts, frozenset(reached))


def row(who: int, kind: Any = "duty", deputy: int = 0, start: timedelta = -HOUR, end: timedelta = HOUR) -> Shift:
    return Shift(0, "x", who, NOW + start, NOW + end, kind, deputy)


def ids(made: Roster, at: datetime = NOW) -> list[int]:
    return [one.id for one in duty.on_duty(made, "x", at)]


def test_whoever_the_rota_names_is_on_duty_to_the_minute() -> None:
    made = roster(row(2))
    assert ids(made) == [2]
    assert ids(made, NOW - HOUR) == [2]
    assert ids(made, NOW + HOUR) == [1, 2]  # nobody any more, so all officers


def test_without_a_rota_the_officers_are_on_duty_and_no_auditor() -> None:
    assert ids(roster()) == [1, 2]


def test_leave_is_replaced_by_the_deputy_also_for_those_without_a_rota() -> None:
    assert ids(roster(row(2), row(2, "leave", 3))) == [3]
    assert ids(roster(row(2, "leave", 3))) == [1, 3]
    assert ids(roster(row(2, "leave"))) == [1]


def test_deputies_on_leave_have_deputies_and_a_circle_ends() -> None:
    assert ids(roster(row(1), row(1, "leave", 2), row(2, "leave", 3))) == [3]
    circle = (row(1), row(1, "leave", 2), row(2, "leave", 1))
    assert ids(roster(*circle)) == [3]  # both officers are away: the rest of the office that may work


def test_where_nobody_on_duty_can_be_reached_all_of_the_office_are_meant() -> None:
    assert ids(roster(row(2), reached=(1,))) == [2, 1]


def red(house: House, office: str = SAMUT_PRAKAN) -> bool:
    with house.database.reading() as connection:
        made = rota.roster(connection, datetime.fromtimestamp(house.clock() / 1000, UTC), knowledge())
    return not duty.can_be_reached(made, office)


def test_an_office_is_red_when_nobody_can_be_reached(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    assert not red(house)
    account(house, "duang", lane="")
    account(house, "anan", lane_state="blocked")
    assert red(house)
    assert red(house, "provincial_office@TH-21")
    way = {"staff": cast["duang"].id, "kind": "apprise", "address": b"x", "made_at": START}
    with house.database.transaction() as connection:
        connection.execute(sa.insert(ways).values(**way, wants="digest"))
    assert red(house)
    with house.database.transaction() as connection:
        connection.execute(sa.update(ways).values(wants="urgent"))
    assert not red(house)
    with house.database.transaction() as connection:
        connection.execute(sa.update(ways).values(state="gone"))
        group = {"lane": "Cgroup", "office": SAMUT_PRAKAN, "by": cast["adisorn"].id, "at": START}
        connection.execute(sa.insert(groups).values(**group))
    assert not red(house)


# --- the page --------------------------------------------------------------------------------------------------------


def form(made: Office, **given: str) -> dict[str, str]:
    return {
        "kind": "duty",
        "staff": str(made.cast["anan"].id),
        "from_day": "2026-11-18",
        "from_clock": "08:30",
        "to_day": "2026-11-19",
        "to_clock": "08:30",
        **given,
    }


def test_a_deputy_puts_somebody_on_duty_and_takes_it_back(desk: Office) -> None:
    page = desk.sign_in("duang")
    assert page.post("/console/rota/add", data=form(desk)).status_code == 303
    (kept,) = rows(desk.house.database, table, "id")
    assert kept.to_at - kept.from_at == 24 * 3_600_000
    assert datetime.fromtimestamp(kept.from_at / 1000, UTC) == datetime(2026, 11, 18, 1, 30, tzinfo=UTC)
    shown = page.get("/console/rota?week=2026-11-18").text
    assert "anan" in shown
    assert "2569" in shown
    assert page.post("/console/rota/remove", data={"shift": str(kept.id)}).status_code == 303
    assert rows(desk.house.database, table, "id") == []
    assert [one.act for one in rows(desk.house.database, audit, "id")] == ["rota_add", "rota_remove"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"to_day": "2026-11-17"},
        {"to_day": "2999-01-01"},
        {"from_day": "tomorrow"},
        {"from_clock": "25:00"},
        {"staff": "abc"},
        {"staff": "9999"},
        {"kind": "leave", "deputy": "9999"},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(wrong: dict[str, str], desk: Office) -> None:
    answer = desk.sign_in("duang").post("/console/rota/add", data=form(desk, **wrong))
    assert answer.status_code == 422
    assert rows(desk.house.database, table, "id") == []


def test_nobody_writes_into_the_rota_of_another_office(desk: Office) -> None:
    for name in ("anan", "charlie", "wipa", "hub", "orn", "field"):
        assert desk.sign_in(name).post("/console/rota/add", data=form(desk)).status_code == 403, name
    other = form(desk, office=CHIANG_MAI, staff=str(desk.cast["charlie"].id))
    assert desk.sign_in("duang").post("/console/rota/add", data=other).status_code == 403
    assert desk.sign_in("adisorn").post("/console/rota/add", data=other).status_code == 303
    shift(desk.house, desk.cast["charlie"], 3600, office=CHIANG_MAI)
    theirs = rows(desk.house.database, table, "id")[-1]
    desk.sign_in("duang").post("/console/rota/remove", data={"shift": str(theirs.id)})
    assert len(rows(desk.house.database, table, "id")) == 2


def test_everybody_sees_the_own_office_and_an_administrator_each(desk: Office) -> None:
    shift(desk.house, desk.cast["charlie"], 3600, office=CHIANG_MAI)
    assert "charlie" not in desk.sign_in("anan").get(f"/console/rota?office={CHIANG_MAI}").text
    assert "charlie" in desk.sign_in("adisorn").get(f"/console/rota?office={CHIANG_MAI}").text


def test_an_office_that_nobody_reaches_is_told_so_on_its_page(desk: Office) -> None:
    page = desk.sign_in("anan")
    assert 'role="alert"' not in page.get("/console/rota").text
    for name in ("anan", "duang"):
        account(desk.house, name, lane_state="left")
    assert 'role="alert"' in page.get("/console/rota").text
