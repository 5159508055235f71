"""The readers of knowledge alone: how long each takes for a short text and for the longest that LINE lets through.

Runs in a process of its own (`python -m tests.bench.reading ROUNDS`), so that load time and memory are its own. Every
text is new, since the readers keep their last answers; the middle and the slow end are told in microseconds.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent.parent
SHORT, LONG = 60, 5_000  # letters
STORY = "โรงงานพลาสติกแถวบางปู อ.เมือง สมุทรปราการ ปล่อยควันดำทุกคืน ช่วยมาดูด้วยค่ะ โทร 081-234-5678 "
ASKED = "อยากจดทะเบียนเครื่องจักรเพื่อกู้เงินกับธนาคาร ต้องติดต่อหน่วยงานไหนคะ ขอบคุณค่ะ "
PINS = [(13.53 + n * 0.013 % 4, 100.65 - n * 0.017 % 1) for n in range(400)]


def measure(rounds: int = 400) -> dict[str, float]:
    """Every figure by name, from a fresh process."""
    out = subprocess.run(
        [sys.executable, "-m", "tests.bench.reading", str(rounds)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(out.stdout))


def readers(known: Any) -> dict[str, Callable[[str], Any]]:
    return {
        "danger": known.danger,
        "read": known.read,
        "route": known.route,
        "language": known.language,
        "normalise": known.normalise,
        "read_place": known.read_place,
    }


def run(rounds: int) -> dict[str, float]:
    begun = time.perf_counter()
    from knowledge.load import load

    known = load()
    figures = {"load of all knowledge ms": (time.perf_counter() - begun) * 1000}
    for length, count in ((SHORT, rounds), (LONG, rounds // 10)):
        for name, ask in readers(known).items():
            note(figures, f"{name}, {length:,} letters", lap(ask, texts(length, count)))
    note(figures, "pin", lap(lambda pin: known.at(*pin), PINS[:rounds]))
    figures["resident MB, knowledge alone"] = psutil.Process().memory_info().rss / 2**20
    note(figures, "an answer rendered", rendered(rounds))
    return figures


def texts(length: int, count: int) -> list[str]:
    """Stories and questions in turn, none of them twice."""
    made = []
    for number in range(count):
        story = STORY if number % 2 else ASKED
        made.append(f"{number} " + (story * (length // len(story) + 1))[: length - len(str(number)) - 1])
    return made


def lap(ask: Callable[[Any], Any], asked: list[Any]) -> list[float]:
    """Seconds of each; the first few warm what is made when first used."""
    for one in asked[:10]:
        ask(one)
    laps = []
    for one in asked[10:]:
        begun = time.perf_counter()
        ask(one)
        laps.append(time.perf_counter() - begun)
    return laps


def rendered(rounds: int) -> list[float]:
    from bot.line.messages import render
    from handlers.vocabulary import Button, Say, T, Tap
    from handlers.words import Words
    from knowledge.model import Both

    words = Words({"t.hello": Both("สวัสดีค่ะ", "Hello"), "t.said": Both("ได้รับแล้ว: {words}", "Received: {words}")})
    buttons = tuple(Button(T("t.hello"), Tap("f", "x", str(n))) for n in range(4))
    return lap(lambda said: render([Say("t.said", {"words": said}, buttons=buttons)], "th", words), texts(60, rounds))


def note(figures: dict[str, float], name: str, laps: list[float]) -> None:
    figures[f"{name}, p50 µs"] = statistics.median(laps) * 1e6
    figures[f"{name}, p99 µs"] = sorted(laps)[int(len(laps) * 0.99)] * 1e6


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
