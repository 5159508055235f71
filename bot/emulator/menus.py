"""Rich menus: made, given one image, set as default or linked to a person, switched by alias."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from bot.emulator import ids
from bot.emulator.refusals import Refused, not_found
from bot.emulator.world import World

MOST_MENUS = MOST_ALIASES = 1000
MOST_BYTES = 1024 * 1024
NO_MENU = "richmenu not found"


@dataclass
class Menu:
    id: str
    shape: dict[str, Any]
    image: bytes = b""
    mime: str = ""

    def told(self) -> dict[str, Any]:
        return {"richMenuId": self.id, **self.shape}


class Menus:
    """All menus of the bot. A person's own menu comes before the default; who is no friend sees none."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.menus: dict[str, Menu] = {}
        self.aliases: dict[str, str] = {}
        self.linked: dict[str, str] = {}
        self.default = ""

    def create(self, shape: dict[str, Any]) -> str:
        if len(self.menus) >= MOST_MENUS:
            raise Refused(400, "The maximum number of rich menus has been reached")
        menu = Menu(ids.richmenu(), shape)
        self.menus[menu.id] = menu
        return menu.id

    def get(self, menu_id: str) -> Menu:
        try:
            return self.menus[menu_id]
        except KeyError:
            raise not_found(NO_MENU) from None

    def delete(self, menu_id: str) -> None:
        self.get(menu_id)
        del self.menus[menu_id]
        self.aliases = {alias: one for alias, one in self.aliases.items() if one != menu_id}
        self.linked = {person: one for person, one in self.linked.items() if one != menu_id}
        self.default = "" if self.default == menu_id else self.default
        self._tell()

    def upload(self, menu_id: str, image: bytes, mime: str) -> None:
        """Once and never again; the picture must be as large as the menu says."""
        menu = self.get(menu_id)
        if menu.image:
            raise Refused(400, "An image has already been uploaded to the richmenu")
        if mime not in ("image/jpeg", "image/png"):
            raise Refused(415, "Unsupported media type")
        if len(image) > MOST_BYTES:
            raise Refused(413, "The image exceeds the max size of 1MB")
        _refuse_wrong_size(image, menu.shape["size"])
        menu.image, menu.mime = image, mime

    def set_default(self, menu_id: str) -> None:
        if not self.get(menu_id).image:
            raise Refused(400, "must upload richmenu image before applying it to user")
        self.default = menu_id
        self._tell()

    def clear_default(self) -> None:
        self.default = ""
        self._tell()

    def link(self, people: list[str], menu_id: str) -> None:
        if not self.get(menu_id).image:
            raise Refused(400, "must upload richmenu image before applying it to user")
        self.linked.update((one, menu_id) for one in people if one in self._world.people)
        self._tell()

    def unlink(self, people: list[str]) -> None:
        for one in people:
            self.linked.pop(one, None)
        self._tell()

    def add_alias(self, alias: str, menu_id: str) -> None:
        if alias in self.aliases:
            raise Refused(400, "conflict richmenu alias id")
        if len(self.aliases) >= MOST_ALIASES:
            raise Refused(400, "The maximum number of rich menu aliases has been reached")
        self.aliases[alias] = self.get(menu_id).id

    def change_alias(self, alias: str, menu_id: str) -> None:
        self.alias(alias)
        self.aliases[alias] = self.get(menu_id).id

    def alias(self, alias: str) -> str:
        try:
            return self.aliases[alias]
        except KeyError:
            raise not_found("richmenu alias not found") from None

    def switch(self, person: str, alias: str) -> str:
        """A richmenuswitch was tapped: the status that the postback carries."""
        if alias not in self.aliases:
            return "RICHMENU_ALIAS_ID_NOTFOUND"
        if self.aliases[alias] not in self.menus:
            return "RICHMENU_NOTFOUND"
        self.link([person], self.aliases[alias])
        return "SUCCESS"

    def of(self, person: str) -> Menu | None:
        """What this person sees under the chat."""
        who = self._world.people.get(person)
        if not who or not who.friend or who.blocked:
            return None
        return self.menus.get(self.linked.get(person, "")) or self.menus.get(self.default)

    def _tell(self) -> None:
        self._world.tell("menu")


def _refuse_wrong_size(image: bytes, size: dict[str, int]) -> None:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(image)) as picture:
            found = picture.size
    except (UnidentifiedImageError, OSError):
        raise Refused(400, "The image could not be read") from None
    if found != (size["width"], size["height"]):
        raise Refused(400, f"The image is {found[0]}x{found[1]}, the menu {size['width']}x{size['height']}")
