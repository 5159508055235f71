"""What staff are shown of a ticket outside the console: one card, the same for LINE, mail, browser and chat.

What, where, how urgent, until when, who holds it; and buttons that do the next thing. Never who reported: the summary
is masked, and the number to call is an office's or a hotline's. A drill says so in its title and in its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from handlers import words
from handlers.cases import Case
from handlers.notices import rule_of
from handlers.said import said
from handlers.vocabulary import Button, Call, Card, Incoming, Line, Link, T, Tap, Text
from handlers.words import BANGKOK
from knowledge.escalation import table
from knowledge.masking import masked
from knowledge.model import Body, Both

if TYPE_CHECKING:
    from knowledge.load import Knowledge

DESK = "desk"
SHOWN, LISTED = 240, 10
WAITS = ("new", "reopened")
ASKED = ("question", "referral")  # an institute says "ours" or "not ours, but theirs", each in at most two taps
OFFERED = 8
DUES = (("acknowledge", "acknowledged_at"), ("answer", "answered_at"), ("resolve", "resolved_at"))


@dataclass(frozen=True, slots=True)
class Scene:
    """What a card is made from. `base` is our public address, empty where there is none; `chat`: for a group."""

    case: Case | None
    knowledge: Knowledge
    now: datetime
    base: str = ""
    chat: bool = False


def card(rule: str, values: Mapping[str, Any], scene: Scene) -> Card:
    """The card of one notice."""
    name, _ = rule_of(rule, values)
    case = scene.case
    drill = rule.startswith("drill.") or bool(values.get("drill")) or (case is not None and case.drill)
    body = tuple(_body(name, values, scene))
    title = _title(name, values, scene)
    if drill:
        title, body = T("notices.drill", {"title": title}), (T("notices.drill.body"), *body)
    lines = lines_of(scene) if case else ()
    return Card(title, _tone(name, case), body, lines, _buttons(name, scene))


def _title(name: str, values: Mapping[str, Any], scene: Scene) -> T:
    said = {
        "what": what(scene.case, scene.knowledge) if scene.case else str(values.get("what", "")),
        "name": str(values.get("name") or (scene.case.assignee_name if scene.case else "")),
        "office": _office(str(values.get("office", "")) or (scene.case.office if scene.case else ""), scene.knowledge),
        "percent": values.get("percent", ""),
    }
    key = "climb" if name.startswith("climb") else name
    return T(f"notices.{key}" if f"notices.{key}" in words.own() else "notices.other", said)


def _body(name: str, values: Mapping[str, Any], scene: Scene) -> Sequence[Text]:
    said: list[Text] = []
    if name.startswith("climb."):
        said.append(T("notices.climbed"))
    if name == "surge":
        said.append(T("notices.reports", {"count": values.get("count", "")}))
    if f"notices.{name}.body" in words.own():
        said.append(T(f"notices.{name}.body"))
    summary = gist(scene.case, scene.knowledge)[:SHOWN] if scene.case else ""
    return [*said, summary] if summary else said


def _tone(name: str, case: Case | None) -> Any:
    if case and case.urgent:
        return "danger"
    return "wait" if name.startswith(("deadline", "climb", "referral")) else "plain"


def lines_of(scene: Scene) -> tuple[Line, ...]:
    case = scene.case
    if case is None:
        return ()
    due = due_of(case, scene.now)
    told: tuple[tuple[str, Text | None], ...] = (
        ("where", where(case, scene.knowledge)),
        ("when", moment(case.opened_at, scene.now)),
        ("state", state(case)),
        ("due", due),
        ("code", case.code),
    )
    return tuple(Line(T(f"notices.line.{name}"), text) for name, text in told if text)


def what(case: Case, knowledge: Knowledge) -> Text:
    """The kind of matter, by its name."""
    facts = knowledge.facts
    named = facts.types.get(case.type) or facts.dangers.get(case.type) or knowledge.body(case.type)
    return named.name if named else case.summary[:60] or case.type


def gist(case: Case, knowledge: Knowledge) -> str:
    """The summary, masked, without kind and place: these stand on the card already."""
    kind, place = what(case, knowledge), where(case, knowledge)
    known = {part.th for part in (kind, place) if isinstance(part, Both)}
    known.add(knowledge.describe(replace(case.place, typed=""), "th"))
    return " · ".join(part for part in masked(case.summary).strip().split(" · ") if part not in known)


def where(case: Case, knowledge: Knowledge) -> Text:
    place = case.place
    if place.province:
        return Both(knowledge.describe(place, "th"), knowledge.describe(place, "en"))
    return masked(place.typed)[:100] or T("notices.nowhere")


def state(case: Case) -> Text:
    plain = T(f"notices.state.{case.status}")
    held = case.assignee_name and case.status not in WAITS
    return T("notices.held_by", {"state": plain, "name": case.assignee_name}) if held else plain


def due_of(case: Case, now: datetime) -> Text | None:
    """The next deadline that is not met, and whether it has passed; none while the clock stands."""
    if case.waiting_since or case.status in ("resolved", "closed", "rejected", "withdrawn", "merged"):
        return None
    for name, met in DUES:
        at = getattr(case, f"{name}_by")
        if at and getattr(case, met) is None:
            due = T(f"notices.due.{name}", {"at": moment(at, now)})
            return T("notices.due.late", {"due": due}) if at <= now else due
    return None


def moment(at: datetime, now: datetime) -> Text:
    """The clock alone for today, else day and clock."""
    local, today = at.astimezone(BANGKOK), now.astimezone(BANGKOK)
    if local.date() == today.date():
        return T("notices.clock", {"clock": f"{local:%H:%M}"})
    return T("notices.at", {"at": at})


def _office(office: str, knowledge: Knowledge) -> Text:
    body = knowledge.body(office)
    return body.name if body else office


# --- buttons ---------------------------------------------------------------------------------------------------------


def _buttons(name: str, scene: Scene) -> tuple[Button, ...]:
    case = scene.case
    if case is None or name == "ticket.gone":
        return ()
    free = case.free or (case.waits and name == "ticket.assigned")
    found: list[Button] = []
    if free and not scene.chat:  # LINE does not say who tapped in a group
        found.append(Button(T("notices.do.take"), Tap(DESK, "take", case.code)))
    if free and not scene.chat and case.kind in ASKED:
        found.append(Button(T("notices.do.elsewhere"), Tap(DESK, "elsewhere", case.code)))
    found += _links(case, scene.base, forward=free and case.kind not in ASKED)
    number = number_of(case, scene.knowledge)
    if number and case.urgent:
        found.append(Button(T("notices.do.call", {"number": number}), Call(number)))
    return tuple(found)


def _links(case: Case, base: str, forward: bool = False, answer: bool = False) -> list[Button]:
    if not base:
        return []
    address = f"{base}/console/tickets/{case.code}"
    found = [Button(T("notices.do.answer"), Link(f"{address}#w-answer_reporter"))] if answer else []
    found.append(Button(T("notices.do.open"), Link(address)))
    return [*found, Button(T("notices.do.forward"), Link(f"{address}#w-forward"))] if forward else found


def number_of(case: Case, knowledge: Knowledge) -> str:
    """Whom an officer would call first: the hotline of that danger, else the office that has the ticket."""
    danger, hotlines = knowledge.facts.dangers.get(case.type), knowledge.facts.hotlines
    lines = [hotlines[one].number for one in danger.call if one in hotlines] if danger else []
    body = knowledge.body(case.office)
    return next(iter((*lines, *(body.phones if body else ()))), "")


def url_of(scene: Scene) -> str:
    """Where the matter can be opened in the console."""
    if not scene.base:
        return ""
    return f"{scene.base}/console/tickets/{scene.case.code}" if scene.case else f"{scene.base}/console/"


# --- what a member sees after an act, and asks for -------------------------------------------------------------------


def done(key: str, scene: Scene) -> Card:
    """After taking or starting: how it stands now, and what comes next."""
    case = scene.case
    if case is None:
        return Card(T(key))
    start = [Button(T("notices.do.start"), Tap(DESK, "start", case.code))] if case.status == "acknowledged" else []
    number = number_of(case, scene.knowledge) if case.urgent else ""
    call = [Button(T("notices.do.call", {"number": number}), Call(number))] if number else []
    buttons = (*start, *_links(case, scene.base, forward=True, answer=True), *call)
    return Card(T(key), "good", (what(case, scene.knowledge),), lines_of(scene), buttons)


def shown(scene: Scene) -> Card:
    """A ticket as it stands, with what can be done from here."""
    case = scene.case
    if case is None:
        return Card(T("desk.no_case"))
    free = case.free
    first = [Button(T("notices.do.take"), Tap(DESK, "take", case.code))] if free else []
    summary = gist(case, scene.knowledge)[:SHOWN]
    buttons = (*first, *_links(case, scene.base, forward=free, answer=not free))
    title = what(case, scene.knowledge)
    return Card(title, "danger" if case.urgent else "plain", (summary,) if summary else (), lines_of(scene), buttons)


def elsewhere(scene: Scene) -> Card:
    """Whose is it, then?"""
    case = scene.case
    if case is None:
        return Card(T("desk.no_case"))
    bodies = proposed(case, scene.knowledge)
    ways = [Button(body.name, Tap(DESK, "decline", f"{case.code}:{body.id}")) for body in bodies]
    return Card(T("notices.elsewhere"), lines=(), buttons=(*ways, *_links(case, scene.base, forward=True)), quiet=True)


def proposed(case: Case, knowledge: Knowledge) -> list[Body]:
    """The bodies that the question sounds like, and the hub, which finds out; nobody who passed it on already."""
    sounds = (one.body for one in knowledge.route(case.told or case.summary, case.place).candidates)
    named = [id_ for id_ in dict.fromkeys((*sounds, table().central)) if id_ not in (case.office, *case.passed)]
    return [body for id_ in named if (body := knowledge.body(id_))][:OFFERED]


def asks_for_work(incoming: Incoming) -> bool:
    """A member of staff asks what is in their hands, in a word or by a button."""
    if incoming.group:
        return False
    tap = incoming.tap
    return bool(tap and tap.flow == DESK and tap.field == "work") or said("work", incoming.text)


def work(cases: Sequence[Case], scene: Scene) -> Card:
    """The open tickets in a member's hands, most urgent first; a tap shows one."""
    if not cases:
        return Card(T("notices.work.none"), buttons=_queue(scene.base))
    buttons = tuple(Button(_short(one, scene.knowledge), Tap(DESK, "show", one.code)) for one in cases[:LISTED])
    return Card(T("notices.work", {"count": len(cases)}), buttons=(*buttons, *_queue(scene.base)), quiet=True)


def _short(case: Case, knowledge: Knowledge) -> T:
    place = Both(*(knowledge.describe(case.place, lang) for lang in ("th", "en"))) if case.place.province else case.code
    return T("notices.work.line", {"what": what(case, knowledge), "where": place, "state": state(case)})


def _queue(base: str) -> tuple[Button, ...]:
    return (Button(T("notices.do.queue"), Link(f"{base}/console/")),) if base else ()


# --- the morning's list ----------------------------------------------------------------------------------------------


def digest(counts: Mapping[str, int], lines: Sequence[Text], base: str) -> Card:
    """What waits for a member, and what was kept for the morning."""
    body: list[Text] = []
    if counts.get("mine"):
        body.append(T("notices.digest.mine", {"count": counts["mine"], "late": counts.get("late", 0)}))
    if counts.get("office"):
        body.append(T("notices.digest.office", {"count": counts["office"]}))
    body += lines[:LISTED]
    if len(lines) > LISTED:
        body.append(T("notices.digest.more", {"count": len(lines) - LISTED}))
    return Card(T("notices.digest"), body=tuple(body), buttons=_queue(base))
