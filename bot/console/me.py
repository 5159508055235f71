"""My account: name, language, quiet hours, password, second factor, passkeys, sessions, LINE. Everybody has one."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from bot.accounts import second, sessions
from bot.console import coming
from bot.console.asking import LANG, Ask
from bot.console.coming import own_of
from bot.console.frame import Frame
from handlers.staff import Refused

HERE = "/console/me"


def pages(frame: Frame) -> None:
    frame.page(HERE, "member", show)
    for name, act in {
        "": say, "/password": password, "/second": set_second, "/second/drop": drop_second,
        "/passkey/ask": passkey_ask, "/passkey": add_passkey, "/passkey/drop": drop_passkey,
        "/sessions/end": end_sessions, "/link": link, "/unlink": unlink, "/oidc/drop": drop_oidc,
    }.items():  # fmt: skip
        frame.act(HERE + name, "member", act)


def show(ask: Ask) -> Response:
    return _page(ask)


def _page(ask: Ask, code: str = "", status: int = 200) -> Response:
    own = own_of(ask)
    row = own.row
    sealed, secret = own.begin_second()
    return ask.show(
        "me.html",
        status=status,
        row=row,
        code=code,
        sealed=sealed,
        secret=secret,
        picture=second.picture(secret, row.email),
        passkeys=own.passkeys(),
        sessions=own.sessions(),
        device=device,
        how=lambda how: _how(ask, how),
        here=sessions.hashed(coming.session_of(ask)),
        providers=coming.gate_of(ask.frame).providers.values(),
    )


BROWSERS = {
    "Line/": "LINE",
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "Mac", "Linux": "Linux",
}  # fmt: skip


def device(agent: str) -> str:
    """Browser and system, as their owner calls them: `Chrome · Windows`."""
    found = (next((name for mark, name in names.items() if mark in agent), "") for names in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))


def _how(ask: Ask, how: str) -> str:
    """How somebody came in; the name of another house stands as it is."""
    first, _, second_ = how.partition("+")
    words = ask.house.tools.words
    said = [
        words.say(key, {}, ask.lang) if (key := f"me.sessions.how.{one}") in words else one for one in (first, second_)
    ]
    return " + ".join(filter(None, said))


def _back(ask: Ask, refused: Refused | None, key: str) -> Response:
    return ask.refused(HERE, refused) if refused else ask.go(HERE, key)


def _typed(ask: Ask, name: str) -> str:
    """A password as it was typed: its blanks are part of it."""
    value = ask.form.get(name, "")
    return value if isinstance(value, str) else ""


def say(ask: Ask) -> Response:
    refused = own_of(ask).say(ask.word("name"), ask.word("lang"), ask.word("quiet"))
    answer = _back(ask, refused, "me.saved")
    answer.delete_cookie(LANG, path="/")  # the account's language counts again
    return answer


def password(ask: Ask) -> Response:
    if _typed(ask, "new") != _typed(ask, "again"):
        return ask.go(HERE, "sign_in.password.differ", wrong=True)
    return _back(ask, own_of(ask).set_password(_typed(ask, "old"), _typed(ask, "new")), "me.password.saved")


def set_second(ask: Ask) -> Response:
    refused = own_of(ask).set_second(ask.word("sealed"), ask.word("digits"), _typed(ask, "password"))
    return _back(ask, refused, "me.second.saved")


def drop_second(ask: Ask) -> Response:
    return _back(ask, own_of(ask).drop_second(_typed(ask, "password")), "me.second.dropped")


def passkey_ask(ask: Ask) -> Response:
    own = own_of(ask)
    refused = own.proved(own.row, _typed(ask, "password"))
    if refused:
        return JSONResponse({"said": ask.house.tools.words.say(refused.key, {}, ask.lang)}, 401)
    return Response(own.begin_passkey(coming.site(ask)), media_type="application/json")


def add_passkey(ask: Ask) -> Response:
    refused = own_of(ask).add_passkey(coming.site(ask), ask.word("answer"), ask.word("name"))
    if refused:
        return JSONResponse({"said": ask.house.tools.words.say(refused.key, {}, ask.lang)}, 422)
    return JSONResponse({"go": HERE})


def drop_passkey(ask: Ask) -> Response:
    own_of(ask).drop_passkey(ask.word("credential"))
    return ask.go(HERE, "me.passkey.dropped")


def end_sessions(ask: Ask) -> Response:
    """One, named by its hash, or all but this one."""
    own_of(ask).sign_out(ask.word("session"))
    return ask.go(HERE, "me.sessions.ended")


def link(ask: Ask) -> Response:
    code = coming.register_of(ask).link_code(ask.member.id, ask.member.id)
    return ask.refused(HERE, code) if isinstance(code, Refused) else _page(ask, code)


def unlink(ask: Ask) -> Response:
    coming.register_of(ask).unlink(ask.member.id, ask.member.id)
    return ask.go(HERE, "me.line.dropped")


def drop_oidc(ask: Ask) -> Response:
    own_of(ask).unlink_oidc()
    return ask.go(HERE, "me.oidc.dropped")
