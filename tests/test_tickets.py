"""The table of transitions, walked row by row, and the acts that open and change tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from handlers import tickets
from handlers.tickets import RESOLUTIONS, TRANSITIONS, Transition
from handlers.vocabulary import Attach, Conversation, Incoming, Learn, Move, Notice, Open, Status, Tell, Ticket, Turn
from knowledge.model import Place
from tests.player import MONDAY, knowledge

STATES = get_args(Status)


def ticket(status: str = "new", **parts: Any) -> Ticket:
    return Ticket("FD-1", "complaint", "smell", "normal", status, "diw", "smell", MONDAY, **parts)  # type: ignore[arg-type]


def turn(*held: Ticket, text: str = "more words", now: datetime = MONDAY) -> Turn:
    incoming = Incoming("text", "e1", now, text=text, message_ids=("m1",))
    return Turn(incoming, Conversation("U1"), held, knowledge(), now, "FD-9")


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.act)
def test_a_row_lets_its_people_do_its_act_and_nobody_else(row: Transition) -> None:
    for who in ("reporter", "officer", "supervisor", "house"):
        for status in STATES:
            allowed = any(r.act == row.act and status in r.frm and who in r.who for r in TRANSITIONS)
            found = tickets.transition(row.act, status, who)  # type: ignore[arg-type]
            assert (found is not None) == allowed
            assert found is None or found.to in STATES


def test_every_state_is_left_or_final_and_every_state_but_new_is_reached() -> None:
    reached = {row.to for row in TRANSITIONS} | {"new"}
    left = {status for row in TRANSITIONS for status in row.frm}
    assert reached == set(STATES)
    assert set(STATES) - left == {"withdrawn", "merged"}


def test_only_the_reporter_confirms_and_withdraws() -> None:
    for act in ("confirm", "withdraw", "answer"):
        assert all(row.who == {"reporter"} for row in TRANSITIONS if row.act == act)


def test_closing_carries_what_its_kind_needs() -> None:
    assert tickets.missing("resolve", {}) == ("resolution", "resolution")
    assert tickets.missing("resolve", {"resolution": "fixed"}) == ("evidence",)
    assert tickets.missing("resolve", {"resolution": "fixed", "evidence": "p1"}) == ()
    assert tickets.missing("resolve", {"resolution": "no_fault", "measured": "62 dB"}) == ()
    assert [kind for kind, needs in RESOLUTIONS.items() if not needs] == ["withdrawn"]


def test_the_reporter_may_reopen_what_is_not_fixed() -> None:
    done = tickets.do(turn(ticket("resolved")), ticket("resolved"), "reopen", "still smells")
    assert done is not None
    assert Move("FD-1", "reopened") in done.acts
    assert Notice("reporter.reopen", "FD-1") in done.acts


def test_an_act_that_the_table_does_not_know_does_nothing() -> None:
    assert tickets.do(turn(ticket("merged")), ticket("merged"), "withdraw") is None


def test_a_code_of_somebody_else_finds_nothing() -> None:
    assert tickets.find(turn(ticket()), "FD-2") is None


def test_words_of_the_reporter_wake_a_ticket_that_waited_for_them() -> None:
    waiting = ticket("waiting_for_reporter")
    acts = tickets.tell(turn(waiting), "FD-1", "it is the blue door").acts
    assert Move("FD-1", "in_progress") in acts
    assert Notice("reporter.answered", "FD-1") in acts
    told = next(act for act in acts if isinstance(act, Tell))
    assert (told.entry.words, told.entry.messages, told.entry.by) == ("it is the blue door", ("m1",), "reporter")


def test_words_for_a_ticket_at_work_change_no_state() -> None:
    acts = tickets.tell(turn(ticket("in_progress")), "FD-1", "more").acts
    assert not [act for act in acts if isinstance(act, Move)]


def test_opening_counts_deadlines_and_takes_the_ticket_in_hand() -> None:
    opened = tickets.opened(turn(), "complaint", "smell", "diw", "smell", {})
    act = next(act for act in opened.acts if isinstance(act, Open))
    assert act.code == "FD-9"
    assert opened.conversation is not None
    assert opened.conversation.ticket == "FD-9"
    assert act.acknowledge_by is not None
    assert act.answer_by is not None
    assert act.resolve_by is not None
    assert MONDAY < act.acknowledge_by < act.answer_by < act.resolve_by


def test_emergencies_run_on_clock_time() -> None:
    sunday_night = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    opened = tickets.opened(turn(now=sunday_night), "emergency", "x", "ops", "", {}, deadlines=tickets.EMERGENCY)
    act = next(act for act in opened.acts if isinstance(act, Open))
    assert act.acknowledge_by == sunday_night + timedelta(minutes=15)


def test_photos_and_a_pin_reach_the_ticket() -> None:
    assert Attach("FD-1", ("p1", "p2")) in tickets.attach(turn(ticket()), "FD-1", ("p1", "p2")).acts
    typed = replace(ticket(), place=Place(province="TH-11", typed="behind the temple"))
    placed = tickets.placed(turn(typed), typed, Place(province="TH-11", lat=13.5, lon=100.6))
    learned = next(act for act in placed.acts if isinstance(act, Learn))
    assert learned.place == Place(province="TH-11", lat=13.5, lon=100.6, typed="behind the temple")


def test_the_ticket_in_hand_is_open_and_ones_own() -> None:
    held = replace(turn(ticket()), conversation=Conversation("U1", ticket="FD-1"))
    assert tickets.in_hand(held) is not None
    assert tickets.in_hand(replace(held, tickets=(ticket("closed"),))) is None
    assert tickets.in_hand(replace(held, tickets=())) is None
