"""The catalogue: every sentence the bot says, by key, in Thai and English, read from texts/*.yaml.

Handlers name a text by its key and give values; only here do words come out. Placeholders are `{name}`, cut out of the
texts once, at start: a text is a list of pieces, and values are put between them. So nobody's own words are ever read
for placeholders, and `str.format` with its attribute access (`{0.__class__}`) is out of reach.

A fault in the texts stops the house at start, all faults named at once. A key or a value that is missing in mid-talk is
a bug: strict words (tests) raise, the house shows "…" in its place and remembers the key in `missing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from handlers.vocabulary import T, Text
from knowledge.model import Both, Fault, KnowledgeError, Lang

TEXTS = Path(__file__).parent / "texts"
BANGKOK = ZoneInfo("Asia/Bangkok")
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
LOST = "…"
LANGS: tuple[Lang, ...] = ("th", "en")

Pieces = tuple[str, ...]  # literal, name, literal, name, …, literal


class UnknownText(KeyError):
    """A text or a value that nobody wrote; raised by strict words only."""


class Words:
    """All texts, ready to be said. `missing` gathers what was asked for and does not exist."""

    def __init__(self, texts: Mapping[str, Both], strict: bool = False) -> None:
        self.texts = texts
        self.strict = strict
        self.missing: set[str] = set()
        self._pieces = {
            lang: {key: tuple(PLACEHOLDER.split(both.in_(lang))) for key, both in texts.items()} for lang in LANGS
        }

    def __contains__(self, key: object) -> bool:
        return key in self.texts

    def text(self, text: Text, lang: str = "th") -> str:
        """What is said: a text of the catalogue, a text of the knowledge, or somebody's own words as they are."""
        if isinstance(text, T):
            return self.say(text.key, text.values, lang)
        return text.in_(lang) if isinstance(text, Both) else text

    def say(self, key: str, values: Mapping[str, Any], lang: str = "th") -> str:
        pieces = self._pieces["en" if lang == "en" else "th"].get(key)
        if pieces is None:
            return self._lost(key)
        if len(pieces) == 1:
            return pieces[0]
        filled = list(pieces)
        for at in range(1, len(pieces), 2):
            name = pieces[at]
            filled[at] = self.value(values[name], lang) if name in values else self._lost(f"{key}{{{name}}}")
        return "".join(filled)

    def value(self, value: Any, lang: str) -> str:
        """A value as it is read: a moment in Thai time, a list with commas, a text in the person's language."""
        if isinstance(value, str):
            return value
        if isinstance(value, T | Both):
            return self.text(value, lang)
        if isinstance(value, date):
            return self.moment(value, lang)
        if isinstance(value, list | tuple):
            return ", ".join(self.value(one, lang) for one in value)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def moment(self, at: date, lang: str) -> str:
        """A datetime with its clock, a bare date without; a datetime without a zone is UTC, as all rows are."""
        local = _local(at) if isinstance(at, datetime) else at
        buddhist = 543 if lang != "en" else 0
        day = self.say("time.day", {
            "weekday": self._names("time.weekdays", lang)[local.weekday()],
            "day": local.day,
            "month": self._names("time.months", lang)[local.month - 1],
            "year": local.year + buddhist,
        }, lang)  # fmt: skip
        if not isinstance(local, datetime):
            return day
        return self.say("time.moment", {"day": day, "clock": f"{local:%H:%M}"}, lang)

    def _names(self, key: str, lang: str) -> list[str]:
        return _split(self.say(key, {}, lang))

    def _lost(self, what: str) -> str:
        if self.strict:
            raise UnknownText(what)
        if len(self.missing) < 1000:
            self.missing.add(what)
        return LOST


@lru_cache(maxsize=64)
def _split(names: str) -> list[str]:
    return names.split()


def _local(at: datetime) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(BANGKOK)


def load(folder: Path | None = None, strict: bool = False) -> Words:
    """The catalogue of a folder; raises KnowledgeError with every fault of every file."""
    texts: dict[str, Both] = {}
    faults: list[Fault] = []
    for path in sorted((folder or TEXTS).glob("*.yaml")):
        for found in _read(path):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                texts[f"{path.stem}.{found[0]}"] = found[1]
    if faults:
        raise KnowledgeError(tuple(faults))
    return Words(texts, strict)


@lru_cache(maxsize=1)
def own() -> Words:
    """The project's own texts, read once: handlers compare what people type with the labels that they saw."""
    return load()


def _read(path: Path) -> Iterator[Fault | tuple[str, Both]]:
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        yield Fault(path.name, "the whole file", f"is not YAML: {fault}")
        return
    if not isinstance(root, yaml.MappingNode):
        yield Fault(path.name, "the whole file", "write `key: {th: …, en: …}`")
        return
    yield from _entries(path.name, root)


def _entries(file: str, root: yaml.MappingNode) -> Iterator[Fault | tuple[str, Both]]:
    # The nodes and not the loaded mapping: a key written twice is lost in silence there, and `no:` becomes False.
    seen: set[str] = set()
    for key_node, node in root.value:
        key = str(key_node.value)
        if key in seen:
            yield Fault(file, key, "stands twice; keep one")
            continue
        seen.add(key)
        if not isinstance(node, yaml.MappingNode):
            yield Fault(file, key, "write `{th: …, en: …}`")
            continue
        both = {str(k.value): v.value for k, v in node.value if isinstance(v, yaml.ScalarNode)}
        wrong = [Fault(file, key, mend) for mend in _mends(both)]
        yield from wrong
        if not wrong:
            yield key, Both(both["th"].strip(), both["en"].strip())


def _mends(both: Mapping[str, str]) -> Iterator[str]:
    for lang in LANGS:
        if not both.get(lang, "").strip():
            yield f"has no words in {lang}"
    for other in both.keys() - set(LANGS):
        yield f"{other}: only th and en are read"
    names = [set(PLACEHOLDER.findall(both.get(lang, ""))) for lang in LANGS]
    if names[0] != names[1]:
        yield f"th and en have different placeholders: {sorted(names[0] ^ names[1])}"
    for lang in LANGS:
        if "{" in PLACEHOLDER.sub("", both.get(lang, "")):
            yield f"{lang}: a brace that is no placeholder; write {{name}} in small letters"
