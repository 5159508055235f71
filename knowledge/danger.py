"""Is somebody in danger now? The check that every text passes before anything else.

Three answers: act (help at once), ask (is somebody in danger now?), none. Missing a real one is worst, a needless
question is cheap, a needless alarm is bad. Rules over signs read it, a reader learned from sentences reads it, and
fitted weights add up what both say (`danger_weigh`); an officer can read which words spoke. Rules alone saw seven of
ten dangers written by a stranger, the reader alone rang for no word of any news and passed over what it never met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from knowledge import danger_learned, danger_weigh, language, meant, signs
from knowledge.danger_kinds import kind_of, words_of
from knowledge.danger_rules import NONE, decide, foreign
from knowledge.danger_seen import Seen, look
from knowledge.danger_weigh import SIGNS, STRETCH, features, grouped
from knowledge.files import HERE
from knowledge.find import fold
from knowledge.model import Danger
from knowledge.normalise import normalise
from knowledge.semantic import Sentences
from knowledge.signs import Signs

URGENT = ("none", "ask", "act")
CALMING = ("past", "drill", "far", "end", "stop", "calm", "news", "feared")  # why a whole text is calm
CLAUSE, READ = 10, 600  # letters: of the shortest clause, and how many of a text are read clause by clause
WORTH = 0.01  # how likely a danger must be for the sentence model to be asked, which takes as long as twenty readers
LEARNED_KIND = 0.25  # what the learned reader must say of a kind that no sign tells


def ruled(seen: Seen, spelt: str) -> Danger:
    """What the rules alone say."""
    if not seen.tags:
        return NONE
    return graver(decide(seen), foreign(seen, spelt))


class Reader:
    """Reads a text for danger."""

    def __init__(self, known: Signs, model: Sentences | None = None) -> None:
        self._known = known
        self._model = danger_learned.load(known)
        self._scale, self._scale_meant = danger_weigh.load(known.folder)
        told = danger_learned.taught(known) if model else {}
        self.meant = meant.load(danger_learned.meant_path(known.folder), model, told)

    def read(self, text: str, matter: str = "") -> Danger:
        """What to do about this text: act, ask or none, of which kind, for which words. `matter`: what the sentence
        model is asked about, where it is there.

        A strong sign may stand in one clause of many that speak of something else ("may I report, there is a fire, I
        pass by every day"). Where the whole is calm without a reason and such a clause alone is not, it is asked about.
        """
        found, seen = self._weighed(text, matter)
        if found.decision != "none" or not seen.has(*SIGNS) or seen.has(*CALMING):
            return found
        parts = clauses(normalise(text))
        alone = (self._grave(part) for part in parts) if len(parts) > 1 else iter(())
        grave = next((danger for danger in alone if danger.decision == "act"), NONE)
        return NONE if grave is NONE else replace(grave, decision="ask")

    def _weighed(self, text: str, matter: str) -> tuple[Danger, Seen]:
        """What rules and learned readers say of a text, and what they saw."""
        spelt = self._known.spelt(text)
        seen = look(self._known, spelt)
        return self._told(seen, spelt, ruled(seen, spelt), matter), seen

    def _grave(self, clause: str) -> Danger:
        """What they say of a clause that may be acted on. Without any sign none is, so the learned reader, which costs
        most, is not asked."""
        spelt = self._known.spelt_plain(clause)
        seen = look(self._known, spelt)
        rules = ruled(seen, spelt)
        return self._told(seen, spelt, rules) if rules.decision == "act" or seen.has(*SIGNS) else NONE

    def _told(self, seen: Seen, spelt: str, rules: Danger, matter: str = "") -> Danger:
        if unread(spelt):
            return rules
        scores = self._model.scores(fold(spelt))
        scale, told = self._scale, features(seen, rules, grouped(scores))
        likely = scale.likely(told)
        if self.meant and matter and likely.act + likely.ask >= WORTH:
            scale, told = self._scale_meant, told | meant.named(self.meant.scores(matter), STRETCH)
            likely = scale.likely(told)
        decision = scale.decide(seen, rules, likely)
        if decision == "none":
            return NONE
        found = [sign for tag in SIGNS for sign in seen.of(tag)]
        kind = rules.kind or kind_of(found) or kind_learned(scores)
        sure = likely.act if decision == "act" else likely.act + likely.ask
        return Danger(decision, kind, round(sure, 3), rules.words or words_of(found))  # type: ignore[arg-type]


def clauses(text: str) -> list[str]:
    """The parts of a text between its spaces. Crumbs belong to what follows."""
    parts, crumb = [], ""
    for piece in text[:READ].split():
        crumb = f"{crumb} {piece}".strip()
        if len(crumb) >= CLAUSE:
            parts.append(crumb)
            crumb = ""
    return [*parts, crumb] if crumb else parts


def graver(one: Danger, other: Danger) -> Danger:
    """The one to heed of two readings; the first where they are alike."""
    return max(one, other, key=lambda danger: URGENT.index(danger.decision))


def unread(text: str) -> bool:
    """Whether most letters are of a script that the learned reader was taught nothing of."""
    letters = [letter for letter in text if letter.isalpha()]
    known = sum(letter < "\u0250" or "\u0e00" <= letter < "\u0e80" for letter in letters)
    return known * 2 < len(letters)


def kind_learned(scores: Mapping[str, float]) -> str:
    """The kind of danger that the text looks most like, where it looks enough like it."""
    best = max((label for label in scores if label.startswith("act.")), key=lambda label: scores[label], default="")
    return best.removeprefix("act.") if best and scores[best] >= LEARNED_KIND else ""


def load(folder: Path = HERE) -> Reader:
    """The reader over the signs of `folder`, what was learned, and the weights."""
    return Reader(signs.load(folder, language.load(folder)))
