"""Staff are told at once, once, by the ways they chose; what can wait waits; what fails is tried again and shown."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import quota
from bot.channels import Parcel, SendLater, SendNever
from bot.db import cases, groups, notices, tallies, ways
from bot.db import deliveries as rows_of
from bot.db.rows import sure_moment
from bot.db.tables import notices as notice_rows
from bot.db.tables import outbox, reporters
from bot.db.tables_staff import deliveries, staff
from bot.desk import Done
from bot.house import House
from bot.notifier import Notifier
from handlers import notices as rules
from handlers import staff_cards, words
from handlers.staff_cards import Scene
from handlers.vocabulary import Notice
from knowledge.model import Place
from tests.house import Clock, arrive, event, rows
from tests.staffed import CHIANG_MAI, SAMUT_PRAKAN, complaint, desk_of, emergency, run, staffed

Make = Callable[..., House]
DAY = 1_795_062_000_000  # a Thursday, 11:20 in Thailand
NIGHT = DAY + 11 * 3_600_000


@dataclass
class Postbox:
    """A way out that remembers; `next_` holds what the coming parcels raise."""

    name: str = "email"
    set_up: bool = True
    sent: list[Parcel] = field(default_factory=list)
    next_: list[Exception] = field(default_factory=list)

    def ready(self) -> bool:
        return self.set_up

    def wrong(self, address: Any) -> str:
        return ""

    async def send(self, parcel: Parcel) -> None:
        if self.next_:
            raise self.next_.pop(0)
        self.sent.append(parcel)


@dataclass
class Office:
    """A house with its cast, a notifier, and ways that remember."""

    house: House
    cast: dict[str, Any]
    clock: Clock
    mail: Postbox
    push: Postbox
    notifier: Notifier

    def tell(self) -> None:
        """Everything that is due now goes out."""

        async def go() -> None:
            while await self.notifier.step() or self.notifier._flying:
                if self.notifier._flying:
                    await asyncio.wait(self.notifier._flying)

        asyncio.run(go())

    def cards(self, who: str) -> list[Any]:
        """LINE's messages that left for a member."""
        found = [row for row in rows(self.house.database, outbox, "id") if row.lane == f"U{who}"]
        return [json.loads(row.messages)[0] for row in found if row.event_id.startswith("notice:")]

    def notice(self, rule: str, code: str = "", **values: Any) -> None:
        with self.house.database.transaction() as connection:
            notices.keep(connection, [Notice(rule, code, values)], self.clock())

    def states(self) -> list[tuple[str, str, str]]:
        return [(row.rule, row.kind, row.state) for row in rows(self.house.database, deliveries, "id")]

    def change(self, who: str, **values: Any) -> None:
        with self.house.database.transaction() as connection:
            connection.execute(sa.update(staff).where(staff.c.name == who).values(**values))

    def way(self, who: str, kind: str, wants: str = "all") -> int:
        with self.house.database.transaction() as connection:
            owner = self.cast[who].id
            return ways.add(
                connection, self.house.sealing, kind, {"to": f"{who}@home.example"}, kind, self.clock(), owner,
                wants=wants,
            )  # fmt: skip


@pytest.fixture
def office(url: str, new_house: Make, clock: Clock) -> Office:
    clock.at = DAY
    house, cast = staffed(new_house, url, public_base_url="https://door.example.go.th")
    mail, push = Postbox("email"), Postbox("webpush")
    world = replace(house.world(), channels={**house.channels(), "email": mail, "webpush": push})
    return Office(house, cast, clock, mail, push, Notifier(world))


def text_of(cards: list[Any]) -> str:
    return "\n".join(card["altText"] for card in cards)


# --- the table -------------------------------------------------------------------------------------------------------

ROOT = Path(__file__).parent.parent
WRITTEN = re.compile(r"""(?:[nN]otice\(\s*|notice: str = )f?"((?:[a-z_]+\.)?[a-z_.]+)\"""")


def test_every_notice_that_the_code_writes_stands_in_the_table_and_has_words() -> None:
    sources = [path.read_text("utf8") for room in ("handlers", "bot") for path in (ROOT / room).rglob("*.py")]
    used = {name.removeprefix("drill.").rstrip(".") for text in sources for name in WRITTEN.findall(text)}
    assert len(used) > 15
    table = rules.table().rules
    assert sorted(name for name in used if name not in table and name != "reporter") == []
    told = {"climb" if name.startswith("climb") else name for name in table}
    assert sorted(name for name in told if f"notices.{name}" not in words.own()) == []


# --- who, and once ---------------------------------------------------------------------------------------------------


def test_an_emergency_reaches_the_duty_at_once_with_what_where_and_until_when(office: Office) -> None:
    code = emergency(office.house)
    office.tell()
    (card,) = office.cards("anan")
    alt = card["altText"]
    assert code in alt
    assert "ด่วน" in alt
    assert "สมุทรปราการ" in alt
    assert "ยังไม่มีผู้รับเรื่อง" in alt
    assert office.cards("duang")
    assert not office.cards("charlie")
    assert not office.cards("wipa")
    assert {parcel.address["to"] for parcel in office.mail.sent} == {"anan@example.go.th", "duang@example.go.th"}


def test_a_card_says_kind_and_place_once(office: Office) -> None:
    house = office.house
    kind = house.tools.knowledge.facts.types["smell"].name.th
    place = Place("TH-11", "1101", "110101")
    where = house.tools.knowledge.describe(place, "th")
    code = complaint(house, "U9", type="smell", place=place, summary=f"{kind} · {where} · เหม็นทุกคืน เด็กไอ")
    with house.database.reading() as connection:
        case = cases.load(connection, code)
    card = staff_cards.card("ticket.new", {}, Scene(case, house.tools.knowledge, sure_moment(house.clock())))
    assert card.body == ("เหม็นทุกคืน เด็กไอ",)


def test_no_notice_says_who_reported(office: Office) -> None:
    house = office.house
    code = complaint(house, summary="โทรกลับ 081-234-5678 คุณสมชาย ใจดี กลิ่นเหม็น")
    office.notice("ticket.new", code)
    emergency(house)
    office.tell()
    said = json.dumps(office.cards("anan"), ensure_ascii=False) + str(office.mail.sent)
    assert "234-5678" not in said
    assert "0812345678" not in said
    assert "Usomchai" not in said
    assert "Umalee" not in said


def test_a_notice_is_told_once_however_many_processes_look(office: Office) -> None:
    emergency(office.house)
    office.tell()
    with office.house.database.transaction() as connection:
        connection.execute(sa.update(notice_rows).values(state="waiting"))
    before = len(rows(office.house.database, deliveries))
    office.tell()
    assert len(rows(office.house.database, deliveries)) == before
    assert len(office.cards("anan")) == 1


def test_whoever_did_it_is_not_told_and_the_others_on_duty_are(office: Office) -> None:
    code = emergency(office.house)
    office.tell()
    assert isinstance(desk_of(office.house).do(office.cast["anan"], code, "take", {}), Done)
    office.tell()
    assert len(office.cards("anan")) == 1
    assert "anan รับเรื่องแล้ว" in office.cards("duang")[-1]["altText"]


def test_a_forwarded_ticket_is_told_where_it_went(office: Office) -> None:
    code = emergency(office.house)
    office.tell()
    desk_of(office.house).do(office.cast["anan"], code, "forward", {"office": CHIANG_MAI, "words": "อยู่เชียงใหม่"})
    office.tell()
    assert "ส่งต่อมา" in text_of(office.cards("charlie"))
    assert not any("ส่งต่อมา" in card["altText"] for card in office.cards("duang"))


def test_a_question_of_an_office_without_people_goes_to_the_hub(office: Office) -> None:
    code = complaint(office.house, kind="question", office="tisi", type="tisi")
    office.notice("ticket.new", code)
    office.tell()
    assert code in text_of(office.cards("hub"))


def test_a_complaint_of_an_office_without_people_goes_to_who_oversees_it(office: Office) -> None:
    code = complaint(office.house, office="provincial_office@TH-12")
    office.notice("ticket.new", code)
    office.tell()
    assert code in text_of(office.cards("wipa"))


def test_a_drill_is_marked_and_says_that_nothing_happened(office: Office) -> None:
    code = complaint(office.house, kind="emergency", type="factory_fire", urgency="emergency")
    office.notice("drill.ticket.urgent", code)
    office.tell()
    said = json.dumps(office.cards("anan"), ensure_ascii=False)
    assert "ซ้อม" in office.cards("anan")[0]["altText"]
    assert "ไม่ใช่เหตุจริง" in said


# --- when ------------------------------------------------------------------------------------------------------------


def test_at_night_only_what_is_urgent_goes_and_the_rest_in_the_morning(office: Office) -> None:
    office.clock.at = NIGHT
    code = complaint(office.house)
    office.notice("ticket.new", code)
    other = emergency(office.house)
    office.tell()
    assert code not in text_of(office.cards("anan"))
    assert other in text_of(office.cards("anan"))
    office.clock.forward(9 * 3600)
    office.tell()
    assert code in text_of(office.cards("anan"))


def test_what_somebody_took_meanwhile_is_not_said_any_more(office: Office) -> None:
    office.clock.at = NIGHT
    code = complaint(office.house)
    office.notice("ticket.new", code)
    office.tell()
    desk_of(office.house).do(office.cast["duang"], code, "take", {})
    office.clock.forward(9 * 3600)
    office.tell()
    assert code not in text_of(office.cards("anan"))


def test_the_morning_list_comes_once_a_day_and_holds_what_was_kept(office: Office) -> None:
    code = complaint(office.house)
    desk_of(office.house).do(office.cast["anan"], code, "take", {})
    office.notice("reporter.confirm", code)
    office.tell()
    office.mail.sent.clear()
    office.clock.forward(21 * 3600)
    office.tell()
    office.tell()
    (letter,) = [one for one in office.mail.sent if one.address["to"] == "anan@example.go.th"]
    assert code in letter.text
    assert "1 เรื่อง" in letter.text


# --- ways ------------------------------------------------------------------------------------------------------------


def test_wishes_of_a_way_are_kept(office: Office) -> None:
    office.way("anan", "webpush", wants="urgent")
    code = complaint(office.house)
    office.notice("ticket.new", code)
    office.tell()
    assert office.push.sent == []
    emergency(office.house)
    office.tell()
    assert len(office.push.sent) == 1


def test_whom_line_cannot_reach_hears_by_mail(office: Office) -> None:
    office.change("anan", lane_state="blocked")
    code = complaint(office.house)
    office.notice("ticket.new", code)
    office.tell()
    assert office.cards("anan") == []
    assert [one.address["to"] for one in office.mail.sent] == ["anan@example.go.th"]


def test_nobody_to_reach_is_dead_and_shown(office: Office) -> None:
    office.mail.set_up = False
    office.change("anan", lane="")
    code = complaint(office.house)
    office.notice("ticket.new", code)
    office.tell()
    with office.house.database.reading() as connection:
        (lost,) = rows_of.unsent(connection)
    assert lost["staff"] == office.cast["anan"].id


def test_the_group_chat_of_an_office_hears_too_and_cannot_take(office: Office) -> None:
    with office.house.database.transaction() as connection:
        groups.bind(connection, "Cduty", SAMUT_PRAKAN, office.cast["adisorn"].id, DAY)
    emergency(office.house)
    office.tell()
    (letter,) = [row for row in rows(office.house.database, outbox, "id") if row.lane == "Cduty"]
    assert "|take|" not in letter.messages


# --- what fails ------------------------------------------------------------------------------------------------------


def test_a_way_that_fails_is_tried_again_and_then_works(office: Office) -> None:
    office.change("anan", lane="")
    office.mail.next_ = [SendLater("busy"), SendLater("busy")]
    office.notice("ticket.new", complaint(office.house))
    office.tell()
    assert office.mail.sent == []
    for _ in range(2):
        office.clock.forward(60)
        office.tell()
    assert len(office.mail.sent) == 1


def test_a_way_that_never_works_is_dead_marked_and_what_it_held_goes_by_mail(office: Office) -> None:
    id_ = office.way("anan", "webpush")
    office.change("anan", lane="")
    office.push.next_ = [SendNever(410, "gone")]
    office.notice("ticket.new", complaint(office.house))
    office.tell()
    assert ("ticket.new", "webpush", "dead") in office.states()
    assert [one.address["to"] for one in office.mail.sent] == ["anan@example.go.th"]
    with office.house.database.reading() as connection:
        way = ways.one(connection, id_, office.house.sealing)
    assert way is not None
    assert way.state


def test_a_delivery_whose_carrier_died_is_carried_again(office: Office) -> None:
    office.change("anan", lane="")
    office.notice("ticket.new", complaint(office.house))
    office.notifier._prepare({"email": 16})  # claimed, and nobody carries it
    office.tell()
    assert office.mail.sent == []
    office.clock.forward(61)
    office.tell()
    assert len(office.mail.sent) == 1


def test_a_broken_notice_does_not_hold_up_the_others(office: Office) -> None:
    office.notice("no.such.rule", "AAA-AAA-AAA")
    office.notice("ticket.new", complaint(office.house))
    office.tell()
    assert len(office.cards("anan")) == 1


# --- LINE's quota ----------------------------------------------------------------------------------------------------


def near_the_end(office: Office, used: int) -> None:
    quota.note(office.house.database, 100, used, {}, office.clock())


def test_near_the_end_only_urgent_ones_go_by_line(office: Office) -> None:
    near_the_end(office, 90)
    code = complaint(office.house)
    office.notice("ticket.new", code)
    other = emergency(office.house)
    office.tell()
    assert code not in text_of(office.cards("anan"))
    assert other in text_of(office.cards("anan"))
    assert any(code in one.text for one in office.mail.sent)
    with office.house.database.reading() as connection:
        banner = quota.banner(connection, office.clock())
    assert banner is not None
    assert banner.key == "notices.quota.urgent"


def test_administrators_are_told_of_the_quota_once(office: Office) -> None:
    near_the_end(office, 90)
    near_the_end(office, 91)
    office.tell()
    assert len([one for one in office.mail.sent if "LINE" in one.title]) == 1


def test_a_push_to_a_group_counts_its_members(office: Office) -> None:
    with office.house.database.transaction() as connection:
        groups.bind(connection, "Cduty", SAMUT_PRAKAN, office.cast["adisorn"].id, DAY)
        groups.counted(connection, "Cduty", 7)
        quota.count(connection, ["Cduty", "Uanan"], office.clock())
        assert tallies.read(connection, [f"pushes.{quota.month(office.clock())}"])
        assert quota.read(connection, office.clock()).used == 8


# --- reach -----------------------------------------------------------------------------------------------------------


def test_whoever_blocks_us_is_shown_as_such_until_they_come_back(office: Office) -> None:
    house = office.house
    emergency(house)
    arrive(house, event(60, "Usomchai", office.clock(), type="unfollow", message=None, replyToken=None))
    arrive(house, event(61, "Uanan", office.clock(), type="unfollow", message=None, replyToken=None))
    run(house)
    assert [row.reach for row in rows(house.database, reporters)] == ["blocked"]
    assert [row.lane_state for row in rows(house.database, staff, "id") if row.name == "anan"] == ["blocked"]
    arrive(house, event(62, "Uanan", office.clock(), type="follow", message=None))
    run(house)
    assert [row.lane_state for row in rows(house.database, staff, "id") if row.name == "anan"] == [""]


# --- the member's own chat -------------------------------------------------------------------------------------------


def said_to(office: Office, who: str) -> str:
    return "\n".join(row.messages for row in rows(office.house.database, outbox, "id") if row.lane == f"U{who}")


def test_one_word_lists_the_work_and_a_citizen_gets_no_list(office: Office) -> None:
    code = complaint(office.house)
    desk_of(office.house).do(office.cast["anan"], code, "take", {})
    arrive(office.house, event(70, "Uanan", office.clock(), text="งาน"))
    arrive(office.house, event(71, "Ustranger", office.clock(), text="งาน"))
    run(office.house)
    assert f"|show|{code}" in said_to(office, "anan")
    assert "|show|" not in said_to(office, "stranger")


def test_after_taking_it_the_card_offers_what_comes_next(office: Office) -> None:
    code = emergency(office.house)
    tap = {"type": "postback", "message": None, "postback": {"data": f"1|desk|take|{code}"}}
    arrive(office.house, event(72, "Uanan", office.clock(), **tap))
    run(office.house)
    said = said_to(office, "anan")
    assert f"|start|{code}" in said
    assert f"https://door.example.go.th/console/tickets/{code}#w-answer_reporter" in said


def test_a_member_of_staff_reports_like_any_citizen(office: Office) -> None:
    arrive(office.house, event(73, "Uanan", office.clock(), text="บ้านฉันเหม็นกลิ่นโรงงานทุกคืน อยากร้องเรียน"))
    run(office.house)
    assert "|complaint|" in said_to(office, "anan")
