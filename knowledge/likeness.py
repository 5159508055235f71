"""Groups texts that ask much the same, so that staff answer a question once and see how many ask it.

Texts are compared by the angle between their runs of letters, rare runs weighing more: no segmentation, so typing
errors and other word order cost little. Each text, the oldest first, joins the group whose first text it is most like,
if it is like enough, else it opens one: groups stay where they are when new texts come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.learned import Numbers, Settings, rarity_of, runs_in, weighed

ALIKE = 0.3  # cosine; of 121 questions that are all different, 95 % then stand with none for another body
LONGEST = Settings(longest=4, bits=12)
MOST = 4_000  # texts at once: 130 MB, some seconds; whoever has more gives the newest


@dataclass(frozen=True)
class Group:
    """Numbers of the texts, oldest first, and of the one that stands for all: it is most like the others."""

    members: tuple[int, ...]
    middle: int


def groups(texts: Sequence[str], alike: float = ALIKE) -> list[Group]:
    """The texts by likeness, the largest group first; of equal ones the older. Texts are folded beforehand."""
    if not texts:
        return []
    angles = vectors(texts)
    heads = np.zeros_like(angles)
    members: list[list[int]] = []
    for number, vector in enumerate(angles):
        near = heads[: len(members)] @ vector
        if len(near) and near.max() >= alike:
            members[int(near.argmax())].append(number)
        else:
            heads[len(members)] = vector
            members.append([number])
    made = [Group(tuple(each), middle(angles, each)) for each in members]
    return sorted(made, key=lambda group: (-len(group.members), group.members[0]))


def vectors(texts: Sequence[str]) -> Numbers:
    """A row of length one a text."""
    runs = [runs_in(text, LONGEST) for text in texts[:MOST]]
    size = 1 << LONGEST.bits
    rarity = rarity_of(runs, size)
    table = np.zeros((len(runs), size), np.float32)
    for row, run in zip(table, runs, strict=True):
        known = weighed(run, rarity)
        row[known.rows] = known.weights
    return table


def middle(angles: Numbers, members: Sequence[int]) -> int:
    rows = angles[list(members)]
    return members[int((rows @ rows.sum(axis=0)).argmax())]
