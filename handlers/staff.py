"""What staff do with a ticket: one function an act, the same for the console and for a tap on a LINE card.

`do` asks three tables before it acts: may this role do it here (`people`), does the ticket's state allow it and does
the act bring what it must (`tickets.TRANSITIONS`). What comes out is an Outcome as every flow gives one, so staff and
citizens change tickets through the same commit. Nothing here knows who reported; `Inform` finds its way in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from handlers import pauses, people, tickets
from handlers.cases import Case
from handlers.people import Member
from handlers.vocabulary import (
    Act,
    Audience,
    Change,
    Correct,
    Deed,
    Inform,
    Notice,
    Outcome,
    StoryEntry,
    Tell,
    Told,
)
from knowledge.escalation import table
from knowledge.model import Body, Both

if TYPE_CHECKING:
    from knowledge.load import Knowledge

UNDO = 10.0  # seconds in which an act can be taken back before its message leaves; emergencies do not wait
Carried = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that may not be, or lacks something: a text key for whoever tried it. Nothing is changed."""

    key: str
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What an act stands on: the ticket, who acts, what they bring, and the world they act in."""

    case: Case
    member: Member
    carried: Carried
    now: datetime
    knowledge: Knowledge

    def words(self, name: str = "words") -> str:
        return str(self.carried.get(name, "")).strip()

    def entry(self, key: str, audience: Audience = "reporter", words: str = "", **values: Any) -> Tell:
        told = StoryEntry(f"story.{key}", self.now, "staff", audience, values, words, staff=self.member.id)
        return Tell(self.case.code, told)

    def change(self, **fields: Any) -> Change:
        return Change(self.case.code, fields, self.case.version)

    def inform(self, key: str, media: tuple[str, ...] = (), **values: Any) -> Inform:
        told = Told(self.case.code, f"told.{key}", {"office": self.office(self.case.office), **values}, media)
        return Inform(told, 0.0 if self.case.urgent else UNDO)

    def notice(self, rule: str, **values: Any) -> Notice:
        return Notice(rule, self.case.code, {"by": self.member.id, **values})

    def office(self, office: str) -> Both:
        body: Body | None = self.knowledge.body(office)
        return body.name if body else Both(office)


Acts = tuple[Act, ...]
Doing = Callable[[Ground], Acts | Refused]


def do(ground: Ground, act: str) -> Outcome | Refused:
    """The act, or why not."""
    refused = _refused(ground, act)
    if refused:
        return refused
    acts = ACTS[act](ground)
    if isinstance(acts, Refused):
        return acts
    acts = tuple(_goes_on(ground, one) for one in acts)
    at_once = ground.case.urgent or act in FINAL or ground.carried.get("urgency") == "emergency"
    return Outcome(acts=(*acts, Deed(ground.case.code, ground.member.id, act, 0.0 if at_once else UNDO)))


def undo_of(outcome: Outcome) -> float:
    """For how many seconds what was decided can be taken back."""
    return max((act.undo for act in outcome.acts if isinstance(act, Deed)), default=0.0)


def _goes_on(ground: Ground, act: Act) -> Act:
    """What ends the wait for the reporter lets the clock go on."""
    if not isinstance(act, Change) or act.fields.get("status", "waiting_for_reporter") == "waiting_for_reporter":
        return act
    case = ground.case
    later = pauses.resumed(case, pauses.dues(case), ground.now, ground.knowledge.hours)
    return replace(act, fields={**later, **act.fields})


def possible(case: Case, member: Member) -> tuple[str, ...]:
    """The acts that this member may do now, in the order of the table."""
    return tuple(act for act in ACTS if people.may(member, act, case.held) and _in_time(case, member, act))


def _refused(ground: Ground, act: str) -> Refused | None:
    case = ground.case
    if act not in ACTS or not people.may(ground.member, act, case.held):
        return Refused("desk.not_allowed")
    if act == "take" and case.assignee not in (0, ground.member.id) and not case.free:
        return Refused("desk.taken", {"name": case.assignee_name})
    if not _in_time(ground.case, ground.member, act):
        return Refused("desk.not_now", {"status": f"status.{ground.case.status}"})
    lacking = tickets.missing(NAMED.get(act, act), ground.carried) or tuple(
        name for name in NEEDS.get(act, ()) if not ground.carried.get(name)
    )
    return Refused("desk.needs", {"what": f"desk.field.{lacking[0]}"}) if lacking else None


def _in_time(case: Case, member: Member, act: str) -> bool:
    row = NAMED.get(act, act)
    if any(each.act == row for each in tickets.TRANSITIONS):
        who: Literal["supervisor", "officer"] = "supervisor" if member.role in ("supervisor", "hub") else "officer"
        return tickets.transition(row, case.status, who) is not None
    if act == "snooze" and case.urgent and case.waits:
        return False  # what climbs is not put out of sight
    return case.status in tickets.OPEN_STATES or act in ALWAYS


# --- taking it in hand -----------------------------------------------------------------------------------------------


def _take(ground: Ground) -> Acts:
    """Two who take it at once: one wins; the other was refused, and told who."""
    case, me = ground.case, ground.member.id
    taken = {"status": "acknowledged", "assignee": me, "acknowledged_at": case.acknowledged_at or ground.now}
    told = (ground.inform("taken"),) if case.urgent else ()
    return (ground.change(**taken), ground.entry("acknowledge"), ground.notice("ticket.taken"), *told)


def _start(ground: Ground) -> Acts:
    case = ground.case
    mine = {"assignee": case.assignee or ground.member.id, "acknowledged_at": case.acknowledged_at or ground.now}
    return (ground.change(status="in_progress", **mine), ground.entry("start"))


def _assign(ground: Ground) -> Acts | Refused:
    to = int(ground.carried["to"])
    if to not in ground.case.colleagues:
        return Refused("desk.not_colleague")
    return (
        ground.change(assignee=to),
        ground.entry("assign", "staff", name=ground.words("name")),
        ground.notice("ticket.assigned", staff=to),
    )


def _snooze(ground: Ground) -> Acts | Refused:
    until = ground.carried["until"]
    if not isinstance(until, datetime) or until <= ground.now:
        return Refused("desk.needs", {"what": "desk.field.until"})
    return (ground.change(snoozed_until=until), ground.entry("snooze", "staff", until=until))


def _note(ground: Ground) -> Acts:
    named = tuple(int(one) for one in ground.carried.get("mentioned", ()) if int(one) in ground.case.colleagues)
    told = (ground.notice("staff.mentioned", staff=named),) if named else ()
    return (ground.entry("note", "staff", ground.words()), *told)


# --- talking with the reporter ---------------------------------------------------------------------------------------


def _talk_until(ground: Ground) -> datetime:
    """Until then the bot leaves the talk to the two."""
    return ground.now + timedelta(minutes=table().talk_minutes)


def _answer(ground: Ground) -> Acts:
    case, words = ground.case, ground.words()
    changed: dict[str, Any] = {
        "answered_at": case.answered_at or ground.now,
        "acknowledged_at": case.acknowledged_at or ground.now,
        "assignee": case.assignee or ground.member.id,
        "talking_until": _talk_until(ground),
    }
    if case.status in ("new", "reopened"):
        changed["status"] = "acknowledged"
    return (
        ground.change(**changed),
        ground.entry("reply", words=words),
        ground.inform("answer", _media(ground), words=words),
    )


def _ask(ground: Ground) -> Acts:
    """The clock stands until the reporter answers."""
    changed = {
        "status": "waiting_for_reporter",
        "waiting_since": ground.now,
        "answered_at": ground.case.answered_at or ground.now,
        "talking_until": _talk_until(ground),
    }
    words = ground.words()
    return (ground.change(**changed), ground.entry("ask_reporter", words=words), ground.inform("ask", words=words))


# --- where it belongs ------------------------------------------------------------------------------------------------


def _forward(ground: Ground) -> Acts | Refused:
    """To another office, with a reason; there it is new, and its clock runs on."""
    to, case = _not_back(ground, ground.words("office")), ground.case
    if ground.knowledge.body(to) is None or to == case.office:
        return Refused("desk.needs", {"what": "desk.field.office"})
    changed = {"office": to, "status": "new", "assignee": None, "snoozed_until": None}
    sure = case.told and ground.carried.get("wrong") and to == ground.words("office")
    learnt = (Correct("route", case.told, case.office, to),) if sure else ()
    return (
        ground.change(**changed),
        ground.entry("forward", office=ground.office(to)),
        *((ground.entry("forward_why", "staff", ground.words()),) if ground.words() else ()),
        ground.notice("ticket.forwarded", office=to, before=case.office),
        ground.inform("forward", to=ground.office(to)),
        *learnt,
    )


def _not_back(ground: Ground, to: str) -> str:
    """A question that one office sent on does not come back to it: the hub decides, and the hub alone may say so."""
    hub = table().central
    circles = to in ground.case.passed and ground.member.role != "hub"
    return hub if circles and ground.case.office != hub else to


def _decline(ground: Ground) -> Acts | Refused:
    """Not ours, but X's: what an institute says to a question in two taps."""
    if ground.case.kind not in ("referral", "question"):
        return Refused("desk.not_now", {"status": f"status.{ground.case.status}"})
    return _forward(Ground(ground.case, ground.member, {**ground.carried, "wrong": True}, ground.now, ground.knowledge))


def _retype(ground: Ground) -> Acts | Refused:
    to, case = ground.words("type"), ground.case
    facts = ground.knowledge.facts
    if to == case.type or (to not in facts.types and to not in facts.dangers):
        return Refused("desk.needs", {"what": "desk.field.type"})
    named = facts.types.get(to) or facts.dangers[to]
    learnt = (Correct("type", case.told, case.type, to),) if case.told else ()
    before, after = facts.types.get(case.type), facts.types.get(to)
    moved = pauses.retimed(case, before.deadlines, after.deadlines, ground.knowledge.hours) if before and after else {}
    return (ground.change(type=to, **moved), ground.entry("retype", type=named.name), *learnt)


def _urgency(ground: Ground) -> Acts | Refused:
    to, case = ground.words("urgency"), ground.case
    if to == case.urgency or to not in ("emergency", "high", "normal"):
        return Refused("desk.needs", {"what": "desk.field.urgency"})
    learnt = (Correct("emergency", case.told, case.urgency, to),) if case.told else ()
    louder = (ground.notice("ticket.urgent"),) if to == "emergency" else ()
    seen = {"snoozed_until": None} if to == "emergency" else {}
    return (ground.change(urgency=to, **seen), ground.entry("urgency", "staff", to=to), *louder, *learnt)


# --- how it ends -----------------------------------------------------------------------------------------------------


def _resolve(ground: Ground) -> Acts:
    """Closed means fixed: the reporter is asked, and one tap opens it again."""
    kind, words = str(ground.carried["resolution"]), ground.words()
    proof = {name: ground.carried[name] for name in tickets.RESOLUTIONS[kind] if name != "evidence"}
    changed = {"status": "resolved", "resolution": kind, "resolved_at": ground.now, "snoozed_until": None}
    return (
        ground.change(**changed),
        ground.entry("resolve", words=words, resolution=kind, **proof),
        ground.inform("resolved", _media(ground), words=words, resolution=kind, **proof),
        ground.notice("ticket.resolved"),
    )


def _reject(ground: Ground) -> Acts:
    words = ground.words()
    changed = {"status": "rejected", "closed_at": ground.now, "snoozed_until": None}
    return (ground.change(**changed), ground.entry("reject", words=words), ground.inform("rejected", words=words))


def _close(ground: Ground) -> Acts:
    return (ground.change(status="closed", closed_at=ground.now), ground.entry("close"), ground.inform("shut"))


def _reopen(ground: Ground) -> Acts:
    words = ground.words()
    changed = {"status": "reopened", "closed_at": None, "resolution": ""}
    return (
        ground.change(**changed),
        ground.entry("reopened", words=words),
        ground.notice("ticket.reopened"),
        ground.inform("reopened", words=words),
    )


def _merge(ground: Ground) -> Acts:
    """Into an incident, which is worked once; the reporter goes on hearing of it."""
    incident = int(ground.carried["incident"])
    return (
        ground.change(status="merged", incident=incident),
        ground.entry("merge"),
        ground.inform("merged"),
    )


def _split(ground: Ground) -> Acts | Refused:
    """A matter of its own again. What nobody had taken before it was merged waits for somebody who does."""
    case = ground.case
    if not case.incident or case.status not in (*tickets.OPEN_STATES, "merged"):
        return Refused("desk.not_now", {"status": f"status.{case.status}"})
    alone = (ground.change(incident=None), ground.entry("split", "staff"))
    if case.status != "merged":
        return alone
    if case.assignee and case.acknowledged_at:
        return (ground.change(incident=None, status="acknowledged"), alone[1], ground.inform("split"))
    fresh = ground.notice("ticket.urgent" if case.urgent else "ticket.new")
    return (ground.change(incident=None, status="new", assignee=None), alone[1], ground.inform("split"), fresh)


def _reveal(ground: Ground) -> Acts:
    """Leaves its mark; the store opens the seal in the same transaction."""
    return (ground.entry("reveal", "staff", ground.words()),)


def _media(ground: Ground) -> tuple[str, ...]:
    return tuple(str(key) for key in ground.carried.get("evidence", ()) or ())


ACTS: Mapping[str, Doing] = {
    "take": _take,
    "start": _start,
    "answer_reporter": _answer,
    "ask_reporter": _ask,
    "note": _note,
    "assign": _assign,
    "forward": _forward,
    "decline": _decline,
    "snooze": _snooze,
    "retype": _retype,
    "urgency": _urgency,
    "resolve": _resolve,
    "reject": _reject,
    "close": _close,
    "reopen": _reopen,
    "merge": _merge,
    "split": _split,
    "reveal": _reveal,
}
NAMED = {"take": "acknowledge"}  # acts that stand in the table of transitions under another name
NEEDS: Mapping[str, tuple[str, ...]] = {
    "answer_reporter": ("words",),
    "note": ("words",),
    "assign": ("to",),
    "forward": ("office", "words"),
    "decline": ("office",),  # "not ours" is the reason; two taps on a card bring no words
    "snooze": ("until",),
    "retype": ("type",),
    "urgency": ("urgency",),
    "reveal": ("words",),
}
ALWAYS = frozenset({"note", "split", "reveal", "answer_reporter"})  # also when the ticket has ended
FINAL = frozenset({"reveal", "note"})
