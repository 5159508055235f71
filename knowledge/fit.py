"""Fits the router to the project's own sentences: `frontdoor kb fit`. Nothing here runs while the house serves.

Every sentence is read once by readers that have learned from the other four fifths; whole topics of strangers are left
out in turn, since real strangers speak of things that nobody foresaw. From these readings come the weights of the
readers, the two curves of trust and the limits; then the readers learn from everything, and the files are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge import fit_logit as logits
from knowledge import learned, phrases, semantic
from knowledge.files import Files, read_all
from knowledge.phrases import STRANGER
from knowledge.route_built import LEARNED, MEANT, SETTINGS, marks, said_of
from knowledge.route_fusion import FEATURES, Exact, Fusion, features, plain
from knowledge.route_readers import LETTERS, MEANINGS, Panel, Said, Seen
from knowledge.schema import Curve, RouterFit
from knowledge.semantic import Meaning, Sentences

FOLDS = 5
ALL = (*LETTERS, *MEANINGS)
# Of the answers to sentences that no reader had learned from, at most this share is not their label. They are harder
# than what people ask, and bear one label where two would do: chosen so that half A of the questions by others
# (docs/knowledge.md) is answered as often as wanted.
WRONG = {len(LETTERS): 0.17, len(ALL): 0.13}  # without the model, and with it
# Of the sentences that are ours, at most this share goes to a person unasked: without the model, and with it.
HANDED = {len(LETTERS): 0.08, len(ALL): 0.07}
COMMAND = "frontdoor kb fit"
NOTHING = "\u2013"  # what a topic says that is left out whole
Fold = Callable[[str], str]
Vectors = dict[str, learned.Numbers]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """One sentence as readers saw it that had not learned from it."""

    label: str
    text: str
    seen: Seen
    unforeseen: bool  # its whole topic was left out


@dataclass(frozen=True)
class Readings:
    labels: tuple[str, ...]
    all: list[Reading]
    panel: Panel


def part(nth: int, among: int) -> int:
    """The fold of a sentence: neighbours stand together, since they were often written as variants of each other."""
    return nth * FOLDS // among


def held_out(said: Said, fold: int) -> tuple[Said, set[str]]:
    """What is learned from in this fold, and the topics that are left out whole."""
    topics = sorted(label for label in said.files if label.startswith(STRANGER))
    lost = {label for at, label in enumerate(topics) if at % FOLDS == fold}
    files = {label: [NOTHING] if label in lost else some for label, some in said.files.items()}
    kept = {
        label: [text for at, text in enumerate(some) if part(at, len(some)) != fold]
        for label, some in said.sentences.items()
        if label not in lost
    }
    return Said(files, kept), lost


def run(folder: Path, fold: Fold, model: Sentences | None, tell: Callable[[str], None]) -> RouterFit:
    """Fits everything of the router and writes it. Without the model what belongs to it stays as it was."""
    files = read_all(folder)
    spoken, sentences = phrases.documents(files, fold), phrases.sentences(files)
    said = said_of(spoken, sentences, fold)
    vectors = vectors_for(folder / MEANT, model, said, tell)
    found = readings(files, said, fold, vectors, tell)
    tell("fitting the curves")
    without = curve(found, LETTERS)
    meant = curve(found, ALL) if vectors else files.router_fit.with_model
    fit = RouterFit(COMMAND, len(found.all), without, meant)
    written(fit, folder / "vocabulary" / "router_fit.yaml")
    tell("learning from everything")
    taught = learned.thinned(learned.train(said.together(), SETTINGS))
    learned.save(taught, folder / LEARNED, "\n".join(marks(spoken, sentences, fold)[label] for label in taught.labels))
    return fit


def vectors_for(path: Path, model: Sentences | None, said: Said, tell: Callable[[str], None]) -> Vectors:
    """The vectors of all that is learned from, and the file that keeps them."""
    if model is None:
        return {}
    kept = semantic.load(path, model.name)
    texts = dict.fromkeys([*(text for some in said.together().values() for text in some), NOTHING])
    rows = {text: kept.rows.get(semantic.mark(text)) if kept else None for text in texts}
    tell(f"asking the model about {sum(row is None for row in rows.values())} new phrases")
    found = {text: row_of(text, row, kept, model) for text, row in rows.items()}
    semantic.save(path, model.name, found, kept)
    return found


def row_of(text: str, row: int | None, kept: semantic.Kept | None, model: Sentences) -> learned.Numbers:
    return model.vectors([text])[0] if kept is None or row is None else kept.vector(row)


def readings(files: Files, said: Said, fold: Fold, vectors: Vectors, tell: Callable[[str], None]) -> Readings:
    """Every sentence, read by readers that have not learned from it."""
    found: list[Reading] = []
    panel: Panel | None = None
    for nth in range(FOLDS):
        tell(f"reading part {nth + 1} of {FOLDS}")
        taught, lost = held_out(said, nth)
        panel = Panel(files, taught.files, learned.train(taught.together(), SETTINGS), fold)
        meaning = Meaning(Stored(vectors), known(taught, vectors), panel.labels) if vectors else None
        found += read_fold(panel, meaning, said, nth, lost)
    if panel is None:
        raise ValueError("no folds")
    return Readings(panel.labels, found, panel)


def read_fold(panel: Panel, meaning: Meaning | None, said: Said, fold: int, lost: set[str]) -> Iterator[Reading]:
    for label, some in said.sentences.items():
        for at, text in enumerate(some):
            if label in lost or part(at, len(some)) == fold:
                yield Reading(label, text, panel.read(text, meaning), label in lost)


@dataclass(frozen=True)
class Stored:
    """Vectors that are known already, in place of the model."""

    held: Vectors
    name: str = "stored"

    def vectors(self, texts: Sequence[str]) -> learned.Numbers:
        return np.stack([self.held[text] for text in texts])


def known(said: Said, vectors: Vectors) -> semantic.Known:
    return semantic.known_of(
        {label: np.stack([vectors[text] for text in some]) for label, some in said.together().items()}
    )


# --- the curves ------------------------------------------------------------------------------------------------------


def curve(found: Readings, readers: Sequence[str]) -> Curve:
    """Weights of the readers, the curves of trust, and the limits."""
    rows = len(readers)
    table = np.stack([each.seen.table[:rows].T for each in found.all]).astype(np.float64)
    column = {label: at for at, label in enumerate(found.labels)}
    gold = np.asarray([column[each.label] for each in found.all])
    foreseen = np.asarray([not each.unforeseen for each in found.all])
    weights = logits.conditional(table[foreseen], gold[foreseen])
    fusion = Fusion(Curve(plain(weights, readers), {}, {}, 0, 0), readers)
    judged = judge(found, fusion, gold, rows)
    named = judged.named
    trust = logits.logistic(judged.told[named], judged.right[named]), logits.logistic(judged.told, judged.ours)
    answer, ask = limits(judged, trust, rows)
    return Curve(
        plain(weights, readers),
        plain(trust[0], FEATURES),
        plain(trust[1], FEATURES),
        round(answer, 3),
        round(ask, 3),
    )


class Judged(NamedTuple):
    """Every reading as the sum told it, a row each."""

    told: Exact  # the features
    right: Exact  # its first label is its own, and a house
    ours: Exact  # it is a matter of ours
    named: Mask  # its first label is a house: only then an answer can be given, so trust is learned from these alone


def judge(found: Readings, fusion: Fusion, gold: Exact, rows: int) -> Judged:
    panel, told, first = found.panel, [], []
    for each in found.all:
        seen = each.seen._replace(table=each.seen.table[:rows])
        chances = fusion.chances(seen.table)
        first.append(int(chances.argmax()))
        told.append(features(seen, chances, panel.strangers, len(each.text), panel.top(each.text, seen, first[-1])))
    leads = np.asarray(first)
    ours, named = panel.strangers[gold] == 0, panel.strangers[leads] == 0
    return Judged(np.stack(told), ((leads == gold) & ours).astype(np.float64), ours.astype(np.float64), named)


def limits(judged: Judged, trust: tuple[Exact, Exact], rows: int) -> tuple[float, float]:
    """From where on an answer is given, and below which a person takes over: read off the curves."""
    ours = judged.ours > 0
    answered = ours & judged.named
    right = logits.chances(judged.told, trust[0])[answered]
    handed = lowest_share(logits.chances(judged.told, trust[1])[ours], HANDED[rows])
    return wrong_share(right, judged.right[answered], WRONG[rows]), handed


def wrong_share(chances: Exact, right: Exact, most: float) -> float:
    """The lowest limit from which on no more than this share of the answers is not the label."""
    order = np.argsort(-chances, kind="stable")
    wrong = np.cumsum(1 - right[order]) / np.arange(1, len(order) + 1)
    return float(chances[order][np.flatnonzero(wrong <= most)[-1]])


def lowest_share(chances: Exact, share: float) -> float:
    return float(np.sort(chances)[int(share * len(chances))])


def written(fit: RouterFit, path: Path) -> None:
    """The fit as readable data."""
    import msgspec

    said = "# Made by one command (made_by), from the sentences in ../sentences/route. Never edited by hand.\n"
    text = yaml.safe_dump(msgspec.to_builtins(fit), sort_keys=False, allow_unicode=True)
    path.write_text(said + text, encoding="utf-8")
