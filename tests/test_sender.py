"""The sender on both databases: replies while they are free, pushes with a key, and what every answer of LINE means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson

from bot.db import outbox as box
from bot.db import quotes
from bot.db.tables import outbox
from bot.house import House
from bot.line.client import OutOfQuota, SendLater, SendNever, TokenRefused, Unauthorised, Unclear
from bot.post import Rules
from bot.sender import Sender
from tests.house import START, Clock, Mailbox, rows

Make = Callable[..., House]
BUBBLE = [{"type": "text", "text": "ได้รับแล้ว"}]
CARD = [{"type": "flex", "altText": "ทั้งหมด", "contents": {"type": "bubble"}}]


class Keys:
    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        return f"00000000-0000-0000-0000-{self.made:012d}"


def sender(house: House, mailbox: Mailbox, clock: Clock, **more: Any) -> Sender:
    return Sender(house.database, mailbox, house.wake, clock, Rules(Keys(), lambda: 1.0), **more)


def put(house: House, *lanes: str, token: str = "t", at: int = START, messages: Any = None, must: bool = False) -> None:
    with house.database.transaction() as connection:
        box.put(
            connection,
            [
                box.row(lane, messages or BUBBLE, at, f"e{number}", token and f"{token}{number}", at, must)
                for number, lane in enumerate(lanes)
            ],
        )


def go(one: Sender, steps: int = 4) -> None:
    """So many rounds of claiming, sending and noting."""

    async def rounds() -> None:
        for _ in range(steps):
            await one.step()
            await idle(one)

    asyncio.run(rounds())


async def idle(one: Sender) -> None:
    while one._flying or one._noting:
        await asyncio.sleep(0.002)


def states(house: House) -> list[str]:
    return [row.state for row in rows(house.database, outbox, "id")]


# --- the way that is free -------------------------------------------------------------------------


def test_an_answer_goes_as_a_reply_and_its_words_are_forgotten(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, "Ua")
    go(sender(house, mailbox, clock))
    assert mailbox.replies == [("t0", BUBBLE)]
    (row,) = rows(house.database, outbox)
    assert (row.state, row.how, row.messages) == ("sent", "reply", "[]")


def test_a_token_that_is_too_old_is_not_tried(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, "Ua")
    clock.forward(59)
    go(sender(house, mailbox, clock))
    assert mailbox.tried == ["push Ua 00000000-0000-0000-0000-000000000001"]


def test_a_refused_token_becomes_a_push(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([TokenRefused("Invalid reply token")])
    put(house, "Ua")
    go(sender(house, mailbox, clock))
    assert [one.split()[0] for one in mailbox.tried] == ["reply", "push"]
    assert states(house) == ["sent"]


def test_a_lane_gets_its_answers_in_order_and_others_do_not_wait(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([SendLater("429")])
    put(house, "Ua", "Ua", "Ub")
    one = sender(house, mailbox, clock)
    go(one, 1)
    assert [token for token, _ in mailbox.replies] == ["t2"]
    clock.forward(1)
    go(one)
    assert [token for token, _ in mailbox.replies] == ["t2", "t0", "t1"]


def test_what_must_arrive_passes_any_queue(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, *(f"U{n}" for n in range(50)))
    put(house, "Uurgent", token="urgent", must=True)
    go(sender(house, mailbox, clock, at_once=8), 1)
    assert "urgent0" in [token for token, _ in mailbox.replies]


# --- what fails -----------------------------------------------------------------------------------


def test_an_unclear_reply_is_tried_again_with_the_same_token(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([Unclear("500"), Unclear("timeout")])
    put(house, "Ua")
    one = sender(house, mailbox, clock)
    for _ in range(3):
        go(one, 1)
        clock.forward(2)
    assert mailbox.tried == ["reply t0"] * 3
    assert states(house) == ["sent"]


def test_a_reply_that_stays_unclear_is_pushed_only_if_it_must_arrive(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([Unclear("500"), Unclear("500")])
    put(house, "Ua")
    put(house, "Ub", must=True)
    one = sender(house, mailbox, clock)
    go(one, 1)
    clock.forward(61)
    go(one)
    assert [to for to, _, _ in mailbox.pushes] == ["Ub"]
    assert states(house) == ["unclear", "sent"]


def test_an_unclear_reply_whose_token_is_then_refused_was_most_likely_ours(
    url: str, new_house: Make, clock: Clock
) -> None:
    house, mailbox = new_house(url), Mailbox([Unclear("500"), TokenRefused("used")])
    put(house, "Ua")
    one = sender(house, mailbox, clock)
    go(one, 1)
    clock.forward(2)
    go(one)
    assert states(house) == ["unclear"]
    assert mailbox.pushes == []


def test_a_push_keeps_key_bytes_and_recipient_over_all_its_tries(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([Unclear("500"), SendLater("429"), Unclear("timeout")])
    put(house, "Ua", token="")
    for _ in range(4):
        go(sender(house, mailbox, clock), 1)
        clock.forward(10)
    assert mailbox.tried == ["push Ua 00000000-0000-0000-0000-000000000001"] * 4
    assert states(house) == ["sent"]


def test_waiting_grows_with_each_try_and_never_in_step(url: str, new_house: Make, clock: Clock) -> None:
    waits = []
    house, mailbox = new_house(url), Mailbox([Unclear("500")] * 30)
    put(house, "Ua", token="")
    one = sender(house, mailbox, clock)
    for _ in range(12):
        go(one, 1)
        (row,) = rows(house.database, outbox)
        waits.append(row.due - clock())
        clock.at = row.due
    assert waits[:4] == [500, 1000, 2000, 4000]
    assert max(waits) == 300_000


def test_an_answer_is_dead_and_visible_after_23_hours(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([Unclear("500")] * 9)
    put(house, "Ua", token="")
    one = sender(house, mailbox, clock)
    go(one, 1)
    clock.forward(23 * 3600 + 60)
    go(one, 1)
    assert len(mailbox.tried) == 1
    with house.database.reading() as connection:
        (shown,) = box.unsent(connection)
    assert shown["state"] == "dead"
    with house.database.transaction() as connection:
        assert box.revive(connection, [shown["id"]], clock()) == 1
    go(sender(house, Mailbox(), clock), 1)
    assert states(house) == ["sent"]


def test_a_refused_card_is_said_in_plain_words_once(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([SendNever(400, "The request body has 1 error(s)")])
    put(house, "Ua", messages=CARD)
    go(sender(house, mailbox, clock))
    ((token, said),) = mailbox.replies
    assert (token, [one["type"] for one in said]) == ("t0", ["text"])
    assert "ทั้งหมด" in said[0]["text"]


def test_what_line_never_takes_is_dead_at_once_and_the_next_goes(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([SendNever(400, "x"), SendNever(400, "x")])
    put(house, "Ua", "Ua", token="")
    go(sender(house, mailbox, clock))
    assert states(house) == ["dead", "sent"]


def test_an_unknown_person_is_dead_without_plain_words(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([SendNever(400, "Failed to send messages")])
    put(house, "Ua", token="")
    go(sender(house, mailbox, clock))
    assert (states(house), len(mailbox.tried)) == (["dead"], 1)


def test_a_refused_access_token_halts_everything_and_nothing_dies(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([Unauthorised("x")])
    put(house, "Ua")
    one = sender(house, mailbox, clock)
    go(one, 1)
    assert one.halted
    put(house, *(f"U{n}" for n in range(20)), token="later")
    mailbox.next_ = [Unauthorised("x")] * 3
    go(one, 3)
    assert len(mailbox.tried) == 4  # one letter at a time asks
    assert set(states(house)) == {"waiting"}
    clock.forward(61)
    go(one, 40)
    assert not one.halted
    assert set(states(house)) == {"sent"}


# --- quota ----------------------------------------------------------------------------------------


def test_pushes_are_parked_by_the_monthly_quota_and_replies_go_on(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([OutOfQuota("You have reached your monthly limit.")])
    put(house, "Ua", token="")
    one = sender(house, mailbox, clock)
    go(one, 1)
    assert states(house) == ["parked"]
    put(house, "Ub")
    go(one)
    assert states(house) == ["parked", "sent"]


def test_parked_pushes_ride_with_the_next_reply(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([OutOfQuota("x")])
    put(house, "Ua", token="", messages=[{"type": "text", "text": "parked"}])
    one = sender(house, mailbox, clock)
    go(one, 1)
    put(house, "Ua", token="fresh")
    go(one)
    assert mailbox.replies == [("fresh0", [{"type": "text", "text": "parked"}, *BUBBLE])]
    assert states(house) == ["sent", "sent"]
    assert len(mailbox.tried) == 2


def test_no_more_ride_along_than_a_reply_can_hold(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox([OutOfQuota("x")] * 9)
    one = sender(house, mailbox, clock)
    for n in range(6):
        put(house, "Ua", token="", messages=[{"type": "text", "text": f"parked {n}"}])
        go(one, 1)
    mailbox.next_ = []
    put(house, "Ua", token="fresh")
    go(one, 1)
    ((_, said),) = mailbox.replies
    assert [body["text"] for body in said[:-1]] == ["parked 2", "parked 3", "parked 4", "parked 5"]
    assert states(house).count("parked") == 2


# --- stale ----------------------------------------------------------------------------------------


def test_a_stale_answer_is_dropped_when_a_newer_one_waits(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, "Ua")
    put(house, "Ub")
    put(house, "Uc", must=True)
    clock.forward(11)
    put(house, "Ua", "Uc", token="new", at=clock())
    go(sender(house, mailbox, clock))
    assert sorted(token for token, _ in mailbox.replies) == ["new0", "new1", "t0", "t0"]
    assert states(house) == ["stale", "sent", "sent", "sent", "sent"]


def test_answers_made_close_together_are_all_sent(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, "Ua", "Ua", "Ua")
    go(sender(house, mailbox, clock))
    assert states(house) == ["sent"] * 3


# --- crashes and many senders ---------------------------------------------------------------------


def test_a_claim_left_by_a_dead_sender_is_taken_up_with_the_same_key(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, "Ua", token="")
    dead = sender(house, mailbox, clock)
    (letter,) = dead._claim(10)
    assert sender(house, mailbox, clock)._claim(10) == []
    clock.forward(16)
    go(sender(house, mailbox, clock))
    assert mailbox.tried == [f"push Ua {letter.retry_key}"]


def test_a_lone_house_takes_up_what_its_last_life_left(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, "Ua")
    sender(house, mailbox, clock)._claim(10)
    with house.database.transaction() as connection:
        assert box.take_back_claims(connection, clock()) == 1
    go(sender(house, mailbox, clock))
    assert mailbox.tried == ["reply t0"]


def test_two_senders_never_carry_the_same_letter(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, *(f"U{n % 40}" for n in range(200)))
    both = [sender(house, mailbox, clock, at_once=16) for _ in range(2)]

    async def race() -> None:
        while len(mailbox.replies) < 200:
            await asyncio.gather(*(one.step() for one in both))
            await asyncio.sleep(0.005)
        for one in both:
            await idle(one)

    asyncio.run(race())
    assert states(house) == ["sent"] * 200
    tokens = [token for token, _ in mailbox.replies]
    assert len(tokens) == len(set(tokens)) == 200
    for lane in range(40):
        mine = [int(token[1:]) for token in tokens if int(token[1:]) % 40 == lane]
        assert mine == sorted(mine)


def test_a_line_that_hangs_for_some_does_not_stop_the_others(url: str, new_house: Make, clock: Clock) -> None:
    hung = asyncio.Event()

    @asynccontextmanager
    async def hold() -> AsyncIterator[None]:
        if len(mailbox.tried) <= 10:
            await hung.wait()
        yield

    house, mailbox = new_house(url), Mailbox(hold=hold)
    put(house, *(f"U{n}" for n in range(100)))
    one = sender(house, mailbox, clock)

    async def run() -> int:
        while len(mailbox.replies) < 90:  # never, if ten that hang stop the others
            await one.step()
            await asyncio.sleep(0.01)
        sent = len(mailbox.replies)
        hung.set()
        await idle(one)
        return sent

    assert asyncio.run(run()) == 90
    assert states(house) == ["sent"] * 100


def test_our_messages_in_groups_are_known_when_quoted(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, "Cgroup", "Ua")
    go(sender(house, mailbox, clock))
    with house.database.reading() as connection:
        assert quotes.ours(connection, "Cgroup", "s1-0")
        assert not quotes.ours(connection, "Cgroup", "s1")
    assert [row.sent_ids != "" for row in rows(house.database, outbox, "id")] == [True, False]


def test_what_goes_out_is_what_was_written(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    put(house, "Ua", messages=CARD)
    written = rows(house.database, outbox)[0].messages
    go(sender(house, mailbox, clock))
    assert mailbox.replies[0][1] == orjson.loads(written) == CARD
