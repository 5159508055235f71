"""What the fate of a letter means beyond the outbox: pushes are counted, whoever LINE cannot reach is marked, and a
card for staff that LINE did not take goes by mail instead.

Called by the sender, in the transaction that notes the letters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot import quota
from bot.channels.line import MARK
from bot.db import deliveries, groups, people
from bot.db.outbox import Note
from bot.sealing import Sealing

UNKNOWN = "Failed to send"  # LINE's word for a chat that it cannot reach
LOST = ("parked", "dead")


def teller(sealing: Sealing, clock: Callable[[], int], mail: bool, ring: Callable[[], None]) -> Callable[..., None]:
    """`mail`: is there a mail server? `ring` wakes the notifier, once a card goes another way."""

    def tell(connection: Any, notes: Sequence[Note]) -> None:
        now = clock()
        pushed = [one.letter.lane for one in notes if one.state == "sent" and one.letter.how == "push"]
        if pushed:
            quota.count(connection, pushed, now)
            if quota.alarm(connection, now):
                ring()
        lost = [one for one in notes if one.state in LOST]
        for one in lost:
            if one.state == "dead" and UNKNOWN in one.fault:
                unreachable(connection, one.letter.lane, sealing)
        if _by_mail(connection, lost, now, mail):
            ring()

    return tell


def unreachable(connection: Any, lane: str, sealing: Sealing) -> None:
    if lane[:1] in "CR":
        groups.left(connection, lane)
    else:
        people.reach(connection, lane, "blocked", sealing)


def _by_mail(connection: Any, lost: Sequence[Note], now: int, mail: bool) -> int:
    cards = {int(one.letter.event_id.removeprefix(MARK)): one for one in lost if one.letter.event_id.startswith(MARK)}
    return sum(deliveries.by_mail_instead(connection, [id_], one.fault, now, mail) for id_, one in cards.items())
