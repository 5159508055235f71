"""Which tickets a member sees, as a condition of SQL: the same answer as `handlers.people.reaches`, for many at once.

A test compares the two on tickets of every kind, place and office.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import ColumnElement, or_

from bot.db.tables import tickets
from handlers.people import Member, province_of

if TYPE_CHECKING:
    from knowledge.load import Knowledge

ASKED = ("question", "referral")


def of(member: Member, knowledge: Knowledge) -> ColumnElement[bool]:
    own = tickets.c.office == member.office
    if member.role in ("administrator", "auditor"):
        return sa.true()
    if member.role == "supervisor":
        here = sorted(member.provinces)
        return or_(tickets.c.province.in_(here), tickets.c.office.in_(offices_in(member, knowledge)))
    if member.role == "field":
        there = tickets.c.province.in_(sorted(member.provinces)) if member.provinces else sa.true()
        return or_(own, (tickets.c.kind != "question") & there)
    if member.role == "hub":
        return or_(own, tickets.c.kind.in_(ASKED), tickets.c.urgency == "emergency")
    return own


def offices_in(member: Member, knowledge: Knowledge) -> list[str]:
    """The offices of a supervisor's provinces."""
    return sorted(office for office in knowledge.facts.bodies if province_of(office) in member.provinces)
