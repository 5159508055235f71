"""LINE at its worst, end to end: the real platform of the emulator, HTTP, the SDK, sender and outbox.

Each fault is LINE's own: too many at once, the month used up, a failure before or after the work, silence, a cut
connection, a refusal, a token revoked. A person gets every answer; twins only where LINE cannot tell; nobody waits
for somebody else's fault.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from bot.db import outbox
from bot.db.tables import inbox
from bot.house import House
from tests.house import rows
from tests.whole import PATIENCE, Hears, Whole, until, whole

Make = Callable[..., House]


@pytest.fixture
def hears() -> Hears:
    return Hears()


@pytest.fixture
def on(tmp_path: Any, sqlite_template: Any, new_house: Make, hears: Hears) -> Iterator[Whole]:
    (tmp_path / "house.db").write_bytes(sqlite_template.read_bytes())
    with whole(new_house, f"sqlite:///{tmp_path / 'house.db'}", hears, line_seconds=1.0) as made:
        yield made


def met(on: Whole, who: str = "somchai") -> str:
    """Somebody who has been answered once, so that pushes reach them."""
    on.line.say(who, "hello")
    on.wait(who, 1)
    return on.line.person(who).id


def put(on: Whole, lane: str, text: str = "news", must: bool = False, **message: Any) -> None:
    """News for somebody, which can only be pushed."""
    bubble = message or {"type": "text", "text": text}
    with on.house.database.transaction() as connection:
        outbox.put(connection, [outbox.row(lane, [bubble], on.clock.millis(), must_arrive=must)])
    on.house.wake.written()


def ready(on: Whole) -> dict[str, Any]:
    return dict(httpx.get(f"{on.door}/readyz").json())


def bubbles(on: Whole, who: str = "somchai") -> int:
    return len(on.line.answers(who))


# --- replies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whim", ["rate", "500", "drop", "hang"])
def test_a_reply_that_fails_before_the_work_goes_again_with_its_token(on: Whole, whim: str) -> None:
    on.line.misbehave("reply", whim)
    on.line.say("somchai", "hello")
    on.wait("somchai", 1)
    assert bubbles(on) == 1
    assert on.calls("/push") == []
    assert on.states() == ["sent"]


@pytest.mark.parametrize("whim", ["500", "drop", "hang"])
def test_a_reply_done_although_it_failed_is_no_twin(on: Whole, whim: str) -> None:
    on.line.misbehave("reply", whim, after=True)
    on.line.say("somchai", "hello")
    until(lambda: on.states() == ["unclear"])
    assert bubbles(on) == 1
    assert on.calls("/push") == []
    assert ready(on)["outbox"]["unclear"] == 1


def test_what_must_arrive_is_pushed_when_nobody_knows(on: Whole) -> None:
    on.line.misbehave("reply", "500", after=True)
    on.line.say("somchai", "!")
    on.wait("somchai", 2)
    assert on.states() == ["sent"]


def test_a_token_that_somebody_used_becomes_a_push(on: Whole, hears: Hears) -> None:
    def spend() -> None:
        on.line.line.tokens.spend(rows(on.house.database, inbox)[0].token)

    hears.before = spend
    on.line.say("somchai", "hello")
    on.wait("somchai", 1)
    assert [status for _, status in on.calls("/reply")] == [400]
    assert [status for _, status in on.calls("/push")] == [200]


def test_an_answer_after_the_tokens_life_is_a_push(on: Whole) -> None:
    with on.house.database.holding([on.line.person("somchai").id], 1):  # another worker dawdles over the lane
        on.line.say("somchai", "hello")
        assert on.line.idle()
        on.clock.ahead += 61
        time.sleep(0.5)  # a look that began before the minute passed has ended
    on.wait("somchai", 1)
    assert on.calls("/reply") == []
    assert [status for _, status in on.calls("/push")] == [200]


def test_a_redelivered_event_is_answered_once_and_by_its_token(on: Whole) -> None:
    on.house.door.closed = True
    on.line.say("somchai", "hello")
    time.sleep(0.1)
    on.house.door.closed = False
    on.wait("somchai", 1)
    assert on.calls("/push") == []
    assert len(rows(on.house.database, inbox)) == 1


# --- pushes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True], ids=["before the work", "after the work"])
@pytest.mark.parametrize("whim", ["500", "drop", "hang"])
def test_a_push_arrives_once_whatever_line_says(on: Whole, whim: str, after: bool) -> None:
    lane = met(on)
    on.line.misbehave("push", whim, after=after)
    put(on, lane)
    on.wait("somchai", 2)
    assert bubbles(on) == 2
    assert on.calls("/push")[-1][1] == (409 if after else 200)
    assert on.states() == ["sent", "sent"]


def test_pushes_park_with_the_month_used_up_and_ride_with_the_next_reply(on: Whole) -> None:
    lane = met(on)
    on.line.set_quota(0)
    put(on, lane, "first news")
    until(lambda: on.states() == ["sent", "parked"])
    assert ready(on)["outbox"]["parked"] == 1
    on.line.say("malee", "hello")  # replies are free, and go on
    on.wait("malee", 1)
    assert on.states() == ["sent", "parked", "sent"]
    on.line.say("somchai", "any news?")
    on.wait("somchai", 3)
    assert "first news" in [one["text"] for one in on.line.answers("somchai")]
    assert ready(on)["outbox"]["parked"] == 0
    assert on.line.line.sending.used == 0
    assert [status for _, status in on.calls("/push")] == [429]  # never tried in vain a second time


def test_a_parked_push_goes_when_the_next_month_begins(on: Whole) -> None:
    lane = met(on)
    on.line.set_quota(0)
    put(on, lane)
    until(lambda: on.states() == ["sent", "parked"])
    on.line.set_quota(None)
    on.clock.ahead += 3601
    on.wait("somchai", 2)
    assert on.states() == ["sent", "sent"]


def test_a_card_that_line_refuses_is_said_in_plain_words(on: Whole) -> None:
    lane = met(on)
    bad = {"type": "bubble", "body": {"type": "box", "layout": "sideways", "contents": []}}
    put(on, lane, type="flex", altText="The office has an answer", contents=bad)
    on.wait("somchai", 2)
    assert on.line.answers("somchai")[-1] == {"type": "text", "text": "The office has an answer"}
    assert [status for _, status in on.calls("/push")] == [400, 200]


def test_what_line_never_takes_is_dead_and_shown_and_the_next_goes(on: Whole) -> None:
    lane = met(on)
    put(on, "U" + "0" * 32)
    put(on, lane)
    on.wait("somchai", 2)
    until(lambda: on.states() == ["sent", "dead", "sent"])
    assert ready(on)["outbox"]["dead"] == 1


def test_who_blocked_us_gets_nothing_and_nothing_waits(on: Whole) -> None:
    """LINE says 200 and drops it; after the unfollow has come we do not even try."""
    lane = met(on)
    on.line.misbehave("webhook", "late", seconds=PATIENCE)
    on.line.block("somchai")
    put(on, lane)
    until(lambda: on.states() == ["sent", "sent"])
    assert bubbles(on) == 1
    assert on.line.line.sending.dropped == 1


# --- everybody ---------------------------------------------------------------------------------------------------


def test_one_call_that_hangs_holds_up_nobody_else(
    tmp_path: Any, sqlite_template: Any, new_house: Make, hears: Hears
) -> None:
    (tmp_path / "house.db").write_bytes(sqlite_template.read_bytes())
    with whole(new_house, f"sqlite:///{tmp_path / 'house.db'}", hears, line_seconds=12) as on:
        on.line.misbehave("reply", "hang", seconds=12)
        on.line.say("somchai", "hello")
        until(lambda: on.states() == ["sending"])
        for number in range(20):
            on.line.say(f"other{number}", "hello")
        for number in range(20):
            on.line.wait_for(f"other{number}", 1)
        assert on.states()[0] == "sending"  # the hanging call has not even been given up


def test_a_revoked_token_halts_sending_and_nothing_dies(on: Whole) -> None:
    on.line.misbehave("*", "401", times=None)
    for who in ("somchai", "malee", "aung"):
        on.line.say(who, "hello")
    until(lambda: ready(on)["sending"] == "halted")
    assert ready(on)["ready"]  # the door goes on taking
    on.line.say("anan", "hello")
    # each was refused once and rests; one still on its way would be refused after the clock has moved, and rest anew
    until(lambda: len(on.calls("/reply")) == 4 and on.states() == ["waiting"] * 4)
    on.line.behave()  # somebody issued a new one
    on.clock.ahead += 61
    for who in ("somchai", "malee", "aung", "anan"):
        on.line.wait_for(who, 1)
    until(lambda: ready(on)["sending"] == "ok")
    assert on.states() == ["sent"] * 4


def test_an_hour_of_failures_drains_in_order_for_each_person(on: Whole) -> None:
    on.line.misbehave("*", "500", times=None)
    for number in range(3):
        for who in ("somchai", "malee"):
            on.line.say(who, f"!{number}")
    until(lambda: len(on.letters()) == 6)
    on.line.behave()
    for _ in range(3):
        on.clock.ahead += 3600
        time.sleep(0.2)
    for who in ("somchai", "malee"):
        on.line.wait_for(who, 3)
    until(lambda: on.states() == ["sent"] * 6)
    for lane in {row.lane for row in on.letters()}:
        ended = [row.done_at for row in on.letters() if row.lane == lane]
        assert ended == sorted(ended)
