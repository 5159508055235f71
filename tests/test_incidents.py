"""Reports of the same thing: proposed, confirmed, split; a surge is one event; words to one of many reach all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from bot.db import near
from bot.db.inbox import TOLD
from bot.db.tables import inbox, notices, story, tickets
from bot.db.tables_staff import incidents as table
from bot.db.tables_staff import proposals
from bot.house import House
from bot.timekeeper import Timekeeper
from handlers import incidents as rule
from handlers.incidents import Report
from knowledge.model import Place
from tests.house import arrive, event, rows
from tests.staffed import complaint, run, staffed

Make = Callable[..., House]
HERE = Place("TH-11", "1101", "110101", 13.5300, 100.6500)
BESIDE = Place("TH-11", "1101", "110101", 13.5330, 100.6510)  # 350 metres away
FAR = Place("TH-11", "1101", "110101", 13.6100, 100.7500)


def keeper(house: House) -> Timekeeper:
    return Timekeeper(house.database, house.sealing, house.tools.knowledge, lambda connection: house.clock())


def pass_time(house: House, keepers: int = 1) -> None:
    some = [keeper(house) for _ in range(keepers)]
    while sum([one.step() for one in some]):
        pass


def ticket(house: House, code: str) -> Any:
    with house.database.reading() as connection:
        return connection.execute(sa.select(tickets).where(tickets.c.code == code)).one()


def fire(number: int, at: int = 0, **given: Any) -> Report:
    spot = {"lat": 13.53 + number % 7 * 0.001, "lon": 100.65, "province": "TH-11", "district": "1101"}
    return Report(**{"code": f"C{number}", "type": "factory_fire", "at": at + number, "urgent": True, **spot, **given})


# --- how alike -------------------------------------------------------------------------------------------------------


def test_the_nearer_the_more_alike_and_strangers_are_never() -> None:
    one = Report("a", "smell", 0, 13.53, 100.65, words="เหม็นยางไหม้จากโรงงาน")
    beside = replace(one, code="b", lat=13.531)
    assert rule.alike(one, beside) > rule.alike(one, replace(beside, lat=13.538)) > 0
    assert rule.alike(one, replace(beside, type="dust")) < rule.alike(one, beside)
    assert rule.alike(one, replace(beside, type="service_delay")) == 0
    assert rule.alike(one, replace(beside, lat=None)) == 0
    assert rule.alike(one, replace(beside, at=100 * 3_600_000)) == 0


def test_every_type_in_the_table_of_kin_is_known() -> None:
    from tests.staffed import knowledge

    facts = knowledge().facts
    named = {one for types in rule.rules()["kin"].values() for one in types}
    assert named <= facts.types.keys() | facts.dangers.keys()


def test_many_around_one_spot_are_a_surge_and_others_are_not() -> None:
    assert rule.surges([fire(n) for n in range(19)]) == ()
    (surge,) = rule.surges([*(fire(n) for n in range(25)), fire(99, lat=13.9, lon=100.2)])
    assert len(surge.codes) == 25
    assert surge.lead == "C0"
    assert not surge.wide
    assert 2000 <= surge.reach <= 12_000


def test_an_earthquake_has_no_address() -> None:
    shaken = [
        fire(n, type="building_or_crane_collapse", province="TH-10", district=f"10{n % 50:02}", lat=13.5 + n % 50 / 100)
        for n in range(200)
    ]
    (surge,) = rule.surges(shaken)
    assert surge.wide
    assert surge.areas == {"TH-10"}
    running = rule.Running(1, surge.type, surge.lat, surge.lon, surge.reach, surge.areas, True)
    nowhere = fire(1, type="building_or_crane_collapse", lat=None, lon=None, province="", district="")
    assert rule.member_of(nowhere, [running])
    assert rule.member_of(fire(1), [running]) is None  # a fire meanwhile is told of as any other


def test_another_fire_of_the_province_does_not_vanish_in_a_surge() -> None:
    (surge,) = rule.surges([fire(n) for n in range(30)])
    running = rule.Running(1, surge.type, surge.lat, surge.lon, surge.reach, surge.areas, False)
    assert rule.member_of(fire(50), [running])
    assert rule.member_of(fire(51, lat=13.9, lon=100.9), [running]) is None
    assert rule.member_of(fire(52, lat=None, lon=None, province="", district=""), [running]) is None


# --- proposals -------------------------------------------------------------------------------------------------------


def test_reports_of_the_same_are_proposed_once(url: str, new_house: Make) -> None:
    house, _ = staffed(new_house, url)
    first = complaint(house, "U1", place=HERE)
    second = complaint(house, "U2", place=BESIDE)
    complaint(house, "U3", place=FAR)
    complaint(house, "U4", place=BESIDE, type="service_delay")
    pass_time(house, 2)
    pass_time(house, 2)
    assert {row.code for row in rows(house.database, proposals)} == {first, second}
    assert len(rows(house.database, table)) == 1
    assert ticket(house, first).incident is None  # a question to staff changes nothing


def test_near_tickets_come_by_exact_distance(url: str, new_house: Make) -> None:
    house, _ = staffed(new_house, url)
    codes = [complaint(house, f"U{n}", place=replace(HERE, lat=13.53 + n * 0.003)) for n in range(6)]
    with house.database.reading() as connection:
        found = near.around(connection, 13.53, 100.65, 1100, 0, without=codes[0])
    assert [row.code for row, _ in found] == codes[1:4]
    assert [round(away, -1) for _, away in found] == [330, 670, 1000]


# --- a surge ---------------------------------------------------------------------------------------------------------


def burst(house: House, many: int, begin: int = 0, **given: Any) -> list[str]:
    spot = {"kind": "emergency", "type": "factory_fire", "urgency": "emergency"} | given
    return [
        complaint(house, f"Us{n}", place=replace(HERE, lat=13.53 + n % 9 * 0.001), summary=f"ไฟไหม้ {n}", **spot)
        for n in range(begin, begin + many)
    ]


def test_a_surge_is_announced_once_by_however_many_processes(url: str, new_house: Make) -> None:
    house, _ = staffed(new_house, url)
    codes = burst(house, 30)
    pass_time(house, 3)
    burst(house, 30, 30)
    pass_time(house, 3)
    (incident,) = rows(house.database, table)
    assert [row.code for row in rows(house.database, notices) if row.rule == "surge"] == [incident.lead]
    assert incident.lead in codes
    assert incident.reports == 60
    assert incident.surge_at is not None


def test_single_notices_of_a_surge_are_held_back_but_not_its_leads(url: str, new_house: Make, clock: Any) -> None:
    house, _ = staffed(new_house, url)
    codes = burst(house, 30)
    pass_time(house)
    with house.database.transaction() as connection:
        from bot.db import surges

        quiet = surges.hushed(connection, codes)
        (incident,) = connection.execute(sa.select(table)).all()
    assert quiet == set(codes) - {incident.lead}
    clock.forward(3600)
    pass_time(house)
    climbs = {row.code for row in rows(house.database, notices) if row.rule.startswith("climb")}
    assert climbs <= {incident.lead}
    assert climbs


def test_a_report_that_comes_during_a_surge_joins_in_its_own_commit(url: str, new_house: Make) -> None:
    house, _ = staffed(new_house, url)
    codes = burst(house, 30)
    pass_time(house)
    arrive(house, event(1, "Usomchai", house.clock(), text="ไฟไหม้โรงงาน ช่วยด้วย มีคนติดอยู่"))
    run(house)
    pin = {"type": "location", "id": "9", "latitude": 13.531, "longitude": 100.65}
    arrive(house, event(2, "Usomchai", house.clock() + 1, message=pin))
    run(house)
    pass_time(house)
    (mine,) = [row for row in rows(house.database, tickets) if row.code not in codes]
    (incident,) = rows(house.database, table)
    assert mine.incident == incident.id
    assert incident.reports == 31


# --- working on all of them ------------------------------------------------------------------------------------------


def gathered(url: str, new_house: Make) -> Any:
    """An incident of three complaints, confirmed by Anan: house, cast, numbers of the tickets, incident."""
    from bot.incidents import Incidents

    house, cast = staffed(new_house, url)
    codes = [complaint(house, f"U{n}", place=HERE) for n in range(3)]
    pass_time(house)
    (incident,) = rows(house.database, table)
    assert Incidents(house.desk).confirm(cast["anan"], incident.id) == 2
    return house, cast, codes, incident


@pytest.fixture
def together(url: str, new_house: Make, clock: Any) -> Any:
    made = gathered(url, new_house)
    clock.forward(60)
    return made


def told(house: House, key: str) -> list[str]:
    import orjson

    found = [orjson.loads(row.raw) for row in rows(house.database, inbox) if row.kind == TOLD and row.raw]
    return sorted(one["code"] for one in found if one["key"] == key)


def test_merging_tells_each_reporter_once(together: Any) -> None:
    house, _cast, codes, incident = together
    merged = sorted(set(codes) - {incident.lead})
    assert told(house, "told.merged") == merged
    pass_time(house)
    assert told(house, "told.merged") == merged
    assert [ticket(house, code).status for code in merged] == ["merged", "merged"]
    assert ticket(house, incident.lead).status == "new"


def test_an_answer_to_the_lead_reaches_every_reporter(together: Any, clock: Any) -> None:
    house, cast, codes, incident = together
    house.desk.do(cast["anan"], incident.lead, "answer_reporter", {"words": "กำลังไปดูค่ะ"})
    pass_time(house)
    assert told(house, "told.answer") == [incident.lead]  # the others wait until it can no longer be undone
    clock.forward(20)
    pass_time(house, 3)
    assert told(house, "told.answer") == sorted(codes)


def pressing(house: House, lead: str) -> None:
    with house.database.transaction() as connection:
        connection.execute(sa.update(tickets).where(tickets.c.code == lead).values(urgency="emergency"))


def known(house: House, code: str) -> list[str]:
    """What the story tells the reporter of this ticket."""
    return [row.key for row in rows(house.database, story) if (row.code, row.audience) == (code, "reporter")]


def test_that_somebody_took_it_reaches_every_reporter_once(together: Any, clock: Any) -> None:
    house, cast, codes, incident = together
    pressing(house, incident.lead)
    house.desk.do(cast["anan"], incident.lead, "take", {})
    pass_time(house, 3)
    pass_time(house)
    assert told(house, "told.taken") == sorted(codes)
    assert all(known(house, code).count("story.acknowledge") == 1 for code in codes)
    assert {ticket(house, code).status for code in codes} == {"acknowledged", "merged"}


def test_where_nobody_is_told_at_once_the_story_of_each_tells_who_has_it(together: Any, clock: Any) -> None:
    house, cast, codes, incident = together
    done = house.desk.do(cast["anan"], incident.lead, "take", {})
    clock.forward(5)
    house.desk.undo(cast["anan"], done.deed)
    clock.forward(20)
    pass_time(house)
    assert not any("story.acknowledge" in known(house, code) for code in codes if code != incident.lead)
    house.desk.do(cast["anan"], incident.lead, "take", {})
    clock.forward(20)
    pass_time(house, 3)
    assert told(house, "told.taken") == []
    assert all("story.acknowledge" in known(house, code) for code in codes)


def test_thousands_in_a_surge_read_in_the_story_that_it_was_taken(together: Any, clock: Any) -> None:
    house, cast, codes, incident = together
    pressing(house, incident.lead)
    with house.database.transaction() as connection:
        connection.execute(sa.update(table).values(surge_at=house.clock()))
    house.desk.do(cast["anan"], incident.lead, "take", {})
    pass_time(house, 3)
    assert told(house, "told.taken") == [incident.lead]
    assert all("story.acknowledge" in known(house, code) for code in codes)


def test_an_undone_answer_reaches_nobody(together: Any, clock: Any) -> None:
    house, cast, _codes, incident = together
    done = house.desk.do(cast["anan"], incident.lead, "answer_reporter", {"words": "ผิดเรื่อง"})
    assert house.desk.undo(cast["anan"], done.deed) is None
    clock.forward(20)
    pass_time(house)
    assert told(house, "told.answer") == []


def test_what_is_resolved_is_resolved_for_all_and_each_may_say_no(together: Any, clock: Any) -> None:
    house, cast, codes, incident = together
    house.desk.do(cast["anan"], incident.lead, "take", {})
    how = {"resolution": "no_fault", "measured": "กลิ่นไม่เกินค่า", "words": "ตรวจแล้วค่ะ"}
    house.desk.do(cast["anan"], incident.lead, "resolve", how)
    clock.forward(20)
    pass_time(house)
    assert {ticket(house, code).status for code in codes} == {"resolved"}
    assert told(house, "told.resolved") == sorted(codes)


def test_words_of_a_merged_ticket_reach_the_lead_and_whoever_works_on_it(together: Any, clock: Any) -> None:
    house, _cast, codes, incident = together
    run(house)
    other = next(code for code in codes if code != incident.lead)
    who = f"U{codes.index(other)}"
    arrive(house, event(7, who, house.clock(), text="เหม็นอีกแล้วเมื่อคืน หนักกว่าเดิม"))
    run(house)
    said = [row for row in rows(house.database, story) if row.key == "story.together"]
    assert [(row.code, row.audience) for row in said] == [(incident.lead, "staff")]
    assert said[0].words == "เหม็นอีกแล้วเมื่อคืน หนักกว่าเดิม"
    assert [row.code for row in rows(house.database, notices) if row.rule == "reporter.added"] == [incident.lead]


def test_a_split_report_is_worked_on_alone_again(together: Any) -> None:
    house, cast, codes, incident = together
    from bot.incidents import Incidents

    other = next(code for code in codes if code != incident.lead)
    assert Incidents(house.desk).split(cast["anan"], other) is None
    assert ticket(house, other).incident is None
    assert ticket(house, other).status == "new"
    assert rows(house.database, table)[0].reports == 2
    assert Incidents(house.desk).split(cast["anan"], incident.lead) is not None


def test_two_incidents_become_one(together: Any) -> None:
    house, cast, codes, incident = together
    from bot.incidents import Incidents

    desk = Incidents(house.desk)
    more = [complaint(house, f"Ux{n}", place=FAR) for n in range(2)]
    pass_time(house)
    second = next(row for row in rows(house.database, table) if row.id != incident.id)
    desk.confirm(cast["anan"], second.id)
    assert desk.unite(cast["anan"], second.id, incident.id) is None
    assert {ticket(house, code).incident for code in (*codes, *more)} == {incident.id}
    assert rows(house.database, table, "id")[0].reports == 5


def test_a_stranger_to_the_office_may_not_touch_it(together: Any) -> None:
    house, cast, codes, incident = together
    from bot.incidents import Incidents

    desk = Incidents(house.desk)
    assert desk.see(cast["charlie"], incident.id) is None
    assert desk.confirm(cast["charlie"], incident.id) == 0
    assert desk.split(cast["charlie"], codes[0]) is not None


# --- is it this one? -------------------------------------------------------------------------------------------------


def says(house: House) -> str:
    from bot.db.tables import outbox

    return "\n".join(row.messages for row in rows(house.database, outbox, "id"))


def test_a_new_reporter_near_an_open_incident_joins_with_one_tap(together: Any) -> None:
    house, _cast, codes, incident = together
    text = "โรงงานปล่อยกลิ่นเหม็นมากทุกคืน นอนไม่ได้เลย"
    arrive(house, event(20, "Unew", house.clock(), text=text))
    run(house)
    pin = {"type": "location", "id": "99", "latitude": 13.5315, "longitude": 100.6505}
    arrive(house, event(21, "Unew", house.clock() + 1, message=pin))
    run(house)
    assert "มีผู้แจ้ง 3 ราย" in says(house)
    assert "เหม็นมากทุกคืน" not in says(house).replace(text, "")  # no word of others
    arrive(house, event(22, "Unew", house.clock() + 2, text="ใช่"))
    run(house)
    (mine,) = [row for row in rows(house.database, tickets) if row.code not in codes]
    assert (mine.status, mine.incident) == ("merged", incident.id)
    assert rows(house.database, table)[0].reports == 4
    assert [row.rule for row in rows(house.database, notices) if row.code == incident.lead][-1] == "reporter.joined"


def test_who_says_no_goes_on_with_an_own_report(together: Any) -> None:
    house, _cast, codes, _incident = together
    arrive(house, event(20, "Unew", house.clock(), text="โรงงานปล่อยกลิ่นเหม็นมากทุกคืน นอนไม่ได้เลย"))
    run(house)
    pin = {"type": "location", "id": "99", "latitude": 13.5315, "longitude": 100.6505}
    arrive(house, event(21, "Unew", house.clock() + 1, message=pin))
    run(house)
    arrive(house, event(22, "Unew", house.clock() + 2, text="ไม่ใช่"))
    run(house)
    from bot.db import conversations

    with house.database.reading() as connection:
        talk = conversations.load(connection, ["Unew"], house.sealing)["Unew"]
    assert talk.asked.startswith("complaint.")
    assert talk.asked != "complaint.same"
    assert len(rows(house.database, tickets)) == len(codes)


def test_an_emergency_is_a_ticket_before_anybody_asks(url: str, new_house: Make) -> None:
    house, _cast = staffed(new_house, url)
    burst(house, 30)
    pass_time(house)
    before = len(rows(house.database, tickets))
    words = "ไฟไหม้โรงงานที่บางปู สมุทรปราการ ช่วยด้วย มีคนเจ็บ"
    arrive(house, event(30, "Unew", house.clock(), text=words))
    run(house)
    assert len(rows(house.database, tickets)) == before + 1
    pin = {"type": "location", "id": "99", "latitude": 13.5315, "longitude": 100.6505}
    arrive(house, event(31, "Unew", house.clock() + 1, message=pin))
    run(house)
    arrive(house, event(32, "Unew", house.clock() + 2, text="ใช่"))
    run(house)
    assert [row.status for row in rows(house.database, tickets)].count("merged") == 1


def test_a_ticket_is_merged_only_into_an_incident_that_is_worked_on(together: Any) -> None:
    from handlers.staff import Refused

    house, cast, _codes, incident = together
    fresh = complaint(house, "Ufresh", place=FAR)
    for number in (0, 999, incident.id + 1):
        assert isinstance(house.desk.do(cast["anan"], fresh, "merge", {"incident": number}), Refused)
    assert isinstance(house.desk.do(cast["anan"], incident.lead, "merge", {"incident": incident.id}), Refused)
    assert ticket(house, fresh).status == "new"
    assert not isinstance(house.desk.do(cast["anan"], fresh, "merge", {"incident": incident.id}), Refused)
