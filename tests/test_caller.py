"""Filing for a caller: typed once, read, opened as in the chat; the caller is sealed and can follow."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.db import people
from bot.db.tables import audit, lanes, notices, story, tickets
from tests.consoled import Browser, Office
from tests.house import rows
from tests.staffed import CHIANG_MAI, SAMUT_PRAKAN

SAID = "โรงงานพลาสติกที่บางปู สมุทรปราการ ส่งกลิ่นเหม็นมากทุกคืน โทรกลับ 081-234-5678"


def form(html: str) -> dict[str, str]:
    """What a browser would send of the form as it came back."""
    found = dict(re.findall(r'<input[^>]* name="(nonce|phone|place|factory|name)"[^>]* value="([^"]*)"', html))
    found |= dict(re.findall(r'<input id="(\w+)" name="\w+"[^>]*? value="([^"]*)"', html))
    for name, options in re.findall(r'<select id="(\w+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        found[name] = chosen[0] if chosen else ""
    found["words"] = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.S)[1]  # type: ignore[index]
    return found


def filed(page: Browser, said: str = SAID, **given: str) -> Any:
    read = page.post("/console/caller", data={"words": said, "source": "phone"})
    assert read.status_code == 200
    return page.post("/console/caller/open", data={**form(read.text), "source": "phone", "notice": "1", **given})


def test_what_is_said_fills_the_form(lite: Office) -> None:
    read = lite.sign_in("anan").post("/console/caller", data={"words": SAID, "source": "walk_in"})
    has = form(read.text)
    assert (has["what"], has["province"], has["urgency"]) == ("smell", "TH-11", "normal")
    assert has["phone"].replace("-", "").replace(" ", "").endswith("812345678")
    assert "5678" not in has["words"]


def test_it_opens_as_in_the_chat_and_the_caller_is_sealed(desk: Office) -> None:
    answer = filed(desk.sign_in("anan"), name="สมหญิง ใจดี")
    (row,) = rows(desk.house.database, tickets)
    assert (row.kind, row.type, row.office, row.source) == ("complaint", "smell", SAMUT_PRAKAN, "phone")
    assert (row.first_type, row.province) == ("smell", "TH-11")
    assert row.acknowledge_by
    assert row.answer_by
    assert "สมหญิง" not in "".join(str(value) for value in row)
    with desk.house.database.reading() as connection:
        lane, reporter = people.unseal(connection, row.code, desk.house.sealing) or ("", None)
    assert lane == f"caller:{row.code}"
    assert reporter
    assert reporter.name == "สมหญิง ใจดี"
    assert [one.rule for one in rows(desk.house.database, notices, "id")] == ["ticket.new"]
    assert any(one.key == "story.filed_phone" and one.audience == "staff" for one in rows(desk.house.database, story))
    assert (f"staff:{desk.cast['anan'].id}", "file") in [(one.who, one.act) for one in rows(desk.house.database, audit)]
    assert [one.lane for one in rows(desk.house.database, lanes)] == [lane]
    assert row.code in answer.text


def test_the_caller_can_follow_it(desk: Office) -> None:
    answer = filed(desk.sign_in("anan"))
    path = re.search(r'href="(/t/[0-9a-f]{32})"', answer.text)[1]  # type: ignore[index]
    page = desk.nobody().get(path)
    assert page.status_code == 200
    assert rows(desk.house.database, tickets)[0].code in page.text
    assert "รับเรื่องแทน" not in page.text


def test_a_form_sent_twice_opens_one_ticket(desk: Office) -> None:
    page = desk.sign_in("anan")
    read = form(page.post("/console/caller", data={"words": SAID}).text)
    answers = [page.post("/console/caller/open", data={**read, "notice": "1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(rows(desk.house.database, tickets)) == 1


def test_an_emergency_runs_by_the_clock_and_is_told_as_one(lite: Office) -> None:
    filed(lite.sign_in("anan"), "ไฟไหม้โรงงานพลาสติกที่บางปู สมุทรปราการ มีคนติดอยู่ข้างใน ช่วยด้วย")
    (row,) = rows(lite.house.database, tickets)
    assert (row.kind, row.urgency, row.office) == ("emergency", "emergency", SAMUT_PRAKAN)
    assert row.acknowledge_by - row.opened_at == 15 * 60_000
    assert [one.rule for one in rows(lite.house.database, notices, "id")] == ["ticket.urgent"]


def test_another_office_gets_it_and_the_officer_may_not_look(lite: Office) -> None:
    answer = filed(lite.sign_in("charlie"))
    assert rows(lite.house.database, tickets)[0].office == SAMUT_PRAKAN
    assert "/console/tickets/" not in answer.text


def test_the_officer_has_the_last_word(lite: Office) -> None:
    filed(lite.sign_in("charlie"), what="noise", urgency="high", office=CHIANG_MAI, place="อำเภอแม่ริม", province="TH-50")
    (row,) = rows(lite.house.database, tickets)
    assert (row.type, row.urgency, row.office, row.province) == ("noise", "high", CHIANG_MAI, "TH-50")
    assert row.district


@pytest.mark.parametrize("given", [{"notice": ""}, {"words": ""}, {"phone": "12"}])
def test_what_is_missing_is_said_and_nothing_is_lost(given: dict[str, str], lite: Office) -> None:
    answer = filed(lite.sign_in("anan"), **given)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert rows(lite.house.database, tickets) == []


@pytest.mark.parametrize("who", ["orn", "adisorn"])
def test_who_only_looks_files_nothing(who: str, lite: Office) -> None:
    assert lite.sign_in(who).get("/console/caller").status_code == 403
    assert lite.sign_in(who).post("/console/caller/open", data={"words": SAID}).status_code == 403
