"""Messages that did not arrive: letters to reporters, notices to staff, why, and "send again". No words, no names."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from bot.console.asking import Ask
from bot.console.frame import Frame
from bot.db import audit, deliveries, outbox

HERE = "/console/dead"
SHOWN = 200
TABLES = {"letters": outbox, "notices": deliveries}


def pages(frame: Frame) -> None:
    frame.page(HERE, "dead", show, nav="dead.nav", order=84)
    frame.act(f"{HERE}/again", "dead", again)


def show(ask: Ask) -> Response:
    with ask.house.database.reading() as connection:
        found = {name: table.unsent(connection) for name, table in TABLES.items()}
    counts = {name: len(rows) for name, rows in found.items()}
    return ask.show(
        "dead.html", found={name: rows[:SHOWN] for name, rows in found.items()}, counts=counts,
        way=partial(_way, ask), rule=partial(_rule, ask),
    )  # fmt: skip


def _way(ask: Ask, kind: str) -> str:
    words = ask.house.tools.words
    return words.say(f"ways.kind.{kind}", {}, ask.lang) if f"ways.kind.{kind}" in words else kind


def _rule(ask: Ask, rule: str) -> str:
    """What a notice was about, in the words of its card without the case."""
    words = ask.house.tools.words
    key = next((key for key in (f"notices.{rule}", f"notices.{rule.partition('.')[0]}") if key in words), "")
    blank = dict.fromkeys(("what", "name", "office", "percent", "title"), "…")
    return words.say(key, blank, ask.lang) if key else rule


def again(ask: Ask) -> Response:
    table = TABLES.get(ask.word("table"))
    ids = [int(one) for one in ask.form.getlist("id") if isinstance(one, str) and one.isdecimal() and len(one) < 18]
    if table is None or not ids:
        return ask.go(HERE, "dead.none_chosen", wrong=True)
    with ask.house.database.transaction() as connection:
        many = table.revive(connection, ids, ask.now)
        entry = audit.Entry(f"staff:{ask.member.id}", "send_again", "", {"of": ask.word("table"), "ids": ids})
        audit.write(connection, [entry], ask.now)
    ask.house.wake.written()
    ask.house.wake.noticed()
    return ask.go(HERE, "dead.sent", n=many)
