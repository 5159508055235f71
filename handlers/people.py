"""Who works here, and what each may do: the whole matrix of rights in one table.

A role says which acts, a reach says on which tickets. Both are asked by the console, by the cards on LINE and by the
tests, which walk every role against every act, in the own and in another office. What is not in the table may not be
done; a new page or act without a rule fails the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from handlers.vocabulary import Kind

Role = Literal["officer", "deputy", "supervisor", "hub", "field", "administrator", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
Duty = Literal["policy", "factory", "mine", "promotion"]  # of a deputy: the assistants of a provincial chief


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff. `provinces` is what the role reaches by place: a supervisor's region, a field team's area."""

    id: int
    name: str
    office: str  # id of a body
    role: Role
    provinces: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()
    lang: Literal["th", "en"] = "th"


WORK = frozenset(
    [
        "acknowledge",
        "start",
        "ask_reporter",
        "answer_reporter",
        "resolve",
        "reject",
        "note",
        "assign",
        "forward",
        "snooze",
        "retype",
        "place",
        "urgency",
        "merge",
        "split",
        "reveal",
        "undo",
        "attach",
        "take",
        "decline",
    ]
)
LOOK = frozenset({"see", "export"})
HOUSE = frozenset({"staff", "groups", "rota", "knowledge", "dead", "health", "audit"})

# What each role may do at all; on which tickets, `reaches` says.
RIGHTS: Mapping[Role, frozenset[str]] = {
    "officer": WORK | LOOK | {"see_own_rota"},
    "deputy": WORK | LOOK | {"see_own_rota", "rota"},
    "supervisor": WORK | LOOK | {"close", "reopen", "audit", "figures"},
    "hub": WORK | LOOK | {"close", "reopen", "knowledge", "figures"},
    "field": WORK - {"reveal"} | LOOK,
    "administrator": LOOK | HOUSE | {"forward", "figures"},  # runs the house; reporters stay sealed to it
    "auditor": LOOK | {"audit", "figures"},
}


@dataclass(frozen=True, slots=True)
class Held:
    """What rights ask of a ticket: who holds it, where it is, what it is."""

    office: str
    province: str
    kind: Kind
    urgent: bool = False  # an emergency climbs to the hub, which must then be able to take it


def may(member: Member, act: str, ticket: Held | None = None) -> bool:
    """Whether the member may do `act`, on this ticket where it is about one."""
    return act in RIGHTS[member.role] and (ticket is None or reaches(member, ticket))


def reaches(member: Member, ticket: Held) -> bool:
    """Which tickets a role sees: the office's own, a region's, the questions of everybody, or all."""
    if member.role == "supervisor":  # exactly the region, wherever their own desk stands
        return ticket.province in member.provinces or province_of(ticket.office) in member.provinces
    if ticket.office == member.office or member.role in ("administrator", "auditor"):
        return True
    if member.role == "field":
        return ticket.kind != "question" and (not member.provinces or ticket.province in member.provinces)
    return member.role == "hub" and (ticket.urgent or ticket.kind in ("question", "referral"))


def province_of(office: str) -> str:
    """`TH-11` of a provincial office, else empty."""
    return office.partition("@")[2]
