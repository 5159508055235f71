"""What an open emergency ticket learns from each answer, at once: nobody knows whether there will be another.

Words between the questions are a story too, and a place in them is taken as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers import same, tickets
from handlers.draft import Scene, value_of
from handlers.free_text import told, without_phone
from handlers.vocabulary import Act, Answer, Attach, Draft, Learn, Notice, Outcome, Reporter, Say, Tell, Turn
from handlers.where import place_of
from knowledge.model import Place


def story(scene: Scene, text: str) -> Mapping[str, Any]:
    """What people write between the questions; a place in it is taken as one."""
    heard, earlier = told(scene.knowledge, text), value_of(scene.draft, "note")
    words = without_phone(text, heard)
    found: dict[str, Any] = {"note": f"{earlier}\n{words}" if earlier else words}
    if heard.phone:
        found["phone"] = heard.phone
    place = heard.place
    if place and "place" in place and "place" not in scene.draft:
        found["place"] = place
    return found


UNTOLD = frozenset({"more", "phone"}) | same.FIELDS  # media are attached, the phone goes to the sealed reporter


def learned(turn: Turn, before: Draft, after: Draft) -> Outcome:
    """What the ticket is told of each answer, at once; skipping tells nothing."""
    code = str(value_of(after, "code") or "")
    fresh = {name: answer for name, answer in after.items() if before.get(name) != answer and value_of(after, name)}
    news = _words_and_media(turn, code, before, after, fresh)
    report = _report(fresh)
    phone = str(value_of(fresh, "phone") or "")
    joins = same.gathered(code, after) if same.joined(fresh) else ()
    if joins and code:
        return Outcome((Say("same.danger_joined", {"code": code}, must_arrive=True),), acts=joins)
    if not code or not (report or news or phone):
        return Outcome()
    first = Learn(code, report=report, reporter=Reporter(phone) if phone else None)
    moved: tuple[Act, ...] = ()
    if "place" in fresh:
        first, moved = _placed(turn, replace(first, place=place_of(value_of(fresh, "place"))))
    says = (Say("emergency.cannot_call"),) if value_of(fresh, "can_call") == "no" else ()
    more = Notice("ticket.urgent_more", code, {"fields": sorted(fresh)})
    return Outcome(says, None, (*((first,) if report or phone else ()), *news, *moved, more))


def _report(fresh: Draft) -> Draft:
    """The answers as the ticket keeps them: can_call is plainly true or false, unsure is neither."""
    report = {name: answer for name, answer in fresh.items() if name not in UNTOLD}
    can_call = report.pop("can_call", None)
    if can_call is not None and can_call.value in ("yes", "no"):
        report["can_call"] = Answer(can_call.value == "yes", can_call.messages)
    return report


def _placed(turn: Turn, learn: Learn) -> tuple[Learn, tuple[Act, ...]]:
    """Where it is now, and the office that is nearest; one that gets it anew is told."""
    ticket = tickets.find(turn, learn.code)
    place = tickets.finer(turn, ticket.place if ticket else Place(), learn.place or Place())
    office = turn.knowledge.emergency_office(place) if place.province else ""
    learn = replace(learn, place=place, office=office)
    held_by = ticket.office if ticket else ""
    return learn, (tickets.moved(learn.code, office, held_by),) if office and office != held_by else ()


def _words_and_media(turn: Turn, code: str, before: Draft, after: Draft, fresh: Draft) -> list[Act]:
    acts: list[Act] = []
    heard = told(turn.knowledge, turn.incoming.text)
    if "place" in fresh:
        where = place_of(value_of(after, "place"))
        named = turn.knowledge.describe(replace(where, typed=""), "th") or where.typed
        acts.append(Tell(code, tickets.entry(turn, "story.place", by_house=True, place=named)))
    if value_of(fresh, "can_call") == "no":
        acts.append(Tell(code, tickets.entry(turn, "story.cannot_call", by_house=True)))
    if "note" in fresh:
        acts.append(Tell(code, tickets.entry(turn, "story.words", without_phone(turn.incoming.text, heard))))
    ids = _ids(after, "more")
    new = tuple(one for one in ids if one not in _ids(before, "more"))
    return [*acts, Attach(code, new)] if new else acts


def _ids(draft: Draft, field: str) -> tuple[str, ...]:
    value = value_of(draft, field)
    return tuple(value.get("ids", ())) if isinstance(value, Mapping) else ()
