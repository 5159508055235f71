"""The inbox on both databases: once and only once, tokens that live again, and the lanes that have work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import event as listening
from sqlalchemy import text

from bot.db import inbox as box
from bot.db import outbox, schema
from bot.db.engine import Database
from bot.db.tables import DONE, inbox, lanes, metadata
from bot.db.tables import outbox as letters
from bot.house import House
from tests.house import START, Clock, arrive, arrived, event, rows

Make = Callable[..., House]


def take(database: Database, *some: box.Arrived) -> None:
    async def go() -> None:
        door = box.door(database)
        await door(list(some))
        await door.close()

    asyncio.run(go())


def test_the_migration_makes_the_tables_of_the_page(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    assert schema.is_current(database)
    with database.transaction() as connection:
        options = {"include_name": lambda name, kind, parents: not str(name).startswith("tickets_words")}  # the search
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_a_commit_is_durable(database: Database) -> None:
    assert database.durable()


def test_an_old_schema_is_told(tmp_path: Any) -> None:
    database = Database(f"sqlite:///{tmp_path}/new.db")
    with pytest.raises(schema.OldSchema, match="frontdoor db upgrade"):
        schema.must_be_current(database)
    assert schema.waiting(database)[0] == "0001_first"
    schema.upgrade(database)
    schema.upgrade(database)
    schema.must_be_current(database)
    database.close()


def test_an_event_is_in_once_however_often_it_comes(database: Database) -> None:
    one = arrived(1, "Ua", START)
    for _ in range(3):
        take(database, one, one, arrived(2, "Ub", START))
    assert [row.event_id for row in rows(database, inbox, "event_id")] == [
        one.event_id,
        arrived(2, "Ub", START).event_id,
    ]
    assert [row.lane for row in rows(database, lanes, "lane")] == ["Ua", "Ub"]


def test_the_same_webhook_to_two_processes_at_once(url: str) -> None:
    both = [Database(url), Database(url)]
    some = [arrived(n, f"U{n % 7}", START + n) for n in range(50)]

    async def go() -> None:
        doors = [box.door(one) for one in both]
        for _ in range(20):
            await asyncio.gather(doors[0](some), doors[1](list(reversed(some))))
        for door in doors:
            await door.close()

    asyncio.run(go())
    assert len(rows(both[0], inbox)) == 50
    for database in both:
        database.close()


def test_a_redelivery_gives_the_token_a_new_minute(url: str, new_house: Make, clock: Clock) -> None:
    house = new_house(url)
    arrive(house, event(1))
    clock.forward(120)
    again = event(1, deliveryContext={"isRedelivery": True})
    arrive(house, again)
    (row,) = rows(house.database, inbox)
    assert row.token_at == clock()


def test_a_redelivery_after_the_turn_renews_the_waiting_letter(url: str, new_house: Make, clock: Clock) -> None:
    from bot.worker import Worker

    house = new_house(url)
    arrive(house, event(1))
    assert Worker(house.database, house.tools).step() == 1
    clock.forward(120)
    arrive(house, event(1, deliveryContext={"isRedelivery": True}))
    (letter,) = rows(house.database, letters)
    assert letter.token_at == clock()
    assert [row.state for row in rows(house.database, inbox)] == [DONE]
    clock.forward(21 * 60)
    before = clock()
    arrive(house, event(1, deliveryContext={"isRedelivery": True}))
    (letter,) = rows(house.database, letters)
    assert letter.token_at != before  # LINE lets no token live longer than 20 minutes


def test_a_handled_event_is_still_known_and_its_content_gone(url: str, new_house: Make) -> None:
    from bot.worker import Worker

    house = new_house(url)
    arrive(house, event(1, text="โทร 0812345678"))
    worker = Worker(house.database, house.tools)
    worker.step()
    arrive(house, event(1, text="โทร 0812345678"))
    assert worker.step() == 0
    (row,) = rows(house.database, inbox)
    assert row.raw == ""


def test_ids_are_kept_longer_than_line_redelivers(url: str, new_house: Make, clock: Clock) -> None:
    from bot.worker import Worker

    house = new_house(url)
    arrive(house, event(1), event(2, timestamp=START - 9 * 24 * 3600 * 1000))
    Worker(house.database, house.tools).step()
    clock.forward(29 * 24 * 3600)
    house.sweep()
    assert len(rows(house.database, inbox)) == 2
    clock.forward(2 * 24 * 3600)
    house.sweep()
    assert rows(house.database, inbox) == []


def test_a_newcomer_passes_a_long_queue(database: Database) -> None:
    old = [arrived(n, f"Uold{n}", START + n) for n in range(300)]
    take(database, *old, arrived(999, "Unew", START + 5000))
    with database.reading() as connection:
        assert "Unew" in box.waiting_lanes(connection, START + 10_000, 16)[:16]
        assert "Uold0" in box.waiting_lanes(connection, START + 10_000, 16)[:16]


def test_a_broken_connection_is_repeated_within_the_same_knock(new_postgres: Callable[[], str]) -> None:
    database = Database(new_postgres())

    async def go() -> None:
        door = box.PostgresDoor(database.url)
        await door([arrived(1, "Ua", START)])
        with psycopg.connect(database.url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        await door([arrived(1, "Ua", START), arrived(2, "Ub", START)])
        await door.close()

    asyncio.run(go())
    assert len(rows(database, inbox)) == 2
    database.close()


def test_a_vanished_machine_frees_its_locks(new_postgres: Callable[[], str]) -> None:
    """The time-outs that see to it are set on every connection."""
    database = Database(new_postgres())
    with database.transaction() as connection:
        said = {
            name: connection.execute(text(f"SHOW {name}")).scalar()
            for name in ("idle_in_transaction_session_timeout", "transaction_timeout", "lock_timeout")
        }
    assert said == {
        "idle_in_transaction_session_timeout": "10s",
        "transaction_timeout": "30s",
        "lock_timeout": "5s",
    }
    database.close()


def test_hot_queries_use_their_indexes(tmp_path: Any, sqlite_template: Any) -> None:
    (tmp_path / "a.db").write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{tmp_path}/a.db")
    seen: list[tuple[str, Any]] = []
    listening.listen(
        database.readers,
        "before_cursor_execute",
        lambda c, cur, statement, given, ctx, many: seen.append((statement, given)),
    )
    with database.reading() as connection:
        box.waiting_lanes(connection, 1, 16)
        box.open_events(connection, ["a"], 0)
        outbox.any_due(connection, 1)
        outbox.due(connection, 1, 10)
        outbox.next_due(connection)
        for statement, given in list(seen):
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
            assert all("USING" in step or "SUBQUERY" in step or "TEMP" in step for step in plan), plan
    database.close()


def test_nul_and_half_letters_reach_no_database(url: str, new_house: Make) -> None:
    from bot.worker import Worker

    heard: list[str] = []

    def listen(turn: Any) -> Any:
        heard.append(turn.incoming.text)
        from tests.house import echo

        return echo(turn)

    house = new_house(url, listen)
    one = event(1, text="ควัน\0ดำ \ud83d จบ")
    arrive(house, json.loads(json.dumps(one)))
    Worker(house.database, house.tools).step()
    assert heard == ["ควันดำ \ufffd จบ"]
