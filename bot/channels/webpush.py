"""Pushes to a browser (RFC 8030): encrypted for that browser, signed with our VAPID key, no account anywhere.

The browser names the address of its maker's push service, so that address is treated like any other from outside:
only https, only public. Whoever took the permission back is told to us with 404 or 410, and the way ends.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from bot.channels import Parcel, SendLater, SendNever, Tools

if TYPE_CHECKING:
    from httpx import Client

HOUR, DAY = 3600, 86400
GONE = (404, 410)
LONGEST = 1500  # bytes of the words; push services take 4096 of all


class WebPush:
    name = "webpush"

    def __init__(self, tools: Tools) -> None:
        self._settings = tools.settings

    def ready(self) -> bool:
        return bool(self._settings.vapid_private_key.get_secret_value())

    def wrong(self, address: Mapping[str, Any]) -> str:
        keys, url = address.get("keys"), urlsplit(str(address.get("endpoint", "")))
        whole = isinstance(keys, Mapping) and all(isinstance(keys.get(one), str) for one in ("p256dh", "auth"))
        if not whole or not url.hostname or (url.scheme != "https" and not self._settings.ways_inside):
            return "ways.wrong.browser"
        return ""

    def public_key(self) -> str:
        """What the browser is given when it subscribes."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        from py_vapid import Vapid02

        key = Vapid02.from_string(self._settings.vapid_private_key.get_secret_value()).public_key
        raw = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    async def send(self, parcel: Parcel) -> None:
        if not self.ready() or self.wrong(parcel.address):
            raise SendNever(0, "no key or no subscription")
        await asyncio.to_thread(self._send, parcel)

    def _send(self, parcel: Parcel) -> None:
        import httpx
        from pywebpush import WebPushException, webpush

        from bot import outside

        contact = f"mailto:{parseaddr(self._settings.mail_from)[1] or 'nobody@localhost'}"
        with outside.client(self._settings.ways_inside) as client:
            wire = Wire(client)
            try:
                webpush(
                    dict(parcel.address),
                    data=payload(parcel),
                    vapid_private_key=self._settings.vapid_private_key.get_secret_value(),
                    vapid_claims={"sub": contact},
                    ttl=HOUR if parcel.urgent else DAY,
                    timeout=outside.SECONDS,
                    headers={"Urgency": "high" if parcel.urgent else "normal"},
                    requests_session=wire,  # it is only asked to post
                )
            except outside.Refused as error:
                raise SendNever(0, str(error)) from error
            except httpx.HTTPError as error:
                raise SendLater(type(error).__name__) from error
            except (WebPushException, ValueError, TypeError) as error:
                raise _meaning(wire.status) from error


class Wire:
    """What the library posts through: our guarded client, and the status it saw."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.status = 0

    def post(self, url: str, data: Any = None, headers: Any = None, timeout: Any = None) -> Answer:
        answer = self._client.post(url, content=data, headers={str(k): str(v) for k, v in (headers or {}).items()})
        self.status = answer.status_code
        return Answer(answer.status_code)


@dataclass(frozen=True, slots=True)
class Answer:
    """As much of an answer as the library looks at."""

    status_code: int
    reason: str = ""
    text: str = ""
    headers: str = ""


def _meaning(status: int) -> Exception:
    if status in GONE:
        return SendNever(status, "the browser took the permission back")
    if status == 429 or status >= 500:
        return SendLater(f"{status}")
    return SendNever(status, "the push service refuses it")


def payload(parcel: Parcel) -> str:
    body = parcel.text.encode()[:LONGEST].decode("utf-8", "ignore")
    shown = {"title": parcel.title, "body": body, "url": parcel.url, "urgent": parcel.urgent, "tag": f"{parcel.id}"}
    return orjson.dumps(shown).decode()


def new_key() -> str:
    """A private key for VAPID_PRIVATE_KEY."""
    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def channel(tools: Tools) -> WebPush:
    return WebPush(tools)
