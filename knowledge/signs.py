"""The signs of danger as they stand in the files: whole phrases of each kind, and the parts they are put together from.

Kept apart from `danger`, which decides, so that an officer who adds a word needs to read YAML only. Every word passes
through the same normalisation and mending as the texts in which it is looked for; otherwise it could never be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from knowledge.files import read
from knowledge.language import DangerWord, Languages, unmarked
from knowledge.model import Both, DangerKind
from knowledge.normalise import normalise
from knowledge.words import Words, gathered

Tag = tuple[str, str]  # what a word is for (strong, weak, denied, …), and a kind of danger or a class of things

SHORTEST_PLAIN = 3  # letters: shorter Vietnamese words without their marks are English ones

# Between Thai letters a space parts nothing; people set it anywhere.
_THAI_SPACE = re.compile("(?<=[\u0e01-\u0e4e]) (?=[\u0e01-\u0e4e])")


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    th: str
    en: str


class FirstWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do first. Shown only when sourced, or when a person has `checked` it."""

    th: str
    en: str
    sourced: bool
    sources: list[str] = []
    checked: bool = False


class EmergencyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    order: int
    name: Sentence
    strong: list[str]
    strong_en: list[str]
    weak: list[str]
    looks_like: list[str]
    first_words: list[FirstWord]
    call: list[str]
    ask: list[Sentence]
    wakes: list[str]
    signs_sourced: bool
    checked: str
    distance_m: dict[str, int | str | bool | list[int]] = {}
    guides: list[int] = []
    note: str = ""


class Substance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: Sentence
    aliases: list[str]
    un: list[int | str]
    guide: list[int | str]
    danger: str


class PartsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mend: dict[str, str]
    alone: dict[str, str]
    events: dict[Literal["fire", "blast", "flame", "leak", "fall"], list[str]]
    things: dict[str, list[str]]
    body: dict[Literal["hard", "ill", "mild", "many"], list[str]]
    suspicion: list[str]
    person: list[str]
    foul: list[str]
    cry: list[str]
    denied: list[str]
    cannot: list[str]
    feared: list[str]
    possible: list[str]
    visible: list[str]
    past: list[str]
    recent: list[str]
    present: list[str]
    end: list[str]
    complaint: list[str]
    chronic: list[str]
    drill: list[str]
    real: list[str]
    news: list[str]
    far: list[str]
    service: list[str]
    burning: list[str]
    spreading: list[str]
    stop: list[str]
    masks: list[str]


_PLAIN = tuple(
    name for name in PartsFile.__struct_fields__ if name not in ("mend", "alone", "events", "things", "body")
)


class Signs:
    """All words of danger in one vocabulary, and the spelling in which texts are compared with it."""

    def __init__(
        self,
        emergencies: Mapping[str, EmergencyFile],
        parts: PartsFile,
        substances: Iterable[Substance],
        languages: Languages,
    ) -> None:
        self.kinds = tuple(emergencies)
        self._mend = parts.mend
        self._faults = re.compile("|".join(re.escape(wrong) for wrong in sorted(parts.mend, key=len, reverse=True)))
        pairs = (
            *_of_kinds(emergencies.values()),
            *_of_parts(parts),
            *_of_substances(substances),
            *_foreign(languages),
        )
        self.words: Words[tuple[Tag, ...]] = Words.of(gathered((self.spelt(word), tag) for word, tag in pairs))

    def spelt(self, text: str) -> str:
        """A text as the words are compared with it: normalised, mended, no space between Thai letters."""
        text = _THAI_SPACE.sub("", normalise(text))
        return self._faults.sub(lambda wrong: self._mend[wrong.group()], text)


def _of_kinds(files: Iterable[EmergencyFile]) -> Iterator[tuple[str, Tag]]:
    for file in files:
        yield from ((word, ("strong", file.id)) for word in (*file.strong, *file.strong_en))
        yield from ((word, ("weak", file.id)) for word in file.weak)
        yield from ((word, ("masks", "")) for word in file.looks_like)


def _of_parts(parts: PartsFile) -> Iterator[tuple[str, Tag]]:
    yield from ((word, ("strong", kind)) for word, kind in parts.alone.items())
    for group in (parts.events, parts.things, parts.body):
        yield from ((word, ("part", name)) for name, words in group.items() for word in words)
    yield from ((word, ("weak", "")) for word in parts.suspicion)
    for name in _PLAIN:
        yield from ((word, (name, "")) for word in getattr(parts, name))


def _of_substances(substances: Iterable[Substance]) -> Iterator[tuple[str, Tag]]:
    """Thai names count as chemicals. Latin formulas (CO, AN, EA) are words of everyday, so they do not."""
    for substance in substances:
        names = (substance.name.th, *substance.aliases)
        yield from ((name, ("substance", substance.danger)) for name in names if not name.isascii())


def _foreign(languages: Languages) -> Iterator[tuple[str, Tag]]:
    for own, file in languages.files.items():
        for entry in file.words:
            yield from ((form, (f"foreign {entry.weight}", f"{own} {entry.about}")) for form in _forms(entry))
            plain = unmarked(entry.word)
            if file.marks and plain != entry.word and len(plain) > SHORTEST_PLAIN:
                yield plain, ("foreign plain", f"{own} {entry.about}")


def _forms(entry: DangerWord) -> tuple[str, ...]:
    return (entry.word, entry.zawgyi) if entry.zawgyi else (entry.word,)


def load(folder: Path, languages: Languages) -> Signs:
    """The signs of `folder/emergencies`, `folder/signs` and of the foreign languages."""
    parts = read(folder / "signs" / "parts.yaml", PartsFile)
    substances = read(folder / "signs" / "chemicals.yaml", list[Substance])
    return Signs(emergencies(folder), parts, substances, languages)


def emergencies(folder: Path) -> dict[str, EmergencyFile]:
    """The kinds of danger by id, in the order they are to be read out."""
    files = [read(path, EmergencyFile) for path in (folder / "emergencies").glob("*.yaml")]
    return {file.id: file for file in sorted(files, key=lambda file: (file.order, file.id))}


def kinds(folder: Path) -> dict[str, DangerKind]:
    """What may be said of each kind: first words only where they are sourced or checked."""
    return {own: _kind(file) for own, file in emergencies(folder).items()}


def _kind(file: EmergencyFile) -> DangerKind:
    return DangerKind(
        id=file.id,
        name=Both(file.name.th, file.name.en),
        first_words=tuple(Both(word.th, word.en) for word in file.first_words if word.sourced or word.checked),
        call=tuple(file.call),
        ask=tuple(Both(question.th, question.en) for question in file.ask),
    )
