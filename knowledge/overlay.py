"""The operator's own knowledge, laid over that of the package: a folder of the same form, with only what is added.

An installed package is read-only and is replaced by the next version, so what staff add stands in a folder of their
own. A line of a `.txt` file there joins the lines of the package's file (sentences to learn from); any other file
replaces the package's of that name or is added. `tests/` holds the sentences that prove it and is not read here.

Both are copied into one folder, which every reader takes as it takes the package's own: no reader knows of two
folders, and the scratch copies of the nightly evaluation are made the same way. Weights learned before count as stale
by their hash as soon as a sentence is added, and are then learned anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from knowledge import check as checks
from knowledge import danger_learned, language, learned, signs
from knowledge.files import HERE, read_all
from knowledge.load import Knowledge, check, load
from knowledge.model import Fault, KnowledgeError

DANGERS = "sentences/emergency/"
IGNORED = ("tests", "reports")  # of the operator's folder
Lines = Mapping[str, Sequence[str]]  # file below the folder -> lines to add


def load_over(overlay: Path | None = None, more: Lines | None = None, base: Path = HERE) -> Knowledge:
    """The knowledge of the package with the operator's folder and more lines. Raises KnowledgeError with all faults."""
    if not overlay and not more:
        return load(base)
    with TemporaryDirectory(prefix="knowledge-") as name:
        folder = merged(Path(name) / "knowledge", overlay, more, base)
        learn_dangers(folder, overlay, more)
        return load(folder)


def learn_dangers(folder: Path, overlay: Path | None, more: Lines | None = None) -> Path | None:
    """Learns dangers anew where sentences of them were added: other readers do so by themselves, this one goes on with
    a stale file, since learning takes half a minute. Gives the file."""
    below = [path.relative_to(overlay).as_posix() for path in overlay.rglob("*.txt")] if overlay else []
    added = [*below, *(more or {})]
    if not any(name.startswith(DANGERS) for name in added):
        return None
    known = signs.load(folder, language.load(folder))
    if danger_learned.is_stale(known):
        told = danger_learned.taught(known)
        model = learned.train(danger_learned.as_read(told, known))
        learned.save(model, danger_learned.path(folder), danger_learned.source(told, known))
    return danger_learned.path(folder)


def keep_learned(overlay: Path, base: Path = HERE) -> bool:
    """Keeps what was learned of dangers in the operator's folder, so that a start need not learn it."""
    with TemporaryDirectory(prefix="knowledge-") as name:
        found = learn_dangers(merged(Path(name) / "knowledge", overlay, None, base), overlay)
        if found:
            (overlay / "compiled").mkdir(exist_ok=True)
            shutil.copyfile(found, overlay / "compiled" / found.name)
    return found is not None


def check_over(overlay: Path | None = None, at: datetime | None = None) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """What is wrong with both together, and what should be looked at."""
    if not overlay:
        return check(at=at)
    with TemporaryDirectory(prefix="knowledge-") as name:
        return check(merged(Path(name) / "knowledge", overlay), at)


def must_read(overlay: Path | None, more: Lines, base: Path = HERE) -> None:
    """KnowledgeError with all faults if both together could not be read. Nothing is learned, so it takes a moment."""
    with TemporaryDirectory(prefix="knowledge-") as name:
        folder = merged(Path(name) / "knowledge", overlay, more, base)
        faults = checks.faults(read_all(folder), signs.kinds(folder))
    if faults:
        raise KnowledgeError(faults)


def merged(into: Path, overlay: Path | None = None, more: Lines | None = None, base: Path = HERE) -> Path:
    """A folder that holds all of it."""
    shutil.copytree(base, into, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    if overlay and overlay.is_dir():
        for path in sorted(each for each in overlay.rglob("*") if each.is_file()):
            inside = path.relative_to(overlay)
            if inside.parts[0] not in IGNORED and not any(part.startswith(".") for part in inside.parts):
                _lay(path, into / inside)
    for name, lines in (more or {}).items():
        add_lines(into / name, lines)
    return into


def _lay(path: Path, over: Path) -> None:
    if path.suffix == ".txt":
        add_lines(over, path.read_text(encoding="utf-8").splitlines())
        return
    over.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, over)


def add_lines(path: Path, lines: Sequence[str]) -> int:
    """Adds the lines that do not stand in the file yet, all at once or none; how many these were."""
    held = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    new = [line for line in dict.fromkeys(lines) if line not in set(held)]
    if new:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".part")
        draft.write_text("".join(f"{line}\n" for line in [*held, *new]), encoding="utf-8")
        draft.replace(path)
    return len(new)
