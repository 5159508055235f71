"""One request as a page sees it: who asks, in which language, about which ticket; and the ways to answer.

A page is a plain function `page(ask) -> Response` that runs in a thread. It reads with `ask.house.database.reading()`,
acts through `ask.frame.desk`, and answers with `show` (a page or, for htmx, one block of it), `go` (after an act) or by
raising `Stop`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot import quota
from bot.console import showing
from bot.console.packing import packed
from bot.house import House
from handlers.cases import Case
from handlers.people import RIGHTS, Member
from handlers.staff import Refused
from handlers.vocabulary import T

if TYPE_CHECKING:
    from bot.console.frame import Frame

FLASH, LANG = "frontdoor_said", "frontdoor_lang"


class Stop(Exception):
    """A page cannot go on: what the person is told instead, with a status."""

    def __init__(self, status: int, key: str, **values: Any) -> None:
        super().__init__(key)
        self.status, self.key, self.values = status, key, values


def not_here() -> Stop:
    """There is none, or it is not theirs to see: both look the same."""
    return Stop(404, "console.error.404")


@dataclass
class Ask:
    frame: Frame
    request: Request
    who: Member | None
    form: FormData = field(default_factory=FormData)
    case: Case | None = None
    now: int = 0
    lang: str = "th"
    path: Mapping[str, Any] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return self.frame.house

    @property
    def member(self) -> Member:
        """Who is signed in; the frame lets nobody else come here."""
        if self.who is None:
            raise Stop(401, "console.error.401")
        return self.who

    @property
    def ticket(self) -> Case:
        """The ticket of the address `{code}`, which the member may see."""
        if self.case is None:
            raise not_here()
        return self.case

    @property
    def query(self) -> QueryParams:
        return self.request.query_params

    def word(self, name: str) -> str:
        """A field of the form, as a stripped text."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """A field of the form that holds a number of ours; 0 where it holds anything else."""
        return number_of(self.word(name))

    @property
    def part(self) -> bool:
        """Does htmx ask for a part of a page?"""
        headers = self.request.headers
        return "hx-request" in headers and not {"hx-boosted", "hx-history-restore-request"} & set(headers)

    @property
    def warning(self) -> str:
        """What all staff see above every page: LINE's quota is nearly used."""
        with self.house.database.reading() as connection:
            found = quota.banner(connection, self.now)
        return self.house.tools.words.text(found, self.lang) if found else ""

    def may(self, right: str) -> bool:
        return self.who is not None and (right == "member" or right in RIGHTS[self.who.role])

    # --- answers -----------------------------------------------------------------------------------------------------

    def show(self, template: str, block: str = "", status: int = 200, **values: Any) -> Response:
        """The page, or only `block` where htmx asked for a part and the page has one."""
        whole = not (block and self.part)
        said = self._said() if whole else None
        reader = showing.Reader(self.house.tools.words, self.house.tools.knowledge, self.lang, self.now)
        names = {**reader.names, "ask": self, "frame": self.frame, "member": self.who, "said": said, **values}
        html = showing.render(self.frame.templates, template, "" if whole else block, names)
        content, headers = packed(self.request, html.encode())
        answer = HTMLResponse(content, status, headers)
        if said:
            answer.delete_cookie(FLASH, path="/console")
        return answer

    def go(self, to: str, key: str = "", wrong: bool = False, deed: int = 0, until: int = 0, **values: Any) -> Response:
        """After an act: on to a page, which says `key`. `deed` puts the undo bar there until `until`."""
        answer = RedirectResponse(to, 303)
        if key:
            said = {"key": key, "values": _plain(values), "wrong": wrong, "deed": deed, "until": until}
            packed = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
            answer.set_cookie(FLASH, packed, max_age=60, path="/console", httponly=True, samesite="lax")
        return answer

    def refused(self, to: str, refused: Refused) -> Response:
        """Back to the page, with why it was not done."""
        return self.go(to, refused.key, wrong=True, **(refused.values or {}))

    def _said(self) -> dict[str, Any] | None:
        """What the last act left to be said, once."""
        packed = self.request.cookies.get(FLASH)
        if not packed:
            return None
        try:
            said = json.loads(base64.urlsafe_b64decode(packed))
            values = {name: self._text(value) for name, value in said["values"].items()}
            words = self.house.tools.words
            text = words.text(T(said["key"], values), self.lang) if said["key"] in words else ""
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        left = max(0, int(said.get("until", 0)) - self.now)
        return {**said, "text": text, "left": left, "deed": said.get("deed", 0) if left else 0}

    def _text(self, value: Any) -> Any:
        """Values that name a text are said in the reader's language."""
        named = isinstance(value, str) and value in self.house.tools.words and value.count(".")
        return T(value) if named else value


def number_of(typed: str) -> int:
    """What a database takes for a whole number, or 0."""
    return int(typed) if typed.isdecimal() and len(typed) < 18 else 0


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, str | int | float) else str(value) for name, value in values.items()}
