"""The emulator's own checker refuses what LINE refuses, and agrees with a second reading of LINE's documents."""

from __future__ import annotations

import copy
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emulator.counting import graphemes, utf16
from bot.emulator.limits import faults

SHARED = Path(__file__).resolve().parents[2] / "shared" / "line"
PUSH = "/v2/bot/message/push"
SOMEBODY = "U00000000000000000000000000000001"
NO_ENDPOINT = {"no such endpoint", "content on the wrong host"}  # the platform's routes know, not its limits


def places(message: dict[str, Any], to: str = SOMEBODY) -> set[str]:
    return {fault.property for fault in faults("POST", PUSH, {"to": to, "messages": [message]})}


def quick(*actions: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "text",
        "text": "?",
        "quickReply": {"items": [{"type": "action", "action": one} for one in actions]},
    }


def bubble(*parts: dict[str, Any]) -> dict[str, Any]:
    body = {"type": "box", "layout": "vertical", "contents": list(parts)}
    return {"type": "flex", "altText": "all of it", "contents": {"type": "bubble", "body": body}}


@pytest.mark.parametrize(
    ("text", "units", "letters"),
    [("น้ำ", 3, 1), ("ที่นี่", 6, 2), ("👨‍👩‍👧", 8, 1), ("🇹🇭🇹🇭", 8, 2), ("a\r\nb", 4, 3), ("กำ", 2, 1), ("", 0, 0)],
)
def test_thai_letters_with_marks_count_one_on_buttons(text: str, units: int, letters: int) -> None:
    assert (utf16(text), graphemes(text)) == (units, letters)


@pytest.mark.parametrize(("text", "good"), [("ก" * 5000, True), ("ก" * 5001, False), ("🔥" * 2501, False), ("", False)])
def test_text_is_at_most_5000_utf16_units(text: str, good: bool) -> None:
    assert places({"type": "text", "text": text}) == (set() if good else {"messages[0].text"})


@pytest.mark.parametrize(("label", "good"), [("ที่" * 20, True), ("ที่" * 21, False), ("", False)])
def test_label_of_a_quick_reply_is_at_most_20_letters(label: str, good: bool) -> None:
    found = places(quick({"type": "postback", "label": label, "data": "x"}))
    assert found == (set() if good else {"messages[0].quickReply.items[0].action.label"})


@pytest.mark.parametrize(("many", "good"), [(13, True), (14, False), (0, False)])
def test_quick_replies_are_at_most_13(many: int, good: bool) -> None:
    found = places(quick(*[{"type": "camera", "label": "c"}] * many))
    assert found == (set() if good else {"messages[0].quickReply.items"})


@pytest.mark.parametrize(
    ("uri", "good"),
    [
        ("https://example.com/a", True),
        ("tel:1669", True),
        ("line://nv/location", True),
        ("javascript:alert(1)", False),
        ("https://example.com/ไทย", False),
        ("mailto:a@example.com", False),
        ("https://[bad", False),
        ("", False),
    ],
)
def test_links_open_by_known_schemes_only(uri: str, good: bool) -> None:
    found = places(quick({"type": "uri", "label": "go", "uri": uri}))
    assert found == (set() if good else {"messages[0].quickReply.items[0].action.uri"})


def test_actions_of_quick_replies_stand_nowhere_else() -> None:
    button = {"type": "button", "action": {"type": "location", "label": "where"}}
    assert places(bubble(button)) == {"messages[0].contents.body.contents[0].action.type"}


@pytest.mark.parametrize(("length", "good"), [(300, True), (301, False)])
def test_postback_data_is_at_most_300(length: int, good: bool) -> None:
    found = places(quick({"type": "postback", "label": "x", "data": "d" * length}))
    assert found == (set() if good else {"messages[0].quickReply.items[0].action.data"})


def test_alt_text_and_size_of_a_card_are_limited() -> None:
    card = bubble({"type": "text", "text": "ก" * 10_300})
    assert places(card) == {"messages[0].contents"}
    assert places({**bubble({"type": "text", "text": "x"}), "altText": "x" * 1501}) == {"messages[0].altText"}


def test_messages_are_one_to_five() -> None:
    for many, good in ((0, False), (1, True), (5, True), (6, False)):
        body = {"to": SOMEBODY, "messages": [{"type": "text", "text": "x"}] * many}
        assert bool(faults("POST", PUSH, body)) is not good


@pytest.mark.parametrize("odd", [None, [], "x", 7, {"to": 5, "messages": {}}, {"messages": [None, 3, {"type": []}]}])
def test_nonsense_is_a_fault_and_never_a_crash(odd: Any) -> None:
    assert faults("POST", PUSH, odd)


# --- against the second reading --------------------------------------------------------------------------------------

needs_shared = pytest.mark.skipif(not (SHARED / "check_request.py").exists(), reason="the second checker is not here")


def second_checker() -> Callable[..., list[str]]:
    name = "second_reading"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, SHARED / "check_request.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name].check_request  # type: ignore[no-any-return]


def cases() -> list[dict[str, Any]]:
    path = SHARED / "examples" / "cases.json"
    if not path.exists():
        return []
    every = json.loads(path.read_text(encoding="utf-8").replace("@@5001", "a" * 5001).replace("@@30K", "ก" * 10_300))
    return [case for case in every if case["mode"] == "request" and case["name"] not in NO_ENDPOINT]


@needs_shared
@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_examples_have_the_faults_that_are_expected(case: dict[str, Any]) -> None:
    found = faults(case["method"], urlsplit(case["path"]).path, case.get("body"), case.get("retryKey"))
    assert sorted({fault.property for fault in found}) == sorted(case["errors"])


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for key, one in inner for spot in spots(one, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """The value with something else, or nothing, at one place."""
    whole = copy.deepcopy(value)
    holder = whole
    for key in path[:-1]:
        holder = holder[key]
    if by is DROP:
        del holder[path[-1]]
    else:
        holder[path[-1]] = by
    return whole


DROP = object()
ODD = [DROP, "", "x", "ก" * 61, "x" * 1600, "#12345", 7, -1, 1.5, True, [], {}, "http://a.b/c", "https://a.b/c"]
# Where the OpenAPI documents are silent and we follow the prose: a menu's sizes, a carousel of bubbles, ASCII tracking.
STRICTER = ("bounds", "size", "contents.contents", "trackingId")
GOOD = [case for case in cases() if not case["errors"] and case.get("body")]


@needs_shared
@given(data=st.data())
def test_what_the_second_reading_refuses_is_refused_and_little_else(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(GOOD))
    path = data.draw(st.sampled_from(spots(case["body"])[1:]))
    body = changed(case["body"], path, data.draw(st.sampled_from(ODD)))
    try:
        second = second_checker()(case["method"], case["path"], body, case.get("retryKey"))
    except (TypeError, AttributeError):
        second = ["it gave up"]  # the second checker is not made for every wrong type
    own = faults(case["method"], urlsplit(case["path"]).path, body, case.get("retryKey"))
    assert own or not second, (path, second)
    stricter = any(one in fault.property for fault in own for one in STRICTER)
    assert second or not own or stricter, (path, own)
