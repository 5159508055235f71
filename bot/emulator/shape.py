"""A small language for what a request may look like: kinds of values, nested, each naming its own faults.

LINE's limits are nearly all of one sort (this field, so long, one of these), so they stand as tables in the `limits_*`
files, and only rules over several fields are functions. OpenAPI says half of it, prose the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from bot.emulator.counting import utf16

_PRINTABLE = re.compile(r"[\x21-\x7e]*")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where, as LINE's error body tells it."""

    property: str
    message: str


Faults = Iterator[Fault]
OF_TYPE = "must be of type"
Rule = Callable[[Any, str], Faults]


class Kind(Protocol):
    @property
    def need(self) -> bool: ...

    def faults(self, value: Any, where: str) -> Faults: ...


def between(low: int, high: int) -> str:
    return f"Size must be between {low} and {high}"


@dataclass(frozen=True, slots=True)
class Anything:
    need: bool = False

    def faults(self, value: Any, where: str) -> Faults:
        yield from ()


@dataclass(frozen=True, slots=True)
class Str:
    """A text: at most `longest` as `count` counts, of a pattern, or one of a few words."""

    longest: int = 0
    need: bool = False
    filled: bool = False
    count: Callable[[str], int] = utf16
    pattern: str = ""
    among: tuple[str, ...] = ()
    words: str = "invalid format"

    def faults(self, value: Any, where: str) -> Faults:
        if not isinstance(value, str):
            yield Fault(where, f"{OF_TYPE} string")
        elif self.filled and not value:
            yield Fault(where, "May not be empty")
        elif self.longest and self.count(value) > self.longest:
            yield Fault(where, f"Length must be between 0 and {self.longest}")
        elif self.among and value not in self.among:
            yield Fault(where, f"Must be one of the following values: [{', '.join(self.among)}]")
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield Fault(where, self.words)


LOOPBACK = ("http://127.0.0.1:", "http://localhost:")  # LINE takes https alone; a bot on this machine cannot


@dataclass(frozen=True, slots=True)
class Url:
    """An address that LINE loads: https, percent-encoded."""

    longest: int = 2000
    need: bool = False

    def faults(self, value: Any, where: str) -> Faults:
        if not isinstance(value, str):
            yield Fault(where, f"{OF_TYPE} string")
        elif utf16(value) > self.longest:
            yield Fault(where, f"Length must be between 0 and {self.longest}")
        elif not value.startswith(("https://", *LOOPBACK)):
            yield Fault(where, "invalid uri scheme")
        elif not _host(value) or not _PRINTABLE.fullmatch(value):
            yield Fault(where, "invalid uri")


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a person opens."""

    need: bool = False
    schemes: tuple[str, ...] = ("http", "https", "line", "tel")

    def faults(self, value: Any, where: str) -> Faults:
        if not isinstance(value, str):
            yield Fault(where, f"{OF_TYPE} string")
        elif not value:
            yield Fault(where, "May not be empty")
        elif utf16(value) > 1000:
            yield Fault(where, "Length must be between 0 and 1000")
        elif _scheme(value) not in self.schemes:
            yield Fault(where, "invalid uri scheme")
        elif not _PRINTABLE.fullmatch(value):
            yield Fault(where, "invalid uri")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Num:
    low: float | None = None
    high: float | None = None
    need: bool = False
    whole: bool = True
    step: int = 1

    def faults(self, value: Any, where: str) -> Faults:
        right = isinstance(value, int) or (isinstance(value, float) and (not self.whole or value.is_integer()))
        if isinstance(value, bool) or not right:
            yield Fault(where, f"{OF_TYPE} {'integer' if self.whole else 'number'}")
        elif (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            yield Fault(where, f"must be between {self.low} and {self.high}")
        elif self.step > 1 and value % self.step:
            yield Fault(where, f"must be a multiple of {self.step}")


@dataclass(frozen=True, slots=True)
class Flag:
    need: bool = False

    def faults(self, value: Any, where: str) -> Faults:
        if not isinstance(value, bool):
            yield Fault(where, f"{OF_TYPE} boolean")


@dataclass(frozen=True, slots=True)
class List:
    of: Kind
    low: int = 0
    high: int = 1_000_000
    need: bool = False

    def faults(self, value: Any, where: str) -> Faults:
        if not isinstance(value, list):
            yield Fault(where, f"{OF_TYPE} array")
            return
        if not self.low <= len(value) <= self.high:
            yield Fault(where, between(self.low, self.high))
        for at, one in enumerate(value[: self.high]):
            yield from self.of.faults(one, f"{where}[{at}]")


@dataclass(frozen=True, slots=True)
class Obj:
    """An object: its known fields, and rules over several of them. Unknown fields are let through, as LINE does."""

    fields: Mapping[str, Kind]
    rules: Sequence[Rule] = ()
    need: bool = False

    def faults(self, value: Any, where: str) -> Faults:
        if not isinstance(value, dict):
            yield Fault(where, f"{OF_TYPE} object")
            return
        found = [fault for name, kind in self.fields.items() for fault in self._field(name, kind, value, where)]
        yield from found
        if not any(fault.message.startswith(OF_TYPE) for fault in found):  # rules trust the types of what they compare
            for rule in self.rules:
                yield from rule(value, where)

    @staticmethod
    def _field(name: str, kind: Kind, value: dict[str, Any], where: str) -> Faults:
        here = f"{where}.{name}" if where else name
        if name in value:
            yield from kind.faults(value[name], here)
        elif kind.need:
            yield Fault(here, "must be specified")


@dataclass(frozen=True, slots=True)
class Pick:
    """An object whose `by` field says which of several it is. `refused` are types that exist, but not here."""

    kinds: Mapping[str, Kind]
    by: str = "type"
    need: bool = False

    def faults(self, value: Any, where: str) -> Faults:
        if not isinstance(value, dict):
            yield Fault(where, f"{OF_TYPE} object")
        elif self.by not in value:
            yield Fault(f"{where}.{self.by}", "must be specified")
        elif not isinstance(value[self.by], str) or value[self.by] not in self.kinds:
            yield Fault(f"{where}.{self.by}", f"Must be one of the following values: [{', '.join(self.kinds)}]")
        else:
            yield from self.kinds[value[self.by]].faults(value, where)


@dataclass(slots=True)
class Later:
    """A kind that is told later: boxes hold boxes."""

    need: bool = False
    kind: Kind = field(default_factory=Anything)

    def faults(self, value: Any, where: str) -> Faults:
        yield from self.kind.faults(value, where)
