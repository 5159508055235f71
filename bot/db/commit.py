"""Writes what handlers decided: all Outcomes of a batch, one statement a table, in the caller's transaction.

Acts of one kind are written together, kinds in the order in which they need each other: a ticket before its story,
media before what attaches them, and what is erased last of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.db import (
    audit,
    cases,
    conversations,
    doing,
    follows,
    gaps,
    groups,
    inbox,
    incidents,
    leading,
    links,
    media,
    notices,
    outbox,
    people,
    surges,
    tickets,
    unsends,
)
from bot.sealing import Sealing
from handlers.vocabulary import (
    Act,
    Attach,
    Change,
    Conversation,
    Deed,
    Erase,
    Fetch,
    Follow,
    Gap,
    Gather,
    Join,
    Learn,
    Leave,
    Move,
    Notice,
    Open,
    Rate,
    Reach,
    Tell,
)

A = TypeVar("A", bound=Act)


@dataclass(frozen=True, slots=True)
class Decided:
    """One turn's end: whose, by which events, what shall happen, and the outbox rows that say it."""

    lane: str
    event_ids: tuple[str, ...]
    conversation: Conversation
    acts: tuple[Act, ...] = ()
    letters: tuple[dict[str, Any], ...] = ()
    buried: str = ""  # why, where the events failed for good


Put = Callable[[Connection, Sequence[dict[str, Any]]], None]


def write(
    connection: Connection, decided: Sequence[Decided], sealing: Sealing, now: int, put: Put = outbox.put
) -> list[str]:
    """Everything of the batch; gives the keys of stored media whose bytes must go after the commit."""
    inbox.mark_done(connection, [event_id for one in decided if not one.buried for event_id in one.event_ids], now)
    for one in decided:
        if one.buried:
            inbox.bury(connection, one.event_ids, now, one.buried)
    conversations.save(connection, [one.conversation for one in decided], sealing)
    put(connection, [letter for one in decided for letter in one.letters])
    if not any(one.acts for one in decided):
        return []
    return _acts(connection, decided, sealing, now)


def _acts(connection: Connection, decided: Sequence[Decided], sealing: Sealing, now: int) -> list[str]:
    for one in decided:
        if any(isinstance(act, Deed) for act in one.acts):
            doing.do(connection, one.acts, sealing, now)
    decided = [one for one in decided if not any(isinstance(act, Deed) for act in one.acts)]
    opened = list(_of(decided, Open))
    tickets.open_all(connection, [act for _, act in opened], now, sealing.new_page)
    people.seal_all(connection, [(act.code, lane, act.reporter) for lane, act in opened], sealing)
    surges.gather(connection, [act for _, act in opened], now)
    for lane, act in _of(decided, Learn):
        tickets.learn(connection, act, now)
        if act.reporter is not None:
            people.change(connection, act.code, lane, act.reporter, sealing)
    moves = [move for _, move in _of(decided, Move)]
    for move in moves:
        tickets.move(connection, move, now)
    leading.hand_on(connection, [move.code for move in moves if move.to == "withdrawn"], now)
    for _, change in _of(decided, Change):
        cases.change(connection, change, now)
    for _, rate in _of(decided, Rate):
        tickets.rate(connection, rate, now)
    told, noticed = [act for _, act in _of(decided, Tell)], [act for _, act in _of(decided, Notice)]
    more, noticed = incidents.pass_on(connection, told, noticed)
    tickets.tell_all(connection, [*told, *more])
    tickets.touched(connection, {one.code for one in (*told, *more)}, now)
    media.wanted(connection, [(lane, act.media) for lane, act in _of(decided, Fetch)], sealing, now)
    media.attach(connection, [Attach(act.code, act.media) for _, act in opened])
    media.attach(connection, [act for _, act in _of(decided, Attach)])
    notices.keep(connection, noticed, now)
    for _, gather in _of(decided, Gather):
        incidents.join(connection, gather, now)
    for lane, reach in _of(decided, Reach):
        people.reach(connection, lane, reach.state, sealing)
    for lane, join in _of(decided, Join):
        links.join(connection, lane, join, now)
    for lane, follow in _of(decided, Follow):
        follows.take(connection, follow.code, lane, sealing)
    for lane, _ in _of(decided, Leave):
        groups.left(connection, lane)
    gaps.keep(connection, [act for _, act in _of(decided, Gap)], now)
    audit.write(connection, [entry for one in decided for act in one.acts for entry in _audited(act)], now)
    erased = [(lane, act.message_id) for lane, act in _of(decided, Erase)]
    return [key for lane, message in erased for key in unsends.erase(connection, lane, message, sealing, now)]


def _of(decided: Sequence[Decided], kind: type[A]) -> Iterator[tuple[str, A]]:
    return ((one.lane, act) for one in decided for act in one.acts if isinstance(act, kind))


def _audited(act: Act) -> Iterator[audit.Entry]:
    """What a reporter's turn leaves in the log: acts and fields, never words."""
    if isinstance(act, Open):
        yield audit.Entry("reporter", "open", act.code, {"kind": act.kind, "type": act.type, "office": act.office})
    elif isinstance(act, Learn):
        yield audit.Entry("reporter", "learn", act.code, {"fields": sorted(act.report)})
    elif isinstance(act, Move):
        yield audit.Entry("reporter", "move", act.code, {"to": act.to})
    elif isinstance(act, Gather):
        yield audit.Entry("reporter", "join", act.code, {"incident": act.incident})
    elif isinstance(act, Follow):
        yield audit.Entry("reporter", "follow", act.code)
    elif isinstance(act, Rate):
        yield audit.Entry("reporter", "rate", act.code, {"stars": act.stars})
    elif isinstance(act, Erase):
        yield audit.Entry("reporter", "unsend")
