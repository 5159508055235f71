"""Home: every choice can be tapped and typed, nothing begun is lost, groups hear nothing of anybody's matter."""

from __future__ import annotations

import pytest

from handlers import menu
from handlers.vocabulary import Answer, Button, Tap
from tests.talking import Talk, buttons, keys

DRAFT = {"complaint": {"what": Answer("กลิ่นเหม็นทุกคืน")}}


def test_who_adds_us_is_greeted_with_the_choices_in_sight() -> None:
    said = Talk().does("follow")
    assert keys(said) == ["home.hello", "home.choose"]
    assert buttons(said)[:6] == [f"1|home|go|{name}" for name in menu.CHOICES] + ["1|home|lang|en"]


def test_who_comes_back_after_blocking_is_welcomed_and_not_blocked_any_more() -> None:
    talk = Talk()
    talk.does("unfollow")
    assert talk.conversation.blocked
    assert keys(talk.does("follow", unblocked=True))[0] == "home.welcome_back"
    assert not talk.conversation.blocked


@pytest.mark.parametrize("typed", ["3", "๓", "3.", "ถามว่าติดต่อใคร", "ถามว่าติดต่อใครคะ", "Ask whom to contact"])
def test_a_choice_can_be_typed_as_number_or_words(typed: str) -> None:
    talk = Talk()
    talk.says("หน้าแรก")
    assert keys(talk.says(typed)) == ["guidance.ask"]


@pytest.mark.parametrize("name", menu.CHOICES)
def test_every_choice_leads_somewhere_with_a_next_step(name: str) -> None:
    said = Talk().taps("home", "go", name)
    assert keys(said)
    assert "home.choose" not in keys(said)


def test_a_number_that_is_no_choice_and_a_story_are_not_taken_for_one() -> None:
    talk = Talk()
    talk.says("หน้าแรก")
    said = talk.says("ใครรับทดสอบผ้า 3 ผืน")
    assert talk.conversation.flow == "guidance"
    assert "guidance.ask" not in keys(said)


def test_the_language_can_be_chosen_and_stays_chosen() -> None:
    talk = Talk()
    said = talk.taps("home", "lang", "en")
    assert keys(said) == ["home.language_is", "home.choose"]
    assert talk.conversation.lang == "en"
    talk.says("สวัสดีค่ะ")
    assert talk.conversation.lang == "en"
    assert "1|home|lang|th" in buttons(talk.says("home"))


def test_a_begun_form_is_offered_again_and_never_lost_by_looking_around() -> None:
    talk = Talk()
    talk.says("โรงงานแถวบางปูปล่อยควันดำทุกคืน")
    draft = talk.conversation.draft("complaint")
    assert draft
    said = talk.says("หน้าแรก")
    assert buttons(said)[0] == "1|home|resume|complaint"
    assert talk.conversation.draft("complaint") == draft
    assert talk.says("1").conversation is not None
    assert talk.conversation.flow == "complaint"


def test_thanks_swearing_and_stickers_leave_a_form_where_it_is() -> None:
    for kind, text in (("text", "ขอบคุณค่ะ"), ("text", "บอทโง่"), ("sticker", "")):
        talk = Talk()
        said = talk.says(text) if kind == "text" else talk.does("sticker")
        assert buttons(said), kind


def test_the_whole_notice_is_one_tap_away_and_leaves_the_talk_alone() -> None:
    talk = Talk()
    talk.says("ใครรับทดสอบผ้า")
    asked = talk.conversation.asked
    assert keys(talk.taps("home", "go", "privacy")) == ["home.privacy_what", "home.privacy_rights"]
    assert talk.conversation.asked == asked


@pytest.mark.parametrize(
    "tap", [("home", "go", "__init__"), ("home", "go", "nothing"), ("home", "x", ""), ("nothing", "x", "")]
)
def test_a_forged_or_old_button_gets_a_kind_word(tap: tuple[str, str, str]) -> None:
    assert "home.stale" in keys(Talk().taps(*tap))


def test_a_group_hears_nothing_of_a_matter_and_only_when_it_calls() -> None:
    assert keys(Talk().does("text", text="เรื่อง AAA-AAA-111 ถึงไหนแล้ว", group=True)) == ["home.group"]
    assert Talk().does("text", text="เรื่อง AAA-AAA-111 ถึงไหนแล้ว", group=True, to_us=False).says == ()
    assert keys(Talk().does("join", group=True)) == ["home.joined"]


def test_buttons_shown_elsewhere_do_not_answer_here() -> None:
    talk = Talk()
    talk.says("หน้าแรก")
    talk.taps("home", "go", "person")
    assert keys(talk.says("ไม่ใช่")) != ["home.choose"]


def test_home_button_is_the_same_everywhere() -> None:
    assert Button(menu.HOME.label, Tap("home", "go", "home")) == menu.HOME
