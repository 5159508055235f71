"""Knowledge gaps: what people asked in vain, alike questions together; staff say the answer or put it aside.

An accepted answer is one line for the sentences of the knowledge; the nightly evaluation measures what it changes, and
it is taken by hand. So no click here changes how people are answered before it was measured.
"""

from __future__ import annotations

from starlette.responses import Response

from bot import gaps as work
from bot.console.asking import Ask
from bot.console.frame import Frame
from bot.db import audit
from bot.db import gaps as rows
from bot.gaps_commands import topics

HERE = "/console/gaps"
READ = 600  # newest that are grouped for the page
SHOWN = 40


def pages(frame: Frame) -> None:
    frame.page(HERE, "knowledge", show, nav="gaps.nav", order=90)
    frame.act(f"{HERE}/accept", "knowledge", accept)
    frame.act(f"{HERE}/dismiss", "knowledge", dismiss)


def show(ask: Ask) -> Response:
    knowledge = ask.house.tools.knowledge
    with ask.house.database.reading() as connection:
        kept = rows.open_since(connection)
        accepted = rows.accepted(connection)
    groups = work.shown(kept[-READ:], knowledge)[:SHOWN] if kept else []
    facts, lang = knowledge.facts, ask.lang
    bodies = [(id_, body.name.in_(lang)) for id_, body in facts.bodies.items() if "@" not in id_]
    types = [(id_, one.name.in_(lang)) for id_, one in facts.types.items()]
    return ask.show(
        "gaps.html", groups=groups, many=len(kept), accepted=accepted, bodies=bodies, types=types, topics=topics()
    )


def accept(ask: Ask) -> Response:
    """`answer` is body:<id>, type:<id> or stranger:<topic>."""
    what, _, value = ask.word("answer").partition(":")
    named = {name: value if name == what else "" for name in ("body", "type", "stranger")}
    ids = _ids(ask)
    try:
        label = work.label(ask.house.tools.knowledge, topics(), named["body"], named["type"], named["stranger"])
    except work.NoLabel:
        return ask.go(HERE, "gaps.no_answer", wrong=True)
    with ask.house.database.transaction() as connection:
        some = [one for one in rows.open_since(connection) if one.id in ids]
        taught = [one.id for one in some if _teaches(label, one.text)]
        many = rows.settle(connection, taught, rows.ACCEPTED, label) if taught else 0
        audit.write(connection, [audit.Entry(_me(ask), "gap_accept", "", {"ids": taught, "label": label})], ask.now)
    return ask.go(HERE, "gaps.accepted", n=many, label=label) if many else ask.go(HERE, "gaps.too_short", wrong=True)


def _teaches(label: str, text: str) -> bool:
    try:
        work.change(label, text)
    except work.NoLabel:
        return False
    return True


def dismiss(ask: Ask) -> Response:
    ids = _ids(ask)
    with ask.house.database.transaction() as connection:
        some = [one.id for one in rows.open_since(connection) if one.id in ids]
        many = rows.settle(connection, some, rows.REFUSED) if some else 0
        audit.write(connection, [audit.Entry(_me(ask), "gap_dismiss", "", {"ids": some})], ask.now)
    return ask.go(HERE, "gaps.dismissed", n=many)


def _ids(ask: Ask) -> set[int]:
    return {int(one) for one in ask.word("ids").split(",") if one.isdecimal() and len(one) < 18}


def _me(ask: Ask) -> str:
    return f"staff:{ask.member.id}"
