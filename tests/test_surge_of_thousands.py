"""14,430 reports of an earthquake within minutes, as in March 2568: one incident, one announcement, a fast lane."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import gatherings, seeding
from bot.db import incidents_read, scope
from bot.db.tables import notices, tickets
from bot.db.tables_staff import incidents
from bot.house import House
from tests.consoled import Office, web
from tests.house import arrive, event, rows
from tests.staffed import knowledge, run, staffed

MANY = 14_430


def test_an_earthquake_is_one_incident_announced_once_and_can_be_worked_through(
    sqlite_template: Path, tmp_path: Path, new_house: Callable[..., House], clock: Any
) -> None:
    shutil.copy(sqlite_template, tmp_path / "house.db")
    house, cast = staffed(new_house, f"sqlite:///{tmp_path / 'house.db'}")
    for _ in seeding.fill(house.database, knowledge(), house.sealing, house.clock(), 500, MANY):
        pass
    told: list[str] = []
    for _ in range(3):  # passes of the timekeeper, and a second process
        gatherings.step(house.database, house.sealing, lambda connection: house.clock(), told.append)
        clock.forward(2)
    (incident,) = rows(house.database, incidents)
    assert incident.reports == MANY
    assert told == [incident.lead]
    assert [row.code for row in rows(house.database, notices) if row.rule == "surge"] == [incident.lead]
    assert _single_notices(house) <= 1
    _work_through(Office(house, cast, web.app(house, work=0, send=False)), incident.id)


def _single_notices(house: House) -> int:
    """How many of the 14,430 urgent notices somebody would still be told of."""
    from bot.db import surges

    with house.database.reading() as connection:
        codes = list(connection.execute(sa.select(notices.c.code).where(notices.c.rule == "ticket.urgent")).scalars())
        quiet = frozenset().union(*(surges.hushed(connection, codes[at : at + 5000]) for at in range(0, MANY, 5000)))
    assert len(codes) == MANY
    return len(set(codes) - quiet)


def _work_through(office: Office, incident: int) -> None:
    """One request a key, and each brings the next report; the hub sees what climbs to it."""
    hub, at = office.sign_in("hub"), f"/console/triage?incident={incident}"
    for _ in range(20):
        page = hub.get(at).text
        code = page.split('name="code" value="')[1].split('"')[0]
        given = {"code": code, "act": "merge", "incident": str(incident), "into": str(incident)}
        at = hub.post("/console/triage/do", data=given).headers["location"]
    with office.house.database.reading() as connection:
        merged = sa.select(sa.func.count()).select_from(tickets).where(tickets.c.status == "merged")
        assert connection.execute(merged).scalar_one() == 20
        seen = scope.of(office.cast["hub"], office.house.tools.knowledge)
        assert incidents_read.next_new(connection, seen, incident, [], False) is not None


def test_made_up_tickets_go_into_an_empty_house_alone(url: str, new_house: Callable[..., House]) -> None:
    house, _ = staffed(new_house, url)
    assert list(seeding.fill(house.database, knowledge(), house.sealing, house.clock(), 300)) == [300]
    made = rows(house.database, tickets)
    assert len({row.code for row in made}) == 300
    assert {row.office for row in made} <= knowledge().facts.bodies.keys()
    assert sum(row.type == "smell" for row in made) > sum(row.type == "noise" for row in made)
    with pytest.raises(seeding.NotEmpty):
        list(seeding.fill(house.database, knowledge(), house.sealing, house.clock(), 10))
    assert sum(seeding.fill(house.database, knowledge(), house.sealing, house.clock(), 10, force=True)) == 10


def test_no_made_up_ticket_comes_among_real_people_by_mistake(url: str, new_house: Callable[..., House]) -> None:
    house, _ = staffed(new_house, url)
    arrive(house, event(1, "Usomchai", house.clock(), text="สวัสดีค่ะ"))
    run(house)
    with pytest.raises(seeding.NotEmpty):
        list(seeding.fill(house.database, knowledge(), house.sealing, house.clock(), 10))
    assert rows(house.database, tickets) == []
