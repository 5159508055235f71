"""Letters born claimed: a worker hands its answers straight to its process's sender, and no rule of sending changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.db import outbox as box
from bot.db.outbox import Letter
from bot.db.tables import outbox
from bot.house import House
from bot.worker import Worker
from tests.house import START, Clock, Mailbox, arrive, event, rows
from tests.test_sender import go, put, sender

Make = Callable[..., House]


class Hands:
    """A carrier that only holds what it was given."""

    def __init__(self, room: bool = True) -> None:
        self.room = room
        self.held: list[Letter] = []

    def has_room(self) -> bool:
        return self.room

    def take(self, letters: Sequence[Letter]) -> None:
        self.held += letters


def work(house: House, hands: Hands) -> None:
    worker = Worker(house.database, house.tools, carrier=hands)
    while worker.step():
        pass


def test_an_answer_is_handed_over_and_nobody_else_can_claim_it(url: str, new_house: Make, clock: Clock) -> None:
    house, hands, mailbox = new_house(url), Hands(), Mailbox()
    arrive(house, event(1))
    work(house, hands)
    assert [(one.token, one.attempts) for one in hands.held] == [("token1", 1)]
    go(sender(house, mailbox, clock))
    assert mailbox.tried == []


def test_a_sender_without_room_leaves_the_row_to_be_claimed(url: str, new_house: Make, clock: Clock) -> None:
    house, hands, mailbox = new_house(url), Hands(room=False), Mailbox()
    arrive(house, event(1))
    work(house, hands)
    assert hands.held == []
    go(sender(house, mailbox, clock))
    assert [token for token, _ in mailbox.replies] == ["token1"]


def test_a_lane_whose_answer_is_on_its_way_waits_its_turn(url: str, new_house: Make, clock: Clock) -> None:
    house, hands, mailbox = new_house(url), Hands(), Mailbox()
    arrive(house, event(1))
    work(house, hands)
    arrive(house, event(2, at=START + 1))
    work(house, hands)
    assert [one.token for one in hands.held] == ["token1"]
    with house.database.transaction() as connection:
        box.note(connection, [box.Note(hands.held[0], "sent")], clock())
    go(sender(house, mailbox, clock))
    assert [token for token, _ in mailbox.replies] == ["token2"]


def test_parked_pushes_still_ride_with_the_next_reply(url: str, new_house: Make, clock: Clock) -> None:
    house, hands, mailbox = new_house(url), Hands(), Mailbox()
    put(house, "Usomchai", token="")
    with house.database.transaction() as connection:
        connection.execute(outbox.update().values(state="parked", due=START + 10**9))
    arrive(house, event(1))
    work(house, hands)
    assert hands.held == []
    go(sender(house, mailbox, clock))
    assert [len(messages) for _, messages in mailbox.replies] == [2]


def test_what_a_dying_process_was_handed_goes_out_with_the_same_token(url: str, new_house: Make, clock: Clock) -> None:
    house, mailbox = new_house(url), Mailbox()
    arrive(house, event(1))
    work(house, Hands())  # and the process ends before anything left it
    clock.forward(box.LEASE / 1000 + 1)
    go(sender(house, mailbox, clock))
    assert [token for token, _ in mailbox.replies] == ["token1"]
    assert [row.state for row in rows(house.database, outbox)] == ["sent"]
