"""A stop in the middle of everything: nothing acknowledged is lost or done twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bot import web
from bot.db.tables import DONE, inbox, outbox, tickets
from bot.emulator.platform import Emulator
from bot.emulator.serving import serving
from bot.house import House
from tests.house import rows
from tests.test_crash import opens
from tests.whole import Moving, platform, until

Make = Callable[..., House]
PEOPLE, EACH = 30, 8


def crowd(line: Emulator, stop: threading.Event) -> None:
    """Everybody says something, in turns."""
    for number in range(EACH):
        for person in range(PEOPLE):
            line.say(f"person{person}", f"{number}")
            if not stop.is_set():
                time.sleep(0.003)


def test_a_stop_under_load_loses_nothing(tmp_path: Path, sqlite_template: Path, new_house: Make) -> None:
    (tmp_path / "house.db").write_bytes(sqlite_template.read_bytes())
    clock, hurry = Moving(), threading.Event()
    with platform(clock) as (line, base):
        line.misbehave("reply", "slow", times=None, seconds=0.1)

        def made() -> House:
            return new_house(
                f"sqlite:///{tmp_path / 'house.db'}",
                opens,
                now=clock.millis,
                line_api_base=f"{base}/api",
                line_data_api_base=f"{base}/data",
                person_per_minute=10_000,
            )

        first = made()
        talking = threading.Thread(target=crowd, args=(line, hurry))
        with serving(web.app(first)) as door:
            line.webhook_at(f"{door}/line/webhook", redelivery=(0.5, 1, 1, 1, 1, 1, 1, 1))
            talking.start()
            until(lambda: first.door.counts["events"] >= 60)
            hurry.set()
        second = made()
        acknowledged = {row.event_id for row in rows(second.database, inbox)}
        assert len(acknowledged) >= 60
        with serving(web.app(second)) as door:
            line.webhook_at(f"{door}/line/webhook")
            talking.join()
            assert line.idle()
            until(lambda: len(rows(second.database, inbox)) == PEOPLE * EACH)
            until(lambda: {row.state for row in rows(second.database, inbox)} == {DONE})
            until(lambda: {row.state for row in rows(second.database, outbox)} == {"sent"})
            assert acknowledged <= {row.event_id for row in rows(second.database, inbox)}
            assert len(rows(second.database, tickets)) == PEOPLE * EACH  # one an event
            bubbles = Counter(len(line.answers(f"person{n}")) for n in range(PEOPLE))
            assert bubbles == {EACH: PEOPLE}  # each answer once: a clean stop leaves no attempt unclear
