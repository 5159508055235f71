"""What staff put right in the house's own reading: labelled sentences for the knowledge, without personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection, select

from bot.db.tables import corrections
from knowledge.masking import masked

OPEN, REFUSED, TAKEN = "open", "refused", "taken"
MOST = 4_000  # newest that are read at once


@dataclass(frozen=True)
class Correction:
    """One text, what the house read in it, and what it is. `task`: type, route (an office) or emergency (urgency)."""

    id: int
    at: int
    task: str
    text: str
    before: str
    after: str
    state: str = OPEN


def keep(connection: Connection, task: str, text: str, before: str, after: str, now: int) -> None:
    """`before` and `after` are ids of types, bodies or urgencies. The text is masked here; one without words or
    without a change teaches nothing and is not kept."""
    told = masked(text).strip()
    if told and before != after:
        row = {"at": now, "task": task, "text": told, "before": before, "after": after}
        connection.execute(sa.insert(corrections).values(**row))


def take_back(connection: Connection, text: str, at: int) -> None:
    """What an act taught that was undone: nothing was wrong."""
    told = masked(text).strip()
    connection.execute(sa.delete(corrections).where(corrections.c.at == at, corrections.c.text == told))


def open_(connection: Connection, since: int = 0) -> list[Correction]:
    """Those that stand in no file yet, oldest first; of very many the newest."""
    chosen = (
        select(corrections)
        .where(corrections.c.state == OPEN, corrections.c.at >= since)
        .order_by(corrections.c.id.desc())
        .limit(MOST)
    )
    return [Correction(**row) for row in reversed(connection.execute(chosen).mappings().all())]


def settle(connection: Connection, ids: Sequence[int], state: str) -> int:
    """Gives the rows another state; how many there were."""
    return connection.execute(
        sa.update(corrections).where(corrections.c.id.in_(list(ids))).values(state=state)
    ).rowcount
