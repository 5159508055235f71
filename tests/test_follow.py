"""A caller follows the ticket with number and key: in LINE, where answers then arrive, or on the page."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.db import people
from bot.db.tables import audit, outbox, story
from bot.house import House
from handlers.following import Typed, typed
from tests.consoled import Office, office
from tests.house import arrive, event, rows
from tests.staffed import complaint, run
from tests.test_caller import filed

Make = Callable[..., House]


@pytest.fixture
def desk(url: str, new_house: Make) -> Iterator[Office]:
    with office(url, new_house) as made:
        yield made


@pytest.fixture
def lite(tmp_path: Any, sqlite_template: Any, new_house: Make) -> Iterator[Office]:
    shutil.copy(sqlite_template, tmp_path / "house.db")
    with office(f"sqlite:///{tmp_path}/house.db", new_house) as made:
        yield made


def called(desk: Office) -> tuple[str, str, str]:
    """Number, key and page of a ticket that Anan filed for a caller, as the page shows them."""
    shown = filed(desk.sign_in("anan"), name="สมหญิง ใจดี").text
    key = re.search(r'id="key">([^<]+)<', shown)[1]  # type: ignore[index]
    path = re.search(r'href="(/t/[0-9a-f]{32})"', shown)[1]  # type: ignore[index]
    return re.search(r'<b class="code">([^<]+)<', shown)[1], key, path  # type: ignore[index]


numbers = iter(range(1, 1000))


def send(desk: Office, words: str, who: str = "Usomying") -> str:
    """What the chat then says last."""
    arrive(desk.house, event(next(numbers), who, desk.house.clock(), text=words))
    run(desk.house)
    told = [row.messages for row in rows(desk.house.database, outbox, "id") if row.lane == who]
    return json.dumps(json.loads(told[-1]), ensure_ascii=False) if told else ""


def said(desk: Office, key: str, **values: Any) -> str:
    text = desk.house.tools.words.say(f"my_tickets.{key}", values, "th")
    return text.splitlines()[0]


def owner(desk: Office, code: str) -> tuple[str, Any]:
    with desk.house.database.reading() as connection:
        found = people.unseal(connection, code, desk.house.sealing)
    assert found
    return found


@pytest.mark.parametrize("spelt", ["{} {}", "ติดตาม {} {}", "เลข {} รหัส {} ค่ะ", "{}\n{}"])
def test_number_and_key_bring_the_ticket_into_the_chat(spelt: str, lite: Office) -> None:
    code, key, _ = called(lite)
    answer = send(lite, spelt.format(code.lower(), key))
    assert said(lite, "follow.done", code=code) in answer
    lane, reporter = owner(lite, code)
    assert lane == "Usomying"
    assert reporter.name == "สมหญิง ใจดี"
    assert code in send(lite, code)


def test_from_then_on_answers_of_staff_come_by_line(desk: Office) -> None:
    code, key, _ = called(desk)
    send(desk, f"ติดตาม {code} {key}")
    desk.house.desk.do(desk.cast["anan"], code, "take", {})
    desk.house.desk.do(desk.cast["anan"], code, "answer_reporter", {"words": "พรุ่งนี้ไปตรวจค่ะ"})
    desk.house.clock.forward(60)  # type: ignore[attr-defined]
    run(desk.house)
    told = [row.messages for row in rows(desk.house.database, outbox, "id") if row.lane == "Usomying"]
    assert any("พรุ่งนี้ไปตรวจค่ะ" in json.dumps(json.loads(one), ensure_ascii=False) for one in told)
    assert any(one.key == "story.followed" and one.audience == "staff" for one in rows(desk.house.database, story))
    assert ("reporter", "follow") in [(one.who, one.act) for one in rows(desk.house.database, audit)]


def test_the_address_of_the_page_does_as_well(lite: Office) -> None:
    code, _, path = called(lite)
    assert said(lite, "follow.done", code=code) in send(lite, f"https://door.example.go.th{path}")
    assert owner(lite, code)[0] == "Usomying"


def test_a_key_that_does_not_fit_is_told_so_and_tries_are_counted(lite: Office) -> None:
    code, key, _ = called(lite)
    other = complaint(lite.house, "Uother")
    wrong = f"{key[:-1]}{'A' if key[-1] != 'A' else 'C'}"
    for left, words in (
        (4, f"{code} {wrong}"),
        (3, f"{other} {key}"),
        (2, f"AAA-AAA-AAA {key}"),
        (1, f"{code} {wrong}"),
    ):
        assert said(lite, "follow.wrong", left=left) in send(lite, words)
    assert said(lite, "follow.wait") in send(lite, f"{code} {wrong}")
    assert said(lite, "follow.wait") in send(lite, f"{code} {key}")
    assert owner(lite, code)[0] == f"caller:{code}"
    lite.house.clock.forward(660)  # type: ignore[attr-defined]
    assert said(lite, "follow.done", code=code) in send(lite, f"{code} {key}")


def test_one_chat_follows_it_and_nobody_takes_it_over(lite: Office) -> None:
    code, key, _ = called(lite)
    send(lite, f"{code} {key}")
    assert said(lite, "follow.elsewhere", code=code) in send(lite, f"{code} {key}", "Umalee")
    assert owner(lite, code)[0] == "Usomying"
    own = complaint(lite.house, "Usomchai")
    page = lite.house.sealing.page_keys(own)[0]
    assert said(lite, "follow.elsewhere", code=own) in send(lite, f"https://door/t/{page}", "Umalee")
    assert owner(lite, own)[0] == "Usomchai"


def test_the_page_opens_by_number_and_key(lite: Office) -> None:
    code, key, path = called(lite)
    page = lite.nobody()
    assert page.get("/follow").status_code == 200
    assert page.post("/follow", data={"number": code.lower(), "key": key.replace("-", " ")}).headers["location"] == path
    for number, typed_ in ((code, "3AAA-AAAA"), ("AAA-AAA-AAA", key), ("", ""), (code, "ก")):
        answer = page.post("/follow", data={"number": number, "key": typed_})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert page.post("/follow", data={}, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_the_page_cannot_be_tried_for_ever(lite: Office) -> None:
    code, key, _ = called(lite)
    page = lite.nobody()
    answers = [page.post("/follow", data={"number": code, "key": "3AAA-AAAA"}).status_code for _ in range(25)]
    assert answers[-1] == 429
    assert page.post("/follow", data={"number": code, "key": key}).status_code == 429


@pytest.mark.parametrize(
    "words",
    [
        "ABC-DEF-GHJ when will it be done",
        "the cat ran home today",
        "ABC-DEF-GHJ โทร 0812345678",
        "เรื่อง ABC-DEF-GHJ ถึงไหนแล้ว",
        "https://example.com/t/abc",
        f"{'ยาว' * 200} ABC-DEF-GH3 3AAA-AAAA",
    ],
)
def test_plain_words_are_no_key(words: str) -> None:
    assert typed(words) is None


def test_thai_figures_and_spaces_are_read() -> None:
    assert typed("abc def gh3 ๓aaa aaaa") == Typed("ABC DEF GH3", "3AAAAAAA")
