"""The citizen's page: everything of the ticket but the person, nothing by opening it, and a receipt that holds."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot import receipts
from bot.db.tables import notices, tickets
from bot.house import House
from handlers.vocabulary import Answer, StoryEntry
from tests.consoled import Office
from tests.house import rows
from tests.staffed import complaint

Make = Callable[..., House]


def page_of(desk: Office, code: str) -> str:
    return f"/t/{desk.house.sealing.page_keys(code)[0]}"


def told(desk: Office) -> str:
    """A ticket with everything in it that must not be shown."""
    from bot.db.rows import sure_moment

    at = sure_moment(desk.house.clock())
    story = (
        StoryEntry("story.opened", at, "reporter"),
        StoryEntry("story.words", at, "reporter", words="บ้านผมเลขที่ 99 นะ"),
        StoryEntry("story.place", at, "house", values={"place": "ซอยบ้านผู้แจ้ง"}),
    )
    report = {"what": Answer("ความลับของผู้แจ้ง")}
    code = complaint(desk.house, "Usomchai", summary="สรุปที่มีชื่อสมชาย", story=story, report=report)
    desk.house.desk.do(desk.cast["anan"], code, "take", {})
    desk.house.desk.do(desk.cast["anan"], code, "note", {"words": "บันทึกภายในห้ามเห็น"})
    desk.house.desk.do(desk.cast["anan"], code, "answer_reporter", {"words": "ไปตรวจแล้ว โทรกลับที่ 0812345678 นะคะ"})
    return code


def test_it_tells_the_ticket_and_nobody(desk: Office) -> None:
    code = told(desk)
    html = desk.nobody().get(page_of(desk, code)).text
    for shown in (code, "ไปตรวจแล้ว", "เจ้าหน้าที่รับเรื่อง"):
        assert shown in html
    for hidden in ("0812345678", "สมชาย", "ความลับ", "เลขที่ 99", "ซอยบ้าน", "บันทึกภายใน", "anan", "Usomchai"):
        assert hidden not in html


def test_nothing_of_it_is_kept_or_passed_on(lite: Office) -> None:
    headers = lite.nobody().get(page_of(lite, told(lite))).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]


def test_all_wrong_keys_get_the_same_answer(lite: Office) -> None:
    right = page_of(lite, told(lite))
    wrong = ["/t/0", f"{right[:-1]}0", "/t/" + "f" * 32, "/t/%E0%B8%81", f"/t/{'a' * 400}", f"{right[:-1]}0/confirm"]
    answers = [lite.nobody().get(path) for path in wrong] + [lite.nobody().post(f"{right[:-1]}0/confirm")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_the_key_stands_in_no_table(lite: Office) -> None:
    key = page_of(lite, told(lite)).removeprefix("/t/")
    assert len(bytes.fromhex(key)) >= 16
    with lite.house.database.reading() as connection:
        kept = connection.execute(sa.select(tickets.c.public_key)).scalar_one()
    assert kept
    assert key not in kept


def resolved(desk: Office) -> str:
    code = told(desk)
    done = desk.house.desk.do(
        desk.cast["anan"], code, "resolve", {"resolution": "fixed", "evidence": ["1"], "words": "แก้แล้ว"}
    )
    assert getattr(done, "deed", 0), done
    return code


def status(desk: Office, code: str) -> str:
    with desk.house.database.reading() as connection:
        return str(connection.execute(sa.select(tickets.c.status).where(tickets.c.code == code)).scalar_one())


@pytest.mark.parametrize(("act", "to"), [("confirm", "closed"), ("reopen", "reopened")])
def test_opening_addresses_changes_nothing_and_posting_does(act: str, to: str, desk: Office) -> None:
    code = resolved(desk)
    page, here = desk.nobody(), page_of(desk, code)
    for path in (here, f"{here}/{act}", f"{here}/receipt"):
        assert page.get(path).status_code == 200
    assert status(desk, code) == "resolved"
    assert page.post(f"{here}/{act}", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert status(desk, code) == "resolved"
    assert page.post(f"{here}/{act}").headers["location"] == here
    assert status(desk, code) == to
    assert f"reporter.{act}" in [row.rule for row in rows(desk.house.database, notices, "id")]


def test_what_may_not_be_done_now_is_not_done(lite: Office) -> None:
    code = told(lite)
    here = page_of(lite, code)
    assert lite.nobody().get(f"{here}/confirm").headers["location"] == here
    lite.nobody().post(f"{here}/confirm")
    assert status(lite, code) == "in_progress" or status(lite, code) == "acknowledged"


def test_each_opening_again_is_counted(lite: Office) -> None:
    code = resolved(lite)
    lite.nobody().post(f"{page_of(lite, code)}/reopen")
    with lite.house.database.reading() as connection:
        assert connection.execute(sa.select(tickets.c.reopened)).scalar_one() == 1


def test_a_receipt_holds_and_a_changed_one_does_not(lite: Office) -> None:
    code = told(lite)
    html = lite.nobody().get(f"{page_of(lite, code)}/receipt").text
    letters = re.search(r'id="letters">([^<]+)<', html)[1]  # type: ignore[index]
    asked = lite.nobody().get(
        "/receipt", params={"number": code, "letters": letters.lower().replace("-", " "), "lang": "en"}
    )
    assert "Genuine" in asked.text
    other = complaint(lite.house, "Uother")
    for number, typed in ((other, letters), (code, letters[::-1]), (code, "")):
        said = lite.nobody().get("/receipt", params={"number": number, "letters": typed, "lang": "en"}).text
        assert "not ours" in said


def test_a_receipt_survives_a_change_of_keys() -> None:
    from bot.sealing import Sealing

    code = Sealing(("a" * 40,)).code("event")
    letters = receipts.write(Sealing(("a" * 40,)).signs, code, "closed", 1_800_000_000_000)
    found = receipts.read(Sealing(("b" * 40, "a" * 40)).signs, code, letters)
    assert found == receipts.Receipt(code, "closed", 1_800_000_000_000)
    assert receipts.read(Sealing(("b" * 40,)).signs, code, letters) is None


def test_the_chat_holds_the_address(lite: Office, new_house: Make, tmp_path: Any, sqlite_template: Any) -> None:
    from bot.db.tables import outbox
    from tests.house import arrive, event
    from tests.staffed import run, staffed

    shutil.copy(sqlite_template, tmp_path / "two.db")
    house, _ = staffed(new_house, f"sqlite:///{tmp_path}/two.db", public_base_url="https://door.example.go.th")
    code = complaint(house, "Umalee")
    arrive(house, event(1, "Umalee", house.clock(), text=code))
    run(house)
    address = f"https://door.example.go.th/t/{house.sealing.page_keys(code)[0]}"
    assert any(address in row.messages for row in rows(house.database, outbox, "id"))
