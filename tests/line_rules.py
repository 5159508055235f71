"""LINE's published limits as a check for tests, where the checker lies beside the project; else such tests skip."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CHECKER = Path(__file__).parents[2] / "shared" / "line" / "check_request.py"


@cache
def _check_request() -> Callable[..., list[str]]:
    spec = importlib.util.spec_from_file_location("check_request", CHECKER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_request"] = module
    spec.loader.exec_module(module)
    return module.check_request


def faults_of_request(method: str, path: str, body: Any) -> list[str]:
    """What LINE would refuse in this request; skips the test where the checker is not there."""
    if not CHECKER.exists():
        pytest.skip("LINE's rules are not beside the project")
    return _check_request()(method, path, body)


def faults(messages: list[dict[str, Any]]) -> list[str]:
    return faults_of_request("POST", "/v2/bot/message/reply", {"replyToken": "x", "messages": messages})
