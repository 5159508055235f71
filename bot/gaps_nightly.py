"""The nightly evaluation: what would accepted answers and staff's corrections change, for better and for worse?

The knowledge is built anew in a scratch folder with the new sentences, and read beside the one in use: on the test
sentences (nothing may fall there), on the new sentences themselves (does it take them in?), and on each half of them
after learning from the other half only (does it carry over to sentences that were never shown?). Each label is tried
alone as well, so that one bad answer does not spoil the night. The live knowledge is never touched: what comes out is
a report, from which a person takes what is wanted (`frontdoor kb take`).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import gaps
from bot.db.corrections import Correction
from bot.db.gaps import Kept
from bot.gaps import Change, NoLabel
from knowledge import evaluate
from knowledge.bodies import base
from knowledge.evaluate import Row
from knowledge.load import Knowledge
from knowledge.overlay import Lines, load_over

Build = Callable[[Path | None, Lines], Knowledge]  # the operator's folder and more lines, as one

TASKS = ("route", "type", "emergency")
BETTER = ("top1", "top2", "top3", "recall", "acted", "asked")  # figures that shall not fall
WORSE = ("wrong_when_answered", "false_alarm", "needless_question", "passed_over")  # and those that shall not rise
WANTED, UNWANTED = ("top1", "acted", "asked"), ("false_alarm", "needless_question")  # of one sentence
SLACK = 0.002  # a figure moves by so much from one sentence in five hundred
URGENCIES = {"high": "ask.hazard", "normal": "none.everyday_complaint"}


@dataclass(frozen=True)
class Sentence:
    """A change, and the rows that it comes from."""

    change: Change
    gap: int = 0
    correction: int = 0


@dataclass(frozen=True)
class Measured:
    """Before and after, on the same rows."""

    n: int
    before: Mapping[str, float]
    after: Mapping[str, float]

    @property
    def falls(self) -> list[str]:
        """The figures that are worse than before."""
        told = [name for name in BETTER if self._moved(name) < -SLACK]
        return told + [name for name in WORSE if self._moved(name) > SLACK]

    def _moved(self, name: str) -> float:
        return self.after.get(name, 0.0) - self.before.get(name, self.after.get(name, 0.0))


@dataclass(frozen=True)
class Proposal:
    """What one label's new sentences would change. `advice` is take, look (something falls) or idle (nothing moves)."""

    label: str
    sentences: tuple[Sentence, ...]
    right_before: int
    right_after: int
    tests: Mapping[str, Measured] = field(default_factory=dict)

    @property
    def falls(self) -> list[str]:
        return [f"{task} {name}" for task, measured in self.tests.items() for name in measured.falls]

    @property
    def advice(self) -> str:
        if self.falls or self.right_after < self.right_before:
            return "look"
        return "take" if self.right_after > self.right_before else "idle"


@dataclass(frozen=True)
class Report:
    """The night's result. `unseen`: sentences right before and after, each half read by who learned from the other."""

    proposals: tuple[Proposal, ...]
    together: Proposal | None
    unseen: tuple[int, int, int]
    without_label: tuple[int, ...]  # corrections that need a person, since the kind of danger is not clear


def sentences(
    accepted: Iterable[Kept], corrected: Iterable[Correction], knowledge: Knowledge
) -> tuple[list[Sentence], list[int]]:
    """Everything that can be learned from, each text once a label; and the corrections that tell no label."""
    found: dict[Change, Sentence] = {}
    lost: list[int] = []
    for kept in accepted:
        made = _change(kept.label, kept.text)
        if made:
            found.setdefault(made, Sentence(made, gap=kept.id))
    for one in corrected:
        label = label_of(one, knowledge)
        made = _change(label, one.text) if label else None
        if made:
            found.setdefault(made, Sentence(made, correction=one.id))
        else:
            lost.append(one.id)
    return list(found.values()), lost


def _change(label: str, text: str) -> Change | None:
    try:
        return gaps.change(label, text)
    except NoLabel:
        return None


def label_of(one: Correction, knowledge: Knowledge) -> str:
    """The label of a correction; "" for an unknown id, or a danger whose kind the text does not say."""
    if one.task == "type":
        return f"type/{one.after}" if one.after in knowledge.facts.types else ""
    if one.task == "route":
        return f"route/{base(one.after)}" if knowledge.body(one.after) else ""
    if one.after == "emergency":
        kind = knowledge.danger(one.text).kind
        return f"emergency/act.{kind}" if kind else ""
    return f"emergency/{URGENCIES[one.after]}" if one.after in URGENCIES else ""


def proofs(folders: Iterable[Path], new: Iterable[Sentence]) -> dict[str, list[Row]]:
    """The test sentences of each task, without those that are about to be learned."""
    learned = {each.change.text for each in new}
    found: dict[str, list[Row]] = {task: [] for task in TASKS}
    for path in (folder / f"{task}.tsv" for folder in folders for task in TASKS):
        if path.is_file():
            found[path.stem] += [row for row in evaluate.read_rows(path) if row.text not in learned]
    return found


def run(
    overlay: Path | None,
    new: Sequence[Sentence],
    lost: Sequence[int],
    tests: Mapping[str, Sequence[Row]],
    most: int = 12,
    tell: Callable[[str], None] = lambda said: None,
    build: Build = load_over,
) -> Report:
    """Measures everything together, the halves, and up to `most` labels alone, those with most sentences first."""
    if not new:
        return Report((), None, (0, 0, 0), tuple(lost))

    def learned(some: Iterable[Sentence]) -> Knowledge:
        return build(overlay, gaps.lines(each.change for each in some))

    tell("reading as it is")
    now = Reader(build(overlay, {}), tests)
    tell("all together")
    together = proposed("", new, now, Reader(learned(new), tests))
    tell("half by half")
    unseen = _halves(learned, new, now)
    labels = sorted({each.change.label for each in new}, key=lambda label: (-len(_of(label, new)), label))
    alone = []
    for label in labels[:most]:
        tell(label)
        some = _of(label, new)
        alone.append(proposed(label, some, now, Reader(learned(some), tests)))
    return Report(tuple(alone), together, unseen, tuple(lost))


def _of(label: str, new: Sequence[Sentence]) -> list[Sentence]:
    return [each for each in new if each.change.label == label]


class Reader:
    """Knowledge that is measured; its figures on the test sentences are taken once."""

    def __init__(self, knowledge: Knowledge, tests: Mapping[str, Sequence[Row]]) -> None:
        self.knowledge = knowledge
        self.figures = {task: evaluate.evaluate(knowledge, rows, task)[0] for task, rows in tests.items() if rows}

    def right(self, new: Iterable[Sentence]) -> int:
        """How many of the new sentences it reads as staff said."""
        return sum(_right(self.knowledge, each.change) for each in new)


def _right(knowledge: Knowledge, one: Change) -> bool:
    judged = evaluate.evaluate(knowledge, [Row("", one.text, one.gold)], one.task)[1][0]
    wanted = [judged.marks[name] for name in WANTED if name in judged.marks]
    return all(wanted) and not any(judged.marks.get(name) for name in UNWANTED)


def proposed(label: str, new: Sequence[Sentence], now: Reader, then: Reader) -> Proposal:
    tests = {
        task: Measured(int(told["n"]), _plain(told), _plain(then.figures[task])) for task, told in now.figures.items()
    }
    return Proposal(label, tuple(new), now.right(new), then.right(new), tests)


def _plain(figures: Mapping[str, Any]) -> dict[str, float]:
    return {name: figures[name] for name in (*BETTER, *WORSE) if name in figures}


def _halves(
    learned: Callable[[Iterable[Sentence]], Knowledge], new: Sequence[Sentence], now: Reader
) -> tuple[int, int, int]:
    """(sentences, right before, right after having learned from the other half)."""
    halves = [[each for each in new if zlib.crc32(each.change.text.encode()) % 2 == part] for part in (0, 1)]
    if not all(halves):
        return 0, 0, 0
    after = sum(Reader(learned(taught), {}).right(asked) for taught, asked in (halves, reversed(halves)))
    return len(new), now.right(new), after
