"""The client of LINE's SDK without the rest of it.

The first import of anything in `linebot` loads all of it: the old API, the synchronous twin and some 300 models, which
take 40 MB and most of a second. The house sends plain dicts, so none of that is ever used. Here the packages are passed
over while the four files of the client are loaded; whoever imports `linebot` later (a test, a script) gets it whole.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linebot.v3.messaging import AsyncApiClient, Configuration
    from linebot.v3.messaging.exceptions import ApiException

PASSED_OVER = ("linebot", "linebot.v3", "linebot.v3.messaging", "linebot.v3.messaging.models")


def _alone(*names: str) -> list[ModuleType]:
    """These modules of the SDK, loaded without running the `__init__` of the packages around them."""
    found = find_spec("linebot")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("line-bot-sdk is not installed")
    folder = Path(found.origin).parent
    whole = _taken_away()
    try:
        for name in PASSED_OVER:
            sys.modules[name] = bare = ModuleType(name)
            bare.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]
        return [import_module(name) for name in names]
    finally:
        _taken_away()
        sys.modules.update(whole)


def _taken_away() -> dict[str, ModuleType]:
    """Takes the SDK out of what counts as imported."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "linebot"}


if not TYPE_CHECKING:
    _client, _configuration, _exceptions = _alone(
        "linebot.v3.messaging.async_api_client",
        "linebot.v3.messaging.configuration",
        "linebot.v3.messaging.exceptions",
    )
    AsyncApiClient, Configuration = _client.AsyncApiClient, _configuration.Configuration
    ApiException = _exceptions.ApiException

__all__ = ["ApiException", "AsyncApiClient", "Configuration"]
