"""Who of the staff is told what, and how soon: the table `notices.yaml` and the pure function that reads it.

A notice says what happened to a ticket; here it becomes people and a level. Whoever caused it is not told. By which
way they hear of it (LINE, mail, browser, a chat) is not decided here, only how urgent it is. Nobody is told of what
they may not see, and what nobody would hear of goes to whoever stands above.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from handlers import people
from handlers.cases import Case
from handlers.people import Member
from handlers.words import BANGKOK

Level = Literal["now", "soon", "digest", "none"]
LEVELS: tuple[Level, ...] = get_args(Level)
DRILL = "drill."
WORKS = ("officer", "deputy")
MUST = frozenset({"duty", "assignee", "office"})  # where nobody of these is there, somebody above must hear of it
OWNLESS = ("question", "referral")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table; see notices.yaml."""

    to: tuple[str, ...]
    level: Level
    urgent: Level
    chat: bool = False
    moot: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The whole file, read once."""

    rules: Mapping[str, Rule]
    duties: Mapping[str, str]  # type of a ticket -> duty of a deputy
    kinds: Mapping[str, str]
    digest_at: time
    quiet: str
    urgent_only: float
    full: float


@dataclass(frozen=True, slots=True)
class Crew:
    """Who could be told: active staff that may have to do with it, and who of them is on duty at this moment."""

    members: tuple[Member, ...]
    duty: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # office -> who holds it just now
    stand_ins: Mapping[int, int] = field(default_factory=dict)  # of who is on leave: who does their work, 0: nobody


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told, by number; 0: the group chat and the own ways of an office."""

    staff: int
    office: str
    level: Level
    rule: str


@lru_cache(maxsize=1)
def table() -> Table:
    raw = yaml.safe_load((files("handlers") / "notices.yaml").read_text("utf8"))
    rules = {name: _rule(name, given) for name, given in raw["rules"].items()}
    duties = {type_: duty for duty, types in raw["duties"].items() for type_ in types}
    at = datetime.strptime(raw["digest_at"], "%H:%M").time()  # noqa: DTZ007  a time of day
    quota = raw["quota"]
    return Table(rules, duties, raw["kinds"], at, raw["quiet"], quota["urgent_only"], quota["full"])


def _rule(name: str, given: Mapping[str, Any]) -> Rule:
    level, urgent = given["level"], given.get("urgent", given["level"])
    unknown = set(given["to"]) - GROUPS.keys()
    if unknown or level not in LEVELS or urgent not in LEVELS:
        raise ValueError(f"notices.yaml: {name}: {sorted(unknown) or (level, urgent)}")
    return Rule(tuple(given["to"]), level, urgent, bool(given.get("chat")), bool(given.get("moot")))


def rule_of(name: str, values: Mapping[str, Any] = {}) -> tuple[str, Rule]:
    """The rule that a notice falls under, and its name; a drill's notice is told like the real one. A climb that says
    itself whom it reached is told to those.
    """
    name = name.removeprefix(DRILL)
    rules = table().rules
    if name.startswith("climb.") and (values.get("staff") or name not in rules):
        return name, rules["climb" if values.get("staff") else "climb.4"]
    return name, rules.get(name) or Rule(("assignee",), "digest", "digest")


def recipients(rule: str, values: Mapping[str, Any], case: Case | None, crew: Crew) -> tuple[Recipient, ...]:
    """Everybody who is told, each once, at the highest level that any line gives them."""
    name, line = rule_of(rule, values)
    told = list(_of_line(name, line, values, case, crew))
    if name in ("ticket.moved", "ticket.forwarded"):
        told += _of_line("ticket.gone", table().rules["ticket.gone"], values, case, crew)
    best: dict[tuple[int, str], Recipient] = {}
    for one in sorted(told, key=lambda one: LEVELS.index(one.level)):
        best.setdefault((one.staff, "" if one.staff else one.office), one)
    return tuple(best.values())


def _of_line(name: str, line: Rule, values: Mapping[str, Any], case: Case | None, crew: Crew) -> Iterator[Recipient]:
    level = line.urgent if case and case.urgent else line.level
    if level == "none":
        return
    asked = Asked(values, case, crew)
    by = int(values.get("by") or 0)
    found = dict.fromkeys(member for group in line.to for member in GROUPS[group](asked))
    if not found and MUST & set(line.to):
        found = dict.fromkeys(_above(asked))
    for member in found:
        if member.id != by and may_hear(member, case, name):
            yield Recipient(member.id, member.office, level, name)
    if line.chat and asked.office:
        yield Recipient(0, asked.office, level, name)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the groups are asked about."""

    values: Mapping[str, Any]
    case: Case | None
    crew: Crew

    @property
    def office(self) -> str:
        return str(self.values.get("office") or (self.case.office if self.case else ""))

    def of(self, office: str) -> list[Member]:
        """Who works in an office; a deputy counts only where the matter is of their duty."""
        here = [one for one in self.crew.members if one.office == office and one.role in WORKS]
        return [one for one in here if one.role == "officer" or self.is_theirs(one)] or here

    def is_theirs(self, deputy: Member) -> bool:
        return not deputy.duties or duty_of(self.case) in deputy.duties

    def role(self, *roles: str) -> list[Member]:
        return [one for one in self.crew.members if one.role in roles]

    def numbered(self, ids: Iterable[int]) -> list[Member]:
        wanted = set(ids)
        return [one for one in self.crew.members if one.id in wanted]


def duty_of(case: Case | None) -> str:
    """Which deputy of a provincial chief the matter belongs to."""
    if case is None:
        return "factory"
    return table().kinds.get(case.kind) or table().duties.get(case.type, "factory")


def _duty(asked: Asked, office: str = "") -> list[Member]:
    """Whoever is on duty there, or stands in; where nobody holds it, all of the office."""
    office = office or asked.office
    return asked.numbered(asked.crew.duty.get(office, ())) or asked.of(office)


def _deputies(asked: Asked) -> list[Member]:
    here = [one for one in asked.role("deputy") if one.office == asked.office]
    return [one for one in here if one.duties and asked.is_theirs(one)]


def _assignee(asked: Asked) -> list[Member]:
    """Whoever has it in hand; on leave, whoever stands in and may see it; else those on duty."""
    case = asked.case
    holder = asked.crew.stand_ins.get(case.assignee, case.assignee) if case else 0
    found = asked.numbered([holder]) if holder else []
    return [one for one in found if case and people.reaches(one, case.held)] or _duty(asked)


def _named(asked: Asked) -> list[Member]:
    """And who stands in for them."""
    named = asked.values.get("staff") or ()
    ids = [int(one) for one in (named if isinstance(named, Sequence) else (named,))]
    return asked.numbered([*ids, *(asked.crew.stand_ins.get(one, 0) for one in ids)])


def _before(asked: Asked) -> list[Member]:
    office = str(asked.values.get("before") or "")
    return _duty(asked, office) if office else []


def _others(asked: Asked) -> list[Member]:
    """Those on duty, and all whom the alarm reached on its way up."""
    holder, alarmed = asked.case.assignee if asked.case else 0, asked.numbered(asked.values.get("alarmed") or ())
    return [one for one in (*_duty(asked), *_deputies(asked), *alarmed) if one.id != holder]


def _supervisors(asked: Asked) -> list[Member]:
    return [one for one in asked.role("supervisor") if _over(one, asked)]


def _over(member: Member, asked: Asked) -> bool:
    if asked.case and people.reaches(member, asked.case.held):
        return True
    return people.province_of(asked.office) in member.provinces


def _above(asked: Asked) -> list[Member]:
    """Nobody of an office could hear of it: the hub answers what nobody owns, else whoever oversees the place."""
    if asked.case and asked.case.kind in OWNLESS:
        return asked.role("hub") or asked.role("administrator")
    return _supervisors(asked) or asked.role("hub") or asked.role("administrator")


def may_hear(member: Member, case: Case | None, name: str) -> bool:
    """An urgent call for help goes up to those who run the house, although it lies in an office below them."""
    return case is None or goes_up(name) or people.reaches(member, case.held)


def goes_up(name: str) -> bool:
    return name.startswith(("climb", "office.", "surge", "referral.")) or name == "ticket.gone"


GROUPS: Mapping[str, Any] = {
    "duty": _duty,
    "deputies": _deputies,
    "assignee": _assignee,
    "named": _named,
    "before": _before,
    "others": _others,
    "office": lambda asked: [one for one in asked.crew.members if one.office == asked.office and one.role in WORKS],
    "supervisors": _supervisors,
    "hub": lambda asked: asked.role("hub"),
    "administrators": lambda asked: asked.role("administrator"),
    "everybody": lambda asked: list(asked.crew.members),
}


def is_moot(rule: str, case: Case | None) -> bool:
    """Whether what waited until now need not be said any more, because somebody has taken the ticket."""
    return rule_of(rule)[1].moot and case is not None and (case.status not in ("new", "reopened"))


# --- when ------------------------------------------------------------------------------------------------------------


def quiet_until(quiet: str, now: datetime) -> datetime | None:
    """The end of the quiet hours (`20:00-07:00`, Thai time) that `now` lies in, or None where it lies in none."""
    hours = quiet_hours(quiet)
    if hours is None:
        return None
    begins, ends = hours
    local = now.astimezone(BANGKOK)
    clock = local.time().replace(tzinfo=None)
    within = begins <= clock < ends if begins <= ends else clock >= begins or clock < ends
    return _next(local, ends) if within else None


def quiet_hours(quiet: str) -> tuple[time, time] | None:
    """Begin and end; None for none, and for what cannot be read."""
    try:
        begins, ends = (time.fromisoformat(part.strip()).replace(tzinfo=None) for part in quiet.split("-"))
    except ValueError:
        return None
    return begins, ends


def next_digest(now: datetime) -> datetime:
    """When the next morning's list goes."""
    return _next(now.astimezone(BANGKOK), table().digest_at)


def _next(local: datetime, clock: time) -> datetime:
    at = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)
