"""Gathers the words of tickets for the search: what was told, where, which factory, under which number.

A task of the house runs after every batch of new tickets; on an older database it also does those that were there
before, a few hundred at a time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from bot.db import words
from bot.db.engine import Database
from bot.db.tickets import place_of
from knowledge.normalise import normalise

if TYPE_CHECKING:
    from knowledge.load import Knowledge

AT_ONCE = 200
LONGEST = 4000  # letters of one ticket
MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"  # Thai vowels and tones above and below, which are no letters to Python
BETWEEN = re.compile(rf"[^\w{MARKS}]+|_+")


def plain(text: str) -> str:
    """As the search sees it: normalised like everything that is read, small letters, without spaces and marks."""
    return BETWEEN.sub("", normalise(text).lower())


def terms(typed: str) -> tuple[str, ...]:
    """What is looked for: every word on its own."""
    return tuple(filter(None, (plain(part) for part in typed.split()[:8])))


def of(row: Any, knowledge: Knowledge) -> str:
    """The words of one row of tickets; never empty, so that it is not gathered again and again."""
    report = orjson.loads(row.report)
    told = [pair[0] for pair in report.values() if isinstance(pair[0], str)]
    where = [knowledge.describe(place_of(row), "th")] if row.province else []
    parts = dict.fromkeys([row.summary, *told, row.factory, row.place_typed, *where, row.code])
    return "\n".join(filter(None, (plain(part) for part in parts)))[:LONGEST] or "-"


def gather(database: Database, knowledge: Knowledge) -> int:
    """One batch; gives how many."""
    with database.reading() as connection:
        if not words.any_lacking(connection):
            return 0
    with database.transaction() as connection:
        rows = words.lacking(connection, AT_ONCE)
        words.keep(connection, [(row.code, of(row, knowledge)) for row in rows])
    return len(rows)
