"""A notice in its reader's language, ready for every way out: LINE's card, one title, plain text, the address to open.

The card is made once, from the ticket as it stands now, and told in words for ways without cards; so all of them say
the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels import Parcel
from bot.db.deliveries import Delivery
from bot.line.cards import ALT_LIMIT, flex
from bot.line.limits import clean, cut
from handlers import staff_cards
from handlers.staff_cards import Scene
from handlers.vocabulary import Card, T
from handlers.words import Words


def packed(one: Delivery, card: Card, scene: Scene, lang: str, words: Words, address: Mapping[str, Any] = {}) -> Parcel:
    """The parcel of one delivery. `address` is what its way holds."""
    title, lines = _title(card, lang, words), told(card, lang, words)
    message: dict[str, Any] = {}
    if one.kind == "line":
        message = flex(card, lang, words) or {"type": "text", "text": title}
        if message["type"] == "flex":
            message["altText"] = cut(breath(card, lang, words), ALT_LIMIT)
    ways = f"{scene.base}/console/ways" if scene.base else ""
    return Parcel(
        id=one.id,
        title=title,
        text="\n".join(lines),
        url=staff_cards.url_of(scene),
        urgent=one.urgent,
        lane=one.lane,
        message=message,
        address=address,
        foot=words.text(T("notices.mail.foot", {"url": ways}), lang) if ways else "",
        ways_url=ways,
    )


def _title(card: Card, lang: str, words: Words) -> str:
    return " ".join(clean(words.text(card.title, lang)).split())


def told(card: Card, lang: str, words: Words) -> list[str]:
    """The whole card as lines: title, text, and what stands where."""
    body = [clean(words.text(text, lang)) for text in card.body]
    lines = [
        f"{words.text(line.label, lang)}: {' '.join(clean(words.text(line.value, lang)).split())}"
        for line in card.lines
    ]
    return [part for part in (_title(card, lang, words), *body, *lines) if part.strip()]


def breath(card: Card, lang: str, words: Words) -> str:
    """The card in one breath, for notifications and screen readers: what, where, when, who has it, until when."""
    values = (" ".join(clean(words.text(line.value, lang)).split()) for line in card.lines)
    tone = f"cards.tone.{card.tone}"
    first = words.text(T(tone), lang) if tone in words else ""
    title = _title(card, lang, words)
    head = title if not first or first in title else f"{first} · {title}"
    body = [] if card.lines else [" ".join(clean(words.text(text, lang)).split()) for text in card.body]
    return " · ".join(part for part in (head, *values, *body) if part)
