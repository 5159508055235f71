"""Signing in at another house, against a real provider over HTTP: only a linked account opens, and nothing forged."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from bot import outside
from bot.db.tables_staff import sessions, staff
from bot.emulator.serving import serving
from bot.house import House
from tests.accounted import SAME, change, digits_now, row, with_second
from tests.consoled import Browser, Office, office
from tests.house import rows
from tests.oidc_server import CLIENT, SECRET, Provider

Make = Callable[..., House]


@dataclass
class Both:
    """The house and the other house."""

    desk: Office
    provider: Provider

    def go(self, browser: Browser, name: str = "oidc", more: str = "") -> httpx.Response:
        """Leaves for the provider and comes back, as a browser would; gives the last answer of our house."""
        left = browser.get(f"/console/sign-in/with/{name}{more}")
        assert left.status_code == 303, left.text
        there = httpx.get(left.headers["location"], follow_redirects=False)
        return browser.get(there.headers["location"].replace("http://house", ""))


@pytest.fixture
def both(tmp_path: Any, sqlite_template: Any, new_house: Make) -> Iterator[Both]:
    provider = Provider()
    shutil.copy(sqlite_template, tmp_path / "house.db")
    with serving(provider.app()) as base:
        provider.issuer = base
        given = {
            "oidc_issuer": base, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_inside": True,
            "line_login_issuer": base, "line_login_channel_id": CLIENT, "line_login_channel_secret": SECRET,
        }  # fmt: skip
        with office(f"sqlite:///{tmp_path}/house.db", new_house, **given) as desk:
            yield Both(desk, provider)


def linked(both: Both, name: str = "anan") -> None:
    change(both.desk, name, oidc=f"{both.provider.issuer} {both.provider.signed_in}")


def inside(browser: Browser) -> bool:
    return browser.get("/console/me").status_code == 200


@pytest.mark.parametrize("posts", [False, True])
def test_a_linked_account_opens(both: Both, posts: bool) -> None:
    both.provider.posts = posts
    linked(both)
    page = both.desk.nobody()
    answer = both.go(page, more="?next=/console/%3Fstatus%3Dnew")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/?status=new")
    assert inside(page)


def test_keys_of_elliptic_curves_are_read(both: Both) -> None:
    both.provider.key = ECKey.generate_key("P-256", {"kid": "two"})
    linked(both)
    assert both.go(both.desk.nobody()).status_code == 303


def test_new_keys_of_the_provider_are_fetched(both: Both) -> None:
    linked(both)
    both.go(both.desk.nobody())
    both.provider.key = ECKey.generate_key("P-256", {"kid": "three"})
    assert both.go(both.desk.nobody()).status_code == 303


def test_nobody_becomes_staff_by_signing_in_elsewhere(both: Both) -> None:
    both.provider.claims = {"email": "anan@example.go.th", "email_verified": True}
    before = len(rows(both.desk.house.database, staff))
    page = both.desk.nobody()
    assert both.go(page).status_code == 401
    assert not inside(page)
    assert len(rows(both.desk.house.database, staff)) == before


def test_an_account_is_linked_by_its_owner_and_to_one_alone(both: Both) -> None:
    page = both.desk.sign_in("anan")
    assert both.go(page, more="?link=1").headers["location"] == "/console/me"
    assert row(both.desk, "anan").oidc == f"{both.provider.issuer} subject-1"
    both.go(both.desk.sign_in("duang"), more="?link=1")
    assert row(both.desk, "duang").oidc == ""
    page.post("/console/me/oidc/drop", headers=SAME)
    assert row(both.desk, "anan").oidc == ""


def test_the_own_second_factor_is_asked_for_here_too(both: Both) -> None:
    linked(both)
    app, page = with_second(both.desk), both.desk.nobody()
    assert both.go(page).headers["location"] == "/console/sign-in/digits"
    assert not inside(page)
    page.post("/console/sign-in/digits", data={"digits": digits_now(both.desk, app)}, headers=SAME)
    assert inside(page)


def test_a_disabled_account_stays_shut(both: Both) -> None:
    linked(both)
    change(both.desk, "anan", state="disabled")
    assert both.go(both.desk.nobody()).status_code == 401


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"nonce": "another"}, ""),
        ({"nonce": None}, ""),
        ({"aud": "somebody-else"}, ""),
        ({"aud": [CLIENT, "somebody-else"]}, ""),  # and nobody is authorised by name
        ({"iss": "https://evil.example"}, ""),
        ({"exp": 1_000_000_000}, ""),
        ({"sub": None}, ""),
        ({}, "none"),
        ({}, "public key as secret"),
        ({}, "secret"),
        ({}, "another key"),
        ({}, "issuer"),
        ({}, "redirect"),
    ],
)
def test_what_is_forged_opens_nothing(both: Both, claims: dict[str, Any], fault: str) -> None:
    linked(both)
    both.provider.claims, both.provider.fault = claims, fault
    page = both.desk.nobody()
    if fault in ("issuer", "redirect"):
        assert page.get("/console/sign-in/with/oidc").status_code == 503
    else:
        assert both.go(page).status_code == 401
    assert rows(both.desk.house.database, sessions) == []


def test_an_answer_belongs_to_the_browser_that_left(both: Both) -> None:
    """Somebody's code planted in another browser, a changed state, the same answer twice."""
    linked(both)
    page, victim = both.desk.nobody(), both.desk.nobody()
    left = page.get("/console/sign-in/with/oidc")
    there = httpx.get(left.headers["location"], follow_redirects=False)
    back = there.headers["location"].replace("http://house", "")
    assert victim.get(back).status_code == 401
    both.go(victim)  # the victim has a cookie of another round
    assert page.get(back + "x").status_code == 401  # and the round is over
    assert page.get(back).status_code == 401


def test_line_signs_with_the_channels_secret_and_opens_the_account_of_that_line(both: Both) -> None:
    both.provider.fault, both.provider.signed_in, both.provider.posts = "line", "Uanan", True
    page = both.desk.nobody()
    assert both.go(page, "line").status_code == 303
    assert inside(page)


def test_a_provider_that_is_not_set_is_not_there(both: Both) -> None:
    assert both.desk.nobody().get("/console/sign-in/with/evil").status_code == 404


# --- what is called from here ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "::"],
)  # fmt: skip
def test_private_addresses_are_no_peers(address: str) -> None:
    assert not outside.is_public(ip_address(address))


@pytest.mark.parametrize("url", ["https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://localhost/",
                                 "https://[::ffff:10.0.0.1]/", "http://93.184.216.34/"])  # fmt: skip
def test_our_own_network_is_not_called_however_it_is_spelt(url: str) -> None:
    with outside.client() as wire, pytest.raises(httpx.TransportError):
        wire.get(url)


def test_a_name_that_leads_inside_is_not_called_and_a_public_one_may_be() -> None:
    assert outside.is_public(ip_address("93.184.216.34"))
    with pytest.raises(outside.Refused):
        outside.address_of("localhost", 443)
    assert outside.address_of("localhost", 443, inside=True).is_loopback
