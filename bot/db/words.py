"""The search: which words each ticket holds, gathered after it was written, and which tickets hold given ones.

Words are gathered a moment later and not in the transaction that opens a ticket, because taking in a report must not
wait for a search index. Whoever changes what is told empties `words`, and they are gathered again. They are kept
without spaces, as all readers of texts see them, and any part of a word of three letters or more is found at once: on
SQLite by FTS5, on PostgreSQL by a GIN index over the parts (migration 0003).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row, select, text, update

from bot.db.tables import tickets
from bot.sealing import code_of, number_of

SHORTEST = 3  # letters; a shorter part is looked for row by row
AT_MOST = 5000  # found tickets are listed up to here; a word that more of them hold is met soon in any order
_wordless: ColumnElement[bool] = tickets.c.words == sa.literal_column("''")


# --- gathering -------------------------------------------------------------------------------------------------------


def lacking(connection: Connection, at_most: int) -> list[Row[Any]]:
    """Tickets whose words were not gathered yet, kept from other processes until the transaction ends."""
    found = select(tickets).where(_wordless).order_by(tickets.c.code).limit(at_most)
    return list(connection.execute(found.with_for_update(skip_locked=True)).all())


def any_lacking(connection: Connection) -> bool:
    return connection.execute(select(tickets.c.code).where(_wordless).limit(1)).first() is not None


def keep(connection: Connection, words: Sequence[tuple[str, str]]) -> None:
    """(code, words): they are found from now on."""
    if not words:
        return
    wanted = update(tickets).where(tickets.c.code == sa.bindparam("of")).values(words=sa.bindparam("told"))
    connection.execute(wanted, [{"of": one, "told": parts} for one, parts in words])
    if connection.dialect.name == "sqlite":
        into = text("INSERT OR REPLACE INTO tickets_words(rowid, words) VALUES (:number, :told)")
        numbered = [{"number": number_of(one), "told": parts} for one, parts in words]
        connection.execute(into, [row for row in numbered if row["number"] is not None])


# --- finding ---------------------------------------------------------------------------------------------------------


def narrowed(
    connection: Connection, terms: Sequence[str], at_most: int = AT_MOST
) -> Sequence[ColumnElement[bool]] | None:
    """Conditions that find the tickets which hold all terms by the index of words; None where it cannot tell.

    PostgreSQL joins its index with the other conditions itself. SQLite's is a table apart, of which at most `at_most`
    tickets are listed.
    """
    if all(len(term) < SHORTEST for term in terms):
        return None
    if connection.dialect.name != "sqlite":
        return [*(_parts(term) for term in terms if len(term) >= SHORTEST), *held(terms)]
    codes = holding(connection, terms, at_most)
    short = [term for term in terms if len(term) < SHORTEST]
    return None if codes is None else [among(connection, codes), *held(short)]


def holding(connection: Connection, terms: Sequence[str], at_most: int = AT_MOST) -> list[str] | None:
    """Codes of the tickets that hold all terms; None where they are too many to list, or too short to look up."""
    long = [term for term in terms if len(term) >= SHORTEST]
    if not long:
        return None
    look = _sqlite if connection.dialect.name == "sqlite" else _postgres
    found = look(connection, long, at_most + 1)
    return found if len(found) <= at_most else None


def _sqlite(connection: Connection, terms: Sequence[str], many: int) -> list[str]:
    quoted = " ".join('"' + term.replace('"', '""') + '"' for term in terms)
    asked = text("SELECT rowid FROM tickets_words WHERE tickets_words MATCH :terms LIMIT :many")
    return [code_of(row[0]) for row in connection.execute(asked, {"terms": quoted, "many": many})]


def _postgres(connection: Connection, terms: Sequence[str], many: int) -> list[str]:
    asked = select(tickets.c.code).where(*(_parts(term) for term in terms), *held(terms)).limit(many)
    return list(connection.execute(asked).scalars())


def _parts(term: str) -> ColumnElement[bool]:
    parts = sorted({term[at : at + SHORTEST] for at in range(len(term) - SHORTEST + 1)})
    return sa.func.frontdoor_parts(tickets.c.words).op("@>")(sa.cast(parts, sa.ARRAY(sa.Text)))


def held(terms: Sequence[str], words: ColumnElement[Any] = tickets.c.words) -> list[ColumnElement[bool]]:
    """Row by row: each term stands somewhere in the words."""
    return [words.contains(term, autoescape=True) for term in terms]


def among(connection: Connection, codes: Sequence[str]) -> ColumnElement[bool]:
    """`code` is one of many, as one value and not as thousands."""
    if connection.dialect.name == "sqlite":
        return tickets.c.code.in_(text("SELECT value FROM json_each(:codes)").bindparams(codes=json.dumps(list(codes))))
    return tickets.c.code == sa.any_(sa.cast(list(codes), sa.ARRAY(sa.Text)))
