"""A ticket's page over HTTP: role by act by office, the table of transitions walked, evidence, the seal, both sides."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from bot.db import cases
from bot.db.cases import Case
from bot.db.rows import sure_moment
from bot.db.tables import audit, inbox, media, story, tickets
from handlers import people, staff
from handlers.tickets import TRANSITIONS
from tests.consoled import Office, photo
from tests.house import rows
from tests.staffed import CHIANG_MAI, SAMUT_PRAKAN, complaint

STATES = sorted({state for row in TRANSITIONS for state in row.frm} | {row.to for row in TRANSITIONS})


def case_of(desk: Office, code: str) -> Case:
    with desk.house.database.reading() as connection:
        found = cases.load(connection, code)
    assert found is not None
    return found


def put(desk: Office, code: str, **values: Any) -> None:
    """The ticket in a state, past the acts that lead there."""
    import sqlalchemy as sa

    with desk.house.database.transaction() as connection:
        connection.execute(sa.update(tickets).where(tickets.c.code == code).values(**values))


def form(desk: Office, act: str, case: Case) -> dict[str, Any]:
    """What the act's form carries, complete."""
    until = sure_moment(desk.house.clock()) + timedelta(days=1, hours=7)
    return {
        "words": "คำ", "office": CHIANG_MAI if case.office != CHIANG_MAI else SAMUT_PRAKAN, "version": case.version,
        "to": min(case.colleagues, default=0), "until": f"{until:%Y-%m-%dT%H:%M}", "type": "noise", "incident": "7",
        "urgency": "high" if case.urgency == "normal" else "normal", "resolution": "no_fault", "measured": "52 dB",
    }  # fmt: skip


def state(desk: Office, code: str) -> tuple[Any, ...]:
    found = case_of(desk, code)
    told = [row for row in rows(desk.house.database, story, "id") if row.code == code]
    return found.version, len(told)


@pytest.mark.parametrize("name", ["anan", "duang", "wipa", "hub", "field", "adisorn", "orn", "charlie"])
def test_role_by_act_by_office(name: str, lite: Office) -> None:
    member, browser = lite.cast[name], lite.sign_in(name)
    for kind in ("complaint", "question"):
        for where in dict.fromkeys((SAMUT_PRAKAN, CHIANG_MAI, member.office)):
            for act in staff.ACTS:
                if act == "reveal":
                    continue
                code = complaint(lite.house, f"U{name}{kind}{where}{act}", office=where, kind=kind)
                put(lite, code, status="acknowledged", incident=3)
                case, before = case_of(lite, code), state(lite, code)
                answer = browser.post(f"/console/tickets/{code}/do/{act}", data=form(lite, act, case))
                if not people.reaches(member, case.held):
                    assert answer.status_code == 404, (name, act, where)
                allowed = people.may(member, act, case.held) and act in staff.possible(case, member)
                if act == "merge" or (act == "decline" and kind == "complaint"):
                    allowed = False  # no incident is open here; tests/test_console_incidents.py merges
                assert (state(lite, code) != before) is allowed, (name, act, kind, where)


def test_the_page_offers_exactly_what_may_be_done_and_doing_it_works(lite: Office) -> None:
    """The whole table: each state, each act, an officer and a supervisor."""
    for name in ("anan", "wipa"):
        browser, member = lite.sign_in(name), lite.cast[name]
        for status in STATES:
            for act in sorted({row.act for row in TRANSITIONS} & set(staff.ACTS)):
                code = complaint(lite.house, f"U{name}{status}{act}")
                put(lite, code, status=status, incident=3 if status == "merged" else None)
                case = case_of(lite, code)
                offered = act in staff.possible(case, member) and act != "merge"  # no incident is open here
                before = state(lite, code)
                browser.post(f"/console/tickets/{code}/do/{act}", data=form(lite, act, case))
                assert (state(lite, code) != before) is offered, (name, status, act)
                if offered:
                    wanted = next(row.to for row in TRANSITIONS if row.act == act)
                    assert case_of(lite, code).status == wanted


def test_only_what_is_possible_has_a_form(lite: Office) -> None:
    code = complaint(lite.house)
    html = lite.sign_in("anan").get(f"/console/tickets/{code}").text
    forms = set(re.findall(rf"/console/tickets/{code}/do/(\w+)", html))
    assert forms <= set(staff.possible(case_of(lite, code), lite.cast["anan"]))
    assert {"take", "answer_reporter", "forward"} <= forms
    assert "/do/" not in lite.sign_in("orn").get(f"/console/tickets/{code}").text


def test_no_page_carries_the_reporter(lite: Office) -> None:
    code = complaint(lite.house, "Umalee")
    for name in ("anan", "wipa", "adisorn", "orn"):
        browser = lite.sign_in(name)
        for path in (f"/console/tickets/{code}", "/console/?states=all", f"/console/tickets/{code}?part=story"):
            html = browser.get(path).text
            assert "0812345678" not in html
            assert "Umalee" not in html


def test_the_reporter_is_revealed_once_with_a_reason_that_stays(lite: Office) -> None:
    code, browser = complaint(lite.house, "Umalee"), lite.sign_in("anan")
    silent = browser.post(f"/console/tickets/{code}/reveal", data={"words": " "})
    assert silent.status_code == 303
    shown = browser.post(f"/console/tickets/{code}/reveal", data={"words": "โทรถามทางเข้า"})
    assert "0812345678" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert "0812345678" not in browser.get(f"/console/tickets/{code}").text
    assert [row.act for row in rows(lite.house.database, audit, "id") if row.act != "see"][-1] == "reveal"
    for name in ("adisorn", "orn", "field"):
        answer = lite.sign_in(name).post(f"/console/tickets/{code}/reveal", data={"words": "x"})
        assert answer.status_code == 403


def test_evidence_is_kept_shown_to_who_may_and_goes_out_with_the_words(lite: Office) -> None:
    code, browser = complaint(lite.house), lite.sign_in("anan")
    browser.post(f"/console/tickets/{code}/do/take", data={})
    given = {"resolution": "fixed", "words": "แก้แล้ว"}
    lacking = browser.post(f"/console/tickets/{code}/do/resolve", data=given)
    assert lacking.status_code == 303
    assert case_of(lite, code).status == "acknowledged"
    files = [("photos", ("a.jpg", photo(), "image/jpeg"))]
    browser.post(f"/console/tickets/{code}/do/resolve", data=given, files=files)
    assert case_of(lite, code).status == "resolved"
    kept = rows(lite.house.database, media, "message")
    assert [(row.code, row.type, row.person) for row in kept] == [(code, "image/jpeg", "staff")]
    assert kept[0].key in rows(lite.house.database, inbox, "stamp")[-1].raw
    at = f"/console/tickets/{code}/media/{kept[0].key}"
    shown = browser.get(at)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert lite.sign_in("charlie").get(at).status_code == 404
    other = complaint(lite.house, "Uother")
    assert browser.get(f"/console/tickets/{other}/media/{kept[0].key}").status_code == 404


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"", b"MZ" + b"\0" * 200, b"<svg onload=alert(1)>"])
def test_what_is_no_photo_is_refused_and_the_words_are_kept(content: bytes, lite: Office) -> None:
    code, browser = complaint(lite.house), lite.sign_in("anan")
    files = [("photos", ("a.jpg", photo(), "image/jpeg")), ("photos", ("b.jpg", content, "image/jpeg"))]
    browser.post(f"/console/tickets/{code}/do/answer_reporter", data={"words": "ดูรูปค่ะ"}, files=files)
    assert rows(lite.house.database, media, "message") == []
    assert not list(lite.house.folder.root.rglob("*.part"))
    assert "ดูรูปค่ะ" in browser.get(f"/console/tickets/{code}").text


def test_who_was_slower_sees_both_sides_and_nothing_is_written(lite: Office) -> None:
    code, browser = complaint(lite.house), lite.sign_in("anan")
    version = case_of(lite, code).version
    lite.house.desk.do(lite.cast["duang"], code, "take", {})
    late = browser.post(
        f"/console/tickets/{code}/do/answer_reporter", data={"words": "กำลังไป", "version": version, "seen": "0"}
    )
    assert late.status_code == 409
    assert "กำลังไป" in late.text
    assert "duang" in late.text
    assert all(row.words != "กำลังไป" for row in rows(lite.house.database, story, "id"))


def test_a_mention_tells_the_colleague(lite: Office) -> None:
    from bot.db.tables import notices

    code = complaint(lite.house)
    lite.sign_in("anan").post(f"/console/tickets/{code}/do/note", data={"words": "@duang ช่วยดูหน่อย @charlie"})
    told = [row for row in rows(lite.house.database, notices, "id") if row.rule == "staff.mentioned"]
    assert len(told) == 1
    assert f'"staff":[{lite.cast["duang"].id}]' in told[0]._mapping["values"].replace(" ", "")


def test_drafts_are_of_one_person_alone_and_go_when_sent(lite: Office) -> None:
    code, mine = complaint(lite.house), lite.sign_in("anan")
    mine.post(f"/console/tickets/{code}/keep", data={"box": "note", "words": "ร่างของฉัน"})
    assert "ร่างของฉัน" in mine.get(f"/console/tickets/{code}").text
    assert "ร่างของฉัน" not in lite.sign_in("duang").get(f"/console/tickets/{code}").text
    mine.post(f"/console/tickets/{code}/do/note", data={"words": "ร่างของฉัน"})
    html = mine.get(f"/console/tickets/{code}").text
    assert html.count("ร่างของฉัน") == 1  # in the story


def test_what_people_write_is_shown_as_they_wrote_it_and_runs_nowhere(lite: Office) -> None:
    nasty = "<img src=x onerror=alert(1)>\"'{{7*7}}\u202egpj.exe"
    code = complaint(lite.house, summary=nasty)
    browser = lite.sign_in("anan")
    browser.post(f"/console/tickets/{code}/do/note", data={"words": nasty})
    browser.post("/console/views", data={"name": nasty, "query": "q=x&evil=1"})
    for path in (f"/console/tickets/{code}", "/console/", "/console/?q=" + "%3Cimg%20src%3Dx%20onerror%3D1%3E"):
        html = browser.get(path).text
        assert "<img src=x" not in html
    assert "{{7*7}}" in browser.get(f"/console/tickets/{code}").text


def test_bulk_shows_first_and_leaves_alone_what_changed_meanwhile(lite: Office) -> None:
    browser = lite.sign_in("anan")
    codes = [complaint(lite.house, f"U{n}") for n in range(3)]
    foreign = complaint(lite.house, "Uf", office=CHIANG_MAI)
    look = browser.post("/console/bulk", data={"act": "take", "codes": [*codes, foreign]})
    assert look.status_code == 200
    assert foreign not in look.text
    assert all(case_of(lite, code).status == "new" for code in codes)
    versions = dict(re.findall(r'name="version-([\w-]+)" value="(\d+)"', look.text))
    lite.house.desk.do(lite.cast["duang"], codes[0], "urgency", {"urgency": "high"})
    sure = {"act": "take", "sure": "yes", "codes": [*codes, foreign]}
    browser.post("/console/bulk", data={**sure, **{f"version-{code}": n for code, n in versions.items()}})
    assert [case_of(lite, code).status for code in (*codes, foreign)] == ["new", "acknowledged", "acknowledged", "new"]


def test_an_undo_is_of_the_own_deed_alone(lite: Office) -> None:
    code, mine = complaint(lite.house), lite.sign_in("anan")
    mine.post(f"/console/tickets/{code}/do/take", data={})
    lite.sign_in("duang").post("/console/undo", data={"deed": "1"})
    assert case_of(lite, code).status == "acknowledged"
    mine.post("/console/undo", data={"deed": "1"})
    assert case_of(lite, code).status == "new"


@pytest.mark.parametrize("value", ["9" * 30, "-1", "x", "", "1; drop table", "๑"])
def test_odd_numbers_in_forms_are_no_fault_of_ours(value: str, lite: Office) -> None:
    code, browser = complaint(lite.house), lite.sign_in("anan")
    odd = dict.fromkeys(("to", "incident", "version", "seen", "until", "date", "deed", "view"), value)
    for act in staff.ACTS:
        if act != "reveal":
            answer = browser.post(f"/console/tickets/{code}/do/{act}", data={**odd, "words": "x"})
            assert answer.status_code < 500, act
    for path in ("/console/undo", "/console/views/drop", "/console/views", "/console/bulk"):
        assert browser.post(path, data={**odd, "act": "assign", "codes": code, "sure": "yes"}).status_code < 500, path
    for query in (f"after={value}.x", f"incident={value}", f"states={value}", f"assignee={value}", f"q={value}"):
        assert browser.get(f"/console/?{query}").status_code < 500, query
