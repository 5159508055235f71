"""From a delivery to a parcel, inside the notifier's transaction: the card is made when it leaves.

It shows the ticket as it then stands, and what has become pointless does not leave: somebody took it, the account was
disabled, the way removed. LINE's cards that the quota keeps back go by mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot import quota
from bot.channels import Parcel
from bot.db import cases, deliveries, groups, members, ways
from bot.db.deliveries import DIGEST, LINE, MAIL, Delivery, Fate
from bot.db.rows import sure_moment
from bot.db.ways import Way
from bot.parcels import packed as made_up
from bot.quota import Quota
from handlers import notices as rules
from handlers import people, staff_cards
from handlers.cases import Case
from handlers.staff_cards import Scene
from handlers.vocabulary import Card, T

if TYPE_CHECKING:
    from bot.notifier import World

KEPT = "LINE's monthly quota is kept for what is urgent"


@dataclass
class Packed:
    """Claimed deliveries: those with a parcel, and those that end without one."""

    parcels: list[tuple[Delivery, Parcel]] = field(default_factory=list)
    ended: list[Fate] = field(default_factory=list)


def pack(connection: Any, world: World, claimed: Sequence[Delivery], now: int) -> Packed:
    found = Packed()
    if not claimed:
        return found
    codes = {one.code for one in claimed if one.code} | {code for one in claimed for code in _listed(one)}
    held = cases.load_all(connection, sorted(codes))
    contacts = ways.contacts(connection, {one.staff for one in claimed if one.staff})
    count = quota.read(connection, now)
    for one in claimed:
        case = held.get(one.code)
        row = contacts.get(one.staff)
        way = ways.one(connection, one.way, world.sealing) if one.way else None
        end = _ended(connection, world, one, case, row, way, count, now)
        if end:
            found.ended.append(end)
            continue
        scene = Scene(case, world.knowledge, sure_moment(now), world.base, chat=not one.staff)
        lang = row.lang if row is not None else "th"
        address = way.address if way else {"to": row.email if row is not None else ""}
        card = _card(one, scene, _seen(world, one, row, held), sure_moment(now))
        found.parcels.append((one, made_up(one, card, scene, lang, world.words, address)))
    return found


def _ended(
    connection: Any, world: World, one: Delivery, case: Case | None, row: Any, way: Way | None, count: Quota, now: int
) -> Fate | None:
    """Why this delivery does not go, if so."""
    if rules.is_moot(one.rule, case) and not one.urgent:
        return Fate(one, "skipped", fault="somebody has taken it meanwhile")
    if one.staff and (row is None or row.state != "active"):
        return Fate(one, "skipped", fault="the account is disabled")
    if one.way and way is None:
        return Fate(one, "skipped", fault="the way was removed")
    if way is not None and way.rests:
        return Fate(one, "skipped", fault="the way rests since the account was recovered")
    if one.notice and case and not _still_theirs(connection, world, one, case, row, way):
        return Fate(one, "skipped", fault="the ticket is no longer theirs to see")
    if not world.channels[one.kind].ready():
        return Fate(one, "dead", fault="this way is not set up")
    if one.kind == LINE and one.notice and not count.takes(one.urgent):
        mail = bool(one.staff) and world.channels[MAIL].ready()
        deliveries.by_mail_instead(connection, [one.id], KEPT, now, mail)
        return Fate(one, "dead", fault=KEPT)
    return None


def _still_theirs(connection: Any, world: World, one: Delivery, case: Case, row: Any, way: Way | None) -> bool:
    """What waited for the morning may have gone to another office by then, and so may its reader."""
    if one.staff:
        return rules.may_hear(members.member(row, world.knowledge), case, one.rule)
    office = way.office if way else groups.office_of(connection, one.lane)
    return not office or office == case.office or rules.goes_up(one.rule)


def _seen(world: World, one: Delivery, row: Any, held: Mapping[str, Case]) -> Mapping[str, Case]:
    """The tickets of a list that its reader may see now."""
    if one.rule != DIGEST or row is None:
        return held
    member = members.member(row, world.knowledge)
    return {code: case for code, case in held.items() if people.reaches(member, case.held)}


def _card(one: Delivery, scene: Scene, held: Mapping[str, Case], at: datetime) -> Card:
    if one.rule != DIGEST:
        return staff_cards.card(one.rule, one.values, scene)
    lines = []
    for rule, code in _lines(one):
        case = held.get(code)
        if case:
            shown = staff_cards.card(rule, {}, Scene(case, scene.knowledge, at)).title
            lines.append(T("notices.digest.line", {"code": code, "title": shown}))
    counts = {name: int(one.values.get(name) or 0) for name in ("mine", "late", "office")}
    return staff_cards.digest(counts, lines, scene.base)


def _lines(one: Delivery) -> list[tuple[str, str]]:
    return [(str(rule), str(code)) for rule, code in one.values.get("lines", ())]


def _listed(one: Delivery) -> list[str]:
    return [code for _, code in _lines(one)] if one.rule == DIGEST else []


def settled(connection: Any, world: World, fate: Fate, now: int) -> None:
    """After an attempt: a way that never works again says so, and what was urgent goes by mail instead."""
    one = fate.delivery
    if one.way and fate.state == "sent" and one.rule == "test":
        ways.tested(connection, one.way, now)
    if fate.state != "dead":
        return
    if one.way:
        ways.broken(connection, one.way, fate.fault)
    if one.notice and one.staff and one.kind != MAIL and world.channels[MAIL].ready():
        again = deliveries.row(one.rule, one.code, MAIL, one.values, now, now, one.notice, one.staff, urgent=one.urgent)
        deliveries.put(connection, [again])
