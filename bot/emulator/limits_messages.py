"""What a message may be: texts, pictures, places, templates, and what hangs on each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.emulator.counting import graphemes
from bot.emulator.limits_actions import DEFAULT_ACTION, IMAGE_CAROUSEL, QUICK_REPLY, TEMPLATE
from bot.emulator.limits_flex import COLOR, FLEX_MESSAGE
from bot.emulator.shape import Fault, Faults, Kind, Link, List, Num, Obj, Pick, Rule, Str, Url, between

ALT = Str(1500, need=True, filled=True)
DIGITS = Str(need=True, pattern=r"\d+", words="must be a number in a string")


def _dollars(message: dict[str, Any], where: str) -> Faults:
    """Each LINE emoji stands for a `$`, found by UTF-16 units."""
    text = message.get("text")
    units = text.encode("utf-16-le", "surrogatepass") if isinstance(text, str) else b""
    for at, emoji in enumerate(message.get("emojis") or ()):
        index = emoji.get("index") if isinstance(emoji, dict) else None
        if isinstance(index, int) and (index < 0 or units[2 * index : 2 * index + 2] != b"$\0"):
            yield Fault(f"{where}.emojis[{at}].index", "no '$' at this position")


EMOJI = Obj({"index": Num(need=True), "productId": Str(need=True), "emojiId": Str(need=True)})
TEXT = Obj({"text": Str(5000, need=True, filled=True), "emojis": List(EMOJI, 0, 20), "quoteToken": Str()}, (_dollars,))

MENTIONEE = Pick({"user": Obj({"userId": Str(need=True)}), "all": Obj({})}, need=True)
SUBSTITUTE = Pick(
    {"mention": Obj({"mentionee": MENTIONEE}), "emoji": Obj({"productId": Str(need=True), "emojiId": Str(need=True)})}
)


def _substitution(message: dict[str, Any], where: str) -> Faults:
    told = message.get("substitution")
    there: dict[str, Any] = told if isinstance(told, dict) else {}
    if len(there) > 100:
        yield Fault(f"{where}.substitution", between(0, 100))
    for key, value in there.items():
        if not re.fullmatch(r"[0-9A-Za-z_]{1,20}", key):
            yield Fault(f"{where}.substitution.{key}", "key must match [0-9A-Za-z_]{1,20}")
        yield from SUBSTITUTE.faults(value, f"{where}.substitution.{key}")
    kinds = [one.get("type") for one in there.values() if isinstance(one, dict)]
    for kind in ("mention", "emoji"):
        if kinds.count(kind) > 20:
            yield Fault(f"{where}.substitution", f"at most 20 {kind} objects")
    yield from _braces(message.get("text"), there, where)


def _braces(text: Any, there: Mapping[str, Any], where: str) -> Faults:
    plain = text.replace("{{", "").replace("}}", "") if isinstance(text, str) else ""
    if set("{}") & set(re.sub(r"\{[^{}]*\}", "", plain)):
        yield Fault(f"{where}.text", "unpaired { or }")
    elif any(key not in there for key in re.findall(r"\{([^{}]*)\}", plain)):
        yield Fault(f"{where}.text", "no substitution for a placeholder")


TEXT_V2 = Obj({"text": Str(5000, need=True, filled=True), "quoteToken": Str()}, (_substitution,))

PICTURE: Mapping[str, Kind] = {"originalContentUrl": Url(need=True), "previewImageUrl": Url(need=True)}
TRACKING = Str(100, pattern=r"[A-Za-z0-9\-.=,+*()%$&;:@{}!?<>\[\]]*", words="has a character that is not supported")
LOCATION = Obj(
    {
        "title": Str(100, need=True, filled=True), "address": Str(100, need=True, filled=True),
        "latitude": Num(-90, 90, need=True, whole=False), "longitude": Num(-180, 180, need=True, whole=False),
    }
)  # fmt: skip

AREA = Obj(
    {"x": Num(low=0, need=True), "y": Num(low=0, need=True), "width": Num(need=True), "height": Num(need=True)},
    need=True,
)
ZONE: Mapping[str, Kind] = {"area": AREA, "label": Str(100)}
ZONES = {
    "message": Obj({**ZONE, "text": Str(400, need=True, filled=True)}),
    "uri": Obj({**ZONE, "linkUri": Link(need=True)}),
    "clipboard": Obj({**ZONE, "clipboardText": Str(1000, need=True, filled=True)}),
}
OUTSIDE = Obj({"linkUri": Link(need=True), "label": Str(30, need=True, filled=True)})
IMAGEMAP = Obj(
    {
        "baseUrl": Url(need=True), "altText": ALT, "actions": List(Pick(ZONES), 0, 50, need=True),
        "baseSize": Obj({"width": Num(1040, 1040, need=True), "height": Num(need=True)}, need=True),
        "video": Obj({**PICTURE, "area": AREA, "externalLink": OUTSIDE}),
    }
)  # fmt: skip

# --- templates -------------------------------------------------------------------------------------------------------

RATIO, FIT = Str(among=("rectangle", "square")), Str(among=("cover", "contain"))


def _shorter_when_adorned(longest: int) -> Rule:
    def rule(panel: dict[str, Any], where: str) -> Faults:
        most = 60 if panel.get("title") or panel.get("thumbnailImageUrl") else longest
        if isinstance(panel.get("text"), str) and graphemes(panel["text"]) > most:
            yield Fault(f"{where}.text", f"Length must be between 0 and {most}")

    return rule


def _panel(longest: int, most_actions: int) -> Obj:
    fields: Mapping[str, Kind] = {
        "title": Str(40, count=graphemes), "text": Str(need=True, filled=True), "thumbnailImageUrl": Url(),
        "imageAspectRatio": RATIO, "imageSize": FIT, "imageBackgroundColor": COLOR, "defaultAction": DEFAULT_ACTION,
        "actions": List(TEMPLATE, 1, most_actions, need=True),
    }  # fmt: skip
    return Obj(fields, (_shorter_when_adorned(longest),))


def _even(carousel: dict[str, Any], where: str) -> Faults:
    columns = [one for one in carousel.get("columns") or [] if isinstance(one, dict)]
    if len({len(one.get("actions") or ()) for one in columns}) > 1:
        yield Fault(f"{where}.columns", "the number of actions must be the same in all columns")
    for name in ("thumbnailImageUrl", "title"):
        if len({name in one for one in columns}) > 1:
            yield Fault(f"{where}.columns", f"{name} must be in all columns or in none")


CONFIRM = Obj({"text": Str(240, need=True, filled=True, count=graphemes), "actions": List(TEMPLATE, 2, 2, need=True)})
CAROUSEL = Obj(
    {"columns": List(_panel(120, 3), 1, 10, need=True), "imageAspectRatio": RATIO, "imageSize": FIT}, (_even,)
)
PICTURES = Obj({"columns": List(Obj({"imageUrl": Url(need=True), "action": IMAGE_CAROUSEL}), 1, 10, need=True)})
TEMPLATES = {"buttons": _panel(160, 4), "confirm": CONFIRM, "carousel": CAROUSEL, "image_carousel": PICTURES}

# --- all of them -----------------------------------------------------------------------------------------------------

QUICK_ITEM = Obj({"type": Str(among=("action",)), "imageUrl": Url(), "action": QUICK_REPLY})
ON_ALL: Mapping[str, Kind] = {
    "quickReply": Obj({"items": List(QUICK_ITEM, 1, 13, need=True)}),
    "sender": Obj({"name": Str(20), "iconUrl": Url()}),
}
COUPON = Obj({"couponId": Str(need=True), "deliveryTag": Str(30, pattern=r"[A-Za-z0-9_]*")})
_KINDS: Mapping[str, Obj] = {
    "text": TEXT,
    "textV2": TEXT_V2,
    "sticker": Obj({"packageId": DIGITS, "stickerId": DIGITS, "quoteToken": Str()}),
    "image": Obj(PICTURE),
    "video": Obj({**PICTURE, "trackingId": TRACKING}),
    "audio": Obj({"originalContentUrl": Url(need=True), "duration": Num(low=1, need=True)}),
    "location": LOCATION,
    "coupon": COUPON,
    "imagemap": IMAGEMAP,
    "template": Obj({"altText": ALT, "template": Pick(TEMPLATES, need=True)}),
    "flex": FLEX_MESSAGE,
}
MESSAGE = Pick({name: Obj({**kind.fields, **ON_ALL}, kind.rules) for name, kind in _KINDS.items()})
MESSAGES = List(MESSAGE, 1, 5, need=True)


def by_way(messages: Sequence[Any], way: str, to: Any) -> Faults:
    """What depends on how and to whom it is sent. `way`: reply, push, multicast, …"""
    group = isinstance(to, str) and to[:1] in ("C", "R")
    for at, message in enumerate(one for one in messages if isinstance(one, dict)):
        where = f"messages[{at}]"
        if "quoteToken" in message and way not in ("reply", "push"):
            yield Fault(f"{where}.quoteToken", "can be used only in reply and push messages")
        if "trackingId" in message and group:
            yield Fault(f"{where}.trackingId", "can't be used in group chats or multi-person chats")
        if _mentions(message) and (way not in ("reply", "push") or (to and not group)):
            yield Fault(f"{where}.substitution", "mention can be used only in messages to a group")


def _mentions(message: dict[str, Any]) -> bool:
    there = message.get("substitution")
    return isinstance(there, dict) and any(
        isinstance(one, dict) and one.get("type") == "mention" for one in there.values()
    )
