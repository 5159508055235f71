"""No report is left behind: when the ticket that leads an incident goes, another one leads, or it may not go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.db import leading, surges, tickets
from bot.db.tables import media
from bot.db.tables import tickets as ticket_rows
from bot.db.tables_staff import incidents as table
from bot.desk import Done
from bot.house import House
from bot.incidents import Incidents
from handlers.staff import Refused
from handlers.vocabulary import Move
from tests.house import arrive, event, rows
from tests.staffed import complaint, run, staffed
from tests.test_incidents import FAR, HERE, burst, gathered, pass_time, ticket, told
from tests.timed import keys, rules

Make = Callable[..., House]


@pytest.fixture
def together(url: str, new_house: Make, clock: Any) -> Any:
    """An incident of three complaints, confirmed by Anan: house, cast, lead, the two others."""
    house, cast, codes, incident = gathered(url, new_house)
    run(house)
    clock.forward(60)
    return house, cast, incident.lead, [code for code in codes if code != incident.lead], codes


def tapped(house: House, codes: list[str], code: str, act: str) -> None:
    """The reporter of a ticket taps a button of it."""
    tap = {"type": "postback", "message": None, "postback": {"data": f"1|my_tickets|{act}|{code}"}}
    arrive(house, event(50, f"U{codes.index(code)}", house.clock(), **tap))
    run(house)


def withdraws(house: House, codes: list[str], code: str) -> None:
    tapped(house, codes, code, "withdraw_sure")


def test_when_the_lead_is_taken_back_another_report_leads_in_the_same_hands(together: Any, clock: Any) -> None:
    house, cast, lead, others, codes = together
    house.desk.do(cast["anan"], lead, "take", {})
    clock.forward(20)
    withdraws(house, codes, lead)
    assert ticket(house, lead).status == "withdrawn"
    heir = rows(house.database, table)[0].lead
    assert heir in others
    assert (ticket(house, heir).status, ticket(house, heir).assignee) == ("acknowledged", cast["anan"].id)
    assert rules(house, heir, "ticket.assigned")
    clock.forward(20)
    house.desk.do(cast["anan"], heir, "answer_reporter", {"words": "กำลังไปดูค่ะ"})
    clock.forward(20)
    pass_time(house, 3)
    assert told(house, "told.answer") == sorted(others)


def test_where_nobody_had_the_lead_the_next_one_waits_as_new_and_the_office_hears(together: Any, clock: Any) -> None:
    house, _cast, lead, others, codes = together
    withdraws(house, codes, lead)
    heir = rows(house.database, table)[0].lead
    assert heir in others
    assert ticket(house, heir).status == "new"
    assert rules(house, heir, "ticket.new")


def test_a_surge_whose_lead_is_taken_back_does_not_fall_apart(url: str, new_house: Make, clock: Any) -> None:
    house, _ = staffed(new_house, url)
    burst(house, 25)
    pass_time(house)
    (incident,) = rows(house.database, table)
    with house.database.transaction() as connection:
        tickets.move(connection, Move(incident.lead, "withdrawn"), house.clock())
        leading.hand_on(connection, [incident.lead], house.clock())
    (after,) = rows(house.database, table)
    assert after.lead != incident.lead
    open_ = {row.code for row in rows(house.database, ticket_rows) if row.incident == after.id} - {incident.lead}
    with house.database.reading() as connection:
        assert surges.hushed(connection, open_) == open_ - {after.lead}


def test_a_rejected_lead_rejects_all_and_each_may_say_no(together: Any, clock: Any) -> None:
    house, cast, lead, others, codes = together
    assert isinstance(house.desk.do(cast["anan"], lead, "reject", {"words": "เทศบาลดูแลค่ะ"}), Done)
    clock.forward(20)
    pass_time(house, 3)
    assert {ticket(house, code).status for code in codes} == {"rejected"}
    run(house)
    tapped(house, codes, others[0], "reopen")
    assert ticket(house, others[0]).status == "reopened"


def test_the_lead_neither_leaves_nor_joins_another_incident_alone(together: Any) -> None:
    house, cast, lead, others, _codes = together
    more = [complaint(house, f"Ux{n}", place=FAR) for n in range(2)]
    pass_time(house)
    second = next(row for row in rows(house.database, table) if row.lead in more)
    Incidents(house.desk).confirm(cast["anan"], second.id)
    refused = Refused("console_incidents.leads")
    assert house.desk.do(cast["anan"], lead, "merge", {"incident": second.id}) == refused
    assert house.desk.do(cast["anan"], lead, "split", {}) == refused
    assert ticket(house, lead).status == "new"
    assert {ticket(house, code).status for code in others} == {"merged"}


def test_what_is_merged_on_the_tickets_own_page_is_counted_and_hears_of_it(together: Any, clock: Any) -> None:
    house, cast, *_ = together
    late = complaint(house, "U9", place=HERE)
    number = rows(house.database, table)[0].id
    done = house.desk.do(cast["anan"], late, "merge", {"incident": number})
    assert isinstance(done, Done)
    assert rows(house.database, table)[0].reports == 4
    assert house.desk.undo(cast["anan"], done.deed) is None
    assert rows(house.database, table)[0].reports == 3


def test_what_is_split_waits_for_somebody_and_its_reporter_is_told(together: Any, clock: Any) -> None:
    house, cast, _lead, others, _codes = together
    assert isinstance(house.desk.do(cast["anan"], others[0], "split", {}), Done)
    assert ticket(house, others[0]).status == "new"
    assert rules(house, others[0], "ticket.new")
    assert told(house, "told.split") == [others[0]]


def test_what_has_ended_is_not_opened_by_splitting_it(together: Any, clock: Any) -> None:
    house, cast, lead, others, _codes = together
    house.desk.do(cast["anan"], lead, "take", {})
    house.desk.do(cast["anan"], lead, "resolve", {"resolution": "no_fault", "measured": "0", "words": "ตรวจแล้ว"})
    clock.forward(20)
    pass_time(house, 3)
    assert isinstance(house.desk.do(cast["anan"], others[0], "split", {}), Refused)
    assert ticket(house, others[0]).status == "resolved"


def test_a_picture_to_a_merged_ticket_is_told_of_in_the_story_of_the_lead(together: Any, clock: Any) -> None:
    house, _cast, lead, others, codes = together
    tapped(house, codes, others[0], "add")
    clock.forward(5)
    image = {"type": "image", "id": "777", "quoteToken": "q", "contentProvider": {"type": "line"}}
    arrive(house, event(60, f"U{codes.index(others[0])}", house.clock(), message=image))
    clock.forward(5)
    run(house)
    assert others[0] in [row.code for row in rows(house.database, media)]
    assert "story.together_media" in keys(house, lead)
    assert rules(house, lead, "reporter.added")
