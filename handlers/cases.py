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
    colleagues: frozenset[int] = field(default_factory=frozenset)  # active members of its office
    passed: frozenset[str] = frozenset()  # offices that have passed a question on: to none of them it comes back

    @property
    def held(self) -> Held:
        return Held(self.office, self.place.province, self.kind, self.urgent)

    @property
    def urgent(self) -> bool:
        return self.urgency == "emergency"
