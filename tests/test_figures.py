"""Figures: sums that are right on both databases, only of what is one's own, and files that hold no live formula."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa

from bot import figures, sheets
from bot.console.figures import BY, SHARES
from bot.db import figures as rows
from bot.db import marks
from bot.db.tables import tickets
from tests.consoled import Office
from tests.staffed import CHIANG_MAI, SAMUT_PRAKAN, complaint

MINUTE, HOUR = 60_000, 3_600_000


def put(desk: Office, who: str, office: str = SAMUT_PRAKAN, **columns: Any) -> str:
    """A ticket, and how its row shall stand; moments are counted from its opening."""
    code = complaint(desk.house, who, office=office)
    opened = desk.house.clock()
    values = {name: opened + value if name.endswith(("_at", "_by")) else value for name, value in columns.items()}
    with desk.house.database.transaction() as connection:
        connection.execute(sa.update(tickets).where(tickets.c.code == code).values(**values))
    return code


def month(desk: Office) -> None:
    for number in range(9):
        put(desk, f"U{number}", acknowledged_at=(number + 1) * 10 * MINUTE, acknowledge_by=60 * MINUTE)
    put(desk, "Ulate", acknowledged_at=30 * HOUR, acknowledge_by=HOUR, resolved_at=50 * HOUR, rating=4, reopened=1)
    put(desk, "Uwrong", acknowledged_at=MINUTE, first_type="noise", rating=5)
    put(desk, "Udrill", drill=True)
    put(desk, "Ufar", office=CHIANG_MAI, province="TH-50")


def asked(desk: Office, by: str = "office", who: str = "adisorn") -> tuple[list[figures.Line], figures.Line]:
    from bot.db import scope

    now, seen = desk.house.clock(), scope.of(desk.cast[who], desk.house.tools.knowledge)
    period = rows.Period(now - 24 * HOUR, now + 24 * HOUR)
    with desk.house.database.reading() as connection:
        sums = rows.sums(connection, seen, period, by, now)
        taken = rows.times(connection, seen, period, by, "taken_step")
        resolved = rows.times(connection, seen, period, by, "resolved_step")
        assert sum(rows.days(connection, seen, period).values()) == sum(has["opened"] for has in sums.values())
    return figures.lines(sums, taken, resolved), figures.whole(sums, taken, resolved)


def test_the_sums_are_right(desk: Office) -> None:
    month(desk)
    lines, whole = asked(desk)
    here = next(line for line in lines if line.group == SAMUT_PRAKAN)
    assert (whole.opened, here.opened, here.resolved, here.reopened, here.rated) == (12, 11, 1, 1, 2)
    assert here.stars == 4.5
    assert here.taken_median == pytest.approx(51 / 60, abs=0.2)
    assert here.taken_p90 == pytest.approx(1.5, abs=0.2)
    assert here.resolved_median == pytest.approx(50, abs=1)
    assert here.in_time == pytest.approx(6 / 11)
    assert here.kept == pytest.approx(10 / 11)


def test_each_sees_the_figures_of_their_own(desk: Office) -> None:
    month(desk)
    assert [line.group for line in asked(desk, who="wipa")[0]] == [SAMUT_PRAKAN]
    page = desk.sign_in("wipa").get("/console/figures?by=office").text
    assert "สมุทรปราการ" in page
    assert "สำนักงานอุตสาหกรรมจังหวัดเชียงใหม่" not in page
    assert desk.sign_in("anan").get("/console/figures").status_code == 403


@pytest.mark.parametrize("by", BY)
def test_every_way_to_look_makes_a_page_and_a_file(by: str, lite: Office) -> None:
    month(lite)
    page = lite.sign_in("adisorn")
    for lang in ("th", "en"):
        page.post("/console/lang", data={"lang": lang})
        assert "<svg" in page.get("/console/figures", params={"by": by, "kind": "complaint"}).text
    answer = page.post("/console/figures/export", data={"by": by, "as": "csv"})
    read = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert sum(int(row[1]) for row in read[1:]) == 12


@pytest.mark.parametrize(
    "given", [{"from": "x", "to": "2099-99-99"}, {"from": "1990-01-01"}, {"by": "code", "type": "'"}]
)
def test_what_makes_no_sense_is_left_out(given: dict[str, str], lite: Office) -> None:
    assert lite.sign_in("adisorn").get("/console/figures", params=given).status_code == 200


def test_an_export_is_in_the_audit_log(lite: Office) -> None:
    from bot.db.tables import audit
    from tests.house import rows as rows_of

    lite.sign_in("orn").post("/console/figures/export", data={"as": "xlsx"})
    last = rows_of(lite.house.database, audit, "id")[-1]
    assert (last.who, last.act) == (f"staff:{lite.cast['orn'].id}", "export")


@pytest.mark.parametrize("cell", ["=1+1", "+66", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_comes_to_life(cell: str) -> None:
    told = list(csv.reader(io.StringIO(sheets.as_csv(["a"], [[cell]]).decode("utf-8-sig"), newline="")))
    assert told[1][0] == f"'{cell}"
    with zipfile.ZipFile(io.BytesIO(sheets.as_xlsx(["a"], [[cell]]))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_the_public_learns_nothing_of_few(lite: Office) -> None:
    month(lite)
    lines, _ = asked(lite)
    told = {row[0]: dict(zip(figures.COLUMNS, row[1:], strict=True)) for row in figures.for_all(lines)}
    assert told[CHIANG_MAI]["opened"] == "<5"
    assert set(told[CHIANG_MAI].values()) == {"<5", ""}
    here = told[SAMUT_PRAKAN]
    assert (here["resolved"], here["resolved_median"], here["stars"], here["opened"]) == ("<5", None, None, 11)
    assert all(here[share] is None or 0 <= here[share] <= 1 for share in SHARES)


def test_steps_are_as_long_as_they_say() -> None:
    for hours in (0.1, 0.9, 1.0, 1.4, 23.9, 24, 100.5, 167.9, 168, 500.2, 90 * 24 - 1):
        assert marks.upper(_step(hours)) == pytest.approx(hours, abs=0.51 if hours < 168 else 3)
    assert _step(90 * 24) == _step(1000 * 24) == _step(90 * 24 - 1) + 1


def _step(hours: float) -> int:
    step = marks.stepped("until").replace("until", str(round(hours * HOUR))).replace("opened_at", "0")
    with sa.create_engine("sqlite://").connect() as connection:
        return int(connection.execute(sa.text(f"SELECT {step}")).scalar_one())


def test_a_curve_keeps_every_ticket() -> None:
    days = {10: 3, 11: 1, 200: 5}
    found = figures.curve(days, 10, 200)
    assert sum(number for _, number in found) == 9
    assert len(found) <= 62
