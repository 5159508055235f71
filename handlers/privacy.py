"""The notice on personal data: one text, one version, given once; the whole of it stands behind its button.

A new version is given again, because what people were told is kept with version and time.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import menu
from handlers.vocabulary import Card, Outcome, Say, T, Turn

VERSION = "2026-11"
NOTICE = "privacy"


def noticed(turn: Turn) -> tuple[Turn, tuple[Say, ...]]:
    """The turn with the notice noted, and the short notice where this version was not given yet."""
    notices = turn.conversation.notices
    if str(notices.get(NOTICE, "")).startswith(VERSION):
        return turn, ()
    given = replace(turn.conversation, notices={**notices, NOTICE: f"{VERSION} {turn.now.isoformat()}"})
    return turn.with_conversation(given), (
        Say(card=Card(T("home.privacy_title"), body=(T("home.privacy_short"),), buttons=(menu.PRIVACY,), quiet=True)),
    )


def before(turn: Turn, outcome: Outcome) -> Outcome:
    """The outcome with the short notice first, once."""
    spoken = turn.with_conversation(outcome.conversation or turn.conversation)
    noted, notice = noticed(spoken)
    return replace(outcome, says=(*notice, *outcome.says), conversation=noted.conversation)
