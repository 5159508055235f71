"""The rules of danger: from what was seen in a text to act, ask or none. The order in `decide` is its meaning.

Missing a real one is worst, a needless question is cheap, a needless alarm is bad, so doubt leads to the question.
"""

from __future__ import annotations

from knowledge.danger_kinds import kind_of, words_of
from knowledge.danger_seen import BREATH, Seen, Sign, denied, feared, within
from knowledge.model import Danger

NONE = Danger("none")
ASK, ACT, PUT_TOGETHER = 0.5, 0.95, 0.85  # how sure
SERVICE_WITHIN = 30
NOW_WITHIN = 12
PERSON_WITHIN = 18
SHORT, CRY_SHORT, STORY, LATE, TALE = 70, 34, 90, 50, 120  # letters
PEOPLE = frozenset({"worker_trapped_or_injured_machine", "confined_space", "person_under_threat"})
ACUTE = frozenset({"fire", "explosion", "gas_leak", "collapse"})  # with a factory beside them they need no more


# What a cry is made of, and what makes it something else.
CRY = frozenset(
    [
        "strong",
        "place",
        "vessel",
        "vehicle",
        "structure",
        "gas",
        "chemical",
        "substance",
        "cry",
        "person",
        "many",
        "hard",
        "present",
        "blast",
        "fire",
        "leak",
        "fall",
        "flame",
    ]
) | {"foreign strong", "foreign thing"}
CHANGES = tuple(
    "past recent news far drill service question calm end chronic burning denied feared possible stop".split()  # noqa: SIM905
)
BESIDE = 16  # letters of a bare cry that are none of its words


def bare_cry(seen: Seen) -> bool:
    """A strong sign and little besides, nothing that takes it back."""
    if seen.has(*CHANGES) or not seen.has("strong", "foreign strong"):
        return False
    covered = {at for tag in CRY for sign in seen.of(tag) for at in range(sign.start, sign.end)}
    return seen.length - len(covered) <= BESIDE


def decide(seen: Seen) -> Danger:
    if seen.has("stop") or (seen.has("drill") and not seen.has("real")):
        return NONE
    strong = [sign for sign in (*seen.of("strong"), *seen.combined) if not denied(seen, sign)]
    live = [sign for sign in strong if not feared(seen, sign)]
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
    return [sign for sign in seen.of(tag) if not denied(seen, sign) and not feared(seen, sign)]


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


def foreign(seen: Seen, text: str) -> Danger:
    """Words of other languages: strong ones act, of weak ones two different; one in a text of a few words is asked."""
    strong, weak = seen.of("foreign strong"), seen.of("foreign weak")
    plain = seen.of("foreign plain")
    denied = any(not any(within(word, sign) for sign in strong) for word in seen.of("denied"))
    if not (strong or weak or plain) or denied or seen.has("service", "drill", "far", "past", "feared"):
        return NONE
    about = {sign.kind.split()[1] for sign in weak} - {"chemical"}
    acute = bool(about & ACUTE) and seen.has("foreign thing")
    if strong or acute or len(about) >= 2 or len({sign.kind for sign in plain}) >= 2:
        return Danger("act", kind_of(strong + weak + plain), PUT_TOGETHER, words_of(strong + weak + plain))
    few = len(text.split()) <= 4 and len(text) <= 40
    return _ask(weak) if weak and (few or seen.has("foreign thing")) else NONE


def _ask(found: list[Sign]) -> Danger:
    return Danger("ask", kind_of(found), ASK, words_of(found))


def _act(seen: Seen, found: list[Sign]) -> Danger:
    sure = ACT if seen.has("strong") else PUT_TOGETHER
    return Danger("act", kind_of(found), sure, words_of(found))
