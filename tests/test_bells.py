"""Wake-ups between processes over PostgreSQL: heard by others, not by oneself, and again after a lost connection."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg

from bot.db.bells import Bells

PATIENCE = 60.0


def rung_until_heard(bells: Bells, heard: threading.Event) -> bool:
    for _ in range(int(PATIENCE / 0.1)):
        bells.ring()
        if heard.wait(0.1):
            return True
    return False


def test_another_process_hears_and_oneself_does_not(new_postgres: Callable[[], str]) -> None:
    url = new_postgres()
    mine, theirs = threading.Event(), threading.Event()
    here, there = Bells(url, mine.set), Bells(url, theirs.set)
    assert rung_until_heard(here, theirs)
    assert not mine.is_set()
    here.close()
    there.close()


def test_bells_ring_again_after_the_database_cut_them_off(new_postgres: Callable[[], str]) -> None:
    url = new_postgres()
    theirs = threading.Event()
    here, there = Bells(url, lambda: None), Bells(url, theirs.set)
    assert rung_until_heard(here, theirs)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    theirs.clear()
    assert rung_until_heard(here, theirs)
    here.close()
    there.close()
