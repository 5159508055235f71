"""The only door to LINE's API: one shared client a process, with time-outs.

The SDK's client carries plain dicts, since its models cost three times the call. What LINE answers becomes one of
five things that the sender can act upon; whether an attempt may have been done although it failed is said by
`Unclear`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import getproxies

import aiohttp
import orjson

from bot.line.sdk import ApiException, AsyncApiClient, Configuration

REPLY = "/v2/bot/message/reply"
PUSH = "/v2/bot/message/push"
CALL = 6.0  # seconds until the end of a call is given up as unclear
UPLOAD = aiohttp.ClientTimeout(total=30, connect=3)
DOWNLOAD = aiohttp.ClientTimeout(total=120, connect=3, sock_read=20)


class SendLater(Exception):
    """Not sent, and worth another try: too many at once, or nobody reached."""


class Unclear(SendLater):
    """Perhaps sent, perhaps not: a time-out, a broken connection, a 5xx."""


class OutOfQuota(Exception):
    """The month's pushes are used up; replies go on."""


class Unauthorised(Exception):
    """The channel access token is not taken any more."""


class TokenRefused(Exception):
    """The reply token is used, too old or wrong; LINE does not tell which."""


class SendNever(Exception):
    """LINE will never take this; `status` and `why` are LINE's own."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(f"{status} {why}")
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class Sent:
    """Delivered. `ids` are those that LINE gave our messages; `again` when an earlier attempt had already done it."""

    ids: tuple[str, ...] = ()
    again: bool = False
    request_id: str = ""


class Line:
    """LINE's API for one process. Made inside the running event loop; `close()` at the end."""

    def __init__(
        self, token: str, api_base: str, data_base: str, connections: int = 100, seconds: float = CALL
    ) -> None:
        configuration = Configuration(access_token=token, host=api_base)
        configuration.connection_pool_maxsize = connections
        self._client = AsyncApiClient(configuration)
        self._unused = _without_proxy_search(self._client, connections)
        self._api_base = api_base
        self._data_base = data_base
        self._patience = aiohttp.ClientTimeout(total=seconds, connect=min(2.0, seconds))

    async def reply(self, token: str, messages: list[dict[str, Any]]) -> Sent:
        return await self._send(REPLY, {"replyToken": token, "messages": messages}, {})

    async def push(self, to: str, messages: list[dict[str, Any]], retry_key: str) -> Sent:
        return await self._send(PUSH, {"to": to, "messages": messages}, {"X-Line-Retry-Key": retry_key})

    async def get(self, path: str) -> dict[str, Any]:
        """An answer of LINE as a dict; raises as sending does."""
        answer = await self._call(path, "GET", None, {})
        return dict(orjson.loads(answer.raw_data or b"{}"))

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._call(path, "POST", body, {})
        return dict(orjson.loads(answer.raw_data or b"{}"))

    async def delete(self, path: str) -> None:
        await self._call(path, "DELETE", None, {})

    async def upload(self, path: str, content: bytes, mime: str) -> None:
        """Bytes to the content host (the picture of a rich menu), once: LINE refuses a second one for the same menu."""
        headers = {"Authorization": self._client.default_headers["Authorization"], "Content-Type": mime}
        try:
            answer = await self._client.request(
                "POST", f"{self._data_base}{path}", headers=headers, body=content, _request_timeout=UPLOAD
            )
        except ApiException as error:
            raise _meaning(int(error.status or 0), str(error.body or error.reason or "")) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unclear(type(error).__name__) from error
        if answer.status >= 300:
            raise _meaning(answer.status, str(answer.data))

    @asynccontextmanager
    async def content(self, message_id: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """The bytes of a medium, as an open answer of any status; read it in pieces."""
        headers = {"Authorization": self._client.default_headers["Authorization"]}
        url = f"{self._data_base}/v2/bot/message/{message_id}/content"
        try:
            answer = await self._client.request(
                "GET", url, headers=headers, _preload_content=False, _request_timeout=DOWNLOAD
            )
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise SendLater(type(error).__name__) from error
        try:
            yield answer
        finally:
            answer.release()

    async def close(self) -> None:
        await self._client.close()
        if self._unused:
            await self._unused.close()

    async def _send(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Sent:
        """Past `call_api`: its second look at every field of plain dicts cost as much as the rest of the call."""
        try:
            both = {**self._client.default_headers, **headers}
            answer = await self._asked("POST", f"{self._api_base}{path}", both, body)
        except ApiException as error:
            if error.status == 409:
                return Sent(_ids(error.body), again=True)
            raise _meaning(int(error.status or 0), _text(error.body) or str(error.reason or "")) from error
        return Sent(_ids(answer.data), request_id=str(answer.getheader("x-line-request-id", "")))

    async def _asked(self, method: str, url: str, headers: dict[str, str], body: dict[str, Any] | None) -> Any:
        try:
            return await self._client.request(method, url, headers=headers, body=body, _request_timeout=self._patience)
        except aiohttp.ClientConnectorError as error:
            raise SendLater(type(error).__name__) from error
        except (TimeoutError, asyncio.IncompleteReadError, aiohttp.ClientError, OSError) as error:
            raise Unclear(type(error).__name__) from error

    async def _call(self, path: str, method: str, body: dict[str, Any] | None, headers: dict[str, str]) -> Any:
        try:
            return await self._client.call_api(
                path,
                method,
                header_params=dict(headers),
                body=body,
                response_types_map={},
                _request_timeout=self._patience,
            )
        except ApiException as error:
            if error.status == 409:
                raise
            raise _meaning(int(error.status or 0), str(error.body or error.reason or "")) from error
        except aiohttp.ClientConnectorError as error:
            raise SendLater(type(error).__name__) from error
        except (TimeoutError, asyncio.IncompleteReadError, aiohttp.ClientError, OSError) as error:
            raise Unclear(type(error).__name__) from error


def _without_proxy_search(client: AsyncApiClient, connections: int) -> aiohttp.ClientSession | None:
    """The SDK's session looks for a proxy in a thread before each request, a third of the call's price. Where there is
    none when the house starts, the session is replaced by one that does not look; gives the one that is left over."""
    if getproxies():
        return None
    left: aiohttp.ClientSession = client.rest_client.pool_manager
    connector = aiohttp.TCPConnector(limit=connections, keepalive_timeout=60)
    client.rest_client.pool_manager = aiohttp.ClientSession(connector=connector)
    return left


def _meaning(status: int, body: str) -> Exception:
    why = _message(body)
    if status == 429:
        return OutOfQuota(why) if "monthly limit" in why else SendLater(why)
    if status == 401:
        return Unauthorised(why)
    if status >= 500:
        return Unclear(f"{status}")
    if status == 400 and "Invalid reply token" in why:
        return TokenRefused(why)
    return SendNever(status, why)


def _text(body: Any) -> str:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or "")


def _message(body: str) -> str:
    try:
        said = orjson.loads(body)
    except ValueError:
        return body[:200]
    if not isinstance(said, dict):
        return ""
    details = "; ".join(
        f"{d.get('property')}: {d.get('message')}" for d in said.get("details") or () if isinstance(d, dict)
    )
    return f"{said.get('message', '')} {details}".strip()[:500]


def _ids(body: Any) -> tuple[str, ...]:
    try:
        said = orjson.loads(body)
        return tuple(str(one["id"]) for one in said.get("sentMessages", ()))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()
