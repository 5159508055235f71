"""Rows of a drill: opened with its mark, ended, and read for the report. There is no reporter, so none is ever told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, Row, select

from bot.db import audit, cases, notices, steps, tickets
from bot.db.rows import moment, sure_moment
from bot.db.tables import notices as notice_rows
from bot.db.tables import tickets as ticket_rows
from bot.db.tables_staff import deliveries, staff
from handlers.drill import Heard, Ran
from handlers.vocabulary import Change, Notice, Open, StoryEntry, Tell

TOLD = "ticket.urgent"  # the notice of an emergency as it comes: level 0


def open_(connection: Connection, act: Open, now: int) -> None:
    tickets.open_all(connection, [act], now)
    connection.execute(sa.update(ticket_rows).where(ticket_rows.c.code == act.code).values(drill=True))
    notices.keep(connection, [Notice(TOLD, act.code, {"drill": True})], now)
    audit.write(connection, [audit.Entry("house", "drill", act.code, {"office": act.office})], now)


def end(connection: Connection, code: str, now: int) -> bool:
    """Whether it was still running; all who were told hear that it is over."""
    case = cases.load(connection, code, lock=True)
    if case is None or not case.drill or case.status in tickets.ENDED:
        return False
    at = sure_moment(now)
    steps.put(connection, Change(code, {"status": "closed", "closed_at": at}), now)
    tickets.tell_all(connection, [Tell(code, StoryEntry("story.drill_over", at, "house", "staff"))])
    told = sorted({id_ for one in heard(connection, code) for id_ in one.staff})
    notices.keep(connection, [Notice("drill.over", code, {"staff": told, "drill": True})], now)
    return True


def ran(connection: Connection, code: str) -> Ran | None:
    row = connection.execute(select(ticket_rows).where(ticket_rows.c.code == code, ticket_rows.c.drill)).first()
    if row is None:
        return None
    red = any(one.startswith("unreachable.") for one in steps.done(connection, [code])[code])
    taken: datetime | None = moment(row.acknowledged_at)
    return Ran(code, row.office, sure_moment(row.opened_at), taken, row.assignee or 0, heard(connection, code), red)


def heard(connection: Connection, code: str) -> tuple[Heard, ...]:
    """Each level that was told, with what became of its messages."""
    asked = select(notice_rows).where(notice_rows.c.code == code).order_by(notice_rows.c.id)
    rows = [row for row in connection.execute(asked) if row.rule == TOLD or row.rule.startswith("climb.")]
    sent = connection.execute(select(deliveries).where(deliveries.c.code == code)).all()
    return tuple(_heard(row, [one for one in sent if one.notice == row.id]) for row in rows)


def _heard(row: Row[Any], sent: Sequence[Row[Any]]) -> Heard:
    named = orjson.loads(row._mapping["values"]).get("staff") or [one.staff for one in sent if one.staff]
    arrived = [one.done_at for one in sent if one.state == "sent" and one.done_at]
    return Heard(
        0 if row.rule == TOLD else int(row.rule.removeprefix("climb.")),
        sure_moment(row.at),
        tuple(dict.fromkeys(named)),
        sent=len(arrived),
        failed=sum(one.state == "dead" for one in sent),
        waiting=sum(one.state in ("waiting", "sending") for one in sent),
        first_at=moment(min(arrived, default=None)),
    )


def names(connection: Connection) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(select(staff.c.id, staff.c.name))}
