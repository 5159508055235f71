"""Words in a language that we cannot speak freely: a standing sentence, and a person who answers.

Only sentences that somebody has checked are said in that language; Thai and English stand beside them, because many
can read one of the two. What was asked is kept as a gap, so that staff see which languages are missing.
"""

from __future__ import annotations

from handlers import asking
from handlers.first_words import standing
from handlers.free_text import read
from handlers.vocabulary import Gap, Outcome, Say, Turn

OURS = ("", "th", "en")


def is_foreign(turn: Turn) -> str:
    """The language of the words, where it is one that we do not speak."""
    found = read(turn.knowledge, turn.incoming.text).language if turn.incoming.text else ""
    return "" if found in OURS else found


def beside(turn: Turn) -> Outcome | None:
    """Such words in mid-form: a person gets them, the form stays where it is."""
    return hand_over(turn) if is_foreign(turn) else None


def hand_over(turn: Turn) -> Outcome:
    language, text = is_foreign(turn), turn.incoming.text
    own = standing(language, "officer_answers")
    says = (Say("person.foreign", {"own": own}) if own else Say("person.foreign_plain"),)
    gap = Gap("foreign_language", text, (language,), turn.incoming.message_ids)
    return Outcome(says, acts=(gap,)) + asking.to_person(turn, text, turn.incoming.message_ids)
