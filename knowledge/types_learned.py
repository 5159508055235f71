"""What the learned reader of complaint types is taught, and the weights by which it and the signs add up.

Taught are our own sentences, names and phrases of the types, and some of what entrepreneurs ask, so that a question is
no complaint. A type added by its one file is unknown to the reader until `frontdoor kb fit`; its signs tell it till
then.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from knowledge import learned
from knowledge.danger_learned import held
from knowledge.files import read
from knowledge.schema import TypeFile

ASK, CHAT = "none.ask", "none.chat"
EVERY = {ASK: 3, CHAT: 2}  # of what is no complaint, one of so many is enough
# Topics of strangers that are talk; the others hold complaints to other offices.
TALK = frozenset(
    "daily_chatter jokes_and_bot_talk love_and_feelings entertainment cooking_at_home weather fortune_and_lottery "  # noqa: SIM905
    "homework_and_knowledge requests_to_an_AI greetings_and_crumbs travel pets_and_gardening beauty_and_sport "
    "education family_and_children adverts_and_spam politics_and_opinions health food_orders".split()
)
NOT_MEANT = ("none.chat", "none.figurative", "none.idiom")  # of sentences/emergency
# Bodies to whom people also complain: their sentences are no examples of "no complaint".
ALSO_COMPLAINTS = frozenset(
    {"bma", "damrong", "diw", "dlpw", "dpim", "fire", "gcc1111", "ieat", "jaengut", "localgov", "niem", "ocpb", "ocsb"}
    | {"ops", "pcd", "police", "ppho", "provincial_office", "fda", "ddpm", "smedbank"}
)
log = logging.getLogger("knowledge")
Taught = dict[str, list[str]]
Reads = Callable[[str], str]


class TypeWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`meant`: what the sentence model weighs beside the learned reader, and `signs` a point of signs; `effect`: what a
    harm still weighs beside its cause; `steep` and `middle`: the curve from the sum to how sure it is."""

    meant: float
    signs: float
    effect: float
    steep: float
    middle: float

    def sure(self, total: float) -> float:
        return 1 / (1 + math.exp(-self.steep * (total - self.middle)))


class TypeWeightsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """signs/types.yaml: once without the sentence model and once with it."""

    made_by: str
    without_model: TypeWeights
    with_model: TypeWeights


def weights_path(folder: Path) -> Path:
    return folder / "signs" / "types.yaml"


def weights(folder: Path) -> TypeWeightsFile:
    return read(weights_path(folder), TypeWeightsFile)


def taught(folder: Path, files: Mapping[str, TypeFile]) -> Taught:
    """Type -> texts, and what is no complaint."""
    found: Taught = {own: [file.name.th, file.name.en, *file.phrases] for own, file in files.items()}
    for own, texts in learned.sentences(folder / "sentences" / "type").items():
        found.setdefault(own, []).extend(texts)
    found |= {ASK: [], CHAT: []}
    for own, texts in learned.sentences(folder / "sentences" / "route").items():
        topic = own.partition("stranger.")[2]
        label = CHAT if topic in TALK else "" if topic or own in ALSO_COMPLAINTS else ASK
        if label:
            found[label] += texts[:: EVERY[label]]
    for own, texts in learned.sentences(folder / "sentences" / "emergency").items():
        found[CHAT] += texts if own in NOT_MEANT else []
    return {own: list(dict.fromkeys(filter(None, texts))) for own, texts in found.items() if texts}


def as_read(told: Taught, reads: Reads) -> Taught:
    return {own: list(dict.fromkeys(map(reads, texts))) for own, texts in told.items()}


def path(folder: Path) -> Path:
    return folder / "compiled" / "type.npz"


def meant_path(folder: Path) -> Path:
    return folder / "compiled" / "type_meant.npz"


def load(folder: Path, files: Mapping[str, TypeFile], reads: Reads) -> learned.Model:
    """The model in the file, with a warning where it is stale; without a file it is learned now."""
    told = taught(folder, files)
    found = held(path(folder))
    if found and found[1] != learned.source_of(told):
        log.warning("what was learned of complaint types is stale; `frontdoor kb fit` learns anew.")
    return found[0] if found else learned.train(as_read(told, reads))


def is_stale(folder: Path, files: Mapping[str, TypeFile]) -> bool:
    found = held(path(folder))
    return found is None or found[1] != learned.source_of(taught(folder, files))
