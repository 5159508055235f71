"""The pages of incidents, the fast lane, the map and factories: what they show, to whom, and what their buttons do."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from itertools import accumulate

import pytest
import sqlalchemy as sa

from bot import words
from bot.console import spot
from bot.db.tables import tickets
from bot.db.tables_staff import incidents as table
from handlers.vocabulary import Answer
from knowledge import outline_lines
from knowledge.model import Place
from tests.consoled import Office
from tests.house import rows
from tests.staffed import CAST, complaint
from tests.test_incidents import HERE, burst, pass_time

FACTORY = "เรืองชัยพลาสติก"


def smells(desk: Office, many: int = 3) -> list[str]:
    report = {"what": Answer("เหม็นเหมือนยางไหม้ทุกคืน เด็กไอ"), "factory": Answer(FACTORY)}
    codes = [complaint(desk.house, f"U{n}", place=HERE, report=report, summary=f"กลิ่นยางไหม้ {n}") for n in range(many)]
    pass_time(desk.house)
    while words.gather(desk.house.database, desk.house.tools.knowledge):
        pass
    return codes


def status(desk: Office, code: str) -> str:
    return next(row.status for row in rows(desk.house.database, tickets) if row.code == code)


def test_a_proposal_is_confirmed_with_one_button(desk: Office) -> None:
    codes = smells(desk)
    anan = desk.sign_in("anan")
    page = anan.get("/console/incidents?state=proposed").text
    assert all(code in page for code in codes)
    (incident,) = rows(desk.house.database, table)
    assert anan.post(f"/console/incidents/{incident.id}/confirm").status_code == 303
    assert sorted(status(desk, code) for code in codes) == ["merged", "merged", "new"]
    shown = anan.get(f"/console/incidents/{incident.id}").text
    assert all(code in shown for code in codes)
    assert "U0" not in shown  # nobody's name or lane


def test_a_refused_proposal_is_not_proposed_again(desk: Office) -> None:
    smells(desk)
    (incident,) = rows(desk.house.database, table)
    desk.sign_in("anan").post(f"/console/incidents/{incident.id}/refuse")
    desk.house.clock.forward(10)  # type: ignore[attr-defined]
    pass_time(desk.house)
    assert [row.state for row in rows(desk.house.database, table)] == ["refused"]


def test_another_office_sees_no_incident_and_changes_none(desk: Office) -> None:
    codes = smells(desk)
    (incident,) = rows(desk.house.database, table)
    charlie = desk.sign_in("charlie")
    assert codes[0] not in charlie.get("/console/incidents?state=proposed").text
    assert charlie.get(f"/console/incidents/{incident.id}").status_code == 404
    assert charlie.post(f"/console/incidents/{incident.id}/confirm").status_code == 404
    assert desk.sign_in("orn").post(f"/console/incidents/{incident.id}/confirm").status_code == 403
    assert {status(desk, code) for code in codes} == {"new"}


def test_the_fast_lane_takes_merges_calms_and_skips(desk: Office) -> None:
    burst(desk.house, 25)
    pass_time(desk.house)
    (incident,) = rows(desk.house.database, table)
    anan, at = desk.sign_in("anan"), f"/console/triage?incident={incident.id}"
    seen = []
    for act in ("merge", "calm", "skip", "take"):
        page = anan.get(at)
        code = page.text.split('name="code" value="')[1].split('"')[0]
        given = {"code": code, "act": act, "incident": str(incident.id), "into": str(incident.id)}
        given["skip"] = page.text.split('name="skip" value="')[1].split('"')[0]
        answer = anan.post("/console/triage/do", data=given)
        assert answer.status_code == 303
        at = answer.headers["location"]
        seen.append(code)
    assert len(set(seen)) == 4
    assert incident.lead not in seen
    assert [status(desk, code) for code in seen] == ["merged", "new", "new", "acknowledged"]
    assert next(row for row in rows(desk.house.database, tickets) if row.code == seen[1]).urgency == "normal"


def test_the_map_shows_what_a_member_may_see_from_afar_and_close(desk: Office) -> None:
    codes = smells(desk)
    complaint(desk.house, "Uf", place=Place("TH-50", "5001", "500101", 18.79, 98.98), office="provincial_office@TH-50")
    anan, adisorn = desk.sign_in("anan"), desk.sign_in("adisorn")
    whole = json.loads(adisorn.get("/console/map/tickets").text)
    assert sum(one[2] for one in whole["squares"]) == 4
    assert sum(one[2] for one in json.loads(anan.get("/console/map/tickets").text)["squares"]) == 3
    lat, lon, *_ = next(one for one in whole["squares"] if one[2] == 3)
    assert abs(lat - HERE.lat) < 1  # type: ignore[operator]
    assert abs(lon - HERE.lon) < 1  # type: ignore[operator]
    close = json.loads(anan.get("/console/map/tickets?box=13.4,100.5,13.7,100.8").text)
    assert sorted(one[2] for one in close["points"]) == sorted(codes)
    assert json.loads(anan.get("/console/map/tickets?box=nonsense").text)["squares"]


def test_the_map_opens_on_ones_own_province_and_the_land_is_closed(desk: Office) -> None:
    south, west, north, east = (
        float(one) for one in re.findall(r'data-own="([^"]+)"', _map(desk, "anan"))[0].split(",")
    )
    assert south < HERE.lat < north  # type: ignore[operator]
    assert west < HERE.lon < east  # type: ignore[operator]
    assert north - south < 1
    assert 'data-own="5.500' in _map(desk, "adisorn")
    rings = json.loads(desk.sign_in("anan").get("/console/map/land").text)
    largest = max(rings, key=len)
    assert abs(sum(largest[2::2])) + abs(sum(largest[3::2])) == 0  # the steps lead back to where they began


def _map(desk: Office, who: str) -> str:
    return desk.sign_in(who).get("/console/map").text


def test_lines_of_provinces_and_of_the_districts_of_a_view(desk: Office) -> None:
    anan = desk.sign_in("anan")
    assert len(json.loads(anan.get("/console/map/lines").text)) > 500
    assert "TH-11" in json.loads(anan.get("/console/map/provinces?box=13.4,100.5,13.7,100.8").text)
    assert len(json.loads(anan.get("/console/map/lines/TH-11").text)) > 20
    assert anan.get("/console/map/lines/TH-99").status_code == 404


def test_fragments_of_a_ticket_show_near_ones_alike_ones_and_the_factory(desk: Office) -> None:
    first, second, third = smells(desk)
    done = desk.house.desk
    done.do(desk.cast["anan"], third, "take", {})
    how = {"resolution": "no_fault", "measured": "ไม่เกินค่ามาตรฐาน", "words": "ตรวจวัดแล้วไม่เกินค่า"}
    done.do(desk.cast["anan"], third, "resolve", how)
    anan = desk.sign_in("anan")
    near = anan.get(f"/console/tickets/{first}/near").text
    assert second in near
    assert third not in near  # it is over
    alike = anan.get(f"/console/tickets/{first}/alike").text
    assert third in alike
    assert "ตรวจวัดแล้วไม่เกินค่า" in alike
    assert FACTORY in anan.get(f"/console/tickets/{first}/factory").text
    page = anan.get(f"/console/factories/{FACTORY}")
    assert page.status_code == 200
    assert all(code in page.text for code in (first, second, third))
    assert desk.sign_in("charlie").get(f"/console/factories/{FACTORY}").status_code == 404
    assert FACTORY in anan.get("/console/factories").text
    assert "svg" in anan.get(f"/console/tickets/{first}/map").text


def test_a_tickets_map_shows_its_district_under_the_pin_and_is_small(lite: Office) -> None:
    code = complaint(lite.house, "U1", place=HERE)
    shown = lite.sign_in("anan").get(f"/console/tickets/{code}/map").text
    assert shown.count("<svg") == 2
    assert len(re.findall(r'class="(?:land|edges|borders)" d="M', shown)) >= 3
    assert "<script" not in shown
    assert len(gzip.compress(shown.encode())) <= 15_000


@pytest.mark.parametrize(
    ("place", "pictures"),
    [
        (Place("TH-11", "1101"), 1),  # no pin: the district alone
        (Place("TH-11"), 1),
        (Place("TH-50", "5001", "", 13.53, 100.65), 1),  # the pin lies elsewhere: its surroundings alone
        (Place(""), 0),
    ],
)
def test_a_tickets_map_shows_what_is_known(place: Place, pictures: int, lite: Office) -> None:
    code = complaint(lite.house, "U1", place=place, office=lite.cast["anan"].office)
    shown = lite.sign_in("anan").get(f"/console/tickets/{code}/map").text
    assert shown.count("<svg") == pictures


@pytest.mark.parametrize("district", ["1101", "1032", "2001", "5801", "3001"])
def test_a_pin_lies_on_the_land_that_is_drawn(district: str) -> None:
    """Looked at by the picture itself: the middle of each subdistrict's box is on land."""
    province = f"TH-{district[:2]}"
    drawn = spot.of_district(province, district)
    assert drawn is not None
    rings = [[tuple(map(int, step)) for step in re.findall(r"(-?\d+) (-?\d+)", part)] for part in drawn.land.split("M")]
    inside = [
        any(_holds(ring, drawn.view.at((low + high) / 2, (left + right) / 2)) for ring in rings if ring)
        for low, left, high, right, code in outline_lines.spots()[province]
        if code.startswith(district)
    ]
    assert sum(inside) >= 0.9 * len(inside)


def _holds(ring: list[tuple[int, ...]], at: tuple[int, int]) -> bool:
    path = list(accumulate(ring, lambda here, step: (here[0] + step[0], here[1] + step[1])))
    (x, y), inside = at, False
    for (ax, ay), (bx, by) in zip(path, path[1:] + path[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


@pytest.mark.parametrize("name", sorted(CAST))
def test_a_factorys_page_links_only_what_its_reader_may_open(name: str, lite: Office) -> None:
    """A case that went to another office still belongs to the incident of the first, which the second may not see."""
    codes = smells(lite)
    (incident,) = rows(lite.house.database, table)
    lite.sign_in("anan").post(f"/console/incidents/{incident.id}/confirm")
    gone = next(code for code in codes if code != incident.lead)
    with lite.house.database.transaction() as connection:
        away = sa.update(tickets).where(tickets.c.code == gone)
        connection.execute(away.values(office="provincial_office@TH-20", province="TH-20"))
    page = lite.sign_in(name)
    shown = page.get(f"/console/factories/{FACTORY}")
    links = re.findall(r'href="(/console/(?:incidents|tickets)/[^"]+)"', shown.text) if shown.status_code == 200 else []
    assert [to for to in links if page.get(to).status_code != 200] == []


def test_what_another_office_works_on_is_named_without_a_link(lite: Office) -> None:
    codes = smells(lite)
    (incident,) = rows(lite.house.database, table)
    lite.sign_in("anan").post(f"/console/incidents/{incident.id}/confirm")
    with lite.house.database.transaction() as connection:
        away = sa.update(tickets).where(tickets.c.code == next(code for code in codes if code != incident.lead))
        connection.execute(away.values(office=lite.cast["charlie"].office))
    there = f"/console/factories/{FACTORY}"
    assert "ของหน่วยงานอื่น" in lite.sign_in("charlie").get(there).text
    assert f'"/console/incidents/{incident.id}"' not in lite.sign_in("charlie").get(there).text
    assert f'"/console/incidents/{incident.id}"' in lite.sign_in("anan").get(there).text


def test_near_tickets_are_merged_from_the_tickets_page(desk: Office) -> None:
    first = complaint(desk.house, "U1", place=HERE)
    second = complaint(desk.house, "U2", place=replace(HERE, lat=13.531))
    answer = desk.sign_in("anan").post(f"/console/tickets/{second}/incident/open", data={"lead": first})
    assert answer.headers["location"].startswith("/console/incidents/")
    assert status(desk, second) == "merged"
    with desk.house.database.reading() as connection:
        both = connection.execute(sa.select(tickets.c.incident).where(tickets.c.code.in_([first, second]))).scalars()
        assert len(set(both)) == 1
