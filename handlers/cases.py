"""A ticket as staff see it: all but the reporter. What `handlers.staff` decides on, for the console and for LINE."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from handlers.people import Held
from handlers.vocabulary import NOWHERE, Kind, Status
from knowledge.model import Place, Urgency


@dataclass(frozen=True, slots=True)
class Case:
    """One row of tickets. Times are aware datetimes in UTC. `told` is what the person wrote, for corrections."""

    code: str
    kind: Kind
    type: str
    urgency: Urgency
    status: Status
    office: str
    summary: str
    opened_at: datetime
    version: int
    place: Place = NOWHERE
    told: str = ""
    assignee: int = 0  # staff.id, 0: nobody yet
    assignee_name: str = ""
    incident: int = 0
    factory: str = ""
    source: str = "line"
    drill: bool = False
    resolution: str = ""
    acknowledge_by: datetime | None = None
    answer_by: datetime | None = None
    resolve_by: datetime | None = None
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    resolved_at: datetime | None = None
    waiting_since: datetime | None = None
    snoozed_until: datetime | None = None
    first_office: str = ""
    first_type: str = ""
    first_urgency: str = ""
    colleagues: frozenset[int] = field(default_factory=frozenset)  # active members of its office who may take it
    passed: frozenset[str] = frozenset()  # offices that have passed a question on: to none of them it comes back

    @property
    def held(self) -> Held:
        return Held(self.office, self.place.province, self.kind, self.urgent)

    @property
    def urgent(self) -> bool:
        return self.urgency == "emergency"

    @property
    def waits(self) -> bool:
        """For somebody to take it: being assigned to it, or having had it before, is not taking it."""
        return self.status in ("new", "reopened")

    @property
    def free(self) -> bool:
        """May anybody take it? An emergency that waits, whoever it was given to; else what is in nobody's hands, or in
        those of somebody who is gone or had it before it was opened again.
        """
        theirs = self.assignee in self.colleagues and self.status == "new" and not self.urgent
        return self.waits and not theirs
