"""Gaps as staff see them, and what an accepted answer changes: a line to learn from and a line that proves it.

Pure, save for the one function that writes. A line goes into the operator's own folder (`knowledge/overlay.py`), never
into the package. It is a line of sentences and not a copy of the body's YAML: a copied YAML would hide every later
correction of that body's address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.db.gaps import Kept
from knowledge import likeness
from knowledge.bodies import base
from knowledge.load import Knowledge
from knowledge.masking import unmarked
from knowledge.overlay import Lines, add_lines, keep_learned, must_read

ASKED = ("unanswered", "not_meant")  # kinds that the router may answer
LOOKED_AT = 5  # texts of a group that are asked for candidates
BEST = 3
SHORTEST = 4  # letters of a sentence that teaches anything
STRANGER = "stranger."
HEADER = "id\ttext\tgold\talternates"


class NoLabel(Exception):
    """Nothing that can be learned: the label is unknown, or the text says too little."""


@dataclass(frozen=True)
class Shown:
    """A group of gaps: the text most like the others, and the bodies that the router would name."""

    id: int
    ids: tuple[int, ...]
    kind: str
    text: str
    first: int
    last: int
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Change:
    """One sentence for one label: `route/tisi`, `route/stranger.weather`, `type/smell`, `emergency/none.news`."""

    label: str
    text: str

    @property
    def task(self) -> str:
        return self.label.split("/")[0]

    @property
    def file(self) -> str:
        return f"sentences/{self.label}.txt"

    @property
    def gold(self) -> str:
        """As `kb eval` reads it."""
        own = self.label.split("/", 1)[1]
        if self.task == "emergency":
            return {"act": "danger", "ask": "hazard"}.get(own.split(".")[0], "none")
        return "none" if own.startswith(STRANGER) else own


def shown(kept: Sequence[Kept], knowledge: Knowledge) -> list[Shown]:
    """Groups of one kind each, the largest first."""
    found: list[Shown] = []
    for kind in dict.fromkeys(each.kind for each in kept):
        some = [each for each in kept if each.kind == kind]
        texts = [knowledge.normalise(unmarked(each.text)).casefold() for each in some]
        found += [_shown([some[n] for n in group.members], some[group.middle], knowledge) for group in grouped(texts)]
    return sorted(found, key=lambda group: (-len(group.ids), group.first))


def grouped(texts: Sequence[str]) -> list[likeness.Group]:
    return likeness.groups(texts[-likeness.MOST :])


def _shown(members: Sequence[Kept], middle: Kept, knowledge: Knowledge) -> Shown:
    times = [each.at for each in members]
    ids = tuple(each.id for each in members)
    return Shown(middle.id, ids, middle.kind, middle.text, min(times), max(times), _candidates(members, knowledge))


def _candidates(members: Sequence[Kept], knowledge: Knowledge) -> tuple[tuple[str, float], ...]:
    """Of the router, over the first few texts; without those that people said they had not meant."""
    if members[0].kind not in ASKED:
        return ()
    tried = {body for each in members if each.kind == "not_meant" for body in each.candidates}
    scores: dict[str, float] = defaultdict(float)
    looked = members[:LOOKED_AT]
    for each in looked:
        for candidate in knowledge.route(each.text).candidates:
            scores[candidate.body] += candidate.score / len(looked)
    left = sorted(((score, body) for body, score in scores.items() if body not in tried), reverse=True)
    return tuple((body, round(score, 2)) for score, body in left[:BEST])


def label(knowledge: Knowledge, topics: Iterable[str], body: str, type_: str, stranger: str) -> str:
    """The one that was named, as the sentences' folders spell it. NoLabel if there is no such thing."""
    if sum(map(bool, (body, type_, stranger))) != 1:
        raise NoLabel("Name one of --body, --type, --stranger.")
    if body:
        if not knowledge.body(body):
            raise NoLabel(f"There is no body {body}.")
        return f"route/{base(body)}"
    if type_:
        if type_ not in knowledge.facts.types:
            raise NoLabel(f"There is no complaint type {type_}.")
        return f"type/{type_}"
    if stranger.replace("_", " ") not in set(topics):
        raise NoLabel(f"There is no topic {stranger} in vocabulary/strangers.yaml.")
    return f"route/{STRANGER}{stranger.replace(' ', '_')}"


def change(label_: str, text: str) -> Change:
    """The text without the marks of what was masked. NoLabel if nothing is left to learn from."""
    told = unmarked(text).lstrip("#").strip()
    if len(told) < SHORTEST:
        raise NoLabel("The text is too short to learn from.")
    return Change(label_, told)


def write(folder: Path, changes: Sequence[Change]) -> dict[str, int]:
    """Adds the lines and their test sentences; file -> lines that are new. KnowledgeError, and nothing is written,
    when the knowledge would not load with them."""
    must_read(folder, lines(changes))
    written = {name: add_lines(folder / name, some) for name, some in lines(changes).items()}
    keep_learned(folder)
    for task in dict.fromkeys(each.task for each in changes):
        written |= _prove(folder / "tests" / f"{task}.tsv", [each for each in changes if each.task == task])
    return {name: count for name, count in written.items() if count}


def lines(changes: Iterable[Change]) -> Lines:
    """File -> the lines it gets."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in changes:
        found[each.file].append(each.text)
    return found


def _prove(path: Path, changes: Sequence[Change]) -> dict[str, int]:
    """Test sentences in the form of `kb eval`."""
    held = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    texts = {line.split("\t")[1] for line in held[1:] if "\t" in line}
    new = [each for each in dict.fromkeys(changes) if each.text not in texts]
    rows = [f"{len(held) + n:04}\t{each.text}\t{each.gold}\t" for n, each in enumerate(new, start=1)]
    return {f"tests/{path.name}": add_lines(path, [HEADER, *rows]) - (not held)} if rows else {}
