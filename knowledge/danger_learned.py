"""What the learned reader of danger is taught: our own sentences, the phrases of the kinds, and everyday talk.

The phrases stand in the files of the kinds, so a new kind teaches the reader with its one file. Complaints and
entrepreneurs' questions teach it what is no danger; those of types and bodies that are half about danger are left out.
"""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import numpy as np

from knowledge import learned
from knowledge.signs import Signs

NEAR, EVERYDAY = "none.near", "none.everyday"
HALF_DANGERS = frozenset(
    {"boiler_gas", "chem_spill", "fire_explosion", "haz_storage", "vibration", "work_safety"}
    | {"ddpm", "fire", "niem", "police", "stranger.highway_danger"}
)
STEP = {"type": 1, "route": 3}  # every third question is enough: they are many and seldom near a danger
Taught = dict[str, list[str]]
log = logging.getLogger("knowledge")


def taught(known: Signs) -> Taught:
    """Label -> texts: act.<kind>, ask, what only looks like danger, and everyday talk."""
    found: Taught = {f"act.{own}": [*file.strong, *file.strong_en] for own, file in known.files.items()}
    found |= {"ask": [], NEAR: [], EVERYDAY: []}
    for file in known.files.values():
        found["ask"] += file.weak
        found[NEAR] += file.looks_like
    for label, texts in learned.sentences(known.folder / "sentences" / "emergency").items():
        found.setdefault(shortened(label), []).extend(texts)
    for task in ("type", "route"):
        for label, texts in learned.sentences(known.folder / "sentences" / task).items():
            found[EVERYDAY] += texts[:: STEP[task]] if label not in HALF_DANGERS else []
    return {label: list(dict.fromkeys(texts)) for label, texts in found.items() if texts}


def shortened(label: str) -> str:
    """The label of a file of sentences: kinds are kept apart for what to act on only."""
    return {"ask": "ask", "none": NEAR}.get(label.split(".")[0], label)


def source(told: Taught, known: Signs) -> str:
    """A hash of the sentences and of the spelling they are read in. Not of the texts as read: that would take as long
    as all the rest of the start."""
    return learned.source_of({**told, "spelling": [f"{wrong} {right}" for wrong, right in known.mend.items()]})


def as_read(told: Taught, known: Signs) -> Taught:
    return {label: list(dict.fromkeys(map(known.read_as, texts))) for label, texts in told.items()}


def path(folder: Path) -> Path:
    return folder / "compiled" / "emergency.npz"


def meant_path(folder: Path) -> Path:
    return folder / "compiled" / "emergency_meant.npz"


def load(known: Signs) -> learned.Model:
    """The model in the file. A stale one is used with a warning, since learning anew takes half a minute, and rules
    read what it was not taught; without a file it is learned now."""
    told = taught(known)
    found = held(path(known.folder))
    if found and found[1] != source(told, known):
        log.warning("what was learned of dangers is stale; `frontdoor kb fit` learns anew.")
    return found[0] if found else learned.train(as_read(told, known))


def held(path: Path) -> tuple[learned.Model, str] | None:
    """The model in the file whatever it was made from, and the hash of that."""
    try:
        with np.load(path, allow_pickle=False) as file:
            made_from = str(file["source"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    model = learned.load(path, made_from)
    return (model, made_from) if model else None


def is_stale(known: Signs) -> bool:
    found = held(path(known.folder))
    return found is None or found[1] != source(taught(known), known)
