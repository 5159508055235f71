"""Reads the YAML of this folder into the structs of `schema`, and collects every fault, not only the first.

A folder of one kind is read by file name: `ls` is the index, and adding a thing touches no list. The package's own
files come out of a pack (`packed`) that is looked up by content; all others are parsed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from knowledge import packed, schema
from knowledge.learned import sentences
from knowledge.model import Fault, KnowledgeError
from knowledge.schema import RouterFit

HERE = Path(__file__).parent
T = TypeVar("T")


@dataclass(frozen=True)
class Files:
    """All that stands in the files of bodies, types, questions and words, by id, in the order of the file names."""

    bodies: dict[str, schema.BodyFile]
    types: dict[str, schema.TypeFile]
    questions: dict[str, schema.QuestionFile]
    hotlines: dict[str, schema.HotlineFile]
    aliases: list[schema.Alias]
    weak: list[schema.Weak]
    strangers: list[schema.Stranger]
    nobody_covers: list[schema.NobodyCovers]
    contrasts: list[schema.Contrast]
    verbs: list[schema.Verb]
    intents: list[schema.Intent]
    slots: list[schema.SlotPattern]
    special_days: schema.SpecialDays
    router: schema.RouterFile
    deadlines: schema.DeadlinesSource
    router_fit: RouterFit
    said: dict[str, list[str]]  # labelled questions: file name -> sentences
    where: dict[str, str] = field(default_factory=dict)  # id -> file, for faults


def tree(path: Path) -> object:
    """What a YAML file holds, as plain lists and dicts."""
    return packed.tree(path)


def read(path: Path, kind: type[T]) -> T:
    """One file as a struct; KnowledgeError says which entry is wrong."""
    try:
        return msgspec.convert(tree(path), kind)
    except (packed.NotYaml, msgspec.ValidationError, OSError, UnicodeDecodeError) as wrong:
        raise KnowledgeError((Fault(name_of(path), "file", str(wrong)),)) from wrong


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


class Shelf:
    """Reads file after file and remembers what was wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.where: dict[str, str] = {}

    def all(self, kind: type[T], *folders: str) -> dict[str, T]:
        found: dict[str, T] = {}
        for path in self._paths(folders):
            thing = self._one(path, kind)
            if thing is not None:
                self._put(found, path, thing)
        return found

    def listed(self, kind: type[T], name: str) -> list[T]:
        return self._one(self.folder / "vocabulary" / f"{name}.yaml", list[kind]) or []  # type: ignore[valid-type]

    def one(self, kind: type[T], name: str) -> T | None:
        return self._one(self.folder / name, kind)

    def _paths(self, folders: tuple[str, ...]) -> Iterator[Path]:
        for name in folders:
            yield from sorted((self.folder / name).glob("*.yaml"), key=lambda path: (len(path.stem), path.stem))

    def _one(self, path: Path, kind: type[T]) -> T | None:
        try:
            return read(path, kind)
        except KnowledgeError as wrong:
            self.faults += wrong.faults
            return None

    def _put(self, found: dict[str, T], path: Path, thing: T) -> None:
        own: str = thing.id  # type: ignore[attr-defined]
        if own in found:
            self.faults.append(
                Fault(name_of(path), own, f"the id stands already in {self.where[own]}; give it another")
            )
        if own.removeprefix("provincial_office@") != path.stem:
            self.faults.append(
                Fault(name_of(path), own, f"name the file {own}.yaml, or give the entry the id {path.stem}")
            )
        found[own] = thing
        self.where[own] = name_of(path)


def read_all(folder: Path = HERE) -> Files:
    """Every file of bodies, types, questions and words. Raises KnowledgeError with all faults of form."""
    files, faults = gathered(folder)
    if faults:
        raise KnowledgeError(faults)
    return files


def gathered(folder: Path = HERE) -> tuple[Files, tuple[Fault, ...]]:
    """What can be read, and what is wrong with the rest."""
    shelf = Shelf(folder)
    files = Files(
        bodies=shelf.all(schema.BodyFile, "institutes", "agencies", "centers", "offices"),
        types=shelf.all(schema.TypeFile, "complaint_types"),
        questions=shelf.all(schema.QuestionFile, "questions"),
        hotlines=shelf.all(schema.HotlineFile, "hotlines"),
        aliases=shelf.listed(schema.Alias, "aliases"),
        weak=shelf.listed(schema.Weak, "weak"),
        strangers=shelf.listed(schema.Stranger, "strangers"),
        nobody_covers=shelf.listed(schema.NobodyCovers, "nobody_covers"),
        contrasts=shelf.listed(schema.Contrast, "contrasts"),
        verbs=shelf.listed(schema.Verb, "verbs"),
        intents=shelf.listed(schema.Intent, "intents"),
        slots=shelf.listed(schema.SlotPattern, "slots"),
        special_days=shelf.one(schema.SpecialDays, "special_days.yaml") or schema.SpecialDays(),
        router=shelf.one(schema.RouterFile, "vocabulary/router.yaml"),  # type: ignore[arg-type]  # absent is a fault
        deadlines=shelf.one(schema.DeadlinesSource, "deadlines.yaml"),  # type: ignore[arg-type]  # so is this
        router_fit=shelf.one(RouterFit, "vocabulary/router_fit.yaml"),  # type: ignore[arg-type]  # and this
        said=sentences(folder / "sentences" / "route"),
        where=shelf.where,
    )
    return files, tuple(shelf.faults)
