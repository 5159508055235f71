"""Staff on LINE, end to end: report, card, tap and answer over real HTTP, with the local platform and LINE's SDK."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot import quota
from bot.db import cases, groups
from bot.db.tables import outbox, reporters, tickets
from bot.db.tables_staff import deliveries, staff
from bot.house import House
from handlers.dispatch import handle
from tests.house import rows
from tests.staffed import SAMUT_PRAKAN, knowledge
from tests.whole import Whole, until, whole

Make = Callable[..., House]
FIRE = "ไฟไหม้โรงงานพลาสติกที่บางปู สมุทรปราการ มีคนติดอยู่ข้างใน ช่วยด้วย"


@pytest.fixture
def on(url: str, new_house: Make) -> Iterator[Whole]:
    with whole(new_house, url, handle, knowledge(), public_base_url="https://door.example.go.th") as made:
        hire(made, "anan")
        yield made


def hire(on: Whole, *names: str, office: str = SAMUT_PRAKAN) -> None:
    """The people of the platform as officers, each linked."""
    with on.house.database.transaction() as connection:
        for name in names:
            row = {"email": f"{name}@example.go.th", "name": name, "office": office, "role": "officer"}
            lane = on.line.person(name).id
            on.line.person(name).friend = on.line.person(name).ever_friend = True
            connection.execute(sa.insert(staff).values(**row, state="active", lane=lane, made_at=1))


def fire(on: Whole) -> str:
    on.line.say("somchai", FIRE)
    return str(until(lambda: [row.code for row in rows(on.house.database, tickets)])[0])


def card(on: Whole, who: str = "anan", chat: str = "") -> dict[str, Any]:
    return on.line.wait_for(who, 1, chat=chat)[0]


def actions(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "action" in part:
            yield part["action"]
        for value in part.values():
            yield from actions(value)
    elif isinstance(part, list):
        for value in part:
            yield from actions(value)


def status(on: Whole, code: str) -> str:
    with on.house.database.reading() as connection:
        found = cases.load(connection, code)
    return found.status if found else ""


def test_a_report_becomes_a_card_and_one_tap_takes_it(on: Whole) -> None:
    code = fire(on)
    shown = card(on)
    assert code in shown["altText"]
    assert on.line.person("somchai").id not in json.dumps(shown)
    buttons = list(actions(shown["contents"]))
    assert any(one.get("uri") == f"https://door.example.go.th/console/tickets/{code}" for one in buttons)
    assert any(one.get("uri", "").startswith("tel:") for one in buttons)
    on.line.tap("anan", next(one for one in buttons if one.get("data", "").endswith(f"|take|{code}")))
    until(lambda: status(on, code) == "acknowledged")
    after = on.line.wait_for("anan", 2)[1]
    assert any("|start|" in one.get("data", "") for one in actions(after["contents"]))


def test_our_own_count_of_pushes_is_that_of_line(on: Whole) -> None:
    on.line.invite("anan", "duty")
    group = on.line.line.world.group("duty")
    assert group is not None
    with on.house.database.transaction() as connection:
        groups.bind(connection, group.id, SAMUT_PRAKAN, 1, 1)
        groups.counted(connection, group.id, len(group.members))
    fire(on)
    card(on)
    until(lambda: {"sent"} == {row.state for row in rows(on.house.database, deliveries) if row.kind == "line"})
    until(lambda: not {"waiting", "sending"} & set(on.states()))
    with on.house.database.reading() as connection:
        counted = quota.read(connection, on.house.clock()).used
    assert counted == on.line.line.sending.used > 1


def test_a_card_that_the_quota_stops_is_kept_shown_and_noted(on: Whole) -> None:
    on.line.set_quota(0)
    fire(on)
    until(lambda: "dead" in {row.state for row in rows(on.house.database, deliveries) if row.kind == "line"})
    assert on.line.answers("anan") == []
    on.line.set_quota(None)
    on.line.say("anan", "งาน")  # a reply is free, and takes with it what was parked
    assert any(one["type"] == "flex" and "ด่วน" in one["altText"] for one in on.line.wait_for("anan", 2))


def test_an_account_that_line_does_not_know_is_marked(on: Whole) -> None:
    with on.house.database.transaction() as connection:
        connection.execute(sa.update(staff).values(lane="U" + "0" * 32))
    fire(on)
    until(lambda: [row.lane_state for row in rows(on.house.database, staff)] == ["blocked"])
    assert [row.reach for row in rows(on.house.database, reporters)] == [""]


def test_whoever_blocks_us_is_marked_and_gets_nothing_by_line(on: Whole) -> None:
    on.line.block("anan")
    until(lambda: [row.lane_state for row in rows(on.house.database, staff)] == ["blocked"])
    fire(on)
    until(lambda: rows(on.house.database, deliveries))
    assert not [row for row in rows(on.house.database, outbox) if row.event_id.startswith("notice:")]


def test_a_report_while_line_fails_reaches_staff_when_it_is_back(on: Whole) -> None:
    on.line.misbehave("push", "500", times=2)
    code = fire(on)
    assert code in card(on)["altText"]
    assert len(on.line.answers("anan")) == 1
