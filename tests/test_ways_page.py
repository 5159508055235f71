"""The page on which staff choose how they hear of things, over HTTP, with the house running."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from bot import web
from bot.accounts.gate import Came, Gate, Inside
from bot.accounts.register import Register
from bot.console.doors import cookie_name, hashed
from bot.db.engine import insert_new
from bot.db.tables import audit
from bot.db.tables_staff import deliveries, sessions, staff, ways
from bot.emulator.serving import serving
from bot.house import House
from tests.house import rows
from tests.staffed import staffed
from tests.test_channels import Browser, Mailbox, mail_server

Make = Callable[..., House]


@dataclass
class Desk:
    """A browser for each of the cast, a mail server, and the house behind them."""

    house: House
    cast: dict[str, Any]
    base: str
    mail: Mailbox
    open: list[httpx.Client] = field(default_factory=list)

    def browser(self, who: str) -> httpx.Client:
        now = self.house.clock()
        with self.house.database.transaction() as connection:
            row = {"staff": self.cast[who].id, "made_at": now, "seen_at": now, "ends_at": now + 3_600_000}
            connection.execute(insert_new(connection, sessions).values(hash=hashed(who), how="password", **row))
        made = httpx.Client(base_url=self.base, cookies={cookie_name(self.house): who}, follow_redirects=True)
        self.open.append(made)
        return made

    def ways(self) -> list[Any]:
        return rows(self.house.database, ways, "id")

    def account(self, who: str) -> Any:
        return next(row for row in rows(self.house.database, staff) if row.id == self.cast[who].id)


@pytest.fixture
def desk(url: str, new_house: Make) -> Iterator[Desk]:
    with mail_server() as (box, smtp):
        house, cast = staffed(new_house, url, smtp_url=smtp, mail_from="door@example.go.th", ways_inside=True)
        with serving(web.app(house)) as base:
            made = Desk(house, cast, base, box)
            yield made
            for one in made.open:
                one.close()


def test_a_test_by_mail_arrives_and_the_page_says_so(desk: Desk) -> None:
    page = desk.browser("anan")
    assert "anan@example.go.th" in page.get("/console/ways").text
    said = page.post("/console/ways/test", data={"way": "email"}).text
    assert desk.mail.got[0][0] == ["anan@example.go.th"]
    assert "ส่งทดสอบแล้ว" in said


def test_an_own_address_is_added_chosen_for_and_removed(desk: Desk) -> None:
    page = desk.browser("anan")
    page.post("/console/ways/add", data={"kind": "email", "address": "anan@home.example.org"})
    (way,) = desk.ways()
    assert b"anan@home" not in way.address
    page.post("/console/ways/wish", data={"way": way.id, "wants": "urgent"})
    assert desk.ways()[0].wants == "urgent"
    page.post("/console/ways/remove", data={"way": way.id})
    assert desk.ways() == []


def test_a_browser_subscribes(desk: Desk) -> None:
    page = desk.browser("anan")
    told = json.dumps(Browser().subscription("https://push.example.org/abc"))
    answer = page.post("/console/ways/add", data={"kind": "webpush", "subscription": told})
    assert "ยังไม่ได้ตั้งค่า" in answer.text  # no VAPID key: said, and nothing kept
    assert desk.ways() == []
    assert page.get("/console/push.js").headers["service-worker-allowed"] == "/console/"
    assert page.get("/console/manifest.webmanifest").json()["scope"] == "/console/"


def test_only_administrators_make_our_server_call_somebody(desk: Desk) -> None:
    given = {"office": desk.cast["anan"].office, "kind": "apprise", "address": "jsons://hooks.example.org/a"}
    assert desk.browser("anan").post("/console/ways/office", data=given).status_code == 403
    assert desk.browser("anan").post("/console/ways/add", data={**given}).status_code == 404
    assert desk.ways() == []
    page = desk.browser("adisorn")
    assert page.post("/console/ways/office", data=given).status_code == 200
    assert [way.office for way in desk.ways()] == [desk.cast["anan"].office]
    assert "hooks.example.org" not in page.get("/console/ways").text
    assert "slack, workflows" in page.post("/console/ways/office", data={**given, "address": "file:///etc/passwd"}).text


@pytest.mark.parametrize("act", ["test", "wish", "remove"])
def test_nobody_touches_the_way_of_somebody_else(act: str, desk: Desk) -> None:
    desk.browser("anan").post("/console/ways/add", data={"kind": "email", "address": "anan@home.example.org"})
    (way,) = desk.ways()
    for who in ("duang", "charlie", "adisorn"):
        asked = {"way": way.id, "wants": "none"}
        assert desk.browser(who).post(f"/console/ways/{act}", data=asked).status_code == 404
    assert [one.wants for one in desk.ways()] == ["all"]
    assert rows(desk.house.database, deliveries) == []


def test_quiet_hours_are_kept_or_refused(desk: Desk) -> None:
    page = desk.browser("anan")
    page.post("/console/ways/quiet", data={"from": "22:00", "to": "06:30"})
    assert [row.quiet for row in rows(desk.house.database, staff, "id") if row.name == "anan"] == ["22:00-06:30"]
    assert "อ่านไม่ออก" in page.post("/console/ways/quiet", data={"from": "late", "to": "early"}).text
    page.post("/console/ways/quiet", data={"from": "", "to": ""})
    assert [row.quiet for row in rows(desk.house.database, staff, "id") if row.name == "anan"] == [""]


# --- after a recovery ------------------------------------------------------------------------------------------------


def recovered(desk: Desk) -> None:
    """Two administrators have let Anan in anew; who held the account before had added a mailbox."""
    register, anan = Register.of(desk.house), desk.cast["anan"].id
    assert register.ask_recovery(anan, desk.cast["adisorn"].id) is None
    token = register.approve_recovery(anan, desk.cast["hub"].id)
    assert isinstance(token, str)
    assert isinstance(Gate.of(desk.house).accept(token, "quite another long sentence", Came()), Inside)


def test_a_recovery_puts_added_ways_to_rest_until_their_owner_says_so(desk: Desk) -> None:
    desk.browser("anan").post("/console/ways/add", data={"kind": "email", "address": "before@example.org"})
    recovered(desk)
    assert desk.account("anan").lane == ""
    (way,) = desk.ways()
    page = desk.browser("anan")
    shown = page.get("/console/ways").text
    assert "บัญชีนี้เพิ่งกู้คืน" in shown
    assert f'name="way" value="{way.id}"><button class="main"' in shown
    page.post("/console/ways/test", data={"way": way.id})
    assert [to for to, _ in desk.mail.got if to == ["before@example.org"]] == []
    assert desk.ways()[0].state == "rests"
    page.post("/console/ways/rouse", data={"way": way.id})
    page.post("/console/ways/test", data={"way": way.id})
    assert desk.mail.got[-1][0] == ["before@example.org"]
    assert "บัญชีนี้เพิ่งกู้คืน" not in page.get("/console/ways").text


def test_what_was_put_to_rest_and_roused_stands_in_the_log(desk: Desk) -> None:
    desk.browser("anan").post("/console/ways/add", data={"kind": "email", "address": "before@example.org"})
    recovered(desk)
    desk.browser("anan").post("/console/ways/rouse", data={"way": desk.ways()[0].id})
    told = {row.act: json.loads(row._mapping["values"]) for row in rows(desk.house.database, audit)}
    assert (told["sign_in.recover"]["ways"], told["sign_in.recover"]["line"]) == (1, True)
    assert told["way_rouse"]["way"] == desk.ways()[0].id


def test_nobody_rouses_a_way_of_somebody_else(desk: Desk) -> None:
    desk.browser("anan").post("/console/ways/add", data={"kind": "email", "address": "before@example.org"})
    recovered(desk)
    assert desk.browser("charlie").post("/console/ways/rouse", data={"way": desk.ways()[0].id}).status_code == 404
    assert desk.ways()[0].state == "rests"
