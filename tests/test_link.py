"""A code from the console joins a LINE account to an officer's and a group to an office: once, for ten minutes, five
tries; and it never becomes part of a complaint.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.accounts.fields import Fields
from bot.accounts.register import Added, Register
from bot.db.tables import audit, gaps, outbox, tickets
from bot.db.tables_staff import groups, one_time, staff
from bot.house import House
from bot.worker import Worker
from handlers.dispatch import handle
from handlers.offered import typed
from tests.house import Clock, arrive, event, rows
from tests.staffed import SAMUT_PRAKAN, hire, knowledge, run

Make = Callable[..., House]
GROUP = {"type": "group", "groupId": "Cteam", "userId": "Uadisorn"}


@pytest.fixture
def house(url: str, new_house: Make) -> House:
    made = new_house(url, handle=handle, knowledge=knowledge())
    hire(made)
    return made


def newcomer(house: House, email: str = "nok@example.go.th") -> Added:
    added = Register.of(house).add(Fields(email, SAMUT_PRAKAN, "officer", "Nok"), 0)
    assert isinstance(added, Added)
    return added


numbers = iter(range(1, 1000))


def send(house: House, text: str, who: str = "Unok", **more: Any) -> None:
    arrive(house, event(next(numbers), who, house.clock(), text=text, **more))
    run(house)


def lane_of(house: House, id_: int) -> str:
    return next(row.lane for row in rows(house.database, staff, "id") if row.id == id_)


def said(house: House, lane: str = "Unok") -> str:
    told = [row.messages for row in rows(house.database, outbox, "id") if row.lane == lane]
    return json.dumps(json.loads(told[-1]), ensure_ascii=False) if told else ""


def words(house: House, key: str, **values: Any) -> str:
    text = house.tools.words.say(f"link.{key}", values, "th")
    return text.splitlines()[0]


def test_the_code_links_the_line_account_and_says_what_will_come(house: House) -> None:
    added = newcomer(house)
    send(house, added.link)
    assert lane_of(house, added.id) == "Unok"
    assert "Nok" in said(house)
    assert words(house, "what_comes") in said(house)
    row = next(row for row in rows(house.database, staff, "id") if row.id == added.id)
    assert row.state == "active"


@pytest.mark.parametrize("spelt", ["{}", "รหัสค่ะ {}", "{} ครับ", " {}\n"])
def test_people_may_write_it_as_they_write(house: House, spelt: str) -> None:
    added = newcomer(house)
    send(house, spelt.format(added.link.lower().replace("-", " ")))
    assert lane_of(house, added.id) == "Unok"


def test_a_code_works_once_and_of_two_accounts_the_second_is_told(house: House) -> None:
    added = newcomer(house)
    send(house, added.link)
    send(house, added.link, who="Uthief")
    assert lane_of(house, added.id) == "Unok"
    assert words(house, "used") in said(house, "Uthief")


def test_two_accounts_race_for_one_code_and_one_wins(house: House) -> None:
    """Two workers of two lanes at the same time; on SQLite they take turns, on PostgreSQL they truly race."""
    added = newcomer(house)
    for number in range(6):
        arrive(house, event(next(numbers), f"Uracer{number}", house.clock(), text=added.link))

    def work() -> None:
        worker = Worker(house.database, house.tools, many=1)
        while worker.step():
            pass

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run(house)
    winner = lane_of(house, added.id)
    assert winner.startswith("Uracer")
    losers = [f"Uracer{number}" for number in range(6) if f"Uracer{number}" != winner]
    assert all(words(house, "used") in said(house, lane) for lane in losers)
    assert len([row for row in rows(house.database, audit, "id") if row.act == "line.linked"]) == 1


def test_after_ten_minutes_it_is_worth_nothing(house: House, clock: Clock) -> None:
    added = newcomer(house)
    clock.forward(601)
    send(house, added.link)
    assert lane_of(house, added.id) == ""
    assert words(house, "ended") in said(house)


def test_five_wrong_codes_and_even_the_right_one_has_to_wait(house: House, clock: Clock) -> None:
    added = newcomer(house)
    for _ in range(5):
        send(house, "LINK-AAA-AAA-AAA")
    send(house, added.link)
    assert lane_of(house, added.id) == ""
    assert words(house, "wait") in said(house)
    clock.forward(601)
    fresh = Register.of(house).link_code(added.id, 0)
    send(house, str(fresh))
    assert lane_of(house, added.id) == "Unok"


def test_a_new_code_ends_the_one_before(house: House) -> None:
    added = newcomer(house)
    Register.of(house).link_code(added.id, 0)
    send(house, added.link)
    assert lane_of(house, added.id) == ""


def test_a_disabled_account_cannot_be_linked(house: House) -> None:
    added = newcomer(house)
    Register.of(house).disable(added.id, 0)
    send(house, added.link)
    assert lane_of(house, added.id) == ""


def test_a_line_account_belongs_to_the_account_it_was_linked_with_last(house: House) -> None:
    first, second = newcomer(house), newcomer(house, "nok2@example.go.th")
    send(house, first.link)
    send(house, second.link)
    assert (lane_of(house, first.id), lane_of(house, second.id)) == ("", "Unok")


def test_a_code_never_reaches_a_complaint_nor_the_gaps(house: House) -> None:
    """Neither in the middle of a form, nor as a fragment of a story, right or wrong."""
    added = newcomer(house)
    send(house, "โรงงานปล่อยควันดำทุกคืน เหม็นมาก")
    send(house, added.link[:-1] + ("A" if added.link[-1] != "A" else "C"))
    send(house, added.link)
    assert lane_of(house, added.id) == "Unok"
    letters = added.link.removeprefix("LINK-")
    kept = [*rows(house.database, gaps), *rows(house.database, tickets), *rows(house.database, audit)]
    assert not any(letters in str(row) for row in [*kept, *rows(house.database, one_time)])


def test_a_code_waits_for_no_fragments(house: House, new_house: Make, url: str) -> None:
    hurried = new_house(url, handle=handle, knowledge=knowledge(), fragment_seconds=1)
    added = newcomer(house)
    arrive(hurried, event(next(numbers), "Unok", hurried.clock(), text="สวัสดีค่ะ"))
    arrive(hurried, event(next(numbers), "Unok", hurried.clock() + 100, text=added.link))
    run(hurried)
    assert lane_of(house, added.id) == "Unok"


def test_a_cry_for_help_beside_a_code_is_a_cry_for_help(house: House) -> None:
    added = newcomer(house)
    send(house, f"ไฟไหม้ช่วยด้วย {added.link}")
    assert lane_of(house, added.id) == ""
    assert words(house, "what_comes") not in said(house)


@pytest.mark.parametrize(
    "text", ["7K4-QRT-2XC", "link here please now", "https://link.th/abcd-1234", "group 2024-11-21", "เว็บ link"]
)
def test_what_is_no_code_stays_what_it_is(text: str) -> None:
    assert typed(text) is None


# --- groups ---------------------------------------------------------------------------------------


def administrator(house: House) -> int:
    return next(row.id for row in rows(house.database, staff, "id") if row.name == "adisorn")


def test_an_administrators_code_said_in_a_group_binds_it_to_the_office(house: House) -> None:
    code = str(Register.of(house).group_code(SAMUT_PRAKAN, administrator(house)))
    send(house, code, who="Uadisorn", source=GROUP)
    bound = rows(house.database, groups)
    assert [(row.lane, row.office, row.state) for row in bound] == [("Cteam", SAMUT_PRAKAN, "")]
    assert words(house, "group_done", office="สำนักงานอุตสาหกรรมจังหวัดสมุทรปราการ") in said(house, "Cteam")


def test_a_group_code_is_no_good_in_a_private_chat_and_a_link_code_none_in_a_group(house: House) -> None:
    code, added = str(Register.of(house).group_code(SAMUT_PRAKAN, administrator(house))), newcomer(house)
    send(house, code)
    send(house, added.link, who="Uadisorn", source=GROUP)
    assert rows(house.database, groups) == []
    assert lane_of(house, added.id) == ""
    assert words(house, "in_the_group") in said(house)
    assert words(house, "in_private") in said(house, "Cteam")


def test_a_group_code_dies_with_its_administrators_role(house: House) -> None:
    id_ = administrator(house)
    code = str(Register.of(house).group_code(SAMUT_PRAKAN, id_))
    with house.database.transaction() as connection:
        connection.execute(sa.update(staff).where(staff.c.id == id_).values(role="officer"))
    send(house, code, who="Uadisorn", source=GROUP)
    assert rows(house.database, groups) == []


def test_a_group_that_puts_the_bot_out_is_shown_as_left(house: House) -> None:
    send(house, str(Register.of(house).group_code(SAMUT_PRAKAN, administrator(house))), source=GROUP)
    left = event(next(numbers), at=house.clock(), type="leave", source=GROUP, message=None, replyToken=None)
    arrive(house, left)
    run(house)
    assert [row.state for row in rows(house.database, groups)] == ["left"]
