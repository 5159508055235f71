"""Tickets as staff work on them: read whole and locked, changed by columns, undone. Never the reporter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, Row, select, update

from bot.db.rows import millis, moment, pack, sure_moment
from bot.db.tables import story, tickets
from bot.db.tables_staff import deeds, staff
from bot.db.tickets import place_of
from handlers import people
from handlers.cases import Case
from handlers.vocabulary import Change, Deed

# The columns that staff may change; anything else in an act is a bug, and is refused.
MAY = frozenset(
    {
        "status", "office", "type", "urgency", "assignee", "incident", "factory", "resolution", "summary",
        "acknowledged_at", "answered_at", "resolved_at", "closed_at", "snoozed_until", "waiting_since",
        "talking_until", "acknowledge_by", "answer_by", "resolve_by", "reopened",
    }
)  # fmt: skip

WORDY = frozenset({"summary", "factory", "province", "district", "subdistrict", "place_typed"})  # the search knows them
HANDS = tuple(role for role in people.ROLES if "take" in people.RIGHTS[role])  # a ticket is put into no others

FOUND, LEFT = "version", "left"  # beside the columns as they stood: the version that a deed found, and the one it left


class Stale(Exception):
    """Somebody else changed the ticket after it was read."""


def load(connection: Connection, code: str, lock: bool = False) -> Case | None:
    """The ticket, in a writing transaction with `lock`, so that two acts on it come one after the other."""
    found = load_all(connection, [code], lock)
    return found.get(code)


def load_all(connection: Connection, codes: Sequence[str], lock: bool = False) -> dict[str, Case]:
    """Tickets by code; those that are not there are missing."""
    asked = select(tickets).where(tickets.c.code.in_(codes)).order_by(tickets.c.code)
    rows = connection.execute(asked.with_for_update() if lock else asked).all()
    offices = {row.office for row in rows}
    hands = connection.execute(
        select(staff.c.id, staff.c.office).where(
            staff.c.office.in_(offices), staff.c.state == "active", staff.c.role.in_(HANDS)
        )
    ).all()
    names = _names(connection, {row.assignee for row in rows if row.assignee})
    passed = _passed(connection, [row.code for row in rows if row.kind in ("question", "referral")])
    return {
        row.code: _case(
            row,
            names,
            frozenset(one.id for one in hands if one.office == row.office),
            frozenset(passed.get(row.code, ())),
        )
        for row in rows
    }


def _passed(connection: Connection, codes: Sequence[str]) -> dict[str, set[str]]:
    """The offices that each question has already left."""
    found: dict[str, set[str]] = {}
    if not codes:
        return found
    chosen = select(deeds.c.code, deeds.c.before).where(
        deeds.c.code.in_(codes), deeds.c.act.in_(("forward", "decline")), deeds.c.undone_at.is_(None)
    )
    for row in connection.execute(chosen):
        found.setdefault(row.code, set()).add(str(orjson.loads(row.before).get("office", "")))
    return found


def _names(connection: Connection, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in connection.execute(select(staff.c.id, staff.c.name).where(staff.c.id.in_(ids)))}


def _case(row: Row[Any], names: Mapping[int, str], colleagues: frozenset[int], passed: frozenset[str]) -> Case:
    report = orjson.loads(row.report)
    told = next((report[name][0] for name in ("what", "question", "words") if name in report), "")
    return Case(
        code=row.code,
        kind=row.kind,
        type=row.type,
        urgency=row.urgency,
        status=row.status,
        office=row.office,
        summary=row.summary,
        opened_at=sure_moment(row.opened_at),
        version=row.version,
        place=place_of(row),
        told=told if isinstance(told, str) else "",
        assignee=row.assignee or 0,
        assignee_name=names.get(row.assignee or 0, ""),
        incident=row.incident or 0,
        factory=row.factory,
        source=row.source,
        drill=row.drill,
        resolution=row.resolution,
        **{name: moment(getattr(row, name)) for name in TIMES},
        first_office=row.first_office,
        first_type=row.first_type,
        first_urgency=row.first_urgency,
        colleagues=colleagues,
        passed=passed,
    )


TIMES = (
    "acknowledge_by", "answer_by", "resolve_by", "acknowledged_at", "answered_at", "resolved_at", "waiting_since",
    "snoozed_until",
)  # fmt: skip


def change(connection: Connection, act: Change, now: int) -> None:
    """Raises Stale where the row is no longer what the act was decided on."""
    wrong = set(act.fields) - MAY
    if wrong:
        raise ValueError(f"staff may not change {sorted(wrong)}")
    values = {name: _plain(value) for name, value in act.fields.items()}
    if WORDY & values.keys():
        values["words"] = ""  # they are gathered anew
    if _opens_again(act):
        values["reopened"] = tickets.c.reopened + 1
    wanted = update(tickets).where(tickets.c.code == act.code)
    if act.version is not None:
        wanted = wanted.where(tickets.c.version == act.version)
    done = connection.execute(wanted.values(**values, changed_at=now, look_at=now, version=tickets.c.version + 1))
    if not done.rowcount:
        raise Stale(act.code)


def _opens_again(act: Change) -> bool:
    return act.fields.get("status") == "reopened"


def _plain(value: Any) -> Any:
    return millis(value) if isinstance(value, datetime) else value


def before(connection: Connection, changes: Sequence[Change]) -> dict[str, dict[str, Any]]:
    """The columns that are about to change, as they stand: what an undo puts back."""
    found: dict[str, dict[str, Any]] = {}
    for act in changes:
        columns = [tickets.c[name] for name in (FOUND, *act.fields, *(("reopened",) if _opens_again(act) else ()))]
        row = connection.execute(select(*columns).where(tickets.c.code == act.code)).first()
        if row is not None:
            found.setdefault(act.code, {}).update(row._mapping)
    return found


def keep_deed(
    connection: Connection, act: Deed, was: Mapping[str, Any], event_id: str, told: list[int], now: int
) -> int:
    """Gives the deed's number, by which it can be undone until its time is over."""
    stands = connection.execute(select(tickets.c.version).where(tickets.c.code == act.code)).scalar()
    row = {
        "code": act.code,
        "staff": act.staff,
        "act": act.act,
        "before": pack({**was, LEFT: stands}),
        "event_id": event_id,
        "story": pack(told),
        "at": now,
        "until": now + round(act.undo * 1000),
    }
    return int(connection.execute(sa.insert(deeds).values(**row).returning(deeds.c.id)).scalar_one())


def deed(connection: Connection, id_: int) -> Row[Any] | None:
    return connection.execute(select(deeds).where(deeds.c.id == id_).with_for_update()).first()


def built_upon(connection: Connection, row: Row[Any], version: int) -> bool:
    """Whether somebody acted on the ticket after this deed, or the ticket moved on: its reporter took it back."""
    if orjson.loads(row.before).get(LEFT, version) != version:
        return True
    later = select(deeds.c.id).where(deeds.c.code == row.code, deeds.c.id > row.id, deeds.c.undone_at.is_(None))
    return connection.execute(later.limit(1)).first() is not None


def put_back(connection: Connection, row: Row[Any], now: int) -> None:
    """The columns as they stood; the entries stay in the story, marked as undone."""
    values = {name: value for name, value in orjson.loads(row.before).items() if name in MAY}
    connection.execute(
        update(tickets)
        .where(tickets.c.code == row.code)
        .values(**values, changed_at=now, look_at=now, version=tickets.c.version + 1)
    )
    connection.execute(update(story).where(story.c.id.in_(orjson.loads(row.story))).values(undone=True))
    connection.execute(update(deeds).where(deeds.c.id == row.id).values(undone_at=now))
    _can_follow(connection, row)


def _can_follow(connection: Connection, undone: Row[Any]) -> None:
    """The ticket is again as the deed before left it, so that one can be undone as well."""
    mine = (deeds.c.code == undone.code) & (deeds.c.id < undone.id) & deeds.c.undone_at.is_(None)
    last = connection.execute(select(deeds).where(mine).order_by(deeds.c.id.desc()).limit(1)).first()
    before = orjson.loads(last.before) if last else {}
    if last is None or before.get(LEFT) != orjson.loads(undone.before).get(FOUND):
        return
    stands = connection.execute(select(tickets.c.version).where(tickets.c.code == undone.code)).scalar()
    connection.execute(update(deeds).where(deeds.c.id == last.id).values(before=pack({**before, LEFT: stands})))
