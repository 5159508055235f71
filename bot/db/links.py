"""Codes that come by LINE: looked up before the turn, used in the transaction of its answer.

Of two who race for one code, the second finds it used when it writes; its turn is then decided anew, and told so.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from bot.db import accounts, audit, groups, one_time
from bot.db.cases import Stale
from bot.sealing import Sealing, check_code
from handlers import people
from handlers.offered import Offered, Typed
from handlers.vocabulary import Join


def look_up(connection: Connection, typed: Typed, sealing: Sealing, now: int) -> Offered:
    """How the code stands. What a guess could learn, is said of codes alone that were once real."""
    letters = check_code(typed.letters)
    if not letters:
        return Offered(typed.purpose, "unread")
    row = one_time.find(connection, sealing.once(f"{typed.purpose}:{letters}"), (typed.purpose,))
    if row is None:
        return Offered(typed.purpose, "unknown")
    if row.used_at is not None:
        return Offered(typed.purpose, "used")
    if row.ends_at <= now or not _stands(row):
        return Offered(typed.purpose, "ended")
    office = row.about if typed.purpose == "group" else row.office
    return Offered(typed.purpose, "good", row.hash, row.staff, row.name, office)


def _stands(row: Row[Any]) -> bool:
    """Is whoever the code rests on still what they were when it was made?"""
    state, role = row.state, row.role
    if row.purpose == "group":
        return state == "active" and role in people.ROLES and "groups" in people.RIGHTS[role]
    return state in ("invited", "active")


def join(connection: Connection, lane: str, act: Join, now: int) -> None:
    """Raises Stale where somebody else used the code, or the account is gone, since it was looked up."""
    if not one_time.use(connection, act.hash, now):
        raise Stale(f"code of {act.purpose}")
    if act.purpose == "group":
        groups.bind(connection, lane, act.office, act.staff, now)
    elif not accounts.link(connection, act.staff, lane, now):
        raise Stale("account")
    name = "group.bound" if act.purpose == "group" else "line.linked"
    audit.write(connection, [audit.Entry(f"staff:{act.staff}", name, "", {"office": act.office})], now)
