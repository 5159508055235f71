"""The test parcels of a member: one for each way, with the words that a test says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.channels import Parcel
from bot.db import ways
from bot.db.deliveries import LINE, MAIL, Delivery
from bot.db.rows import sure_moment
from bot.parcels import packed
from handlers import staff_cards
from handlers.staff_cards import Scene

if TYPE_CHECKING:
    from bot.house import House


def parcels(house: House, email: str) -> Iterator[tuple[str, str, Parcel]]:
    """(kind, label, parcel) of every way; none for an unknown account."""
    with house.database.reading() as connection:
        row = ways.named(connection, email)
        own = ways.of(connection, [row.id], [], house.sealing) if row else []
    if row is None:
        return
    now = house.clock()
    scene = Scene(None, house.tools.knowledge, sure_moment(now), house.settings.public_base_url)
    card = staff_cards.card("test", {}, scene)

    def made(kind: str, way: int = 0, lane: str = "", address: object = None) -> Parcel:
        # Numbers of tests lie below those of deliveries, so that no mail program takes one for the other.
        one = Delivery(-(now + way), 0, "test", "", row.id, way, kind, lane, True, {}, 1, now)
        return packed(one, card, scene, row.lang, house.tools.words, address if isinstance(address, dict) else {})

    if row.lane:
        yield LINE, "", made(LINE, lane=row.lane)
    if house.channels()[MAIL].ready():
        yield MAIL, row.email, made(MAIL, address={"to": row.email})
    for way in own:
        if way.kind != LINE:
            yield way.kind, way.label, made(way.kind, way.id, address=way.address)
