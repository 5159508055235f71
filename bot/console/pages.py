"""All pages of the console: every module of this folder that has a function `pages(frame)` is one; no list to keep."""

from __future__ import annotations

import importlib
import pkgutil

from fastapi import FastAPI
from starlette.responses import Response

from bot import console
from bot.console.asking import Ask, not_here
from bot.console.doors import Doors, Sessions
from bot.console.frame import Frame
from bot.house import House


def mount(made: FastAPI, house: House, doors: Doors | None = None) -> Frame:
    """Hangs the console into the app. `app.state.frame` holds its rules."""
    frame = Frame(made, house, doors or Sessions(house), house.desk)
    made.state.frame = frame
    for found in sorted(pkgutil.iter_modules(console.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"{console.__name__}.{found.name}")
        if hasattr(module, "pages"):
            module.pages(frame)
    frame.page("/console", "anyone", lambda ask: ask.go("/console/"))
    frame.page("/console/{rest:path}", "anyone", _nothing)  # last: what nobody else took
    return frame


def _nothing(ask: Ask) -> Response:
    raise not_here()
