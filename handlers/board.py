"""Public notices where people meet them: a known incident before the form, a system that is down beside an answer.

Each is said once in half a day to a person, and again only where it stops them; one that stops ends with what they can
do instead, and the way home.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from handlers import menu
from handlers.vocabulary import Card, Say, T, Turn
from knowledge.model import Place, PublicNotice
from knowledge.notices import Where

AGAIN_AFTER = timedelta(hours=12)
MOST = 2  # notices in one answer


def posted(
    turn: Turn, where: Where, place: Place, type_id: str = "", body: str = ""
) -> tuple[Turn, tuple[Say, ...], bool]:
    """The turn with what was said noted, the notices, and whether one of them stops."""
    found = turn.knowledge.notices(turn.now, type_id, place, body, where)
    stop = next((one for one in found if one.stop), None)
    if stop:
        return turn, (_said(stop),), True
    new = [one for one in found if not _fresh(turn, one)][:MOST]
    noted = {**turn.conversation.notices, **{_key(one): turn.now.isoformat() for one in new}}
    told = turn.with_conversation(replace(turn.conversation, notices=noted)) if new else turn
    return told, tuple(_said(one) for one in new), False


def _key(notice: PublicNotice) -> str:
    return f"board.{notice.id}"


def _fresh(turn: Turn, notice: PublicNotice) -> bool:
    said = turn.conversation.notices.get(_key(notice))
    return said is not None and turn.now - datetime.fromisoformat(str(said)) < AGAIN_AFTER


def _said(notice: PublicNotice) -> Say:
    body = (notice.text, *((notice.next,) if notice.next.th else ()))
    card = Card(T(f"board.{notice.kind}"), body=body, quiet=not notice.stop)
    return Say(card=card, buttons=(menu.HOME,) if notice.stop else ())
