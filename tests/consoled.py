"""A console for tests: the real app over a house with its cast, asked through HTTP as a browser would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI

from bot import web
from bot.console.doors import cookie_name, hashed
from bot.console.frame import Frame
from bot.db import accounts
from bot.db.tables_staff import sessions, staff
from bot.house import House
from handlers.people import Member
from tests.staffed import staffed

YEAR = 365 * 86_400_000


@dataclass
class Browser:
    """Asks the app as a browser would, with its cookies, and follows nothing by itself."""

    app: FastAPI
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def get(self, path: str, **given: Any) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, **given))

    def post(self, path: str, **given: Any) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, **given))

    async def _ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://house", cookies=self.cookies) as client:
            answer = await client.request(method, path, **given)
            self.cookies = client.cookies
            return answer


@dataclass
class Office:
    """The house, its console, and who works there."""

    house: House
    cast: dict[str, Member]
    app: FastAPI

    @property
    def frame(self) -> Frame:
        frame: Frame = self.app.state.frame
        return frame

    def nobody(self) -> Browser:
        return Browser(self.app)

    def sign_in(self, name: str) -> Browser:
        """A browser of somebody of the cast, who is signed in."""
        client = self.nobody()
        client.cookies.set(cookie_name(self.house), self.session(name))
        return client

    def session(self, name: str) -> str:
        """The id of a fresh session, as it stands in the cookie."""
        now = self.house.clock()
        with self.house.database.transaction() as connection:
            number = connection.execute(sa.select(sa.func.count()).select_from(sessions)).scalar_one()
            id_ = f"{name}-{number}"
            times = {"made_at": now, "seen_at": now, "ends_at": now + YEAR}
            accounts.begin(connection, {"hash": hashed(id_), "staff": self.cast[name].id, **times})
        return id_

    def disable(self, name: str) -> None:
        with self.house.database.transaction() as connection:
            connection.execute(sa.update(staff).where(staff.c.name == name).values(state="disabled"))


@contextmanager
def office(url: str, new_house: Callable[..., House], **given: Any) -> Iterator[Office]:
    house, cast = staffed(new_house, url, **given)
    yield Office(house, cast, web.app(house, work=0, send=False))
