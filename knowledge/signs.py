"""The signs of danger as they stand in the files: whole phrases of each kind, and the parts they are put together from.

Kept apart from `danger`, which decides, so that an officer who adds a word needs to read YAML only. Every word passes
through the same normalisation and mending as the texts in which it is looked for; otherwise it could never be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

from knowledge import prepared
from knowledge.files import read
from knowledge.find import fold
from knowledge.language import DangerWord, Languages, unmarked
from knowledge.model import Both, DangerKind
from knowledge.normalise import normalise
from knowledge.officers import Chemical, ForOfficers, Spill
from knowledge.signs_files import EmergencyFile, PartsFile, Substance, SubstanceOfficers
from knowledge.words import Words, gathered

Tag = tuple[str, str]  # what a word is for (strong, weak, denied, …), and a kind of danger or a class of things

SHORTEST_PLAIN = 3  # letters: shorter Vietnamese words without their marks are English ones

# Between Thai letters a space parts nothing; people set it anywhere.
_THAI_SPACE = re.compile("(?<=[\u0e01-\u0e4e]) (?=[\u0e01-\u0e4e])")
# Letters written one by one: "F I R E", "f.i.r.e", and Thai with dots between.
_SPELT_OUT = re.compile(r"(?<![a-z])(?:[a-z][ .\-_*]){2,12}[a-z](?![a-z])")
_PARTED = re.compile(r"[ .\-_*]")
_DOTTED = re.compile("(?:[\u0e01-\u0e4e]{1,3}[.\\-_*]){3,20}[\u0e01-\u0e4e]{1,3}")


_OF_THEIR_OWN = ("mend", "alone", "made", "events", "things", "body", "suspicion")
_PLAIN = tuple(name for name in PartsFile.__struct_fields__ if name not in _OF_THEIR_OWN)


class Signs:
    """All words of danger in one vocabulary, and the spelling in which texts are compared with it."""

    def __init__(
        self,
        emergencies: Mapping[str, EmergencyFile],
        parts: PartsFile,
        substances: Iterable[Substance],
        languages: Languages,
        folder: Path,
    ) -> None:
        self.folder = folder
        self.files = emergencies
        self.mend = parts.mend
        self._faults = re.compile("|".join(re.escape(wrong) for wrong in sorted(parts.mend, key=len, reverse=True)))
        pairs = (
            *_of_kinds(emergencies.values()),
            *_of_parts(parts),
            *_of_substances(substances),
            *_foreign(languages),
        )
        same: dict[tuple[Tag, ...], tuple[Tag, ...]] = {}  # thousands of words are for the same thing
        mends = [side for pair in parts.mend.items() for side in pair]
        spelt = prepared.spelt("signs", self.spelt, [word for word, _ in pairs], mends)
        told = gathered(zip(spelt, (tag for _, tag in pairs), strict=True))
        self.words = Words.of({word: same.setdefault(tags, tags) for word, tags in told.items()})

    def spelt(self, text: str) -> str:
        """A text as the words are compared with it: normalised, mended, no space between Thai letters."""
        return self.spelt_plain(normalise(text))

    def spelt_plain(self, text: str) -> str:
        """The same of a text that is normalised."""
        text = _THAI_SPACE.sub("", text)
        for spread in (_SPELT_OUT, _DOTTED):
            text = spread.sub(_joined, text)
        return self._faults.sub(lambda wrong: self.mend[wrong.group()], text)

    def read_as(self, text: str) -> str:
        """A text as the learned reader sees it."""
        return fold(self.spelt(text))


def _joined(letters: re.Match[str]) -> str:
    return _PARTED.sub("", letters.group())


def _of_kinds(files: Iterable[EmergencyFile]) -> Iterator[tuple[str, Tag]]:
    for file in files:
        yield from ((word, ("strong", file.id)) for word in (*file.strong, *file.strong_en))
        yield from ((word, ("weak", file.id)) for word in file.weak)
        yield from ((word, ("masks", "")) for word in file.looks_like)


def _of_parts(parts: PartsFile) -> Iterator[tuple[str, Tag]]:
    yield from ((word, ("strong", kind)) for word, kind in parts.alone.items())
    for made in parts.made:
        yield from (("".join(words), ("strong", made.kind)) for words in product(*made.of))
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
    return Signs(emergencies(folder), parts, substances, languages, folder)


def emergencies(folder: Path) -> dict[str, EmergencyFile]:
    """The kinds of danger by id, in the order they are to be read out."""
    files = [read(path, EmergencyFile) for path in (folder / "emergencies").glob("*.yaml")]
    return {file.id: file for file in sorted(files, key=lambda file: (file.order, file.id))}


def kinds(folder: Path) -> dict[str, DangerKind]:
    """What may be said of each kind: first words only where they are sourced or checked."""
    substances = read(folder / "signs" / "chemicals.yaml", list[Substance])
    chemicals = [(each.danger, _chemical(each)) for each in substances if each.for_officers.sourced]
    return {
        own: _kind(file, tuple(chemical for danger, chemical in chemicals if danger == own))
        for own, file in emergencies(folder).items()
    }


def _kind(file: EmergencyFile, chemicals: tuple[Chemical, ...]) -> DangerKind:
    return DangerKind(
        id=file.id,
        name=Both(file.name.th, file.name.en),
        first_words=tuple(Both(word.th, word.en) for word in file.first_words if word.sourced or word.checked),
        call=tuple(file.call),
        ask=tuple(Both(question.th, question.en) for question in file.ask),
        for_officers=_officers(file, chemicals),
    )


def _officers(file: EmergencyFile, chemicals: tuple[Chemical, ...]) -> ForOfficers:
    """A distance without a source is left out: nobody may act on it."""
    own, told = file.for_officers, file.for_officers.distance_m
    metres = {name: getattr(told, name) for name in ("initial_isolation", "if_tank_burns", "downwind_large")}
    return ForOfficers(
        wakes=tuple(own.wakes),
        guides=tuple(map(str, own.guides)),
        distance_m={name: value for name, value in metres.items() if value is not None} if told.sourced else {},
        distance_note=told.note if told.sourced else "",
        source=told.source if told.sourced else "",
        chemicals=chemicals,
        note=own.note,
    )


def _chemical(file: Substance) -> Chemical:
    told: SubstanceOfficers = file.for_officers
    return Chemical(
        id=file.id,
        th=file.name.th,
        en=file.name.en,
        un=tuple(map(str, file.un)),
        first_measure_m=told.first_measure_m,
        if_tank_burns_m=told.if_tank_burns_m,
        solids_m=told.solids_m,
        spills=tuple(Spill(one.size, one.isolate_m, tuple(one.day_km), tuple(one.night_km)) for one in told.spills),
        polymerizes=told.polymerizes,
        note=told.note,
        source=told.source,
    )
