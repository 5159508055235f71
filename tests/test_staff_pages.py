"""My account and the administrators' pages: what each may change, of whom, and what a form can never change."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.accounts.fields import Fields
from bot.accounts.register import Added, Register
from bot.console.me import device
from bot.db.tables import audit
from bot.db.tables_staff import groups, passkeys, staff
from handlers.people import RIGHTS, ROLES
from handlers.staff import Refused
from tests.accounted import GOOD, SAME, at_the_door, change, digits_now, row, with_password, with_second
from tests.consoled import Office
from tests.house import Clock, rows
from tests.staffed import CHIANG_MAI, SAMUT_PRAKAN

NEW = {"email": "Nok@Example.go.th", "office": "TH-11", "role": "officer", "name": "Nok", "area": "", "duties": ""}


def post(browser: Any, path: str, **data: str) -> Any:
    return browser.post(path, data=data, headers=SAME)


# --- who may administer ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_only_administrators_run_the_house(role: str, lite: Office) -> None:
    person = next(one for one in lite.cast.values() if one.role == role)
    page, charlie = lite.sign_in(person.name), lite.cast["charlie"].id
    may = "staff" in RIGHTS[person.role]
    paths = ["/console/staff", "/console/staff/new", f"/console/staff/{charlie}", "/console/groups"]
    assert [page.get(path).status_code for path in paths] == [200 if may else 403] * 4
    acts = ["", "/disable", "/invite", "/link", "/recover", "/recover/approve", "/recover/deny"]
    if not may:
        told = [post(page, f"/console/staff/{charlie}{act}").status_code for act in acts]
        told += [
            post(page, "/console/staff", **NEW).status_code,
            post(page, "/console/groups", office="diw").status_code,
        ]
        assert told == [403] * 9
        assert row(lite, "charlie").state == "active"


def test_an_administrator_adds_somebody_and_gets_code_and_invitation_once(desk: Office) -> None:
    page = desk.sign_in("adisorn")
    answer = post(page, "/console/staff", **NEW)
    assert answer.status_code == 200
    assert re.search(r"LINK-[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}", answer.text)
    token = re.search(r"/console/invite\?key=([\w-]+)", answer.text)
    assert token
    made = row(desk, "Nok")
    assert (made.email, made.office, made.state) == ("nok@example.go.th", SAMUT_PRAKAN, "invited")
    assert "LINK-" not in page.get(f"/console/staff/{made.id}").text
    assert desk.nobody().get(f"/console/invite?key={token[1]}").status_code == 200
    assert "staff.add" in [one.act for one in rows(desk.house.database, audit)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"office": "สมุทรปรา"}, "provincial_office@TH-11"),
        ({"role": "boss"}, "officer"),
        ({"email": "nok"}, "name@industry.go.th"),
        ({"role": "supervisor", "area": "99"}, "เขต"),
        ({"role": "field", "area": "TH-99"}, "TH-11"),
        ({"role": "deputy", "duties": "fishing"}, "factory"),
        ({"email": "anan@example.go.th"}, "มีบัญชีอยู่แล้ว"),
    ],
)
def test_what_is_wrong_is_said_with_its_mend_and_nothing_is_made(
    lite: Office, wrong: dict[str, str], said: str
) -> None:
    before = len(rows(lite.house.database, staff))
    answer = post(lite.sign_in("adisorn"), "/console/staff", **{**NEW, **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert len(rows(lite.house.database, staff)) == before


def edit(desk: Office, name: str, **given: str) -> Any:
    was = row(desk, name)
    now = {field: getattr(was, field) for field in ("email", "office", "role", "name", "area", "duties")}
    version = given.pop("version", str(was.version))
    return post(desk.sign_in("adisorn"), f"/console/staff/{was.id}", **{**now, "version": version, **given})


def test_a_change_of_role_is_written_down(desk: Office) -> None:
    assert edit(desk, "anan", role="deputy", duties="factory").status_code == 303
    assert (row(desk, "anan").role, row(desk, "anan").duties) == ("deputy", "factory")
    noted = next(one for one in rows(desk.house.database, audit) if one.act == "staff.edit")
    assert noted.who == f"staff:{desk.cast['adisorn'].id}"
    assert "deputy" in noted.values


def test_two_administrators_who_edit_at_once_do_not_overwrite_each_other(desk: Office) -> None:
    version = str(row(desk, "anan").version)
    edit(desk, "anan", office=CHIANG_MAI)
    edit(desk, "anan", office="diw", version=version)
    assert row(desk, "anan").office == CHIANG_MAI


def test_a_form_changes_only_what_it_names(lite: Office) -> None:
    """Mass assignment: state, password, LINE account and numbers cannot be slipped in."""
    before = row(lite, "anan")
    edit(lite, "anan", state="disabled", password="x", lane="Uevil", totp_step="0", id="1", made_at="0", quiet="")
    page = lite.sign_in("anan")
    mine = {"name": "Anan", "lang": "th", "quiet": "", "role": "administrator", "office": "ops", "email": "e@x.th"}
    post(page, "/console/me", **mine)
    after = row(lite, "Anan")
    assert (after.role, after.office, after.email) == (before.role, before.office, before.email)
    assert (after.state, after.password, after.lane) == (before.state, before.password, before.lane)


def test_nobody_takes_the_house_from_oneself_or_from_its_last_administrator(lite: Office) -> None:
    register, adisorn = Register.of(lite.house), row(lite, "adisorn").id
    assert register.disable(adisorn, adisorn) == Refused("accounts.not_oneself")
    assert edit(lite, "adisorn", role="officer").status_code == 303
    assert row(lite, "adisorn").role == "administrator"
    change(lite, "hub", role="administrator")
    assert register.disable(adisorn, row(lite, "hub").id) is None
    change(lite, "orn", role="administrator", state="disabled")
    assert register.disable(row(lite, "hub").id, row(lite, "orn").id) == Refused("accounts.last_administrator")


def test_who_is_disabled_is_out_everywhere(desk: Office) -> None:
    with_password(desk, "charlie")
    page = desk.sign_in("charlie")
    assert post(desk.sign_in("adisorn"), f"/console/staff/{desk.cast['charlie'].id}/disable").status_code == 303
    assert page.get("/console/").status_code == 303
    assert at_the_door(desk, "charlie").status_code == 401
    assert row(desk, "charlie").lane == ""


def test_recovery_through_the_pages_needs_a_second_administrator(lite: Office) -> None:
    change(lite, "hub", role="administrator")
    there = f"/console/staff/{lite.cast['anan'].id}"
    first, second = lite.sign_in("adisorn"), lite.sign_in("hub")
    post(first, f"{there}/recover")
    assert "/console/invite?key=" not in post(first, f"{there}/recover/approve").text
    assert "/console/invite?key=" in post(second, f"{there}/recover/approve").text


def test_a_group_is_bound_by_a_code_and_unbound_on_the_page(lite: Office) -> None:
    page = lite.sign_in("adisorn")
    assert "GROUP-" in post(page, "/console/groups", office="TH-11").text
    with lite.house.database.transaction() as connection:
        from bot.db import groups as bound

        bound.bind(connection, "Cteam", SAMUT_PRAKAN, lite.cast["adisorn"].id, 1)
    post(page, "/console/groups/unbind", lane="Cteam")
    assert rows(lite.house.database, groups) == []


# --- my account -----------------------------------------------------------------------------------


def test_a_new_password_signs_out_everywhere_else(desk: Office) -> None:
    with_password(desk)
    here, there = desk.nobody(), desk.nobody()
    at_the_door(desk, "anan", browser=here)
    at_the_door(desk, "anan", browser=there)
    fresh = "another long sentence entirely"
    post(here, "/console/me/password", old=GOOD, new=fresh, again=fresh)
    assert here.get("/console/me").status_code == 200
    assert there.get("/console/me").status_code == 303
    assert at_the_door(desk, "anan").status_code == 401
    assert at_the_door(desk, "anan", fresh).status_code == 303


def test_an_open_screen_is_not_enough_to_change_how_one_comes_in(lite: Office) -> None:
    with_password(lite)
    with_second(lite)
    page, before = lite.sign_in("anan"), row(lite, "anan")
    new = "another long sentence entirely"
    post(page, "/console/me/password", old="not it at all", new=new, again=new)
    post(page, "/console/me/second/drop", password="not it at all")
    assert post(page, "/console/me/passkey/ask", password="not it at all").status_code == 401
    after = row(lite, "anan")
    assert (after.password, after.totp) == (before.password, before.totp)


def test_the_second_factor_is_switched_on_by_its_first_digits(lite: Office) -> None:
    import pyotp

    with_password(lite)
    page = lite.sign_in("anan")
    shown = page.get("/console/me").text
    sealed = re.search(r'name="sealed" value="([^"]+)"', shown)
    secret = re.search(r'class="code break">([A-Z2-7]+)<', shown)
    assert sealed
    assert secret
    assert "<svg" in shown
    wrong = {"sealed": sealed[1], "digits": "000000", "password": GOOD}
    post(page, "/console/me/second", **wrong)
    assert row(lite, "anan").totp is None
    right = digits_now(lite, pyotp.TOTP(secret[1]))
    post(page, "/console/me/second", **{**wrong, "digits": right})
    assert row(lite, "anan").totp is not None
    assert secret[1].encode() not in row(lite, "anan").totp
    thief = lite.sign_in("duang")
    post(thief, "/console/me/second", sealed=sealed[1], digits=right, password="")
    assert row(lite, "duang").totp is None


def test_a_short_password_needs_its_second_factor(lite: Office, clock: Clock) -> None:
    with_password(lite)
    app, page = with_second(lite), lite.nobody()
    at_the_door(lite, "anan", browser=page)
    post(page, "/console/sign-in/digits", digits=digits_now(lite, app))
    post(page, "/console/me/password", old=GOOD, new="blue kite 9", again="blue kite 9")
    post(page, "/console/me/second/drop", password="blue kite 9")
    assert row(lite, "anan").totp is not None


def test_ones_own_sessions_are_listed_and_ended_and_nobody_elses(lite: Office) -> None:
    from bot.accounts.sessions import hashed

    mine, other, theirs = lite.sign_in("anan"), lite.sign_in("anan"), lite.sign_in("duang")
    post(mine, "/console/me/sessions/end", session=hashed(theirs.cookies["frontdoor"]))
    assert theirs.get("/console/me").status_code == 200
    post(mine, "/console/me/sessions/end", session=hashed(other.cookies["frontdoor"]))
    assert other.get("/console/me").status_code == 303
    third = lite.sign_in("anan")
    post(mine, "/console/me/sessions/end")
    assert (mine.get("/console/me").status_code, third.get("/console/me").status_code) == (200, 303)


def test_nobody_removes_a_passkey_of_somebody_else(lite: Office) -> None:
    from bot.db import passkeys as keys

    with lite.house.database.transaction() as connection:
        keys.add(connection, "cred", lite.cast["duang"].id, b"k", 0, "phone", 1)
    post(lite.sign_in("anan"), "/console/me/passkey/drop", credential="cred")
    assert len(rows(lite.house.database, passkeys)) == 1


@pytest.mark.parametrize(("quiet", "kept"), [("", ""), ("21:30-06:00", "21:30-06:00"), ("25:00-06:00", "20:00-07:00")])
def test_quiet_hours_are_hours(lite: Office, quiet: str, kept: str) -> None:
    post(lite.sign_in("anan"), "/console/me", name="Anan", lang="en", quiet=quiet)
    assert next(one.quiet for one in rows(lite.house.database, staff) if one.name.lower() == "anan") == kept


def test_a_link_code_is_shown_once_and_links(lite: Office) -> None:
    page = lite.sign_in("anan")
    assert "LINK-" in post(page, "/console/me/link").text
    assert "LINK-" not in page.get("/console/me").text
    post(page, "/console/me/unlink")
    assert row(lite, "anan").lane == ""


def test_no_administrator_alone_takes_over_an_account_that_is_in_use(lite: Office) -> None:
    """Neither by a link code for one's own LINE nor by a new invitation: that would unseal reporters to them."""
    with_password(lite)
    page, there = lite.sign_in("adisorn"), f"/console/staff/{lite.cast['anan'].id}"
    assert "LINK-" not in post(page, f"{there}/link").text
    assert "/console/invite?key=" not in post(page, f"{there}/invite").text
    assert row(lite, "anan").lane == "Uanan"


def test_names_from_outside_are_shown_as_words(lite: Office) -> None:
    found = Register.of(lite.house).add(Fields("x@y.th", SAMUT_PRAKAN, "officer", "<script>alert(1)</script>"), 0)
    assert isinstance(found, Added)
    assert "<script>alert" not in lite.sign_in("adisorn").get("/console/staff").text


def test_an_account_is_chosen_from_words_never_typed_in_ids(lite: Office) -> None:
    page = lite.sign_in("adisorn")
    team = {**NEW, "role": "field", "area": ["TH-11", "TH-12"], "duties": [], "region": ""}
    shown = page.post("/console/staff", data=team).text
    made = row(lite, "Nok")
    assert made.area == "TH-11|TH-12"
    assert "สำนักงานอุตสาหกรรมจังหวัดสมุทรปราการ</option>" in shown
    chief = {**NEW, "email": "chief@example.go.th", "name": "Chief", "role": "supervisor", "region": "2"}
    page.post("/console/staff", data=chief)
    assert row(lite, "Chief").area == "2"
    deputy = {**NEW, "email": "dep@example.go.th", "name": "Dep", "role": "deputy", "duties": ["factory", "mine"]}
    page.post("/console/staff", data=deputy)
    assert row(lite, "Dep").duties == "factory|mine"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/129.0 Mobile Safari/537.36 Line/14.1", "LINE · Android"),
        ("", ""),
    ],
)
def test_a_session_is_named_as_its_owner_knows_the_device(agent: str, said: str) -> None:
    assert device(agent) == said
