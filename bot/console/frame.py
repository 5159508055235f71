"""The frame of the console: every page and every act is registered here, with the right that it needs.

    def pages(frame: Frame) -> None:                 # in bot/console/<anything>.py; found by itself
        frame.page("/console/rota", "rota", show, nav="console_rota.nav", order=40)
        frame.act("/console/rota/add", "rota", add)
        frame.page("/console/tickets/{code}", "see", ticket)     # {code}: the ticket is loaded, and is theirs to see

A right is a name of `handlers.people.RIGHTS`, or `member` (whoever is signed in), or `anyone`. Who is signed in comes
from the doors. A POST from another site is turned away here for all pages; GET changes nothing. What goes wrong is a
page with words. Pages are plain functions and run in threads; `stream` alone is async.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from bot.console import showing
from bot.console.asking import LANG, Ask, Stop, not_here
from bot.console.doors import Doors
from bot.console.looking import Looking
from bot.db.engine import is_outage
from bot.desk import Desk
from bot.house import House
from bot.log import fault, logger
from bot.sealing import check_code
from handlers import people
from handlers.cases import Case
from handlers.people import RIGHTS, Member

Page = Callable[[Ask], Response]
Stream = Callable[[Ask], AsyncIterator[str]]
FREE = ("member", "anyone")
LARGEST = 64 * 1024 * 1024  # of what one form may bring
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Vary": "HX-Request",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
log = logger()


@dataclass(frozen=True, slots=True)
class Rule:
    """One address, and the right that it needs. `nav` is the text of its entry in the menu."""

    method: str
    path: str
    right: str
    nav: str = ""
    order: int = 0


@dataclass
class Frame:
    """One a house. `door` is where whoever is not signed in is sent."""

    made: FastAPI
    house: House
    doors: Doors
    desk: Desk
    door: str = "/console/sign-in"
    rules: list[Rule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.templates = showing.templates()
        self.looking = Looking(self.house)

    # --- registering -------------------------------------------------------------------------------------------------

    def page(self, path: str, right: str, show: Page, nav: str = "", order: int = 0) -> None:
        self._add(Rule("GET", path, right, nav, order), lambda ask: run_in_threadpool(show, ask))

    def act(self, path: str, right: str, do: Page) -> None:
        self._add(Rule("POST", path, right), lambda ask: run_in_threadpool(do, ask))

    def stream(self, path: str, right: str, told: Stream) -> None:
        """Server-sent events, as long as the browser listens."""

        async def begin(ask: Ask) -> Response:
            headers = {"X-Accel-Buffering": "no"}
            return StreamingResponse(told(ask), media_type="text/event-stream", headers=headers)

        self._add(Rule("GET", path, right), begin)

    def has(self, path: str) -> bool:
        return any(rule.path == path for rule in self.rules)

    def menu(self, member: Member) -> list[Rule]:
        """The entries that this member may open."""
        named = (rule for rule in self.rules if rule.nav and may(member, rule.right))
        return sorted(named, key=lambda rule: rule.order)

    def _add(self, rule: Rule, answer: Callable[[Ask], Awaitable[Response]]) -> None:
        if rule.right not in FREE and not any(rule.right in rights for rights in RIGHTS.values()):
            raise ValueError(f"{rule.path}: no role has the right {rule.right!r}")
        self.rules.append(rule)

        async def endpoint(request: Request) -> Response:
            return await self._answer(rule, request, answer)

        self.made.add_route(rule.path, endpoint, methods=[rule.method])

    # --- answering ---------------------------------------------------------------------------------------------------

    async def _answer(self, rule: Rule, request: Request, answer: Callable[[Ask], Awaitable[Response]]) -> Response:
        ask = Ask(self, request, None, now=self.house.clock(), lang=_lang(request, None), path=request.path_params)
        try:
            if rule.method == "POST" and not same_site(request, self.house.settings.public_base_url):
                raise Stop(403, "console.error.other_site")
            await run_in_threadpool(self._let_in, rule, ask)
            if rule.method == "POST":
                return self._headed(await self._with_form(ask, answer))
            return self._headed(await answer(ask))
        except Stop as stop:
            return self._headed(await run_in_threadpool(self._stopped, ask, stop))
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            log.error("page_failed", path=rule.path, fault=fault(error))
            status = 503 if is_outage(error) else 500
            return self._headed(await run_in_threadpool(self._stopped, ask, Stop(status, f"console.error.{status}")))

    def _let_in(self, rule: Rule, ask: Ask) -> None:
        """Raises Stop unless this member may have this address, and the ticket in it."""
        ask.who = self.doors.member_of(ask.request)
        ask.lang = _lang(ask.request, ask.who)
        if rule.right == "anyone":
            return
        if ask.who is None:
            raise Stop(401, "console.error.401")
        if not may(ask.who, rule.right):
            raise Stop(403, "console.error.403")
        if "code" in ask.path:
            ask.case = self._case(ask.who, rule.right, str(ask.path["code"]))

    def _case(self, member: Member, right: str, code: str) -> Case:
        found = self.desk.see(member, check_code(code))
        if found is None or (right not in FREE and not people.may(member, right, found.held)):
            raise not_here()
        return found

    async def _with_form(self, ask: Ask, answer: Callable[[Ask], Awaitable[Response]]) -> Response:
        if int(ask.request.headers.get("content-length") or 0) > LARGEST:
            raise Stop(413, "console.error.413")
        async with ask.request.form(max_files=20, max_fields=500) as form:
            ask.form = form if isinstance(form, FormData) else FormData()
            return await answer(ask)

    def _stopped(self, ask: Ask, stop: Stop) -> Response:
        if stop.status == 401:
            return self._to_the_door(ask)
        return ask.show("error.html", status=stop.status, text=self.said(ask, stop))

    def said(self, ask: Ask, stop: Stop) -> str:
        return showing.Reader(self.house.tools.words, self.house.tools.knowledge, ask.lang, ask.now).say(
            stop.key, **stop.values
        )

    def _to_the_door(self, ask: Ask) -> Response:
        """Sign in, and come back to where you were."""
        url = ask.request.url
        back = url.path + (f"?{url.query}" if url.query else "") if ask.request.method == "GET" and not ask.part else ""
        door = f"{self.door}?next={quote(back, safe='/')}" if back.startswith("/console") else self.door
        if "hx-request" in ask.request.headers:
            return Response("", 401, headers={"HX-Redirect": self.door})
        if "text/event-stream" in ask.request.headers.get("accept", ""):  # a page that listens cannot follow to a page
            return Response("event: out\ndata: -\n\n", media_type="text/event-stream")
        return RedirectResponse(door, 303)

    def _headed(self, response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def may(member: Member, right: str) -> bool:
    return right in FREE or right in RIGHTS[member.role]


def same_site(request: Request, base: str) -> bool:
    """Does this POST come from our own page? Browsers say it in Sec-Fetch-Site, on plain http in Origin; what says
    neither is no browser, and carries nobody's cookie unasked."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc in (request.headers.get("host"), urlsplit(base).netloc or None)


def _lang(request: Request, member: Member | None) -> str:
    chosen = request.cookies.get(LANG, "")
    return chosen if chosen in ("th", "en") else member.lang if member else "th"


def rules_of(frames: Mapping[str, Any]) -> list[Rule]:
    """All rules of an app that carries a console; empty where it has none."""
    return list(frames["frame"].rules) if "frame" in frames else []
