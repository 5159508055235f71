"""Reads every file outside the shelves of bodies, types and words, only to say what is wrong with its form.

The readers of these files stop at the first fault, since a house may not start with any; who mends a folder wants all
of them at once. Also here: what notices, landmarks and estates say of areas and ids that do not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge import gazetteer, notices
from knowledge.around import AroundFile
from knowledge.contacts import ContactsFile
from knowledge.factories import load as register
from knowledge.files import Files, read
from knowledge.keyboard import KeyboardFile
from knowledge.language import LanguageFile
from knowledge.letters import WordsFile
from knowledge.model import Fault, KnowledgeError

FORMS: tuple[tuple[str, Any], ...] = (
    ("places/TH-*.yaml", gazetteer.ProvinceFile),
    ("places/estates.yaml", list[gazetteer.Estate]),
    ("places/landmarks.yaml", gazetteer.LandmarksFile),
    ("places/words.yaml", AroundFile),
    ("languages/*.yaml", LanguageFile),
    ("spelling/keyboard.yaml", KeyboardFile),
    ("spelling/words_for_words.yaml", WordsFile),
    ("factories/columns.yaml", dict[str, list[str]]),
    ("contacts.yaml", ContactsFile),
)


def form_faults(folder: Path) -> Iterator[Fault]:
    """What cannot be read, file by file."""
    for pattern, kind in FORMS:
        for path in sorted(folder.glob(pattern)) or [folder / pattern]:
            try:
                read(path, kind)
            except KnowledgeError as wrong:
                yield from wrong.faults


def place_id_faults(folder: Path, files: Files) -> Iterator[Fault]:
    """Codes and ids of places, notices and the register that lead nowhere. Call it where the forms are right."""
    known = gazetteer.load(folder)
    for own, estate in known.estates.items():
        for code in (estate.province, *estate.districts, *estate.subdistricts):
            if code not in known.areas:
                yield Fault("places/estates.yaml", own, f"no area has the code {code!r}")
    for codes, names in (*known.landmarks.roads.items(), *known.landmarks.named.items()):
        for code in codes.split():
            if code not in known.areas:
                yield Fault("places/landmarks.yaml", names[0], f"no area has the code {code!r}")
    board, unread = notices.load(folder)
    yield from unread
    ids = {"areas": known.areas, "estates": known.estates, "types": files.types, "bodies": files.bodies}
    yield from notices.faults(board, ids)
    yield from register_faults(folder, known)


def register_faults(folder: Path, known: gazetteer.Gazetteer) -> Iterator[Fault]:
    try:
        register(folder, known.areas)
    except KnowledgeError as wrong:
        yield from wrong.faults
