"""The clock of the house: milliseconds since 1970, UTC. It is handed on as a value; only `house` and the CLI ask it."""

from __future__ import annotations

import time


def now() -> int:
    return time.time_ns() // 1_000_000
