"""The worker on both databases: one lane a person, order, fragments, faults, unsends, a whole outcome in one commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from bot.db import conversations, people
from bot.db import inbox as box
from bot.db.tables import (
    BURIED,
    DONE,
    OPEN,
    audit,
    gaps,
    inbox,
    lanes,
    media,
    notices,
    outbox,
    reporters,
    story,
    tickets,
    unsent,
)
from bot.house import House
from bot.worker import Worker
from handlers.vocabulary import (
    Answer,
    Attach,
    Erase,
    Fetch,
    Gap,
    Learn,
    Media,
    Move,
    Notice,
    Open,
    Outcome,
    Rate,
    Reporter,
    Say,
    StoryEntry,
    Tell,
    Turn,
)
from knowledge.model import Place
from tests.house import START, Clock, arrive, echo, event, rows

Make = Callable[..., House]


def work(house: House) -> Worker:
    worker = Worker(house.database, house.tools)
    while worker.step():
        pass
    return worker


def heard(house: House, lane: str = "Usomchai") -> list[str]:
    with house.database.reading() as connection:
        return list(conversations.load(connection, [lane], house.sealing)[lane].extra.get("heard", []))


# --- order and lanes ------------------------------------------------------------------------------


def test_events_of_a_lane_are_handled_in_lines_order(url: str, new_house: Make) -> None:
    house = new_house(url)
    order = [7, 3, 9, 1, 5]
    arrive(house, *(event(n, at=START - 1000 + n) for n in order))
    work(house)
    assert heard(house) == [f"text {n}" for n in sorted(order)]


def test_a_late_older_event_runs_with_its_own_time(url: str, new_house: Make) -> None:
    times: list[Any] = []

    def note(turn: Turn) -> Outcome:
        times.append(turn.incoming.at)
        return echo(turn)

    house = new_house(url, note)
    arrive(house, event(2, at=START - 10))
    work(house)
    arrive(house, event(1, at=START - 20))
    work(house)
    assert heard(house) == ["text 2", "text 1"]
    assert times[0] - times[1] == timedelta(milliseconds=10)


def test_many_lanes_go_into_one_transaction(url: str, new_house: Make) -> None:
    house = new_house(url)
    arrive(house, *(event(n, f"U{n}") for n in range(16)))
    worker = Worker(house.database, house.tools)
    assert worker.step() == 16
    assert (worker.batches, worker.turns) == (1, 16)


def test_an_event_without_a_lane_is_done_and_nobody_is_told(url: str, new_house: Make) -> None:
    house = new_house(url)
    arrive(house, event(1, source=None))
    work(house)
    assert [row.state for row in rows(house.database, inbox)] == [DONE]
    assert rows(house.database, outbox) == []


# --- fragments ------------------------------------------------------------------------------------


def test_fragments_become_one_turn_after_a_second_of_silence(url: str, new_house: Make, clock: Clock) -> None:
    house = new_house(url, fragment_seconds=1)
    worker = Worker(house.database, house.tools)
    for n, pause in ((1, 0.4), (2, 0.7), (3, 0.9)):
        arrive(house, event(n, at=clock()))
        assert worker.step() == 0
        clock.forward(pause)
        assert worker.step() == 0
    clock.forward(0.2)
    assert worker.step() == 3
    assert heard(house) == ["text 1\ntext 2\ntext 3"]
    (letter,) = rows(house.database, outbox)
    assert letter.token == "token3"


def test_who_never_stops_typing_is_answered_after_three_seconds(url: str, new_house: Make, clock: Clock) -> None:
    house = new_house(url, fragment_seconds=1)
    worker, done = Worker(house.database, house.tools), 0
    for n in range(8):
        arrive(house, event(n, at=clock()))
        clock.forward(0.5)
        done += worker.step()
    assert done >= 6


@pytest.mark.parametrize(
    "more",
    [
        {"type": "postback", "message": None, "postback": {"data": "1|home|menu|"}},
        {"message": {"type": "location", "id": "1", "latitude": 13.5, "longitude": 100.6}},
        {"message": {"type": "image", "id": "1", "contentProvider": {"type": "line"}}},
        {"text": "ไฟไหม้"},
    ],
    ids=["tap", "pin", "photo", "danger"],
)
def test_taps_pins_photos_and_dangers_never_wait(url: str, new_house: Make, more: dict[str, Any]) -> None:
    house = new_house(url, fragment_seconds=1)
    arrive(house, event(1, **more))
    assert Worker(house.database, house.tools).step() == 1


def test_an_answer_to_a_question_never_waits(url: str, new_house: Make, clock: Clock) -> None:
    def ask(turn: Turn) -> Outcome:
        return Outcome(
            (Say("house.sorry"),), replace(echo(turn).conversation or turn.conversation, asked="complaint.where")
        )

    house = new_house(url, ask, fragment_seconds=1)
    worker = Worker(house.database, house.tools)
    arrive(house, event(1))
    assert worker.step() == 0
    clock.forward(1.1)
    assert worker.step() == 1
    arrive(house, event(2, at=clock()))
    assert worker.step() == 1


def test_a_danger_takes_the_fragments_before_it_along(url: str, new_house: Make) -> None:
    house = new_house(url, fragment_seconds=1)
    arrive(house, event(1, at=START - 2, text="โรงงานข้างบ้าน"), event(2, at=START - 1, text="ไฟไหม้"))
    assert Worker(house.database, house.tools).step() == 2
    assert heard(house) == ["โรงงานข้างบ้าน\nไฟไหม้"]


def test_a_tap_behind_fragments_lets_them_go_first(url: str, new_house: Make) -> None:
    house = new_house(url, fragment_seconds=1)
    tap = event(2, at=START - 1, type="postback", message=None, postback={"data": "1|home|menu|"})
    arrive(house, event(1, at=START - 2), tap)
    work(house)
    assert heard(house) == ["text 1", "tap"]


# --- faults ---------------------------------------------------------------------------------------


def poison(turn: Turn) -> Outcome:
    if "poison" in turn.incoming.text:
        raise ValueError("secret words of a person")
    return echo(turn)


def test_a_poison_event_is_buried_after_two_and_the_lane_goes_on(url: str, new_house: Make, clock: Clock) -> None:
    house = new_house(url, poison)
    arrive(house, event(1, at=START - 3, text="poison"), event(2, at=START - 2))
    worker = work(house)
    assert heard(house) == []  # the order of the lane holds: the second waits for the first
    clock.forward(0.6)
    while worker.step():
        pass
    first, second = rows(house.database, inbox, "event_id")
    assert (first.state, first.attempts, second.state) == (BURIED, 2, DONE)
    assert "test_worker.py" in first.fault
    assert "secret words" not in first.fault
    assert heard(house) == ["text 2"]
    assert len(rows(house.database, outbox)) == 2  # the person was told, and answered


def test_a_poison_event_harms_no_other_lane_of_its_batch(url: str, new_house: Make) -> None:
    house = new_house(url, poison)
    arrive(house, *(event(n, f"U{n}", text="poison" if n == 7 else "fine") for n in range(16)))
    work(house)
    states = [row.state for row in rows(house.database, inbox, "event_id")]
    assert states.count(DONE) == 15
    assert states.count(OPEN) == 1


def same_code(turn: Turn) -> Outcome:
    return Outcome((), None, (_opened("777-777-777"),)) if "ticket" in turn.incoming.text else echo(turn)


def _opened(code: str, **more: Any) -> Open:
    return replace(Open(code, "complaint", "smell", "normal", "diw", "Smell", {}), **more)


def test_a_write_that_fails_is_replayed_lane_by_lane(url: str, new_house: Make, clock: Clock) -> None:
    """Two lanes want the same code: the second insert breaks the batch, and only its own event is counted down."""
    house = new_house(url, same_code)
    arrive(house, *(event(n, f"U{n}", text="ticket" if n in (3, 8) else "fine") for n in range(16)))
    worker = work(house)
    states = [row.state for row in rows(house.database, inbox, "event_id")]
    assert (states.count(DONE), states.count(OPEN)) == (15, 1)
    clock.forward(0.6)
    while worker.step():
        pass
    assert [row.state for row in rows(house.database, inbox, "event_id")].count(BURIED) == 1
    assert len(rows(house.database, tickets)) == 1


def test_a_taken_ticket_code_is_followed_by_another(url: str, new_house: Make, clock: Clock) -> None:
    house = new_house(url, lambda turn: Outcome((), None, (_opened(turn.code),)))
    taken = house.sealing.code(event(1)["webhookEventId"])
    arrive(house, event(1))
    with house.database.transaction() as connection:
        from bot.db import tickets as write

        write.open_all(connection, [_opened(taken)], START)
    worker = work(house)
    clock.forward(0.6)
    worker.step()
    codes = {row.code for row in rows(house.database, tickets)}
    assert codes == {taken, house.sealing.code(event(1)["webhookEventId"], 1)}


def test_a_flood_is_told_once_and_a_danger_still_passes(url: str, new_house: Make) -> None:
    house = new_house(url, person_per_minute=5)
    arrive(house, *(event(n, at=START - 100 + n) for n in range(9)), event(10, at=START - 50, text="ไฟไหม้"))
    work(house)
    assert heard(house) == [*(f"text {n}" for n in range(5)), "ไฟไหม้"]
    assert len(rows(house.database, outbox)) == 5 + 1 + 1


# --- outcomes -------------------------------------------------------------------------------------


def everything(turn: Turn) -> Outcome:
    at, ids = turn.now, turn.incoming.message_ids
    if turn.tickets:
        return Outcome(
            says=(Say("house.sorry"),),
            acts=(Tell(turn.tickets[0].code, StoryEntry("x", at, "reporter", words="more")),),
        )
    opened = _opened(
        turn.code,
        report={"what": Answer(turn.incoming.text, ids), "when": Answer("tonight", ("other",))},
        place=Place("TH-11", "1101", lat=13.5, lon=100.6, typed="บางปู"),
        reporter=Reporter("0812345678", "สมชาย", True),
        resolve_by=at + timedelta(days=3),
        story=(StoryEntry("story.opened", at, "reporter", words=turn.incoming.text, messages=ids),),
    )
    acts = (
        opened,
        Fetch(Media("m-photo", "image")),
        Attach(turn.code, ("m-photo",)),
        Learn(turn.code, {"factory": Answer("ACME", ("m9",))}, office="ieat", reporter=Reporter("0899999999")),
        Tell(turn.code, StoryEntry("story.staff", at, "house", "staff")),
        Move(turn.code, "acknowledged"),
        Rate(turn.code, 4),
        Notice("ticket.new", turn.code, {"at": at}),
        Gap("unanswered", turn.incoming.text, ("diw",), ids),
    )
    return Outcome(
        (Say("house.sorry", must_arrive=True),), replace(turn.conversation, flow="x", ticket=turn.code), acts
    )


def test_a_whole_outcome_is_written(url: str, new_house: Make, clock: Clock) -> None:
    house = new_house(url, everything)
    arrive(house, event(1, text="กลิ่นเหม็น"))
    work(house)
    (ticket,) = rows(house.database, tickets)
    assert (ticket.kind, ticket.status, ticket.office, ticket.province, ticket.rating, ticket.media) == (
        "complaint", "acknowledged", "ieat", "TH-11", 4, 1,
    )  # fmt: skip
    assert set(orjson.loads(ticket.report)) == {"what", "when", "factory"}
    assert ticket.resolve_by == START + 3 * 24 * 3600 * 1000
    assert [row.audience for row in rows(house.database, story, "id")] == ["reporter", "staff"]
    assert [row.rule for row in rows(house.database, notices)] == ["ticket.new"]
    assert [row.text for row in rows(house.database, gaps)] == ["กลิ่นเหม็น"]
    assert [(row.message, row.code, row.state) for row in rows(house.database, media)] == [
        ("m-photo", ticket.code, "waiting")
    ]
    assert {row.act for row in rows(house.database, audit)} == {"open", "learn", "move", "rate"}
    assert rows(house.database, outbox)[0].must_arrive


def test_the_reporter_is_sealed_and_stands_apart(url: str, new_house: Make) -> None:
    house = new_house(url, everything)
    arrive(house, event(1, text="กลิ่นเหม็น"))
    work(house)
    code = rows(house.database, tickets)[0].code
    for table in (tickets, reporters, story, media, notices, gaps, audit, lanes):
        for row in rows(house.database, table):
            if table is not lanes:
                assert "Usomchai" not in str(row)
            assert "0899999999" not in str(row)
            assert "สมชาย" not in str(row)
    with house.database.reading() as connection:
        assert people.unseal(connection, code, house.sealing) == ("Usomchai", Reporter("0899999999"))
    with house.database.transaction() as connection:
        assert people.reseal(connection, house.sealing) == 1


def test_the_next_turn_sees_the_ticket_and_the_story_for_the_reporter_only(url: str, new_house: Make) -> None:
    seen: list[Any] = []

    def look(turn: Turn) -> Outcome:
        seen.append(turn.tickets)
        return everything(turn)

    house = new_house(url, look)
    arrive(house, event(1, at=START - 2))
    work(house)
    arrive(house, event(2, at=START - 1), event(3, "Uother"))
    work(house)
    first, *later = seen
    assert first == ()
    mine = next(found for found in later if found)
    assert [entry.key for entry in mine[0].story] == ["story.opened"]
    assert () in later  # somebody else's


# --- unsends --------------------------------------------------------------------------------------


def unsend(number: int, message: str, **more: Any) -> dict[str, Any]:
    return event(number, type="unsend", message=None, replyToken=None, unsend={"messageId": message}, **more)


def forgetful(turn: Turn) -> Outcome:
    return Outcome() if turn.incoming.kind == "unsend" else everything(turn)


def test_an_unsend_erases_the_content_everywhere(url: str, new_house: Make) -> None:
    house = new_house(url, forgetful)
    arrive(house, event(1, text="ความลับ"))
    work(house)
    arrive(house, unsend(2, "1001"))
    work(house)
    (ticket,) = rows(house.database, tickets)
    assert set(orjson.loads(ticket.report)) == {"when", "factory"}
    assert rows(house.database, gaps) == []
    for table in (inbox, tickets, story, gaps, notices, outbox, media, audit):
        assert "ความลับ" not in str(rows(house.database, table))
    assert [row.message for row in rows(house.database, unsent)] == ["1001"]


def test_an_unsend_before_its_message_is_remembered(url: str, new_house: Make) -> None:
    house = new_house(url, forgetful)
    arrive(house, unsend(2, "1001"))
    work(house)
    arrive(house, event(1, text="ความลับ"))
    work(house)
    assert rows(house.database, tickets) == []
    assert "ความลับ" not in str(rows(house.database, inbox))
    assert {row.state for row in rows(house.database, inbox)} == {DONE}


def test_an_unsend_in_the_same_body_makes_no_turn_of_its_message(url: str, new_house: Make) -> None:
    house = new_house(url, forgetful)
    arrive(house, event(1, at=START - 2), unsend(2, "1001", at=START - 1))
    work(house)
    assert rows(house.database, tickets) == []


def test_an_unsent_photo_loses_its_bytes(url: str, new_house: Make) -> None:
    house = new_house(url, everything)
    arrive(house, event(1))
    work(house)
    key = house.sealing.media_key("m-photo")
    house.folder.begin(key).write_bytes(b"bytes")
    house.folder.keep(key)
    house.tools.handle  # noqa: B018
    arrive(house, unsend(2, "m-photo"))
    Worker(house.database, replace(house.tools, handle=lambda turn: Outcome(acts=(Erase("m-photo"),)))).step()
    assert house.folder.path(key) is None
    assert [row.state for row in rows(house.database, media)] == ["erased"]
    assert rows(house.database, tickets)[0].media == 0


# --- two workers ----------------------------------------------------------------------------------


def test_a_lane_in_work_is_left_alone_even_when_an_older_event_comes(url: str, new_house: Make) -> None:
    """The race that claiming events loses: newer event claimed, older one committed, a second worker looks."""
    inside, go_on = threading.Event(), threading.Event()

    def slow(turn: Turn) -> Outcome:
        if turn.incoming.text == "newer":
            inside.set()
            assert go_on.wait(10)
        return echo(turn)

    house = new_house(url, slow)
    arrive(house, event(2, at=START - 10, text="newer"))
    first, second = Worker(house.database, house.tools), Worker(house.database, house.tools)
    thread = threading.Thread(target=first.step)
    thread.start()
    assert inside.wait(10)
    arrive(house, event(1, at=START - 20, text="older"), event(3, "Uother", text="other"))
    assert second.step() == 1  # the other lane alone
    assert heard(house) == []
    go_on.set()
    thread.join()
    assert second.step() == 1
    assert heard(house) == ["newer", "older"]
    assert heard(house, "Uother") == ["other"]


def test_four_workers_never_meet_in_a_lane(url: str, new_house: Make) -> None:
    busy: set[str] = set()
    met: list[str] = []
    lock = threading.Lock()

    def watched(turn: Turn) -> Outcome:
        lane = turn.conversation.lane
        with lock:
            met.extend([lane] if lane in busy else [])
            busy.add(lane)
        time.sleep(0.001)
        with lock:
            busy.discard(lane)
        return echo(turn)

    house = new_house(url, watched, person_per_minute=1000)
    for chunk in range(4):
        arrive(house, *(event(chunk * 25 + n, f"U{n % 5}", at=START - 1000 + chunk * 25 + n) for n in range(25)))
    workers = [Worker(house.database, house.tools, many=2) for _ in range(4)]

    def until_empty(worker: Worker) -> None:
        while _left(house):
            worker.step()

    threads = [threading.Thread(target=until_empty, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert met == []
    for n in range(5):
        assert heard(house, f"U{n}") == [f"text {i}" for i in range(100) if i % 5 == n]


def _left(house: House) -> int:
    with house.database.reading() as connection:
        return box.backlog(connection)
