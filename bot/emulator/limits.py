"""Checks every request of the bot against what LINE documents, before anything is done with it.

    faults("POST", "/v2/bot/message/push", body, retry_key=None) -> tuple[Fault, ...]

Nothing of state stands here (tokens, quota, who is a friend): the platform keeps those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.emulator.counting import graphemes
from bot.emulator.limits_actions import RICH_MENU
from bot.emulator.limits_messages import MESSAGES, by_way
from bot.emulator.shape import Fault, Faults, Flag, List, Num, Obj, Str, Url

MOST_BODY = 2 * 1024 * 1024
RETRY_KEY = "X-Line-Retry-Key"
_MESSAGE = "/v2/bot/message/"
KEYED = frozenset(_MESSAGE + way for way in ("push", "multicast", "narrowcast", "broadcast"))
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

USER_ID = Str(need=True, pattern="U[0-9a-f]{32}", words="must be a user ID")
CHAT_ID = Str(need=True, pattern="[UCR][0-9a-f]{32}", words="must be a user, group or room ID")
UNITS = List(Str(pattern="[A-Za-z0-9_]{1,30}"), 0, 1)
QUIETLY = {"notificationDisabled": Flag()}


def _proportion(size: dict[str, Any], where: str) -> Faults:
    wide, high = size.get("width"), size.get("height")
    if isinstance(wide, int) and isinstance(high, int) and high >= 250 and wide / high < 1.45:
        yield Fault(where, "width / height must be at least 1.45")


def _areas_inside(menu: dict[str, Any], where: str) -> Faults:
    size = menu.get("size") if isinstance(menu.get("size"), dict) else {}
    for at, area in enumerate(menu.get("areas") or ()):
        bounds = area.get("bounds") if isinstance(area, dict) else None
        if isinstance(bounds, dict) and isinstance(size, dict) and not _inside(bounds, size):
            yield Fault(f"areas[{at}].bounds", "reaches out of the menu's size")


def _inside(bounds: Mapping[str, Any], size: Mapping[str, Any]) -> bool:
    values = [bounds.get(name) for name in ("x", "y", "width", "height")] + [size.get("width"), size.get("height")]
    numbers = [one for one in values if isinstance(one, int)]
    if len(numbers) < 6:
        return True  # the missing one is a fault of its own
    x, y, wide, high, most_x, most_y = numbers
    return x + wide <= most_x and y + high <= most_y


_BOUND = Num(0, 2**31 - 1, need=True)
_SIZE = Obj(
    {"width": Num(800, 2500, need=True), "height": Num(low=250, high=2**31 - 1, need=True)}, (_proportion,), need=True
)
_AREA = Obj({"bounds": Obj(dict.fromkeys(("x", "y", "width", "height"), _BOUND), need=True), "action": RICH_MENU})
RICH_MENU_BODY = Obj(
    {
        "size": _SIZE,
        "selected": Flag(need=True),
        "name": Str(300, need=True, count=graphemes),
        "chatBarText": Str(14, need=True, count=graphemes),
        "areas": List(_AREA, 0, 20, need=True),
    },
    (_areas_inside,),
)
_MENU_ID = Str(need=True)
_ALIAS = Str(need=True, pattern="[a-z0-9_-]{1,32}", words="must match [a-z0-9_-]{1,32}")
_PEOPLE = List(Str(), 1, 500, need=True)

BODIES: Mapping[str, Obj] = {
    _MESSAGE + "reply": Obj({"replyToken": Str(need=True, filled=True), "messages": MESSAGES, **QUIETLY}),
    _MESSAGE + "push": Obj({"to": CHAT_ID, "messages": MESSAGES, "customAggregationUnits": UNITS, **QUIETLY}),
    _MESSAGE + "multicast": Obj(
        {"to": List(USER_ID, 1, 500, need=True), "messages": MESSAGES, "customAggregationUnits": UNITS, **QUIETLY}
    ),
    _MESSAGE + "broadcast": Obj({"messages": MESSAGES, **QUIETLY}),
    **{
        f"{_MESSAGE}validate/{way}": Obj({"messages": MESSAGES})
        for way in ("reply", "push", "multicast", "narrowcast", "broadcast")
    },
    "/v2/bot/chat/loading/start": Obj(
        {
            "chatId": Str(need=True, pattern="U[0-9a-f]{32}", words="Only user id is acceptable"),
            "loadingSeconds": Num(5, 60, step=5),
        }
    ),
    "/v2/bot/chat/markAsRead": Obj({"markAsReadToken": Str(need=True)}),
    "/v2/bot/richmenu": RICH_MENU_BODY,
    "/v2/bot/richmenu/validate": RICH_MENU_BODY,
    "/v2/bot/richmenu/alias": Obj({"richMenuAliasId": _ALIAS, "richMenuId": _MENU_ID}),
    "/v2/bot/richmenu/bulk/link": Obj({"richMenuId": _MENU_ID, "userIds": _PEOPLE}),
    "/v2/bot/richmenu/bulk/unlink": Obj({"userIds": _PEOPLE}),
    "/v2/bot/channel/webhook/endpoint": Obj({"endpoint": Url(500, need=True)}),
    "/v2/bot/channel/webhook/test": Obj({"endpoint": Url(500)}),
}
_CHANGE_ALIAS = Obj({"richMenuId": _MENU_ID})


def faults(method: str, path: str, body: Any, retry_key: str | None = None) -> tuple[Fault, ...]:
    """All that LINE would refuse in this request; empty if it would take it. One fault a place is enough."""
    found: dict[str, Fault] = {}
    for check in (_key_faults(path, retry_key), _body_faults(method, path, body)):
        for fault in check:
            found.setdefault(fault.property or fault.message, fault)
    return tuple(found.values())


def _key_faults(path: str, key: str | None) -> Faults:
    if key is not None and path not in KEYED:
        yield Fault(RETRY_KEY, "only push, multicast, narrowcast and broadcast take a retry key")
    elif key is not None and not UUID.fullmatch(key):
        yield Fault(RETRY_KEY, "must be a UUID in hexadecimal form")


def _body_faults(method: str, path: str, body: Any) -> Faults:
    shape = shape_of(method, path)
    if shape is None:
        return
    if not isinstance(body, dict):
        yield Fault("", "The request body could not be parsed as a JSON object")
        return
    yield from shape.faults(body, "")
    way = path.rsplit("/", 1)[-1]
    if path.startswith(_MESSAGE) and isinstance(body.get("messages"), list):
        yield from by_way(body["messages"], way, body.get("to"))


def shape_of(method: str, path: str) -> Obj | None:
    """What the body of this request looks like, or None where it carries none of ours."""
    if method not in ("POST", "PUT"):
        return None
    if re.fullmatch(r"/v2/bot/richmenu/alias/[^/]+", path):
        return _CHANGE_ALIAS
    return BODIES.get(path)


def told(found: tuple[Fault, ...]) -> list[dict[str, str]]:
    """The details of LINE's error body."""
    return [{"message": fault.message, "property": fault.property} for fault in found]
