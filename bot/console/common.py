"""What every page needs around it: assets, the language switch, taking back an act."""

from __future__ import annotations

from starlette.responses import Response

from bot.console import assets
from bot.console.asking import LANG, Ask, not_here
from bot.console.frame import Frame

YEAR = "public, max-age=31536000, immutable"


def pages(frame: Frame) -> None:
    frame.page(assets.AT + "/{name}", "anyone", asset)
    frame.act("/console/lang", "anyone", speak)
    frame.act("/console/undo", "member", undo)


def asset(ask: Ask) -> Response:
    found = assets.by_address().get(f"{assets.AT}/{ask.path['name']}")
    if found is None:
        raise not_here()
    content, encoding = found.packed(ask.request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": YEAR, "Vary": "Accept-Encoding", **({"Content-Encoding": encoding} if encoding else {})}
    return Response(content, media_type=found.type, headers=headers)


def speak(ask: Ask) -> Response:
    answer = ask.go(back(ask))
    lang = "en" if ask.word("lang") == "en" else "th"
    answer.set_cookie(LANG, lang, max_age=365 * 86400, path="/", samesite="lax", httponly=True)
    return answer


def undo(ask: Ask) -> Response:
    refused = ask.frame.desk.undo(ask.member, ask.number("deed"))
    return ask.refused(back(ask), refused) if refused else ask.go(back(ask), "console.undone")


def back(ask: Ask) -> str:
    """Where the form says it stood; only ever a page of ours."""
    to = ask.word("back")
    return to if to.startswith("/console") and "\\" not in to and "//" not in to.partition("?")[0] else "/console/"
