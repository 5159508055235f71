"""Each dialogue of tests/dialogues, played against handlers alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from handlers import registry, words
from tests.player import Player, dialogues


@pytest.fixture(autouse=True)
def undeploy() -> Iterator[None]:
    yield
    registry.flows.cache_clear()


@pytest.mark.parametrize("dialogue", [pytest.param(talk, id=title) for title, talk in dialogues()])
def test_dialogue(dialogue: dict[str, Any]) -> None:
    player = Player()
    for number, step in enumerate(dialogue["talk"], 1):
        try:
            player.play(step)
        except AssertionError as fault:
            raise AssertionError(f"step {number}: {step}\n{fault}") from fault


def test_there_are_enough_dialogues_to_mean_something() -> None:
    assert len(dialogues()) >= 30


SMELL = "โรงงานพลาสติกแถวบ้านส่งกลิ่นเหม็นมากทุกคืน"
MOST = 6  # taps or messages of a typical complaint

TYPICAL = {
    "place in the story, two photos": ["อำเภอบางพลี สมุทรปราการ " + SMELL, "album", "พอแล้ว", "ข้าม", "ส่ง"],
    "a pin, no photo": [SMELL, "pin", "ข้าม", "0812345678", "ส่ง"],
    "a pin, one photo, a number": [SMELL, "pin", "photo", "พอแล้ว", "0812345678", "ส่ง"],
    "from the menu": ["1", SMELL, "ตำบลแพรกษาใหม่ สมุทรปราการ", "ข้าม", "ข้าม", "ส่ง"],
}


@pytest.mark.parametrize("way", TYPICAL)
def test_a_typical_complaint_takes_at_most_six_taps_or_messages(way: str) -> None:
    player = Player()
    player.arrive("follow")
    for act in TYPICAL[way]:
        if act == "pin":
            player.pin(13.60, 100.70)
        elif act in ("photo", "album"):
            player.photo()
        else:
            player.say(act)
    assert [ticket.kind for ticket in player.tickets] == ["complaint"]
    assert len(TYPICAL[way]) <= MOST


PAGES = (  # what is read on pages, in mails and in the command
    "accounts.", "admin.", "caller.", "console", "contacts.", "figures.", "follow.", "gaps.", "me.", "notices.house.",
    "notices.mail.", "notices.quota.", "notices.reach.", "public.", "ready.", "sign_in.", "ways.",
)  # fmt: skip


def test_no_bubble_is_longer_than_three_short_lines() -> None:
    """The whole notice on personal data is the exception: whoever opens it wants to read. Pages are no bubbles."""
    longest = 46  # letters that a phone shows in one line; marks above and below take no room
    long = {
        key: both.th
        for key, both in words.load().texts.items()
        if not key.startswith(("home.privacy_what", "home.privacy_rights", "time.", *PAGES))
        and (both.th.count("\n") > 2 or max(map(letters, both.th.split("\n"))) > longest)
    }
    assert long == {}


def letters(line: str) -> int:
    return sum(1 for letter in line if unicodedata.category(letter) != "Mn")


def test_danger_is_spoken_of_without_particles_or_emoji() -> None:
    soft = re.compile("ค่ะ|คะ$|ครับ|นะ|กรุณา|โปรด|ขอโทษ|ขออภัย|[\U0001f300-\U0001faff]", re.MULTILINE)
    texts = words.load().texts
    assert [key for key in texts if key.startswith("emergency.") and soft.search(texts[key].th)] == []


@pytest.mark.parametrize(("phone", "lang"), [("th", "th"), ("en-GB", "en"), ("ja", "en"), ("", "th")])
def test_the_first_words_to_a_new_person_are_in_the_language_of_the_phone(phone: str, lang: str) -> None:
    player = Player()
    player.arrive("follow", language=phone)
    assert player.conversation.lang == lang
    player.say("โรงงานข้างบ้านส่งกลิ่นเหม็นมากทุกเย็น")
    assert player.conversation.lang == "th"
