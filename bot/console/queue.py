"""The queue: what waits for an office, most urgent first."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.asking import Ask
from bot.console.frame import Frame


def pages(frame: Frame) -> None:
    frame.page("/console/", "see", show, nav="console_queue.nav", order=10)


def show(ask: Ask) -> Response:
    return ask.show("queue.html")
