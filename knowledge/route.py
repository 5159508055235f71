"""Whom an entrepreneur should ask: an answer, a question that tells candidates apart, or a person who takes over.

Several readers say what they see (`route_readers`), their words are added up and the sum is brought to a probability
(`route_fusion`, fitted by one command). Here stand the rules that no reader can know. The place decides among
counters: in an estate the estate authority, in Bangkok the departments, elsewhere the office of the province. Weak
words must not decide alone: a text of nothing else is never answered. A stranger's matter is handed over with a kind
word, and so is whatever seems to be nobody's here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from knowledge import phrases, route_built
from knowledge.bodies import BANGKOK, CAPITAL, CENTER, CITY, ESTATES, LOCAL, PROVINCIAL, Competence
from knowledge.files import HERE, Files
from knowledge.find import Finder
from knowledge.model import Both, Candidate, Place, Route
from knowledge.phrases import STRANGER
from knowledge.reasons import Asked, Reasons
from knowledge.route_fusion import Fusion, Trust, features
from knowledge.route_readers import LETTERS, MEANINGS
from knowledge.runs import Rows
from knowledge.semantic import Meaning, Sentences

Decision = Literal["answer", "ask", "hand_over"]
COUNTERS = {PROVINCIAL, CAPITAL, ESTATES}
BY_PLACE = {PROVINCIAL, CENTER}
CLOSE = 0.35  # the share of the first chance that makes a second one a rival, if only the second is named


@dataclass(frozen=True)
class Ranked:
    """Labels by chance, best first, and how far that can be trusted."""

    labels: tuple[str, ...]
    chances: tuple[float, ...]
    found: list[str]
    trust: Trust
    bare: bool  # nothing but weak words speaks
    runs: Rows  # the known runs of the text's letters


class Router:
    """Built once over the files; `read` is a few table look-ups."""

    def __init__(
        self,
        files: Files,
        competence: Competence,
        fold: Callable[[str], str],
        folder: Path = HERE,
        model: Sentences | None = None,
    ) -> None:
        self.competence = competence
        self.fold = fold
        self.words = files.router
        self.panel, self.meaning = route_built.build(files, fold, folder, model)
        self.letters = Fusion(files.router_fit.without_model, LETTERS)
        self.meanings = Fusion(files.router_fit.with_model, (*LETTERS, *MEANINGS))
        ranker = self.panel.ranker
        self.reasons = Reasons(
            phrases.reasons(files),
            lambda said: ranker.rows_of([fold(each) for each in said]),
            len(ranker.known),
        )
        self.sectors = {fold(word): each for each in files.nobody_covers for word in each.words}
        self.sector_finder = Finder(self.sectors)
        self.strangers = {each.topic: each for each in files.strangers}
        self.numbers = {each.number: each for each in files.hotlines.values() if not each.unverified}

    def read(self, text: str, place: Place) -> Route:
        folded = self.fold(text)
        ranked = self._ranked(folded, place, self.meaning)
        decision = self._decision(ranked)
        first = ranked.labels[0]
        if decision == "hand_over" and first.startswith(STRANGER):
            return self._stranger(first.removeprefix(STRANGER), ranked.trust)
        return self._with_note(folded, self._route(ranked, decision, place))

    def knows(self, folded: str) -> bool:
        """Whether a folded text surely asks for a body: cheaper than a whole answer, and without the model."""
        return self._decision(self._ranked(folded, Place(), None)) == "answer"

    def _ranked(self, folded: str, place: Place, meaning: Meaning | None) -> Ranked:
        fusion = self.meanings if meaning else self.letters
        seen = self.panel.read(folded, meaning)
        chances = fusion.chances(seen.table)
        top = self.panel.top(folded, seen, int(chances.argmax()))
        trust = fusion.trust(features(seen, chances, self.panel.strangers, len(folded), top))
        order = np.argsort(-chances)[: 3 * self.words.candidates]
        pairs = by_place([(self.panel.labels[at], float(chances[at])) for at in order], place)
        labels, sure = zip(*pairs, strict=True)
        return Ranked(labels, sure, seen.found, trust, top.bare, seen.runs)

    def _decision(self, ranked: Ranked) -> Decision:
        curve = (self.meanings if self.meaning else self.letters).curve
        bodies = [label for label in ranked.labels if not label.startswith(STRANGER)]
        if ranked.trust.ours < curve.ask_from or not bodies:
            return "hand_over"
        strange = ranked.labels[0].startswith(STRANGER)
        sure = ranked.trust.right >= curve.answer_from and not strange
        if sure and not ranked.bare and not self._torn(ranked):
            return "answer"
        return "ask" if len(bodies) > 1 else "hand_over"

    def _torn(self, ranked: Ranked) -> bool:
        """Whether the text names the second and only speaks like the first."""
        first, second = ranked.labels[:2]
        named = [self.panel.aliases[phrase] for phrase in ranked.found if phrase in self.panel.aliases]
        rivals = any(second in bodies for bodies in named) and not any(first in bodies for bodies in named)
        return rivals and ranked.chances[1] > CLOSE * ranked.chances[0]

    def _route(self, ranked: Ranked, decision: Decision, place: Place) -> Route:
        asked = self.reasons.asked(ranked.runs)
        candidates: dict[str, Candidate] = {}
        close = self._close(ranked)
        for label, chance in close:
            candidate = self._candidate(label, chance, asked, ranked.found, place)
            candidates.setdefault(candidate.body, candidate)
        first = close[0][0]
        back = self.reasons.ask_back(first, asked, phrases.both(self.words.ask)) if decision == "ask" else Both("")
        return Route(
            decision=decision,
            candidates=tuple(candidates.values()),
            confidence=round(1 - ranked.trust.ours if decision == "hand_over" else ranked.trust.right, 3),
            words=next((each.words for each in candidates.values()), ()),
            question=back,
            needs="province" if first in BY_PLACE and not place.province else "",
        )

    def _close(self, ranked: Ranked) -> list[tuple[str, float]]:
        pairs = zip(ranked.labels, ranked.chances, strict=True)
        return [pair for pair in pairs if not pair[0].startswith(STRANGER)][: self.words.candidates]

    def _candidate(self, label: str, score: float, asked: Asked, found: list[str], place: Place) -> Candidate:
        reason = self.reasons.nearest(label, asked)
        words = [phrase for phrase in found if self.panel.speaks_for(phrase, label)]
        return Candidate(
            body=self.competence.here(label, place) if place.province else label,
            score=round(score, 3),
            why=reason.why if reason else self.competence.bodies[label].about,
            words=tuple(dict.fromkeys(words))[:5],
            service=reason.id if reason else "",
        )

    def _stranger(self, topic: str, trust: Trust) -> Route:
        """A matter of nobody here: say so, with a number where one is known. A crumb names no matter at all."""
        if self.strangers[topic].crumb:
            return Route("hand_over", (), round(trust.right, 3))
        hotline = self.numbers.get(self.strangers[topic].goes_to)
        note = Both("")
        if hotline:
            text = self.words.stranger
            note = Both(fill(text.th, hotline.who.th, hotline.number), fill(text.en, hotline.who.en, hotline.number))
        return Route("hand_over", (), round(1 - trust.ours, 3), stranger=topic, note=note)

    def _with_note(self, folded: str, route: Route) -> Route:
        """What a good officer says where no institute covers the sector."""
        for found in self.sector_finder.find(folded):
            sector = self.sectors[found.phrase]
            if route.candidates and (route.candidates[0].body in sector.bodies or route.decision != "answer"):
                return replace(route, note=phrases.both(sector.say))
        return route


def fill(text: str, who: str, number: str) -> str:
    return text.replace("{who}", who).replace("{number}", number)


def by_place(ranked: list[tuple[str, float]], place: Place) -> list[tuple[str, float]]:
    """The same matter is another counter's elsewhere: which of them leads depends on the place."""
    first = ranked[0][0]
    swap = {}
    if place.estate and first in COUNTERS:
        swap = {first: ESTATES, ESTATES: first}
    elif place.province == BANGKOK and first == PROVINCIAL:
        swap = {PROVINCIAL: CAPITAL, CAPITAL: PROVINCIAL}
    elif place.province and first == (LOCAL if place.province == BANGKOK else CITY):
        swap = {LOCAL: CITY, CITY: LOCAL}
    return [(swap.get(label, label), score) for label, score in ranked]
