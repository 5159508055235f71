"""What the timekeeper reads and writes: tickets that are due for a look, steps that were taken, the calendar last used.

A step is a row with a unique key, written in the commit of what it did: a second timekeeper, or one that woke from a
pause and believes that it is still alone, finds the row and does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Connection, func, select, text, update

from bot.db import audit, cases, informs, notices, rota, tickets
from bot.db.engine import insert_new
from bot.db.rows import millis, sure_moment
from bot.db.tables import story
from bot.db.tables import tickets as rows
from bot.db.tables_staff import deeds, steps
from bot.sealing import Sealing
from handlers import climb
from handlers.cases import Case
from handlers.duty import NOBODY
from handlers.standing import Standing, Step
from handlers.vocabulary import Change, Inform, Notice, Tell
from knowledge.hours import Hours, kept_hours

if TYPE_CHECKING:
    from knowledge.load import Knowledge

At = Callable[[Connection], int]  # the time inside a transaction, in milliseconds
BEGINS = ("forward", "decline", "urgency", "reopen", "split")  # deeds after which a ticket waits anew
REOPENED = ("story.reopen", "story.reopened")
CALENDAR = "calendar"  # in place of a ticket's code: the days of the calendar last used


def database_clock(connection: Connection) -> int:
    """Milliseconds as the database counts them: machines that look at the same tickets must agree about the time."""
    return int(connection.execute(text("SELECT extract(epoch FROM clock_timestamp()) * 1000")).scalar_one())


# --- tickets that are due --------------------------------------------------------------------------------------------


def ripe(connection: Connection, now: int, many: int) -> list[str]:
    asked = select(rows.c.code).where(rows.c.look_at <= now).order_by(rows.c.look_at).limit(many)
    return list(connection.execute(asked).scalars())


def hold(connection: Connection, code: str, now: int) -> Case | None:
    """The ticket, locked; None where somebody else looks at it just now, or has done so."""
    mine = select(rows.c.code).where(rows.c.code == code, rows.c.look_at <= now).with_for_update(skip_locked=True)
    return cases.load(connection, code) if connection.execute(mine).first() else None


def locked(connection: Connection, code: str) -> Case | None:
    return cases.load(connection, code, lock=True)


def standing(connection: Connection, case: Case, now: int, knowledge: Knowledge) -> Standing:
    """The ticket with all that a look at it asks; the roster only where somebody must be called."""
    calls = climb.untaken(case)
    roster = rota.roster(connection, sure_moment(now), knowledge) if calls else NOBODY
    return Standing(case, since(connection, case), done(connection, case.code), roster)


def since(connection: Connection, case: Case) -> datetime:
    """From when on it is in these hands and this urgent."""
    began = select(func.max(deeds.c.at)).where(
        deeds.c.code == case.code, deeds.c.act.in_(BEGINS), deeds.c.undone_at.is_(None)
    )
    again = select(func.max(story.c.at)).where(story.c.code == case.code, story.c.key.in_(REOPENED), ~story.c.undone)
    moments = [connection.execute(asked).scalar() for asked in (began, again)]
    return max([case.opened_at, *(sure_moment(one) for one in moments if one)])


def done(connection: Connection, code: str) -> frozenset[str]:
    return frozenset(connection.execute(select(steps.c.step).where(steps.c.code == code)).scalars())


def look_again(connection: Connection, code: str, at: int | None) -> None:
    """When to look next. Nothing else of the row is touched, so that no page of an officer grows old by it."""
    connection.execute(update(rows).where(rows.c.code == code).values(look_at=at))


# --- what was decided ------------------------------------------------------------------------------------------------


def take(connection: Connection, code: str, step: Step, sealing: Sealing, now: int) -> bool:
    """Does the step unless it was done already; whether it was done now."""
    if step.name and not mark(connection, code, step.name, now):
        return False
    for change in (act for act in step.acts if isinstance(act, Change)):
        put(connection, change, now)
    tickets.tell_all(connection, [act for act in step.acts if isinstance(act, Tell)])
    told = [act for act in step.acts if isinstance(act, Inform)]
    informs.send(connection, told, sealing, now, f"{code}:house:{step.name}:{now}")
    notices.keep(connection, [act for act in step.acts if isinstance(act, Notice)], now)
    audit.write(connection, [audit.Entry("house", step.name or "time", code)], now)
    return True


def mark(connection: Connection, code: str, name: str, now: int) -> bool:
    """Whether this step is ours: nobody has taken it before."""
    row = {"code": code, "step": name, "at": now}
    return bool(connection.execute(insert_new(connection, steps).values(**row)).rowcount)


def put(connection: Connection, change: Change, now: int) -> None:
    """Where the state changes, pages of officers are behind; a deadline that moves leaves what they type alone."""
    if "status" in change.fields:
        cases.change(connection, change, now)
        return
    values = {name: millis(value) if isinstance(value, datetime) else value for name, value in change.fields.items()}
    wrong = set(values) - cases.MAY
    if wrong:
        raise ValueError(f"time may not change {sorted(wrong)}")
    changed = {**values, "changed_at": now, "look_at": now}
    connection.execute(update(rows).where(rows.c.code == change.code).values(**changed))


# --- the calendar ----------------------------------------------------------------------------------------------------


def calendar(connection: Connection) -> tuple[Hours, int] | None:
    """The calendar by which the deadlines in the rows were counted, and since when; None in a new house."""
    found = connection.execute(select(steps.c.step, steps.c.at).where(steps.c.code == CALENDAR)).all()
    if not found:
        return None
    days: Mapping[str, list[date]] = {"off": [], "on": []}
    for kind, day in (row.step.split(".") for row in found):
        days[kind].append(date.fromisoformat(day))
    return kept_hours(days["off"], days["on"]), max(row.at for row in found)


def keep_calendar(connection: Connection, hours: Hours, years: Iterable[int], now: int) -> None:
    off, on = hours.odd_days(years)
    named = [f"off.{day}" for day in sorted(off)] + [f"on.{day}" for day in sorted(on)]
    connection.execute(sa.delete(steps).where(steps.c.code == CALENDAR))
    connection.execute(insert_new(connection, steps), [{"code": CALENDAR, "step": name, "at": now} for name in named])


def running(connection: Connection, after: str, now: int, many: int, open_states: Sequence[str]) -> list[str]:
    """Open tickets from before now with a deadline to come, by code, page by page."""
    ahead = sa.or_(rows.c.resolve_by > now, rows.c.answer_by > now, rows.c.acknowledge_by > now)
    asked = select(rows.c.code).where(
        rows.c.code > after, rows.c.status.in_(open_states), rows.c.opened_at < now, ahead
    )
    return list(connection.execute(asked.order_by(rows.c.code).limit(many)).scalars())
