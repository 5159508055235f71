"""A ticket's page: what is told, where, until when, the whole story for staff's eyes, and what can be done now.

What moves by itself (facts, deadlines, story) is one block that is asked for anew when the ticket changes; the forms
stay as they are, so nobody's half-written words vanish under their hands. Parts that others add (map, near reports,
incident) are asked for from here wherever such a page is registered (`MORE`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from starlette.responses import Response

from bot.console import offering, ready
from bot.console.asking import Ask
from bot.console.frame import Frame
from bot.db import desks, members
from bot.db.rows import unpack
from handlers import staff
from handlers.cases import Case
from handlers.tickets import RESOLUTIONS
from handlers.vocabulary import T
from handlers.words import BANGKOK

HERE = "/console/tickets/{code}"
MORE = ("map", "incident", "near", "alike", "factory")  # pages below this one that give a fragment, where they exist
ASKED = ("referral", "question")  # what an institute may say "not ours, but theirs" to
BOXES = ("answer_reporter", "ask_reporter", "note", "forward", "resolve", "reject", "reopen", "reveal", "decline")
LOOKING = 45_000  # milliseconds that a look counts


def pages(frame: Frame) -> None:
    frame.page(HERE, "see", show)
    frame.act(f"{HERE}/keep", "see", keep)
    frame.act(f"{HERE}/here", "see", here)
    frame.page(f"{HERE}/offices", "see", offices)


def show(ask: Ask) -> Response:
    ask.frame.looking.opened(ask.ticket.code, ask.member.id, ask.now)
    return page(ask)


def page(ask: Ask, status: int = 200, **more: Any) -> Response:
    """The page as it stands; `more` are what an act left: a conflict, or the reporter that was revealed."""
    case, member = ask.ticket, ask.member
    with ask.house.database.reading() as connection:
        found = desks.page_of(connection, case.code)
        kept = desks.kept(connection, member.id, case.code)
        colleagues = members.of_office(connection, case.office, ask.house.tools.knowledge)
    possible = staff.possible(case, member)
    values = {
        "case": case,
        "at": f"/console/tickets/{case.code}",
        "report": _report(ask, found["row"]),
        "story": [_entry(ask, entry, found["people"]) for entry in found["story"]],
        "last": found["story"][-1].id if found["story"] else 0,
        "media": found["media"],
        "blocked": bool(found["reach"]),
        "kept": kept,
        "possible": possible,
        "deadlines": _deadlines(case),
        "colleagues": [one for one in colleagues if one.id in case.colleagues],
        "ready": {box: ready.texts(ask, case, box) for box in possible},
        "offices": offering.suggested(ask, case),
        "proposed": offering.proposed(ask, case) if "decline" in possible and case.kind in ASKED else [],
        "types": offering.types(ask),
        "times": times(ask.now),
        "resolutions": tuple(RESOLUTIONS),
        "hooks": [f"/console/tickets/{case.code}/{name}" for name in MORE if ask.frame.has(f"{HERE}/{name}")],
        "conflict": None,
        "revealed": None,
        **more,
    }
    return ask.show("case.html", "story" if ask.query.get("part") == "story" else "moving", status, **values)


def _report(ask: Ask, row: Any) -> list[tuple[str, str]]:
    """What was told, field by field, under the labels of its form."""
    words = ask.house.tools.words
    told: list[tuple[str, str]] = []
    for name, pair in orjson.loads(row.report).items():
        label = next((f"{form}.{name}.label" for form in FORMS if f"{form}.{name}.label" in words), "")
        value = pair[0]
        if label and name not in HIDDEN and isinstance(value, str | int | float) and not isinstance(value, bool):
            told.append((words.text(T(label), ask.lang), _said(words, name, str(value), ask.lang)))
    return told


FORMS = ("complaint", "emergency", "guidance", "person", "place")
HIDDEN = frozenset({"place", "photos", "phone", "name", "confirm", "type"})  # shown elsewhere, or of the reporter


def _said(words: Any, field: str, value: str, lang: str) -> str:
    key = next((f"{form}.{field}.is.{value}" for form in FORMS if f"{form}.{field}.is.{value}" in words), "")
    return words.text(T(key), lang) if key else value


def _entry(ask: Ask, entry: Any, people: Mapping[int, str]) -> dict[str, Any]:
    """One entry of the story as staff read it."""
    words, row = ask.house.tools.words, entry._mapping
    key = next((one for one in (entry.key.replace("story.", "console_story.", 1), entry.key) if one in words), "")
    values = unpack(row["values"])
    said = words.text(T(key, {**NONE, **values}), ask.lang) if key else entry.key
    return {
        "id": entry.id,
        "said": said,
        "words": entry.words,
        "at": entry.at,
        "by": entry.by,
        "who": people.get(entry.staff or 0, ""),
        "inside": entry.audience == "staff",
        "undone": entry.undone,
        "extra": [(f"desk.field.{name}", values[name]) for name in PROOF if values.get(name)],
        "resolution": values.get("resolution", ""),
    }


NONE = dict.fromkeys(("name", "office", "place", "count", "until", "type", "to"), "")  # where an entry lacks it
PROOF = ("date", "measured", "to_whom", "why")


def _deadlines(case: Case) -> list[dict[str, Any]]:
    """The three clocks: until when, when it was done, and whether it stands still."""
    clocks = (
        ("acknowledge", case.acknowledge_by, case.acknowledged_at),
        ("answer", case.answer_by, case.answered_at),
        ("resolve", case.resolve_by, case.resolved_at),
    )
    return [
        {"name": name, "by": by, "done": done, "kept": bool(by and done and done <= by), "stands": case.waiting_since}
        for name, by, done in clocks
        if by or done
    ]


def times(now: int) -> Sequence[tuple[str, str]]:
    """When a ticket may come back: in an hour, tomorrow, on Monday; (key, value of the form)."""
    here = datetime.fromtimestamp(now / 1000, BANGKOK)
    morning = here.replace(hour=9, minute=0)
    days = {"hour": here + timedelta(hours=1), "tomorrow": morning + timedelta(days=1)}
    days["monday"] = morning + timedelta(days=7 - here.weekday())
    return [(name, f"{at:%Y-%m-%dT%H:%M}") for name, at in days.items()]


def keep(ask: Ask) -> Response:
    """Words that are not sent yet, so that they survive a reload."""
    box = ask.word("box")
    if box in BOXES:
        with ask.house.database.transaction() as connection:
            desks.keep(connection, ask.member.id, ask.ticket.code, box, ask.word("words")[:5000], ask.now)
    return Response(status_code=204)


def here(ask: Ask) -> Response:
    """Says that this member looks at the ticket, and is told who else does."""
    others = ask.frame.looking.look(ask.ticket.code, ask.member.id, ask.now, LOOKING)
    with ask.house.database.reading() as connection:
        names = desks.names(connection, others)
    return ask.show("here.html", names=sorted(names.values()))


def offices(ask: Ask) -> Response:
    """Offices by what is typed, for the form that forwards."""
    found = offering.found(ask, ask.query.get("office_words", "")[:100])
    return ask.show("offices.html", offices=found or offering.suggested(ask, ask.ticket), chosen="")


def moment_of(typed: str) -> datetime | None:
    """What a form's date and time says, in Thai time."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=BANGKOK)
    except ValueError:
        return None
