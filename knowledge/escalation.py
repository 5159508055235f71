"""How long the house waits for people: the ladder that an emergency climbs, and the other waits. Data, see the YAML."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from knowledge.files import HERE, name_of, read
from knowledge.model import Fault, KnowledgeError

Who = Literal["duty", "deputies", "region", "central", "all"]
FILE = "escalation.yaml"


class Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level: who, and how many minutes they get before the next one hears of it."""

    who: Who
    minutes: float


class Escalation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ladder: tuple[Rung, ...]
    central: str  # id of the body whose hub answers what nobody owns
    near: float
    close_after_days: float
    referral_hours: float
    drill_minutes: float
    talk_minutes: float


@lru_cache(maxsize=1)
def table() -> Escalation:
    """Read once. Raises KnowledgeError where it makes no sense."""
    path = HERE / FILE
    found = read(path, Escalation)
    if (
        not found.ladder
        or found.ladder[0].who != "duty"
        or len({rung.who for rung in found.ladder}) < len(found.ladder)
    ):
        raise KnowledgeError((Fault(name_of(path), "ladder", "begin with duty and name each level once"),))
    if not 0 < found.near < 1 or any(rung.minutes < 0 for rung in found.ladder):
        raise KnowledgeError((Fault(name_of(path), "near", "near lies between 0 and 1, and no wait is negative"),))
    return found
