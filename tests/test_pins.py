"""A pin names its subdistrict; near a line all sides are told; the sea is forgiven, the neighbours' land is not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from knowledge import pins, places
from knowledge.model import Place
from knowledge.pins import Index
from knowledge.places import Reader

SENTENCES = Path(__file__).parent / "sentences" / "pin.tsv"


@pytest.fixture(scope="module")
def index() -> Index:
    return pins.load()


@pytest.fixture(scope="module")
def reader() -> Reader:
    return places.load()


def rows() -> list[dict[str, str]]:
    with SENTENCES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def names(reader: Reader, place: Place | None) -> list[str]:
    codes = (place.province, place.district, place.subdistrict) if place else ()
    return [area.name.th for code in codes if (area := reader.area(code))]


def test_every_pin_of_ours_is_read_right(index: Index, reader: Reader) -> None:
    wrong = []
    for row in rows():
        lat, lon = map(float, row["text"].split(","))
        gold = row["gold"].split("/")
        got = names(reader, index.at(lat, lon).place)
        if got[: len(gold)] != gold:
            wrong.append((row["id"], gold, got))
    assert wrong == []


def test_every_province_is_reached_by_a_pin_and_by_its_name(index: Index, reader: Reader) -> None:
    by_pin = {index.at(*map(float, row["text"].split(","))).place for row in rows()}
    by_name = {found.place.province for area in reader.areas() if (found := reader.read_place(area.name.th))}
    assert {place.province for place in by_pin if place} == by_name == {area.code for area in reader.areas()}
    assert len(by_name) == 77


def test_every_outline_is_known_by_name_or_was_divided(index: Index, reader: Reader) -> None:
    unknown = {code for code in index._codes if reader.area(code) is None}
    assert unknown == {"104701", "105001"} == unknown & set(index._splits)


def test_a_pin_inside_an_outline_lies_inside_it(index: Index) -> None:
    """A point next to the middle of the first edge, on the inner side, for some hundred outlines."""
    checked = 0
    for at in range(0, len(index._codes), 60):
        x1, y1, x2, y2 = index._edges(at)[:, 0].tolist()
        step = index._step
        lat, lon = (y1 + y2) / 2 * step, (x1 + x2) / 2 * step
        reading = index.at(lat, lon)
        seen = {reading.place.subdistrict or reading.place.district} if reading.place else set()
        seen |= {place.subdistrict for place in reading.near}
        assert any(code.startswith(index._codes[at][:4]) for code in seen)
        checked += 1
    assert checked > 100


def test_near_a_line_both_sides_are_told(index: Index) -> None:
    x1, y1, x2, y2 = index._edges(500)[:, 0].tolist()
    reading = index.at((y1 + y2) / 2 * index._step, (x1 + x2) / 2 * index._step)
    assert reading.place is not None
    own = {reading.place.subdistrict, *(place.subdistrict for place in reading.near)}
    assert index._codes[500] in own
    assert len(own) >= 2


def test_far_from_a_line_nothing_is_asked(index: Index) -> None:
    assert index.at(13.53, 100.65).near == ()


def test_a_subdistrict_divided_since_is_told_by_its_nearest_point_and_asked_about_between(index: Index) -> None:
    south = index.at(13.662, 100.62).place
    assert south is not None
    assert (south.district, south.subdistrict) == ("1047", "104703")
    between = index.at(13.67, 100.6205)
    assert between.place is not None
    own = {between.place.subdistrict, *(place.subdistrict for place in between.near)}
    assert own == {"104702", "104703"}


def test_a_part_that_kept_the_old_name_is_said_first(index: Index) -> None:
    reading = index.at(13.709, 100.634)  # On Nut since 2017, Suan Luang on most maps
    assert reading.place is not None
    assert reading.place.subdistrict == "103401"
    assert [place.subdistrict for place in reading.near] == ["103402"]


@pytest.mark.parametrize(
    ("lat", "lon", "province"),
    [
        (13.070, 100.875, "TH-20"),  # the end of a pier in Si Racha
        (12.650, 101.150, "TH-21"),  # the port of Map Ta Phut
        (17.968, 102.633, None),  # Vientiane, across the river
        (13.0, 100.4, None),  # the middle of the gulf
        (11.56, 104.92, None),  # Phnom Penh
        (51.5, -0.1, None),
        (0.0, 0.0, None),
        (float("nan"), 100.0, None),
        (float("inf"), 100.0, None),
    ],
)
def test_the_sea_is_forgiven_and_abroad_is_abroad(index: Index, lat: float, lon: float, province: str | None) -> None:
    place = index.at(lat, lon).place
    assert (place.province if place else None) == province


def test_a_pin_keeps_its_point(index: Index) -> None:
    place = index.at(13.53, 100.65).place
    assert place is not None
    assert (place.lat, place.lon) == (13.53, 100.65)
