"""The walk: a form is an ordered list of questions over a draft of answers, and where somebody stands is computed.

Only answers are stored, so a deploy that adds, drops or reorders questions needs no migration: an answer that no
longer reads counts as missing and is asked again, an unknown field is kept untouched. Skipped is a mark, not a gap.
Any change takes the confirmation back. (State machines and replayed scripts were tried for this; they lost answers
when the code changed.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from handlers.vocabulary import Act, Answer, Draft, Outcome, Say, T, Tap, Text, Turn

if TYPE_CHECKING:
    from knowledge.load import Knowledge

CONFIRM = "confirm"
SKIPPED: Mapping[str, bool] = {"skipped": True}
ODD = (TypeError, ValueError, KeyError, AttributeError, IndexError)

Applies: TypeAlias = "Callable[[Draft, Knowledge], bool]"


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that could not be read, as a value: what to say kindly before the question is asked again."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()
    store: Any = None  # what the question remembers of the attempt
    alone: bool = False  # it says itself what to do, so the question is not repeated below it


@dataclass(frozen=True, slots=True)
class Heard:
    """What one answer told, by field; it may fill more fields than the one that was asked.

    `quiet`: nothing is said yet, because more of the same album is on its way. `says` come before the next question.
    """

    values: Mapping[str, Any]
    says: tuple[Say, ...] = ()
    acts: tuple[Act, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a reader may know while it asks or reads."""

    turn: Turn
    flow: str
    field: str
    draft: Draft
    optional: bool = False

    @property
    def value(self) -> Any:
        answer = self.draft.get(self.field)
        return None if answer is None or skipped(answer) else answer.value

    @property
    def knowledge(self) -> Knowledge:
        return self.turn.knowledge

    def tap(self, value: str) -> Tap:
        return Tap(self.flow, self.field, value)

    def key(self, part: str) -> str:
        return f"{self.flow}.{self.field}.{part}"


class Reader(Protocol):
    """How a question is asked, its answer read, and a stored answer checked and shown. All pure."""

    def complete(self, value: Any, knowledge: Knowledge) -> bool: ...
    def read(self, scene: Scene) -> Heard | Problem | None: ...
    def ask(self, scene: Scene) -> tuple[Say, ...]: ...
    def show(self, value: Any, knowledge: Knowledge) -> Text: ...


@runtime_checkable
class Steps(Protocol):
    """A reader that asks by steps, and can go one step up: the half answer then, or None at its first step."""

    def up(self, scene: Scene) -> Mapping[str, Any] | None: ...


def always(draft: Draft, knowledge: Knowledge) -> bool:
    return True


@dataclass(frozen=True)
class Question:
    """`aside`: never asked by the walk, only when the person taps "change" on its line of the summary."""

    field: str
    reader: Reader
    applies: Applies = always
    optional: bool = False
    aside: bool = False
    line: bool = True  # stands in the summary

    def answered(self, draft: Draft, knowledge: Knowledge) -> bool:
        answer = draft.get(self.field)
        if answer is None:
            return False
        if skipped(answer):
            return self.optional
        try:
            return self.reader.complete(answer.value, knowledge)
        except ODD:
            return False  # stored by other code, or half an answer: it is asked again

    def show(self, draft: Draft, knowledge: Knowledge) -> Text:
        answered = self.answered(draft, knowledge) and not skipped(draft[self.field])
        return self.reader.show(draft[self.field].value, knowledge) if answered else T("common.not_told")


@dataclass(frozen=True)
class Flow:
    """`done` gets the full draft. `learned` is told of every change, where a ticket is open meanwhile."""

    name: str
    questions: tuple[Question, ...]
    done: Callable[[Turn, Draft], Outcome]
    learned: Callable[[Turn, Draft, Draft], Outcome] | None = None
    spare: Callable[[Turn, Draft], Mapping[str, Any]] | None = None  # what words tell beside the answer
    mild: bool = True  # speaks of cancelling and changing; dangers do not

    def question(self, name: str) -> Question | None:
        return next((question for question in self.questions if question.field == name), None)


def skipped(answer: Answer) -> bool:
    return isinstance(answer.value, Mapping) and answer.value.get("skipped") is True


def next_question(flow: Flow, draft: Draft, knowledge: Knowledge) -> Question | None:
    """The first question that applies and is unanswered; None when the form is full."""
    return next((q for q in flow.questions if open_(q, draft, knowledge)), None)


def open_(question: Question, draft: Draft, knowledge: Knowledge) -> bool:
    return not question.aside and applies(question, draft, knowledge) and not question.answered(draft, knowledge)


def applies(question: Question, draft: Draft, knowledge: Knowledge) -> bool:
    try:
        return question.applies(draft, knowledge)
    except ODD:
        return not question.optional  # an odd answer decides nothing: ask what must be known


def before(flow: Flow, draft: Draft, knowledge: Knowledge, name: str) -> Question | None:
    """The question before this one that was answered: where "back" leads."""
    found = None
    for question in flow.questions:
        if question.field == name:
            break
        if not question.aside and applies(question, draft, knowledge) and question.answered(draft, knowledge):
            found = question
    return found


def put(draft: Draft, values: Mapping[str, Any], messages: tuple[str, ...] = ()) -> Draft:
    """The draft with these answers. Any change takes the confirmation back; None takes an answer away."""
    kept = {name: answer for name, answer in draft.items() if name != CONFIRM or set(values) == {CONFIRM}}
    for name, value in values.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = Answer(value, _sources(draft.get(name), value, messages))
    return kept


def _sources(earlier: Answer | None, value: Any, messages: tuple[str, ...]) -> tuple[str, ...]:
    """The messages that an answer was read from; one that grew (photos, a longer note) keeps the earlier ones."""
    if earlier is None:
        return messages
    longer = isinstance(value, str) and isinstance(earlier.value, str) and value.startswith(earlier.value)
    grown = longer or (isinstance(value, Mapping) and "ids" in value)
    return tuple(dict.fromkeys((*earlier.messages, *messages))) if grown else messages


def value_of(draft: Draft, name: str) -> Any:
    """A told answer; None when it is missing or was skipped."""
    answer = draft.get(name)
    return None if answer is None or skipped(answer) else answer.value


def forget(draft: Draft, message_id: str) -> Draft:
    """The draft after a message was unsent: what was read from it is gone, and with it the confirmation."""
    kept: dict[str, Answer] = {}
    for name, answer in draft.items():
        if message_id not in answer.messages:
            kept[name] = answer
        elif message_id in (ids := _ids(answer.value)):
            left = tuple(message for message in answer.messages if message != message_id)
            kept[name] = Answer({**answer.value, "ids": [one for one in ids if one != message_id]}, left)
    return draft if kept == draft else put(kept, {})


def _ids(value: Any) -> list[Any]:
    """The messages that an answer gathered (photos). Stored answers may be of any shape, from any version."""
    ids = value.get("ids") if isinstance(value, Mapping) else None
    return ids if isinstance(ids, list) else []
