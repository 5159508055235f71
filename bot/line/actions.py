"""Buttons as LINE's actions, for quick replies and for cards.

What cannot be said in LINE's limits is left out and never bent: a postback that is cut would do something else, and an
address outside the allow-list (https, tel, line.me) may be anybody's. A label is cut, for its sense survives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.line.limits import DATA_LIMIT, address, clean, cut_label, telephone, units
from handlers.vocabulary import AskCamera, AskPin, AskRoll, Button, Call, Link, Send, Tap
from handlers.words import Words

QUICK_LABEL, CARD_LABEL, SHOWN = 20, 40, 300
QUICK_REPLIES = 13
# LINE knows these three as actions in quick replies only; elsewhere the same opens through an address (not on a PC).
ASKED = {
    AskPin: ("location", "https://line.me/R/nv/location/"),
    AskCamera: ("camera", "https://line.me/R/nv/camera/"),
    AskRoll: ("cameraRoll", "https://line.me/R/nv/cameraRoll/multi"),
}


def action(button: Button, lang: str, words: Words, limit: int = CARD_LABEL) -> dict[str, Any] | None:
    """The action of a button, or None where LINE would refuse it or it could do harm."""
    said = clean(words.text(button.label, lang)).strip()
    label = cut_label(said, limit)
    if not label:
        return None
    act = button.act
    if isinstance(act, Tap):
        return tapped(label, said, act)
    if isinstance(act, Link):
        return _uri(label, address(act.url))
    if isinstance(act, Call):
        return _uri(label, telephone(act.number))
    if isinstance(act, Send):
        sent = cut_label(clean(words.text(act.text, lang)), SHOWN)
        return {"type": "message", "label": label, "text": sent} if sent else None
    kind, elsewhere = ASKED[type(act)]
    return {"type": kind, "label": label} if limit == QUICK_LABEL else _uri(label, elsewhere)


def tapped(label: str, said: str, tap: Tap) -> dict[str, Any] | None:
    carried = tap.data()
    if units(carried) > DATA_LIMIT or clean(carried) != carried:
        return None
    # displayText puts the choice into the chat as the person's own words, without making an event of it.
    return {"type": "postback", "label": label, "data": carried, "displayText": cut_label(said, SHOWN)}


def _uri(label: str, uri: str) -> dict[str, Any] | None:
    return {"type": "uri", "label": label, "uri": uri} if uri else None


def quick_reply(buttons: Iterable[Button], lang: str, words: Words) -> dict[str, Any] | None:
    """The row of buttons below the last bubble: at most thirteen."""
    actions = [made for button in buttons if (made := action(button, lang, words, QUICK_LABEL))]
    items = [{"type": "action", "action": made} for made in actions[:QUICK_REPLIES]]
    return {"items": items} if items else None
