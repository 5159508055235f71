"""What staff do with incidents: say yes or no to a proposal, merge, split, make two incidents one.

Tickets are changed by the desk alone; here is what it does for several of them, and what only concerns the incident.
Who may work on the ticket that leads an incident may work on the incident.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.db import audit, cases, incidents, incidents_read, spreads
from bot.desk import Desk
from handlers import people as rights
from handlers.people import Member
from handlers.staff import Refused

GONE = Refused("console_incidents.gone")


@dataclass(frozen=True, slots=True)
class Incidents:
    """The incidents of a desk."""

    desk: Desk

    def see(self, member: Member, id_: int) -> Any | None:
        """The incident, or None where it is not there or not the member's to see."""
        with self.desk.database.reading() as connection:
            row = incidents.get(connection, id_)
            case = cases.load(connection, row.lead) if row and row.lead else None
        return row if case and rights.may(member, "see", case.held) else None

    def confirm(self, member: Member, id_: int, codes: Iterable[str] | None = None) -> int:
        """The proposal becomes an incident, and its reports (or those named) are merged; how many."""
        row = self._mine(member, id_)
        if row is None or row.state not in ("proposed", "open"):
            return 0
        with self.desk.database.transaction() as connection:
            proposed = incidents_read.proposed(connection, id_)
            wanted = [code for code in proposed if codes is None or code in set(codes)]
            if row.state == "proposed":
                incidents.confirm(connection, id_, self.desk.clock())
            self._audit(connection, member, "incident_confirm", row)
        return self.merge(member, id_, [code for code in wanted if code != row.lead])

    def refuse(self, member: Member, id_: int, codes: Iterable[str] = ()) -> Refused | None:
        """They are not the same: the whole proposal, or the reports named."""
        row = self._mine(member, id_)
        if row is None:
            return GONE
        with self.desk.database.transaction() as connection:
            if named := list(codes):
                incidents.answer(connection, id_, named, "no")
            else:
                incidents.refuse(connection, id_, self.desk.clock())
            self._audit(connection, member, "incident_refuse", row)
        return None

    def merge(self, member: Member, id_: int, codes: Iterable[str]) -> int:
        """Reports join the incident; how many did."""
        row = self._mine(member, id_)
        if row is None or row.state != "open":
            return 0
        done = []
        for code in codes:
            if code != row.lead and not isinstance(self._merged(member, id_, code), Refused):
                done.append(code)
        with self.desk.database.transaction() as connection:
            incidents.answer(connection, id_, [*done, row.lead], "yes")
            incidents.recount(connection, id_, self.desk.clock())
        return len(done)

    def _merged(self, member: Member, id_: int, code: str) -> Any:
        return self.desk.do(member, code, "merge", {"incident": id_})

    def merge_all(self, member: Member, id_: int) -> Refused | None:
        """All that belong to a surge and are still open, some at a time by the timekeeper."""
        row = self._mine(member, id_)
        if row is None or row.state != "open":
            return GONE
        with self.desk.database.transaction() as connection:
            spreads.merge_all(connection, id_, member.id, self.desk.clock())
            self._audit(connection, member, "incident_merge_all", row)
        return None

    def open(self, member: Member, lead: str, code: str) -> int | Refused:
        """Two tickets that staff know to be one: an incident led by the first; gives its number."""
        with self.desk.database.reading() as connection:
            both = cases.load_all(connection, [lead, code])
        if len(both) < 2 or not all(rights.may(member, "merge", case.held) for case in both.values()):
            return GONE
        with self.desk.database.transaction() as connection:
            now = self.desk.clock()
            number = both[lead].incident or incidents_read.open_one(connection, lead, self.desk.sealing, now)
        return number if self.merge(member, number, [code]) else Refused("console_incidents.not_merged")

    def split(self, member: Member, code: str) -> Refused | None:
        """A report is one of its own again; the one that leads the incident is not."""
        case = self.desk.see(member, code)
        if case is None or not case.incident:
            return GONE
        with self.desk.database.reading() as connection:
            row = incidents.get(connection, case.incident)
        if row is None or row.lead == code:
            return Refused("console_incidents.leads")
        done = self.desk.do(member, code, "split", {})
        if isinstance(done, Refused):
            return done
        with self.desk.database.transaction() as connection:
            incidents.answer(connection, row.id, [code], "no")
            incidents.recount(connection, row.id, self.desk.clock())
        return None

    def unite(self, member: Member, id_: int, into: int) -> Refused | None:
        """Two incidents are one: all reports of the first belong to the second, its lead is merged."""
        row, other = self._mine(member, id_), self._mine(member, into)
        if row is None or other is None or id_ == into or (row.state, other.state) != ("open", "open"):
            return GONE
        with self.desk.database.transaction() as connection:
            incidents_read.unite(connection, id_, into, self.desk.clock())
            self._audit(connection, member, "incident_unite", row)
        self.merge(member, into, [row.lead])
        return None

    def _mine(self, member: Member, id_: int) -> Any | None:
        row = self.see(member, id_)
        return row if row is not None and "merge" in rights.RIGHTS[member.role] else None

    def _audit(self, connection: Any, member: Member, act: str, row: Any) -> None:
        audit.write(connection, [audit.Entry(f"staff:{member.id}", act, row.lead)], self.desk.clock())
