"""Who hears of a ticket when the notice leaves: whose it is by then, and who does the work of somebody on leave."""

from __future__ import annotations

import json

from bot.db import groups, rota, ways
from bot.db.rows import sure_moment
from bot.db.tables import outbox
from bot.desk import Done
from tests.house import rows
from tests.staffed import CHIANG_MAI, SAMUT_PRAKAN, complaint, emergency
from tests.test_notifier import NIGHT, Office, office  # noqa: F401  a fixture
from tests.timed import look, shift

MORNING = 12 * 3600


def mentions(office: Office, who: str, code: str) -> bool:  # noqa: F811
    return any(code in json.dumps(card, ensure_ascii=False) for card in office.cards(who))


def forwarded_by_night(office: Office) -> str:  # noqa: F811
    """A report of the evening that waits for the morning, and goes to another office before."""
    office.clock.at = NIGHT
    with office.house.database.transaction() as connection:
        groups.bind(connection, "Cteam", SAMUT_PRAKAN, office.cast["adisorn"].id, office.clock())
    code = complaint(office.house, "Umalee")
    office.notice("ticket.new", code)
    office.tell()
    away = {"office": CHIANG_MAI, "words": "อยู่เชียงใหม่"}
    assert isinstance(office.house.desk.do(office.cast["wipa"], code, "forward", away), Done)
    return code


def test_what_went_to_another_office_by_night_is_told_there_alone(office: Office) -> None:  # noqa: F811
    code = forwarded_by_night(office)
    office.clock.forward(MORNING)
    office.tell()
    assert mentions(office, "charlie", code)
    assert {state for rule, _, state in office.states() if rule == "ticket.new"} == {"skipped"}
    assert not [row for row in rows(office.house.database, outbox, "id") if row.lane == "Cteam"]


def test_who_changed_office_hears_nothing_more_of_the_old_one(office: Office) -> None:  # noqa: F811
    office.clock.at = NIGHT
    code = complaint(office.house, "Umalee")
    office.notice("ticket.new", code)
    office.tell()
    office.change("anan", office=CHIANG_MAI)
    office.clock.forward(MORNING)
    office.tell()
    assert not mentions(office, "anan", code)
    assert mentions(office, "duang", code)


def test_whoever_stands_in_hears_of_what_is_in_the_hands_of_somebody_on_leave(office: Office) -> None:  # noqa: F811
    house, cast = office.house, office.cast
    code = complaint(house, "Umalee")
    house.desk.do(cast["anan"], code, "take", {})
    shift(house, cast["anan"], 5 * 86_400, kind="leave", deputy=cast["duang"].id)
    office.notice("reporter.answered", code)
    office.notice("ticket.assigned", code, staff=cast["anan"].id)
    office.tell()
    assert len([one for one in office.states() if one[0] == "reporter.answered"]) == 1
    assert mentions(office, "duang", code)
    assert len(office.cards("duang")) == 2


def test_where_nobody_stands_in_those_on_duty_hear_of_it(office: Office) -> None:  # noqa: F811
    house, cast = office.house, office.cast
    code = complaint(house, "Umalee")
    house.desk.do(cast["anan"], code, "take", {})
    shift(house, cast["anan"], 5 * 86_400, kind="leave")
    office.notice("deadline.near", code)
    office.tell()
    assert mentions(office, "duang", code)
    assert not mentions(office, "anan", code)


def reached(office: Office, who: str) -> bool:  # noqa: F811
    with office.house.database.reading() as connection:
        roster = rota.roster(connection, sure_moment(office.clock()), office.house.tools.knowledge)
    return office.cast[who].id in roster.reached


def test_a_wish_about_line_is_no_way_to_reach_somebody(office: Office) -> None:  # noqa: F811
    """Else an emergency would wait its minutes for somebody who cannot hear of it, instead of climbing at once."""
    assert reached(office, "anan")
    wish = office.way("anan", "line", "urgent")
    assert reached(office, "anan")
    office.change("anan", lane_state="blocked")
    assert not reached(office, "anan")
    office.change("anan", lane_state="")
    with office.house.database.transaction() as connection:
        ways.wish(connection, wish, "none")
    assert not reached(office, "anan")
    office.way("anan", "webpush")
    assert reached(office, "anan")


def test_everybody_whom_an_alarm_reached_hears_that_somebody_has_it(office: Office) -> None:  # noqa: F811
    code = emergency(office.house)
    office.tell()
    for _ in range(3):
        office.clock.forward(5 * 60 + 1)
        look(office.house)
        office.tell()
    before = {who: len(office.cards(who)) for who in ("wipa", "hub", "charlie", "anan")}
    office.house.desk.do(office.cast["anan"], code, "take", {})
    office.tell()
    heard = {who: len(office.cards(who)) - many for who, many in before.items()}
    assert heard == {"wipa": 1, "hub": 1, "charlie": 0, "anan": 0}
