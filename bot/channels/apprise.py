"""Chats and webhooks, by the addresses that Apprise defines: Slack, Teams (workflows), Telegram, Discord, and webhooks
as JSON or as a form.

Only these schemes: Apprise knows over a hundred, some of which read files or speak to the own machine. The library
reads the address; for chats whose host is fixed it also sends, without the address's query, where templates and
attachments hide. Where the address names the host (webhooks, Teams) we send ourselves, through the guarded client:
https, public, resolved once, no redirects. Apprise is loaded plugin by plugin, since all of them take 40 MB.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bot.channels import Parcel, SendLater, SendNever, Tools

CHATS = {
    "slack": ("slack", "NotifySlack"),
    "tgram": ("telegram", "NotifyTelegram"),
    "discord": ("discord", "NotifyDiscord"),
}
HOOKS = {
    "json": ("custom_json", "NotifyJSON"),
    "jsons": ("custom_json", "NotifyJSON"),
    "form": ("custom_form", "NotifyForm"),
    "forms": ("custom_form", "NotifyForm"),
    "workflows": ("workflows", "NotifyWorkflows"),
}
PLAIN = ("json", "form")  # without TLS: only where the operator let ways lead inside
HEADERS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection"})
# Marks by which chats make links, mentions and styles out of somebody's words.
HARMLESS = str.maketrans({"<": "‹", ">": "›", "@": "＠", "[": "［", "]": "］", "`": "'", "*": "∗", "|": "¦", "_": "＿"})
CARD = "application/vnd.microsoft.card.adaptive"


class Apprise:
    name = "apprise"

    def __init__(self, tools: Tools) -> None:
        self._inside = tools.settings.ways_inside

    def ready(self) -> bool:
        return True

    def wrong(self, address: Mapping[str, Any]) -> str:
        url = str(address.get("url", ""))
        scheme = scheme_of(url)
        if scheme not in CHATS and scheme not in HOOKS:
            return "ways.wrong.scheme"
        if scheme in PLAIN and not self._inside:
            return "ways.wrong.https"
        try:
            made = _parsed(url) if scheme in HOOKS else _chat(url)
        except (ValueError, TypeError, SendNever):
            return "ways.wrong.url"
        return "" if made else "ways.wrong.url"

    async def send(self, parcel: Parcel) -> None:
        url = str(parcel.address.get("url", ""))
        if self.wrong({"url": url}):
            raise SendNever(0, "not an address that we use")
        await asyncio.to_thread(self._hook if scheme_of(url) in HOOKS else self._talk, url, parcel)

    def _talk(self, url: str, parcel: Parcel) -> None:
        text = "\n".join(part for part in (harmless(parcel.text), parcel.url) if part)
        if not _chat(url).notify(body=text, title=harmless(parcel.title)):
            raise SendLater("the chat did not take it")

    def _hook(self, url: str, parcel: Parcel) -> None:
        import httpx

        from bot import outside

        request = HOW[scheme_of(url).rstrip("s") if scheme_of(url) != "workflows" else "workflows"](url, parcel)
        try:
            with outside.client(self._inside) as client:
                status = client.post(**request).status_code
        except (outside.Refused, httpx.InvalidURL) as error:
            raise SendNever(0, str(error)) from error
        except httpx.HTTPError as error:
            raise SendLater(type(error).__name__) from error
        if status == 429 or status >= 500:
            raise SendLater(f"{status}")
        if not 200 <= status < 300:
            raise SendNever(status, "the webhook refuses it, or leads elsewhere")


def scheme_of(url: str) -> str:
    return url.partition("://")[0].strip().lower()


def harmless(text: str) -> str:
    return text.translate(HARMLESS)


def _plugin(url: str) -> Any:
    module, name = {**CHATS, **HOOKS}[scheme_of(url)]
    return getattr(import_module(f"apprise.plugins.{module}"), name)


def _parsed(url: str) -> dict[str, Any]:
    """As the library reads it; raises SendNever where it reads nothing."""
    parts = urlsplit(url)
    bare = url if scheme_of(url) in ("json", "jsons", "form", "forms") else urlunsplit(parts._replace(query=""))
    found = _plugin(url).parse_url(bare)
    if not found or not found.get("host"):
        raise SendNever(0, "not an address")
    return dict(found)


def _chat(url: str) -> Any:
    return _plugin(url)(**_parsed(url))


# --- webhooks --------------------------------------------------------------------------------------------------------


def _request(url: str) -> dict[str, Any]:
    read = _parsed(url)
    scheme = "https" if scheme_of(url) not in PLAIN else "http"
    port = f":{read['port']}" if read.get("port") else ""
    more = {name: value for name, value in read.get("qsd+", {}).items() if name.lower() not in HEADERS}
    auth = (read["user"], read.get("password") or "") if read.get("user") else None
    return {
        "url": f"{scheme}://{read['host']}{port}{read.get('fullpath') or '/'}",
        "params": read.get("qsd-") or None,
        "headers": more,
        "auth": auth,
    }


def _told(parcel: Parcel) -> dict[str, Any]:
    """The fields that Apprise's own webhooks have, and the ticket's address."""
    kind = "failure" if parcel.urgent else "info"
    return {"version": "1.0", "title": parcel.title, "message": parcel.text, "type": kind, "url": parcel.url}


def _json(url: str, parcel: Parcel) -> dict[str, Any]:
    return {**_request(url), "json": _told(parcel)}


def _form(url: str, parcel: Parcel) -> dict[str, Any]:
    return {**_request(url), "data": _told(parcel)}


def _workflow(url: str, parcel: Parcel) -> dict[str, Any]:
    """A card for the workflow "when a Teams webhook request is received"."""
    flow = _chat(url)
    port = f":{flow.port}" if flow.port else ""
    blocks: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": harmless(parcel.title), "weight": "bolder", "wrap": True},
        {"type": "TextBlock", "text": harmless(parcel.text).replace("\n", "\n\n"), "wrap": True},
    ]
    card: dict[str, Any] = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
    if parcel.url:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open", "url": parcel.url}]
    sent = {"type": "message", "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}]}
    asked = {"api-version": flow.api_version, "sp": "/triggers/manual/run", "sv": "1.0", "sig": flow.signature}
    address = f"https://{flow.host}{port}/workflows/{flow.workflow}/triggers/manual/paths/invoke"
    return {"url": address, "params": asked, "json": sent}


HOW: Mapping[str, Callable[[str, Parcel], dict[str, Any]]] = {"json": _json, "form": _form, "workflows": _workflow}


def channel(tools: Tools) -> Apprise:
    return Apprise(tools)
