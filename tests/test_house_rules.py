"""The rules of the house that no linter knows: where Thai may stand, who may speak SQL, how long a file may be."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "knowledge")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
THAI = re.compile(r"[\u0e00-\u0e7f]")


def lines_with(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in paths
        for number, line in enumerate(path.read_text("utf8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 40


def test_no_thai_letters_in_code() -> None:
    assert lines_with(THAI, SOURCES) == []


def test_no_file_is_longer_than_one_sitting() -> None:
    long = {str(p.relative_to(ROOT)): n for p in SOURCES if (n := p.read_text("utf8").count("\n")) > 400}
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.read_text("utf8").strip() and not path.read_text("utf8").lstrip().startswith('"""')
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("library", "door"),
    [
        ("linebot", ("bot/line/sdk.py",)),
        ("sqlalchemy", ("bot/db/",)),
        ("redis", ("bot/wake",)),
        ("rapidfuzz", ("knowledge/",)),
    ],
)
def test_one_door_per_outside_thing(library: str, door: tuple[str, ...]) -> None:
    pattern = re.compile(rf"^\s*(from|import) {library}\b")
    inside = [path for path in SOURCES if not str(path.relative_to(ROOT)).startswith(door)]
    assert lines_with(pattern, inside) == []


def test_the_environment_is_read_in_settings_alone() -> None:
    others = [path for path in SOURCES if path.name != "settings.py"]
    assert lines_with(re.compile(r"os\.environ|os\.getenv"), others) == []


def test_handlers_and_knowledge_know_no_clock_and_no_dice() -> None:
    pure = [path for path in SOURCES if path.relative_to(ROOT).parts[0] != "bot"]
    found = lines_with(re.compile(r"datetime\.now|time\.time\(|utcnow|\brandom\.|\bsecrets\.|uuid4"), pure)
    assert [line for line in found if not line.startswith("knowledge/evaluate.py")] == []


def test_no_registry_and_no_machine_path_in_any_file() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    bad = re.compile(r"(?<![\w.])/(?:work|farm|root)/[\w.-]+|--(?:extra-)?index-url|files\.python" + "hosted")
    faults = []
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".yaml", ".toml", ".txt", ".sh", ""} and path.is_file():
            faults += lines_with(bad, [path])
    assert [fault for fault in faults if "test_house_rules" not in fault] == []
