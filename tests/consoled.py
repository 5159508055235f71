"""A console for tests: the real app over a house with its cast, asked through HTTP as a browser would."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from PIL import Image

from bot import web, words
from bot.console.doors import cookie_name, hashed
from bot.console.frame import Frame
from bot.db import accounts
from bot.db.rows import sure_moment
from bot.db.tables_staff import sessions, staff
from bot.house import House
from handlers.people import Member
from handlers.vocabulary import Answer
from knowledge.model import Place
from tests.staffed import complaint, staffed

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


def sample(office: Office) -> dict[str, str]:
    """A morning's work in Samut Prakan: an alarm, a smell with a photo and talk, things late, put aside and ended."""
    house, cast = office.house, office.cast
    now = house.clock()

    def at(hours: float) -> Any:
        return sure_moment(now + round(hours * 3_600_000))

    made = {
        "alarm": complaint(
            house, "U1", kind="emergency", type="factory_fire", urgency="emergency", acknowledge_by=at(0.1),
            summary="ไฟไหม้โรงงานพลาสติก มีคนติดอยู่ข้างใน ควันดำมาก",
            place=Place("TH-11", "1101", "110101", 13.53, 100.65, typed="ซอยเทศบาลบางปู 77"),
        ),
        "smell": complaint(
            house, "U2", urgency="high", acknowledge_by=at(2), answer_by=at(20), resolve_by=at(90),
            summary="กลิ่นเหม็นเหมือนสารเคมีจากโรงงานเรืองชัยพลาสติกทุกคืนหลังสี่ทุ่ม เด็กในบ้านไอ",
            report={"what": Answer("เหม็นมากทุกคืน"), "factory": Answer("เรืองชัยพลาสติก")},
        ),
        "late": complaint(
            house, "U3", type="wastewater", acknowledge_by=at(-30), answer_by=at(-5), resolve_by=at(60),
            summary="น้ำเสียสีดำไหลลงคลองสำโรง ปลาตายลอยเต็ม",
        ),
        "noise": complaint(house, "U4", type="noise", acknowledge_by=at(30), summary="เสียงเครื่องจักรดังทั้งคืน"),
        "ended": complaint(house, "U5", type="dust", summary="ฝุ่นปูนเข้าบ้าน"),
    }  # fmt: skip
    desk = house.desk
    desk.do(cast["duang"], made["late"], "take", {})
    desk.do(cast["anan"], made["smell"], "take", {})
    desk.do(cast["anan"], made["smell"], "answer_reporter", {"words": "รับเรื่องแล้วค่ะ คืนนี้จะมีเจ้าหน้าที่ไปตรวจ"})
    desk.do(cast["duang"], made["smell"], "note", {"words": "@anan โรงงานนี้เคยถูกสั่งแก้ไขเมื่อปีที่แล้ว", "mentioned": []})
    desk.do(cast["anan"], made["ended"], "reject", {"words": "เทศบาลดูแลค่ะ"})
    while words.gather(house.database, house.tools.knowledge):
        pass
    return made


def photo() -> bytes:
    """A real picture, as a phone would take it."""
    drawn = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 100)).save(drawn, "JPEG")
    return drawn.getvalue()
