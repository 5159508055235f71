"""Signing in: a password and then the digits, a passkey, another house, an invitation; and out again.

Leaving for another house is a GET, because it changes nothing here and browsers do not let a form end on another site;
so does coming back, which the sealed cookie ties to the browser that left.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.accounts import oidc, sessions
from bot.accounts.gate import Gate, Half, Inside
from bot.accounts.origin import onward
from bot.console import coming
from bot.console.asking import Ask, not_here
from bot.console.doors import cookie_name
from bot.console.frame import Frame
from bot.db import ways
from handlers.staff import Refused

DOOR = "/console/sign-in"


def pages(frame: Frame) -> None:
    frame.page(DOOR, "anyone", show)
    frame.act(DOOR, "anyone", password)
    frame.page(f"{DOOR}/digits", "anyone", ask_digits)
    frame.act(f"{DOOR}/digits", "anyone", digits)
    frame.act(f"{DOOR}/passkey/ask", "anyone", passkey_ask)
    frame.act(f"{DOOR}/passkey", "anyone", passkey)
    frame.page(f"{DOOR}/with/{{provider}}", "anyone", leave)
    frame.page(f"{DOOR}/back/{{provider}}", "anyone", come_back)
    frame.page("/console/invite", "anyone", invited)
    frame.act("/console/invite", "anyone", accept)
    frame.act("/console/sign-out", "member", sign_out)


def _gate(ask: Ask) -> Gate:
    return coming.gate_of(ask.frame)


def _next(ask: Ask) -> str:
    return onward(ask.word("next") or ask.query.get("next", ""))


def show(ask: Ask) -> Response:
    return _form(ask)


def _form(ask: Ask, refused: Refused | None = None, status: int = 200) -> Response:
    providers = _gate(ask).providers.values()
    return ask.show(
        "sign_in.html", status=status, refused=refused, next=_next(ask), email=ask.word("email"), providers=providers
    )


def _on(ask: Ask, found: Inside | Half | Refused, to: str) -> Response:
    """Inside, or on to the second factor, or once more with words."""
    if isinstance(found, Inside):
        return coming.let_in(ask, found, to)
    if isinstance(found, Half):
        answer = RedirectResponse(f"{DOOR}/digits", 303)
        packed = sessions.packed(ask.house.sealing, "half", f"{found.token} {to}".encode())
        coming.keep(ask, answer, coming.HALF, packed, 300)
        return answer
    return _form(ask, found, 429 if found.key == "sign_in.slowly" else 401)


def password(ask: Ask) -> Response:
    typed = ask.form.get("password", "")
    found = _gate(ask).password(ask.word("email"), typed if isinstance(typed, str) else "", coming.came(ask))
    return _on(ask, found, _next(ask))


# --- the second factor -----------------------------------------------------------------------------------------------


def _half(ask: Ask) -> tuple[str, str]:
    raw = sessions.opened(ask.house.sealing, "half", coming.kept(ask, coming.HALF))
    token, _, to = raw.decode().partition(" ") if raw else ("", "", "")
    return token, to


def ask_digits(ask: Ask) -> Response:
    token, _ = _half(ask)
    if not token or not _gate(ask).waits_for_digits(token):
        return ask.go(DOOR)
    return ask.show("digits.html", refused=None)


def digits(ask: Ask) -> Response:
    token, to = _half(ask)
    found = _gate(ask).digits(token, ask.word("digits"), coming.came(ask))
    if isinstance(found, Refused) and found.key != "sign_in.over":
        return ask.show("digits.html", status=401, refused=found)
    return _on(ask, found, to)


# --- passkeys --------------------------------------------------------------------------------------------------------


def passkey_ask(ask: Ask) -> Response:
    found = _gate(ask).challenge(coming.site(ask), coming.came(ask))
    if isinstance(found, Refused):
        return JSONResponse({"said": _words(ask, found)}, 429)
    return Response(found, media_type="application/json")


def passkey(ask: Ask) -> Response:
    found = _gate(ask).passkey(coming.site(ask), ask.word("answer"), coming.came(ask))
    if isinstance(found, Refused):
        return JSONResponse({"said": _words(ask, found)}, 401)
    answer = coming.let_in(ask, found, _next(ask))
    told = JSONResponse({"go": answer.headers["location"]})
    for name, value in answer.raw_headers:
        if name == b"set-cookie":
            told.raw_headers.append((name, value))
    return told


def _words(ask: Ask, refused: Refused) -> str:
    return ask.house.tools.words.say(refused.key, refused.values or {}, ask.lang)


# --- another house ---------------------------------------------------------------------------------------------------


def _provider(ask: Ask) -> oidc.Provider:
    found = _gate(ask).providers.get(str(ask.path["provider"]))
    if found is None:
        raise not_here()
    return found


def leave(ask: Ask) -> Response:
    """`link=1`, for who is inside: that other account opens this one from then on."""
    provider = _provider(ask)
    link = ask.who.id if ask.who and ask.query.get("link") == "1" else 0
    try:
        url, left = provider.leave(_redirect(ask, provider), link, _next(ask))
    except oidc.NotProved:
        return _form(ask, Refused("sign_in.provider_away"), 503)
    answer = RedirectResponse(url, 303)
    packed = sessions.packed(ask.house.sealing, "left", left.packed())
    coming.keep(ask, answer, coming.LEFT, packed, oidc.WAITS)
    return answer


def come_back(ask: Ask) -> Response:
    provider = _provider(ask)
    raw = sessions.opened(ask.house.sealing, "left", coming.kept(ask, coming.LEFT))
    try:
        if raw is None:
            raise oidc.NotProved("nobody left from this browser")
        left = oidc.unpacked(raw)
        subject = provider.come_back(left, dict(ask.query), _redirect(ask, provider))
    except oidc.NotProved:
        answer = _form(ask, Refused("sign_in.provider_refused"), 401)
    else:
        answer = _link(ask, left, subject) if left.link else _vouched(ask, provider, subject, left.next)
    coming.drop(ask, answer, coming.LEFT)
    return answer


def _vouched(ask: Ask, provider: oidc.Provider, subject: str, to: str) -> Response:
    return _on(ask, _gate(ask).vouched(subject, provider.name, coming.came(ask)), to)


def _link(ask: Ask, left: oidc.Left, subject: str) -> Response:
    """Only for the one who left to link, still signed in."""
    if ask.who is None or ask.who.id != left.link:
        return _form(ask, Refused("sign_in.provider_refused"), 401)
    refused = coming.own_of(ask).link_oidc(subject)
    return ask.refused("/console/me", refused) if refused else ask.go("/console/me", "me.oidc.linked")


def _redirect(ask: Ask, provider: oidc.Provider) -> str:
    return coming.address(ask, f"{DOOR}/back/{provider.name}")


# --- invitations, and out --------------------------------------------------------------------------------------------


def invited(ask: Ask) -> Response:
    return _invitation(ask, ask.query.get("key", ""))


def _invitation(ask: Ask, token: str, refused: Refused | None = None) -> Response:
    row = _gate(ask).invited(token, coming.came(ask))
    if isinstance(row, Refused):
        return ask.show("invite.html", status=404, row=None, token="", refused=row)
    return ask.show("invite.html", status=422 if refused else 200, row=row, token=token, refused=refused)


def accept(ask: Ask) -> Response:
    token, first, second = ask.word("key"), ask.form.get("password", ""), ask.form.get("again", "")
    if first != second or not isinstance(first, str):
        return _invitation(ask, token, Refused("sign_in.password.differ"))
    found = _gate(ask).accept(token, first, coming.came(ask))
    if isinstance(found, Refused):
        return _invitation(ask, token, found)
    return coming.let_in(ask, found, "/console/ways" if _some_rest(ask, found.staff) else "/console/me")


def _some_rest(ask: Ask, id_: int) -> bool:
    """What an account brought along from before its recovery is shown first."""
    with ask.house.database.reading() as connection:
        return any(way.rests for way in ways.of(connection, [id_], [], ask.house.sealing))


def sign_out(ask: Ask) -> Response:
    _gate(ask).leave(ask.member.id, coming.session_of(ask))
    answer = ask.go(ask.frame.door, "sign_in.out")
    secure = cookie_name(ask.house).startswith("__Host-")
    answer.delete_cookie(cookie_name(ask.house), path="/", httponly=True, samesite="lax", secure=secure)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
