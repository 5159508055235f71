"""The rich menu: six fields below the chat, drawn here, and published to LINE by `publish`.

The picture is made from the same texts as the home card, so both say the same; Thai large, the other language small
below it, because one picture is shown to everybody. Each field is a postback of the home flow. It is drawn at twice its
size and made smaller, since Pillow's shapes have no soft edges; a picture file in the repository would have to be
redrawn by hand with every change of a word.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from bot.line.limits import cut_label
from handlers import words
from handlers.menu import NAME
from handlers.vocabulary import T, Tap

WIDTH, HEIGHT, COLUMNS, ROWS = 2500, 1686, 3, 2
SCALE = 2
GROUND, FIELD, INK, QUIET, BLUE, RED, WHITE = (
    "#DCE6F1",
    "#FFFFFF",
    "#1B2733",
    "#5A6675",
    "#0B57A4",
    "#B3261E",
    "#FFFFFF",
)
FIELDS = ("complaint", "emergency", "guidance", "my_tickets", "person", "home")
GAP, CORNER, MOST_BYTES = 20, 48, 1024 * 1024
MENU, MENUS, DEFAULT = "/v2/bot/richmenu", "/v2/bot/richmenu/list", "/v2/bot/user/all/richmenu"
Box = tuple[float, float, float, float]


class MenuClient(Protocol):
    """What publishing needs of LINE's client; `upload` goes to LINE's host for content."""

    async def get(self, path: str) -> dict[str, Any]: ...
    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]: ...
    async def delete(self, path: str) -> None: ...
    async def upload(self, path: str, content: bytes, mime: str) -> None: ...


async def publish(client: MenuClient, lang: str = "th") -> str:
    """Makes the menu the default for everybody and takes our older ones away. The same menu is not sent twice."""
    shape, picture = menu_json(lang), image(lang)
    ours = [
        menu for menu in (await client.get(MENUS)).get("richmenus", []) if str(menu["name"]).startswith("frontdoor ")
    ]
    same = [menu["richMenuId"] for menu in ours if menu["name"] == shape["name"]]
    menu_id = same[0] if same else await _made(client, shape, picture)
    await client.post(f"{DEFAULT}/{menu_id}", {})
    for menu in ours:
        if menu["richMenuId"] != menu_id:
            await client.delete(f"{MENU}/{menu['richMenuId']}")
    return menu_id


async def _made(client: MenuClient, shape: dict[str, Any], picture: bytes) -> str:
    menu_id = str((await client.post(MENU, shape))["richMenuId"])
    await client.upload(f"{MENU}/{menu_id}/content", picture, "image/png")
    return menu_id


def menu_json(lang: str = "th") -> dict[str, Any]:
    """The menu as LINE takes it; its name carries a mark of its words, so that an unchanged one is recognised."""
    areas = [_area(at, name, lang) for at, name in enumerate(FIELDS)]
    mark = hashlib.sha256(repr((areas, _labels(lang))).encode()).hexdigest()[:10]
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": f"frontdoor {lang} {mark}",
        "chatBarText": cut_label(_said("home.menu_bar", lang), 14),
        "areas": areas,
    }


def _area(at: int, name: str, lang: str) -> dict[str, Any]:
    label = _said(_key(name), lang)
    tap = Tap(NAME, "go", name).data()
    action = {"type": "postback", "label": cut_label(label, 20), "data": tap, "displayText": label}
    return {"bounds": _bounds(at), "action": action}


def _bounds(at: int) -> dict[str, int]:
    """The field's rectangle; the last of a row and the last row take what division left over."""
    row, column = divmod(at, COLUMNS)
    left, top = WIDTH * column // COLUMNS, HEIGHT * row // ROWS
    right, bottom = WIDTH * (column + 1) // COLUMNS, HEIGHT * (row + 1) // ROWS
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def _key(name: str) -> str:
    return "home.go.help" if name == "home" else f"home.go.{name}"


def _said(key: str, lang: str) -> str:
    return words.own().text(T(key), lang)


def _labels(lang: str) -> list[tuple[str, str]]:
    other = "th" if lang == "en" else "en"
    return [(_said(_key(name), lang), _said(_key(name), other)) for name in FIELDS]


# --- the picture ---


def image(lang: str = "th") -> bytes:
    """A PNG of at most 1 MB."""
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), GROUND)
    draw = ImageDraw.Draw(sheet)
    for at, (name, (large, small)) in enumerate(zip(FIELDS, _labels(lang), strict=True)):
        _field(Pen(draw), _bounds(at), name, large, small)
    made = io.BytesIO()
    sheet.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(128).save(made, "PNG", optimize=True)
    return made.getvalue()


class Pen:
    """Draws in the menu's own units, whatever the scale of the sheet."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw

    def _scaled(self, box: Box) -> list[float]:
        return [SCALE * value for value in box]

    def tile(
        self, box: Box, fill: str | None, outline: str | None = None, width: int = 0, corner: int = CORNER
    ) -> None:
        self.draw.rounded_rectangle(self._scaled(box), SCALE * corner, fill, outline, SCALE * width)

    def ring(self, box: Box, fill: str | None, outline: str | None = None, width: int = 0) -> None:
        self.draw.ellipse(self._scaled(box), fill, outline, SCALE * width)

    def arc(self, box: Box, start: int, end: int, fill: str, width: int) -> None:
        self.draw.arc(self._scaled(box), start, end, fill, SCALE * width)

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        self.draw.polygon([(SCALE * x, SCALE * y) for x, y in points], fill)

    def text(self, x: float, y: float, said: str, size: int, fill: str, weight: int, widest: int) -> None:
        """Centred on a point, smaller where it would not fit."""
        font = _font(weight, SCALE * size)
        while size > 30 and self.draw.textlength(said, font=font) > SCALE * widest:
            size -= 4
            font = _font(weight, SCALE * size)
        self.draw.text((SCALE * x, SCALE * y), said, fill, font, "mm")


def _font(weight: int, size: int) -> Any:
    import fontpkg  # type: ignore[import-untyped]
    from PIL import ImageFont, features

    # raqm puts a tone mark above the vowel mark and not into it; without it marks may overlap, so it is asked for
    engine = ImageFont.Layout.RAQM if features.check("raqm") else ImageFont.Layout.BASIC
    return ImageFont.truetype(str(fontpkg.path("sarabun", weight=weight)), size, layout_engine=engine)


def _field(pen: Pen, bounds: Mapping[str, int], name: str, large: str, small: str) -> None:
    urgent = name == "emergency"
    left, top, width, height = bounds["x"], bounds["y"], bounds["width"], bounds["height"]
    ground, ink, quiet = (RED, WHITE, WHITE) if urgent else (FIELD, INK, QUIET)
    pen.tile((left + GAP, top + GAP, left + width - GAP, top + height - GAP), ground)
    middle = left + width / 2
    ICONS[name](pen, middle, top + height * 0.34, WHITE if urgent else BLUE, ground)
    pen.text(middle, top + height * 0.68, large, 104, ink, 700, width - 110)
    pen.text(middle, top + height * 0.83, small, 58, quiet, 500, width - 110)


def _speech(pen: Pen, x: float, y: float, ink: str, ground: str) -> None:
    pen.tile((x - 170, y - 140, x + 170, y + 90), ink, corner=60)
    pen.shape([(x - 90, y + 60), (x - 90, y + 165), (x + 30, y + 60)], ink)
    for line, reach in ((-75, 100), (-25, 100), (25, 40)):
        pen.tile((x - 100, y + line - 10, x + reach, y + line + 10), ground, corner=10)


def _warning(pen: Pen, x: float, y: float, ink: str, ground: str) -> None:
    pen.shape([(x, y - 165), (x + 195, y + 155), (x - 195, y + 155)], ink)
    pen.tile((x - 17, y - 60, x + 17, y + 55), ground, corner=17)
    pen.ring((x - 20, y + 82, x + 20, y + 122), ground)


def _sign(pen: Pen, x: float, y: float, ink: str, ground: str) -> None:
    pen.ring((x - 160, y - 160, x + 160, y + 160), ink)
    pen.text(x, y, "?", 250, ground, 700, 300)


def _list(pen: Pen, x: float, y: float, ink: str, ground: str) -> None:
    pen.tile((x - 130, y - 150, x + 130, y + 165), ink, corner=36)
    pen.tile((x - 60, y - 180, x + 60, y - 120), ink, corner=24)
    for line in (-70, 10, 90):
        pen.ring((x - 88, y + line - 14, x - 60, y + line + 14), ground)
        pen.tile((x - 35, y + line - 11, x + 88, y + line + 11), ground, corner=11)


def _officer(pen: Pen, x: float, y: float, ink: str, ground: str) -> None:
    pen.ring((x - 75, y - 120, x + 75, y + 30), ink)
    pen.arc((x - 110, y - 165, x + 110, y + 55), 180, 360, ink, 20)
    pen.tile((x - 122, y - 75, x - 86, y + 5), ink, corner=16)
    pen.tile((x + 86, y - 75, x + 122, y + 5), ink, corner=16)
    pen.tile((x - 165, y + 55, x + 165, y + 300), ink, corner=110)
    pen.tile((x - 190, y + 165, x + 190, y + 320), ground, corner=0)


def _home(pen: Pen, x: float, y: float, ink: str, ground: str) -> None:
    pen.shape([(x, y - 165), (x + 190, y), (x - 190, y)], ink)
    pen.tile((x - 130, y - 40, x + 130, y + 150), ink, corner=20)
    pen.tile((x - 38, y + 40, x + 38, y + 152), ground, corner=12)


ICONS: Mapping[str, Callable[[Pen, float, float, str, str], None]] = {
    "complaint": _speech,
    "emergency": _warning,
    "guidance": _sign,
    "my_tickets": _list,
    "person": _officer,
    "home": _home,
}
