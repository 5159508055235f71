"""Which kind of danger a set of signs speaks for: the kind decides what is said first and who is woken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from knowledge.danger_seen import Sign

# What a part alone speaks for.
PART_KINDS = {
    "blast": "explosion",
    "fire": "factory_fire",
    "flame": "factory_fire",
    "gas": "lpg_ng_leak",
    "chemical": "unknown_smell_people_ill",
    "ill": "unknown_smell_people_ill",
    "fall": "building_or_crane_collapse",
    "leak": "",
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


HURT = "worker_trapped_or_injured_machine"  # somebody is hurt: what hurts them says more


def kind_of(found: list[Sign]) -> str:
    """The kind that most letters speak for; a longer phrase tells more. Somebody trapped in a fire is a fire."""
    votes: Counter[str] = Counter()
    for start, end, told in dict.fromkeys((sign.start, sign.end, sign.kind) for sign in found):
        kind = ABOUT_KINDS.get(told.split()[1], "") if " " in told else PART_KINDS.get(told, told)
        if kind:
            votes[kind] += end - start
    if len(votes) > 1:
        del votes[HURT]
    return votes.most_common(1)[0][0] if votes else ""


def words_of(found: Iterable[Sign]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sign.word for sign in found))
