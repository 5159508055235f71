"""The worker: holds lanes, lets the handlers decide, and commits what they decided.

Several lanes go into one transaction, one turn a lane. A handler that fails harms its own lane alone; a write that
fails is rolled back, and the lanes are done one by one. An event that fails twice is buried with its trace, the
person is told, and the lane goes on. An outage of the database is nobody's fault and counts for nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from bot.db import (
    cases,
    commit,
    conversations,
    follows,
    inbox,
    links,
    members,
    near,
    outbox,
    quotes,
    tickets,
    unsends,
    work,
)
from bot.db.engine import Database, is_outage
from bot.db.lanes import Held, hold
from bot.db.outbox import Letter
from bot.db.rows import sure_moment
from bot.line.messages import render
from bot.log import fault, logger
from bot.profiles import WAITS, Profiles, wanted
from bot.sealing import Sealing, check_code
from bot.turns import Taken, Wait, next_turn
from bot.wake import Wake
from handlers import following, staff_cards
from handlers import offered as offering
from handlers.following import Followed
from handlers.incidents import newly_placed, to_ask
from handlers.offered import Offered
from handlers.people import Member
from handlers.tickets_shown import about_of
from handlers.vocabulary import Button, Conversation, Erase, Incoming, Notice, Outcome, Say, T, Tap, Ticket, Turn
from handlers.words import Words

if TYPE_CHECKING:
    from knowledge.load import Knowledge

MANY = 32  # lanes a transaction: 1.1 times the turns of 16 on SQLite, 1.0 to 1.5 on PostgreSQL; 64 gave no more
TRIES = 2
DESK = "desk"  # the flow of cards on which staff act
RETRY = 500  # milliseconds until a failed event is tried once more
LIMITED = ("text", "tap", "pin", "media", "sticker")
SORRY = Say("house.sorry", buttons=(Button(T("house.person"), Tap("home", "person")),))
log = logger()


@dataclass(frozen=True)
class Tools:
    """What a worker needs to decide; made once by the house. `drop` erases stored bytes, `clock` gives milliseconds."""

    sealing: Sealing
    wake: Wake
    knowledge: Knowledge
    words: Words
    clock: Callable[[], int]
    handle: Callable[[Turn], Outcome]
    drop: Callable[[Sequence[str]], None] = lambda keys: None
    base: str = ""  # our public address
    profiles: Profiles | None = None
    window: int = 1000  # of fragments, in milliseconds
    at: Callable[[str], None] = lambda step: None  # crash tests stop here; a house passes nothing


@dataclass(frozen=True, slots=True)
class Who:
    """Whose lane it is: the talk, the person's own tickets, and the account where this is one of the staff."""

    talk: Conversation
    tickets: tuple[Ticket, ...]
    member: Member | None = None


class Carrier(Protocol):
    """A sender of this process, which takes letters straight from the commit."""

    def has_room(self) -> bool: ...
    def take(self, letters: Sequence[Letter]) -> None: ...


@dataclass(slots=True)
class Batch:
    """What one transaction collects."""

    decided: list[commit.Decided] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    failed: list[tuple[Taken, str]] = field(default_factory=list)
    claimed: list[Letter] = field(default_factory=list)
    newcomers: list[str] = field(default_factory=list)  # whose language is asked for once the batch is committed


class Worker:
    """Runs in a thread of its own; any number of them, in any number of processes."""

    def __init__(self, database: Database, tools: Tools, many: int = MANY, carrier: Carrier | None = None) -> None:
        self._database = database
        self._carrier = carrier
        self._tools = tools
        self._many = many
        self._trying: list[str] = []
        self._told: dict[str, int] = {}
        self._due: int | None = None
        self.turns = 0
        self.batches = 0

    def run(self, stop: threading.Event, poll: float = 0.25) -> None:
        """Until `stop`: the only loop of the worker that catches everything."""
        while not stop.is_set():
            try:
                if self.step():
                    continue
            except Exception as error:
                log.error("worker_failed", fault=fault(error))
                stop.wait(1.0)
            self._tools.wake.inbox.wait(self._nap(poll))

    def step(self) -> int:
        """One transaction; gives how many events were dealt with."""
        self._trying = []
        try:
            return self._together(())
        except Exception as error:
            if is_outage(error) or not self._trying:
                raise
            log.warning("batch_failed", fault=fault(error), lanes=len(self._trying))
            return sum(self._alone(lane) for lane in self._trying)

    # --- one transaction -----------------------------------------------------------------------------------------

    def _together(self, only: Sequence[str]) -> int:
        now = self._tools.clock()
        with hold(self._database, now, 1 if only else self._many, only) as held:
            if not held.lanes:
                return 0
            if not only:
                self._trying = list(held.lanes)
            self._tools.at("held")
            batch = self._decide(held, now)
            self._tools.at("decided")
            with held.writing() as connection:
                gone = self._write(connection, batch, now)
                self._tools.at("written")
        self._tools.at("committed")
        self._after(batch, gone)
        return sum(len(one.event_ids) for one in batch.decided) + len(batch.failed)

    def _write(self, connection: Any, batch: Batch, now: int) -> list[str]:
        inbox.wait_until(connection, [(id_, wait.until) for wait in batch.waits for id_ in wait.ids])
        for taken, why in batch.failed:
            inbox.mark_failed(connection, taken.ids, now + RETRY, why)
        if not batch.decided:
            return []

        def put(connection: Any, rows: Sequence[dict[str, Any]]) -> None:
            if rows and self._carrier and self._carrier.has_room():
                batch.claimed = outbox.put_claimed(connection, rows, now)
            else:
                outbox.put(connection, rows)

        return commit.write(connection, batch.decided, self._tools.sealing, now, put)

    def _after(self, batch: Batch, gone: list[str]) -> None:
        if any(isinstance(act, Notice) for one in batch.decided for act in one.acts):
            self._tools.wake.noticed()
        if gone:
            self._tools.drop(gone)
        if batch.claimed and self._carrier:
            self._carrier.take(batch.claimed)
        if sum(len(one.letters) for one in batch.decided) > len(batch.claimed):
            self._tools.wake.written()
        for lane in batch.newcomers:
            if self._tools.profiles is not None:
                self._tools.profiles.ask(lane)
        self.turns += len(batch.decided)
        self.batches += 1
        dues = [wait.until for wait in batch.waits] + [self._tools.clock() + RETRY for _ in batch.failed]
        self._due = min([due for due in (self._due, *dues) if due is not None], default=None)

    def _decide(self, held: Held, now: int) -> Batch:
        """All reading in a few statements for all lanes, then the pure part lane by lane."""
        sealing, batch = self._tools.sealing, Batch()
        talks = conversations.load(held.reader, held.lanes, sealing)
        rows: dict[str, list[Any]] = {}
        for row in inbox.open_events(held.reader, held.lanes, now):
            rows.setdefault(row.lane, []).append(row)
        back = self._taken_back(held, rows)
        persons = {lane: sealing.persons(lane) for lane in rows}
        theirs = tickets.of_persons(held.reader, [one for some in persons.values() for one in some]) if rows else {}
        staff = members.of_lanes(held.reader, list(rows), self._tools.knowledge) if rows else {}
        for lane, events in rows.items():
            mine = tuple(self._with_page(ticket) for person in persons[lane] for ticket in theirs.get(person, ()))
            self._lane(held, batch, Who(talks[lane], mine, staff.get(lane)), events, back, now)
        return batch

    def _with_page(self, ticket: Ticket) -> Ticket:
        """The mark of its public page becomes the address, where this house has one."""
        base, mark = self._tools.base, ticket.page
        key = self._tools.sealing.page_key(ticket.code, mark) if base and mark else ""
        return replace(ticket, page=f"{base}/t/{key}" if key else "")

    def _taken_back(self, held: Held, rows: dict[str, list[Any]]) -> frozenset[str]:
        events = [row for some in rows.values() for row in some]
        here = {row.message for row in events if row.kind == "unsend" and row.message}
        asked = [row.message for row in events if row.message and row.kind != "unsend"]
        return frozenset(here | unsends.known(held.reader, asked))

    def _lane(
        self,
        held: Held,
        batch: Batch,
        who: Who,
        events: list[Any],
        back: frozenset[str],
        now: int,
    ) -> None:
        talk = who.talk
        taken: Taken | Wait = Taken((events[0].event_id,), attempts=events[0].attempts)
        try:
            taken = next_turn(events, talk, now, self._tools.window, self._dangerous, back)
            if talk.seen_at is None and isinstance(taken, Taken):
                taken = self._met(taken, talk, bool(events[0].due), now)
                if isinstance(taken, Wait):
                    batch.newcomers.append(talk.lane)
            if isinstance(taken, Wait):
                batch.waits.append(taken)
                return
            batch.decided.append(self._turn(held, who, taken, now))
        except Exception as error:
            if is_outage(error) or isinstance(taken, Wait):
                raise
            self._fell(batch, talk, taken, fault(error), now)

    def _met(self, taken: Taken, talk: Conversation, waited: bool, now: int) -> Taken | Wait:
        """Somebody new without words: for a moment we wait for the language of the phone, once."""
        incoming, profiles = taken.incoming, self._tools.profiles
        if incoming is None or profiles is None or not wanted(incoming, talk):
            return taken
        language = profiles.language(talk.lane)
        if language is None and not waited and profiles.can_ask(talk.lane):
            return Wait(taken.ids, now + WAITS)
        return replace(taken, incoming=replace(incoming, language=language or ""))

    # --- one turn ------------------------------------------------------------------------------------------------

    def _turn(self, held: Held, who: Who, taken: Taken, now: int) -> commit.Decided:
        incoming, talk = taken.incoming, who.talk
        if incoming is None:
            return commit.Decided(talk.lane, taken.ids, talk)
        if incoming.group and incoming.quoted and not incoming.to_us:
            incoming = replace(incoming, to_us=quotes.ours(held.reader, talk.lane, incoming.quoted))
        if incoming.kind in LIMITED and not self._tools.wake.allowed(talk.lane) and not self._dangerous(incoming.text):
            return self._decided(talk, taken, incoming, self._slow_down(talk, now), now)
        code = self._tools.sealing.code(taken.ids[0], taken.attempts)
        tap = incoming.tap
        about = who.member is not None and tap is not None and tap.flow == DESK
        case = cases.load(held.reader, check_code(tap.value.partition(":")[0])) if about and tap else None
        offered = self._offered(held, incoming.text, now) if incoming.kind == "text" else None
        knowledge, base = self._tools.knowledge, self._tools.base
        mine = work.of_member(held.reader, who.member.id) if who.member and staff_cards.asks_for_work(incoming) else ()
        turn = Turn(
            incoming, talk, who.tickets, knowledge, sure_moment(now), code, who.member, case, offered, mine, base,
            self._quoted(held, talk.lane, incoming), self._followed(held, talk.lane, incoming),
        )  # fmt: skip
        return self._decided(talk, taken, incoming, self._handled(held, turn, now), now)

    def _handled(self, held: Held, turn: Turn, now: int) -> Outcome:
        """Who has just told where it is may be asked whether it is what others reported there: then once more."""
        outcome = self._tools.handle(turn)
        told = newly_placed(turn, outcome)
        if told is None:
            return outcome
        what, place = told
        found = to_ask(near.open_incidents(held.reader, place, now), what)
        return self._tools.handle(replace(turn, near=found)) if found else outcome

    def _quoted(self, held: Held, lane: str, incoming: Incoming) -> str:
        return quotes.about(held.reader, lane, incoming.quoted) if incoming.quoted and not incoming.group else ""

    def _followed(self, held: Held, lane: str, incoming: Incoming) -> Followed | None:
        typed = following.typed(incoming.text) if incoming.kind == "text" and not incoming.group else None
        found = follows.look_up(held.reader, typed, lane, self._tools.sealing) if typed else None
        return replace(found, ticket=self._with_page(found.ticket)) if found and found.ticket else found

    def _offered(self, held: Held, text: str, now: int) -> Offered | None:
        typed = offering.typed(text)
        return links.look_up(held.reader, typed, self._tools.sealing, now) if typed else None

    def _decided(
        self, talk: Conversation, taken: Taken, incoming: Incoming, outcome: Outcome, now: int
    ) -> commit.Decided:
        after = replace(outcome.conversation or talk, lane=talk.lane, seen_at=incoming.at)
        acts = outcome.acts
        if incoming.kind == "unsend":  # whatever a flow does with it, it is erased everywhere
            acts = tuple(dict.fromkeys([*acts, *(Erase(id_) for id_ in incoming.message_ids)]))
        letters = self._letters(after, taken, outcome.says, now) if not after.blocked else ()
        return commit.Decided(talk.lane, taken.ids, after, acts, letters)

    def _letters(self, talk: Conversation, taken: Taken, says: Sequence[Say], now: int) -> tuple[dict[str, Any], ...]:
        messages = render(says, talk.lang, self._tools.words) if says else []
        if not messages:
            return ()
        must = any(say.must_arrive for say in says)
        about = next(filter(None, map(about_of, reversed(says))), "")
        return (outbox.row(talk.lane, messages, now, taken.ids[0], taken.token, taken.token_at, must, about),)

    def _slow_down(self, talk: Conversation, now: int) -> Outcome:
        """Said once a minute; the rest of a flood is let pass in silence."""
        if now - self._told.get(talk.lane, 0) < 60_000:
            return Outcome()
        self._told = {lane: at for lane, at in self._told.items() if now - at < 60_000} | {talk.lane: now}
        return Outcome((Say("house.slow_down"),))

    def _dangerous(self, text: str) -> bool:
        return bool(text) and self._tools.knowledge.danger(text).decision != "none"

    # --- what fails ----------------------------------------------------------------------------------------------

    def _fell(self, batch: Batch, talk: Conversation, taken: Taken, why: str, now: int) -> None:
        log.error("turn_failed", fault=why, attempts=taken.attempts + 1, event_id=taken.ids[0])
        if taken.attempts + 1 < TRIES:
            batch.failed.append((taken, why))
        else:
            letters = self._letters(talk, taken, (SORRY,), now)
            batch.decided.append(commit.Decided(talk.lane, taken.ids, talk, (), letters, buried=why))

    def _alone(self, lane: str) -> int:
        """One lane in a transaction of its own; where that fails as well, its event is counted down."""
        try:
            return self._together([lane])
        except Exception as error:
            if is_outage(error):
                raise
            return self._put_back(lane, fault(error))

    def _put_back(self, lane: str, why: str) -> int:
        now, batch = self._tools.clock(), Batch()
        with hold(self._database, now, 1, [lane]) as held:
            talks = conversations.load(held.reader, held.lanes, self._tools.sealing)
            events = inbox.open_events(held.reader, held.lanes, now) if held.lanes else []
            if not events:
                return 0
            first = events[0]
            taken = Taken((first.event_id,), None, first.token, first.token_at, first.attempts)
            self._fell(batch, talks[lane], taken, why, now)
            with held.writing() as connection:
                self._write(connection, batch, now)
        self._after(batch, [])
        return 1

    def _nap(self, poll: float) -> float:
        """How long to wait for a ring: until the next story is ripe, at most `poll`."""
        if self._due is None:
            return poll
        left = (self._due - self._tools.clock()) / 1000
        if left <= 0:
            self._due = None
        return min(poll, max(left, 0.001))
