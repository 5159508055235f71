"""Made-up tickets in the shape of the ministry's real ones, as many as are asked for, to try and to measure with.

Types come by the shares that the ministry announced, the rest by seed.yaml. The same number gives the same tickets.
They carry no person: their reporters are callers whom nobody can reach.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson
import yaml

from bot.db import seeding
from bot.db.engine import Database
from bot.db.tickets import cell
from bot.sealing import ALPHABET, LETTERS, Sealing, code_of
from bot.words import plain
from knowledge import outline_lines
from knowledge.model import Place

if TYPE_CHECKING:
    from knowledge.load import Knowledge

AT_ONCE = 20_000
HOUR, DAY = 3_600_000, 86_400_000
CODES = len(ALPHABET) ** LETTERS  # numbers of codes
ENDED = ("closed", "resolved", "rejected", "withdrawn")


class NotEmpty(Exception):
    """There are tickets already, and this is no demo."""


@dataclass
class Seed:
    """What made-up tickets are drawn from."""

    knowledge: Knowledge
    now: int
    dice: random.Random

    def __post_init__(self) -> None:
        self.shape: Mapping[str, Any] = yaml.safe_load((files("bot") / "seed.yaml").read_text("utf8"))
        self.types = self._types()
        self.spots = outline_lines.spots()
        self.places = self._places()
        names = self.shape["names"]
        pairs = [f"{one}{other}" for one in names["first"] for other in names["second"]]
        self.factories = [f"{pairs[n % len(pairs)]} {n // len(pairs) + 1}" for n in range(self.shape["factories"])]
        self.said: dict[str, str] = {}

    def _types(self) -> tuple[list[str], list[float]]:
        types, told = self.knowledge.facts.types, dict(self.shape["types"])
        silent = [id_ for id_ in types if id_ not in told]
        rest = {id_: self.shape["rest_percent"] / len(silent) for id_ in silent}
        both = {**told, **rest}
        return list(both), list(both.values())

    def _places(self) -> tuple[list[str], list[float]]:
        named = dict(self.shape["provinces"])
        others = [code for code in self.spots if code not in named]
        named |= {code: self.shape["others"] / len(others) for code in others}
        return list(named), list(named.values())

    def age(self) -> int:
        """Milliseconds; more came lately than in the first year."""
        return int(self.dice.random() ** 1.3 * self.shape["years"] * 365 * DAY)

    def pick(self, shares: Mapping[str, float]) -> str:
        return self.dice.choices(list(shares), list(shares.values()))[0]

    def plain(self, words: str) -> str:
        """As the search sees it; the same words come again and again."""
        if words not in self.said:
            self.said[words] = plain(words)
        return self.said[words]


def fill(
    database: Database, knowledge: Knowledge, sealing: Sealing, now: int, many: int, surge: int = 0, seed: int = 1,
    force: bool = False,
) -> Iterator[int]:  # fmt: skip
    """Writes them, and tells after each batch how many there are; ready when it ends. Raises NotEmpty."""
    with database.reading() as connection:
        if seeding.filled(connection) and not force:
            raise NotEmpty("there are tickets already; --force adds made-up ones to them")
        if seeding.lived_in(connection) and not force:
            raise NotEmpty("people write to this house already; --force puts made-up tickets among theirs")
        first = seeding.filled(connection)
    drawn = Seed(knowledge, now, random.Random(seed + first))  # noqa: S311  made-up tickets need no secrets
    sealed = sealing.seal(orjson.dumps({"lane": "caller:made-up"}))
    numbers = drawn.dice.sample(range(1, CODES), many + surge)
    ages = sorted((drawn.age() for _ in range(many)), reverse=True)  # a house fills from its first day on
    with seeding.loading(database, sealing, sealed) as load:
        for at in range(0, many, AT_ONCE):
            here = range(at, min(at + AT_ONCE, many))
            load.put([_ticket(drawn, code_of(numbers[n]), ages[n]) for n in here])
            yield here.stop
    if surge:
        rows = [_shaken(drawn, code_of(number)) for number in numbers[many:]]
        with database.transaction() as connection:
            seeding.put_urgent(connection, rows, sealed, sealing)
        yield many + surge


def _ticket(seed: Seed, code: str, age: int) -> dict[str, Any]:
    dice, shape = seed.dice, seed.shape
    opened = seed.now - age
    kind = seed.pick(shape["kinds"])
    working = dice.random() < 0.5 ** (1 + age / DAY / shape["open_days"]) * 1.8
    status = seed.pick(shape["working"] if working else shape["states"])
    type_, words = _matter(seed, kind)
    place = _place(seed, dice.choices(*seed.places)[0])
    factory = (
        dice.choice(seed.factories) if dice.random() * 100 < shape["factory_percent"] and kind == "complaint" else ""
    )
    urgency = "emergency" if kind == "emergency" else seed.pick(shape["urgency"]) if kind == "complaint" else "normal"
    return _row(seed, code, opened, kind, type_, urgency, status, place, factory, words)


def _matter(seed: Seed, kind: str) -> tuple[str, str]:
    dice, told = seed.dice, seed.shape["words"]
    if kind == "complaint":
        type_ = dice.choices(*seed.types)[0]
    elif kind == "emergency":
        type_ = dice.choice(list(seed.knowledge.facts.dangers))
    else:
        type_ = "ops"
    return type_, dice.choice(told.get(type_, told["other"]))


def _place(seed: Seed, province: str) -> Place:
    south, west, north, east, code = seed.dice.choice(seed.spots[province])
    pinned = seed.dice.random() * 100 < seed.shape["pinned_percent"]
    lat, lon = seed.dice.uniform(south, north), seed.dice.uniform(west, east)
    pin = (round(lat, 5), round(lon, 5)) if pinned else (None, None)
    return Place(province, code[:4], code, *pin)


def _row(
    seed: Seed, code: str, opened: int, kind: str, type_: str, urgency: str, status: str, place: Place, factory: str,
    words: str,
) -> dict[str, Any]:  # fmt: skip
    clock = (0.25, 1, 24) if urgency == "emergency" else (6, 48, 240)
    taken = None if status in ("new", "withdrawn") else opened + int(seed.dice.uniform(0.1, 1.3) * clock[0] * HOUR)
    ended = status in ENDED
    finished = opened + int(seed.dice.uniform(0.2, 1.5) * clock[2] * HOUR) if ended else None
    facts = seed.knowledge.facts
    named = facts.types.get(type_) or facts.dangers.get(type_)
    summary = " · ".join(part for part in (named.name.th if named else "", factory, words) if part)
    searched = "\n".join(filter(None, (seed.plain(words), seed.plain(factory), code.replace("-", "").lower())))
    return {
        "code": code, "kind": kind, "type": type_, "urgency": urgency, "status": status, "summary": summary,
        "office": _office(seed, kind, type_, place), "report": orjson.dumps({"what": [words, []]}).decode(),
        "province": place.province, "district": place.district, "subdistrict": place.subdistrict,
        "lat": place.lat, "lon": place.lon, "cell": cell(place.lat, place.lon), "factory": factory,
        "opened_at": opened, "changed_at": min(finished or taken or opened, seed.now),
        "closed_at": finished if status != "resolved" else None,
        "acknowledge_by": opened + int(clock[0] * HOUR), "answer_by": opened + int(clock[1] * HOUR),
        "resolve_by": opened + int(clock[2] * HOUR), "acknowledged_at": taken, "answered_at": taken,
        "resolved_at": finished if status in ("closed", "resolved") else None,
        "resolution": "fixed" if status in ("closed", "resolved") else "", "words": searched, "source": "phone",
        "look_at": None if ended and status != "resolved" else opened + 400 * DAY,
        "answer": seed.dice.choice(seed.shape["answers"]) if status in ("closed", "resolved") else "",
    }  # fmt: skip


def _office(seed: Seed, kind: str, type_: str, place: Place) -> str:
    if kind in ("referral", "question"):
        return "ops"
    known = (type_, place.province)
    if known not in OFFICES:
        knowledge, where = seed.knowledge, Place(place.province, place.district, place.subdistrict)
        office = knowledge.emergency_office(where) if kind == "emergency" else knowledge.office_for(type_, where)
        OFFICES[known] = office
    return OFFICES[known]


OFFICES: dict[tuple[str, str], str] = {}


def _shaken(seed: Seed, code: str) -> dict[str, Any]:
    """One of many reports of an earthquake, of the last minutes."""
    shape = seed.shape["surge"]
    opened = seed.now - int(seed.dice.random() * shape["minutes"] * 60_000)
    place = _place(seed, seed.pick(shape["provinces"]))
    words = seed.dice.choice(shape["words"])
    row = _row(seed, code, opened, "emergency", shape["type"], "emergency", "new", place, "", words)
    return {**row, "look_at": seed.now, "changed_at": opened}


__all__: Sequence[str] = ("NotEmpty", "fill")
