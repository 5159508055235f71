"""Rows of photos, videos, voice messages and files: what is to be fetched, what is kept, what is missing.

A row is known by its message; the lane is not in it, only the pseudonym. The bytes lie in the store under `key`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, func, or_, select, update

from bot.db.engine import insert_new
from bot.db.tables import media, media_wanted, tickets, unsent
from bot.sealing import Sealing
from handlers.vocabulary import Attach, Media

KEPT_AFTER_END = 90 * 24 * 3600 * 1000  # a picture that we sent stays reachable so long after its ticket ended
UNCLAIMED = 7 * 24 * 3600 * 1000


def wanted(connection: Connection, fetches: Iterable[tuple[str, Media]], sealing: Sealing, now: int) -> None:
    """Notes (lane, media) to be fetched; noting twice is no harm."""
    rows = [
        {
            "message": one.message_id,
            "person": sealing.person(lane),
            "key": sealing.media_key(one.message_id),
            "kind": one.kind,
            "size": one.size,
            "due": now,
            "at": now,
        }
        for lane, one in fetches
    ]
    if rows:
        connection.execute(insert_new(connection, media), rows)


def attach(connection: Connection, acts: Iterable[Attach]) -> None:
    for act in acts:
        if act.message_ids:
            mine = media.c.message.in_(act.message_ids)
            had = connection.execute(select(media.c.code).where(mine, media.c.code.is_not(None)).distinct()).scalars()
            changed = {act.code, *had}  # a photo can move from the ticket that it was sent to by mistake
            connection.execute(update(media).where(mine).values(code=act.code))
            count = select(func.count()).where(media.c.code == tickets.c.code, media.c.state != "erased")
            counted = update(tickets).where(tickets.c.code.in_(changed)).values(media=count.scalar_subquery())
            connection.execute(counted)


def due(connection: Connection, now: int, at_most: int = 16) -> list[Row[Any]]:
    """What shall be fetched now, oldest first."""
    found = select(media).where(media_wanted, media.c.due <= now).order_by(media.c.due).limit(at_most)
    return list(connection.execute(found).all())


def take(connection: Connection, now: int, until: int, at_most: int = 16) -> list[Row[Any]]:
    """Like `due`, and nobody else takes them before `until`."""
    found = (
        select(media.c.message)
        .where(media_wanted, media.c.due <= now)
        .order_by(media.c.due)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    messages = list(connection.execute(found).scalars())
    if not messages:
        return []
    taken = update(media).where(media.c.message.in_(messages)).values(due=until, attempts=media.c.attempts + 1)
    return list(connection.execute(taken.returning(media)).all())


def kept(connection: Connection, message: str, kind: str, size: int) -> bool:
    """The bytes are in the store. False where the message was unsent meanwhile: then they must go."""
    gone = select(unsent.c.message).where(unsent.c.message == message).exists()
    changed = connection.execute(
        update(media)
        .where(media.c.message == message, media.c.state == "waiting", ~gone)
        .values(state="kept", type=kind, size=size, fault="")
    )
    return changed.rowcount == 1


def failed(connection: Connection, message: str, state: str, fault: str, due_at: int = 0) -> None:
    """`state`: waiting (once more at `due_at`), missing or refused. Missing and refused are shown to staff."""
    connection.execute(
        update(media)
        .where(media.c.message == message, media.c.state == "waiting")
        .values(state=state, fault=fault, due=due_at)
    )


def forget(connection: Connection, message: str) -> str:
    """An unsend: gives the key whose bytes must go, or ""."""
    row = connection.execute(select(media.c.key, media.c.code).where(media.c.message == message)).first()
    if row is None:
        return ""
    connection.execute(update(media).where(media.c.message == message).values(state="erased", type="", size=0))
    if row.code:
        count = select(func.count()).where(media.c.code == row.code, media.c.state != "erased").scalar_subquery()
        connection.execute(update(tickets).where(tickets.c.code == row.code).values(media=count))
    return str(row.key)


def by_key(connection: Connection, key: str, now: int) -> Any:
    """A medium that may be shown under its address: kept, of a ticket that is open or ended less than 90 days ago."""
    alive = or_(tickets.c.closed_at.is_(None), tickets.c.closed_at > now - KEPT_AFTER_END)
    found = (
        select(media.c.message, media.c.key, media.c.type, media.c.kind, media.c.size)
        .join(tickets, tickets.c.code == media.c.code)
        .where(media.c.key == key, media.c.state == "kept", alive)
    )
    return connection.execute(found).first()


def unclaimed(connection: Connection, now: int, at_most: int = 100) -> Sequence[str]:
    """Removes the rows of media that no ticket took within a week, and gives the keys whose bytes must go."""
    old = select(media.c.message).where(media.c.code.is_(None), media.c.at < now - UNCLAIMED).limit(at_most)
    gone = connection.execute(sa.delete(media).where(media.c.message.in_(old)).returning(media.c.key))
    return list(gone.scalars())
