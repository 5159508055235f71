"""The readers of a question side by side: what each says of every label, as one small table.

No reader is right alone. Letters (`grams`, over what the files say of each body), what was learned from labelled
sentences (`learned`), names typed nearly right (rapidfuzz, for short texts: on long ones it was slow and worse), hard
aliases, things that stand in the text, the kind of service asked for, and, with the extra `semantic`, the meaning of
the whole sentence. They are added up by weights that `fit` takes from sentences no reader has learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

from knowledge import phrases
from knowledge.files import Files
from knowledge.find import Finder
from knowledge.grams import Ranker
from knowledge.learned import Model, Numbers
from knowledge.phrases import STRANGER
from knowledge.runs import Rows
from knowledge.semantic import Meaning

LETTERS = ("lexical", "learned", "near_name", "alias", "thing", "verb", "fits", "stranger")
MEANINGS = ("meaning", "nearest")
SHORT = 40  # letters: only texts up to this long can be a name typed nearly right
ALIKE = 72.0  # of 100: names less alike are none
CRUMB = 4  # letters: what is left of a text without its weak words must be longer
OTHERS = 0.5  # what an alias counts for the bodies behind the first


class Seen(NamedTuple):
    """What was read of one text."""

    table: Numbers  # a row a reader, a column a label
    found: list[str]  # names, aliases and things that stand in the text
    evidence: float  # how strongly the text speaks for anything, by letter
    runs: Rows  # the known runs of its letters


class Top(NamedTuple):
    """What is known of the first label beside the numbers."""

    named: bool  # a thing of it stands in the text
    aliased: bool  # a name of it does
    bare: bool  # without its weak words nothing is left


@dataclass(frozen=True)
class Said:
    """Folded texts by label: what the files say of it, and sentences that were labelled."""

    files: Mapping[str, Sequence[str]]
    sentences: Mapping[str, Sequence[str]]

    def together(self) -> dict[str, list[str]]:
        return {label: [*some, *self.sentences.get(label, ())] for label, some in self.files.items()}


class Panel:
    """All readers, built once. `read` is a few table look-ups."""

    def __init__(
        self, files: Files, spoken: Mapping[str, Sequence[str]], learned: Model, fold: Callable[[str], str]
    ) -> None:
        self.ranker = Ranker(spoken)
        self.labels = self.ranker.labels
        self.column = {label: at for at, label in enumerate(self.labels)}
        self.learned = learned
        self.order = np.asarray([learned.labels.index(label) for label in self.labels])
        self.aliases = phrases.aliases(files, fold)
        self.things = phrases.things(files, fold)
        weak = {fold(each.say) for each in files.weak}
        self.weak_finder = Finder(weak)
        self.finder = Finder([*self.aliases, *self.things])
        self.alias_of = {say: self._shares(own) for say, own in self.aliases.items()}
        self.thing_of = {say: self._columns(own) for say, own in self.things.items() if say not in weak}
        self.names = sorted(self.aliases)
        self.verbs = {fold(say): verb.kind for verb in files.verbs for say in (*verb.th, *verb.en)}
        self.verb_finder = Finder(self.verbs)
        self.offers = self._offers(files)
        self.strangers = np.asarray([label.startswith(STRANGER) for label in self.labels], np.float32)

    def _columns(self, labels: Iterable[str]) -> list[int]:
        return [self.column[label] for label in labels]

    def _shares(self, bodies: Sequence[str]) -> list[tuple[int, float]]:
        return [(self.column[own], OTHERS if nth else 1.0) for nth, own in enumerate(bodies) if own in self.column]

    def _offers(self, files: Files) -> dict[str, Numbers]:
        """Kind of service -> a one for each label that offers it."""
        offers = {verb.kind: np.zeros(len(self.labels), np.float32) for verb in files.verbs}
        for own in self.labels:
            body = files.bodies.get(own)
            for kind in phrases.offered(body) if body else ():
                offers[kind][self.column[own]] = 1
        return offers

    def read(self, folded: str, meaning: Meaning | None = None) -> Seen:
        """What each reader says of a folded text."""
        table = np.zeros((len(LETTERS) + (len(MEANINGS) if meaning else 0), len(self.labels)), np.float32)
        told = self.ranker.rows(folded)
        table[0], evidence = self.ranker.scores(told)
        table[1] = self.learned.row(folded)[self.order]
        self._near_names(folded, table[2])
        found = [each.phrase for each in self.finder.find(folded)]
        self._words(folded, found, table)
        table[7] = self.strangers
        if meaning:
            table[8], table[9] = meaning.read(folded)
        return Seen(table, found, evidence, told.rows)

    def _near_names(self, folded: str, row: Numbers) -> None:
        if not 2 < len(folded) <= SHORT:
            return
        for name, alike, _ in process.extract(folded, self.names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=5):
            for at, share in self.alias_of[name]:
                row[at] = max(row[at], share * (alike - ALIKE) / (100 - ALIKE))

    def _words(self, folded: str, found: Sequence[str], table: Numbers) -> None:
        """Aliases, things, the kind of service, and things whose body offers that kind."""
        alias, thing, verb, fits = table[3:7]
        for phrase in found:
            for at, share in self.alias_of.get(phrase, ()):
                alias[at] = max(alias[at], share)
            own = self.thing_of.get(phrase, ())
            for at in own:
                thing[at] += 1 / len(own)
        np.minimum(thing, 1, out=thing)
        kinds = {self.verbs[each.phrase] for each in self.verb_finder.find(folded)}
        for kind in kinds:
            np.maximum(verb, self.offers[kind], out=verb)
        np.multiply(thing, verb, out=fits)

    def speaks_for(self, phrase: str, label: str) -> bool:
        """Whether a name or thing is one of this label."""
        return label in self.things.get(phrase, ()) or label in self.aliases.get(phrase, ())

    def top(self, folded: str, seen: Seen, first: int) -> Top:
        """What is known of the first label beside the numbers."""
        label = self.labels[first]
        named = any(self.speaks_for(phrase, label) for phrase in seen.found)
        aliased = any(label in self.aliases.get(phrase, ()) for phrase in seen.found)
        weak = [] if aliased else self.weak_finder.find(folded)
        left = without(folded, [(each.start, each.end) for each in weak])
        return Top(named, aliased, bool(weak) and len(left.replace(" ", "")) < CRUMB)


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text with a space in place of some of its parts."""
    for start, end in reversed(spans):
        text = text[:start] + " " + text[end:]
    return text
