"""Reports of the same thing, as time passes: surges are announced, proposals made, words to all of an incident spread.

The timekeeper calls it, in every process that has one: what happens stands in rows that nobody can write twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.db import incidents, spreads, surges
from bot.db.engine import Database
from bot.db.rows import millis
from bot.log import logger
from bot.sealing import Sealing
from handlers.cases import Case
from handlers.incidents import HOUR, rules
from handlers.tickets import OPEN_STATES

HUSHED = 600_000  # milliseconds until a report is looked at again for which the lead of its surge speaks
BUSY = 2_000  # until it is compared, where another process makes incidents just now
log = logger()


def step(database: Database, sealing: Sealing, at: Callable[[Any], int], told: Callable[[str], None]) -> None:
    """One pass: many reports at once are announced, and what is done to all of an incident goes on."""
    with database.reading() as connection:
        now = at(connection)
        loud, spreading = surges.looks_like_one(connection, now), spreads.any_due(connection, now)
        counting = bool(surges.running(connection, now))
    announced: list[str] = []
    if loud or counting:
        with database.transaction() as connection:
            announced = surges.watch(connection, sealing, now) if loud else []
            surges.count(connection, now)
    for code in announced:
        log.info("surge_announced", code=code)
        told(code)
    while spreading:
        with database.transaction() as connection:
            spreading = spreads.take(connection, sealing, at(connection)) == spreads.MANY


def hushed(connection: Any, held: Sequence[Case], sealing: Sealing, now: int) -> dict[str, int]:
    """When to look again at reports for which the lead of a surge speaks; others are compared with what is near."""
    open_ = [case for case in held if not case.drill and case.status in OPEN_STATES]
    alone = [case for case in open_ if not case.incident]
    some = surges.running(connection, now) if alone else []
    late = {case.code for case in alone if some and surges.late(connection, case, some)}
    belong = [case.code for case in open_ if case.incident or case.code in late]
    found = dict.fromkeys(surges.hushed(connection, belong), now + HUSHED)
    for case in alone:
        young = now - millis(case.opened_at) < rules()["hours"] * HOUR
        compared = young and case.code not in late and case.place.lat is not None
        if compared and incidents.propose(connection, case.code, sealing, now) is None:
            found[case.code] = now + BUSY
    return found
