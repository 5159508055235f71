"""What the timekeeper reads and writes: tickets that are due for a look, steps that were taken, the calendar last used.

A step is a row with a unique key, written in the commit of what it did: a second timekeeper, or one that woke from a
pause and believes that it is still alone, finds the row and does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Connection, select, text, update

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


def any_ripe(connection: Connection, now: int) -> bool:
    return connection.execute(select(rows.c.code).where(rows.c.look_at <= now).limit(1)).first() is not None


def hold(connection: Connection, now: int, many: int, only: str = "") -> Sequence[str]:
    """Codes of tickets that are due, locked, the longest due first; not those that somebody else looks at now."""
    due = select(rows.c.code).where(rows.c.look_at <= now, *([rows.c.code == only] if only else ()))
    mine = due.order_by(rows.c.look_at).limit(many).with_for_update(skip_locked=True)
    return connection.execute(mine).scalars().all()


def locked(connection: Connection, code: str) -> Case | None:
    return cases.load(connection, code, lock=True)


def standings(connection: Connection, held: Sequence[Case], now: int, knowledge: Knowledge) -> list[Standing]:
    """The tickets with all that a look at them asks; the roster only where somebody must be called."""
    if not held:
        return []
    calls = any(climb.untaken(case) for case in held)
    roster = rota.roster(connection, sure_moment(now), knowledge) if calls else NOBODY
    codes = [case.code for case in held]
    began, taken = since(connection, codes), done(connection, codes)
    return [
        Standing(case, max(case.opened_at, began.get(case.code, case.opened_at)), taken[case.code], roster)
        for case in held
    ]


def since(connection: Connection, codes: Sequence[str]) -> dict[str, datetime]:
    """From when on each is in these hands and this urgent, where that is later than its opening."""
    handed = deeds.c.code.in_(codes) & deeds.c.act.in_(BEGINS) & deeds.c.undone_at.is_(None)
    again = story.c.code.in_(codes) & story.c.key.in_(REOPENED) & ~story.c.undone
    moments = sa.union_all(
        select(deeds.c.code, deeds.c.at).where(handed), select(story.c.code, story.c.at).where(again)
    )
    found: dict[str, datetime] = {}
    for code, at in connection.execute(moments):
        found[code] = max(found.get(code, sure_moment(at)), sure_moment(at))
    return found


def done(connection: Connection, codes: Sequence[str]) -> dict[str, frozenset[str]]:
    """The names of the steps that were taken, by ticket."""
    found: dict[str, set[str]] = {code: set() for code in codes}
    for code, step in connection.execute(select(steps.c.code, steps.c.step).where(steps.c.code.in_(codes))):
        found[code].add(step)
    return {code: frozenset(names) for code, names in found.items()}


_look_again = update(rows).where(rows.c.code == sa.bindparam("this")).values(look_at=sa.bindparam("then"))


def look_again(connection: Connection, moments: Mapping[str, int | None]) -> None:
    """When to look next. Nothing else of the row is touched, so that no page of an officer grows old by it."""
    if moments:
        connection.execute(_look_again, [{"this": code, "then": then} for code, then in moments.items()])


# --- what was decided ------------------------------------------------------------------------------------------------


Wanted = tuple[str, Step]  # a step, and the ticket that it is for


def take(connection: Connection, wanted: Sequence[Wanted], sealing: Sealing, now: int) -> list[Wanted]:
    """Does the steps that were not done already; those that were done now."""
    ours = mark(connection, [(code, step.name) for code, step in wanted if step.name], now)
    done = [(code, step) for code, step in wanted if not step.name or (code, step.name) in ours]
    for code, step in done:
        for change in (act for act in step.acts if isinstance(act, Change)):
            put(connection, change, now)
        told = [act for act in step.acts if isinstance(act, Inform)]
        informs.send(connection, told, sealing, now, f"{code}:house:{step.name}:{now}")
    acts = [act for _, step in done for act in step.acts]
    tickets.tell_all(connection, [act for act in acts if isinstance(act, Tell)])
    notices.keep(connection, [act for act in acts if isinstance(act, Notice)], now)
    audit.write(connection, [audit.Entry("house", step.name or "time", code) for code, step in done], now)
    return done


def mark(connection: Connection, names: Sequence[tuple[str, str]], now: int) -> set[tuple[str, str]]:
    """Those (ticket, step) that are ours: nobody has taken them before."""
    if not names:
        return set()
    new = insert_new(connection, steps).returning(steps.c.code, steps.c.step)
    rows = [{"code": code, "step": name, "at": now} for code, name in dict.fromkeys(names)]
    return {(row.code, row.step) for row in connection.execute(new, rows)}


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
