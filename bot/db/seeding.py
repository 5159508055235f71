"""Made-up tickets into the database, fast: COPY on PostgreSQL, many rows a statement on SQLite.

A house without tickets takes all of them in one transaction. Its indexes stand aside meanwhile and are built once at
the end, which is many times faster; whoever breaks it off finds the house as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, select, text

from bot.db.engine import Database
from bot.db.rows import pack
from bot.db.tables import lanes, notices, reporters, story, tickets
from bot.sealing import Sealing, number_of

COLUMNS = (
    "code", "kind", "type", "urgency", "status", "summary", "office", "report", "province", "district", "subdistrict",
    "lat", "lon", "cell", "factory", "opened_at", "changed_at", "closed_at", "acknowledge_by", "answer_by",
    "resolve_by", "acknowledged_at", "answered_at", "resolved_at", "resolution", "words", "source", "look_at",
)  # fmt: skip
TABLES = ("tickets", "story", "reporters")
PATIENT = (
    "SET transaction_timeout = 0",
    "SET idle_in_transaction_session_timeout = 0",
    "SET maintenance_work_mem = '256MB'",
)
INDEXES = {
    True: "SELECT name, sql AS made FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = :table",
    False: "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index "
    "WHERE indrelid = CAST(:table AS regclass) AND NOT indisunique",
}


def filled(connection: Connection) -> int:
    """How many tickets there are, up to a few."""
    some = select(sa.literal(1)).select_from(tickets).limit(100).subquery()
    return int(connection.execute(select(sa.func.count()).select_from(some)).scalar_one())


def lived_in(connection: Connection) -> bool:
    """Whether anybody has written to this house: then it is no place to try things."""
    return connection.execute(select(lanes.c.lane).limit(1)).first() is not None


class Load:
    """Takes batches of rows in the transaction of the whole load."""

    def __init__(self, connection: Connection, sealing: Sealing, sealed: bytes) -> None:
        self._connection = connection
        self._sealing, self._sealed = sealing, sealed

    def put(self, rows: Sequence[dict[str, Any]]) -> None:
        connection = self._connection
        told = [_entry(row, "story.opened", row["opened_at"], "reporter") for row in rows]
        told += [
            _entry(row, "story.resolve", row["resolved_at"], "staff", row["answer"]) for row in rows if row["answer"]
        ]
        persons = _persons(rows, self._sealed, self._sealing)
        if connection.dialect.name == "sqlite":
            _many(connection, rows, persons, told)
            return
        _copy(connection, "tickets", COLUMNS, rows)
        _copy(connection, "reporters", ("code", "person", "sealed"), persons)
        _copy(connection, "story", ("code", "key", "at", "by", "audience", "words"), told)


def _persons(rows: Sequence[dict[str, Any]], sealed: bytes, sealing: Sealing) -> list[dict[str, Any]]:
    return [{"code": row["code"], "person": sealing.person(f"caller:{row['code']}"), "sealed": sealed} for row in rows]


def _entry(row: dict[str, Any], key: str, at: int, by: str, words: str = "") -> dict[str, Any]:
    return {"code": row["code"], "key": key, "at": at, "by": by, "audience": "reporter", "words": words}


@contextmanager
def loading(database: Database, sealing: Sealing, sealed: bytes) -> Iterator[Load]:
    """Around all batches."""
    with database.transaction() as connection:
        for wish in () if database.sqlite else PATIENT:
            connection.execute(text(wish.replace("SET ", "SET LOCAL ")))
        aside = () if filled(connection) else _put_aside(connection)
        yield Load(connection, sealing, sealed)
        for made in aside:
            connection.exec_driver_sql(made)
    _look_over(database)


def _put_aside(connection: Connection) -> list[str]:
    """Drops all indexes that keep nothing unique; gives what builds them again."""
    asked = text(INDEXES[connection.dialect.name == "sqlite"])
    found = [row for table in TABLES for row in connection.execute(asked, {"table": table}).all()]
    for row in found:
        connection.exec_driver_sql(f"DROP INDEX {row.name}")
    return [row.made for row in found]


def _look_over(database: Database) -> None:
    """So that the database knows what it holds, and which pages everybody may see."""
    if database.sqlite:
        with database.transaction() as connection:
            connection.execute(text("ANALYZE"))
        return
    with database.reading() as connection:
        for wish in (*PATIENT, *(f"VACUUM ANALYZE {table}" for table in TABLES)):
            connection.execute(text(wish))
        connection.invalidate()  # what was set for this connection goes with it


def _many(connection: Connection, rows: Sequence[Any], persons: Sequence[Any], told: Sequence[Any]) -> None:
    connection.execute(sa.insert(tickets), [{name: row[name] for name in COLUMNS} for row in rows])
    connection.execute(sa.insert(reporters), persons)
    connection.execute(sa.insert(story), told)
    numbered = [{"number": number_of(row["code"]), "told": row["words"]} for row in rows if row["words"]]
    if numbered:
        connection.execute(text("INSERT INTO tickets_words(rowid, words) VALUES (:number, :told)"), numbered)


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    driver: Any = connection.connection.driver_connection
    named = ", ".join(f'"{name}"' for name in columns)
    with driver.cursor().copy(f"COPY {table} ({named}) FROM STDIN") as pipe:
        for row in rows:
            pipe.write_row([row[name] for name in columns])


def put_urgent(connection: Connection, rows: Sequence[dict[str, Any]], sealed: bytes, sealing: Sealing) -> None:
    """Emergencies as if they had just come in, each with the notice that its commit would have written."""
    persons = _persons(rows, sealed, sealing)
    told = [_entry(row, "story.opened", row["opened_at"], "reporter") for row in rows]
    _many(connection, [{**row, "words": ""} for row in rows], persons, told)
    empty = pack({})
    connection.execute(
        sa.insert(notices),
        [{"rule": "ticket.urgent", "code": row["code"], "values": empty, "at": row["opened_at"]} for row in rows],
    )
