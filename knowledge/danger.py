"""Is somebody in danger now? The check that every text passes before anything else.

Three answers: act (help at once), ask (is somebody in danger now?), none. Missing a real one is worst, a needless
question is cheap, a needless alarm is bad, so doubt leads to the question. Rules over words and their neighbours were
taken and not a learned model: from some hundred labelled texts a model learns the roads of a city, and an officer can
read why a rule spoke. The order of the rules in `_decide` is their meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from knowledge import language, signs
from knowledge.files import HERE
from knowledge.model import Danger
from knowledge.signs import Signs, Tag
from knowledge.words import Hit

NONE = Danger("none")
URGENT = ("none", "ask", "act")
ASK, ACT, PUT_TOGETHER = 0.5, 0.95, 0.85  # how sure
DENIED_WITHIN = 3  # letters between a denial and what it denies
FEARED_WITHIN = 45
SERVICE_WITHIN = 30
NOW_WITHIN = 12
PERSON_WITHIN = 18
SHORT, CRY_SHORT, STORY, LATE, TALE = 70, 34, 90, 50, 120  # letters

# event, thing, letters between them, kind of danger
COMBINATIONS: tuple[tuple[str, str, int, str], ...] = (
    ("fire", "place", 14, "factory_fire"),
    ("flame", "place", 14, "factory_fire"),
    ("fire", "chemical", 14, "warehouse_chemical_fire"),
    ("blast", "place", 24, "explosion"),
    ("blast", "vessel", 6, "explosion"),
    ("blast", "gas", 6, "explosion"),
    ("blast", "chemical", 10, "explosion"),
    ("leak", "gas", 8, "lpg_ng_leak"),
    ("leak", "chemical", 10, "unknown_smell_people_ill"),
    ("fall", "structure", 4, "building_or_crane_collapse"),
    ("fall", "vehicle", 12, "tanker_accident"),
)
ENOUGH = 24  # signs of one sort that are looked at: a text of 5,000 letters must not cost more than a long one
WHOLE = ("past", "service", "news", "far", "end", "chronic", "burning", "recent")
PEOPLE = frozenset({"worker_trapped_or_injured_machine", "confined_space", "person_under_threat"})
BREATH = ("worker_trapped_or_injured_machine", "unknown_smell_people_ill")
ACUTE = frozenset({"fire", "explosion", "gas_leak", "collapse"})  # with a factory beside them they need no more
# What a part alone speaks for.
PART_KINDS = {
    "blast": "explosion",
    "fire": "factory_fire",
    "flame": "factory_fire",
    "gas": "lpg_ng_leak",
    "chemical": "unknown_smell_people_ill",
    "ill": "unknown_smell_people_ill",
    "hard": "",
    "mild": "",
}
# What a foreign word is about, as a kind.
ABOUT_KINDS = {
    "fire": "factory_fire",
    "explosion": "explosion",
    "gas_leak": "lpg_ng_leak",
    "chemical": "unknown_smell_people_ill",
    "cannot_breathe": "unknown_smell_people_ill",
    "trapped": "worker_trapped_or_injured_machine",
    "unconscious": "worker_trapped_or_injured_machine",
    "hurt": "worker_trapped_or_injured_machine",
    "electric_shock": "electrocution_high_voltage",
    "collapse": "building_or_crane_collapse",
    "threat": "person_under_threat",
}


class Sign(NamedTuple):
    """A word or a combination that speaks for danger, and where it stands."""

    start: int
    end: int
    word: str
    kind: str


@dataclass
class Seen:
    """All that was found in one text, by what it is for."""

    length: int
    tags: dict[str, list[Sign]] = field(default_factory=dict)

    def of(self, tag: str) -> list[Sign]:
        return self.tags.get(tag, [])

    def has(self, *tags: str) -> bool:
        return any(tag in self.tags for tag in tags)

    def near(self, sign: Sign, tag: str, within: int) -> bool:
        return any(_gap(sign, other) <= within for other in self.of(tag))


class Reader:
    """Reads a text for danger."""

    def __init__(self, known: Signs) -> None:
        self._known = known

    def read(self, text: str) -> Danger:
        """What to do about this text: act, ask or none, of which kind, for which words."""
        spelt = self._known.spelt(text)
        seen = self._seen(spelt)
        if not seen.tags:
            return NONE
        return max(_decide(seen), _foreign(seen, spelt), key=lambda danger: URGENT.index(danger.decision))

    def _seen(self, text: str) -> Seen:
        seen = Seen(len(text))
        hits = self._known.words.find(text)
        hidden = _hidden(hits)
        for hit in hits:
            for tag, kind in hit.what:
                if tag != "drill" and hidden(hit):
                    continue
                signs = seen.tags.setdefault(kind if tag == "part" else tag, [])
                if len(signs) < ENOUGH:
                    signs.append(Sign(hit.start, hit.end, text[hit.start : hit.end], kind))
        seen.tags.pop("masks", None)
        return _phrases_stay_whole(seen)


def _phrases_stay_whole(seen: Seen) -> Seen:
    """A word of the past or of trade inside a strong phrase is part of the phrase and changes nothing."""
    for tag in WHOLE:
        left = [one for one in seen.of(tag) if not any(_within(one, phrase) for phrase in seen.of("strong"))]
        if left:
            seen.tags[tag] = left
        else:
            seen.tags.pop(tag, None)
    return seen


def _within(inner: Sign, outer: Sign) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _hidden(hits: list[Hit[tuple[Tag, ...]]]) -> Callable[[Hit[tuple[Tag, ...]]], bool]:
    """A word that begins inside a harmless phrase is part of it; a longer one from the same letter is not."""
    masks = [hit for hit in hits if ("masks", "") in hit.what]
    inside = {at for mask in masks for at in range(mask.start + 1, mask.end)}
    ends: dict[int, int] = {}
    for mask in masks:
        ends[mask.start] = max(mask.end, ends.get(mask.start, 0))
    return lambda hit: hit.start in inside or hit.end < ends.get(hit.start, 0)


def _gap(one: Sign, other: Sign) -> int:
    return max(one.start - other.end, other.start - one.end)


def _combined(seen: Seen) -> Iterator[Sign]:
    """Signs put together from a thing and what happens to it."""
    for event, thing, within, kind in COMBINATIONS:
        for happening in _free(seen, event):
            for what in seen.of(thing):
                if 0 <= _gap(happening, what) <= within:
                    yield Sign(happening.start, happening.end, f"{what.word} {happening.word}", kind)
    for happening in (*_free(seen, "leak"), *_free(seen, "fire"), *_free(seen, "blast")):
        for what in seen.of("substance"):
            if 0 <= _gap(happening, what) <= 10:
                yield Sign(happening.start, happening.end, f"{what.word} {happening.word}", what.kind or BREATH[1])


def _free(seen: Seen, event: str) -> list[Sign]:
    """What happens, save where it is part of a weaker phrase: a smell of burning is not a fire."""
    weaker = seen.of("weak")
    return [
        sign for sign in seen.of(event) if not any(one.start < sign.start and sign.end <= one.end for one in weaker)
    ]


def _denied(seen: Seen, sign: Sign) -> bool:
    near = [word for word in seen.of("denied") if 0 <= sign.start - word.end <= DENIED_WITHIN]
    return any(not any(_within(word, cannot) for cannot in seen.of("cannot")) for word in near)


def _feared(seen: Seen, sign: Sign) -> bool:
    before = any(0 <= sign.start - word.end <= FEARED_WITHIN for word in seen.of("feared"))
    return before or any(0 <= word.start - sign.end <= 2 for word in seen.of("possible"))


def _decide(seen: Seen) -> Danger:
    if seen.has("stop") or (seen.has("drill") and not seen.has("real")):
        return NONE
    strong = [sign for sign in (*seen.of("strong"), *_combined(seen)) if not _denied(seen, sign)]
    live = [sign for sign in strong if not _feared(seen, sign)]
    if live:
        return _strong(seen, live)
    if strong and seen.has("visible", "cry") and not seen.has("service", "far"):
        return _ask(strong)
    return _weak(seen)


def _strong(seen: Seen, live: list[Sign]) -> Danger:
    """A strong sign, neither denied nor feared: act, unless the text tells that it is not now or not here."""
    people = [sign for sign in live if sign.kind in PEOPLE] + _clean(seen, "hard")
    if _service(seen, live) or seen.has("far"):
        return NONE
    if seen.has("past"):
        return _ask(live) if seen.has("present", "cry") or people else NONE
    if seen.has("end"):
        return _act(seen, live) if people else (_ask(live) if len(seen.of("end")) == 1 else NONE)
    nuisance = seen.has("complaint") and {sign.kind for sign in live} == {BREATH[1]}
    if seen.has("news") or _quiet(seen, live) or (nuisance and not people):
        return _ask(live)
    over = seen.has("recent") and not any(_now(seen, sign) for sign in live)
    if (over or seen.has("burning", "chronic")) and not (people or seen.has("spreading")):
        return _ask(live)
    return _act(seen, live)


def _now(seen: Seen, sign: Sign) -> bool:
    """A word of the present stands right before the sign."""
    return any(0 <= sign.start - word.end <= NOW_WITHIN for word in seen.of("present"))


def _quiet(seen: Seen, live: list[Sign]) -> bool:
    """A long story that comes to the fire late, or a transformer, which mostly means that the light is out."""
    late = seen.length > STORY and min(sign.start for sign in live) > LATE and not seen.has("present", "cry")
    only_power = all("\u0e2b\u0e21\u0e49\u0e2d\u0e41\u0e1b\u0e25\u0e07" in sign.word for sign in live)
    return late or only_power


def _service(seen: Seen, live: list[Sign]) -> bool:
    """A question about a licence, a course, a price with a word of danger in it."""
    if not seen.has("service") or seen.has("cry", "present"):
        return False
    return seen.length <= SHORT or all(seen.near(sign, "service", SERVICE_WITHIN) for sign in live)


def _clean(seen: Seen, tag: str) -> list[Sign]:
    return [sign for sign in seen.of(tag) if not _denied(seen, sign) and not _feared(seen, sign)]


def _weak(seen: Seen) -> Danger:
    """A suspicion: with people who feel it now it is acted on, else asked; told as a habit it is a complaint."""
    if seen.has("service", "far") or (seen.has("past") and not seen.has("present", "recent")):
        return NONE
    weak = _clean(seen, "weak") + _clean(seen, "blast") + _clean(seen, "fire")
    weak = weak or (seen.of("weak") if seen.has("visible") else [])
    hard, mild = _clean(seen, "hard"), _clean(seen, "mild")
    if _cried(seen):
        return _act(seen, weak or seen.of("gas") + seen.of("chemical") + seen.of("flame"))
    if not weak:
        return _bodies(seen, hard, mild)
    if hard or (mild and seen.has("many")):
        return _ask(weak) if seen.has("chronic", "burning", "news") else _act(seen, weak + hard + mild)
    if seen.has("chronic", "burning") and not (mild or seen.has("spreading")):
        return NONE
    if seen.has("complaint") and not (mild or seen.has("present", "recent", "cry", "spreading")):
        return NONE
    return _ask(weak)


def _cried(seen: Seen) -> bool:
    """Two words in panic: a call for help and what burns or leaks."""
    named = _clean(seen, "fire") or _clean(seen, "blast") or seen.has("gas", "chemical", "flame")
    return bool(named) and seen.has("cry") and seen.length <= CRY_SHORT


def _bodies(seen: Seen, hard: list[Sign], mild: list[Sign]) -> Danger:
    """No hazard is named: people who fall ill of a smell or smoke, or a cry that is nearly all of the text."""
    ill = _clean(seen, "ill") if seen.has("foul") else []
    if ill:
        now = seen.length <= TALE and not seen.has("chronic", "news")
        here = now and (seen.has("many") or any(_somebody(seen, sign) for sign in ill))
        return _act(seen, ill) if here else _ask(ill)
    if mild and seen.length <= SHORT and not seen.has("chronic"):
        return _ask(mild)
    if hard and seen.has("cry", "many"):
        return _ask(hard)
    if seen.has("cry") and seen.length <= CRY_SHORT:
        return _ask(seen.of("cry"))
    return NONE


def _somebody(seen: Seen, sign: Sign) -> bool:
    """A person stands before the sign; "the stink takes my breath away" is a manner of speaking."""
    return any(0 <= sign.start - who.end <= PERSON_WITHIN for who in seen.of("person"))


def _foreign(seen: Seen, text: str) -> Danger:
    """Words of other languages: strong ones act, of weak ones two different; one in a text of a few words is asked."""
    strong, weak = seen.of("foreign strong"), seen.of("foreign weak")
    plain = seen.of("foreign plain")
    denied = any(not any(_within(word, sign) for sign in strong) for word in seen.of("denied"))
    if not (strong or weak or plain) or denied or seen.has("service", "drill", "far", "past", "feared"):
        return NONE
    about = {sign.kind.split()[1] for sign in weak} - {"chemical"}
    acute = bool(about & ACUTE) and seen.has("foreign thing")
    if strong or acute or len(about) >= 2 or len({sign.kind for sign in plain}) >= 2:
        return Danger("act", _kind(strong + weak + plain), PUT_TOGETHER, _words(strong + weak + plain))
    few = len(text.split()) <= 4 and len(text) <= 40
    return _ask(weak) if weak and (few or seen.has("foreign thing")) else NONE


def _ask(found: list[Sign]) -> Danger:
    return Danger("ask", _kind(found), ASK, _words(found))


def _act(seen: Seen, found: list[Sign]) -> Danger:
    sure = ACT if seen.has("strong") else PUT_TOGETHER
    return Danger("act", _kind(found), sure, _words(found))


def _words(found: Iterable[Sign]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sign.word for sign in found))


def _kind(found: list[Sign]) -> str:
    """The kind that most letters speak for; a longer phrase tells more."""
    votes: Counter[str] = Counter()
    for start, end, told in dict.fromkeys((sign.start, sign.end, sign.kind) for sign in found):
        kind = ABOUT_KINDS.get(told.split()[1], "") if " " in told else PART_KINDS.get(told, told)
        if kind:
            votes[kind] += end - start
    return votes.most_common(1)[0][0] if votes else ""


def load(folder: Path = HERE) -> Reader:
    """The reader over the signs of `folder`."""
    return Reader(signs.load(folder, language.load(folder)))
