"""`frontdoor chat`: talk to the bot in a terminal, by hand or from a script, through a running demo's emulator.

It does what the chat page does, over the same addresses, so a script is a demonstration and a check at once. Words go
out as they are; a line that begins with @ is an act:

    @pin 13.53,100.65   @photo one.jpg two.jpg   @file plan.pdf   @tap 2 [value]   @sticker   @follow   @block
    @unsend   @wait [seconds]   @as malee   @help            (a script may also hold # comments and empty lines)
"""

from __future__ import annotations

import shlex
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import typer
from rich.console import Console
from rich.text import Text

from bot.emulator.remote import Talk

FIRST, QUIET, STEP = 8.0, 0.8, 0.1  # seconds: for a first answer, for more of it, between two looks

Json = dict[str, Any]
SCREEN = Console(highlight=False)


def chat(script: Path | None, base: str, as_person: str, quiet: float = QUIET) -> None:
    """Plays a script, or reads from the keyboard until the end of input."""
    talk = Talk(base.rstrip("/"), as_person, quiet)
    try:
        talk.news()
        for line in _lines(script):
            _one(talk, line, shown=script is not None)
    except URLError as problem:
        SCREEN.print(f"No demo answers at {talk.base} ({problem}). Start one with: frontdoor demo", style="red")
        raise typer.Exit(1) from None


def _lines(script: Path | None) -> Iterator[str]:
    if script:
        yield from (
            line for line in script.read_text(encoding="utf-8").splitlines() if line.strip()[:1] not in ("", "#")
        )
        return
    SCREEN.print("Type to talk, @help for more, Ctrl-D to leave.", style="dim")
    while True:
        try:
            line = input("> ")
        except (EOFError, KeyboardInterrupt):
            return
        if line.strip():
            yield line


def _one(talk: Talk, line: str, shown: bool) -> None:
    """One line: an act or words, then the answer."""
    if shown:
        SCREEN.print(Text(f"{talk.who}: {_plain(line)}", style="bold green"))
    try:
        waits = _do(talk, line.strip())
    except (Mistake, OSError, HTTPError) as problem:
        if isinstance(problem, URLError) and not isinstance(problem, HTTPError):
            raise
        SCREEN.print(Text(str(problem), style="red"))
        if shown:
            raise typer.Exit(2) from None
        return
    if waits:
        _answer(talk, waits)


class Mistake(Exception):
    """A line that cannot be done, with what to write instead."""


def _do(talk: Talk, line: str) -> float:
    """Does it; gives how long to wait for an answer (0: none comes)."""
    if not line.startswith("@"):
        talk.act("text", text=line)
        return FIRST
    name, *rest = shlex.split(line[1:])
    if name not in ACTS:
        raise Mistake(f"@{name}? There are: {', '.join('@' + one for one in ACTS)}")
    return ACTS[name](talk, rest)


# --- acts ------------------------------------------------------------------------------------------------------------


def _pin(talk: Talk, rest: list[str]) -> float:
    try:
        lat, lon = (float(part) for part in "".join(rest).split(","))
    except ValueError:
        raise Mistake("@pin wants latitude,longitude, like: @pin 13.53,100.65") from None
    talk.act("pin", lat=lat, lon=lon)
    return FIRST


def _photo(talk: Talk, rest: list[str]) -> float:
    if not rest:
        raise Mistake("@photo wants one file or several, like: @photo smoke.jpg")
    talk.upload([Path(one) for one in rest])
    return FIRST


def _tap(talk: Talk, rest: list[str]) -> float:
    number = int(rest[0]) if rest and rest[0].isdigit() else 0
    if not 1 <= number <= len(talk.buttons):
        raise Mistake(
            f"@tap wants a number from 1 to {len(talk.buttons)}" if talk.buttons else "There is no button to tap"
        )
    action = talk.buttons[number - 1]
    if action["type"] in _OPENS:
        raise Mistake(_OPENS[action["type"]])
    if action["type"] in ("uri", "clipboard"):
        SCREEN.print(Text(f"  opens {_plain(str(action.get('uri', action.get('clipboardText'))))}", style="cyan"))
        return 0.0
    params = {action["mode"]: rest[1]} if action["type"] == "datetimepicker" and rest[1:] else None
    if action["type"] == "datetimepicker" and not params:
        raise Mistake(f"This button wants a {action['mode']}, like: @tap {number} 2026-11-20")
    talk.act("tap", action=action, params=params, quick=number > len(talk.buttons) - talk.quick)
    return FIRST


_OPENS = {
    "location": "This button opens the map: @pin 13.53,100.65",
    "camera": "This button opens the camera: @photo file.jpg",
    "cameraRoll": "This button opens the photos: @photo file.jpg",
}


def _sticker(talk: Talk, rest: list[str]) -> float:
    talk.act("sticker", package="446", sticker="1988", keywords=["OK"])
    return FIRST


def _unsend(talk: Talk, rest: list[str]) -> float:
    if not talk.sent:
        raise Mistake("Nothing was sent yet")
    talk.act("unsend", message=talk.sent)
    return QUIET


def _as(talk: Talk, rest: list[str]) -> float:
    if not rest:
        raise Mistake("@as wants somebody, like: @as malee")
    talk.who, talk.seen, talk.buttons = rest[0], 0, []
    talk.news()
    return 0.0


def _wait(talk: Talk, rest: list[str]) -> float:
    return float(rest[0]) if rest else FIRST


def _help(talk: Talk, rest: list[str]) -> float:
    SCREEN.print((__doc__ or "").split("\n\n", 2)[2].rstrip(), markup=False)
    return 0.0


def _plainly(what: str) -> Callable[[Talk, list[str]], float]:
    def act(talk: Talk, rest: list[str]) -> float:
        talk.act(what)
        return FIRST if what == "follow" else QUIET

    return act


ACTS: dict[str, Callable[[Talk, list[str]], float]] = {
    "pin": _pin,
    "photo": _photo,
    "file": _photo,
    "tap": _tap,
    "sticker": _sticker,
    "follow": _plainly("follow"),
    "block": _plainly("block"),
    "unsend": _unsend,
    "wait": _wait,
    "as": _as,
    "help": _help,
}

# --- the answer ------------------------------------------------------------------------------------------------------


def _answer(talk: Talk, seconds: float) -> None:
    """Shows what the bot says until it has been quiet for a moment."""
    until, said = time.monotonic() + seconds, False
    while time.monotonic() < until:
        new = [one for one in talk.news() if one["by"] == "bot"]
        if new:
            _show(talk, [one["message"] for one in new], fresh=not said)
            until, said = time.monotonic() + talk.quiet, True
        time.sleep(STEP)
    if not said and seconds >= FIRST:
        SCREEN.print("  (no answer)", style="yellow")


def _show(talk: Talk, messages: list[Json], fresh: bool) -> None:
    """Bubbles, then the buttons in sight: those of the cards, and the quick replies of the last message."""
    for message in messages:
        SCREEN.print(Text(_indented(words_of(message)), style="white on grey19" if message["type"] == "flex" else ""))
    earlier = [] if fresh else talk.buttons[: len(talk.buttons) - talk.quick]
    quick = [item["action"] for item in messages[-1].get("quickReply", {}).get("items", [])]
    talk.buttons = [*earlier, *(action for message in messages for action in buttons_of(message)), *quick]
    talk.quick = len(quick)
    for number, action in enumerate(talk.buttons, 1):
        SCREEN.print(Text(f"    [{number}] {_plain(str(action.get('label') or action['type']))}", style="cyan"))


def words_of(message: Json) -> str:
    """What a bubble says, as text."""
    kind = message["type"]
    if kind in ("text", "textV2"):
        return _plain(message["text"])
    if kind == "flex":
        return _plain("\n".join(line for line in _card(message["contents"]) if line) or str(message["altText"]))
    if kind == "template":
        return _plain(str(message["template"].get("text") or message["altText"]))
    if kind == "location":
        return _plain(f"{message['title']} {message['address']} ({message['latitude']}, {message['longitude']})")
    return f"({kind})"


def _card(part: Json) -> Iterator[str]:
    """The lines of a flex part; what stands side by side is one line."""
    kind = part.get("type")
    if kind == "text":
        yield "".join(span.get("text", "") for span in part.get("contents", ())) or part.get("text", "")
    elif kind == "box" and part.get("layout") in ("horizontal", "baseline"):
        yield "  ".join(line for child in part["contents"] for line in _card(child) if line)
    else:
        inner = [part[name] for name in ("header", "hero", "body", "footer") if name in part]
        for child in [*inner, *part.get("contents", ())]:
            yield from _card(child)


def buttons_of(message: Json) -> list[Json]:
    """All actions of a message but its quick replies, in the order in which they are seen."""
    found: list[Json] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            own = [part["action"]] if isinstance(part.get("action"), dict) else []
            found.extend(one for one in [*own, *part.get("actions", ())] if one.get("type"))
            for name in ("contents", "template", "columns", "header", "hero", "body", "footer"):
                walk(part.get(name))
        for child in part if isinstance(part, list) else ():
            walk(child)

    walk(message)
    return found


def _plain(text: str) -> str:
    """Without anything that would move the cursor or colour the terminal."""
    return "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs"))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
