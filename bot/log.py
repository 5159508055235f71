"""Structured logs without personal data: an allow-list of keys, because a deny-list forgets.

What is not on the list is dropped; a fault is logged as its type and the places it came through, never with its
message, since messages quote what people wrote. Line breaks and escapes inside values are spelt out, so no line can
be forged.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "count",
        "lanes",
        "events",
        "turns",
        "rows",
        "state",
        "status",
        "attempts",
        "seconds",
        "port",
        "address",
        "version",
        "database",
        "redis",
        "workers",
        "pid",
        "fault",
        "rule",
        "code",
        "kind",
        "how",
        "request_id",
        "message_id",
        "event_id",
        "reason",
        "stage",
        "size",
        "limit",
        "due",
        "missing",
        "mend",
    ]
)
HERE = Path(__file__).resolve().parent.parent


def set_up(json: bool = True, level: str = "INFO") -> None:
    """Called once by whoever starts a process. Libraries log warnings and worse only."""
    renderer: Any = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s")


def only_allowed(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keeps the keys of the list; strings lose what could break a line."""
    kept = {key: _plain(value) for key, value in entry.items() if key in ALLOWED}
    entry.clear()
    entry.update(kept)
    return entry


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value)[:2000]
    return value if isinstance(value, int | float | bool) or value is None else str(type(value).__name__)


def fault(error: BaseException) -> str:
    """An error as type and way through the code, innermost first, without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    way = " < ".join(f"{_short(f.filename)}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{type(error).__name__} at {way}" if way else type(error).__name__


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(HERE)) if path.is_relative_to(HERE) else path.name


def logger() -> Any:
    return structlog.get_logger()
