"""The plain list of tickets, and one ticket with its story: what the demo shows of what came of a talk.

Only where `list_tickets` is on, which a house in production leaves off. No reporter, no script, no request to
another host.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.db import looking
from bot.db.rows import sure_moment
from bot.house import House
from bot.sealing import check_code
from handlers.vocabulary import T
from handlers.words import Words
from knowledge.model import Place

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def routes(made: FastAPI, house: House) -> None:
    """Adds /tickets and /tickets/{code}. Plain functions: FastAPI runs them in its threads."""

    @made.get("/tickets", response_class=HTMLResponse)
    def tickets_page(request: Request) -> HTMLResponse:
        lang = _lang(request)
        with house.database.reading() as connection:
            rows = looking.newest(connection)
        return _page("tickets.html", lang, tickets=[_shown(row, house, lang) for row in rows])

    @made.get("/tickets/{code}", response_class=HTMLResponse)
    def ticket_page(request: Request, code: str) -> HTMLResponse:
        lang = _lang(request)
        with house.database.reading() as connection:
            found = looking.one(connection, check_code(code))
        if found is None:
            return _page("no_ticket.html", lang, status=404)
        return _page("ticket.html", lang, ticket=_shown(found["row"], house, lang), **_told(found, house, lang))


def _lang(request: Request) -> str:
    return "en" if request.query_params.get("lang") == "en" else "th"


def _page(name: str, lang: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates().get_template(name).render(lang=lang, **values), status, HEADERS)


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(HERE), autoescape=select_autoescape(default=True))


def _shown(row: Any, house: House, lang: str) -> dict[str, Any]:
    """A ticket in words. Names that the knowledge no longer has are shown as they are kept."""
    knowledge, words = house.tools.knowledge, house.tools.words
    facts = knowledge.facts
    named = facts.types.get(row.type) or facts.dangers.get(row.type) or knowledge.body(row.type)
    body = knowledge.body(row.office)
    place = Place(row.province, row.district, row.subdistrict, row.lat, row.lon, row.estate, row.place_typed)
    return {
        "code": row.code,
        "kind": row.kind,
        "urgency": row.urgency,
        "type": named.name.in_(lang) if named else row.type,
        "status": _said(words, f"status.{row.status}", lang),
        "office": body.name.in_(lang) if body else row.office,
        "place": knowledge.describe(place, lang) if row.province else row.place_typed,
        "pin": f"{row.lat:.5f}, {row.lon:.5f}" if row.lat is not None else "",
        "summary": row.summary,
        "media": row.media,
        "opened": _moment(row.opened_at, words, lang),
    }


def _moment(millis: int, words: Words, lang: str) -> str:
    return words.moment(sure_moment(millis), lang)


def _said(words: Words, key: str, lang: str, values: dict[str, Any] | None = None) -> str:
    return words.text(T(key, values or {}), lang) if key in words else key


def _label(words: Words, name: str, lang: str) -> str:
    key = f"complaint.{name}.label"
    return words.text(T(key), lang) if key in words else name


def _told(found: dict[str, Any], house: House, lang: str) -> dict[str, Any]:
    words = house.tools.words
    return {
        "report": {
            _label(words, name, lang): value
            for name, value in found["report"].items()
            if isinstance(value, str | int | float)
        },
        "story": [
            {
                "at": _moment(entry["at"], words, lang),
                "said": _said(words, entry["key"], lang, entry["values"]),
                "words": entry["words"],
                "by": entry["by"],
            }
            for entry in found["story"]
        ],
        "media": [{"key": one.key, "kind": one.kind, "state": one.state} for one in found["media"]],
    }
