"""Mail: the words as text first, the same as plain HTML beside it, nothing to load from anywhere.

Headers are made by the standard library's strict policy from one-line values, so no word of a report can add a header.
The Message-ID is the same on every attempt: a mail program shows one mail, even where a server took it twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bot.channels import Parcel, SendLater, SendNever, Tools
from bot.db.rows import sure_moment

SECONDS = 15.0
PORTS = {"smtp": 587, "smtps": 465}
ADDRESS = re.compile(r"[^\s@<>\"',;:\\()\[\]]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
STYLE = "font-family:sans-serif;font-size:16px;line-height:1.5;color:#1b2733"
LINK = "display:inline-block;padding:10px 16px;border-radius:8px;background:#0b57a4;color:#ffffff;text-decoration:none"


class Mail:
    name = "email"

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._settings = tools.settings

    def ready(self) -> bool:
        return bool(self._settings.smtp_url.get_secret_value() and self._settings.mail_from)

    def wrong(self, address: Mapping[str, Any]) -> str:
        to = str(address.get("to", ""))
        return "" if len(to) < 255 and ADDRESS.fullmatch(to) else "ways.wrong.mail"

    async def send(self, parcel: Parcel) -> None:
        if not self.ready() or self.wrong(parcel.address):
            raise SendNever(0, "no mail server or no address")
        import aiosmtplib

        letter = self.letter(parcel)
        try:
            await aiosmtplib.send(letter, timeout=SECONDS, **server(self._settings.smtp_url.get_secret_value()))
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = error.recipients[0].code if error.recipients else 550
            raise SendNever(code, "recipient refused") if code >= 500 else SendLater(f"{code}") from error
        except aiosmtplib.SMTPAuthenticationError as error:
            raise SendLater("the mail server refuses SMTP_URL's password") from error
        except aiosmtplib.SMTPResponseException as error:
            raise SendNever(error.code, error.message) if error.code >= 550 else SendLater(f"{error.code}") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise SendLater(type(error).__name__) from error

    def letter(self, parcel: Parcel) -> EmailMessage:
        made = EmailMessage(policy=SMTP)
        name, sender = parseaddr(self._settings.mail_from)
        domain = sender.rpartition("@")[2] or "localhost"
        made["From"] = Address(name, addr_spec=sender)
        made["To"] = Address(addr_spec=str(parcel.address["to"]))
        made["Subject"] = one_line(parcel.title)
        made["Date"] = format_datetime(sure_moment(self._tools.clock()))
        made["Message-ID"] = f"<notice-{parcel.id}@{domain}>"
        made["Auto-Submitted"] = "auto-generated"
        if parcel.urgent:
            made["Importance"] = "high"
        if parcel.ways_url:
            made["List-Unsubscribe"] = f"<{parcel.ways_url}>"
        made.set_content("\n\n".join(part for part in (parcel.text, parcel.url, parcel.foot) if part) + "\n")
        made.add_alternative(html(parcel), subtype="html")
        return made


def one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:300]


def html(parcel: Parcel) -> str:
    lines = "<br>\n".join(escape(line) for line in parcel.text.splitlines())
    button = f'<p><a href="{escape(parcel.url)}" style="{LINK}">{escape(parcel.url)}</a></p>' if parcel.url else ""
    foot = f'<p style="font-size:13px;color:#5a6675">{escape(parcel.foot)}</p>' if parcel.foot else ""
    title = escape(one_line(parcel.title))
    head = f'<!doctype html><meta charset="utf-8"><title>{title}</title>'
    return f'{head}<div style="{STYLE}"><p>{lines}</p>{button}{foot}</div>'


def server(url: str) -> dict[str, Any]:
    """`smtp://user:password@host:587` is encrypted where the server can, with `?starttls=yes` or not at all; `smtps://`
    from the first byte.
    """
    parts = urlsplit(url)
    asked = parse_qs(parts.query).get("starttls", [""])[0]
    secure = parts.scheme == "smtps"
    return {
        "hostname": parts.hostname or "localhost",
        "port": parts.port or PORTS.get(parts.scheme, 587),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": secure,
        "start_tls": {"yes": True, "no": False}.get(asked) if not secure else False,
    }


def channel(tools: Tools) -> Mail:
    return Mail(tools)
