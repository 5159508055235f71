"""Forged, old and odd taps and texts: whatever a button carries, nobody's flow breaks and LINE takes the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.vocabulary import Answer, Open
from tests.talking import Talk, ticket

FIELDS = {
    "home": ("go", "lang", "resume", "x", ""),
    "guidance": ("~", "refer", "not_meant", "none", "pick", "person", "anywhere", "x", ""),
    "my_tickets": (
        "~", "show", "add", "news", "story", "confirm", "reopen", "rate", "stars", "withdraw", "withdraw_sure", "page",
        "x",
    ),
    "person": ("~", "", "ask", "x"),
}  # fmt: skip
VALUES = [
    "",
    "thti",
    "AAA-AAA-111",
    "AAA-AAA-111:5",
    "AAA-AAA-111:9",
    ":",
    "|",
    "complaint",
    "__class__",
    "../x",
    "-1",
    "9" * 40,
    "😀" * 200,
]
ODD = [
    "",
    "\x00",
    "{0.__class__}",
    "ก" * 3000,
    "1" * 200,
    "AAA-AAA-111 " * 50,
    "๙",
    "²",
    "½",
    "((((",
    "\n\n\n",
    "ไม่",
    "no",
]
taps = st.sampled_from([(flow, field) for flow, fields in FIELDS.items() for field in fields])
tickets_ = (ticket(), ticket("BBB-BBB-222", status="closed"))


@given(st.lists(st.one_of(st.tuples(taps, st.sampled_from(VALUES)), st.sampled_from(ODD)), min_size=1, max_size=6))
def test_no_order_of_forged_taps_and_odd_words_breaks_anything(steps: list[object]) -> None:
    talk = Talk(tickets=tickets_)
    for step in steps:
        if isinstance(step, str):
            said = talk.says(step)
        else:
            (flow, field), value = step  # type: ignore[misc]
            said = talk.taps(flow, field, value)
        assert said.says, step  # no dead end
        assert not any(isinstance(act, Open) and not act.summary.strip() for act in said.acts)


@pytest.mark.parametrize("flow", ["guidance", "my_tickets", "person", "home"])
def test_what_other_code_stored_breaks_nothing(flow: str) -> None:
    odd = {"question": Answer({"a": 1}), "place": Answer([3]), "shown": Answer({"x": 2}), "refer": Answer(None)}
    for asked in (
        "",
        flow,
        f"{flow}.",
        f"{flow}.pick",
        f"{flow}.place",
        f"{flow}.refer",
        f"{flow}.rate:",
        f"{flow}.add:x",
    ):
        talk = Talk()
        extra = {"offers": {"numbers": "many", "list": [[], 7, ["1|x"]]}}
        talk.conversation = replace(talk.conversation, flow=flow, asked=asked, drafts={flow: odd}, extra=extra)
        assert talk.says("1").says
        assert talk.says("สวัสดีค่ะ").says
