"""Whom an entrepreneur should ask: answer, ask back, or hand over to a person."""

from __future__ import annotations

from collections.abc import Callable

from knowledge.bodies import Competence
from knowledge.files import Files
from knowledge.find import Finder, fold
from knowledge.model import Both, Candidate, Place, Route


class Router:
    """Answers from names and hard aliases."""

    def __init__(self, files: Files, competence: Competence, normalise: Callable[[str], str]) -> None:
        self.competence = competence
        self.normalise = normalise
        self.files = files
        self.names = {fold(normalise(say)): alias.bodies for alias in files.aliases for say in alias.say}
        for own, body in files.bodies.items():
            for thing in body.words.things:
                self.names.setdefault(fold(normalise(thing.split(" | ")[0])), [own])
        self.finder = Finder(self.names)

    def read(self, text: str, place: Place) -> Route:
        found = self.finder.find(fold(self.normalise(text)))
        if not found:
            return Route("hand_over", (), 0.0)
        best = max(found, key=lambda each: each.end - each.start)
        bodies = [self.competence.here(own, place) for own in self.names[best.phrase]]
        return Route(
            "answer", tuple(Candidate(own, 1.0, Both(""), (best.phrase,)) for own in bodies), 0.5, (best.phrase,)
        )
