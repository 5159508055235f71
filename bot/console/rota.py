"""The rota of an office: who is on duty and who is away, a week at a time; deputies and administrators change it.

Times are typed and shown in Thai time. Who is on duty is never stored: it is read from these rows for the moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from starlette.responses import Response

from bot.console.asking import Ask, Stop
from bot.console.frame import Frame
from bot.db import members, rota
from bot.db.rows import sure_moment
from handlers import duty
from handlers.duty import Roster, Shift
from handlers.people import Member
from handlers.words import BANGKOK

AT = "/console/rota"
LONGEST = timedelta(days=366)


def pages(frame: Frame) -> None:
    frame.page(AT, "member", show, nav="console_rota.nav", order=40)
    frame.act(f"{AT}/add", "rota", add)
    frame.act(f"{AT}/remove", "rota", remove)


@dataclass(frozen=True, slots=True)
class Day:
    date: datetime  # noon in Thailand, so that no zone makes it another day
    today: bool
    shifts: tuple[Shift, ...]


def show(ask: Ask) -> Response:
    here, monday, now = _office(ask, ask.query.get("office", "")), _monday(ask), sure_moment(ask.now)
    with ask.house.database.reading() as connection:
        roster = rota.roster(connection, now, ask.house.tools.knowledge)
        shifts = rota.week(connection, here, _midnight(monday), _midnight(monday + timedelta(days=7)))
    return ask.show(
        "rota.html",
        here=here,
        week=[_day(monday + timedelta(days=number), shifts, now) for number in range(7)],
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        staff=_staff(roster, here),
        names={one.id: one.name for one in roster.members.values()},
        on_duty=duty.on_duty(roster, here, now),
        reached=roster.reached,
        red=not duty.can_be_reached(roster, here),
        offices=_offices(ask, roster),
        edits=_edits(ask, here),
        tomorrow=now.astimezone(BANGKOK).date() + timedelta(days=1),
        today=now.astimezone(BANGKOK).date(),
    )


def add(ask: Ask) -> Response:
    here = _mine(ask)
    shift = _read(ask, here)
    back = f"{AT}?office={here}&week={shift.start.astimezone(BANGKOK).date()}"
    with ask.house.database.transaction() as connection:
        known = {one.id for one in members.of_office(connection, here, ask.house.tools.knowledge)}
        if shift.staff not in known or (shift.deputy and shift.deputy not in known - {shift.staff}):
            raise Stop(422, "console_rota.who")
        rota.add(connection, shift, ask.member.id, ask.now)
    return ask.go(back, "console_rota.added")


def remove(ask: Ask) -> Response:
    here, chosen = _mine(ask), ask.word("shift")
    with ask.house.database.transaction() as connection:
        gone = chosen.isdecimal() and rota.remove(connection, int(chosen), [here], ask.member.id, ask.now)
    return ask.go(
        f"{AT}?office={here}&week={ask.word('week')}", "console_rota.removed" if gone else "console_rota.gone"
    )


# --- reading a request -----------------------------------------------------------------------------------------------


def _office(ask: Ask, asked: str) -> str:
    """The own office; who runs the house may look at each."""
    known = asked and ask.house.tools.knowledge.body(asked)
    return asked if known and ask.member.role == "administrator" else ask.member.office


def _mine(ask: Ask) -> str:
    here = ask.word("office") or ask.member.office
    if not _edits(ask, here):
        raise Stop(403, "console.error.403")
    return here


def _edits(ask: Ask, office: str) -> bool:
    return ask.may("rota") and (office == ask.member.office or ask.member.role == "administrator")


def _read(ask: Ask, office: str) -> Shift:
    start, end = _moment(ask, "from"), _moment(ask, "to")
    if not start < end <= start + LONGEST:
        raise Stop(422, "console_rota.order")
    staff, deputy = ask.word("staff"), ask.word("deputy")
    if not staff.isdecimal() or (deputy and not deputy.isdecimal()):
        raise Stop(422, "console_rota.who")
    leave = ask.word("kind") == "leave"
    return Shift(0, office, int(staff), start, end, "leave" if leave else "duty", int(deputy or 0) if leave else 0)


def _moment(ask: Ask, name: str) -> datetime:
    try:
        day, clock = date.fromisoformat(ask.word(f"{name}_day")), time.fromisoformat(ask.word(f"{name}_clock"))
        if not 2000 < day.year < 2200:
            raise ValueError(day)
        return datetime.combine(day, clock.replace(tzinfo=None), BANGKOK).astimezone(UTC)
    except ValueError:
        raise Stop(422, "console_rota.when") from None


def _monday(ask: Ask) -> date:
    try:
        day = date.fromisoformat(ask.query.get("week", ""))
    except ValueError:
        day = sure_moment(ask.now).astimezone(BANGKOK).date()
    day = min(max(day, date(2000, 1, 3)), date(2200, 1, 1))
    return day - timedelta(days=day.weekday())


# --- what is shown ---------------------------------------------------------------------------------------------------


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, BANGKOK)


def _day(day: date, shifts: list[Shift], now: datetime) -> Day:
    begins, ends = _midnight(day), _midnight(day + timedelta(days=1))
    mine = tuple(one for one in shifts if one.start < ends and one.end > begins)
    return Day(begins + timedelta(hours=12), begins <= now < ends, mine)


def _staff(roster: Roster, office: str) -> list[Member]:
    return sorted(roster.of(office), key=lambda one: one.name)


def _offices(ask: Ask, roster: Roster) -> list[str]:
    """What an administrator can choose: all offices with staff, those that nobody can reach first."""
    if ask.member.role != "administrator":
        return []
    found = {one.office for one in roster.members.values()}
    return sorted(found, key=lambda one: (duty.can_be_reached(roster, one), one))
