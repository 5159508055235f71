"""What a button may be: which action may stand where, how long its label is, and what it carries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.emulator.counting import graphemes
from bot.emulator.shape import Fault, Faults, Kind, Link, Obj, Pick, Str

DATE, TIME = r"\d{4}-\d\d-\d\d", r"([01]\d|2[0-3]):[0-5]\d"
PICKER = {"date": DATE, "time": TIME, "datetime": f"{DATE}[Tt]{TIME}"}

EVERYWHERE = ("postback", "message", "uri", "datetimepicker", "clipboard")
QUICK_ONLY = ("camera", "cameraRoll", "location")
DATA = Str(300, need=True, filled=True)
INPUTS = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")


def _texts_of_postback(action: dict[str, Any], where: str) -> Faults:
    if "displayText" in action and "text" in action:
        yield Fault(where, "displayText and text can't both be used")
    if "fillInText" in action and action.get("inputOption") != "openKeyboard":
        yield Fault(f"{where}.fillInText", "valid only with inputOption openKeyboard")


def _times_of_picker(action: dict[str, Any], where: str) -> Faults:
    pattern = PICKER.get(str(action.get("mode")))
    if not pattern:
        return
    for name in ("initial", "min", "max"):
        if isinstance(action.get(name), str) and not re.fullmatch(pattern, action[name]):
            yield Fault(f"{where}.{name}", f"invalid format for mode {action['mode']}")
    low, high = action.get("min"), action.get("max")
    if isinstance(low, str) and isinstance(high, str) and low >= high:
        yield Fault(f"{where}.max", "must be greater than min")


def actions(allowed: tuple[str, ...], label: Str, need: bool = False) -> Pick:
    """The actions of one place, with the label that this place asks for."""
    said = Str(300, count=graphemes)
    kinds: Mapping[str, Kind] = {
        "postback": Obj(
            {
                "label": label,
                "data": DATA,
                "displayText": said,
                "text": said,
                "fillInText": said,
                "inputOption": Str(among=INPUTS),
            },
            (_texts_of_postback,),
        ),
        "message": Obj({"label": label, "text": Str(300, need=True, filled=True, count=graphemes)}),
        "uri": Obj({"label": label, "uri": Link(need=True), "altUri": Obj({"desktop": Link()})}),
        "datetimepicker": Obj(
            {
                "label": label,
                "data": DATA,
                "mode": Str(need=True, among=tuple(PICKER)),
                "initial": Str(),
                "min": Str(),
                "max": Str(),
            },
            (_times_of_picker,),
        ),
        "clipboard": Obj({"label": label, "clipboardText": Str(1000, need=True, filled=True)}),
        "camera": Obj({"label": label}),
        "cameraRoll": Obj({"label": label}),
        "location": Obj({"label": label}),
        "richmenuswitch": Obj({"label": label, "data": DATA, "richMenuAliasId": Str(32, need=True, filled=True)}),
    }
    return Pick({name: kinds[name] for name in allowed}, need=need)


def _label(longest: int, need: bool) -> Str:
    return Str(longest, need=need, filled=need, count=graphemes)


QUICK_REPLY = actions(EVERYWHERE + QUICK_ONLY, _label(20, True), need=True)
RICH_MENU = actions((*EVERYWHERE, "richmenuswitch"), _label(20, False), need=True)
TEMPLATE = actions(EVERYWHERE, _label(20, True))
IMAGE_CAROUSEL = actions(EVERYWHERE, _label(12, False), need=True)
DEFAULT_ACTION = actions(EVERYWHERE, _label(12, False))
FLEX_BUTTON = actions(EVERYWHERE, _label(40, True), need=True)
FLEX = actions(EVERYWHERE, _label(40, False))
