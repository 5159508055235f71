"""Is it this one? Who reports near an open incident is asked once, and joins it with one tap.

They are told what it is, how far away, how long ago and how many have reported it: no word of anybody else. What was
found stands in the draft, so an old button still means the incident that it showed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.draft import Heard, Problem, Scene, value_of
from handlers.said import said
from handlers.vocabulary import Act, Button, Draft, Gather, Say, T, Text

if TYPE_CHECKING:
    from knowledge.load import Knowledge

NO = "no"
FIELDS = frozenset({"near", "same"})  # of a draft; no part of what was reported


@dataclass(frozen=True)
class Same:
    """Stored as the number of the incident, or "no"."""

    def complete(self, value: Any, knowledge: Knowledge) -> bool:
        return value == NO or str(value).isdecimal()

    def read(self, scene: Scene) -> Heard | Problem | None:
        incoming, known = scene.turn.incoming, [str(one["incident"]) for one in found(scene.draft)]
        if incoming.kind == "tap" and incoming.tap:
            value = incoming.tap.value
        elif incoming.kind == "text":
            value = NO if said("no", incoming.text) or said("skip", incoming.text) else ""
            value = known[0] if not value and known and said("yes", incoming.text) else value
        else:
            return None
        good = value == NO or value in known
        return Heard({scene.field: value}) if good else Problem("same.again", alone=True)

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        near = found(scene.draft)
        one = len(near) == 1
        yes = [
            Button(T("same.yes") if one else T("same.this", {"number": at}), scene.tap(str(each["incident"])))
            for at, each in enumerate(near, 1)
        ]
        told = T("same.and", {"one": line(near[0], scene), "other": line(near[-1], scene)})
        words = {"found": line(near[0], scene) if one else told}
        return (Say("same.ask", words, (*yes, Button(T("same.no"), scene.tap(NO)))),)

    def show(self, value: Any, knowledge: Knowledge) -> Text:
        return T("same.no")


def line(near: Mapping[str, Any], scene: Scene) -> T:
    """What, how far, how long ago, how many."""
    facts = scene.knowledge.facts
    named = facts.types.get(near["type"]) or facts.dangers.get(near["type"])
    values = {
        "what": named.name if named else T("same.something"),
        "where": _where(near["metres"]),
        "when": _when(int(near["minutes"])),
        "reports": int(near["reports"]),
    }
    return T("same.found", values)


def _where(metres: int | None) -> T:
    if metres is None:
        return T("same.there")
    return (
        T("same.metres", {"n": max(50, round(metres / 50) * 50)})
        if metres < 1000
        else T("same.km", {"n": f"{metres / 1000:.1f}"})
    )


def _when(minutes: int) -> T:
    if minutes < 60:
        return T("same.minutes", {"n": max(1, minutes)})
    return T("same.hours", {"n": minutes // 60}) if minutes < 48 * 60 else T("same.days", {"n": minutes // (24 * 60)})


def found(draft: Draft) -> list[Mapping[str, Any]]:
    near = value_of(draft, "near")
    return [one for one in near if isinstance(one, Mapping) and "incident" in one] if isinstance(near, list) else []


def applies(draft: Draft, knowledge: Knowledge) -> bool:
    return bool(found(draft))


def joined(draft: Draft) -> int:
    """The incident that was said yes to; 0: none."""
    value = str(value_of(draft, "same") or "")
    return int(value) if value.isdecimal() else 0


def gathered(code: str, draft: Draft) -> tuple[Act, ...]:
    return (Gather(code, joined(draft)),) if joined(draft) else ()
