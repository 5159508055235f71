"""Writes what one act of staff decided: columns, story, the reporter's word, notices, and who did it.

The same transaction holds all of it, so an officer's act is as whole as a citizen's turn. The deed remembers the
columns as they stood, so that it can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from bot.db import audit, cases, corrections, informs, notices, spreads, tickets
from bot.sealing import Sealing
from handlers.vocabulary import Act, Change, Correct, Deed, Inform, Notice, Tell

A = TypeVar("A", bound=Act)


def do(connection: Connection, acts: Sequence[Act], sealing: Sealing, now: int) -> int:
    """Gives the number of the deed. Raises cases.Stale where somebody was faster."""
    changes, (deed, *_) = _of(acts, Change), _of(acts, Deed)
    was = cases.before(connection, changes).get(deed.code, {})
    for change in changes:
        cases.change(connection, change, now)
    told = [tickets.tell(connection, entry) for entry in _of(acts, Tell)]
    name = f"{deed.code}:{deed.staff}:{now}"
    event_id = informs.send(connection, _of(acts, Inform), sealing, now, name)
    for correct in _of(acts, Correct):
        corrections.keep(connection, correct.task, correct.text, correct.before, correct.after, now)
    fields = sorted({field for change in changes for field in change.fields})
    audit.write(connection, [audit.Entry(f"staff:{deed.staff}", deed.act, deed.code, {"fields": fields})], now)
    number = cases.keep_deed(connection, deed, was, event_id, told, now)
    noticed = [replace(one, values={**one.values, "deed": number}) for one in _of(acts, Notice)]
    notices.keep(connection, noticed, now, now + round(1000 * deed.undo))
    spreads.spread_words(connection, deed, number, acts, now)
    return number


def _of(acts: Sequence[Act], kind: type[A]) -> list[A]:
    return [act for act in acts if isinstance(act, kind)]
