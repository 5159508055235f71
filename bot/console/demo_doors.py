"""The demo's way in: one tap, and you are one of the sample staff. It stands only where the demo is on."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from bot.console.asking import Ask, not_here
from bot.console.common import back
from bot.console.doors import cookie_name, hashed
from bot.console.frame import Frame
from bot.db import accounts, members

DOOR = "/console/demo"
DAY = 86_400_000


def pages(frame: Frame) -> None:
    if frame.house.settings.list_tickets:
        frame.door = DOOR
        frame.page(DOOR, "anyone", show)
        frame.act(f"{DOOR}/enter", "anyone", enter)


def show(ask: Ask) -> Response:
    with ask.house.database.reading() as connection:
        staff = members.all_active(connection, ask.house.tools.knowledge)
    return ask.show("demo_doors.html", staff=staff, back=ask.query.get("next", "/console/"))


def enter(ask: Ask) -> Response:
    id_, now = secrets.token_urlsafe(32), ask.now
    with ask.house.database.transaction() as connection:
        member = members.one(connection, ask.number("staff"), ask.house.tools.knowledge)
        if member is None:
            raise not_here()
        session = {"hash": hashed(id_), "staff": member.id, "made_at": now, "seen_at": now, "ends_at": now + DAY}
        accounts.begin(connection, {**session, "how": "demo"})
    answer = ask.go(back(ask))
    secure = cookie_name(ask.house).startswith("__Host-")
    answer.set_cookie(cookie_name(ask.house), id_, path="/", httponly=True, samesite="lax", secure=secure)
    return answer
