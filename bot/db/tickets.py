"""Tickets: what opens, changes and tells them, and how a reporter's own tickets are read. No lane stands in these
tables.

The acts of a whole batch are written with one statement a table. An office's view comes with the console.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import floor
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, Row, func, select, update

from bot.db.rows import millis, moment, pack, pack_draft, sure_moment, unpack
from bot.db.tables import reporters, story, tickets
from handlers.vocabulary import Learn, Move, Open, Rate, StoryEntry, Tell, Ticket
from knowledge.model import Place

CELL, ROW = 0.005, 72_000
SHOWN = 20  # of a person's tickets, newest first
ENDED = ("closed", "rejected", "withdrawn", "merged")

# --- reading ---------------------------------------------------------------------------------------------------------

_rank = func.row_number().over(partition_by=reporters.c.person, order_by=tickets.c.opened_at.desc()).label("rank")
_ranked = (
    select(tickets, reporters.c.person, _rank)
    .join(reporters, reporters.c.code == tickets.c.code)
    .where(reporters.c.person.in_(sa.bindparam("persons", expanding=True)))
    .subquery()
)
_of_persons = select(_ranked).where(_ranked.c.rank <= SHOWN).order_by(_ranked.c.opened_at.desc(), _ranked.c.code)
_stories = (
    select(story)
    .where(story.c.code.in_(sa.bindparam("codes", expanding=True)), story.c.audience == "reporter", ~story.c.undone)
    .order_by(story.c.id)
)


def of_persons(connection: Connection, persons: Sequence[str]) -> dict[str, tuple[Ticket, ...]]:
    """The newest tickets of each pseudonym with the story that its reporter may see."""
    rows = connection.execute(_of_persons, {"persons": list(persons)}).all()
    if not rows:
        return {}
    told: dict[str, list[StoryEntry]] = defaultdict(list)
    for entry in connection.execute(_stories, {"codes": [row.code for row in rows]}):
        told[entry.code].append(_entry(entry))
    found: dict[str, list[Ticket]] = defaultdict(list)
    for row in rows:
        found[row.person].append(_ticket(row, tuple(told[row.code])))
    return {person: tuple(theirs) for person, theirs in found.items()}


def one(connection: Connection, code: str) -> Ticket | None:
    """A ticket as its reporter sees it."""
    row = connection.execute(select(tickets).where(tickets.c.code == code)).first()
    if row is None:
        return None
    return _ticket(row, tuple(_entry(entry) for entry in connection.execute(_stories, {"codes": [code]})))


def place_of(row: Any) -> Place:
    return Place(row.province, row.district, row.subdistrict, row.lat, row.lon, row.estate, row.place_typed)


def _ticket(row: Row[Any], told: tuple[StoryEntry, ...]) -> Ticket:
    return Ticket(
        code=row.code,
        kind=row.kind,
        type=row.type,
        urgency=row.urgency,
        status=row.status,
        office=row.office,
        summary=row.summary,
        opened_at=sure_moment(row.opened_at),
        due_at=moment(row.resolve_by),
        answer_due_at=moment(row.answer_by),
        waiting_since=moment(row.waiting_since),
        place=place_of(row),
        resolution=row.resolution,
        rating=row.rating,
        story=told,
        media=row.media,
        page=row.public_key,
    )


def _entry(row: Row[Any]) -> StoryEntry:
    values, words = row._mapping["values"], row.words
    return StoryEntry(
        row.key, sure_moment(row.at), row.by, row.audience, unpack(values), words, tuple(orjson.loads(row.messages))
    )


# --- writing ---------------------------------------------------------------------------------------------------------


def open_all(
    connection: Connection, opened: Sequence[Open], now: int, page: Callable[[str], str] = lambda code: ""
) -> None:
    """`page` gives what is kept of the key of a ticket's public page; empty: it has none."""
    if not opened:
        return
    connection.execute(sa.insert(tickets), [{**_row(one, now), "public_key": page(one.code)} for one in opened])
    tell_all(connection, [Tell(one.code, entry) for one in opened for entry in one.story])


def _row(act: Open, now: int) -> dict[str, Any]:
    return {
        "code": act.code,
        "kind": act.kind,
        "type": act.type,
        "urgency": act.urgency,
        "status": "new",
        "office": act.office,
        "summary": act.summary,
        "factory": _factory(act.report),
        "source": act.source,
        "report": pack(pack_draft(act.report)),
        "first_office": act.office,
        "first_type": act.type,
        "first_urgency": act.urgency,
        "opened_at": now,
        "changed_at": now,
        "look_at": now,
        "acknowledge_by": act.acknowledge_by and millis(act.acknowledge_by),
        "answer_by": act.answer_by and millis(act.answer_by),
        "resolve_by": act.resolve_by and millis(act.resolve_by),
        **_place_columns(act.place),
    }


def _factory(report: Mapping[str, Any]) -> str:
    """The factory as the reporter named it; empty where it was skipped."""
    named = report["factory"].value if "factory" in report else ""
    return " ".join(named.split())[:120] if isinstance(named, str) else ""


def _place_columns(place: Place) -> dict[str, Any]:
    return {
        "province": place.province,
        "district": place.district,
        "subdistrict": place.subdistrict,
        "estate": place.estate,
        "lat": place.lat,
        "lon": place.lon,
        "place_typed": place.typed,
        "cell": cell(place.lat, place.lon),
    }


def cell(lat: float | None, lon: float | None) -> int | None:
    """The square of 0.005 degrees (about 550 m) in which a pin lies: rows of 72,000 squares from the south."""
    if lat is None or lon is None:
        return None
    return floor((lat + 90) / CELL) * ROW + floor((lon + 180) / CELL)


def tell_all(connection: Connection, told: Iterable[Tell]) -> None:
    rows = [_told(one) for one in told]
    if rows:
        connection.execute(sa.insert(story), rows)


def touched(connection: Connection, codes: Collection[str], now: int) -> None:
    """Something was said: whoever looks at the ticket sees it without reloading, and what was put aside comes back.
    Words conflict with nothing.
    """
    if codes:
        said = {"changed_at": now, "snoozed_until": None}
        connection.execute(update(tickets).where(tickets.c.code.in_(codes)).values(**said))


def tell(connection: Connection, told: Tell) -> int:
    """One entry; gives its number."""
    return int(connection.execute(sa.insert(story).values(**_told(told)).returning(story.c.id)).scalar_one())


def _told(one: Tell) -> dict[str, Any]:
    entry = one.entry
    return {
        "code": one.code,
        "key": entry.key,
        "at": millis(entry.at),
        "by": entry.by,
        "audience": entry.audience,
        "values": pack(entry.values),
        "words": entry.words,
        "messages": pack(list(entry.messages)),
        "staff": entry.staff or None,
    }


def learn(connection: Connection, act: Learn, now: int) -> None:
    """New fields join the report; what is empty in the act stays as it was."""
    old = connection.execute(select(tickets.c.report).where(tickets.c.code == act.code).with_for_update()).scalar_one()
    changed: dict[str, Any] = {
        "changed_at": now,
        "words": "",
        "report": pack({**orjson.loads(old), **pack_draft(act.report)}),
    }
    changed |= {
        name: value for name, value in (("office", act.office), ("type", act.type), ("summary", act.summary)) if value
    }
    for name, value in (("office", act.office), ("type", act.type)):
        if value:  # the house itself knows better now; once somebody has taken it, it stands as it was first read
            first = tickets.c[f"first_{name}"]
            changed[f"first_{name}"] = sa.case((tickets.c.acknowledged_at.is_(None), value), else_=first)
    if act.place is not None:
        changed |= _place_columns(act.place)
    _change(connection, act.code, changed)


def move(connection: Connection, act: Move, now: int) -> None:
    again = {"reopened": tickets.c.reopened + 1} if act.to == "reopened" else {}
    closed = now if act.to in ENDED else None
    _change(connection, act.code, {"status": act.to, "changed_at": now, "closed_at": closed, **again})


def rate(connection: Connection, act: Rate, now: int) -> None:
    _change(connection, act.code, {"rating": act.stars, "changed_at": now})


def _change(connection: Connection, code: str, values: Mapping[str, Any]) -> None:
    """Whatever changes a ticket also has the timekeeper look at it anew."""
    look = {"look_at": values["changed_at"]} if "changed_at" in values else {}
    changed = {**values, **look, "version": tickets.c.version + 1}
    connection.execute(update(tickets).where(tickets.c.code == code).values(**changed))


# --- an unsend -------------------------------------------------------------------------------------------------------


def forget(connection: Connection, persons: Sequence[str], message: str) -> None:
    """Takes the content of one message out of the tickets and stories of the person who unsent it."""
    theirs = select(reporters.c.code).where(reporters.c.person.in_(persons))
    for row in connection.execute(select(tickets.c.code, tickets.c.report).where(tickets.c.code.in_(theirs))).all():
        report = orjson.loads(row.report)
        kept = {field: pair for field, pair in report.items() if message not in pair[1]}
        if len(kept) != len(report):  # the summary may quote the message, so it goes as well
            _change(connection, row.code, {"report": pack(kept), "summary": "", "words": ""})
    for told in connection.execute(select(story.c.id, story.c.messages).where(story.c.code.in_(theirs))).all():
        if message in orjson.loads(told.messages):
            connection.execute(update(story).where(story.c.id == told.id).values(words="", values="{}"))
