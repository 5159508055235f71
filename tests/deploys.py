"""What a deploy can do to a form in mid-talk, as other forms: one question more, one less, another order."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from handlers.draft import Flow, Question
from handlers.flows import complaint
from handlers.readers import Words, YesNo


def one_more(flow: Flow) -> Flow:
    """A new question that must be answered, before the photos."""
    at = next(i for i, question in enumerate(flow.questions) if question.field == "photos")
    new = Question("factory", Words())
    rest = tuple(q for q in flow.questions[at:] if q.field != "factory")
    return replace(flow, questions=(*(q for q in flow.questions[:at] if q.field != "factory"), new, *rest))


def one_less(flow: Flow) -> Flow:
    return replace(flow, questions=tuple(q for q in flow.questions if q.field != "phone"))


def other_order(flow: Flow) -> Flow:
    return replace(flow, questions=(*flow.questions[:-1][::-1], flow.questions[-1]))


def other_reader(flow: Flow) -> Flow:
    """The factory is now a yes or no: stored names no longer read."""
    changed = (replace(q, reader=YesNo(), optional=True) if q.field == "factory" else q for q in flow.questions)
    return replace(flow, questions=tuple(changed))


DEPLOYS = {"one_more": one_more, "one_less": one_less, "other_order": other_order, "other_reader": other_reader}


def swap(flows: Any, name: str) -> None:
    """The house after the deploy: the complaint's form is another one."""
    form = DEPLOYS[name](complaint.FLOW)
    flows["complaint"] = SimpleNamespace(
        NAME="complaint", FLOW=form, start=complaint.start, tap=complaint.tap, add=complaint.add
    )
