"""Reports of the same thing: how alike two of them are, when many of them are an event, and who is asked "is it this?".

All pure. How alike two reports are comes from four things that an officer would look at as well: what it is, how far
apart, how long apart, and the words. A surge is many reports of one clan of types within minutes: around one spot, or,
where there is no spot (an earthquake), all over a province. The thresholds are data (incidents.yaml).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from math import cos, hypot, radians
from statistics import fmean, median
from typing import Any

import yaml

from handlers.vocabulary import Outcome, Turn
from knowledge.model import Place

DEGREE_M = 111_320.0
MINUTE, HOUR = 60_000, 3_600_000  # milliseconds
ASKED = ("complaint", "emergency")  # flows in which somebody may be asked whether it is known already
UNKNOWN = ("unknown", "", "other")


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is compared with others. `at` in milliseconds."""

    code: str
    type: str
    at: int
    lat: float | None = None
    lon: float | None = None
    province: str = ""
    district: str = ""
    factory: str = ""
    words: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Surge:
    """Many reports at once. `areas`: province of a wide one, districts of one with a spot. `reach` in metres."""

    type: str
    codes: tuple[str, ...]
    lead: str
    lat: float | None
    lon: float | None
    reach: int
    areas: frozenset[str]
    wide: bool


@dataclass(frozen=True, slots=True)
class Running:
    """A surge that was announced and goes on: what a new report is compared with."""

    incident: int
    type: str
    lat: float | None
    lon: float | None
    reach: int
    areas: frozenset[str]
    wide: bool


@dataclass(frozen=True, slots=True)
class Near:
    """An open incident as a stranger may hear of it: what, how far, how long ago, how many. No word of anybody."""

    incident: int
    type: str
    metres: int | None  # None: somewhere in the same district
    minutes: int
    reports: int


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load((files("handlers") / "incidents.yaml").read_text("utf8"))
    return read


# --- how alike -------------------------------------------------------------------------------------------------------


def clan(type_: str) -> str:
    """The first group that a type stands in, or the type itself."""
    return next((name for name, types in rules()["kin"].items() if type_ in types), type_)


def clan_types(type_: str) -> frozenset[str]:
    return frozenset(rules()["kin"].get(clan(type_), (type_,)))


def kinship(one: str, other: str) -> float:
    """1 for the same type, less for types of one group, 0 for strangers."""
    if one == other:
        return 0.0 if one in UNKNOWN[1:] else 1.0
    if "unknown" in (one, other):
        return float(rules()["unknown"])
    together = any(one in types and other in types for types in rules()["kin"].values())
    return float(rules()["kinship"]) if together else 0.0


def alike(one: Report, other: Report) -> float:
    """Between 0 and 1: how likely both tell of the same thing."""
    kin, rule = kinship(one.type, other.type), rules()
    away, hours = apart(one, other), abs(one.at - other.at) / HOUR
    if not kin or away is None or away > rule["metres"] or hours > rule["hours"]:
        return 0.0
    weights = rule["weights"]
    parts = {"near": 1 - away / rule["metres"], "soon": 1 - hours / rule["hours"], "words": shared(one, other)}
    same = rule["same_factory"] if one.factory and one.factory == other.factory else 0.0
    return float(min(1.0, kin * sum(weights[name] * part for name, part in parts.items()) + same))


def shared(one: Report, other: Report) -> float:
    """The share of runs of three letters that both have."""
    left, right = (_runs(each.words) for each in (one, other))
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0


def _runs(words: str) -> frozenset[str]:
    return frozenset(words[at : at + 3] for at in range(len(words) - 2))


def apart(one: Any, other: Any) -> float | None:
    """Metres between two things with lat and lon; None where one of them has no pin."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return metres(one.lat, one.lon, other.lat, other.lon)


def metres(lat: float, lon: float, lat2: float, lon2: float) -> float:
    return hypot(lat - lat2, (lon - lon2) * cos(radians((lat + lat2) / 2))) * DEGREE_M


# --- surges ----------------------------------------------------------------------------------------------------------


def surges(reports: Iterable[Report]) -> tuple[Surge, ...]:
    """The surges among reports of the last minutes that belong to none yet."""
    by_clan: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        by_clan[clan(report.type)].append(report)
    return tuple(surge for theirs in by_clan.values() for surge in _of_clan(theirs))


def _of_clan(reports: Sequence[Report]) -> Iterable[Surge]:
    rule = rules()["surge"]
    spot = _spot(reports)
    by_province = Counter(report.province for report in reports if report.province)
    wide = [province for province, count in by_province.items() if count >= rule["wide"]]
    if wide and len(spot) * 2 < sum(by_province[province] for province in wide):
        for province in wide:
            yield _wide([report for report in reports if report.province == province], province)
    elif len(spot) >= rule["reports"]:
        yield _around(spot)


def _spot(reports: Sequence[Report]) -> list[Report]:
    """The reports around the place where most of them are."""
    pinned = [report for report in reports if report.lat is not None and report.lon is not None]
    if not pinned:
        return []
    fields = Counter((round(one.lat / 0.05), round(one.lon / 0.05)) for one in pinned if one.lat and one.lon)
    (row, column), _ = max(fields.items(), key=lambda field: (field[1], field[0]))
    lat, lon = row * 0.05, column * 0.05
    reach = rules()["surge"]["metres"]
    for _ in range(3):  # from the middle of the fullest field to the middle of those around it
        near = [one for one in pinned if metres(lat, lon, one.lat or 0, one.lon or 0) <= reach]
        if not near:
            break
        lat, lon = (fmean(getattr(one, name) for one in near) for name in ("lat", "lon"))
    return near


def _around(reports: Sequence[Report]) -> Surge:
    rule = rules()["surge"]
    lat, lon = (median(getattr(one, name) for one in reports) for name in ("lat", "lon"))
    far = sorted(metres(lat, lon, one.lat or 0, one.lon or 0) for one in reports)
    reach = min(rule["widest"], max(2000, far[int(len(far) * 0.9)] * 1.5))
    districts = Counter(one.district for one in reports if one.district)
    areas = frozenset(name for name, count in districts.items() if count * 4 >= len(reports))
    return _surge(reports, lat, lon, int(reach), areas, False)


def _wide(reports: Sequence[Report], province: str) -> Surge:
    pinned = [one for one in reports if one.lat is not None]
    lat, lon = (median(getattr(one, name) for one in pinned) if pinned else None for name in ("lat", "lon"))
    return _surge(reports, lat, lon, 0, frozenset({province}), True)


def _surge(
    reports: Sequence[Report], lat: float | None, lon: float | None, reach: int, areas: frozenset[str], wide: bool
) -> Surge:
    first = min(reports, key=lambda one: (not one.urgent, one.at, one.code))
    commonest = Counter(one.type for one in reports).most_common(1)[0][0]
    return Surge(commonest, tuple(one.code for one in reports), first.code, lat, lon, reach, areas, wide)


def goes_on(surge: Surge, running: Sequence[Running]) -> Running | None:
    """The surge that was announced already and now reached another province, or is seen a second time."""
    kin = [one for one in running if clan(one.type) == clan(surge.type) and one.wide == surge.wide]
    joins = rules()["surge"]["joins"]
    for one in kin:
        away = apart(one, surge)
        if surge.wide and (surge.areas & one.areas or away is None or away <= joins):
            return one
        if not surge.wide and away is not None and away <= one.reach + surge.reach:
            return one
    return None


def member_of(report: Report, running: Sequence[Running]) -> Running | None:
    """The surge that a new report belongs to."""
    return next((one for one in running if _belongs(report, one)), None)


def _belongs(report: Report, surge: Running) -> bool:
    if report.type not in clan_types(surge.type) and not (report.type == "unknown" and report.urgent):
        return False
    if surge.wide:  # whoever cries for help in an earthquake may not have said where yet
        return report.province in surge.areas or (not report.province and report.urgent)
    away = apart(report, surge)
    return away <= surge.reach if away is not None else bool(report.district and report.district in surge.areas)


# --- "is it this one?" -----------------------------------------------------------------------------------------------


def newly_placed(turn: Turn, outcome: Outcome) -> tuple[str, Place] | None:
    """What and where, if this turn told a form where it is; only then somebody looks what is near."""
    after = outcome.conversation
    if after is None or after.flow not in ASKED:
        return None
    before, now = (_place(talk.drafts.get(after.flow, {})) for talk in (turn.conversation, after))
    if now is None or now == before:
        return None
    draft = after.drafts[after.flow]
    named = draft.get("type" if after.flow == "complaint" else "kind")
    return (str(named.value) if named and isinstance(named.value, str) else "", now)


def _place(draft: Mapping[str, Any]) -> Place | None:
    from handlers.where import place_of

    answer = draft.get("place")
    place = place_of(answer.value) if answer else None
    return replace(place, typed="") if place and place.province else None


def to_ask(near: Iterable[Near], type_: str) -> tuple[Near, ...]:
    """Those worth asking about, the nearest first; a type that is not known yet may be any."""
    kin = [one for one in near if type_ in UNKNOWN or kinship(type_, one.type)]
    return tuple(sorted(kin, key=lambda one: (one.metres is None, one.metres or 0))[: rules()["ask"]["most"]])
