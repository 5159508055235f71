"""What the account pages share: the gate of this process, from where a request comes, and the cookies of a sign-in."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.accounts import origin, sessions
from bot.accounts.gate import Came, Gate, Inside
from bot.accounts.own import Own
from bot.accounts.passkeys import Site
from bot.accounts.register import Register
from bot.console.asking import Ask
from bot.console.doors import cookie_name
from bot.console.frame import Frame

DEVICE, HALF, LEFT = "frontdoor_device", "frontdoor_half", "frontdoor_left"


def gate_of(frame: Frame) -> Gate:
    """One a process, made with the first page that asks."""
    state = frame.made.state
    if not hasattr(state, "gate"):
        state.gate = Gate.of(frame.house)
    found: Gate = state.gate
    return found


def register_of(ask: Ask) -> Register:
    return Register.of(ask.house)


def own_of(ask: Ask) -> Own:
    return Own(gate_of(ask.frame), ask.member.id, session_of(ask))


def session_of(ask: Ask) -> str:
    return ask.request.cookies.get(cookie_name(ask.house), "")


def came(ask: Ask) -> Came:
    request = ask.request
    peer = request.client.host if request.client else ""
    address = origin.address(peer, request.headers.getlist("x-forwarded-for"), ask.house.settings.proxies)
    cookies = request.cookies
    return Came(address, request.headers.get("user-agent", ""), cookies.get(_named(ask, DEVICE), ""), session_of(ask))


def site(ask: Ask) -> Site:
    """Where the browser thinks it is: our public address, or on a developer's machine whatever it typed."""
    base = ask.house.settings.public_base_url
    return Site(base or f"{ask.request.url.scheme}://{ask.request.headers.get('host', '')}")


def address(ask: Ask, path: str) -> str:
    return site(ask).origin + path


# --- cookies ---------------------------------------------------------------------------------------------------------


def _secure(ask: Ask) -> bool:
    return cookie_name(ask.house).startswith("__Host-")


def _named(ask: Ask, name: str) -> str:
    return f"__Host-{name}" if _secure(ask) else name


def keep(ask: Ask, answer: Response, name: str, value: str, seconds: int) -> None:
    given: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "lax", "secure": _secure(ask)}
    answer.set_cookie(_named(ask, name), value, max_age=seconds, **given)


def kept(ask: Ask, name: str) -> str:
    return ask.request.cookies.get(_named(ask, name), "")


def drop(ask: Ask, answer: Response, name: str) -> None:
    answer.delete_cookie(_named(ask, name), path="/", httponly=True, samesite="lax", secure=_secure(ask))


def let_in(ask: Ask, inside: Inside, to: str) -> Response:
    """On to the page that was wanted, with a fresh session."""
    answer = ask.go(origin.onward(to))
    secure = _secure(ask)
    answer.set_cookie(
        cookie_name(ask.house), inside.session, inside.seconds, path="/", httponly=True, samesite="lax", secure=secure
    )
    keep(ask, answer, DEVICE, inside.device, sessions.DEVICE_DAYS * 86400)
    drop(ask, answer, HALF)
    drop(ask, answer, LEFT)
    return answer
