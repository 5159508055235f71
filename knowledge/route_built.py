"""Puts the router's readers together: from the files, and from what `frontdoor kb fit` has compiled of them.

The compiled file carries a mark of every label: a hash of its phrases and sentences, and of how some of them look after
folding, so that a change of the reading of letters shows too. Labels whose mark is another (a new body, a sentence that
staff added) are learned anew in memory, which takes seconds, and the log says so. In the package itself, which only a
developer changes, what was learned before goes on until the next fit, and a test tells. The vectors of the model are
kept by text; a few new ones are computed at start, many are left out until the next fit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from knowledge import learned, phrases, semantic
from knowledge.files import HERE, Files
from knowledge.route_readers import Panel, Said
from knowledge.semantic import Meaning, Sentences

EVERY = 25  # one sentence in so many is folded for the mark
SETTINGS = learned.Settings(bits=16)  # a hundred labels: in a table of 32,768 rows too many runs meet
LEARNED, MEANT = "compiled/route.npz", "compiled/route_vectors.npz"
Fold = Callable[[str], str]
Texts = Mapping[str, Sequence[str]]


def build(files: Files, fold: Fold, folder: Path, model: Sentences | None) -> tuple[Panel, Meaning | None]:
    """The readers, and those of the model where it is there."""
    spoken, sentences = phrases.documents(files, fold), phrases.sentences(files)
    texts = Folded(spoken, sentences, fold)
    panel = Panel(files, spoken, reader(folder / LEARNED, marks(spoken, sentences, fold), texts), fold)
    if model is None:
        return panel, None
    vectors = semantic.known_vectors(folder / MEANT, model, texts())
    return panel, Meaning(model, semantic.known_of(vectors), panel.labels) if vectors else None


def read_at_start(files: Files) -> list[str]:
    """The texts that are folded whenever the readers are put together."""
    spoken = phrases.documents(files, str).values()
    sampled = (some[::EVERY] for some in phrases.sentences(files).values())
    return list(dict.fromkeys(text for some in (*spoken, *sampled) for text in some))


class Folded:
    """All that is learned from, folded once, when somebody asks for it."""

    def __init__(self, spoken: Texts, sentences: Texts, fold: Fold) -> None:
        self.spoken, self.sentences, self.fold = spoken, sentences, fold
        self.done: Texts = {}

    def __call__(self) -> Texts:
        self.done = self.done or said_of(self.spoken, self.sentences, self.fold).together()
        return self.done


def reader(path: Path, marked: Mapping[str, str], texts: Callable[[], Texts]) -> learned.Model:
    """What was learned, from its file as far as that is fresh."""
    held = learned.held(path, SETTINGS)
    if held is None:
        learned.warn(path.name)
        return learned.train(texts(), SETTINGS)
    known = dict(zip(held[0].labels, held[1].split("\n"), strict=False))
    changed = [label for label, mark in marked.items() if known.get(label) != mark]
    if changed:
        learned.warn(path.name)
    if path == HERE / LEARNED:
        changed = [label for label in changed if label not in known]
    if not changed:
        return held[0]
    return learned.extended(held[0], texts(), changed)


def said_of(spoken: Texts, sentences: Texts, fold: Fold) -> Said:
    """All that is learned from, folded."""
    return Said(spoken, {label: [fold(text) for text in some] for label, some in sentences.items()})


def marks(spoken: Texts, sentences: Texts, fold: Fold) -> dict[str, str]:
    """What each label is learned from, as a short hash."""
    return {label: mark(spoken[label], sentences.get(label, ()), fold) for label in spoken}


def mark(spoken: Sequence[str], sentences: Sequence[str], fold: Fold) -> str:
    sample = [fold(text) for text in sentences[::EVERY]]
    said = "\n".join([f"{learned.VERSION} {SETTINGS}", *spoken, "", *sentences, "", *sample])
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
