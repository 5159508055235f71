"""Cards for staff on LINE: take a ticket with one tap. The rest of the work is the console's, one tap further.

Only a linked account acts here; a tap on somebody else's card, or on a ticket of another office, finds nothing.
"""

from __future__ import annotations

from handlers import people, staff
from handlers.staff import Ground, Refused
from handlers.vocabulary import Outcome, Say, T, Tap, Turn

NAME = "desk"
ON_LINE = ("take", "start")  # acts that need no words


def tap(turn: Turn, tap: Tap) -> Outcome | None:
    if turn.member is None:
        return _say(turn, Say("desk.not_linked"))
    case = turn.case
    if case is None or not people.reaches(turn.member, case.held):
        return _say(turn, Say("desk.no_case"))
    if tap.field not in ON_LINE:
        return None
    done = staff.do(Ground(case, turn.member, {}, turn.now, turn.knowledge), tap.field)
    if isinstance(done, Refused):
        return _say(turn, refusal(done))
    return done + _say(turn, Say("desk.done.take", {"code": case.code}))


def refusal(refused: Refused) -> Say:
    """The words of a refusal; values that name a text are said, not shown."""
    values = {name: _text(value) for name, value in (refused.values or {}).items()}
    return Say(refused.key, values)


def _text(value: object) -> object:
    return T(value) if isinstance(value, str) and value.startswith(("status.", "desk.field.")) else value


def _say(turn: Turn, say: Say) -> Outcome:
    return Outcome((say,), turn.conversation)
