"""What a member keeps on the own desk: saved views of the queue, words not sent yet, and who looks at which ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select

from bot.db.engine import insert_new
from bot.db.tables import media, reporters, story, tickets
from bot.db.tables_staff import kept_words, presence, staff, views

MOST_VIEWS = 20


def names(connection: Connection, ids: Iterable[int | None]) -> dict[int, str]:
    """Names of staff by number, also of those who have left."""
    wanted = {id_ for id_ in ids if id_}
    rows = connection.execute(select(staff.c.id, staff.c.name).where(staff.c.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


# --- views -----------------------------------------------------------------------------------------------------------


def views_of(connection: Connection, member: int) -> list[Row[Any]]:
    return list(connection.execute(select(views).where(views.c.staff == member).order_by(views.c.id)).all())


def keep_view(connection: Connection, member: int, name: str, query: str, now: int) -> bool:
    """False where there are too many already."""
    if len(views_of(connection, member)) >= MOST_VIEWS:
        return False
    connection.execute(sa.insert(views).values(staff=member, name=name, query=query, at=now))
    return True


def drop_view(connection: Connection, member: int, id_: int) -> None:
    connection.execute(sa.delete(views).where(views.c.staff == member, views.c.id == id_))


# --- words not sent yet ----------------------------------------------------------------------------------------------


def kept(connection: Connection, member: int, code: str) -> dict[str, str]:
    rows = connection.execute(select(kept_words).where(kept_words.c.staff == member, kept_words.c.code == code))
    return {row.box: row.words for row in rows}


def keep(connection: Connection, member: int, code: str, box: str, words: str, now: int) -> None:
    """Empty words forget the box."""
    mine = (kept_words.c.staff == member) & (kept_words.c.code == code) & (kept_words.c.box == box)
    connection.execute(sa.delete(kept_words).where(mine))
    if words:
        row = {"staff": member, "code": code, "box": box, "words": words, "at": now}
        connection.execute(insert_new(connection, kept_words).values(**row))


# --- who looks -------------------------------------------------------------------------------------------------------


def look(connection: Connection, code: str, member: int, now: int) -> None:
    mine = (presence.c.code == code) & (presence.c.staff == member)
    if not connection.execute(sa.update(presence).where(mine).values(at=now)).rowcount:
        connection.execute(insert_new(connection, presence).values(code=code, staff=member, at=now))
    connection.execute(sa.delete(presence).where(presence.c.at < now - 600_000))


def lookers(connection: Connection, code: str, since: int) -> list[int]:
    return list(
        connection.execute(select(presence.c.staff).where(presence.c.code == code, presence.c.at >= since)).scalars()
    )


# --- a ticket's page -------------------------------------------------------------------------------------------------


def page_of(connection: Connection, code: str) -> dict[str, Any]:
    """The row, the whole story with who wrote it, media, and whether LINE still reaches the reporter."""
    row = connection.execute(select(tickets).where(tickets.c.code == code)).one()
    told = connection.execute(select(story).where(story.c.code == code).order_by(story.c.id)).all()
    shown = (media.c.code == code) & (media.c.state != "erased")
    found = connection.execute(select(media).where(shown).order_by(media.c.at))
    reach = connection.execute(select(reporters.c.reach).where(reporters.c.code == code)).scalar()
    people = names(connection, [row.assignee, *(entry.staff for entry in told)])
    return {"row": row, "story": told, "media": found.all(), "reach": reach, "people": people}


def medium(connection: Connection, code: str, key: str) -> Row[Any] | None:
    """A kept medium of this ticket, and of no other."""
    here = (media.c.key == key) & (media.c.code == code) & (media.c.state == "kept")
    return connection.execute(select(media).where(here)).first()


def attach(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        connection.execute(sa.insert(media).values(**row))
        count = select(sa.func.count()).where(media.c.code == row["code"], media.c.state != "erased").scalar_subquery()
        connection.execute(sa.update(tickets).where(tickets.c.code == row["code"]).values(media=count))


def detach(connection: Connection, keys: Iterable[str]) -> None:
    connection.execute(sa.delete(media).where(media.c.key.in_(list(keys)), media.c.person == "staff"))


# --- what moved ------------------------------------------------------------------------------------------------------


Moved = Row[Any, Any, Any, Any, Any, Any, Any]
REACH = [tickets.c[name] for name in ("code", "office", "province", "kind", "urgency", "version", "changed_at")]


def moved_since(connection: Connection, since: int, at_most: int = 1000) -> Sequence[Moved]:
    """Tickets that changed, with what rights ask of them."""
    asked = select(*REACH).where(tickets.c.changed_at >= since)
    return connection.execute(asked.order_by(tickets.c.changed_at).limit(at_most)).all()


def reach_of(connection: Connection, code: str) -> Moved | None:
    """What rights ask of one ticket; None where there is none."""
    return connection.execute(select(*REACH).where(tickets.c.code == code)).one_or_none()
