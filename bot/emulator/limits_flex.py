"""What a flex message may be: bubbles, boxes and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.emulator.counting import json_size
from bot.emulator.limits_actions import FLEX, FLEX_BUTTON
from bot.emulator.shape import Fault, Faults, Flag, Kind, Later, List, Num, Obj, Pick, Str, Url

MOST_BUBBLE, MOST_CAROUSEL, MOST_ANIMATED = 30 * 1024, 50 * 1024, 10

COLOR = Str(pattern=r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})", words="invalid color")
ALIGN = Str(among=("start", "end", "center"))
GRAVITY = Str(among=("top", "bottom", "center"))
POSITION = Str(among=("relative", "absolute"))
WEIGHT = Str(among=("regular", "bold"))
STYLE = Str(among=("normal", "italic"))
DECORATION = Str(among=("none", "underline", "line-through"))
SHRINK = Str(among=("shrink-to-fit",))
PLACED: Mapping[str, Kind] = {
    "position": POSITION,
    **{name: Str() for name in ("margin", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd")},
}
JUSTIFY = ("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly")


def _ratio(part: dict[str, Any], where: str) -> Faults:
    ratio = part.get("aspectRatio")
    if not isinstance(ratio, str):
        return
    found = re.fullmatch(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", ratio)
    wide, high = (float(one) for one in found.groups()) if found else (0.0, 0.0)
    if not (1 <= wide <= 100_000 and 1 <= high <= 100_000) or high > 3 * wide:
        yield Fault(f"{where}.aspectRatio", "invalid aspect ratio")


def _words_or_spans(text: dict[str, Any], where: str) -> Faults:
    if "contents" not in text and not text.get("text"):
        yield Fault(f"{where}.text", "must be non-empty text")


BOX = Later(need=True)

SPAN = Obj({"text": Str(), "size": Str(), "color": COLOR, "weight": WEIGHT, "style": STYLE, "decoration": DECORATION})
TEXT = Obj(
    {
        "text": Str(), "flex": Num(), "size": Str(), "align": ALIGN, "gravity": GRAVITY, "color": COLOR,
        "weight": WEIGHT, "style": STYLE, "decoration": DECORATION, "wrap": Flag(), "lineSpacing": Str(),
        "action": FLEX, "maxLines": Num(),
        "contents": List(Pick({"span": SPAN})), "adjustMode": SHRINK, "scaling": Flag(), **PLACED,
    },
    (_words_or_spans,),
)  # fmt: skip
BUTTON = Obj(
    {
        "action": FLEX_BUTTON, "flex": Num(), "color": COLOR, "style": Str(among=("primary", "secondary", "link")),
        "gravity": GRAVITY, "height": Str(among=("md", "sm")), "adjustMode": SHRINK, "scaling": Flag(), **PLACED,
    }
)  # fmt: skip
IMAGE = Obj(
    {
        "url": Url(need=True), "flex": Num(), "align": ALIGN, "gravity": GRAVITY, "size": Str(), "aspectRatio": Str(),
        "aspectMode": Str(among=("fit", "cover")), "backgroundColor": COLOR, "action": FLEX,
        "animated": Flag(), **PLACED,
    },
    (_ratio,),
)  # fmt: skip
ICON = Obj({"url": Url(need=True), "size": Str(), "aspectRatio": Str(), "scaling": Flag(), **PLACED}, (_ratio,))
SEPARATOR = Obj({"margin": Str(), "color": COLOR})
FILLER = Obj({"flex": Num()})
VIDEO = Obj(
    {
        "url": Url(need=True), "previewUrl": Url(need=True), "aspectRatio": Str(), "action": FLEX,
        "altContent": Pick({"box": BOX, "image": IMAGE}, need=True),
    },
    (_ratio,),
)  # fmt: skip

GRADIENT = Obj({"angle": Str(), "startColor": COLOR, "centerColor": COLOR, "endColor": COLOR, "centerPosition": Str()})
IN_LINE = Pick({"icon": ICON, "text": TEXT, "filler": FILLER})
IN_BOX = Pick({"box": BOX, "button": BUTTON, "image": IMAGE, "text": TEXT, "separator": SEPARATOR, "filler": FILLER})
_BOX: Mapping[str, Kind] = {
    "flex": Num(), "backgroundColor": COLOR, "borderColor": COLOR, "action": FLEX,
    "justifyContent": Str(among=JUSTIFY), "alignItems": Str(among=("center", "flex-start", "flex-end")),
    "background": Pick({"linearGradient": GRADIENT}), **PLACED,
    **{name: Str() for name in (
        "spacing", "borderWidth", "cornerRadius", "width", "maxWidth", "height", "maxHeight",
        "paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd",
    )},
}  # fmt: skip
BOX.kind = Pick(
    {
        "horizontal": Obj({**_BOX, "contents": List(IN_BOX, need=True)}),
        "vertical": Obj({**_BOX, "contents": List(IN_BOX, need=True)}),
        "baseline": Obj({**_BOX, "contents": List(IN_LINE, need=True)}),
    },
    by="layout",
)

BLOCK = Pick({"box": BOX})
SKIN = Obj({"backgroundColor": COLOR, "separator": Flag(), "separatorColor": COLOR})
SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")
BLOCKS = ("header", "hero", "body", "footer")


def _bubble(bubble: dict[str, Any], where: str) -> Faults:
    if json_size(bubble) > MOST_BUBBLE:
        yield Fault(where, "bubble JSON must be at most 30 KB")
    if not any(block in bubble for block in BLOCKS):
        yield Fault(where, "at least one block must be specified")
    hero = bubble.get("hero")
    moving = isinstance(hero, dict) and hero.get("type") == "video"
    if moving and bubble.get("size", "mega") not in ("kilo", "mega", "giga"):
        yield Fault(f"{where}.size", "a video needs size kilo, mega or giga")


BUBBLE = Obj(
    {
        "direction": Str(among=("ltr", "rtl")), "size": Str(among=SIZES), "action": FLEX,
        "header": BLOCK, "hero": Pick({"box": BOX, "image": IMAGE, "video": VIDEO}), "body": BLOCK, "footer": BLOCK,
        "styles": Obj(dict.fromkeys(BLOCKS, SKIN)),
    },
    (_bubble,),
)  # fmt: skip


def _carousel(carousel: dict[str, Any], where: str) -> Faults:
    bubbles = [one for one in carousel.get("contents") or [] if isinstance(one, dict)]
    if json_size(carousel) > MOST_CAROUSEL:
        yield Fault(where, "carousel JSON must be at most 50 KB")
    if len({str(one.get("size", "mega")) for one in bubbles}) > 1:
        yield Fault(f"{where}.contents", "all bubbles must have the same size")
    for at, one in enumerate(bubbles):
        if isinstance(one.get("hero"), dict) and one["hero"].get("type") == "video":
            yield Fault(f"{where}.contents[{at}].hero", "a video can't stand in a carousel")


CAROUSEL = Obj({"contents": List(Pick({"bubble": BUBBLE}), 1, 12, need=True)}, (_carousel,))


def _animated(message: dict[str, Any], where: str) -> Faults:
    if sum(part.get("animated") is True for part in _parts(message.get("contents"))) > MOST_ANIMATED:
        yield Fault(f"{where}.contents", "at most 10 animated images in one message")


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(child)


FLEX_MESSAGE = Obj(
    {
        "altText": Str(1500, need=True, filled=True),
        "contents": Pick({"bubble": BUBBLE, "carousel": CAROUSEL}, need=True),
    },
    (_animated,),
)
