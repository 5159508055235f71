"""A house that is upgraded keeps what it holds, and counts it as a new one does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from bot import seeding
from bot.db import figures, schema
from bot.db.engine import Database
from bot.db.figures import Period
from bot.db.tables import WORKING, tickets
from bot.sealing import Sealing
from tests.house import KEY, START
from tests.staffed import knowledge

MANY = 400


@pytest.fixture(params=["sqlite", "postgres"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A database at 0004, with tickets."""
    url = f"sqlite:///{tmp_path}/old.db"
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS old_house")
            connection.execute("CREATE DATABASE old_house")
        url = server.replace("/postgres?", "/old_house?", 1)
    database = Database(url)
    schema.upgrade(database, "0004")
    for _ in seeding.fill(database, knowledge(), Sealing((KEY,)), START, MANY):
        pass
    yield database
    database.close()


def test_an_upgraded_house_counts_what_it_held(old: Database) -> None:
    schema.upgrade(old)
    with old.reading() as connection:
        rows = connection.execute(sa.select(tickets)).all()
        sums = figures.sums(connection, sa.true(), Period(0, START + 1), "type", START)
        steps = figures.times(connection, sa.true(), Period(0, START + 1), "type", "taken_step")
    assert len(rows) == MANY
    for type_ in {row.type for row in rows}:
        mine = [row for row in rows if row.type == type_]
        taken = [row for row in mine if row.acknowledged_at]
        has: Counter[str] = Counter(sums[type_])
        assert has["opened"] == len(mine)
        assert has["open"] == sum(row.status in WORKING for row in mine)
        assert has["overdue"] == sum(_late(row) for row in mine)
        assert has["taken"] == len(taken) == sum(step.n for step in steps if step.group == type_)
        assert has["in_time"] == sum(row.acknowledged_at <= row.acknowledge_by for row in taken)
        assert has["resolved"] == sum(row.resolved_at is not None for row in mine)


def _late(row: Any) -> bool:
    next_ = row.acknowledge_by if row.acknowledged_at is None else row.resolve_by
    return row.status in WORKING and row.status != "waiting_for_reporter" and next_ < START
