"""A house with a timekeeper whose clock is told: what tests of duty, deadlines and drills share."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.db import cases
from bot.db.rows import unpack
from bot.db.tables import notices, story, tickets
from bot.db.tables_staff import rota, staff, steps
from bot.house import House
from bot.timekeeper import Timekeeper
from handlers.cases import Case
from handlers.people import Member
from tests.house import rows
from tests.staffed import SAMUT_PRAKAN

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def keeper(house: House, speed: float = 1.0) -> Timekeeper:
    """Its clock is the house's, as told, on both databases."""
    return Timekeeper(house.database, house.sealing, house.tools.knowledge, lambda _: house.clock(), speed=speed)


def look(house: House, speed: float = 1.0) -> None:
    """Passes until nothing is due any more."""
    made = keeper(house, speed)
    for _ in range(20):
        if not made.step():
            return
    raise AssertionError("the timekeeper never comes to rest")


def told(house: House, code: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The notices of a ticket: rule and values."""
    found = (row for row in rows(house.database, notices, "id") if not code or row.code == code)
    return [(row.rule, unpack(row._mapping["values"])) for row in found]


def rules(house: House, code: str, prefix: str) -> list[str]:
    return [rule for rule, _ in told(house, code) if rule.startswith(prefix)]


def keys(house: House, code: str) -> list[str]:
    return [row.key for row in rows(house.database, story, "id") if row.code == code]


def steps_of(house: House, code: str) -> list[str]:
    return [row.step for row in rows(house.database, steps, "step") if row.code == code]


def case_of(house: House, code: str) -> Case:
    with house.database.reading() as connection:
        found = cases.load(connection, code)
    assert found is not None
    return found


def change(house: House, code: str, **values: Any) -> None:
    """A ticket's row, as it would have become otherwise."""
    changed = {"look_at": house.clock(), **values}
    with house.database.transaction() as connection:
        connection.execute(sa.update(tickets).where(tickets.c.code == code).values(**changed))


def account(house: House, name: str, **values: Any) -> None:
    """Something about somebody's account."""
    with house.database.transaction() as connection:
        connection.execute(sa.update(staff).where(staff.c.name == name).values(**values))


def shift(house: House, who: Member, seconds: float, office: str = SAMUT_PRAKAN, **values: Any) -> None:
    """On the rota from now on for so long."""
    row = {"office": office, "staff": who.id, "from_at": house.clock(), "to_at": house.clock() + int(seconds * 1000)}
    with house.database.transaction() as connection:
        connection.execute(sa.insert(rota).values(**{**row, **values}))
