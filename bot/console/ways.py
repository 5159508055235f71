"""How one hears: LINE, mail, this browser, and for offices chats and webhooks; quiet hours, and "send a test" for each.

Everybody chooses their own ways. Those of an office, and addresses of chats and webhooks, are the administrator's: such
an address makes our server call somebody. An address is stored sealed and never shown again, only its label.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.responses import JSONResponse, Response

from bot import quota
from bot.channels import Channel
from bot.channels.apprise import scheme_of
from bot.channels.webpush import WebPush
from bot.console.asking import Ask, not_here
from bot.console.frame import Frame
from bot.db import audit, deliveries, groups, ways
from bot.db.ways import WANTS, Way
from handlers.notices import quiet_hours
from knowledge.model import Body

OFFICES = "groups"  # the right to set the ways of offices
PATIENCE = 4.0  # seconds that a test is waited for
HOME = "/console/ways"
WORKER = """self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(self.registration.showNotification(told.title || "", {
    body: told.body || "", tag: told.tag || "", data: told.url || "/console/", requireInteraction: Boolean(told.urgent),
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});
"""


def pages(frame: Frame) -> None:
    frame.page(HOME, "member", show, nav="ways.nav", order=80)
    frame.act(f"{HOME}/quiet", "member", quiet)
    frame.act(f"{HOME}/add", "member", add)
    frame.act(f"{HOME}/wish", "member", wish)
    frame.act(f"{HOME}/remove", "member", remove)
    frame.act(f"{HOME}/rouse", "member", rouse)
    frame.act(f"{HOME}/test", "member", test)
    frame.act(f"{HOME}/office", OFFICES, add_for_office)
    frame.page("/console/push.js", "anyone", worker)
    frame.page("/console/manifest.webmanifest", "anyone", manifest)


# --- the page --------------------------------------------------------------------------------------------------------


def show(ask: Ask) -> Response:
    channels, sealing, me = ask.house.channels(), ask.house.sealing, ask.member
    offices = ask.may(OFFICES)
    with ask.house.database.reading() as connection:
        mine = ways.of(connection, [me.id], [], sealing)
        row = ways.contacts(connection, [me.id])[me.id]
        shared = ways.shared(connection, sealing) if offices else []
        chats = groups.all_of_them(connection) if offices else []
        count = quota.read(connection, ask.now)
    start, _, end = row.quiet.partition("-")
    return ask.show(
        "ways.html",
        row=row,
        line_wants=next((one.wants for one in mine if one.kind == "line"), "all"),
        mine=[one for one in mine if one.kind != "line"],
        rests=sum(one.rests for one in mine),
        shared=shared,
        chats=chats,
        offices=_offices(ask) if offices else [],
        quota=count,
        wants=WANTS,
        quiet=(start, end),
        ready={name: channel.ready() for name, channel in channels.items()},
        push_key=_push_key(channels["webpush"]),
    )


def _push_key(channel: Channel) -> str:
    return channel.public_key() if isinstance(channel, WebPush) and channel.ready() else ""


def _offices(ask: Ask) -> list[Body]:
    bodies = ask.house.tools.knowledge.facts.bodies.values()
    return sorted((one for one in bodies if one.inside_ministry), key=lambda one: one.name.th)


# --- acts ------------------------------------------------------------------------------------------------------------


def quiet(ask: Ask) -> Response:
    given = f"{ask.word('from')}-{ask.word('to')}" if ask.word("from") and ask.word("to") else ""
    if given and quiet_hours(given) is None:
        return ask.go(HOME, "ways.wrong.time", wrong=True)
    with ask.house.database.transaction() as connection:
        ways.set_quiet(connection, ask.member.id, given)
    return ask.go(HOME, "ways.saved")


def add(ask: Ask) -> Response:
    """An own way: another mail address, or this browser."""
    kind = ask.word("kind")
    if kind == "webpush":
        try:
            address = orjson.loads(ask.word("subscription") or "{}")
        except ValueError:
            address = {}
        label = ask.word("label") or urlsplit(str(address.get("endpoint", ""))).hostname or ""
        return _add(ask, kind, address if isinstance(address, dict) else {}, label, staff=ask.member.id)
    if kind != "email":
        raise not_here()
    return _add(ask, kind, {"to": ask.word("address")}, ask.word("address"), staff=ask.member.id)


def add_for_office(ask: Ask) -> Response:
    """A way of a whole office: a mailbox, a chat, a webhook."""
    office, kind, address = ask.word("office"), ask.word("kind"), ask.word("address")
    if ask.house.tools.knowledge.body(office) is None or kind not in ("email", "apprise"):
        return ask.go(HOME, "ways.wrong.office", wrong=True)
    given = {"to": address} if kind == "email" else {"url": address}
    label = ask.word("label") or (address if kind == "email" else scheme_of(address))
    return _add(ask, kind, given, label, office=office)


def _add(ask: Ask, kind: str, address: dict[str, Any], label: str, staff: int = 0, office: str = "") -> Response:
    channel = ask.house.channels()[kind]
    wrong = channel.wrong(address) or ("" if channel.ready() else "ways.wrong.not_set_up")
    if wrong:
        return ask.go(HOME, wrong, wrong=True)
    with ask.house.database.transaction() as connection:
        wants = ask.word("wants") or "all"
        id_ = ways.add(connection, ask.house.sealing, kind, address, label, ask.now, staff, office, wants)
        _audited(ask, connection, "way_add", id_, kind, office)
    return ask.go(HOME, "ways.added")


def wish(ask: Ask) -> Response:
    """What goes by this way. LINE's own row is made when somebody first wishes something else of it."""
    wants = ask.word("wants")
    if ask.word("way") == "line":
        with ask.house.database.transaction() as connection:
            mine = ways.of(connection, [ask.member.id], [], ask.house.sealing)
            found = next((one for one in mine if one.kind == "line"), None)
            if found:
                ways.wish(connection, found.id, wants)
            else:
                ways.add(connection, ask.house.sealing, "line", {}, "LINE", ask.now, ask.member.id, wants=wants)
        return ask.go(HOME, "ways.saved")
    way = _way(ask)
    with ask.house.database.transaction() as connection:
        ways.wish(connection, way.id, wants)
    return ask.go(HOME, "ways.saved")


def remove(ask: Ask) -> Response:
    return _changed(ask, ways.remove, "way_remove", "ways.removed")


def rouse(ask: Ask) -> Response:
    """A way that rests since the account was recovered tells its owner again."""
    return _changed(ask, ways.rouse, "way_rouse", "ways.roused")


def _changed(ask: Ask, change: Callable[[Any, int], Any], act: str, said: str) -> Response:
    way = _way(ask)
    with ask.house.database.transaction() as connection:
        change(connection, way.id)
        _audited(ask, connection, act, way.id, way.kind, way.office)
    return ask.go(HOME, said)


def test(ask: Ask) -> Response:
    """One notice by this way, at once; what became of it is said as far as it is known within seconds."""
    row = _test_row(ask)
    with ask.house.database.transaction() as connection:
        id_ = deliveries.put_one(connection, row)
    ask.house.wake.noticed()
    state, why = _awaited(ask, id_)
    if state == "sent":
        return ask.go(HOME, "ways.test.sent")
    return ask.go(HOME, "ways.test.failed" if why else "ways.test.waits", wrong=bool(why), why=why)


def _test_row(ask: Ask) -> dict[str, Any]:
    named, me = ask.word("way"), ask.member
    more: dict[str, Any] = {"staff": me.id, "urgent": True}
    if named in ("line", "email"):
        with ask.house.database.reading() as connection:
            lane = ways.contacts(connection, [me.id])[me.id].lane if named == "line" else ""
        if named == "line" and not lane:
            raise not_here()
        return deliveries.row("test", "", named, {}, ask.now, ask.now, lane=lane, **more)
    if named.startswith("chat:") and ask.may(OFFICES):
        with ask.house.database.reading() as connection:
            known = groups.lanes(connection)
        lane = named.removeprefix("chat:")
        if lane not in known:
            raise not_here()
        return deliveries.row("test", "", "line", {}, ask.now, ask.now, lane=lane, urgent=True)
    way = _way(ask)
    return deliveries.row("test", "", way.kind, {}, ask.now, ask.now, way=way.id, urgent=True, staff=way.staff)


def _awaited(ask: Ask, id_: int) -> tuple[str, str]:
    end = time.monotonic() + PATIENCE
    while True:
        with ask.house.database.reading() as connection:
            state, why = deliveries.state_of(connection, id_)
        if state in ("sent", "dead", "skipped") or why or time.monotonic() > end:
            return state, why
        time.sleep(0.1)


def _way(ask: Ask) -> Way:
    """A way that is the member's own, or an office's for whoever sets those."""
    named = ask.word("way")
    if not named.isdecimal():
        raise not_here()
    with ask.house.database.reading() as connection:
        way = ways.one(connection, int(named), ask.house.sealing)
    if way is None or not (way.staff == ask.member.id or (not way.staff and ask.may(OFFICES))):
        raise not_here()
    return way


def _audited(ask: Ask, connection: Any, act: str, id_: int, kind: str, office: str) -> None:
    values = {"way": id_, "kind": kind, "office": office}
    audit.write(connection, [audit.Entry(f"staff:{ask.member.id}", act, "", values)], ask.now)


# --- what a browser needs for pushes ---------------------------------------------------------------------------------


def worker(ask: Ask) -> Response:
    headers = {"Service-Worker-Allowed": "/console/", "Cache-Control": "no-cache"}
    return Response(WORKER, media_type="text/javascript; charset=utf-8", headers=headers)


def manifest(ask: Ask) -> Response:
    from bot.console import assets

    name = ask.house.tools.words.say("console.house", {}, ask.lang)
    icon = {"src": assets.address("icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    told = {"name": name, "short_name": name, "start_url": "/console/", "scope": "/console/", "display": "standalone"}
    return JSONResponse({**told, "icons": [icon]}, media_type="application/manifest+json")
