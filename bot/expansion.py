"""From a notice to deliveries: who hears of it by which way and when, inside the notifier's transaction.

Who is told stands in `handlers.notices`; here the people get their ways. What is urgent goes by every way at once.
What can wait waits for the end of quiet hours, and goes by LINE while the quota lets it, and by the ways that somebody
added; mail is the way that everybody has, so it serves where nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import quota
from bot.db import cases, deliveries, notices, rota, surges, tallies, ways, work
from bot.db.deliveries import DIGEST, LINE, MAIL
from bot.db.rows import millis, sure_moment, unpack
from bot.db.ways import Way
from bot.quota import Quota
from handlers import duty
from handlers import notices as rules
from handlers.cases import Case
from handlers.notices import Crew, Recipient
from handlers.vocabulary import Notice
from handlers.words import BANGKOK

if TYPE_CHECKING:
    from bot.notifier import World
    from handlers.duty import Roster

TAKEN = "ticket.taken"
NO_WAY = "no way to reach this person: no LINE account, no mail, no other way"


@dataclass(frozen=True)
class Known:
    """What is known when recipients get their ways."""

    people: Mapping[int, Any]
    own: Mapping[int, list[Way]]
    shared: Mapping[str, list[Way]]
    chats: Mapping[str, list[str]]
    quota: Quota
    ready: frozenset[str]  # channels with all their settings
    now: int


# --- expanding -------------------------------------------------------------------------------------------------------


def expand(connection: Any, world: World, now: int, many: int) -> tuple[int, int]:
    """Deliveries for what nobody has expanded yet; gives how many notices and how many deliveries there were."""
    found = deliveries.fresh(connection, many, now)
    if not found:
        return 0, 0
    roster = rota.roster(connection, sure_moment(now), world.knowledge)
    held = cases.load_all(connection, [row.code for row in found if row.code])
    calm = surges.hushed(connection, [row.code for row in found if surges.is_hushed(row.rule)])
    loud = [row for row in found if row.code not in calm or not surges.is_hushed(row.rule)]
    told = [(row, _values(connection, row), held.get(row.code)) for row in loud]
    meant = [(row, values, _recipients(row.rule, values, case, roster, now)) for row, values, case in told]
    known = _known(connection, world, [one for _, _, some in meant for one in some], now)
    lines: list[dict[str, Any]] = []
    for row, values, some in meant:
        lines += _morning(connection, row, some, known) if row.rule == DIGEST else _rows(row, values, some, known)
    deliveries.put(connection, lines)
    deliveries.settle(connection, [row.id for row in found])
    return len(found), len(lines)


def _values(connection: Any, row: Any) -> Mapping[str, Any]:
    values = unpack(row._mapping["values"])
    taken = rules.rule_of(row.rule)[0] == TAKEN
    return {**values, "alarmed": deliveries.alarmed(connection, row.code)} if taken else values


def _recipients(
    rule: str, values: Mapping[str, Any], case: Case | None, roster: Roster, now: int
) -> tuple[Recipient, ...]:
    offices = {str(values.get(name) or "") for name in ("office", "before")} | ({case.office} if case else set())
    at = sure_moment(now)
    held = {office: tuple(one.id for one in duty.on_duty(roster, office, at)) for office in offices if office}
    away = (one.staff for one in roster.shifts if one.kind == "leave" and one.covers(at))
    crew = Crew(tuple(roster.members.values()), held, {id_: duty.stands_in(roster, id_, at) for id_ in away})
    return rules.recipients(rule, values, case, crew)


def _known(connection: Any, world: World, told: Sequence[Recipient], now: int) -> Known:
    people = {one.staff for one in told if one.staff}
    offices = {one.office for one in told if not one.staff}
    own: dict[int, list[Way]] = {}
    shared: dict[str, list[Way]] = {}
    for way in ways.of(connection, people, offices, world.sealing):
        (own.setdefault(way.staff, []) if way.staff else shared.setdefault(way.office, [])).append(way)
    chats: dict[str, list[str]] = {}
    for row in ways.chats(connection, list(offices)):
        chats.setdefault(row.office, []).append(row.lane)
    ready = frozenset(name for name, channel in world.channels.items() if channel.ready())
    return Known(ways.contacts(connection, people), own, shared, chats, quota.read(connection, now), ready, now)


def _rows(notice: Any, values: Mapping[str, Any], told: Iterable[Recipient], known: Known) -> Iterator[dict[str, Any]]:
    for one in told:
        urgent = one.level == "now"
        if one.level == DIGEST and one.staff:
            yield _kept(notice, values, one, known)
            continue
        due = known.now if urgent else _end_of_quiet(one, known)
        found = list(_ways(one, known, urgent))
        for kind, way, lane in found:
            yield deliveries.row(
                one.rule, notice.code, kind, _marked(values, notice.rule), known.now, due, notice.id, one.staff, way,
                lane, urgent,
            )  # fmt: skip
        if not found and one.staff:
            yield _nowhere(notice, values, one, known, urgent)


def _marked(values: Mapping[str, Any], rule: str) -> dict[str, Any]:
    return {**values, "drill": True} if rule.startswith(rules.DRILL) else dict(values)


def _kept(notice: Any, values: Mapping[str, Any], one: Recipient, known: Known) -> dict[str, Any]:
    """For the morning's list."""
    due = millis(rules.next_digest(sure_moment(known.now)))
    return deliveries.row(
        one.rule, notice.code, "", _marked(values, notice.rule), known.now, due, notice.id, one.staff, state=DIGEST
    )


def _nowhere(notice: Any, values: Mapping[str, Any], one: Recipient, known: Known, urgent: bool) -> dict[str, Any]:
    """Nobody can say it to them now: shown as dead where it is urgent, else kept for whoever adds a way."""
    if not urgent and any(way.wants == DIGEST for way in known.own.get(one.staff, ())):
        return _kept(notice, values, one, known)
    return deliveries.row(
        one.rule, notice.code, "", values, known.now, known.now, notice.id, one.staff, urgent=urgent, state="dead",
        fault=NO_WAY,
    )  # fmt: skip


def _end_of_quiet(one: Recipient, known: Known) -> int:
    row = known.people.get(one.staff)
    quiet = row.quiet if row is not None else rules.table().quiet
    ends = rules.quiet_until(quiet, sure_moment(known.now))
    return millis(ends) if ends else known.now


def _ways(one: Recipient, known: Known, urgent: bool) -> Iterator[tuple[str, int, str]]:
    """(kind, way, lane) of everything by which this recipient hears of something at this level."""
    if not one.staff:
        for lane in known.chats.get(one.office, ()):
            if known.quota.takes(urgent):
                yield LINE, 0, lane
        yield from ((way.kind, way.id, "") for way in known.shared.get(one.office, ()) if _wanted(way, known, urgent))
        return
    row = known.people.get(one.staff)
    if row is None:
        return
    own = known.own.get(one.staff, ())
    found = [(way.kind, way.id, "") for way in own if way.kind != LINE and _wanted(way, known, urgent)]
    wish = next((way.wants for way in own if way.kind == LINE), "all")
    if row.lane and not row.lane_state and known.quota.takes(urgent) and _wants(wish, urgent):
        found.append((LINE, 0, row.lane))
    mailed = any(kind == MAIL for kind, _, _ in found)
    if MAIL in known.ready and row.email and not mailed and (urgent or (not found and not _declined(own))):
        found.append((MAIL, 0, ""))
    yield from found


def _wanted(way: Way, known: Known, urgent: bool) -> bool:
    return not way.state and way.kind in known.ready and _wants(way.wants, urgent)


def _wants(wish: str, urgent: bool) -> bool:
    return wish == "all" or (urgent and wish == "urgent")


def _declined(own: Iterable[Way]) -> bool:
    """Somebody who put a way to the morning's list does not want the rest by mail instead."""
    return any(way.wants == DIGEST for way in own)


# --- the morning's list ----------------------------------------------------------------------------------------------


def morning_is_due(connection: Any, now: int) -> bool:
    day = _day(now)
    return bool(day) and f"digest.{day}" not in tallies.read(connection, [f"digest.{day}"])


def begin_morning(connection: Any, now: int) -> None:
    """Once a day, by whichever process comes first."""
    day = _day(now)
    if day and tallies.once(connection, f"digest.{day}", now):
        notices.keep(connection, [Notice(DIGEST, "", {"day": day})], now)
        tallies.forget(connection, "digest.", now - 7 * 24 * 3600 * 1000)


def _day(now: int) -> str:
    """Today in Thailand, once it is time for the list; empty before, and in the evening, when the morning is over."""
    local = sure_moment(now).astimezone(BANGKOK)
    begins = rules.table().digest_at
    return f"{local:%Y-%m-%d}" if begins <= local.time().replace(tzinfo=None) and local.hour < 12 else ""


def _morning(connection: Any, notice: Any, told: Sequence[Recipient], known: Known) -> Iterator[dict[str, Any]]:
    """A list for everybody for whom something waits; by LINE only to those who have nothing else."""
    ids = [one.staff for one in told if one.staff]
    kept: dict[int, list[Any]] = {}
    for row in deliveries.kept_for_morning(connection, ids):
        kept.setdefault(row.staff, []).append(row)
    mine = work.in_hand(connection, ids, known.now)
    free = work.untaken(connection, list({one.office for one in told if one.staff}))
    deliveries.told_in_list(connection, [row.id for rows in kept.values() for row in rows], known.now)
    for one in told:
        lines = [[row.rule, row.code] for row in kept.get(one.staff, ())]
        opened, late = mine.get(one.staff, (0, 0))
        if one.staff and (lines or opened or late):
            counts = {"mine": opened, "late": late, "office": free.get(one.office, 0)}
            found = list(_ways_of_list(one, known))
            for kind, way, lane in found:
                yield deliveries.row(
                    DIGEST, "", kind, {"lines": lines, **counts}, known.now, known.now, notice.id, one.staff, way, lane
                )


def _ways_of_list(one: Recipient, known: Known) -> Iterator[tuple[str, int, str]]:
    own = known.own.get(one.staff, ())
    found = [
        (way.kind, way.id, "")
        for way in own
        if way.kind != LINE and not way.state and way.kind in known.ready and way.wants in ("all", DIGEST)
    ]
    row = known.people.get(one.staff)
    if row is None:
        return
    if not found and MAIL in known.ready and row.email:
        found = [(MAIL, 0, "")]
    if not found and row.lane and not row.lane_state and known.quota.takes(False):
        found = [(LINE, 0, row.lane)]
    yield from found
