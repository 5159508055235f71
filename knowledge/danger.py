"""Is somebody in danger now? The check that every text passes before anything else.

Three answers: act (help at once), ask (is somebody in danger now?), none.
"""

from __future__ import annotations

from pathlib import Path

from knowledge import language, signs
from knowledge.danger_rules import NONE, decide, foreign
from knowledge.danger_seen import look
from knowledge.files import HERE
from knowledge.model import Danger
from knowledge.signs import Signs

URGENT = ("none", "ask", "act")


class Reader:
    """Reads a text for danger."""

    def __init__(self, known: Signs) -> None:
        self._known = known

    def read(self, text: str) -> Danger:
        """What to do about this text: act, ask or none, of which kind, for which words."""
        spelt = self._known.spelt(text)
        seen = look(self._known, spelt)
        if not seen.tags:
            return NONE
        return max(decide(seen), foreign(seen, spelt), key=lambda danger: URGENT.index(danger.decision))


def load(folder: Path = HERE) -> Reader:
    """The reader over the signs of `folder`."""
    return Reader(signs.load(folder, language.load(folder)))
