"""Incidents: what is proposed, who belongs to one, and which ticket is worked on for all of them.

One ticket of an incident is its lead: it stays open, has the deadlines and the assignee, and what staff tell its
reporter reaches the reporters of all tickets that were merged. A proposal is a question to staff and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, func, select, text, update

from bot.db import near, notices
from bot.db.engine import insert_new
from bot.db.rows import sure_moment
from bot.db.tables import WORKING, tickets, worked_on
from bot.db.tables_staff import incidents, proposals
from bot.db.tickets import tell_all
from bot.sealing import Sealing
from handlers.incidents import HOUR, alike, rules
from handlers.vocabulary import Gather, Notice, StoryEntry, Tell

LOCK = 7_733_001  # of PostgreSQL: who makes incidents comes one after the other, so that no two make the same one
MEDIA = "story.media"
_lead = tickets.alias("lead")


def lock(connection: Connection) -> None:
    """Until the end of the transaction. On SQLite there is one writer anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def try_lock(connection: Connection) -> bool:
    """The same without waiting, for whoever holds a ticket already."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": LOCK}).scalar())


def make(connection: Connection, lead: Row[Any], sealing: Sealing, now: int, **given: Any) -> int:
    """A new incident around a ticket; gives its number."""
    row = {
        "code": sealing.code(f"incident/{lead.code}/{now}"),
        "type": lead.type,
        "title": lead.summary[:120],
        "office": lead.office,
        "urgency": lead.urgency,
        "province": lead.province,
        "lat": lead.lat,
        "lon": lead.lon,
        "lead": lead.code,
        "reports": 1,
        "made_at": now,
        "changed_at": now,
        **given,
    }
    return int(connection.execute(sa.insert(incidents).values(**row).returning(incidents.c.id)).scalar_one())


def get(connection: Connection, id_: int, locked: bool = False) -> Row[Any] | None:
    asked = select(incidents).where(incidents.c.id == id_)
    return connection.execute(asked.with_for_update() if locked else asked).first()


def recount(connection: Connection, id_: int, now: int) -> None:
    """How many reports it has, its lead among them."""
    many = select(func.count()).select_from(tickets).where(tickets.c.incident == id_).scalar_subquery()
    changed = update(incidents).where(incidents.c.id == id_)
    connection.execute(changed.values(reports=many, changed_at=now, version=incidents.c.version + 1))


# --- proposals -------------------------------------------------------------------------------------------------------


def propose(connection: Connection, code: str, sealing: Sealing, now: int) -> int | None:
    """Asks staff whether this report and the most alike one near it are the same; gives the incident, 0: none, None:
    another process makes incidents just now."""
    row = connection.execute(select(tickets).where(tickets.c.code == code)).first()
    if row is None or row.incident or row.lat is None or row.lon is None or _answered(connection, code):
        return 0
    if not _likest(connection, row, now):
        return 0
    if not try_lock(connection):
        return None
    found = _likest(connection, row, now)
    if found is None or _answered(connection, code):
        return 0
    other, score = found
    incident = other.incident or _proposed(connection, other.code) or _new(connection, other, sealing, now)
    connection.execute(
        insert_new(connection, proposals).values(code=code, incident=incident, score=round(score, 3), at=now)
    )
    return int(incident)


def _answered(connection: Connection, code: str) -> bool:
    return connection.execute(select(proposals.c.code).where(proposals.c.code == code).limit(1)).first() is not None


def _likest(connection: Connection, row: Row[Any], now: int) -> tuple[Row[Any], float] | None:
    rule = rules()
    close = near.around(connection, row.lat, row.lon, rule["metres"], now - rule["hours"] * HOUR, without=row.code)
    this = near.report(row)
    scored = ((other, alike(this, near.report(other))) for other, _ in close)
    best = max(scored, key=lambda one: one[1], default=None)
    return best if best and best[1] >= rule["propose"] else None


def _proposed(connection: Connection, code: str) -> int | None:
    asked = select(proposals.c.incident).where(proposals.c.code == code, proposals.c.state != "no")
    return connection.execute(asked.order_by(proposals.c.at.desc()).limit(1)).scalar()


def _new(connection: Connection, lead: Row[Any], sealing: Sealing, now: int) -> int:
    incident = make(connection, lead, sealing, now)
    connection.execute(insert_new(connection, proposals).values(code=lead.code, incident=incident, score=1, at=now))
    return incident


def answer(connection: Connection, id_: int, codes: Iterable[str], state: str) -> None:
    here = (proposals.c.incident == id_) & proposals.c.code.in_(list(codes))
    connection.execute(update(proposals).where(here).values(state=state))


def confirm(connection: Connection, id_: int, now: int) -> None:
    """The proposal becomes an incident; its lead belongs to it from now on."""
    row = get(connection, id_, locked=True)
    if row is None:
        return
    connection.execute(update(incidents).where(incidents.c.id == id_).values(state="open", changed_at=now))
    connection.execute(update(tickets).where(tickets.c.code == row.lead).values(incident=id_, changed_at=now))
    recount(connection, id_, now)


def refuse(connection: Connection, id_: int, now: int) -> None:
    connection.execute(update(proposals).where(proposals.c.incident == id_).values(state="no"))
    state = {"state": "refused", "changed_at": now, "closed_at": now}
    connection.execute(update(incidents).where(incidents.c.id == id_, incidents.c.state == "proposed").values(**state))


# --- belonging -------------------------------------------------------------------------------------------------------


def open_lead(connection: Connection, id_: int) -> Row[Any] | None:
    """The ticket that is worked on for an open incident; None where the incident is over or was never confirmed."""
    asked = select(tickets).join(incidents, incidents.c.lead == tickets.c.code)
    return connection.execute(asked.where(incidents.c.id == id_, incidents.c.state == "open", worked_on)).first()


def join(connection: Connection, act: Gather, now: int) -> bool:
    """A reporter said "it is this one". Where the incident has ended meanwhile the ticket stays one of its own."""
    lead = open_lead(connection, act.incident)
    if lead is None or lead.code == act.code:
        return False
    mine = update(tickets).where(tickets.c.code == act.code, tickets.c.status.in_(WORKING))
    changed = {"status": "merged", "incident": act.incident, "changed_at": now, "look_at": now}
    if not connection.execute(mine.values(**changed, version=tickets.c.version + 1)).rowcount:
        return False
    at = sure_moment(now)
    entry = StoryEntry("story.joined", at, "house", "staff", {"code": act.code})
    tell_all(connection, [Tell(act.code, StoryEntry("story.merge", at, "house")), Tell(lead.code, entry)])
    notices.keep(connection, [Notice("reporter.joined", lead.code, {"from": act.code})], now)
    recount(connection, act.incident, now)
    return True


def leads(connection: Connection, codes: Sequence[str]) -> dict[str, str]:
    """Of tickets that were merged: the ticket that is worked on instead."""
    if not codes:
        return {}
    asked = (
        select(tickets.c.code, incidents.c.lead)
        .join(incidents, incidents.c.id == tickets.c.incident)
        .where(tickets.c.code.in_(codes), tickets.c.status == "merged", incidents.c.lead != tickets.c.code)
    )
    return {row.code: row.lead for row in connection.execute(asked)}


def pass_on(connection: Connection, told: Sequence[Tell], noticed: Sequence[Notice]) -> tuple[list[Tell], list[Notice]]:
    """Words and pictures to a merged ticket reach the incident: its lead's story tells of them, and whoever works on it
    is told.
    """
    said = [one for one in told if (one.entry.by == "reporter" and one.entry.words) or one.entry.key == MEDIA]
    asked = [one for one in noticed if one.rule.startswith("reporter.")]
    to = leads(connection, sorted({one.code for one in said} | {one.code for one in asked}))
    if not to:
        return [], list(noticed)
    more = [Tell(to[one.code], _from(one)) for one in said if one.code in to]
    return more, [_for_lead(one, to) for one in noticed]


def _from(one: Tell) -> StoryEntry:
    entry = one.entry
    key = "story.together_media" if entry.key == MEDIA else "story.together"
    return StoryEntry(key, entry.at, "reporter", "staff", {"code": one.code}, entry.words, entry.messages)


def _for_lead(one: Notice, to: Mapping[str, str]) -> Notice:
    if one.code not in to or not one.rule.startswith("reporter."):
        return one
    return Notice(one.rule, to[one.code], {**one.values, "from": one.code})
