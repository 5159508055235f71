"""The walk under any order of answers, edits, cancels and deploys: it never crashes, and always leads to a summary."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handlers import dispatch, memory, registry, walk
from handlers.draft import CONFIRM, Question, before, forget, next_question, put, value_of
from handlers.flows import complaint
from handlers.readers import Words
from handlers.vocabulary import Answer, Conversation, Incoming, Media, Open, Pin, Say, Tap, Turn
from tests import deploys
from tests.player import MONDAY, Player, keys_of, knowledge

FIELDS = (*(question.field for question in complaint.FLOW.questions), "maybe")
STORY = {"what": "it smells", "type": "smell", "place": {"place": {"province": "TH-11", "district": "1103"}}}
FULL = {**STORY, "photos": {"ids": [], "done": True}, "phone": "+66812345678"}


def draft_of(**values: Any) -> dict[str, Answer]:
    return {name: Answer(value) for name, value in values.items()}


def test_the_first_open_question_is_asked() -> None:
    asked = next_question(complaint.FLOW, draft_of(what="it smells"), knowledge())
    assert asked is not None
    assert asked.field == "type"


def test_a_full_draft_asks_only_for_the_word_to_send() -> None:
    asked = next_question(complaint.FLOW, draft_of(**FULL), knowledge())
    assert asked is not None
    assert asked.field == CONFIRM


def test_an_answer_that_no_longer_reads_is_asked_again_and_kept_until_then() -> None:
    stored = draft_of(**{**FULL, "type": "a_type_of_last_year", "photos": "seven"})
    asked = next_question(complaint.FLOW, stored, knowledge())
    assert asked is not None
    assert asked.field == "type"
    assert stored["photos"].value == "seven"


def test_any_change_takes_the_confirmation_back() -> None:
    sure = put(draft_of(**FULL), {CONFIRM: True})
    assert next_question(complaint.FLOW, sure, knowledge()) is None
    assert CONFIRM not in put(sure, {"what": "it smells and smokes"})


def test_unknown_fields_are_kept() -> None:
    stored = put(draft_of(mood="angry"), {"what": "it smells"})
    assert value_of(stored, "mood") == "angry"


def test_skipping_is_a_mark_and_no_answer() -> None:
    skipped = draft_of(**{**FULL, "phone": {"skipped": True}})
    assert value_of(skipped, "phone") is None
    asked = next_question(complaint.FLOW, skipped, knowledge())
    assert asked is not None
    assert asked.field == CONFIRM


def test_what_must_be_told_cannot_be_skipped() -> None:
    asked = next_question(complaint.FLOW, draft_of(what={"skipped": True}), knowledge())
    assert asked is not None
    assert asked.field == "what"


def test_back_leads_to_the_answered_question_before() -> None:
    found = before(complaint.FLOW, draft_of(**FULL), knowledge(), "phone")
    assert found is not None
    assert found.field == "photos"


def test_an_unsent_message_takes_its_answer_and_only_its_photo() -> None:
    stored = {"what": Answer("it smells", ("m1",)), "photos": Answer({"ids": ["p1", "p2"], "done": True}, ("p1", "p2"))}
    assert "what" not in forget(stored, "m1")
    assert forget(stored, "p1")["photos"].value["ids"] == ["p2"]
    assert forget(stored, "m9") is stored


def test_a_longer_note_keeps_all_its_messages() -> None:
    grown = put({"note": Answer("a", ("m1",))}, {"note": "a\nb"}, ("m2",))
    assert grown["note"].messages == ("m1", "m2")
    assert put(grown, {"note": "c"}, ("m3",))["note"].messages == ("m3",)


# --- any order ------------------------------------------------------------------------------------

odd_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["place", "open", "ids", "done", "skipped", "among", "within", "province", "page", "unknown", "group", "sets"]
    ), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
words = st.sampled_from(
    """ข้าม|ย้อนกลับ|ยกเลิก|พอแล้ว|เหมือนเดิม|ส่ง|แก้สถานที่|1|๓|99|ใช่|ไม่แน่ใจ|บางปู|อำเภอบางพลี สมุทรปราการ|โรงงานเหม็นมากทุกคืน
    |0812345678|ขอบคุณ|สวัสดี|เมนู|เริ่มใหม่|ทำต่อ|เรื่องใหม่|เลือกจากรายการ|...|ไฟไหม้โรงงานช่วยด้วย|ได้กลิ่นสารเคมีแรงมาก""".split("|")  # noqa: SIM905
) | st.just("x" * 3000)
taps = st.builds(
    Tap,
    st.sampled_from(["complaint", "emergency", "talk", "home", "gone"]),
    st.sampled_from([*FIELDS, "~", "danger", "same", "resume", "other", "go"]),
    st.sampled_from(
        ["~edit", "~keep", "~skip", "back", "cancel", "drop", "resume", "start", "yes", "no", "unsure", "stay", "new",
         "same", "on", "smell", "labour_rights", "other", "page:1", "page:x", "in:", "in:TH-11", "in:TH-11:0", "in:9:9",
         "at:110301", "at:99", "pick:0", "pick:7", "enough:TH-11", "enough:x", "unknown", "enough", "", "00000000"]
    ),
)  # fmt: skip
pins = st.builds(Pin, st.floats(-90, 90), st.floats(-180, 180))
media = st.builds(
    Media,
    st.sampled_from(["p1", "p2", "p3"]),
    st.just("image"),
    st.just(""),
    st.just(0),
    st.sampled_from(["", "s"]),
    st.integers(0, 3),
)
events = st.one_of(
    words.map(lambda text: ("text", {"text": text})),
    taps.map(lambda tap: ("tap", {"tap": tap})),
    pins.map(lambda pin: ("pin", {"pin": pin})),
    media.map(lambda one: ("media", {"media": (one,), "message_ids": (one.message_id,)})),
    st.sampled_from(["sticker", "unfollow", "follow", "other"]).map(lambda kind: (kind, {})),
    st.sampled_from(["m1", "m2", "p1"]).map(lambda one: ("unsend", {"message_ids": (one,)})),
    st.sampled_from([*deploys.DEPLOYS, "back"]).map(lambda name: ("deploy", {"name": name})),
    st.sampled_from([1, 26, 80]).map(lambda hours: ("wait", {"hours": hours})),
    st.dictionaries(st.sampled_from([*FIELDS, "new_field"]), odd_values, max_size=3).map(
        lambda odd: ("stored", {"odd": odd})
    ),
)


@given(st.lists(events, max_size=14))
def test_any_order_of_answers_edits_cancels_and_deploys_ends_in_a_summary(
    talk: list[tuple[str, dict[str, Any]]],
) -> None:
    registry.flows.cache_clear()
    player = Player()
    player.say("โรงงานข้างบ้านส่งกลิ่นเหม็นมากทุกเย็น")
    try:
        for kind, parts in talk:
            happen(player, kind, parts)
        registry.flows.cache_clear()
        finish(player)
    finally:
        registry.flows.cache_clear()


def happen(player: Player, kind: str, parts: dict[str, Any]) -> None:
    if kind == "deploy":
        registry.flows.cache_clear()
        if parts["name"] != "back":
            deploys.swap(registry.flows(), parts["name"])
    elif kind == "wait":
        player.now += timedelta(hours=parts["hours"])
    elif kind == "stored":
        stored = player.conversation
        odd = {name: Answer(value, ("m1",)) for name, value in parts["odd"].items()}
        drafts = {**stored.drafts, "complaint": {**stored.draft("complaint"), **odd}}
        player.stored = memory.to_json(Conversation(**{**vars_of(stored), "drafts": drafts}))
    else:
        player.arrive(kind, **parts)


def vars_of(conversation: Conversation) -> dict[str, Any]:
    return {name: getattr(conversation, name) for name in Conversation.__dataclass_fields__}


def finish(player: Player) -> None:
    """From wherever the talk got to, the form can be filled and sent: no state is a trap."""
    player.say("เริ่มใหม่")  # may answer a question that is open at a crossroads
    player.say("เริ่มใหม่")
    player.say("โรงงานที่อำเภอบางพลี สมุทรปราการ ส่งกลิ่นเหม็นมากทุกคืน")
    for _ in range(6):
        said = [key for say in player.last.says for key in keys_of(say)]
        if "complaint.confirm.ask" in said:
            break
        player.say("ข้าม")
    opened = player.say("ส่ง")
    assert [act for act in opened.acts if isinstance(act, Open)], keys_of(opened.says[0])


@given(st.dictionaries(st.sampled_from([*FIELDS, "new_field"]), odd_values, max_size=8))
def test_whatever_is_stored_there_is_a_question_or_an_end(odd: dict[str, Any]) -> None:
    stored = {name: Answer(value) for name, value in odd.items()}
    conversation = Conversation("U1", flow="complaint", asked="complaint.place", drafts={"complaint": stored})
    turn = Turn(Incoming("sticker", "e1", MONDAY), conversation, (), knowledge(), MONDAY, "FD-1")
    assert walk.resume(complaint.FLOW, turn).says


@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    conversation = Conversation("U1")
    turn = Turn(Incoming("text", "e1", MONDAY, text=text), conversation, (), knowledge(), MONDAY, "FD-1")
    assert dispatch.handle(turn).says


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
        lambda i: (
            st.lists(i, max_size=2)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "lane",
                        "flow",
                        "asked",
                        "drafts",
                        "extra",
                        "notices",
                        "held",
                        "seen_at",
                        "value",
                        "complaint",
                        "place",
                        "x",
                    ]
                ),
                i,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_the_row_holds_a_conversation_comes_out(stored: Any) -> None:
    import json

    read = memory.from_json(json.dumps(stored), "U1")
    assert read.lane == "U1"
    assert memory.from_json(memory.to_json(read), "U1") == read


def test_keys_of_newer_code_are_written_back() -> None:
    import json

    read = memory.from_json('{"flow":"complaint","mood":{"level":3},"lang":"xx"}', "U1")
    assert read.flow == "complaint"
    assert read.lang == "th"
    assert json.loads(memory.to_json(read))["mood"] == {"level": 3}


def test_a_form_of_one_question_needs_no_confirmation() -> None:
    from handlers.draft import Flow
    from handlers.vocabulary import Outcome

    flow = Flow("one", (Question("word", Words()),), lambda turn, draft: Outcome((Say("common.added"),)))
    turn = Turn(
        Incoming("text", "e1", MONDAY, text="hello"),
        Conversation("U1", flow="one", asked="one.word", drafts={"one": {}}),
        (),
        knowledge(),
        MONDAY,
        "FD-1",
    )
    heard = walk.hear(flow, turn)
    assert isinstance(heard, Outcome)
    assert heard.says[0].key == "common.added"
    assert heard.conversation is not None
    assert "one" not in heard.conversation.drafts


def test_an_odd_stored_answer_does_not_break_an_unsend() -> None:
    odd = {"what": Answer({"ids": True}, ("m1",))}
    assert forget(odd, "m1") == {}
