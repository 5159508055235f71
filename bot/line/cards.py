"""A card as a flex message: a band with the title, what it says, lines that can be changed, buttons below each other.

Buttons are boxes and not LINE's button component: that one cuts a long Thai label to one line, a box wraps it. A tone
is a colour and a word, for colour alone says nothing to many. The altText says the whole card: it is what a
notification, a screen reader and an old phone get. All colours keep a contrast of 4.5 to their ground.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.line.actions import action, tapped
from bot.line.limits import clean, cut, cut_label
from handlers.vocabulary import Card, T, Tap
from handlers.words import Words

ALT_LIMIT, BUBBLE_BYTES = 1500, 30 * 1024
INK, QUIET, LINK, RULE, SOFT = "#1B2733", "#5A6675", "#0B57A4", "#DDE3EA", "#EEF2F7"


@dataclass(frozen=True, slots=True)
class Tone:
    """The band behind the title, the letters on it, and the first button."""

    band: str
    letters: str
    button: str


TONES = {
    "plain": Tone("#E6EDF5", INK, "#0B57A4"),
    "danger": Tone("#B3261E", "#FFFFFF", "#B3261E"),
    "good": Tone("#1B6E3C", "#FFFFFF", "#1B6E3C"),
    "wait": Tone("#8A5300", "#FFFFFF", "#8A5300"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the card in the person's language."""

    label: str
    value: str
    change: Tap | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """A card in one language, cleaned and cut: what both the bubble and the altText are made from."""

    tone: str
    word: str
    title: str
    body: tuple[str, ...]
    rows: tuple[Row, ...]
    buttons: tuple[tuple[str, dict[str, Any]], ...]
    numbered: bool = False
    quiet: bool = False


def flex(card: Card, lang: str, words: Words) -> dict[str, Any] | None:
    """The flex message of a card; None for a card without a word."""
    face = read(card, lang, words)
    alt = cut(told(face), ALT_LIMIT)
    if not alt:
        return None
    for limit in (1200, 300, 80):
        bubble = drawn(shortened(face, limit), lang, words)
        if len(orjson.dumps(bubble)) <= BUBBLE_BYTES:
            return {"type": "flex", "altText": alt, "contents": bubble}
    return {"type": "text", "text": cut(told(face), 5000)}


def read(card: Card, lang: str, words: Words) -> Face:
    """The card in words: every text said, every button that may stand."""
    word = words.text(T(f"cards.tone.{card.tone}"), lang) if card.tone != "plain" else ""
    title = _line(words.text(card.title, lang))
    word = "" if word in title else word  # the title says it already
    body = tuple(said for text in card.body if (said := clean(words.text(text, lang)).strip()))
    rows = tuple(_rows(card, lang, words))
    buttons = tuple(_buttons(card, lang, words))
    return Face(card.tone, word, title, body, rows, buttons, card.numbered, card.quiet)


def _rows(card: Card, lang: str, words: Words) -> Iterator[Row]:
    for line in card.lines:
        value = clean(words.text(line.value, lang)).strip()
        if value or line.change:
            yield Row(_line(words.text(line.label, lang)), value or "–", line.change)


def _buttons(card: Card, lang: str, words: Words) -> Iterator[tuple[str, dict[str, Any]]]:
    # Numbers count the buttons as they were given, so that a typed number means the same to the flow.
    for number, button in enumerate(card.buttons, 1):
        made = action(button, lang, words)
        if made:
            said = _line(words.text(button.label, lang))
            yield (f"{number}. {said}" if card.numbered else said), made


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def told(face: Face) -> str:
    """The whole card in words."""
    title = ": ".join(part for part in (face.word, face.title) if part)
    rows = [": ".join(part for part in (row.label, row.value) if part) for row in face.rows]
    return "\n".join(part for part in (title, *face.body, *rows, *(label for label, _ in face.buttons)) if part)


def shortened(face: Face, limit: int) -> Face:
    """The card with its texts cut to a size."""
    rows = tuple(Row(cut(row.label, limit), cut(row.value, limit), row.change) for row in face.rows[:40])
    buttons = tuple((cut(label, min(limit, 160)), made) for label, made in face.buttons)
    title, body = cut(face.title, min(limit, 300)), tuple(cut(text, limit) for text in face.body[:20])
    return replace(face, title=title, body=body, rows=rows, buttons=buttons)


def drawn(face: Face, lang: str, words: Words) -> dict[str, Any]:
    """The bubble: band, body, buttons; parts without a word are left out."""
    bubble: dict[str, Any] = {"type": "bubble", "size": "mega"}
    tone = TONES[face.tone]
    band = [_text(face.word, "xs", tone.letters)] if face.word else []
    if face.title:
        band.append(_text(face.title, "lg", tone.letters, weight="bold"))
    if band:
        bubble["header"] = _box(band, paddingAll="16px", backgroundColor=tone.band, spacing="xs")
    body = [_text(text, "md", INK) for text in face.body] + list(_drawn_rows(face, lang, words))
    if body:
        bubble["body"] = _box(body, paddingAll="16px", spacing="md")
    buttons = [_drawn_button(label, made, at, face) for at, (label, made) in enumerate(face.buttons)]
    if buttons:
        bubble["footer"] = _box(buttons, paddingAll="12px", spacing="sm")
    return bubble


def _drawn_rows(face: Face, lang: str, words: Words) -> Iterator[dict[str, Any]]:
    for at, row in enumerate(face.rows):
        if at or face.body:
            yield {"type": "separator", "color": RULE}
        label = [_text(row.label, "xs", QUIET)] if row.label else []
        both = _box([*label, _text(row.value, "md", INK)], flex=1)
        change = _drawn_change(row, lang, words)
        yield {"type": "box", "layout": "horizontal", "spacing": "md", "contents": [both, change] if change else [both]}


def _drawn_change(row: Row, lang: str, words: Words) -> dict[str, Any] | None:
    if row.change is None:
        return None
    said = words.text(T("cards.change_line", {"line": row.label}), lang)
    made = tapped(cut_label(said, 40), said, row.change)
    if made is None:
        return None
    shown = _text(words.text(T("cards.change"), lang), "md", LINK, weight="bold")
    return _box([shown], action=made, flex=0, paddingAll="8px", justifyContent="center")


def _drawn_button(label: str, made: dict[str, Any], at: int, face: Face) -> dict[str, Any]:
    first = at == 0 and not (face.numbered or face.quiet)
    letters = "#FFFFFF" if first else LINK
    shown = _text(label, "md", letters, weight="bold", align="start" if face.numbered else "center")
    ground = TONES[face.tone].button if first else SOFT
    return _box([shown], action=made, backgroundColor=ground, cornerRadius="10px", paddingAll="12px")


def _text(text: str, size: str, color: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, "wrap": True, "size": size, "color": color, **more}


def _box(contents: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"type": "box", "layout": "vertical", "contents": contents, **more}
