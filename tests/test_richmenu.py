"""The rich menu: inside LINE's limits, every field leads somewhere, published once."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from PIL import Image, ImageFont, features

from bot import richmenu
from handlers.vocabulary import Tap
from tests.line_rules import faults_of_request
from tests.talking import Talk, keys


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_menu_is_inside_the_limits_of_line(lang: str) -> None:
    assert faults_of_request("POST", "/v2/bot/richmenu", richmenu.menu_json(lang)) == []


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_picture_has_its_size_and_is_small_enough(lang: str) -> None:
    picture = richmenu.image(lang)
    assert len(picture) <= richmenu.MOST_BYTES
    with Image.open(io.BytesIO(picture)) as opened:
        assert (opened.format, opened.size) == ("PNG", (richmenu.WIDTH, richmenu.HEIGHT))


def test_the_fields_cover_the_picture_and_do_not_overlap() -> None:
    boxes = [area["bounds"] for area in richmenu.menu_json()["areas"]]
    assert sum(box["width"] * box["height"] for box in boxes) == richmenu.WIDTH * richmenu.HEIGHT
    seen = {(x, y) for box in boxes for x in (box["x"],) for y in (box["y"],)}
    assert len(seen) == len(richmenu.FIELDS)


def test_every_field_leads_where_it_says() -> None:
    for area in richmenu.menu_json()["areas"]:
        tap = Tap.read(area["action"]["data"])
        assert tap
        assert "home.stale" not in keys(Talk().taps(tap.flow, tap.field, tap.value))


@pytest.mark.skipif(not features.check("raqm"), reason="this Pillow cannot shape Thai")
def test_a_tone_mark_stands_above_the_vowel_mark_and_not_in_it() -> None:
    font = richmenu._font(700, 200)
    assert font.layout_engine == ImageFont.Layout.RAQM
    plain, marked, both = (font.getbbox(text)[1] for text in ("ก", "กี", "กี่"))
    assert both < marked < plain  # smaller is higher


class Shelf:
    """A second real shelf of menus: keeps what it is given, as LINE does."""

    def __init__(self) -> None:
        self.menus: dict[str, dict[str, Any]] = {"other": {"name": "made by hand"}}
        self.pictures: dict[str, bytes] = {}
        self.default = ""

    async def get(self, path: str) -> dict[str, Any]:
        return {"richmenus": [{"richMenuId": one, **menu} for one, menu in self.menus.items()]}

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path.startswith(richmenu.DEFAULT):
            self.default = path.rsplit("/", 1)[-1]
            assert self.pictures[self.default]
            return {}
        made = f"richmenu-{len(self.menus)}"
        self.menus[made] = body
        return {"richMenuId": made}

    async def delete(self, path: str) -> None:
        del self.menus[path.rsplit("/", 1)[-1]]

    async def upload(self, path: str, content: bytes, mime: str) -> None:
        self.pictures[path.split("/")[-2]] = content


def test_publishing_twice_makes_one_menu_and_leaves_others_alone() -> None:
    shelf = Shelf()
    shelf.menus["old"] = {"name": "frontdoor th 0000000000"}
    first = asyncio.run(richmenu.publish(shelf))
    second = asyncio.run(richmenu.publish(shelf))
    assert first == second == shelf.default
    assert set(shelf.menus) == {"other", first}
