"""How a page is rendered: Jinja with autoescape, the words of the catalogue, times, and whole page or fragment.

A template asks for words by key (`t('console.queue.title')`), so no sentence stands in it. Times are read as "how long
ago", with the moment itself on touch and for screen readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2_fragments import render_block
from markupsafe import Markup, escape

from bot.console import assets
from bot.db.rows import sure_moment
from handlers.vocabulary import T
from handlers.words import BANGKOK, Words
from knowledge.load import Knowledge
from knowledge.model import Both

HERE = Path(__file__).parent
MINUTE, HOUR, DAY = 60, 3600, 86400
STEPS = ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes"))
LONG_AGO = ((730 * DAY, 365.25 * DAY, "years"), (60 * DAY, 30.44 * DAY, "months"))  # from when on, and how long one is


def templates() -> Environment:
    """One a console. Undefined names are faults, not empty places."""
    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = assets.address
    return made


class Reader:
    """One reader's eyes: a language and a moment. What templates may call stands in `names`."""

    def __init__(self, words: Words, knowledge: Knowledge, lang: str, now: int) -> None:
        self.words, self.knowledge, self.lang, self.now = words, knowledge, lang, now

    @property
    def names(self) -> dict[str, Any]:
        return {
            "t": self.say, "ago": self.ago, "left": self.left, "moment": self.moment, "clock": self.clock,
            "office": self.office, "kind_of": self.type, "place": self.place, "value": self.value, "known": self.known,
            "gist": self.gist,
            "lang": self.lang, "th": self.lang == "th", "now": self.now,
        }  # fmt: skip

    def say(self, key: str, **values: Any) -> str:
        return self.words.text(T(key, values), self.lang)

    def known(self, key: str) -> bool:
        return key in self.words

    def value(self, value: Any) -> str:
        return self.words.value(value, self.lang)

    def moment(self, at: int | datetime | None) -> str:
        told = "" if at is None else self.words.moment(_moment(at), self.lang)
        return told.replace(" \u0e19.", "\xa0\u0e19.")  # the clock and its word stay on one line

    def clock(self, at: int | datetime) -> str:
        return f"{_moment(at).astimezone(BANGKOK):%H:%M}"

    def ago(self, at: int | datetime | None) -> Markup:
        """`3 hours ago`, with the moment as its title."""
        if at is None:
            return Markup("")
        seconds = (self.now - _millis(at)) / 1000
        for since, size, name in LONG_AGO:
            if seconds >= since:
                return self._time(at, self.say(f"console.ago.{name}", n=int(seconds // size)))
        return self._time(at, self._span("console.ago", seconds))

    def left(self, at: int | datetime | None) -> Markup:
        """`2 hours left`, or by how much it is late; the class says which."""
        if at is None:
            return Markup("")
        seconds = (_millis(at) - self.now) / 1000
        said = self._span("console.left" if seconds >= 0 else "console.late", abs(seconds))
        return self._time(at, said, "late" if seconds < 0 else "soon" if seconds < 4 * HOUR else "")

    def _span(self, key: str, seconds: float) -> str:
        for size, name in STEPS:
            if seconds >= size:
                return self.say(f"{key}.{name}", n=int(seconds // size))
        return self.say(f"{key}.now")

    def _time(self, at: int | datetime, said: str, class_: str = "") -> Markup:
        when = _moment(at)
        shown = Markup('<time class="{}" datetime="{}" title="{}">{}</time>')
        return shown.format(class_, when.isoformat(timespec="seconds"), self.moment(when), said)

    # --- names of the knowledge --------------------------------------------------------------------------------------

    def office(self, office: str) -> str:
        body = self.knowledge.body(office)
        return body.name.in_(self.lang) if body else office

    def type(self, type_: str) -> str:
        facts = self.knowledge.facts
        named = facts.types.get(type_) or facts.dangers.get(type_) or self.knowledge.body(type_)
        return named.name.in_(self.lang) if named else type_

    def place(self, place: Any) -> str:
        """A Place, or whatever has its columns."""
        from bot.db.tickets import place_of

        where = place if hasattr(place, "typed") else place_of(place)
        return self.knowledge.describe(where, self.lang) if where.province else str(where.typed)

    def gist(self, told: Any, summary: str = "") -> str:
        """The summary of a ticket, or the title of an incident, without its type and place: these stand beside it."""
        thai = self if self.lang == "th" else Reader(self.words, self.knowledge, "th", self.now)
        known = {thai.type(told.type)}
        if hasattr(told, "place") or hasattr(told, "place_typed"):
            known.add(thai.place(getattr(told, "place", told)))
        return " · ".join(part for part in (summary or told.summary).split(" · ") if part not in known)

    def text(self, text: T | Both | str) -> str:
        return self.words.text(text, self.lang)


def render(made: Environment, name: str, block: str, values: Mapping[str, Any]) -> str:
    """The whole page, or one block of it. `parts` are the macros of parts.html, in the reader's words."""
    values = {**values, "parts": made.get_template("parts.html").make_module(dict(values))}
    return render_block(made, name, block, **values) if block else made.get_template(name).render(**values)


def error_text(words: str) -> str:
    return str(escape(words))


def _moment(at: int | datetime) -> datetime:
    return at if isinstance(at, datetime) else sure_moment(at)


def _millis(at: int | datetime) -> float:
    return at.astimezone(UTC).timestamp() * 1000 if isinstance(at, datetime) else at
