"""The chat page and its calls: plain files, one stream of changes, one address for what people do.

    GET  /                   the page            GET  /page/stream    everything, then each change (server-sent events)
    POST /page/act           {as, chat?, do, …}  POST /page/upload    files, with as and chat
    GET  /page/chat/{id}     bubbles of a chat   GET  /page/content/{message}, menu/{person}, menu-image/{menu}
    POST /misbehave          {where, do, …} or {"clear": true}; GET tells what is open

Nothing here is behind a password: an emulator belongs on one's own machine.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from bot.emulator.acts import Upload
from bot.emulator.mischief import Whim

if TYPE_CHECKING:
    from bot.emulator.platform import Platform

PAGE = Path(__file__).with_name("page")
HEARTBEAT = 15.0
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
SAFE = {"content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


class Plain(JSONResponse):
    """JSON in ASCII: half an emoji, which somebody may send, has no UTF-8."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


Doing = Callable[["Platform", dict[str, Any]], Any]


def _say(line: Platform, told: dict[str, Any]) -> Any:
    return line.acts.say(told["as"], told["text"], told.get("chat", ""), told.get("quotes", ""))


def _pin(line: Platform, told: dict[str, Any]) -> Any:
    named = str(told.get("title", "")), str(told.get("address", ""))
    return line.acts.pin(told["as"], float(told["lat"]), float(told["lon"]), *named, told.get("chat", ""))


def _sticker(line: Platform, told: dict[str, Any]) -> Any:
    number = str(told["package"]), str(told["sticker"])
    return line.acts.sticker(told["as"], *number, told.get("keywords", ()), told.get("chat", ""))


def _tap(line: Platform, told: dict[str, Any]) -> Any:
    return line.acts.tap(told["as"], told["action"], told.get("chat", ""), told.get("params"), bool(told.get("quick")))


def _unsend(line: Platform, told: dict[str, Any]) -> Any:
    return line.acts.unsend(told["as"], told["message"], told.get("chat", ""))


def _edit(line: Platform, told: dict[str, Any]) -> Any:
    return line.acts.edit(told["as"], told["message"], told["text"], told["chat"])


def _add(line: Platform, told: dict[str, Any]) -> Any:
    return line.world.add_person(told["name"], told.get("language", "th")).shown()


def _redeliver(line: Platform, told: dict[str, Any]) -> Any:
    return line.postman.redeliver(told["event"])


DOINGS: dict[str, Doing] = {
    "text": _say,
    "pin": _pin,
    "sticker": _sticker,
    "tap": _tap,
    "unsend": _unsend,
    "edit": _edit,
    "person": _add,
    "redeliver": _redeliver,
    "follow": lambda line, told: line.acts.follow(told["as"]),
    "block": lambda line, told: line.acts.block(told["as"]),
    "invite": lambda line, told: line.acts.invite(told["as"], told["chat"]),
    "remove": lambda line, told: line.acts.remove(told["as"], told["chat"]),
    "send": lambda line, told: line.acts.send(told["as"], told["event"], told.get("chat", "")),
}


class Pages:
    """The handlers of the page's addresses."""

    def __init__(self, line: Platform) -> None:
        self._line = line

    async def index(self, request: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers={"cache-control": "no-cache"})

    async def act(self, request: Request) -> Response:
        told = await request.json()
        try:
            done = DOINGS[told["do"]](self._line, told)
        except (KeyError, TypeError, ValueError) as problem:
            return Plain({"error": f"{type(problem).__name__}: {problem}"}, 400)
        return Plain({"done": done})

    async def upload(self, request: Request) -> Response:
        async with request.form(max_files=20, max_part_size=200 * 1024 * 1024) as form:
            sent_files = [one for one in form.getlist("files") if not isinstance(one, str)]
            read = [
                Upload(await one.read(), one.content_type or "application/octet-stream", one.filename or "")
                for one in sent_files
            ]
            sent = self._line.acts.upload(str(form["as"]), read, str(form.get("chat", "")))
        return Plain({"done": sent})

    async def chat(self, request: Request) -> Response:
        """`?after=` gives the bubbles that came after a number of them."""
        line, after = self._line, int(request.query_params.get("after", 0))
        with line.world.lock:
            wanted = request.path_params["chat"]
            group = line.world.group(wanted)
            chat = line.world.chat(group.id if group else line.world.person(wanted).id)
            shown = [bubble.shown() for bubble in chat.bubbles]
        return Plain({"id": chat.id, "total": len(shown), "quick_gone": chat.quick_gone, "bubbles": shown[after:]})

    async def content(self, request: Request) -> Response:
        found = self._line.contents.uploaded(request.path_params["message"])
        if not found:
            return Response(status_code=404)
        shown = found.kind in ("image", "video", "audio") and found.mime != "image/svg+xml"
        headers = {"content-security-policy": "sandbox"} if shown else {"content-disposition": "attachment"}
        return Response(found.body, headers=headers, media_type=found.mime if shown else "application/octet-stream")

    async def menu(self, request: Request) -> Response:
        found = self._line.menus.of(request.path_params["person"])
        return Plain({"menu": found.told() if found else None})

    async def menu_image(self, request: Request) -> Response:
        found = self._line.menus.menus.get(request.path_params["menu"])
        return Response(found.image, media_type=found.mime) if found and found.image else Response(status_code=404)

    async def misbehave(self, request: Request) -> Response:
        if request.method == "GET":
            return Plain({"open": self._line.mischief.told()})
        told = await request.json()
        try:
            self._bend(told)
        except (TypeError, ValueError) as problem:
            return Plain({"error": str(problem)}, 400)
        return Plain({"open": self._line.mischief.told()})

    def _bend(self, told: dict[str, Any]) -> None:
        if told.get("clear"):
            self._line.mischief.clear()
            self._line.sending.quota = None
        elif "quota" in told:
            self._line.sending.quota = told["quota"]
        else:
            self._line.mischief.add(Whim(**told))

    async def stream(self, request: Request) -> Response:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._changes(), media_type="text/event-stream", headers=headers)

    async def _changes(self) -> AsyncIterator[str]:
        watcher = self._line.world.watch()
        try:
            yield _event({"kind": "all", **self._line.world.picture()})
            while not watcher.lost:
                change = await watcher.next(HEARTBEAT)
                yield _event(change) if change else ": here\n\n"
        finally:
            self._line.world.leave(watcher)


def _event(change: dict[str, Any]) -> str:
    return f"data: {json.dumps(change, ensure_ascii=True)}\n\n"


def page_routes(line: Platform) -> list[BaseRoute]:
    pages = Pages(line)
    return [
        Route("/", pages.index),
        Route("/page/act", pages.act, methods=["POST"]),
        Route("/page/upload", pages.upload, methods=["POST"]),
        Route("/page/stream", pages.stream),
        Route("/page/chat/{chat}", pages.chat),
        Route("/page/content/{message}", pages.content),
        Route("/page/menu/{person}", pages.menu),
        Route("/page/menu-image/{menu}", pages.menu_image),
        Route("/misbehave", pages.misbehave, methods=["GET", "POST"]),
        Mount("/page/fonts", StaticFiles(directory=fonts())),
        Mount("/page", StaticFiles(directory=PAGE)),
    ]


@cache
def fonts() -> Path:
    """Sarabun, out of the installed package: no font file is copied into the project."""
    return Path(str(files("fontpkg_sarabun"))) / "files"


class Safe:
    """Puts the page's headers on every answer of the page that has none of its own."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message.get("headers", ())}
                more = [(name.encode(), value.encode()) for name, value in SAFE.items() if name.encode() not in there]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        ours = scope["type"] == "http" and not _of_line(scope)
        await self._app(scope, receive, headed if ours else send)


def _of_line(scope: Scope) -> bool:
    """Is it one of LINE's two hosts?"""
    path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
    return path.startswith(("/api/", "/data/"))
