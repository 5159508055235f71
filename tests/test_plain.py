"""The plain list of tickets: readable, without the reporter, and dead to whatever people write into it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bot import web
from bot.db import commit
from bot.house import House
from handlers.vocabulary import Answer, Conversation, Open, Reporter, StoryEntry
from knowledge import load as knowledge_load
from tests.house import START, Clock

Make = Callable[..., House]
NASTY = '<svg onload=alert(1)>"&{{7*7}}\u202egpj.exe'


@pytest.fixture(scope="module")
def knowledge() -> Any:
    return knowledge_load.load()


@pytest.fixture
def house(url: str, new_house: Make, clock: Clock, knowledge: Any) -> House:
    made = new_house(url, knowledge=knowledge, list_tickets=True)
    told = StoryEntry("story.opened", at=_moment(), by="reporter", words=NASTY)
    act = Open(
        code=made.sealing.code("e1"),
        kind="complaint",
        type="smell",
        urgency="high",
        office="provincial_office@TH-11",
        summary=NASTY,
        report={"what": Answer(NASTY), "factory": Answer("ABC")},
        reporter=Reporter(phone="+66899999999", name="Somchai"),
        story=(told,),
    )
    with made.database.transaction() as connection:
        commit.write(connection, [commit.Decided("Ua", (), Conversation("Ua"), (act,))], made.sealing, START)
    return made


def _moment() -> Any:
    from bot.db.rows import sure_moment

    return sure_moment(START)


def get(house: House, path: str) -> httpx.Response:
    import asyncio

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(web.app(house, work=0, send=False))
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            return await client.get(path)

    return asyncio.run(go())


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_list_and_a_ticket_show_the_office_and_never_the_reporter(house: House, lang: str) -> None:
    code = house.sealing.code("e1")
    for path in ("/tickets", f"/tickets/{code}", f"/tickets/{code.lower().replace('-', ' ')}"):
        page = get(house, f"{path}?lang={lang}")
        assert page.status_code == 200
        assert code in page.text
        assert ("สมุทรปราการ" if lang == "th" else "Samut Prakan") in page.text
        assert "99999999" not in page.text
        assert "Somchai" not in page.text


def test_what_people_wrote_stays_text(house: House) -> None:
    for path in ("/tickets", f"/tickets/{house.sealing.code('e1')}"):
        page = get(house, path)
        assert "<svg" not in page.text
        assert "{{7*7}}" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("code", ["AAA-AAA-AAA", "..%2f..", "1", "ก" * 50])
def test_an_unknown_code_is_not_found(house: House, code: str) -> None:
    assert get(house, f"/tickets/{code}").status_code == 404


def test_a_house_in_production_shows_no_list(url: str, new_house: Make, knowledge: Any) -> None:
    assert get(new_house(url, knowledge=knowledge), "/tickets").status_code == 404
