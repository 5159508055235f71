"""The console's frame: who may open what, nothing from another site, nothing to another host, and it is small."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.responses import Response

from bot.console import assets
from bot.console.asking import Ask
from bot.console.frame import FREE
from handlers.people import RIGHTS, ROLES
from tests.consoled import Office
from tests.staffed import complaint

FIRST_LOAD = 150_000


def test_every_address_of_the_console_has_a_rule(lite: Office) -> None:
    ruled = {(rule.method, rule.path) for rule in lite.frame.rules}
    for route in lite.app.routes:
        path = getattr(route, "path", "")
        if path.startswith("/console"):
            methods = {"POST"} if "POST" in route.methods else {"GET"}  # type: ignore[attr-defined]
            assert {(method, path) for method in methods} <= ruled


def test_a_right_that_no_role_has_is_a_fault_at_start(lite: Office) -> None:
    with pytest.raises(ValueError, match="no role has"):
        lite.frame.page("/console/odd", "fly", lambda ask: Response())


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_its_rights_say_and_nothing_else(role: str, lite: Office) -> None:
    person = next(one for one in lite.cast.values() if one.role == role)
    page = lite.sign_in(person.name)
    for rule in lite.frame.rules:
        if rule.method == "GET" and "{" not in rule.path and not rule.path.endswith("/live"):
            status = page.get(rule.path).status_code
            allowed = rule.right in FREE or rule.right in RIGHTS[person.role]
            assert (status == 403) is not allowed, f"{role} {rule.path}: {status}"


def test_nobody_is_sent_to_the_door_and_comes_back(lite: Office) -> None:
    answer = lite.nobody().get("/console/?status=new")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{lite.frame.door}?next=/console/%3Fstatus%3Dnew"


def test_a_page_that_listens_after_its_sign_in_ended_is_told_that_it_is_out(lite: Office) -> None:
    answer = lite.nobody().get("/console/live", headers={"accept": "text/event-stream"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == "event: out\ndata: -\n\n"


def test_nobody_may_post_anything_but_the_free(lite: Office) -> None:
    for rule in lite.frame.rules:
        if rule.method == "POST" and rule.right != "anyone":
            path = re.sub(r"\{[^}]+\}", "1", rule.path)
            answer = lite.nobody().post(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith(lite.frame.door)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_post_from_another_site_does_nothing(headers: dict[str, str], lite: Office) -> None:
    page = lite.sign_in("anan")
    for rule in lite.frame.rules:
        if rule.method == "POST":
            path = re.sub(r"\{[^}]+\}", "1", rule.path)
            assert page.post(path, headers=headers).status_code == 403, path


def test_who_was_disabled_is_out_at_once(desk: Office) -> None:
    page = desk.sign_in("anan")
    assert page.get("/console/").status_code == 200
    desk.disable("anan")
    assert page.get("/console/").status_code == 303


def test_every_answer_forbids_other_hosts_and_caches(lite: Office) -> None:
    for path in ("/console/", "/console/nowhere/at/all", lite.frame.door):
        headers = lite.sign_in("anan").get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


def test_what_goes_wrong_is_a_page_with_words(lite: Office) -> None:
    def broken(ask: Ask) -> Response:
        raise RuntimeError("a secret inside")

    lite.frame.page("/console/broken", "member", broken)
    lite.app.router.routes.insert(0, lite.app.router.routes.pop())  # before the page for what is not there
    answer = lite.sign_in("anan").get("/console/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "<h1>" in answer.text


def test_the_language_is_changed_by_a_post_and_kept(lite: Office) -> None:
    page = lite.sign_in("anan")
    assert '<html lang="th">' in page.get("/console/").text
    assert page.post("/console/lang", data={"lang": "en", "back": "/console/"}).headers["location"] == "/console/"
    assert '<html lang="en">' in page.get("/console/").text


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/console//evil.example", "/consoleX\\@evil", ""]
)
def test_back_leads_only_into_the_console(to: str, lite: Office) -> None:
    assert lite.sign_in("anan").post("/console/lang", data={"back": to}).headers["location"] == "/console/"


def test_no_page_asks_another_host_or_runs_script_in_itself(lite: Office) -> None:
    html = lite.sign_in("anan").get("/console/").text
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', html)
    assert not re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|javascript:", html)


def test_the_first_load_is_small_with_fonts(lite: Office) -> None:
    page = lite.sign_in("anan")
    html = page.get("/console/")
    names = set(re.findall(rf"{assets.AT}/[\w.-]+", html.text))
    css = next(name for name in names if name.endswith(".css"))
    names |= set(re.findall(rf"{assets.AT}/[\w.-]+", page.get(css).text))
    total = len(html.content) + sum(_travels(page, name) for name in names)
    assert any(name.endswith(".woff2") for name in names)
    assert total <= FIRST_LOAD, total


def _travels(page: Any, name: str) -> int:
    """The bytes on the wire, as a browser asks for them."""
    answer = page.get(name, headers={"accept-encoding": "br, gzip"})
    assert answer.status_code == 200, name
    assert "immutable" in answer.headers["cache-control"]
    return int(answer.headers["content-length"])


def test_a_full_page_travels_small(lite: Office) -> None:
    """With its fonts and scripts (60 kB) the first load of a full queue stays below its bound too."""
    for number in range(50):
        complaint(lite.house, f"U{number}", summary=f"กลิ่นเหม็นจากโรงงานแห่งที่ {number} ทุกคืน เด็กในบ้านไอ")
    answer = lite.sign_in("anan").get("/console/", headers={"accept-encoding": "gzip"})
    assert answer.text.count("data-row ") >= 50
    assert int(answer.headers["content-length"]) < 25_000
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in lite.sign_in("anan").get("/console/", headers={"accept-encoding": ""}).headers


def test_the_fonts_hold_thai() -> None:
    import io

    from fontTools.ttLib import TTFont

    for name in assets.WEIGHTS:
        letters = TTFont(io.BytesIO(assets.all_of_them()[name].made())).getBestCmap()
        assert set(map(ord, "ก็ผู้แจ้งเหตุ๐ฯABCxyz·…")) <= set(letters)
