"""What the knowledge could not answer, kept for staff to fill; without who asked, and without who is named.

`state` is `open`, `refused`, `taken` (its sentence stands in the operator's knowledge), or `accepted` with the label
behind it ("accepted route/tisi"): a person has said the answer, and the nightly evaluation measures what it would
change. The label stands there and not in `corrections`, so that an unsend takes text and label at once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, select

from bot.db.rows import pack
from bot.db.tables import gaps
from handlers.vocabulary import Gap
from knowledge.masking import masked

OPEN, REFUSED, TAKEN, ACCEPTED = "open", "refused", "taken", "accepted"
MOST = 4_000  # newest that are read at once


@dataclass(frozen=True)
class Kept:
    """One row, as staff may see it."""

    id: int
    kind: str
    text: str
    candidates: tuple[str, ...]  # what was shown, or what came close
    at: int
    state: str = OPEN

    @property
    def label(self) -> str:
        """What staff accepted as its answer: `route/tisi`, `type/smoke`, `route/stranger.weather`."""
        return self.state.removeprefix(ACCEPTED).strip() if self.state.startswith(ACCEPTED) else ""


def keep(connection: Connection, found: Sequence[Gap], now: int) -> None:
    rows = [
        {
            "kind": gap.kind,
            "text": masked(gap.text),
            "candidates": pack(list(gap.candidates)),
            "messages": pack(list(gap.messages)),
            "at": now,
        }
        for gap in found
    ]
    if rows:
        connection.execute(sa.insert(gaps), rows)


def forget(connection: Connection, message: str) -> None:
    """An unsend reaches the question as well."""
    connection.execute(sa.delete(gaps).where(gaps.c.messages.contains(pack(message), autoescape=True)))


def open_since(connection: Connection, since: int = 0) -> list[Kept]:
    """The open ones, oldest first; of very many the newest."""
    chosen = select(gaps).where(gaps.c.state == OPEN, gaps.c.at >= since).order_by(gaps.c.id.desc()).limit(MOST)
    return [_kept(row) for row in reversed(connection.execute(chosen).mappings().all())]


def accepted(connection: Connection) -> list[Kept]:
    """Those with an answer that stands in no file yet."""
    chosen = select(gaps).where(gaps.c.state.startswith(f"{ACCEPTED} ")).order_by(gaps.c.id)
    return [_kept(row) for row in connection.execute(chosen).mappings()]


def settle(connection: Connection, ids: Sequence[int], state: str, label: str = "") -> int:
    """Gives the rows another state; how many there were."""
    told = f"{state} {label}".strip()
    return connection.execute(sa.update(gaps).where(gaps.c.id.in_(list(ids))).values(state=told)).rowcount


def _kept(row: Any) -> Kept:
    candidates = json.loads(row["candidates"])
    return Kept(row["id"], row["kind"], row["text"], tuple(map(str, candidates)), row["at"], row["state"])
