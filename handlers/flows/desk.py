"""Cards for staff on LINE: take a ticket with one tap, and go on. The rest is the console's, one tap further.

Only a linked account acts here; a tap on somebody else's card, or on a ticket of another office, finds nothing. A
member who reports something privately is a citizen like any other: only cards and the word for "my work" lead here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers import people, staff, staff_cards
from handlers.cases import Case
from handlers.staff import Ground, Refused
from handlers.staff_cards import Scene
from handlers.vocabulary import Change, Outcome, Say, T, Tap, Turn

NAME = "desk"
ON_LINE = {"take": "notices.taken", "start": "notices.started"}  # acts that need no words, and what is said after


def start(turn: Turn, text: str = "") -> Outcome:
    """What is in the member's hands."""
    return _say(turn, Say(card=staff_cards.work(turn.work, _scene(turn, None))))


def tap(turn: Turn, tap: Tap) -> Outcome | None:
    if turn.member is None:
        return _say(turn, Say("desk.not_linked"))
    if tap.field == "work":
        return start(turn)
    case = turn.case
    if case is None or not people.reaches(turn.member, case.held):
        return _say(turn, Say("desk.no_case"))
    if tap.field == "show":
        return _say(turn, Say(card=staff_cards.shown(_scene(turn, case))))
    if tap.field == "elsewhere":
        return _say(turn, Say(card=staff_cards.elsewhere(_scene(turn, case))))
    if tap.field == "decline":
        return _decline(turn, case, tap.value.partition(":")[2])
    return _act(turn, case, tap.field) if tap.field in ON_LINE else None


def _decline(turn: Turn, case: Case, office: str) -> Outcome:
    """Not ours, but X's: the second tap says whose it is."""
    assert turn.member is not None
    done = staff.do(Ground(case, turn.member, {"office": office}, turn.now, turn.knowledge), "decline")
    if isinstance(done, Refused):
        return _say(turn, replace(refusal(done), card=staff_cards.shown(_scene(turn, case))))
    to = next(str(act.fields["office"]) for act in done.acts if isinstance(act, Change))
    body = turn.knowledge.body(to)
    gone = {"code": case.code, "office": body.name if body else to}
    return done + _say(turn, Say("notices.passed_on", gone, must_arrive=True))


def _act(turn: Turn, case: Case, act: str) -> Outcome:
    assert turn.member is not None
    done = staff.do(Ground(case, turn.member, {}, turn.now, turn.knowledge), act)
    if isinstance(done, Refused):
        return _say(turn, replace(refusal(done), card=staff_cards.shown(_scene(turn, case))))
    after = _after(case, done, turn)
    return done + _say(turn, Say(card=staff_cards.done(ON_LINE[act], _scene(turn, after)), must_arrive=True))


def _after(case: Case, done: Outcome, turn: Turn) -> Case:
    """The ticket as it stands once the act is written."""
    changed: dict[str, Any] = {}
    for act in done.acts:
        if isinstance(act, Change):
            changed |= {name: value for name, value in act.fields.items() if hasattr(case, name)}
    mine = turn.member is not None and changed.get("assignee") == turn.member.id
    name = turn.member.name if mine and turn.member else case.assignee_name
    return replace(case, **changed, assignee_name=name)


def _scene(turn: Turn, case: Case | None) -> Scene:
    return Scene(case, turn.knowledge, turn.now, turn.base)


def refusal(refused: Refused) -> Say:
    """The words of a refusal; values that name a text are said, not shown."""
    values = {name: _text(value) for name, value in (refused.values or {}).items()}
    return Say(refused.key, values)


def _text(value: object) -> object:
    return T(value) if isinstance(value, str) and value.startswith(("status.", "desk.field.")) else value


def _say(turn: Turn, say: Say) -> Outcome:
    return Outcome((say,), turn.conversation)
