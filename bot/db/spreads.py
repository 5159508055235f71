"""What is done to all reports of an incident, some at a time: a word to every reporter, or merging what belongs to it.

An act on the ticket that leads an incident is one short transaction, however many reports hang on it. The rest is a
row here; the timekeeper takes it up when the time to undo is over, and moves its mark in the commit of what it did,
so each reporter is told once, however many processes there are and whatever crashes.

That somebody has it goes into the story of each, and to the reporter where the lead's own is told so. In a surge the
story is enough: its reporters heard a moment ago that it is worked on as one, and thousands of messages are a month's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select, update

from bot.db import cases, incidents, informs, tickets
from bot.db.rows import pack, sure_moment, unpack
from bot.db.tables import tickets as rows
from bot.db.tables import worked_on
from bot.db.tables_staff import deeds, spreads
from bot.db.tables_staff import incidents as table_of_incidents
from bot.sealing import Sealing
from handlers.vocabulary import Act, Change, Deed, Inform, StoryEntry, Tell, Told

MANY = 100  # tickets a transaction
NOT_SPREAD = frozenset({"told.merged", "told.shut", "told.split"})
SILENT = frozenset({"story.acknowledge", "story.start"})  # moves that the story tells where no message does


def spread_words(connection: Connection, deed: Deed, number: int, acts: Sequence[Act], now: int) -> None:
    """What the lead's reporter is told reaches the reporters of all merged tickets, once it can no longer be undone."""
    wanted = _wanted(deed.code, acts)
    incident = _led_by(connection, deed.code) if wanted else None
    if incident is None:
        return
    for told in wanted:
        key = "story.acknowledge" if incident.surge_at and told.key == "told.taken" else told.key
        body = {"key": key, "values": dict(told.values), "media": list(told.media)}
        row = {"incident": incident.id, "act": "told", "deed": number, "staff": deed.staff, "body": pack(body)}
        connection.execute(sa.insert(spreads).values(**row, at=now, due=now + round(deed.undo * 1000)))


def _wanted(code: str, acts: Sequence[Act]) -> list[Told]:
    said = [act.told for act in acts if isinstance(act, Inform) and act.told.code == code]
    moved = [act.entry.key for act in acts if isinstance(act, Tell) and act.code == code and act.entry.key in SILENT]
    spread = [told for told in said if told.key not in NOT_SPREAD]
    return spread if said else [Told(code, key) for key in moved]


def _led_by(connection: Connection, code: str) -> Any:
    table = table_of_incidents
    asked = select(table.c.id, table.c.surge_at)
    return connection.execute(asked.where(table.c.lead == code, table.c.state == "open", table.c.reports > 1)).first()


def merge_all(connection: Connection, incident: int, staff: int, now: int) -> None:
    """All that belongs to the incident and is still open is merged; each reporter is told once."""
    row = {"incident": incident, "act": "merge", "staff": staff, "at": now, "due": now}
    connection.execute(sa.insert(spreads).values(**row))


def waiting(connection: Connection, incident: int) -> bool:
    open_ = (spreads.c.incident == incident) & spreads.c.done_at.is_(None) & (spreads.c.act == "merge")
    return connection.execute(select(spreads.c.id).where(open_).limit(1)).first() is not None


def any_due(connection: Connection, now: int) -> bool:
    due = select(spreads.c.id).where(spreads.c.done_at.is_(None), spreads.c.due <= now).limit(1)
    return connection.execute(due).first() is not None


def take(connection: Connection, sealing: Sealing, now: int) -> int:
    """One batch of the oldest; gives how many tickets were done."""
    ripe = select(spreads).where(spreads.c.done_at.is_(None), spreads.c.due <= now).order_by(spreads.c.id).limit(1)
    row = connection.execute(ripe.with_for_update(skip_locked=True)).first()
    if row is None:
        return 0
    if row.deed and _undone(connection, row.deed):
        _move(connection, row, [], now)
        return 0
    lead = incidents.get(connection, row.incident)
    found = _members(connection, row, lead.lead if lead else "")
    if row.act == "merge":
        _merge(connection, row, found, sealing, now)
    else:
        _tell(connection, row, found, sealing, now)
    _move(connection, row, found, now)
    return len(found)


def _undone(connection: Connection, deed: int) -> bool:
    return connection.execute(select(deeds.c.undone_at).where(deeds.c.id == deed)).scalar() is not None


def _members(connection: Connection, row: Row[Any], lead: str) -> Sequence[Any]:
    state = worked_on if row.act == "merge" else rows.c.status == "merged"
    here = (rows.c.incident == row.incident) & (rows.c.code > row.after) & (rows.c.code != lead)
    asked = select(rows.c.code, rows.c.office).where(here, rows.c.opened_at <= row.at, state)
    return connection.execute(asked.order_by(rows.c.code).limit(MANY).with_for_update()).all()


def _move(connection: Connection, row: Row[Any], found: Sequence[Row[Any]], now: int) -> None:
    over = len(found) < MANY
    changed = {"after": found[-1].code if found else row.after, "done": row.done + len(found)}
    connection.execute(update(spreads).where(spreads.c.id == row.id).values(**changed, done_at=now if over else None))
    if over:
        incidents.recount(connection, row.incident, now)


def _tell(connection: Connection, row: Row[Any], found: Sequence[Row[Any]], sealing: Sealing, now: int) -> None:
    """The same words, with each reporter's own number; what was resolved is resolved for each, and each may say no."""
    body = unpack(row.body)
    heard = [] if body["key"] in SILENT else found
    told = [Inform(Told(one.code, body["key"], body["values"], tuple(body["media"]))) for one in heard]
    ends = _ends(body, row.at)
    for one in found if ends else ():
        cases.change(connection, Change(one.code, ends), now)
    key, words = body["key"].replace("told.", "story."), str(body["values"].get("words", ""))
    key, at = STORY.get(key, key), sure_moment(row.at)
    entry = StoryEntry(key, at, "staff", "reporter", body["values"], words, staff=row.staff)
    tickets.tell_all(connection, [Tell(one.code, entry) for one in found])
    informs.send(connection, told, sealing, now, f"spread:{row.id}:{row.after}")


def _ends(body: Any, at: int) -> dict[str, Any]:
    """How the lead ended, so ends each of them; and each reporter may say no."""
    if body["key"] == "told.resolved":
        return {"status": "resolved", "resolution": body["values"].get("resolution", ""), "resolved_at": at}
    return {"status": "rejected", "closed_at": at} if body["key"] == "told.rejected" else {}


def _merge(connection: Connection, row: Row[Any], found: Sequence[Row[Any]], sealing: Sealing, now: int) -> None:
    entry = StoryEntry("story.merge", sure_moment(now), "staff", staff=row.staff)
    for one in found:
        cases.change(connection, Change(one.code, {"status": "merged"}), now)
    tickets.tell_all(connection, [Tell(one.code, entry) for one in found])
    told = [Inform(Told(one.code, "told.merged")) for one in found]
    informs.send(connection, told, sealing, now, f"spread:{row.id}:{row.after}")


# The story has names of its own for what reporters are told.
STORY = {
    "story.answer": "story.reply", "story.ask": "story.ask_reporter", "story.resolved": "story.resolve",
    "story.rejected": "story.reject", "story.closed": "story.close", "story.taken": "story.acknowledge",
}  # fmt: skip
