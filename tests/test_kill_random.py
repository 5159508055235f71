"""The short form of tests/kill_random.py: a few people, a few kills, the same counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_nothing_is_lost_or_done_twice_under_kill_9(request: pytest.FixtureRequest, kind: str) -> None:
    url = request.getfixturevalue("new_postgres")() if kind == "postgres" else ""
    call = [sys.executable, "-m", "tests.kill_random", "--people", "25", "--texts", "3", "--kills", "3"]
    done = subprocess.run(
        [*call, *(["--database", url] if url else [])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kills  3" in done.stdout
