"""What lies near: tickets by the grid of 0.005 degrees, then by exact distance; open incidents for a new reporter.

A square of the grid is about 550 m wide, so the squares around a point are read off one index and few rows are left
to measure, however many tickets there are.
"""

from __future__ import annotations

from math import ceil, cos, radians
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, or_, select

from bot.db.tables import WORKING, tickets, worked_on
from bot.db.tables_staff import incidents
from bot.db.tickets import CELL, cell
from handlers.incidents import DEGREE_M, HOUR, MINUTE, Near, Report, metres, rules
from knowledge.model import Place

MOST = 60  # rows that are measured, the newest
ROW = 72_000
# What is shown of a ticket beside another: with all of its fifty columns a lookup took three times as long.
SHOWN = [
    tickets.c[name]
    for name in (
        "code", "type", "urgency", "status", "office", "summary", "words", "factory", "incident", "opened_at",
        "province", "district", "subdistrict", "estate", "place_typed", "lat", "lon",
    )
]  # fmt: skip


def cells(lat: float, lon: float, reach: float) -> list[int]:
    """All squares that a circle of `reach` metres may touch."""
    high = ceil(reach / (CELL * DEGREE_M))
    wide = ceil(reach / (CELL * DEGREE_M * cos(radians(lat))))
    middle = cell(lat, lon) or 0
    return [middle + row * ROW + step for row in range(-high, high + 1) for step in range(-wide, wide + 1)]


def around(
    connection: Connection,
    lat: float,
    lon: float,
    reach: float,
    since: int,
    only_open: bool = True,
    without: str = "",
    seen: sa.ColumnElement[bool] | None = None,
) -> list[tuple[Row[Any], float]]:
    """Tickets within `reach` metres that were opened since, the nearest first, with their distance."""
    t = tickets.c
    high = reach / DEGREE_M
    wide = high / cos(radians(lat))
    asked = select(*SHOWN).where(t.cell.in_(cells(lat, lon, reach)), t.opened_at >= since, t.code != without)
    asked = asked.where(t.lat.between(lat - high, lat + high), t.lon.between(lon - wide, lon + wide))
    asked = asked.where(t.kind.in_(("complaint", "emergency")), ~t.drill)
    if only_open:
        asked = asked.where(worked_on)
    if seen is not None:
        asked = asked.where(seen)
    rows = connection.execute(asked.order_by(t.opened_at.desc()).limit(MOST)).all()
    found = [(row, metres(lat, lon, row.lat, row.lon)) for row in rows]
    return sorted(((row, away) for row, away in found if away <= reach), key=lambda one: one[1])


def report(row: Row[Any]) -> Report:
    """A row of tickets as it is compared."""
    return Report(
        row.code, row.type, row.opened_at, row.lat, row.lon, row.province, row.district, row.factory,
        row.words or row.summary, row.urgency == "emergency",
    )  # fmt: skip


_lead = tickets.alias("lead")
is_open = (incidents.c.state == "open") & _lead.c.status.in_(WORKING)
with_lead = incidents.join(_lead, _lead.c.code == incidents.c.lead)


def open_incidents(connection: Connection, place: Place, now: int) -> list[Near]:
    """Incidents that are worked on near a place, as a stranger may hear of them."""
    rule, i = rules()["ask"], incidents.c
    since = now - rule["hours"] * HOUR
    asked = (
        select(incidents, _lead.c.district.label("lead_district"), _lead.c.opened_at.label("began"))
        .select_from(with_lead)
        .where(is_open, _lead.c.opened_at >= since, _here(place))
        .order_by(i.id.desc())
        .limit(MOST)
    )
    found = (_near(row, place, now) for row in connection.execute(asked))
    return [one for one in found if one]


def _here(place: Place) -> sa.ColumnElement[bool]:
    """In the province, or close across its border."""
    i = incidents.c
    inside = or_(i.province == place.province, i.areas.contains(place.province))
    if place.lat is None or place.lon is None:
        return inside
    step = rules()["ask"]["metres"] / DEGREE_M
    close = i.lat.between(place.lat - step, place.lat + step) & i.lon.between(place.lon - step, place.lon + step)
    return or_(inside, close)


def _near(row: Row[Any], place: Place, now: int) -> Near | None:
    minutes = max(0, (now - row.began) // MINUTE)
    reports = max(1, row.reports)
    if row.surge_at and not row.reach:  # all over a province: no distance says anything
        return Near(row.id, row.type, None, minutes, reports) if place.province in row.areas.split("|") else None
    if None in (place.lat, place.lon, row.lat, row.lon):
        same = bool(place.district) and place.district == row.lead_district
        return Near(row.id, row.type, None, minutes, reports) if same else None
    away = metres(place.lat or 0, place.lon or 0, row.lat, row.lon)
    if away > max(rules()["ask"]["metres"], row.reach):
        return None
    return Near(row.id, row.type, round(away), minutes, reports)
