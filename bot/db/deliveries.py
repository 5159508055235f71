"""Notices on their way to staff: each expanded once into deliveries, one for each person and way.

A delivery is claimed, carried without any transaction open, and noted, like a letter of the outbox. `deliveries_once`
lets a notice reach a person by a way only once, however many processes expand it. What waits for the morning's list
has the state `digest`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, func, select, update

from bot.db.engine import insert_new
from bot.db.rows import pack, unpack
from bot.db.tables import notices
from bot.db.tables_staff import deliveries

AHEAD = 3600 * 1000  # how far in front of everything else what is urgent is put
LEASE = 60_000  # milliseconds that a claim is kept: longer than any way may take
LINE, MAIL, DIGEST = "line", "email", "digest"
# As the partial index says it, so that it is used.
_live: sa.ColumnElement[bool] = sa.literal_column("deliveries.state in ('waiting', 'sending', 'digest')", sa.Boolean)
_waiting = notices.c.state == sa.literal_column("'waiting'")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row on its way. `values` are the notice's."""

    id: int
    notice: int
    rule: str
    code: str
    staff: int
    way: int
    kind: str
    lane: str
    urgent: bool
    values: Mapping[str, Any]
    attempts: int
    made_at: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an attempt."""

    delivery: Delivery
    state: str
    due: int = 0
    fault: str = ""


# --- notices ---------------------------------------------------------------------------------------------------------


def any_fresh(connection: Connection, now: int) -> bool:
    """Are there notices that nobody has expanded? A look, so that most looks write nothing."""
    asked = select(notices.c.id).where(_waiting, notices.c.at <= now).limit(1)
    return connection.execute(asked).first() is not None


def any_ripe(connection: Connection, now: int) -> bool:
    """Are there deliveries that may go?"""
    ripe = select(deliveries.c.id).where(_live, deliveries.c.due <= now, deliveries.c.state != "digest").limit(1)
    return connection.execute(ripe).first() is not None


def fresh(connection: Connection, many: int, now: int) -> Sequence[Row[Any]]:
    """Notices that nobody has expanded and whose acts stand, locked; those of emergencies first."""
    loud = sa.case((notices.c.rule.in_(("ticket.urgent", "surge")), 0), else_=1)
    asked = select(notices).where(_waiting, notices.c.at <= now).order_by(loud, notices.c.id).limit(many)
    return connection.execute(asked.with_for_update(skip_locked=True)).all()


def alarmed(connection: Connection, code: str) -> list[int]:
    """Who was called to this ticket at once: they want to know when somebody has it."""
    theirs = (deliveries.c.code == code) & deliveries.c.urgent & (deliveries.c.staff != 0)
    return sorted(connection.execute(select(deliveries.c.staff).where(theirs).distinct()).scalars())


def settle(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(update(notices).where(notices.c.id.in_(ids)).values(state="done"))


# --- deliveries ------------------------------------------------------------------------------------------------------


def row(
    rule: str, code: str, kind: str, values: Mapping[str, Any], now: int, due: int, notice: int = 0, staff: int = 0,
    way: int = 0, lane: str = "", urgent: bool = False, state: str = "waiting", fault: str = "",
) -> dict[str, Any]:  # fmt: skip
    return {
        "notice": notice,
        "rule": rule,
        "code": code,
        "staff": staff,
        "way": way,
        "kind": kind,
        "lane": lane,
        "urgent": urgent,
        "body": pack(dict(values)),
        "state": state,
        "due": due - AHEAD if urgent else due,
        "made_at": now,
        "done_at": now if state in ("dead", "skipped") else None,
        "fault": fault,
    }


def put(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Those that are there already stay as they are."""
    if rows:
        connection.execute(insert_new(connection, deliveries), list(rows))


def put_one(connection: Connection, one: dict[str, Any]) -> int:
    """A test or another delivery without a notice; gives its number."""
    return int(connection.execute(sa.insert(deliveries).values(**one).returning(deliveries.c.id)).scalar_one())


def claim(connection: Connection, kind: str, now: int, many: int) -> list[Delivery]:
    """What may go this way now, and is ours to carry until the lease ends."""
    ripe = (
        select(deliveries)
        .where(_live, deliveries.c.state != "digest", deliveries.c.kind == kind, deliveries.c.due <= now)
        .order_by(deliveries.c.due, deliveries.c.id)
        .limit(many)
        .with_for_update(skip_locked=True)
    )
    found = [_delivery(one) for one in connection.execute(ripe)]
    if found:
        taken = update(deliveries).where(deliveries.c.id.in_([one.id for one in found]))
        connection.execute(taken.values(state="sending", attempts=deliveries.c.attempts + 1, due=now + LEASE))
    return found


def _delivery(one: Row[Any]) -> Delivery:
    return Delivery(
        one.id,
        one.notice,
        one.rule,
        one.code,
        one.staff,
        one.way,
        one.kind,
        one.lane,
        one.urgent,
        unpack(one.body),
        one.attempts + 1,
        one.made_at,
    )


_note = (
    update(deliveries)
    .where(deliveries.c.id == sa.bindparam("row_id"), deliveries.c.state == "sending")
    .values(state=sa.bindparam("now_state"), due=sa.bindparam("again"), fault=sa.bindparam("why"),
            done_at=sa.bindparam("at"))
)  # fmt: skip


def note(connection: Connection, fates: Sequence[Fate], now: int) -> None:
    rows = [
        {
            "row_id": one.delivery.id,
            "now_state": one.state,
            "again": one.due,
            "why": one.fault[:300],
            "at": None if one.state == "waiting" else now,
        }
        for one in fates
    ]
    if rows:
        connection.execute(_note, rows)


def by_mail_instead(connection: Connection, ids: Sequence[int], why: str, now: int, mail: bool) -> int:
    """LINE did not take them: that is noted, and the same goes by mail where there is mail, once."""
    found = connection.execute(select(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.kind == LINE)).all()
    gone = update(deliveries).where(deliveries.c.id.in_([one.id for one in found]))
    connection.execute(gone.values(state="dead", fault=why[:300], done_at=now))
    theirs = [one for one in found if one.staff and mail]
    again = [
        row(one.rule, one.code, MAIL, unpack(one.body), now, now, one.notice, one.staff, urgent=one.urgent)
        for one in theirs
    ]
    put(connection, again)
    return len(again)


# --- the morning's list ----------------------------------------------------------------------------------------------


def kept_for_morning(connection: Connection, staff: Sequence[int]) -> Sequence[Row[Any]]:
    """What waits for the list of these people, oldest first."""
    asked = select(deliveries).where(_live, deliveries.c.state == "digest", deliveries.c.staff.in_(staff))
    return connection.execute(asked.order_by(deliveries.c.id)).all()


def told_in_list(connection: Connection, ids: Sequence[int], now: int) -> None:
    if ids:
        done = update(deliveries).where(deliveries.c.id.in_(ids))
        connection.execute(done.values(state="sent", fault="in the morning's list", done_at=now))


# --- looking ---------------------------------------------------------------------------------------------------------

SHOWN = ("id", "rule", "code", "staff", "kind", "state", "attempts", "fault", "made_at", "urgent")


def unsent(connection: Connection, limit: int = 500) -> list[dict[str, Any]]:
    """What could not be delivered, newest first: without words and without addresses."""
    asked = select(*(deliveries.c[name] for name in SHOWN)).where(deliveries.c.state == "dead")
    return [dict(one) for one in connection.execute(asked.order_by(deliveries.c.id.desc()).limit(limit)).mappings()]


def revive(connection: Connection, ids: Sequence[int], now: int) -> int:
    again = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.state == "dead", deliveries.c.kind != "")
    return int(connection.execute(again.values(state="waiting", due=now, made_at=now, attempts=0, fault="")).rowcount)


def state_of(connection: Connection, id_: int) -> tuple[str, str]:
    """(state, fault) of one delivery, for whoever sent a test."""
    found = connection.execute(select(deliveries.c.state, deliveries.c.fault).where(deliveries.c.id == id_)).first()
    return (found.state, found.fault) if found else ("", "")


def counts(connection: Connection) -> dict[str, int]:
    found = connection.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
    return {one[0]: one[1] for one in found}


def sweep(connection: Connection, before: int) -> int:
    ended = deliveries.c.state.in_(("sent", "skipped", "dead"))
    gone = connection.execute(sa.delete(deliveries).where(ended, deliveries.c.done_at < before))
    connection.execute(sa.delete(notices).where(notices.c.state == "done", notices.c.at < before))
    return int(gone.rowcount)
