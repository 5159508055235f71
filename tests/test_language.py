"""Which language a text is in, and that no sentence is shown that nobody has checked."""

from __future__ import annotations

import pytest

from knowledge.language import SPOKEN, Languages, language, load


@pytest.fixture(scope="module")
def languages() -> Languages:
    return load()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ไฟไหม้โรงงาน", "th"),
        ("โรงงาน AKP Fertilizer ปล่อยน้ำเสีย", "th"),
        ("ไฟไหม้ fire at factory", "th"),
        ("fire at the factory", "en"),
        ("မီးလောင်နေတယ်", "my"),
        ("ភ្លើង\u200bឆេះ", "km"),
        ("ໄຟໄໝ້ໂຮງງານ", "lo"),
        ("工厂着火了", "zh"),
        ("火事です", "ja"),
        ("cháy nhà máy", "vi"),
        ("chay nha may cuu toi", "vi"),
        ("no do it", "en"),
        ("0812345678", ""),
        ("😀", ""),
        ("привет", ""),
        ("", ""),
    ],
)
def test_a_text_tells_its_language(text: str, expected: str) -> None:
    assert language(text) == expected


def test_an_unchecked_reply_is_never_given(languages: Languages) -> None:
    unchecked = [
        (own, reply.id) for own, file in languages.files.items() for reply in file.replies if not reply.checked
    ]
    assert unchecked
    assert [languages.reply(which, own) for own, which in unchecked] == [""] * len(unchecked)


def test_a_checked_reply_is_given(languages: Languages) -> None:
    assert "199" in languages.reply("danger", "en")


def test_a_language_that_nobody_knows_has_no_reply(languages: Languages) -> None:
    assert languages.reply("danger", "xx") == ""


def test_only_the_languages_of_the_contract_are_told(languages: Languages) -> None:
    texts = [reply.text for file in languages.files.values() for reply in file.replies]
    assert {languages.language(text) for text in texts} <= set(SPOKEN)
