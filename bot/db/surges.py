"""Surges: many reports of a clan within minutes become one incident, announced once, by whichever process sees it.

Reports that come while a surge runs join it in their own commit, so no card is made for each of them. What is
announced stands in the incident's row, behind a lock; a second process finds it there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, func, select, update

from bot.db import incidents as store
from bot.db import near, notices
from bot.db.rows import sure_moment
from bot.db.tables import WORKING, tickets, worked_on
from bot.db.tables_staff import incidents
from bot.db.tickets import tell_all
from bot.sealing import Sealing
from handlers import incidents as rule
from handlers.cases import Case
from handlers.incidents import MINUTE, Report, Running, Surge
from handlers.vocabulary import Notice, Open, StoryEntry, Tell

KINDS = ("complaint", "emergency")
AT_ONCE = 500  # codes a statement
# What is not said singly of a report that belongs to a surge; the announcement says it for all.
HUSHED = ("ticket.new", "ticket.urgent", "ticket.moved", "climb", "office.unreachable", "deadline.")
_fresh = sa.and_(tickets.c.incident.is_(None), ~tickets.c.drill, tickets.c.kind.in_(KINDS), worked_on)
_lead = tickets.alias("lead")


# --- a new report ----------------------------------------------------------------------------------------------------


def running(connection: Connection, now: int) -> list[Running]:
    """Surges that were announced and have not calmed down."""
    since = now - rule.rules()["surge"]["quiet"] * MINUTE
    i = incidents.c
    asked = select(incidents).where(i.surge_at.is_not(None), i.last_at > since, i.state == "open").order_by(i.id)
    return [_running(row) for row in connection.execute(asked)]


def _running(row: Any) -> Running:
    return Running(row.id, row.type, row.lat, row.lon, row.reach, frozenset(row.areas.split("|")), not row.reach)


def gather(connection: Connection, opened: Sequence[Open], now: int) -> None:
    """In the commit that opens tickets: those of a surge belong to it from the start."""
    new = [one for one in opened if one.kind in KINDS]
    some = running(connection, now) if new else []
    joined: dict[int, list[str]] = {}
    for one in new if some else ():
        surge = rule.member_of(_report(one, now), some)
        if surge:
            joined.setdefault(surge.incident, []).append(one.code)
    for incident, codes in joined.items():
        _belong(connection, incident, codes)


def _report(one: Open, now: int) -> Report:
    place = one.place
    return Report(
        one.code, one.type, now, place.lat, place.lon, place.province, place.district,
        urgent=one.urgency == "emergency",
    )  # fmt: skip


def late(connection: Connection, case: Case, some: Sequence[Running]) -> bool:
    """A report whose place became known after it was opened; whether it belongs to one of these surges now."""
    place = case.place
    at = int(case.opened_at.timestamp() * 1000)
    asked = Report(case.code, case.type, at, place.lat, place.lon, place.province, place.district, urgent=case.urgent)
    surge = rule.member_of(asked, some) if case.kind in KINDS and not case.drill else None
    if surge is None or case.incident:
        return False
    _belong(connection, surge.incident, [case.code])
    return True


def _belong(connection: Connection, incident: int, codes: Sequence[str]) -> None:
    for at in range(0, len(codes), AT_ONCE):
        here = tickets.c.code.in_(codes[at : at + AT_ONCE])
        connection.execute(update(tickets).where(here, tickets.c.incident.is_(None)).values(incident=incident))


# --- seeing one ------------------------------------------------------------------------------------------------------


def looks_like_one(connection: Connection, now: int) -> bool:
    """A cheap look at the last minutes: is any clan loud enough to look closer?"""
    t, minutes = tickets.c, rule.rules()["surge"]["minutes"]
    counted = select(t.type, func.count().label("many")).where(t.opened_at > now - minutes * MINUTE, _fresh)
    loud: Counter[str] = Counter()
    for row in connection.execute(counted.group_by(t.type)):
        loud[rule.clan(row.type)] += row.many
    return any(many >= rule.rules()["surge"]["reports"] for many in loud.values())


def watch(connection: Connection, sealing: Sealing, now: int) -> list[str]:
    """Announces what is a surge now; gives the leading tickets of new ones."""
    store.lock(connection)
    minutes = rule.rules()["surge"]["minutes"]
    rows = connection.execute(select(tickets).where(tickets.c.opened_at > now - minutes * MINUTE, _fresh)).all()
    by_code, announced = {row.code: row for row in rows}, []
    for surge in rule.surges(near.report(row) for row in rows):
        known = rule.goes_on(surge, running(connection, now))
        if known:
            _grow(connection, known, surge, now)
        else:
            _announce(connection, by_code[surge.lead], surge, sealing, now)
            announced.append(surge.lead)
    return announced


def _grow(connection: Connection, known: Running, surge: Surge, now: int) -> None:
    areas = "|".join(sorted(filter(None, known.areas | surge.areas)))
    _belong(connection, known.incident, surge.codes)
    connection.execute(update(incidents).where(incidents.c.id == known.incident).values(areas=areas, last_at=now))
    store.recount(connection, known.incident, now)


def _announce(connection: Connection, lead: Any, surge: Surge, sealing: Sealing, now: int) -> None:
    """One incident, one notice for all of its reports."""
    given = {"state": "open", "type": surge.type, "urgency": "emergency", "lat": surge.lat, "lon": surge.lon}
    areas = "|".join(sorted(surge.areas))
    incident = store.make(
        connection, lead, sealing, now, **given, surge_at=now, last_at=now, reach=surge.reach, areas=areas
    )
    _belong(connection, incident, surge.codes)
    store.recount(connection, incident, now)
    values = {"incident": incident, "count": len(surge.codes), "office": lead.office}
    tell_all(connection, [Tell(lead.code, StoryEntry("story.surge", sure_moment(now), "house", "staff", values))])
    notices.keep(connection, [Notice("surge", lead.code, values)], now)


def count(connection: Connection, now: int) -> None:
    """Brings the numbers of running surges up to date: how many reports, and when the last one came."""
    for one in running(connection, now):
        many, last = connection.execute(
            select(func.count(), func.max(tickets.c.opened_at)).where(tickets.c.incident == one.incident)
        ).one()
        here = (incidents.c.id == one.incident) & (incidents.c.reports != many)
        connection.execute(update(incidents).where(here).values(reports=many, last_at=last, changed_at=now))


# --- what is not said singly -----------------------------------------------------------------------------------------


def hushed(connection: Connection, codes: Iterable[str]) -> frozenset[str]:
    """Tickets of a surge for which its lead speaks, as long as the lead is worked on."""
    wanted = sorted(set(codes))
    if not wanted:
        return frozenset()
    asked = (
        select(tickets.c.code)
        .join(incidents, incidents.c.id == tickets.c.incident)
        .join(_lead, _lead.c.code == incidents.c.lead)
        .where(
            tickets.c.code.in_(wanted),
            tickets.c.code != incidents.c.lead,
            incidents.c.surge_at.is_not(None),
            _lead.c.status.in_(WORKING),
        )
    )
    return frozenset(connection.execute(asked).scalars())


def is_hushed(rule_name: str) -> bool:
    return rule_name.startswith(HUSHED)
