"""Pages of the house: the audit log, messages that did not arrive, health, gaps and contacts, over HTTP."""

from __future__ import annotations

import sqlalchemy as sa

from bot.db import gaps
from bot.db.tables import audit, outbox
from bot.db.tables import gaps as gap_rows
from bot.db.tables_staff import deliveries, staff
from handlers.vocabulary import Gap
from tests.consoled import Office
from tests.house import rows
from tests.staffed import CHIANG_MAI, complaint


def test_the_log_tells_who_did_what_and_is_filtered(desk: Office) -> None:
    code = complaint(desk.house, "Umalee")
    desk.house.desk.do(desk.cast["anan"], code, "take", {})
    page = desk.sign_in("orn")
    assert code in page.get("/console/audit").text
    assert code in page.get("/console/audit", params={"code": code.replace("-", " ").lower(), "act": "ta"}).text
    for nothing in ({"act": "reveal"}, {"to": "2001-01-01"}, {"who": "staff:999"}, {"before": "0"}):
        assert (code in page.get("/console/audit", params=nothing).text) == (nothing == {"before": "0"})
    assert page.get("/console/audit", params={"from": "x", "before": "9" * 30}).status_code == 200


def test_the_log_tells_who_saw_a_ticket_once_an_hour(desk: Office) -> None:
    code = complaint(desk.house, "Umalee")
    anan, charlie = desk.sign_in("anan"), desk.sign_in("charlie")

    def seen() -> list[str]:
        return [row.who for row in rows(desk.house.database, audit, "id") if row.act == "see" and row.code == code]

    assert anan.get(f"/console/tickets/{code}").status_code == 200
    assert anan.get(f"/console/tickets/{code}").status_code == 200
    assert charlie.get(f"/console/tickets/{code}").status_code == 404
    assert seen() == [f"staff:{desk.cast['anan'].id}"]
    desk.house.clock.forward(3600)  # type: ignore[attr-defined]
    anan.get(f"/console/tickets/{code}")
    assert len(seen()) == 2
    assert "เปิดดูเรื่อง" in desk.sign_in("orn").get("/console/audit", params={"code": code}).text


def test_a_supervisor_reads_of_the_own_region_alone(desk: Office) -> None:
    here, far = complaint(desk.house, "Umalee"), complaint(desk.house, "Ufar", office=CHIANG_MAI, place=_far())
    desk.house.desk.do(desk.cast["anan"], here, "take", {})
    desk.house.desk.do(desk.cast["charlie"], far, "take", {})
    told = desk.sign_in("wipa").get("/console/audit").text
    assert here in told
    assert far not in told
    assert far in desk.sign_in("orn").get("/console/audit").text


def _far() -> object:
    from knowledge.model import Place

    return Place("TH-50")


def test_dead_messages_get_another_life(desk: Office) -> None:
    with desk.house.database.transaction() as connection:
        letter = {"lane": "Usecret", "messages": "[]", "state": "dead", "made_at": 1, "fault": "LINE said 400"}
        connection.execute(sa.insert(outbox).values(**letter))
        told = {"rule": "ticket.new", "kind": "email", "state": "dead", "made_at": 1, "fault": "mailbox full"}
        connection.execute(sa.insert(deliveries).values(**told))
    page = desk.sign_in("adisorn")
    html = page.get("/console/dead").text
    assert "LINE said 400" in html
    assert "mailbox full" in html
    assert "Usecret" not in html
    assert page.post("/console/dead/again", data={"table": "letters"}).status_code == 303
    for table, kept in (("letters", outbox), ("notices", deliveries)):
        (row,) = rows(desk.house.database, kept)
        page.post("/console/dead/again", data={"table": table, "id": [str(row.id), "x"]})
        assert rows(desk.house.database, kept)[0].state == "waiting"
    assert [row.act for row in rows(desk.house.database, audit, "id")] == ["send_again", "send_again"]


def test_health_shows_an_office_that_nobody_can_reach(desk: Office) -> None:
    page = desk.sign_in("adisorn")
    assert "เชียงใหม่" not in page.get("/console/health").text
    with desk.house.database.transaction() as connection:
        connection.execute(sa.update(staff).where(staff.c.name == "charlie").values(lane_state="blocked"))
    assert "เชียงใหม่" in page.get("/console/health").text


def test_gaps_are_accepted_and_dismissed(desk: Office) -> None:
    with desk.house.database.transaction() as connection:
        asked = ["ขอมาตรฐานสินค้าต้องไปที่ไหน", "ขอมาตรฐานสินค้าไปที่ไหน", "สุ่มหวยงวดนี้"]
        gaps.keep(connection, [Gap("unanswered", text) for text in asked], 1)
    page = desk.sign_in("hub")
    assert "มาตรฐานสินค้า" in page.get("/console/gaps").text
    ids = [row.id for row in rows(desk.house.database, gap_rows, "id")]
    page.post("/console/gaps/accept", data={"ids": f"{ids[0]},{ids[1]},999,x", "answer": "body:tisi"})
    page.post("/console/gaps/accept", data={"ids": str(ids[2]), "answer": "body:nothing"})
    page.post("/console/gaps/dismiss", data={"ids": str(ids[2])})
    page.post("/console/gaps/accept", data={"ids": str(ids[2]), "answer": "body:tisi"})
    states = [row.state for row in rows(desk.house.database, gap_rows, "id")]
    assert states == ["accepted route/tisi", "accepted route/tisi", "refused"]
    assert "sentences/route/tisi.txt" in page.get("/console/gaps").text


def test_contacts_that_are_not_shown_come_first(desk: Office) -> None:
    page = desk.sign_in("adisorn")
    hidden, whole = page.get("/console/contacts").text, page.get("/console/contacts?all=1").text
    assert 0 < hidden.count("<li>") < whole.count("<li>")


def test_the_log_is_read_in_words_and_searched_by_name(lite: Office) -> None:
    code = complaint(lite.house, "U1")
    lite.house.desk.do(lite.cast["anan"], code, "take", {})
    page = lite.sign_in("orn")
    shown = page.get("/console/audit", params={"who": "ana", "act": "take"}).text
    assert code in shown
    assert '<td data-of="ทำอะไร">รับเรื่อง</td>' in shown
    assert code not in page.get("/console/audit", params={"who": "charlie"}).text
    assert code not in page.get("/console/audit", params={"who": "nobody of that name"}).text


def test_every_act_of_staff_has_words_in_the_log(lite: Office) -> None:
    from handlers.staff import ACTS

    words = lite.house.tools.words
    assert [act for act in ACTS if f"audit.did.{act}" not in words] == []
