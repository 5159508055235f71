"""The outbox: what must leave the house. A row is claimed, sent without any transaction open, and noted.

Only the oldest unsent row of a lane can be claimed, so a person reads answers in their order. A claim is a promise to
note before `due`; a sender that dies leaves its rows to be claimed again after that. What must arrive is due an hour
before it was made, which puts it in front of any queue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, func, select, update

from bot.db.tables import live, outbox

AT_MOST = 5  # messages of one reply or push
REPLY_LIVES = 50_000  # of the 60 s of LINE's reply token; the rest is for the way
FIRST = 3600 * 1000  # how far in front what must arrive is put
UNSENT = ("waiting", "sending")


@dataclass(frozen=True, slots=True)
class Letter:
    """A row on its way out. `messages` is JSON; once tried it never changes, nor do its key and its recipient."""

    id: int
    lane: str
    event_id: str
    messages: str
    token: str
    token_at: int
    must_arrive: bool
    how: str
    retry_key: str
    plain: bool
    unclear: bool
    attempts: int
    made_at: int
    first_attempt_at: int | None
    about: str = ""  # code of the ticket that it is about, so that an answer that quotes it finds its way
    left_sending: bool = False  # found in "sending" after its time: its sender died

    def bodies(self) -> list[dict[str, Any]]:
        return list(orjson.loads(self.messages))


@dataclass(frozen=True, slots=True)
class Note:
    """What became of an attempt: the letter as it now stands, its state, and when it is due again."""

    letter: Letter
    state: str
    due: int = 0
    fault: str = ""
    sent_ids: tuple[str, ...] = ()


FIELDS = tuple(name for name in Letter.__dataclass_fields__ if name != "left_sending")


def put(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Rows made by `row`."""
    if rows:
        connection.execute(sa.insert(outbox), list(rows))


LEASE = 8_000  # milliseconds that a claim is kept: longer than any call may take (6 s)
_busy = select(outbox.c.lane).where(outbox.c.lane.in_(sa.bindparam("lanes", expanding=True)), live(outbox)).distinct()
_insert = sa.insert(outbox).returning(outbox.c.id, outbox.c.lane)


def put_claimed(connection: Connection, rows: Sequence[dict[str, Any]], now: int) -> list[Letter]:
    """Rows that their own process sends at once are born claimed, which spares a transaction a letter.

    Only replies, only one a lane, and only where nothing else of the lane waits, is on its way or is parked: everything
    else is put as ever. Gives the letters that are the caller's to send; to all others they look like any claimed one.
    """
    busy = set(connection.execute(_busy, {"lanes": [one["lane"] for one in rows]}).scalars())
    lanes = [one["lane"] for one in rows]
    young = [one for one in rows if one["token"] and now - one["token_at"] < REPLY_LIVES]
    mine = [one for one in young if one["lane"] not in busy and lanes.count(one["lane"]) == 1]
    put(connection, [one for one in rows if one not in mine])
    if not mine:
        return []
    claimed = {"state": "sending", "how": "reply", "attempts": 1, "first_attempt_at": now, "due": now + LEASE}
    ids = {found.lane: found.id for found in connection.execute(_insert, [one | claimed for one in mine])}
    return [_born(one, ids[one["lane"]], now) for one in mine]


def _born(row: dict[str, Any], id_: int, now: int) -> Letter:
    return Letter(
        id=id_,
        lane=row["lane"],
        event_id=row["event_id"],
        messages=row["messages"],
        token=row["token"],
        token_at=row["token_at"],
        must_arrive=row["must_arrive"],
        how="reply",
        retry_key="",
        plain=False,
        unclear=False,
        attempts=1,
        made_at=row["made_at"],
        first_attempt_at=now,
        about=row["about"],
    )


def row(
    lane: str,
    messages: Sequence[dict[str, Any]],
    now: int,
    event_id: str = "",
    token: str = "",
    token_at: int = 0,
    must_arrive: bool = False,
    about: str = "",
) -> dict[str, Any]:
    return {
        "lane": lane,
        "event_id": event_id,
        "messages": orjson.dumps(list(messages)).decode(),
        "token": token,
        "token_at": token_at,
        "must_arrive": must_arrive,
        "about": about,
        "made_at": now,
        "due": now - FIRST if must_arrive else now,
    }


# --- claiming --------------------------------------------------------------------------------------------------------

_earlier = outbox.alias("earlier")
_blocked = (
    select(_earlier.c.id)
    .where(_earlier.c.lane == outbox.c.lane, _earlier.c.id < outbox.c.id, live(_earlier), _earlier.c.state.in_(UNSENT))
    .exists()
)
_due = (
    select(*(outbox.c[name] for name in FIELDS), (outbox.c.state == "sending").label("left_sending"))
    .where(live(outbox), outbox.c.due <= sa.bindparam("now"))
    .where(~_blocked)
    .order_by(outbox.c.due, outbox.c.id)
    .limit(sa.bindparam("many"))
    .with_for_update(skip_locked=True)
)


_any = select(outbox.c.id).where(live(outbox), outbox.c.due <= sa.bindparam("now"))


def any_due(connection: Connection, now: int) -> bool:
    return connection.execute(_any.limit(1), {"now": now}).first() is not None


def due(connection: Connection, now: int, many: int) -> list[Letter]:
    """The letters whose turn it is, at most one a lane but for parked ones, locked until the transaction ends."""
    first: dict[str, Letter] = {}
    for found in connection.execute(_due, {"now": now, "many": many}):
        first.setdefault(found.lane, _letter(found))
    return list(first.values())


def _letter(found: Any) -> Letter:
    return Letter(*found)


_claim = (
    update(outbox)
    .where(outbox.c.id == sa.bindparam("row_id"))
    .values(
        state="sending",
        attempts=outbox.c.attempts + 1,
        due=sa.bindparam("lease"),
        how=sa.bindparam("by"),
        retry_key=sa.bindparam("key"),
        messages=sa.bindparam("bodies"),
        must_arrive=sa.bindparam("must"),
        first_attempt_at=func.coalesce(outbox.c.first_attempt_at, sa.bindparam("at")),
    )
)


def claim(connection: Connection, letters: Sequence[Letter], now: int, lease: int) -> list[Letter]:
    """Freezes way, key and bytes before the first byte leaves the house."""
    if not letters:
        return []
    connection.execute(
        _claim,
        [
            {
                "row_id": one.id,
                "lease": lease,
                "by": one.how,
                "key": one.retry_key,
                "bodies": one.messages,
                "must": one.must_arrive,
                "at": now,
            }
            for one in letters
        ],
    )
    return [replace(one, attempts=one.attempts + 1, first_attempt_at=one.first_attempt_at or now) for one in letters]


def overtaken(connection: Connection, letters: Sequence[Letter]) -> set[int]:
    """Ids of those letters after which a newer answer waits in the same lane."""
    if not letters:
        return set()
    newest = (
        select(outbox.c.lane, func.max(outbox.c.id))
        .where(outbox.c.lane.in_([one.lane for one in letters]), live(outbox), outbox.c.state == "waiting")
        .group_by(outbox.c.lane)
    )
    last = {row[0]: row[1] for row in connection.execute(newest)}
    return {one.id for one in letters if last.get(one.lane, 0) > one.id}


def ride_along(connection: Connection, letters: Sequence[Letter], now: int) -> list[Letter]:
    """Parked pushes of a lane go with its next reply, which is free. Only letters that were never tried may grow."""
    fresh = [one.lane for one in letters if one.how == "reply" and one.first_attempt_at is None]
    parked: dict[str, list[Any]] = {}
    if fresh:
        waiting = (
            select(outbox.c.id, outbox.c.lane, outbox.c.messages)
            .where(live(outbox), outbox.c.state == "parked", outbox.c.lane.in_(fresh))
            .order_by(outbox.c.id)
        )
        for found in connection.execute(waiting):
            parked.setdefault(found.lane, []).append(found)
    if not parked:
        return list(letters)
    return [_joined(connection, one, parked.get(one.lane, []), now) for one in letters]


def _joined(connection: Connection, letter: Letter, parked: Sequence[Any], now: int) -> Letter:
    if letter.how != "reply" or letter.first_attempt_at is not None:
        return letter
    bodies = letter.bodies()
    took: list[int] = []
    for one in reversed(parked):  # the newest first, as far as there is room
        more = orjson.loads(one.messages)
        if one.id != letter.id and len(more) + len(bodies) <= AT_MOST:
            bodies, took = more + bodies, [*took, one.id]
    if not took:
        return letter
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(took))
        .values(state="sent", how="with", fault=f"with {letter.id}", messages="[]", done_at=now)
    )
    return replace(letter, messages=orjson.dumps(bodies).decode(), must_arrive=True)


# --- noting ----------------------------------------------------------------------------------------------------------

_note = (
    update(outbox)
    .where(outbox.c.id == sa.bindparam("row_id"))
    .values(
        state=sa.bindparam("now_state"),
        due=sa.bindparam("again"),
        fault=sa.bindparam("why"),
        unclear=sa.bindparam("doubt"),
        plain=sa.bindparam("words_only"),
        token=sa.bindparam("left_token"),
        retry_key=sa.bindparam("key"),
        messages=sa.bindparam("bodies"),
        sent_ids=sa.bindparam("ids"),
        done_at=sa.bindparam("at"),
    )
)
KEEPS_CONTENT = ("waiting", "parked", "dead")


_sent = (
    update(outbox)
    .where(outbox.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(state="sent", messages="[]", token="", done_at=sa.bindparam("at"))
)


def note(connection: Connection, notes: Iterable[Note], now: int) -> None:
    """Most letters are simply sent, and those are noted in one statement."""
    notes = list(notes)
    simply = [one.letter.id for one in notes if _simply_sent(one)]
    if simply:
        connection.execute(_sent, {"ids": simply, "at": now})
    _note_each(connection, [one for one in notes if not _simply_sent(one)], now)


def _simply_sent(note: Note) -> bool:
    return note.state == "sent" and not note.fault and not _quotable(note.letter) and not note.letter.unclear


def _quotable(letter: Letter) -> bool:
    """Whose messages are known by their ids: those to groups, and those about a ticket."""
    return letter.lane[:1] in "CR" or bool(letter.about)


def _note_each(connection: Connection, notes: Sequence[Note], now: int) -> None:
    rows = [
        {
            "row_id": one.letter.id,
            "now_state": one.state,
            "again": one.due,
            "why": one.fault,
            "doubt": one.letter.unclear,
            "words_only": one.letter.plain,
            "left_token": one.letter.token if one.state == "waiting" else "",
            "key": one.letter.retry_key,
            "bodies": one.letter.messages if one.state in KEEPS_CONTENT else "[]",
            "ids": ",".join(one.sent_ids) if _quotable(one.letter) else "",
            "at": None if one.state in ("waiting", "parked") else now,
        }
        for one in notes
    ]
    if rows:
        connection.execute(_note, rows)


def take_back_claims(connection: Connection, now: int) -> int:
    """At the start of a lone house: whatever was being sent belongs to a sender that is no more."""
    freed = connection.execute(update(outbox).where(live(outbox), outbox.c.state == "sending").values(due=now))
    return int(freed.rowcount)


def next_due(connection: Connection) -> int | None:
    found = select(func.min(outbox.c.due)).where(live(outbox))
    value = connection.execute(found).scalar()
    return None if value is None else int(value)


def counts(connection: Connection) -> dict[str, int]:
    """Rows by state; dead, parked and unclear ones are what staff must see."""
    found = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    return {row[0]: row[1] for row in found}


TOLD = ("id", "state", "how", "attempts", "fault", "made_at", "first_attempt_at")


def unsent(connection: Connection) -> list[dict[str, Any]]:
    """What staff must see: letters that are dead, parked or of unclear end. Without words and without whose."""
    found = (
        select(*(outbox.c[name] for name in TOLD))
        .where(outbox.c.state.in_(("dead", "parked", "unclear")))
        .order_by(outbox.c.id)
    )
    return [dict(row) for row in connection.execute(found).mappings()]


def revive(connection: Connection, ids: Sequence[int], now: int) -> int:
    """Dead and parked letters get another life, under a new key: the old one may be forgotten by LINE."""
    again = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state.in_(("dead", "parked")))
        .values(
            state="waiting",
            due=now,
            made_at=now,
            first_attempt_at=None,
            retry_key="",
            token="",
            how="",
            unclear=False,
            must_arrive=True,
            attempts=0,
            done_at=None,
            fault="",
        )
    )
    return int(connection.execute(again).rowcount)


def waiting_events(connection: Connection, lane: str) -> list[str]:
    """The events whose answers have not left the house yet."""
    found = select(outbox.c.event_id).where(outbox.c.lane == lane, live(outbox), outbox.c.state != "sending")
    return list(connection.execute(found).scalars())


def forget(connection: Connection, lane: str, event_ids: Sequence[str]) -> None:
    """Answers that may quote an unsent message are not sent any more."""
    connection.execute(
        update(outbox)
        .where(outbox.c.lane == lane, live(outbox), outbox.c.state != "sending", outbox.c.event_id.in_(event_ids))
        .values(state="stale", messages="[]")
    )


def sweep(connection: Connection, before: int) -> int:
    ended = sa.and_(outbox.c.state.in_(("sent", "stale", "unclear")), outbox.c.done_at < before)
    return int(connection.execute(sa.delete(outbox).where(ended)).rowcount)
