"""Measures the readers on labelled sentences: the figures of `frontdoor kb eval`, and the rows that went wrong.

Columns: id, text, gold, alternates (ids parted by `|`), as in the project's own sentences. What counts as right is
said here once, so that a test, the command and a report cannot disagree: the first answer is in gold or alternates;
offices of one kind count as their kind; gold `none` is right where nobody of ours is named.
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.bodies import base
from knowledge.model import Place, PlaceReading

if TYPE_CHECKING:
    from knowledge.load import Knowledge

NOBODY = "none"
CALM = {"none", "burning", ""}  # gold labels of emergencies for which acting is a false alarm
ASKABLE = {"hazard", "ask"}  # dangerous, nobody harmed yet: asking is right, acting is not
LEVELS = ("province", "district", "subdistrict")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Row:
    id: str
    text: str
    gold: str
    alternates: tuple[str, ...] = ()
    kind: str = ""  # where the file says it: real, paraphrase, composed
    lang: str = ""

    @property
    def right(self) -> frozenset[str]:
        return frozenset({self.gold, *self.alternates})


@dataclass(frozen=True)
class Judged:
    """One row as it was answered. `answers` best first; `marks` what the task counts."""

    row: Row
    answers: tuple[str, ...]
    marks: Mapping[str, bool]
    ms: float
    told: str = ""


Judge = Callable[["Knowledge", Row], tuple[tuple[str, ...], dict[str, bool], str]]


def read_rows(path: Path) -> list[Row]:
    """The labelled sentences of a TSV file with a header."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row_of(each, number) for number, each in enumerate(rows, start=1)]


def row_of(each: Mapping[str, str | None], number: int = 0) -> Row:
    """A row; where areas stand in columns of their own, they are the gold, and a pin its columns lat and lon. Other
    columns are left alone, and what is not there is empty."""
    others = several(each.get("alternates"))
    text = each.get("text") or (f"{each['lat']},{each['lon']}" if each.get("lat") else "")
    gold = each.get("gold")
    first, *more = several(gold_place(each) if gold is None else gold) or ("",)
    own, kind, lang = each.get("id") or str(number), each.get("kind") or "", each.get("lang") or ""
    return Row(own, text, first, (*more, *others), kind, lang)


def several(ids: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (ids or "").split("|") if part.strip())


def gold_place(each: Mapping[str, str | None]) -> str:
    return "/".join(each.get(level) or "" for level in LEVELS)


def evaluate(knowledge: Knowledge, rows: Iterable[Row], task: str) -> tuple[dict[str, Any], list[Judged]]:
    """The figures of a task, and every row judged."""
    judge = TASKS[task]
    judged = [timed(knowledge, row, judge) for row in rows]
    found = {"task": task, "n": len(judged), **figures(judged), "latency_ms": latency(judged)}
    if task == "route":
        found |= {"answered_of_ours": answered_of_ours(judged), "model": knowledge.with_model}
    return found | parts(judged), judged


def parts(judged: Sequence[Judged]) -> dict[str, Any]:
    """The same figures by kind and for English, where the file tells them apart."""
    kinds = {each.row.kind for each in judged if each.row.kind}
    some = {kind: [each for each in judged if each.row.kind == kind] for kind in sorted(kinds)}
    english = [each for each in judged if each.row.lang == "en"]
    found = {kind: {"n": len(own), **figures(own)} for kind, own in some.items()}
    told: dict[str, Any] = {"kinds": found} if found else {}
    return told | ({"english": {"n": len(english), **figures(english)}} if english else {})


def answered_of_ours(judged: Sequence[Judged]) -> float:
    """The share of the matters that are ours that were answered; `answered` counts strangers too."""
    return share([each.marks["answered"] for each in judged if each.row.gold != NOBODY])


def timed(knowledge: Knowledge, row: Row, judge: Judge) -> Judged:
    start = time.perf_counter()
    answers, marks, told = judge(knowledge, row)
    return Judged(row, answers, marks, (time.perf_counter() - start) * 1000, told)


def route(knowledge: Knowledge, row: Row) -> tuple[tuple[str, ...], dict[str, bool], str]:
    """A matter of nobody (`none`) is right where it is handed over: then nobody is named to the person. `strangers`
    tells how many of these were, `handed_over` how many of the others, which should be few."""
    found = knowledge.route(row.text)
    handed = found.decision == "hand_over"
    ids = tuple(dict.fromkeys(base(each.body) for each in found.candidates))
    golds = replace(row, gold=base(row.gold), alternates=tuple(map(base, row.alternates)))
    ids = (NOBODY, *ids) if handed and row.gold == NOBODY else ids or (NOBODY,)
    marks = tops(ids, golds)
    marks["strangers" if row.gold == NOBODY else "handed_over"] = handed
    marks["answered"] = found.decision == "answer"
    if marks["answered"]:
        marks["wrong_when_answered"] = not marks["top1"]
    return ids, marks, f"{found.decision} {found.confidence:.2f} {found.stranger}".strip()


def types(knowledge: Knowledge, row: Row) -> tuple[tuple[str, ...], dict[str, bool], str]:
    found = knowledge.read(row.text).types
    ids = tuple(each.id for each in found) or (NOBODY,)
    marks = tops(ids, row)
    marks["answered"] = bool(found)
    if found:
        marks["wrong_when_answered"] = not marks["top1"]
    return ids, marks, " ".join(f"{each.confidence:.2f}" for each in found)


def emergency(knowledge: Knowledge, row: Row) -> tuple[tuple[str, ...], dict[str, bool], str]:
    """Recall: dangers that were not passed over. False alarm: acted where nothing burns. A row with alternates is
    right with any of them, so it is no false alarm to act on "none|danger"."""
    found = knowledge.danger(row.text)
    marks: dict[str, bool] = {}
    calm, grave = any(gold in CALM for gold in row.right), any(is_danger(gold) for gold in row.right)
    if row.gold in CALM:
        marks["false_alarm"] = found.decision == "act" and not grave
        marks["needless_question"] = found.decision == "ask" and row.right <= CALM
    elif row.gold in ASKABLE:
        marks["asked"] = found.decision == "ask"
        marks["passed_over"] = found.decision == NOBODY and not calm
    else:
        marks["recall"] = found.decision != NOBODY or calm
        marks["acted"] = found.decision == "act"
    return (found.decision,), marks, f"{found.kind} {found.confidence:.2f}"


def is_danger(gold: str) -> bool:
    return gold not in CALM and gold not in ASKABLE


def place(knowledge: Knowledge, row: Row) -> tuple[tuple[str, ...], dict[str, bool], str]:
    found = best_place(knowledge.read(row.text).places) or knowledge.read_place(row.text)
    return judged_place(knowledge, row, found.place if found else None)


def best_place(readings: Sequence[PlaceReading]) -> PlaceReading | None:
    """The finest, then the surest: as the flows take it."""
    return max(readings, key=lambda each: (fineness(each.place), each.confidence), default=None)


def fineness(place: Place) -> int:
    return sum(map(bool, (place.province, place.district, place.subdistrict, place.estate)))


def pin(knowledge: Knowledge, row: Row) -> tuple[tuple[str, ...], dict[str, bool], str]:
    numbers = NUMBER.findall(row.text)
    found = knowledge.at(float(numbers[0]), float(numbers[1])).place if len(numbers) == 2 else None
    return judged_place(knowledge, row, found)


def judged_place(knowledge: Knowledge, row: Row, found: Place | None) -> tuple[tuple[str, ...], dict[str, bool], str]:
    names = names_of(knowledge, found) if found else ("", "", "")
    golds = [plain_names(knowledge, gold) for gold in (row.gold, *row.alternates)]
    marks = {
        level: any(gold[: depth + 1] == list(names[: depth + 1]) for gold in golds)
        for depth, level in enumerate(LEVELS)
        if depth < len(golds[0]) and golds[0][depth]
    }
    marks["answered"] = bool(names[0])
    if names[0]:
        marks["wrong_when_answered"] = not marks.get("province", False)  # no place is gold too
    return ("/".join(names),), marks, ""


def plain_names(knowledge: Knowledge, gold: str) -> list[str]:
    """The three names of a gold label as the list of areas spells them: no word for the level, the city in full."""
    province, *lower = [part.strip() for part in gold.split("/")]
    read = knowledge.read_place(province) if province else None
    found = knowledge.area(read.place.province) if read else None
    whole = found.name.th if found else province
    parts = [knowledge.bare_name(part) for part in lower]
    if parts and knowledge.is_town(parts[0]):
        parts[0] += whole
    return [whole, *parts]


def names_of(knowledge: Knowledge, found: Place) -> tuple[str, str, str]:
    areas = (knowledge.area(code) if code else None for code in (found.province, found.district, found.subdistrict))
    province, district, subdistrict = (area.name.th if area else "" for area in areas)
    return province, district, subdistrict


TASKS: Mapping[str, Judge] = {"route": route, "type": types, "emergency": emergency, "place": place, "pin": pin}


def tops(ids: Sequence[str], row: Row) -> dict[str, bool]:
    return {f"top{size}": bool(row.right.intersection(ids[:size])) for size in (1, 2, 3)}


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """The share of rows for which each mark holds, among the rows that have it."""
    names = dict.fromkeys(name for each in judged for name in each.marks)
    return {name: share([each.marks[name] for each in judged if name in each.marks]) for name in names}


def share(marks: Sequence[bool]) -> float:
    return round(sum(marks) / len(marks), 4) if marks else 0.0


def latency(judged: Sequence[Judged]) -> dict[str, float]:
    times = sorted(each.ms for each in judged) or [0.0]
    return {name: round(times[int(part * (len(times) - 1))], 3) for name, part in (("p50", 0.5), ("p99", 0.99))}


FAILED = {"top1", "recall", "province", "district", "subdistrict"}
ALARMED = {"false_alarm", "wrong_when_answered"}


def is_wrong(each: Judged) -> bool:
    return any(not held for name, held in each.marks.items() if name in FAILED) or any(
        held for name, held in each.marks.items() if name in ALARMED
    )


def write_errors(path: Path, judged: Iterable[Judged]) -> int:
    """The rows that went wrong, as TSV; how many there are."""
    wrong = [each for each in judged if is_wrong(each)]
    with path.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar="\\", lineterminator="\n")
        out.writerow(("id", "text", "gold", "alternates", "got", "told"))
        for each in wrong:
            row = each.row
            out.writerow((row.id, row.text, row.gold, "|".join(row.alternates), "|".join(each.answers), each.told))
    return len(wrong)
