"""The door of the console: who comes in, who does not, and what an attacker at it can and cannot do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.accounts import sessions as kept
from bot.accounts.origin import address, onward
from bot.accounts.passwords import Passwords, fault
from bot.accounts.rates import RULES
from bot.accounts.register import Register
from bot.db.tables import audit
from bot.db.tables_staff import sessions
from bot.house import House
from tests.accounted import GOOD, SAME, at_the_door, change, digits_now, gate, row, with_password, with_second
from tests.consoled import Office
from tests.house import Clock, rows

Make = Callable[..., House]
TRIES = int(RULES["account"].partition("/")[0])


def inside(browser: Any) -> bool:
    return bool(browser.get("/console/me").status_code == 200)


# --- passwords ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "second", "found"),
    [
        (GOOD, False, ""),
        ("แมวดำนอนบนหลังคาบ้าน", False, ""),
        ("fourteen chars", False, "password.short"),
        ("eight ch", True, ""),
        ("seven c", True, "password.short_second"),
        ("x" * 257, False, "password.long"),
        ("Password12345678", False, "password.common"),
        ("P@ssw0rd12345678", False, "password.common"),
        ("123456789012345", False, "password.common"),
        ("abcabcabcabcabcabc", False, "password.common"),
        ("qwertyuiopasdfgh", False, "password.common"),
        ("somchaisomchai12", False, "password.common"),
        ("ฟหกดเ้่าสวงฟหกด", False, "password.common"),
    ],
)
def test_which_passwords_will_do(typed: str, second: bool, found: str) -> None:
    assert fault(typed, second, ("somchai",)) == found


def test_the_same_password_from_another_keyboard_is_the_same() -> None:
    passwords = Passwords()
    assert passwords.matches(passwords.kept("ｆｕｌｌ width น้ำ 12345"), "full width น้ำ 12345")


# --- in and out -----------------------------------------------------------------------------------


def test_with_the_password_one_comes_in_and_on_to_the_page_that_was_wanted(desk: Office) -> None:
    with_password(desk)
    page = desk.nobody()
    answer = at_the_door(desk, "anan", browser=page, next="/console/?status=new")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/?status=new")
    assert inside(page)
    assert page.post("/console/sign-out", headers=SAME).status_code == 303
    assert not inside(page)
    acts = [one.act for one in rows(desk.house.database, audit, "id")]
    assert acts == ["sign_in", "sign_out"]


def test_wrong_password_unknown_address_and_disabled_account_are_told_alike(desk: Office) -> None:
    """The same words, the same status, the same work: one reckoning of a hash each."""
    with_password(desk)
    with_password(desk, "duang")
    change(desk, "duang", state="disabled")
    told, worked = [], []
    for name, password in [("anan", "wrong wrong wrong"), ("nobody", GOOD), ("duang", GOOD), ("wipa", GOOD)]:
        before = gate(desk).passwords.checks
        answer = at_the_door(desk, name, password)
        told.append((answer.status_code, answer.text.replace(name, "")))
        worked.append(gate(desk).passwords.checks - before)
    assert len(set(told)) == 1
    assert worked == [1, 1, 1, 1]


def test_an_account_without_a_password_opens_with_none(lite: Office) -> None:
    assert not gate(lite).passwords.matches("", "")
    assert at_the_door(lite, "anan", "").status_code == 401


def test_an_unknown_address_is_written_down_nowhere(lite: Office) -> None:
    at_the_door(lite, "my-secret-password-in-the-wrong-field")
    assert "my-secret" not in str(rows(lite.house.database, audit))


def test_a_session_from_before_signing_in_is_not_taken_over(lite: Office) -> None:
    """Fixation: whatever id somebody planted, the one after signing in is another, and the planted opens nothing."""
    with_password(lite)
    page = lite.nobody()
    page.cookies.set("frontdoor", "planted")
    at_the_door(lite, "anan", browser=page)
    assert [one for one in page.cookies.jar if one.name == "frontdoor" and one.value != "planted"]
    planted = lite.nobody()
    planted.cookies.set("frontdoor", "planted")
    assert not inside(planted)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(lite: Office, new_house: Make) -> None:
    with_password(lite)
    cookies = at_the_door(lite, "anan").headers.get_list("set-cookie")
    session = next(one for one in cookies if one.startswith("frontdoor="))
    assert "httponly" in session.lower()
    assert "samesite=lax" in session.lower()
    safe = new_house(lite.house.settings.database_url, public_base_url="https://desk.example")
    from bot.console.doors import cookie_name

    assert cookie_name(safe) == "__Host-frontdoor"


def test_the_table_holds_no_session_that_could_be_stolen(lite: Office) -> None:
    with_password(lite)
    page = lite.nobody()
    at_the_door(lite, "anan", browser=page)
    kept_ones = str(rows(lite.house.database, sessions))
    assert page.cookies["frontdoor"] not in kept_ones
    assert kept.hashed(page.cookies["frontdoor"]) in kept_ones


def test_a_session_ends_when_it_is_not_used_and_at_its_longest(lite: Office, clock: Clock) -> None:
    with_password(lite)
    page = lite.nobody()
    at_the_door(lite, "anan", browser=page)
    for _ in range(9):
        clock.forward(3 * 86400)
        assert inside(page)
    clock.forward(4 * 86400)  # thirty-one days after signing in, though used all the time
    assert not inside(page)
    at_the_door(lite, "anan", browser=page)
    clock.forward(8 * 86400)
    assert not inside(page)


def test_what_was_shown_inside_is_kept_in_no_cache(lite: Office) -> None:
    page = lite.sign_in("anan")
    assert page.get("/console/me").headers["cache-control"] == "no-store"


# --- the second factor ----------------------------------------------------------------------------


def test_after_the_password_the_digits_are_asked_for(desk: Office) -> None:
    with_password(desk)
    app, page = with_second(desk), desk.nobody()
    assert at_the_door(desk, "anan", browser=page, next="/console/me").headers["location"] == "/console/sign-in/digits"
    assert not inside(page)
    answer = page.post("/console/sign-in/digits", data={"digits": digits_now(desk, app)}, headers=SAME)
    assert answer.headers["location"] == "/console/me"
    assert inside(page)


def test_digits_work_once(desk: Office, clock: Clock) -> None:
    """Seen over a shoulder, they are worth nothing; nor are those of the step before."""
    with_password(desk)
    app = with_second(desk)
    seen = digits_now(desk, app)
    for expected in (303, 401):
        page = desk.nobody()
        at_the_door(desk, "anan", browser=page)
        answer = page.post("/console/sign-in/digits", data={"digits": seen}, headers=SAME)
        assert answer.status_code == expected
    before = digits_now(desk, app, -1)
    assert page.post("/console/sign-in/digits", data={"digits": before}, headers=SAME).status_code == 401
    clock.forward(30)
    fresh = page.post("/console/sign-in/digits", data={"digits": digits_now(desk, app)}, headers=SAME)
    assert fresh.status_code == 303


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_that_is_half_a_minute_off_is_forgiven(lite: Office, steps: int) -> None:
    with_password(lite)
    app, page = with_second(lite), lite.nobody()
    at_the_door(lite, "anan", browser=page)
    thai = digits_now(lite, app, steps).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert page.post("/console/sign-in/digits", data={"digits": thai}, headers=SAME).status_code == 303


def test_five_wrong_digits_and_the_password_is_asked_anew(lite: Office) -> None:
    with_password(lite)
    app, page = with_second(lite), lite.nobody()
    at_the_door(lite, "anan", browser=page)
    right = digits_now(lite, app)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        page.post("/console/sign-in/digits", data={"digits": wrong}, headers=SAME)
    answer = page.post("/console/sign-in/digits", data={"digits": right}, headers=SAME)
    assert answer.status_code == 401
    assert not inside(page)


# --- tries ----------------------------------------------------------------------------------------


def test_strangers_who_use_up_the_tries_shut_out_strangers_alone(lite: Office) -> None:
    """No lock-out as a weapon: the officer's own device still comes in, with the account's count used up."""
    with_password(lite)
    home = lite.nobody()
    at_the_door(lite, "anan", browser=home)
    home.post("/console/sign-out", headers=SAME)
    for _ in range(TRIES):
        at_the_door(lite, "anan", "guess guess guess")
    assert at_the_door(lite, "anan").status_code == 429
    assert at_the_door(lite, "anan", browser=home).status_code == 303


def test_a_device_mark_helps_with_its_own_account_alone_and_cannot_be_made(lite: Office) -> None:
    with_password(lite)
    with_password(lite, "duang")
    page = lite.nobody()
    at_the_door(lite, "duang", browser=page)
    for _ in range(TRIES + 1):
        at_the_door(lite, "anan", "guess guess guess")
    assert at_the_door(lite, "anan", browser=page).status_code == 429
    page.cookies.set("frontdoor_device", "AAAA" * 30)
    assert at_the_door(lite, "anan", browser=page).status_code == 429


def test_unknown_addresses_are_slowed_down_like_known_ones(lite: Office) -> None:
    told = [at_the_door(lite, "ghost", "guess guess guess").status_code for _ in range(TRIES + 1)]
    assert told == [401] * TRIES + [429]


def test_one_address_that_tries_many_accounts_is_slowed_down(lite: Office) -> None:
    from bot.accounts.rates import Rates

    gate(lite).rates = Rates(rules={"address": "5/15minutes"})
    told = [at_the_door(lite, f"ghost{n}", "guess guess guess").status_code for n in range(7)]
    assert told == [401] * 5 + [429] * 2


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "found"),
    [
        ("203.0.113.9", [], (), "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], (), "203.0.113.9"),  # nobody's word is believed
        ("10.0.0.5", ["198.51.100.1"], ("10.0.0.0/8",), "198.51.100.1"),
        ("10.0.0.5", ["1.2.3.4, 198.51.100.1"], ("10.0.0.5",), "198.51.100.1"),  # the first was written by the client
        ("10.0.0.5", ["1.2.3.4", "198.51.100.1, 10.0.0.6"], ("10.0.0.0/8",), "198.51.100.1"),
        ("10.0.0.5", ["nonsense"], ("10.0.0.5",), "10.0.0.5"),
        ("::ffff:203.0.113.9", [], (), "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", [], (), "2001:db8:1:2::/64"),
    ],
)
def test_from_where_a_request_comes(peer: str, forwarded: list[str], proxies: tuple[str, ...], found: str) -> None:
    assert address(peer, forwarded, proxies) == found


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "/\\evil.example", "\\\\evil", "https://evil.example/console/", "/console//evil.example",
     "javascript:alert(1)", "/console\n//evil", "/consoleevil", "", "/tickets", "/console/sign-in", "/\t/evil"],
)  # fmt: skip
def test_after_signing_in_one_goes_nowhere_but_into_the_console(lite: Office, wanted: str) -> None:
    assert onward(wanted) == "/console/"
    with_password(lite)
    assert at_the_door(lite, "anan", next=wanted).headers["location"] == "/console/"


# --- invitations and recovery ---------------------------------------------------------------------


def invitation(desk: Office, name: str = "anan") -> str:
    change(desk, name, state="invited")
    token = Register.of(desk.house).invite(row(desk, name).id, 0)
    assert isinstance(token, str)
    return token


def accept(desk: Office, token: str, password: str = GOOD, again: str = "") -> Any:
    page = desk.nobody()
    data = {"key": token, "password": password, "again": again or password}
    return page, page.post("/console/invite", data=data, headers=SAME)


def test_the_first_sign_in_is_by_invitation_which_works_once(desk: Office) -> None:
    token = invitation(desk)
    for _ in range(3):  # mail programs look at addresses, too
        assert desk.nobody().get(f"/console/invite?key={token}").status_code == 200
    page, answer = accept(desk, token)
    assert answer.status_code == 303
    assert inside(page)
    assert row(desk, "anan").state == "active"
    assert accept(desk, token)[1].status_code == 404


@pytest.mark.parametrize(("password", "again"), [("short", "short"), (GOOD, GOOD + "x"), ("password12345678",) * 2])
def test_a_password_that_will_not_do_leaves_the_invitation_as_it_is(lite: Office, password: str, again: str) -> None:
    token = invitation(lite)
    assert accept(lite, token, password, again)[1].status_code == 422
    assert accept(lite, token)[1].status_code == 303


def test_an_invitation_lasts_three_days_and_dies_with_the_account(lite: Office, clock: Clock) -> None:
    token = invitation(lite)
    clock.forward(3 * 86400 + 1)
    assert accept(lite, token)[1].status_code == 404
    token = invitation(lite)
    Register.of(lite.house).disable(row(lite, "anan").id, 0)
    assert accept(lite, token)[1].status_code == 404


def test_recovery_needs_two_administrators_and_takes_away_what_was(desk: Office) -> None:
    with_password(desk)
    with_second(desk)
    page = desk.sign_in("anan")
    change(desk, "hub", role="administrator")
    register, anan = Register.of(desk.house), row(desk, "anan").id
    first, second = row(desk, "adisorn").id, row(desk, "hub").id
    assert not isinstance(register.approve_recovery(anan, second), str)  # nobody has asked
    assert register.ask_recovery(anan, first) is None
    assert not isinstance(register.approve_recovery(anan, first), str)  # the same one
    assert not isinstance(register.approve_recovery(anan, anan), str)
    token = register.approve_recovery(anan, second)
    assert isinstance(token, str)
    assert inside(page)  # until the person has come in anew
    answer = accept(desk, token, "quite another long sentence")[1]
    assert answer.status_code == 303
    assert row(desk, "anan").totp is None
    assert not inside(page)
    assert at_the_door(desk, "anan").status_code == 401
