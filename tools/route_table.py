"""Makes the table of `docs/knowledge.md`: the router beside plain readers, on the same sentences, in the same run.

    python -m tools.route_table [--write]

The plain readers know the same phrases and sentences as the router. Rows of other people's texts are measured only
where they lie beside the project; half A of them (even checksum of the id) was used for choosing, half B was not.
"""

from __future__ import annotations

import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from knowledge import evaluate, grams, learned, load, phrases, route_built, semantic
from knowledge.bodies import base
from knowledge.evaluate import NOBODY, Row
from knowledge.files import HERE, read_all
from knowledge.learned import Numbers
from knowledge.phrases import STRANGER
from knowledge.runs import codes_of, counted

ROOT = Path(__file__).parent.parent
CORPORA = ROOT.parent / "shared" / "corpora" / "sme_questions_dev.tsv"
PAGE, BEGIN, END = ROOT / "docs" / "knowledge.md", "<!-- table: begin -->", "<!-- table: end -->"
ANSWERED = 0.85  # the share of questions that the plain readers answer, the surest first
Reader = Callable[[str], Numbers]
Told = tuple[list[str], float]  # bodies best first, and how sure


def sets() -> Iterator[tuple[str, list[Row]]]:
    """Name and rows of everything that is measured."""
    own = ROOT / "tests" / "sentences"
    yield "own", evaluate.read_rows(own / "route.tsv")
    if (own / "blind" / "route.tsv").is_file():
        yield "blind", evaluate.read_rows(own / "blind" / "route.tsv")
    if CORPORA.is_file():
        rows = evaluate.read_rows(CORPORA)
        halves = [[row for row in rows if zlib.crc32(row.id.encode()) % 2 == half] for half in (0, 1)]
        yield "half A", halves[0]
        yield "half B", halves[1]
        yield "half B, real", [row for row in halves[1] if row.kind == "real"]
        yield "English", [row for row in rows if row.lang == "en"]


def plain(labels: Sequence[str], reader: Reader) -> Callable[[str], Told]:
    """A reader as a router: labels by score, and the lead of the first as how sure it is."""

    def told(text: str) -> Told:
        scores = reader(load.seen(text))
        order = np.argsort(-scores, kind="stable")
        ids = [NOBODY if labels[at].startswith(STRANGER) else base(labels[at]) for at in order]
        return list(dict.fromkeys(ids)), float(scores[order[0]] - scores[order[1]])

    return told


def readers(
    texts: dict[str, list[str]], model: semantic.Sentences | None
) -> Iterator[tuple[str, Callable[[str], Told]]]:
    labels = tuple(texts)
    yield "rapidfuzz, nearest phrase", plain(labels, fuzzy(texts))
    yield "BM25, one document a body", plain(labels, bm25(texts))
    yield "TF-IDF + linear", plain(labels, learned.train(texts, route_built.SETTINGS).row)
    kept = semantic.known_vectors(HERE / route_built.MEANT, model, texts) if model else {}
    if model and kept:
        meaning = semantic.Meaning(model, semantic.known_of(kept), labels)
        yield "sentence model, nearest phrase", plain(labels, lambda text: meaning.read(text)[1])


def fuzzy(texts: dict[str, list[str]]) -> Reader:
    pairs = [(at, text) for at, some in enumerate(texts.values()) for text in some]
    of, said = np.asarray([at for at, _ in pairs]), [text for _, text in pairs]
    starts = np.searchsorted(of, np.arange(len(texts)))

    def read(text: str) -> Numbers:
        alike = process.cdist([text], said, scorer=fuzz.token_set_ratio, dtype=np.float32)[0]
        return np.asarray(np.maximum.reduceat(alike, starts), np.float32)

    return read


def bm25(texts: dict[str, list[str]]) -> Reader:
    held = [counted(codes_of(some)[0]) for some in texts.values()]
    known = counted(np.concatenate([codes for codes, _ in held]))[0]
    columns = [grams.Column(np.searchsorted(known, codes), counts) for codes, counts in held]
    corpus = grams.Corpus(columns, len(known))
    table = np.zeros((len(known), len(columns)), np.float32)
    for at, column in enumerate(columns):
        table[column.rows, at] = grams.bm25(column, corpus)

    def read(text: str) -> Numbers:
        codes = counted(codes_of([text])[0])[0]
        rows = np.searchsorted(known, codes)
        rows = rows[known[np.minimum(rows, len(known) - 1)] == codes]
        return np.asarray(table[rows].sum(axis=0), np.float32)

    return read


def ours(knowledge: load.Knowledge) -> Callable[[str], Told]:
    def told(text: str) -> Told:
        found = knowledge.route(text)
        ids = [base(each.body) for each in found.candidates]
        return [NOBODY, *ids] if found.decision == "hand_over" else ids, found.confidence

    return told


def figures(rows: Sequence[Row], told: Callable[[str], Told]) -> dict[str, float]:
    start = time.process_time()  # of this process alone: what else the machine does is no matter of the router's
    answers = [told(row.text) for row in rows]
    spent = (time.process_time() - start) / len(rows) * 1000
    right = [{base(own) for own in row.right} for row in rows]
    tops = [
        [bool(gold.intersection(ids[:size])) for gold, (ids, _) in zip(right, answers, strict=True)] for size in (1, 3)
    ]
    order = np.argsort([-sure for _, sure in answers], kind="stable")[: round(ANSWERED * len(rows))]
    wrong = 1 - float(np.mean(np.asarray(tops[0])[order]))
    return {"top-1": float(np.mean(tops[0])), "top-3": float(np.mean(tops[1])), "wrong": wrong, "ms": spent}


def table() -> str:
    files = read_all()
    spoken, sentences = phrases.documents(files, load.seen), phrases.sentences(files)
    texts = route_built.said_of(spoken, sentences, load.seen).together()
    knowledge, model = load.load(), semantic.model()
    rivals = [*readers(texts, model), ("**the router, without the model**", None)]
    rivals += [("**the router, with the model**", None)] if knowledge.with_model else []
    measured: dict[str, list[str]] = {name: [] for name, _ in rivals}
    columns = list(sets())
    for name, told in sorted(rivals, key=lambda pair: "without" in pair[0]):  # the model is forgotten last
        if "without" in name:
            knowledge.forget_model()
        for _, rows in columns:
            found = figures(rows, told or ours(knowledge))
            measured[name].append(
                f"{found['top-1']:.3f} / {found['top-3']:.3f} / {found['wrong']:.3f} / {found['ms']:.1f}"
            )
    head = ["reader", *(f"{name} ({len(rows)})" for name, rows in columns)]
    lines = [head, ["---"] * len(head), *([name, *cells] for name, cells in measured.items())]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def main() -> None:
    made = table()
    print(made)
    if "--write" in sys.argv:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
