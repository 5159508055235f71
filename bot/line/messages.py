"""What is said, as LINE's messages: plain dicts that LINE accepts whatever words people wrote into them.

A handler says keys and values; here they become bubbles, cards and quick replies in one language, inside every limit of
LINE. Nothing raises for what a person typed: it is cleaned and cut. LINE's SDK models are not used: they let a text of
5,001 units through without a word and cost ten times as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from bot.line.actions import quick_reply
from bot.line.cards import flex
from bot.line.limits import clean, cut
from handlers.vocabulary import Say
from handlers.words import Words
from knowledge.model import Lang

Message = dict[str, Any]
TEXT_LIMIT, MESSAGES, READABLE = 5000, 5, 120


def render(says: Sequence[Say], lang: Lang, words: Words) -> list[Message]:
    """At most five messages; the quick replies of the last bubble that has any stand on the last message."""
    messages = fit([message for say in says for message in _bubbles(say, lang, words)])
    buttons = next((say.buttons for say in reversed(says) if say.buttons), ())
    quick = quick_reply(buttons, lang, words) if buttons else None
    if messages and quick:
        messages[-1]["quickReply"] = quick
    return messages


def _bubbles(say: Say, lang: Lang, words: Words) -> Iterator[Message]:
    if say.picture:
        yield {
            "type": "image",
            "originalContentUrl": f"{say.picture}/large",
            "previewImageUrl": f"{say.picture}/small",
        }
    if say.key:
        text = clean(words.say(say.key, say.values, lang)).strip()
        if text:
            yield _text(text)
    if say.card:
        card = flex(say.card, lang, words)
        if card:
            yield card


def _text(text: str) -> Message:
    return {"type": "text", "text": cut(text, TEXT_LIMIT)}


def fit(messages: list[Message]) -> list[Message]:
    """Neighbouring texts become one bubble until five messages are left; then cards are told in words."""
    while len(messages) > MESSAGES:
        pair = _pair(messages)
        if pair is None:
            messages = plain(messages)
            continue
        joined = _text(f"{messages[pair]['text']}\n\n{messages[pair + 1]['text']}")
        messages = [*messages[:pair], joined, *messages[pair + 2 :]]
    return messages


def _pair(messages: list[Message]) -> int | None:
    """The shortest two texts that stand side by side."""
    pairs = [
        (len(a["text"]) + len(b["text"]), at)
        for at, (a, b) in enumerate(pairwise(messages))
        if a["type"] == b["type"] == "text"
    ]
    return min(pairs)[1] if pairs else None


def plain(messages: list[Message]) -> list[Message]:
    """The same in words alone, for when LINE refused the cards: choices as a list, addresses written out."""
    return [_text("\n".join(_told(message)) or "…") for message in messages]


def _told(message: Message) -> Iterator[str]:
    actions = [item["action"] for item in message.get("quickReply", {}).get("items", ())]
    if message["type"] == "flex":
        yield message["altText"]
        yield from (uri for uri in map(_address, _actions(message["contents"])) if uri)
    elif message.get("text"):
        yield message["text"]
    elif message["type"] == "image":
        yield message["originalContentUrl"]
    for action in actions:
        uri = _address(action)
        yield f"• {action['label']}" + (f": {uri}" if uri else "")


def _address(action: dict[str, Any]) -> str:
    """What can be dialled or opened; a map's endless address would bury the words."""
    uri: str = action.get("uri", "")
    return uri.removeprefix("tel:") if len(uri) <= READABLE else ""


def _actions(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "action" in part:
            yield part["action"]
        for value in part.values():
            yield from _actions(value)
    elif isinstance(part, list):
        for value in part:
            yield from _actions(value)
