"""How a word of staff reaches the reporter: as an event in the reporter's own lane, waiting until it may leave.

The lane is read out of the seal here and goes no further. In the lane the word is one more event: handled in order,
once, answered in the person's language; until it is due it can be taken back by removing it.
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.db import people
from bot.db.engine import insert_new
from bot.db.inbox import TOLD
from bot.db.rows import pack
from bot.db.tables import inbox, inbox_open, lanes, media
from bot.sealing import Sealing
from handlers.vocabulary import Inform

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")
CALLER = "caller:"  # the lane of somebody who reported by phone or letter; LINE does not reach it


def send(connection: Connection, acts: list[Inform], sealing: Sealing, now: int, name: str) -> str:
    """Puts the words into their lanes; gives the id of the last event, empty where nobody can be reached."""
    last = ""
    for number, act in enumerate(acts):
        found = people.unseal(connection, act.told.code, sealing)
        if found is None or not found[0] or found[0].startswith(CALLER):
            continue
        last = f"{TOLD}:{name}:{number}"
        row = _event(last, found[0], _pictured(connection, act), now)
        connection.execute(insert_new(connection, lanes).values(lane=found[0]))
        connection.execute(insert_new(connection, inbox).values(**row))
    return last


def _pictured(connection: Connection, act: Inform) -> Inform:
    """With those of its media that a chat can show."""
    if not act.told.media:
        return act
    shown = sa.select(media.c.key).where(media.c.key.in_(act.told.media), media.c.type.in_(PICTURES))
    known = set(connection.execute(shown).scalars())
    kept = tuple(key for key in act.told.media if key in known)
    return replace(act, told=replace(act.told, media=kept))


def _event(id_: str, lane: str, act: Inform, now: int) -> dict[str, object]:
    told = act.told
    raw = {"type": TOLD, "code": told.code, "key": told.key, "values": dict(told.values), "media": list(told.media)}
    return {
        "event_id": id_,
        "lane": lane,
        "stamp": now,
        "kind": TOLD,
        "raw": pack(raw),
        "received_at": now,
        "due": now + round(act.wait * 1000),
    }


def take_back(connection: Connection, event_id: str) -> bool:
    """Whether it could still be stopped."""
    gone = connection.execute(
        sa.delete(inbox).where(inbox.c.event_id == event_id, inbox_open, inbox.c.kind == TOLD, inbox.c.attempts == 0)
    )
    return bool(gone.rowcount)
