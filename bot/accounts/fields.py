"""What an account says of its owner's work, and what may be wrong with it: each fault with its mend.

The same check serves the command, the file of many rows and the administrator's page. Office names are forgiven as far
as they can be: a province's code or name stands for its provincial office, and an unknown one gets its nearest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from handlers.people import ROLES, Duty
from handlers.vocabulary import T

if TYPE_CHECKING:
    from knowledge.load import Knowledge

DUTIES: tuple[str, ...] = get_args(Duty)
EMAIL = re.compile(r"[^@\s<>,;:\"'()\[\]\\\x00-\x1f]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?\.[a-z]{2,24}")
NAME = 100  # letters
PROVINCE = re.compile(r"TH-\d\d")


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns of `staff` that others decide. Lists are parted by `|`, as the table has them."""

    email: str
    office: str
    role: str
    name: str = ""
    area: str = ""
    duties: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault: the field, and what to say of it."""

    field: str
    said: T


def read(raw: Mapping[str, str], knowledge: Knowledge) -> Fields:
    """What was typed, put straight; whether it will do, `faults` says."""
    typed = {name: " ".join(str(raw.get(name) or "").split()) for name in Fields.__dataclass_fields__}
    return Fields(
        email=typed["email"].casefold(),
        office=office_of(typed["office"], knowledge),
        role=typed["role"].casefold(),
        name=typed["name"][:NAME],
        area=_area(typed["role"].casefold(), typed["area"], knowledge),
        duties=_listed(typed["duties"].casefold()),
    )


def office_of(typed: str, knowledge: Knowledge) -> str:
    """The id that was meant: an id, a provincial office by its province, or a body by its whole name."""
    bodies = knowledge.facts.bodies
    if typed in bodies:
        return typed
    if f"provincial_office@{typed.upper()}" in bodies:
        return f"provincial_office@{typed.upper()}"
    same = [one.id for one in bodies.values() if typed and typed in (one.short, one.name.th, one.name.en)]
    return same[0] if len(same) == 1 else typed


def faults(fields: Fields, knowledge: Knowledge) -> list[Wrong]:
    return [Wrong(field, said) for field, said in _faults(fields, knowledge)]


def _faults(fields: Fields, knowledge: Knowledge) -> Iterable[tuple[str, T]]:
    if not EMAIL.fullmatch(fields.email):
        yield "email", T("accounts.fault.email", {"typed": fields.email or "–"})
    if fields.office not in knowledge.facts.bodies:
        values = {"typed": fields.office or "–", "near": near_offices(fields.office, knowledge)}
        yield "office", T("accounts.fault.office", values)
    if fields.role not in ROLES:
        yield "role", T("accounts.fault.role", {"typed": fields.role or "–", "roles": ", ".join(ROLES)})
    if fields.role == "supervisor" and not knowledge.region(fields.area):
        regions = ", ".join(knowledge.regions.by_id)
        yield "area", T("accounts.fault.region", {"typed": fields.area or "–", "regions": regions})
    unknown = [one for one in _parts(fields.area) if not _is_province(one, knowledge)]
    if fields.role != "supervisor" and unknown:
        yield "area", T("accounts.fault.area", {"typed": ", ".join(unknown)})
    strange = [one for one in _parts(fields.duties) if one not in DUTIES]
    if strange:
        yield "duties", T("accounts.fault.duties", {"typed": ", ".join(strange), "duties": ", ".join(DUTIES)})


def near_offices(typed: str, knowledge: Knowledge) -> str:
    """Those whose id or name is nearest to what was typed, each as `id (name)`."""
    bodies = knowledge.facts.bodies.values()
    names = {name.casefold(): one for one in bodies for name in (one.id, one.short, one.name.th, one.name.en) if name}
    word = typed.casefold()
    inside = [one for name, one in names.items() if len(word) >= 3 and word in name]
    found = inside or [names[name] for name in get_close_matches(word, names, n=3, cutoff=0.5)]
    unique = list(dict.fromkeys((one.id, one.name.th) for one in found))[:3]
    return ", ".join(f"{id_} ({name})" for id_, name in unique) or "–"


def _area(role: str, typed: str, knowledge: Knowledge) -> str:
    return typed if role == "supervisor" else _listed(typed.upper())


def _is_province(code: str, knowledge: Knowledge) -> bool:
    return bool(PROVINCE.fullmatch(code)) and f"provincial_office@{code}" in knowledge.facts.bodies


def _listed(typed: str) -> str:
    return "|".join(part for part in re.split(r"[|,;\s]+", typed) if part)


def _parts(listed: str) -> list[str]:
    return [part for part in listed.split("|") if part]
