"""One contract for all ways out, found by file name, each against something real: a mail server, a webhook, a push
service of our own, the outbox. And what words of strangers must never do to them.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import http_ece
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels import Channel, Parcel, SendLater, SendNever, Tools, found
from bot.channels.webpush import new_key
from bot.db.engine import Database
from bot.db.tables import outbox
from bot.emulator.serving import serving
from bot.settings import Settings
from tests.house import START, free_port, rows

NAMES = sorted(path.stem for path in (Path(__file__).parent.parent / "bot/channels").glob("[a-z]*.py"))
EVIL = "เหม็น\r\nBcc: evil@example.org\n\n<svg onload=alert(1)> [คลิก](https://evil.example) {0.__class__} %s @everyone"


@dataclass
class Peer:
    """Whoever stands at the other end of a way: what arrived, and the answers still to give."""

    got: list[Any] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    base: str = ""

    async def __call__(self, request: Request) -> Response:
        status = self.statuses.pop(0) if self.statuses else 201
        if status < 300:
            self.got.append((request.headers, await request.body()))
        return Response(status_code=status, headers={"Location": f"{self.base}/elsewhere"})


@pytest.fixture
def peer() -> Iterator[Peer]:
    made = Peer()

    async def answer(request: Request) -> Response:
        return await made(request)

    with serving(Starlette(routes=[Route("/{any:path}", answer, methods=["POST", "GET"])])) as base:
        made.base = base
        yield made


@dataclass
class Mailbox:
    got: list[Any] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield box, f"smtp://127.0.0.1:{controller.port}?starttls=no"
    finally:
        controller.stop()


@dataclass
class Browser:
    """Keys as a browser makes them, to read what was sent to it."""

    private: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    def subscription(self, endpoint: str) -> dict[str, Any]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _text(point), "auth": _text(self.auth)}
        return {"endpoint": endpoint, "keys": keys}

    def read(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        return dict(json.loads(plain))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Way:
    """A channel, an address that reaches its peer, what arrived there, and how that peer refuses."""

    channel: Channel
    parcel: Parcel
    arrived: Callable[[], int]
    refuse: Callable[[bool], None]  # True: for ever

    def send(self) -> None:
        asyncio.run(self.channel.send(self.parcel))


PARCEL = Parcel(
    7, "แจ้งเหตุด่วน: ไฟไหม้", "แจ้งเหตุด่วน: ไฟไหม้\nที่: บางปู", "https://door.example.go.th/console/tickets/A", True
)


@pytest.fixture
def settings(settings_for: Callable[..., Settings], tmp_path: Path) -> Settings:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    return settings_for(url, ways_inside=True, vapid_private_key=new_key(), mail_from="Door <door@example.go.th>")


@pytest.fixture
def tools(settings: Settings, sqlite_template: Path, tmp_path: Path) -> Iterator[Tools]:
    (tmp_path / "house.db").write_bytes(sqlite_template.read_bytes())
    database = Database(settings.database_url)
    yield Tools(settings, database, lambda: START, lambda: None)
    database.close()


@pytest.fixture(params=NAMES)
def way(request: pytest.FixtureRequest, tools: Tools, peer: Peer) -> Iterator[Way]:
    name = request.param
    with mail_server() as (box, smtp):
        secret = type(tools.settings.smtp_url)(smtp)
        tools = replace(tools, settings=tools.settings.model_copy(update={"smtp_url": secret}))
        channel = found(tools)[name]

        def arrived() -> int:
            if name == "line":
                return len(rows(tools.database, outbox))
            return len(box.got if name == "email" else peer.got)

        def refuse(ever: bool) -> None:
            box.refusals.append("550 no such user" if ever else "450 busy")
            peer.statuses.append(410 if ever else 503)

        addresses: dict[str, Any] = {
            "email": {"to": "anan@example.go.th"},
            "webpush": Browser().subscription(f"{peer.base}/push"),
            "apprise": {"url": f"{peer.base.replace('http', 'json', 1)}/hook"},
            "line": {},
        }
        parcel = replace(PARCEL, lane="Uanan", message={"type": "text", "text": "hello"}, address=addresses[name])
        yield Way(channel, parcel, arrived, refuse)


# --- the contract ----------------------------------------------------------------------------------------------------


def test_every_file_is_a_channel_of_its_name(tools: Tools) -> None:
    assert sorted(found(tools)) == NAMES
    assert all(channel.name == name for name, channel in found(tools).items())


def test_it_carries_a_parcel(way: Way) -> None:
    assert way.channel.ready()
    assert way.channel.wrong(way.parcel.address) == ""
    way.send()
    assert way.arrived() == 1


def test_words_of_strangers_do_no_harm(way: Way) -> None:
    way.parcel = replace(way.parcel, title=EVIL, text=EVIL)
    way.send()
    assert way.arrived() == 1


def test_what_heals_is_asked_for_again_and_what_does_not_is_never(way: Way) -> None:
    if way.channel.name == "line":
        pytest.skip("a row is written or not; the sender knows the rest")
    way.refuse(False)
    with pytest.raises(SendLater):
        way.send()
    way.refuse(True)
    with pytest.raises(SendNever):
        way.send()
    way.send()
    assert way.arrived() == 1


# --- mail ------------------------------------------------------------------------------------------------------------


def test_a_mail_has_no_header_that_words_made(tools: Tools) -> None:
    with mail_server() as (box, smtp):
        secret = type(tools.settings.smtp_url)(smtp)
        with_server = replace(tools, settings=tools.settings.model_copy(update={"smtp_url": secret}))
        channel = found(with_server)["email"]
        parcel = replace(PARCEL, title=EVIL, text=EVIL, address={"to": "anan@example.go.th"}, ways_url="https://d.th/w")
        asyncio.run(channel.send(parcel))
    (to, raw) = box.got[0]
    letter = message_from_bytes(raw, policy=default)
    assert to == ["anan@example.go.th"]
    assert letter["Bcc"] is None
    assert "\n" not in str(letter["Subject"])
    assert letter["List-Unsubscribe"] == "<https://d.th/w>"
    plain, html = letter.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "<svg" not in html.get_content()
    assert "&lt;svg" in html.get_content()


@pytest.mark.parametrize("to", ["", "nobody", "a@b\r\nBcc: c@d.th", "a@b.th,c@d.th", "a b@c.th", "<a@b.th>"])
def test_only_one_plain_address_is_a_mail_address(to: str, tools: Tools) -> None:
    assert found(tools)["email"].wrong({"to": to})


# --- browsers --------------------------------------------------------------------------------------------------------


def test_a_push_can_be_read_by_its_browser_alone(tools: Tools, peer: Peer) -> None:
    browser = Browser()
    channel = found(tools)["webpush"]
    asyncio.run(channel.send(replace(PARCEL, address=browser.subscription(f"{peer.base}/push"))))
    headers, body = peer.got[0]
    assert "ไฟไหม้".encode() not in body
    told = browser.read(body)
    assert told["title"] == PARCEL.title
    assert told["url"] == PARCEL.url
    assert headers["urgency"] == "high"
    assert headers["authorization"].startswith("vapid ")


# --- chats and webhooks ----------------------------------------------------------------------------------------------

INSIDE = [
    "jsons://127.0.0.1/a", "jsons://127.1/a", "jsons://2130706433/a", "jsons://[::1]/a", "jsons://localhost/a",
    "jsons://[::ffff:10.0.0.1]/a", "jsons://10.0.0.1/a", "jsons://169.254.169.254/latest/meta-data", "forms://0x7f.1/a",
    "jsons://192.168.1.1/", "jsons://0.0.0.0/", "workflows://127.0.0.1:443/643e69f83c8944/signature/",
]  # fmt: skip
NOT_OURS = [
    "file:///etc/passwd", "syslog://", "json://169.254.169.254/", "form://127.0.0.1/", "dbus://", "mailto://a:b@c.th",
    "http://example.org", "https://example.org", "", "jsons://", "slack://", "include://x", "rsyslog://127.0.0.1",
    "apprise://localhost/key", "xml://10.0.0.1/",
]  # fmt: skip


@pytest.fixture
def strict(tools: Tools) -> Channel:
    return found(replace(tools, settings=tools.settings.model_copy(update={"ways_inside": False})))["apprise"]


@pytest.mark.parametrize("url", NOT_OURS)
def test_schemes_are_those_of_the_list(url: str, strict: Channel) -> None:
    assert strict.wrong({"url": url})
    with pytest.raises(SendNever):
        asyncio.run(strict.send(replace(PARCEL, address={"url": url})))


@pytest.mark.parametrize("url", INSIDE)
def test_a_webhook_never_leads_inside(url: str, strict: Channel) -> None:
    with pytest.raises(SendNever):
        asyncio.run(strict.send(replace(PARCEL, address={"url": url})))


def test_a_push_never_leads_inside(tools: Tools) -> None:
    strict = found(replace(tools, settings=tools.settings.model_copy(update={"ways_inside": False})))["webpush"]
    with pytest.raises(SendNever):
        asyncio.run(strict.send(replace(PARCEL, address=Browser().subscription("https://127.0.0.1/push"))))


def test_a_redirect_is_not_followed(tools: Tools, peer: Peer) -> None:
    peer.statuses = [302, 307]
    channel = found(tools)["apprise"]
    url = f"{peer.base.replace('http', 'json', 1)}/hook"
    for _ in range(2):
        with pytest.raises(SendNever):
            asyncio.run(channel.send(replace(PARCEL, address={"url": url})))
    assert peer.got == []


@pytest.mark.parametrize(
    "url",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#alerts",
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?attach=http://169.254.169.254/",
        "workflows://prod-1.westus.logic.azure.com:443/643e69f83c8944/signature/?template=/etc/passwd",
        "jsons://hooks.example.go.th/a?+X-Key=1",
        "forms://user:password@hooks.example.go.th:8443/a",
    ],
)
def test_addresses_of_the_known_chats_are_read(url: str, strict: Channel) -> None:
    assert strict.wrong({"url": url}) == ""


def test_a_webhook_gets_the_words_as_data(tools: Tools, peer: Peer) -> None:
    channel = found(tools)["apprise"]
    url = f"{peer.base.replace('http', 'json', 1)}/hook?+X-Key=secret&+Host=evil"
    asyncio.run(channel.send(replace(PARCEL, title=EVIL, address={"url": url})))
    headers, body = peer.got[0]
    assert json.loads(body)["title"] == EVIL
    assert json.loads(body)["url"] == PARCEL.url
    assert headers["x-key"] == "secret"
    assert headers["host"] in peer.base


def test_marks_of_chats_are_taken_out_of_words() -> None:
    from bot.channels.apprise import harmless

    said = harmless(EVIL)
    assert not set("<>@[]`*|_") & set(said)
