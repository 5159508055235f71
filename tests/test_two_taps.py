"""An institute that is asked answers with its thumb: "ours" in one tap, "not ours, but theirs" in two."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot import web
from bot.db import members
from bot.db.rows import sure_moment
from bot.db.tables import outbox, story
from bot.db.tables_staff import staff
from bot.house import House
from handlers import staff_cards
from handlers.staff_cards import Scene
from handlers.vocabulary import Answer, Tap
from knowledge.model import Place
from tests.consoled import Browser, Office
from tests.house import arrive, event, rows
from tests.staffed import complaint, run, staffed
from tests.timed import case_of, rules

Make = Callable[..., House]
ASKED = "อยากทดสอบความคงทนของสีผ้า ต้องติดต่อที่ไหน"


@pytest.fixture
def asked(url: str, new_house: Make) -> Any:
    """A question that was sent to the food institute, where Fon works; house and code."""
    house, _ = staffed(new_house, url)
    row = {"email": "fon@nfi.or.th", "name": "fon", "state": "active", "lane": "Ufon", "made_at": house.clock()}
    with house.database.transaction() as connection:
        connection.execute(sa.insert(staff).values(office="nfi", role="officer", **row))
    report = {"question": Answer(ASKED)}
    given = {"kind": "referral", "type": "nfi", "summary": ASKED, "report": report, "place": Place()}
    return house, complaint(house, "Umalee", office="nfi", **given)


def taps(house: House, who: str, number: int, data: str) -> str:
    """What is said after a tap on a card."""
    tap = {"type": "postback", "message": None, "postback": {"data": data}}
    arrive(house, event(number, who, house.clock(), **tap))
    run(house)
    return [row.messages for row in rows(house.database, outbox, "id") if row.lane == who][-1]


def test_not_ours_but_theirs_takes_two_taps(asked: Any) -> None:
    house, code = asked
    scene = Scene(case_of(house, code), house.tools.knowledge, sure_moment(house.clock()))
    first = [one.act for one in staff_cards.card("ticket.new", {}, scene).buttons]
    assert Tap("desk", "take", code) in first
    assert Tap("desk", "elsewhere", code) in first
    offered = taps(house, "Ufon", 1, f"1|desk|elsewhere|{code}")
    assert f"1|desk|decline|{code}:thti" in offered
    assert f"1|desk|decline|{code}:ops" in offered
    assert f"{code}:nfi" not in offered
    assert code in taps(house, "Ufon", 2, f"1|desk|decline|{code}:thti")
    case = case_of(house, code)
    assert (case.office, case.status) == ("thti", "new")
    assert rules(house, code, "ticket.forwarded")
    assert "story.forward" in {row.key for row in rows(house.database, story) if row.code == code}


def test_it_does_not_come_back_to_who_sent_it_on(asked: Any) -> None:
    house, code = asked
    taps(house, "Ufon", 1, f"1|desk|decline|{code}:thti")
    with house.database.transaction() as connection:
        connection.execute(sa.update(staff).where(staff.c.name == "fon").values(office="thti"))
    assert f"{code}:nfi" not in taps(house, "Ufon", 2, f"1|desk|elsewhere|{code}")
    taps(house, "Ufon", 3, f"1|desk|decline|{code}:nfi")
    assert case_of(house, code).office == "ops"


@pytest.mark.parametrize("data", ["1|desk|decline|{code}:nowhere", "1|desk|decline|{code}", "1|desk|decline|{code}:"])
def test_a_forged_tap_moves_nothing(data: str, asked: Any) -> None:
    house, code = asked
    taps(house, "Ufon", 1, data.format(code=code))
    assert case_of(house, code).office == "nfi"


def test_nobody_else_sends_it_on(asked: Any) -> None:
    house, code = asked
    said = taps(house, "Ucharlie", 1, f"1|desk|decline|{code}:thti")
    assert json.loads(said)
    assert case_of(house, code).office == "nfi"


def test_on_the_page_the_likely_office_and_a_reason_are_there_already(asked: Any) -> None:
    """Two taps: open the form, send it as it stands."""
    house, code = asked
    page = member_of(house, "fon")
    shown = page.get(f"/console/tickets/{code}").text
    (form,) = re.findall(r'<form method="post" action="[^"]+/do/decline".*?</form>', shown, re.DOTALL)
    (office,) = re.findall(r'name="office" value="([^"]+)" required checked', form)
    (reason,) = re.findall(r"<textarea[^>]+>([^<]+)</textarea>", form)
    assert office == "thti"
    assert 'value="nfi"' not in form
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    sent = page.post(f"/console/tickets/{code}/do/decline", data={**fields, "office": office, "words": reason})
    assert sent.status_code == 303
    case = case_of(house, code)
    assert (case.office, case.status) == ("thti", "new")
    told = {row.key: row.words for row in rows(house.database, story) if row.code == code}
    assert told["story.forward_why"] == html.unescape(reason)


def test_a_complaint_has_no_such_form(asked: Any) -> None:
    house, _ = asked
    smell = complaint(house, "Usomchai")
    assert "/do/decline" not in member_of(house, "anan").get(f"/console/tickets/{smell}").text


def member_of(house: House, name: str) -> Browser:
    with house.database.reading() as connection:
        cast = {row.name: members.member(row, house.tools.knowledge) for row in connection.execute(sa.select(staff))}
    return Office(house, cast, web.app(house, work=0, send=False)).sign_in(name)
