"""Whom an entrepreneur should ask: an answer, a question that tells candidates apart, or a person who takes over.

The ranking comes from `grams`; here stand the rules that letters cannot know. A hard alias (a form, a standard, a
programme) weighs by itself. The place decides among counters: in an estate the estate authority, in Bangkok the
departments, elsewhere the office of the province. Weak words must not decide alone: what is left without them has to
lead to the same house. And how sure the router must be to answer is read off a curve, kept in
`vocabulary/router.yaml`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from knowledge import phrases
from knowledge.bodies import BANGKOK, CAPITAL, CENTER, CITY, ESTATES, LOCAL, PROVINCIAL, Competence
from knowledge.files import Files
from knowledge.find import Finder
from knowledge.grams import Ranker, Table
from knowledge.model import Both, Candidate, Place, Route
from knowledge.phrases import STRANGER
from knowledge.reasons import Asked, Reasons

Decision = Literal["answer", "ask", "hand_over"]
COUNTERS = {PROVINCIAL, CAPITAL, ESTATES}
BY_PLACE = {PROVINCIAL, CENTER}
RIVAL = 1.0  # a lead (in deviations) over a body that is named, below which it is asked
UNSURE = 0.75  # what confidence is left when only weak words led to the first candidate


@dataclass(frozen=True)
class Ranked:
    """Labels by score, best first."""

    labels: tuple[str, ...]
    scores: tuple[float, ...]
    evidence: float

    @property
    def margin(self) -> float:
        return self.scores[0] - self.scores[1]


class Router:
    """Built once over the files; `read` is a few table look-ups."""

    def __init__(self, files: Files, competence: Competence, fold: Callable[[str], str]) -> None:
        self.competence = competence
        self.fold = fold
        self.limits = files.router
        self.ranker = Ranker(phrases.documents(files, fold))
        self.column = {label: column for column, label in enumerate(self.ranker.labels)}
        self.aliases = phrases.aliases(files, fold)
        self.things = phrases.things(files, fold)
        self.weak = Finder(fold(each.say) for each in files.weak)
        self.finder = Finder([*self.aliases, *self.things])
        self.reasons = Reasons(
            phrases.reasons(files),
            lambda said: self.ranker.rows_of([fold(each) for each in said]),
            len(self.ranker.known),
        )
        self.sectors = {fold(word): each for each in files.nobody_covers for word in each.words}
        self.sector_finder = Finder(self.sectors)
        self.strangers = {each.topic: each for each in files.strangers}
        self.numbers = {each.number: each for each in files.hotlines.values() if not each.unverified}

    def read(self, text: str, place: Place) -> Route:
        folded = self.fold(text)
        found = [each.phrase for each in self.finder.find(folded)]
        ranked = self._ranked(folded, found, place)
        sure = self._confidence(folded, found, ranked, place)
        if ranked.labels[0].startswith(STRANGER):
            return self._stranger(ranked.labels[0].removeprefix(STRANGER), sure)
        route = self._route(folded, found, ranked, sure, place)
        return self._with_note(folded, route)

    def knows(self, folded: str) -> bool:
        """Whether a folded text surely asks for a body: cheaper than a whole answer."""
        found = [each.phrase for each in self.finder.find(folded)]
        ranked = self._ranked(folded, found, Place())
        sure = self._confidence(folded, found, ranked, Place())
        return sure >= self.limits.answer_from and not ranked.labels[0].startswith(STRANGER)

    def _ranked(self, folded: str, found: list[str], place: Place) -> Ranked:
        scores, evidence = self.ranker.scores(folded)
        self._add_aliases(scores, found)
        order = np.argsort(-scores)[: 3 * self.limits.candidates]
        pairs = by_place([(self.ranker.labels[column], float(scores[column])) for column in order], place)
        return Ranked(tuple(label for label, _ in pairs), tuple(score for _, score in pairs), evidence)

    def _add_aliases(self, scores: Table, found: list[str]) -> None:
        for phrase in found:
            for nth, own in enumerate(self.aliases.get(phrase, ())):
                scores[self.column[own]] += self.limits.alias / (1 if nth == 0 else 2)

    def _confidence(self, folded: str, found: list[str], ranked: Ranked, place: Place) -> float:
        limits = self.limits
        named = any(self._speaks_for(phrase, ranked.labels[0]) for phrase in found)
        told = limits.margin * ranked.margin + limits.height * ranked.scores[0] + limits.evidence * ranked.evidence
        sure = 1 / (1 + math.exp(-(told + limits.named * named + limits.base)))
        weak = self.weak.find(folded)
        if not weak or any(phrase in self.aliases for phrase in found):
            return sure
        left = without(folded, [(each.start, each.end) for each in weak])
        return sure if self._ranked(left, found, place).labels[0] == ranked.labels[0] else sure * UNSURE

    def _speaks_for(self, phrase: str, label: str) -> bool:
        return label in self.things.get(phrase, ()) or label in self.aliases.get(phrase, ())

    def _route(self, folded: str, found: list[str], ranked: Ranked, sure: float, place: Place) -> Route:
        asked = self.reasons.asked(self.ranker.rows(folded))
        candidates: dict[str, Candidate] = {}
        for label, score in self._close(ranked):
            candidate = self._candidate(label, score, asked, found, place)
            candidates.setdefault(candidate.body, candidate)
        first = ranked.labels[0]
        decision = self._decision(sure, self._lead(found, ranked), len(candidates))
        back = self.reasons.ask_back(first, asked, phrases.both(self.limits.ask)) if decision == "ask" else Both("")
        return Route(
            decision=decision,
            candidates=tuple(candidates.values()),
            confidence=round(sure, 3),
            words=next((each.words for each in candidates.values()), ()),
            question=back,
            needs="province" if first in BY_PLACE and not place.province else "",
        )

    def _close(self, ranked: Ranked) -> list[tuple[str, float]]:
        bodies = [pair for pair in zip(ranked.labels, ranked.scores, strict=True) if not pair[0].startswith(STRANGER)]
        return [pair for pair in bodies if pair[1] > 0][: self.limits.candidates]

    def _lead(self, found: list[str], ranked: Ranked) -> float:
        """How far the first label leads; not at all where the text names the second and only speaks like the first."""
        first, second = ranked.labels[:2]
        named = [self.aliases[phrase] for phrase in found if phrase in self.aliases]
        rivals = any(second in bodies for bodies in named) and not any(first in bodies for bodies in named)
        return 0.0 if rivals and ranked.margin < RIVAL else ranked.margin

    def _decision(self, sure: float, lead: float, candidates: int) -> Decision:
        if sure >= self.limits.answer_from and lead >= self.limits.tie and candidates:
            return "answer"
        return "ask" if sure >= self.limits.ask_from and candidates > 1 else "hand_over"

    def _candidate(self, label: str, score: float, asked: Asked, found: list[str], place: Place) -> Candidate:
        reason = self.reasons.nearest(label, asked)
        words = [phrase for phrase in found if self._speaks_for(phrase, label)]
        return Candidate(
            body=self.competence.here(label, place) if place.province else label,
            score=round(score, 3),
            why=reason.why if reason else self.competence.bodies[label].about,
            words=tuple(dict.fromkeys(words))[:5],
            service=reason.id if reason else "",
        )

    def _stranger(self, topic: str, sure: float) -> Route:
        """A matter of nobody here: say so, with a number where one is known."""
        hotline = self.numbers.get(self.strangers[topic].goes_to)
        note = Both("")
        if hotline:
            text = self.limits.stranger
            note = Both(fill(text.th, hotline.who.th, hotline.number), fill(text.en, hotline.who.en, hotline.number))
        return Route("hand_over", (), round(sure, 3), stranger=topic, note=note)

    def _with_note(self, folded: str, route: Route) -> Route:
        """What a good officer says where no institute covers the sector."""
        for found in self.sector_finder.find(folded):
            sector = self.sectors[found.phrase]
            if route.candidates and (route.candidates[0].body in sector.bodies or route.decision != "answer"):
                return replace(route, note=phrases.both(sector.say))
        return route


def fill(text: str, who: str, number: str) -> str:
    return text.replace("{who}", who).replace("{number}", number)


def without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + " " + text[end:]
    return text


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
