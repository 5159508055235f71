"""The citizen's page of a ticket: where it stands, who holds it, until when and why it waits; for whoever has the key.

Nothing here tells who reported or what they wrote. Opening an address changes nothing, because link scanners open every
one: confirming and reopening are asked once more and go by POST. A wrong key gets the same answer whatever it is.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot import receipts
from bot.console import coming
from bot.console.asking import Ask
from bot.console.frame import Frame
from bot.db import public
from bot.db.rows import sure_moment, unpack
from bot.sealing import check_code, page_mark
from handlers.tickets import OPEN_STATES, transition
from handlers.vocabulary import Move, StoryEntry, T
from knowledge.masking import masked

ACTS = ("confirm", "reopen")
# Entries whose values tell nobody's name, words or home; of all others only who did something, and when.
PLAIN = frozenset(
    f"story.{name}"
    for name in [
        "opened",
        "confirm",
        "reopen",
        "withdraw",
        "news",
        "answer",
        "words",
        "acknowledge",
        "start",
        "ask_reporter",
        "reply",
        "forward",
        "resolve",
        "close",
        "reject",
        "merge",
        "reopened",
        "closed_by_house",
        "late",
        "media",
        "due_moved",
    ]
)
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}


def pages(frame: Frame) -> None:
    frame.page("/t/{key}", "anyone", show)
    frame.page("/t/{key}/receipt", "anyone", receipt)
    frame.page("/t/{key}/{act}", "anyone", sure)
    frame.act("/t/{key}/{act}", "anyone", do)
    frame.page("/receipt", "anyone", verify)
    frame.page("/follow", "anyone", ask_key)
    frame.act("/follow", "anyone", follow)


def show(ask: Ask) -> Response:
    return _page(ask, "public.html")


def receipt(ask: Ask) -> Response:
    return _page(ask, "public_receipt.html")


def _page(ask: Ask, template: str) -> Response:
    _speak(ask)
    with ask.house.database.reading() as connection:
        row = public.find(connection, _mark(ask))
        told = public.told(connection, row.code) if row else []
    if row is None:
        return _none(ask)
    return _shown(ask, template, row=row, story=_story(ask, told), **_standing(ask, row))


def _standing(ask: Ask, row: Any) -> dict[str, Any]:
    """Who must do what, until when; and what its reporter may do now."""
    open_ = row.status in OPEN_STATES
    waits = row.status == "waiting_for_reporter"
    clocks = (("acknowledge", row.acknowledge_by, row.acknowledged_at), ("answer", row.answer_by, row.answered_at),
              ("resolve", row.resolve_by, row.resolved_at))  # fmt: skip
    return {
        "open": open_,
        "waits": waits,
        "clocks": [(name, by, done) for name, by, done in clocks if by],
        "late": open_ and not waits and any(by < ask.now and not done for _, by, done in clocks if by),
        "acts": [act for act in ACTS if transition(act, row.status, "reporter")],
        "follow": ask.house.sealing.follow_keys(row.code)[0] if row.source != "line" and open_ else "",
        "letters": receipts.write(ask.house.sealing.signs, row.code, row.status, ask.now),
    }


def _story(ask: Ask, told: list[Any]) -> list[dict[str, Any]]:
    words = ask.house.tools.words
    entries = []
    for entry in told:
        plain = entry.key in PLAIN and entry.key in words
        key = entry.key if plain else f"public.by.{entry.by}"
        values = unpack(entry._mapping["values"]) if plain else {}
        said = words.text(T(key, values), ask.lang)
        entries.append({"at": entry.at, "said": said, "words": masked(entry.words) if entry.by == "staff" else ""})
    return entries


def sure(ask: Ask) -> Response:
    """Asks once more; the form is the only way on."""
    _speak(ask)
    with ask.house.database.reading() as connection:
        row = public.find(connection, _mark(ask))
    if row is None or ask.path["act"] not in ACTS:
        return _none(ask)
    if transition(ask.path["act"], row.status, "reporter") is None:
        return ask.go(f"/t/{ask.path['key']}")
    answer = _shown(ask, "public_sure.html", row=row, act=ask.path["act"])
    answer.headers["Referrer-Policy"] = "same-origin"  # else browsers hide from us where the form came from
    return answer


def do(ask: Ask) -> Response:
    act, house = str(ask.path["act"]), ask.house
    if act not in ACTS:
        return _none(ask)
    with house.database.transaction() as connection:
        row = public.find(connection, _mark(ask), lock=True)
        allowed = transition(act, row.status, "reporter") if row else None
        if row and allowed:
            entry = StoryEntry(f"story.{act}", sure_moment(ask.now), "reporter")
            public.act(connection, Move(row.code, allowed.to), entry, f"reporter.{act}", ask.now)
    if row is None:
        return _none(ask)
    if allowed:
        ask.frame.desk.told(row.code)
    return ask.go(f"/t/{ask.path['key']}" + ("?lang=en" if ask.query.get("lang") == "en" else ""))


def verify(ask: Ask) -> Response:
    """Is this paper ours, and what did it say?"""
    _speak(ask)
    number, letters = ask.query.get("number", "")[:40], ask.query.get("letters", "")[:80]
    found = receipts.read(ask.house.sealing.signs, number, letters) if number and letters else None
    return _shown(ask, "public_verify.html", number=number, letters=letters, found=found)


def ask_key(ask: Ask) -> Response:
    return _asked(ask, 200)


def follow(ask: Ask) -> Response:
    """Number and key, as they were read out on the phone, lead to the page; tries are counted by address."""
    if not coming.gate_of(ask.frame).rates.allowed("follow", coming.came(ask).address):
        return _asked(ask, 429, "follow.wait")
    sealing, code = ask.house.sealing, check_code(ask.word("number")[:40])
    key = _key_of(ask, code) if code and sealing.follows(code, ask.word("key")[:40]) else ""
    if not key:
        return _asked(ask, 422, "follow.wrong")
    return ask.go(f"/t/{key}" + ("?lang=en" if ask.query.get("lang") == "en" else ""))


def _key_of(ask: Ask, code: str) -> str:
    with ask.house.database.reading() as connection:
        keys = ask.house.sealing.page_keys(code)
        return next((key for key in keys if public.find(connection, page_mark(key))), "")


def _asked(ask: Ask, status: int, wrong: str = "") -> Response:
    _speak(ask)
    answer = _shown(ask, "public_follow.html", status, number=ask.word("number")[:40], wrong=wrong)
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def _mark(ask: Ask) -> str:
    key = str(ask.path["key"])
    return page_mark(key) if key.isascii() and len(key) <= 64 else ""


def _speak(ask: Ask) -> None:
    """The address says the language: the page has no cookie."""
    ask.lang = "en" if ask.query.get("lang") == "en" else "th"


def _none(ask: Ask) -> Response:
    ask.lang = "th"
    return _shown(ask, "public_none.html", 404)


def _shown(ask: Ask, template: str, status: int = 200, **values: Any) -> Response:
    ask.who = None  # staff who open it see what everybody sees
    answer = ask.show(template, status=status, **values)
    for name, value in PRIVATE.items():
        answer.headers[name] = value
    return answer
