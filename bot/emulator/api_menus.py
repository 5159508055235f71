"""The endpoints for rich menus, on both hosts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.emulator.calls import FAST, Answer, Bytes, Call, Row
from bot.emulator.platform import Platform
from bot.emulator.refusals import not_found

HOURLY = 100.0  # LINE counts these by the hour; a bucket of 100 that refills quickly is kinder to tests


def checked(line: Platform, call: Call) -> Answer:
    return {}  # the limits were checked before


def menu_create(line: Platform, call: Call) -> Answer:
    return {"richMenuId": line.menus.create(call.body)}


def menu_list(line: Platform, call: Call) -> Answer:
    return {"richmenus": [menu.told() for menu in line.menus.menus.values()]}


def menu_get(line: Platform, call: Call) -> Answer:
    return line.menus.get(call.params["menu"]).told()


def menu_delete(line: Platform, call: Call) -> Answer:
    line.menus.delete(call.params["menu"])
    return {}


def default_get(line: Platform, call: Call) -> Answer:
    if not line.menus.default:
        raise not_found("no default richmenu")
    return {"richMenuId": line.menus.default}


def default_set(line: Platform, call: Call) -> Answer:
    line.menus.set_default(call.params["menu"])
    return {}


def default_clear(line: Platform, call: Call) -> Answer:
    line.menus.clear_default()
    return {}


def linked_get(line: Platform, call: Call) -> Answer:
    menu = line.menus.linked.get(call.params["user"])
    if not menu:
        raise not_found("the user has no richmenu")
    return {"richMenuId": menu}


def link(line: Platform, call: Call) -> Answer:
    line.menus.link([call.params["user"]], call.params["menu"])
    return {}


def unlink(line: Platform, call: Call) -> Answer:
    line.menus.unlink([call.params["user"]])
    return {}


def bulk_link(line: Platform, call: Call) -> Answer:
    line.menus.link(call.body["userIds"], call.body["richMenuId"])
    return 202, {}


def bulk_unlink(line: Platform, call: Call) -> Answer:
    line.menus.unlink(call.body["userIds"])
    return 202, {}


def _alias(line: Platform, alias: str) -> dict[str, Any]:
    return {"richMenuAliasId": alias, "richMenuId": line.menus.alias(alias)}


def alias_add(line: Platform, call: Call) -> Answer:
    line.menus.add_alias(call.body["richMenuAliasId"], call.body["richMenuId"])
    return {}


def alias_list(line: Platform, call: Call) -> Answer:
    return {"aliases": [_alias(line, alias) for alias in line.menus.aliases]}


def alias_get(line: Platform, call: Call) -> Answer:
    return _alias(line, call.params["alias"])


def alias_change(line: Platform, call: Call) -> Answer:
    line.menus.change_alias(call.params["alias"], call.body["richMenuId"])
    return {}


def alias_delete(line: Platform, call: Call) -> Answer:
    line.menus.alias(call.params["alias"])
    del line.menus.aliases[call.params["alias"]]
    return {}


def menu_upload(line: Platform, call: Call) -> Answer:
    line.menus.upload(call.params["menu"], call.raw, call.mime)
    return {}


def menu_image(line: Platform, call: Call) -> Answer:
    menu = line.menus.get(call.params["menu"])
    if not menu.image:
        raise not_found()
    return Bytes(menu.image, menu.mime)


API: Sequence[Row] = (
    ("GET", "/richmenu/list", "richmenu", menu_list, 10.0),
    ("POST", "/richmenu/validate", "richmenu", checked, FAST),
    ("POST", "/richmenu/bulk/link", "richmenu", bulk_link, FAST),
    ("POST", "/richmenu/bulk/unlink", "richmenu", bulk_unlink, FAST),
    ("GET", "/richmenu/alias/list", "richmenu", alias_list, FAST),
    ("POST", "/richmenu/alias", "richmenu", alias_add, FAST),
    ("GET", "/richmenu/alias/{alias}", "richmenu", alias_get, FAST),
    ("POST", "/richmenu/alias/{alias}", "richmenu", alias_change, FAST),
    ("DELETE", "/richmenu/alias/{alias}", "richmenu", alias_delete, HOURLY),
    ("POST", "/richmenu", "richmenu", menu_create, HOURLY),
    ("GET", "/richmenu/{menu}", "richmenu", menu_get, FAST),
    ("DELETE", "/richmenu/{menu}", "richmenu", menu_delete, HOURLY),
    ("GET", "/user/all/richmenu", "richmenu", default_get, FAST),
    ("DELETE", "/user/all/richmenu", "richmenu", default_clear, FAST),
    ("POST", "/user/all/richmenu/{menu}", "richmenu", default_set, FAST),
    ("GET", "/user/{user}/richmenu", "richmenu", linked_get, FAST),
    ("DELETE", "/user/{user}/richmenu", "richmenu", unlink, FAST),
    ("POST", "/user/{user}/richmenu/{menu}", "richmenu", link, FAST),
)
DATA: Sequence[Row] = (
    ("POST", "/richmenu/{menu}/content", "richmenu", menu_upload, FAST),
    ("GET", "/richmenu/{menu}/content", "richmenu", menu_image, FAST),
)
