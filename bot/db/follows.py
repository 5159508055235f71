"""Following a ticket from LINE: whether a number and its key fit, and the change of lane when they do.

Only what was filed for a caller can be taken into a chat, and once: its lane is one that LINE does not reach. The
sealed name and phone number stay as they are; nothing else of the ticket changes.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection, select, update

from bot.db import people, tickets
from bot.db.cases import Stale
from bot.db.informs import CALLER
from bot.db.tables import reporters
from bot.db.tables import tickets as rows
from bot.sealing import Sealing, check_code, page_mark
from handlers.following import Followed, Typed


def look_up(connection: Connection, typed: Typed, lane: str, sealing: Sealing) -> Followed:
    """An unknown number and a wrong key look the same."""
    code = _of_page(connection, typed.page) if typed.page else _of_key(typed, sealing)
    found = tickets.one(connection, code) if code else None
    held = select(reporters.c.person).join(rows, rows.c.code == reporters.c.code)
    person = connection.execute(held.where(reporters.c.code == code, ~rows.c.drill)).scalar() if found else None
    if found is None or person is None:
        return Followed("wrong")
    if person in sealing.persons(lane):
        return Followed("own", found)
    return Followed("good" if person in sealing.persons(f"{CALLER}{code}") else "elsewhere", found)


def _of_key(typed: Typed, sealing: Sealing) -> str:
    code = check_code(typed.number)
    return code if code and sealing.follows(code, typed.key) else ""


def _of_page(connection: Connection, key: str) -> str:
    """Found by the hash of the key, as the page is."""
    asked = select(rows.c.code).where(rows.c.public_key == page_mark(key), rows.c.public_key != sa.literal_column("''"))
    return str(connection.execute(asked).scalar() or "")


def take(connection: Connection, code: str, lane: str, sealing: Sealing) -> None:
    """Raises Stale where another chat took it since it was looked up: the turn is then decided anew."""
    found = people.unseal(connection, code, sealing)
    theirs = reporters.c.person.in_(sealing.persons(f"{CALLER}{code}"))
    values = {"person": sealing.person(lane)}
    moved = connection.execute(update(reporters).where(reporters.c.code == code, theirs).values(**values))
    if not moved.rowcount or found is None:
        raise Stale(f"followed {code}")
    people.change(connection, code, lane, found[1], sealing)
