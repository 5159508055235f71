"""An entrepreneur's question as it stands between two messages: the words, the place, what was shown already.

Kept in the draft of the flow, each part with the messages it came from, so that an unsend takes it back; read again
from there at every step, and what other code stored oddly counts as not told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from handlers import words
from handlers.vocabulary import Answer, Draft, T, Turn
from handlers.where import place_of, stored
from knowledge.model import Candidate, Place, Route

SHORT = 12  # fewer letters are no question that a person could answer
NOWHERE = Place()
SEVERAL = 3  # matters in one message that are answered together
SIGNS = re.compile(r"[|\n]")  # between the signs of another matter in the texts
# A new line, a number in a list (in Thai digits too), the end of a question.
NEXT = re.compile(r"\n+|(?:^|\s)\(?[1-9\u0e51-\u0e59][.)](?=\s*[^\s\d.])|(?<=\?)\s+")


@dataclass(frozen=True, slots=True)
class Question:
    """`refer` is a body chosen before the question was told; `anywhere`: the place will not be told."""

    words: str = ""
    messages: tuple[str, ...] = ()
    place: Place = NOWHERE
    place_messages: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    rounds: int = 0
    refer: str = ""
    anywhere: bool = False

    def more(self, text: str, messages: tuple[str, ...]) -> Question:
        """The same question with more words, one round later."""
        whole = f"{self.words}\n{text}".strip()
        return replace(self, words=whole, messages=(*self.messages, *messages), rounds=self.rounds + 1)

    def draft(self) -> Draft:
        rest = {"shown": list(self.shown), "rounds": self.rounds, "refer": self.refer, "anywhere": self.anywhere}
        kept = {name: Answer(value) for name, value in rest.items() if value}
        if self.words:
            kept["question"] = Answer(self.words, self.messages)
        if self.place.province:
            kept["place"] = Answer({"place": stored(self.place)}, self.place_messages)
        return kept


def read(draft: Draft) -> Question:
    """The question of a stored draft."""

    def value(name: str, default: Any) -> Any:
        found = draft[name].value if name in draft else default
        return found if isinstance(found, type(default)) else default

    return Question(
        words=value("question", ""),
        messages=draft["question"].messages if "question" in draft else (),
        place=place_of(value("place", {})),
        place_messages=draft["place"].messages if "place" in draft else (),
        shown=tuple(value("shown", [])),
        rounds=value("rounds", 0),
        refer=value("refer", ""),
        anywhere=value("anywhere", False),
    )


def place(turn: Turn, asked: Question) -> Place | None:
    """The place that was told for this question, or one that stands in it."""
    if asked.place.province:
        return asked.place
    found = [each.place for each in turn.knowledge.read(asked.words).places if each.place.province]
    return found[0] if found else None


def route(turn: Turn, asked: Question) -> Route:
    return turn.knowledge.route(asked.words, place(turn, asked))


def known(turn: Turn, found: Route, shown: tuple[str, ...] = ()) -> list[Candidate]:
    """The candidates that can be shown and were not yet."""
    return [one for one in found.candidates if one.body not in shown and turn.knowledge.body(one.body)]


def several(turn: Turn, asked: Question) -> tuple[list[Candidate], bool]:
    """Some matters in one message, each with its own sure answer: all are given, and a greeting or a word about the
    weather beside them is no matter. Second: the province would decide."""
    parts = matters(asked.words)
    if not 1 < len(parts) <= SEVERAL:
        return [], False
    read = [turn.knowledge.route(part, place(turn, asked)) for part in parts]
    its = [one for one in read if one.decision != "hand_over" or one.candidates]
    if any(one.decision != "answer" or not known(turn, one) for one in its):
        return [], False
    found = {candidate.body: candidate for candidate in (known(turn, one)[0] for one in reversed(its))}
    needs = any(one.needs == "province" for one in its)
    alone = len(found) == 1 and len(its) == len(read)  # the same answer twice: better read as one text
    return ([], False) if alone else (list(found.values())[::-1], needs)


def matters(text: str) -> list[str]:
    """The text cut where people begin another matter; fragments of one sentence are no matters."""
    parts = NEXT.split(text)
    for lang in words.LANGS:
        for sign in SIGNS.split(words.own().text(T("guidance.parted_by"), lang)):
            parts = [piece for part in parts for piece in part.split(sign)]
    return [part.strip() for part in parts if len(part.strip()) >= SHORT]
