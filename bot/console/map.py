"""The map: open tickets of one's scope on our own outlines. No tile server, no other host.

From afar squares are counted (how many, how urgent), from close each ticket is a mark. Lines of provinces come first,
lines of districts when the view is close enough. Without a browser's script the same squares stand in a table.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from starlette.responses import Response

from bot.console import spot
from bot.console.asking import Ask, not_here
from bot.console.frame import Frame
from bot.console.packing import packed
from bot.db import maps, near, scope
from bot.db.tickets import CELL
from handlers.people import province_of
from knowledge import outline_lines
from knowledge.model import Place

THAILAND = (5.5, 97.3, 20.5, 105.7)
CLOSE = 1.6  # degrees of latitude in a view, below which tickets stand alone
DAY = 86_400_000
NEAR_KM = 3.2
YEAR = "private, max-age=86400"


def pages(frame: Frame) -> None:
    frame.page("/console/map", "see", show, nav="console_map.nav", order=40)
    frame.page("/console/map/{what}", "see", part)
    frame.page("/console/map/lines/{province}", "see", lines)
    frame.page("/console/tickets/{code}/map", "see", of_ticket)


def show(ask: Ask) -> Response:
    """The page; by province as a table for those who cannot see a map."""
    seen = scope.of(ask.member, ask.house.tools.knowledge)
    with ask.house.database.reading() as connection:
        by_province = maps.by_province(connection, seen)
    areas = {area.code: area.name.in_(ask.lang) for area in ask.house.tools.knowledge.areas()}
    rows = [(areas.get(row.province, ""), row) for row in by_province]
    own = ",".join(f"{edge:.3f}" for edge in _own(ask))
    return ask.show(
        "map.html", rows=rows, type=ask.query.get("type", ""), types=_types(ask), own=own, names=_names(areas)
    )


def _names(areas: Mapping[str, str]) -> list[tuple[float, float, str]]:
    """The names of the provinces, in the middle of each."""
    boxes = outline_lines.boxes().items()
    return [
        (round((south + north) / 2, 2), round((west + east) / 2, 2), areas[code])
        for code, (south, west, north, east) in boxes
        if code in areas
    ]


def _own(ask: Ask) -> tuple[float, float, float, float]:
    """Where the map opens: on the provinces of whoever looks, else on the country."""
    boxes = outline_lines.boxes()
    here = [boxes[one] for one in (ask.member.provinces or {province_of(ask.member.office)}) if one in boxes]
    if not here:
        return THAILAND
    south, west, north, east = zip(*here, strict=True)
    return min(south), min(west), max(north), max(east)


def part(ask: Ask) -> Response:
    """What the page's script asks for, as JSON."""
    found = {"tickets": tickets_here, "lines": lines, "provinces": provinces, "land": land}.get(str(ask.path["what"]))
    if found is None:
        raise not_here()
    return found(ask)


def _types(ask: Ask) -> list[tuple[str, str]]:
    facts = ask.house.tools.knowledge.facts
    types = [(id_, one.name.in_(ask.lang)) for id_, one in facts.types.items()]
    return types + [(id_, one.name.in_(ask.lang)) for id_, one in facts.dangers.items()]


def tickets_here(ask: Ask) -> Response:
    """Squares or points of a view (`box=south,west,north,east`), as compact JSON."""
    box = _box(ask.query.get("box", ""))
    seen = scope.of(ask.member, ask.house.tools.knowledge)
    wanted = _wanted(ask)
    with ask.house.database.reading() as connection:
        if box[2] - box[0] <= CLOSE:
            found = maps.points(connection, seen, box, wanted)
            return _json(ask, {"points": [_point(ask, row) for row in found], "more": len(found) == maps.MOST})
        side, squares = maps.squares(connection, seen, box, wanted)
    wide = side * CELL
    drawn = [
        [round((row.y + 0.5) * wide - 90, 4), round((row.x + 0.5) * wide - 180, 4), row.many, row.red, row.amber]
        for row in squares
    ]
    return _json(ask, {"side": round(wide, 4), "squares": drawn})


def _wanted(ask: Ask) -> list[Any]:
    return maps.having({name: ask.query.get(name, "")[:80] for name in ("type", "urgency")})


def _point(ask: Ask, row: Any) -> list[Any]:
    loud = {"emergency": 2, "high": 1}.get(row.urgency, 0)
    minutes = (ask.now - row.opened_at) // 60_000
    return [round(row.lat, 5), round(row.lon, 5), row.code, _named(ask, row.type), loud, minutes]


def _named(ask: Ask, type_: str) -> str:
    facts = ask.house.tools.knowledge.facts
    named = facts.types.get(type_) or facts.dangers.get(type_)
    return named.name.in_(ask.lang) if named else type_


def _box(typed: str) -> tuple[float, float, float, float]:
    try:
        south, west, north, east = (float(part) for part in typed.split(","))
    except ValueError:
        return THAILAND
    good = -90 <= south < north <= 90 and -180 <= west < east <= 180
    return (south, west, north, east) if good else THAILAND


def _json(ask: Ask, value: Any) -> Response:
    content, headers = packed(ask.request, orjson.dumps(value))
    return Response(content, media_type="application/json", headers=headers)


# --- lines -----------------------------------------------------------------------------------------------------------


def lines(ask: Ask) -> Response:
    province = str(ask.path.get("province", ""))
    if province and ask.house.tools.knowledge.area(province) is None:
        raise not_here()
    headers = {"Cache-Control": YEAR, "Content-Encoding": "gzip"}
    return Response(_packed(province), media_type="application/json", headers=headers)


def land(ask: Ask) -> Response:
    headers = {"Cache-Control": YEAR, "Content-Encoding": "gzip"}
    return Response(_land(), media_type="application/json", headers=headers)


def provinces(ask: Ask) -> Response:
    """The provinces of a view, whose districts are to be drawn."""
    return _json(ask, outline_lines.within(*_box(ask.query.get("box", ""))))


@lru_cache(maxsize=1)
def _land() -> bytes:
    return gzip.compress(orjson.dumps(outline_lines.land()), 9, mtime=0)


@lru_cache(maxsize=80)
def _packed(province: str) -> bytes:
    drawn = outline_lines.districts(province) if province else outline_lines.provinces()
    return gzip.compress(orjson.dumps(drawn), 9, mtime=0)


# --- a ticket's own map ----------------------------------------------------------------------------------------------


def of_ticket(ask: Ask) -> Response:
    """A fragment of the ticket's page: its district with the pin, and what else is open around it."""
    place = ask.ticket.place
    if place.lat is None or place.lon is None:
        return ask.show(
            "map_ticket.html", "bit", others=[], place=None, district=_district(place), named=_area(ask, place)
        )
    seen = scope.of(ask.member, ask.house.tools.knowledge)
    with ask.house.database.reading() as connection:
        around = near.around(
            connection, place.lat, place.lon, 3000, ask.now - 90 * DAY, without=ask.ticket.code, seen=seen
        )
    others = [_point(ask, row) for row, _ in around[:40]]
    near_by, district = spot.around(place, NEAR_KM), _district(place)
    return ask.show(
        "map_ticket.html",
        "bit",
        others=others,
        place=place,
        near_by=near_by,
        district=district,
        named=_area(ask, place),
    )


def _area(ask: Ask, place: Place) -> str:
    found = ask.house.tools.knowledge.area(place.district or place.province)
    return found.name.in_(ask.lang) if found else ""


def _district(place: Place) -> spot.Drawn | None:
    """Its picture, where the pin lies in it."""
    drawn = spot.of_district(place.province, place.district) if place.province else None
    if drawn is None or place.lat is None or place.lon is None:
        return drawn
    return drawn if all(0 < side < spot.SIDE for side in drawn.view.at(place.lat, place.lon)) else None
