from pathlib import Path
from urllib.parse import unquote

import pytest

from bot import qr


def test_the_code_opens_the_chat_with_the_text_filled_in() -> None:
    url = qr.address("123abc", "แจ้งเรื่อง ที่: บางปู & โรงงาน?")
    assert url.startswith("https://line.me/R/oaMessage/%40123abc/?")
    assert unquote(url.partition("/?")[2]) == "แจ้งเรื่อง ที่: บางปู & โรงงาน?"


def test_a_text_too_long_to_scan_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr.address("@x", "ก" * 500)


@pytest.mark.parametrize(("name", "magic"), [("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF")])
def test_the_code_is_written_in_the_form_of_its_ending(tmp_path: Path, name: str, magic: bytes) -> None:
    out = tmp_path / name
    qr.write(qr.address("@x", "แจ้งเรื่อง"), out)
    assert out.read_bytes().startswith(magic)


def test_an_unknown_ending_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.svg, \.png or \.pdf"):
        qr.write("https://line.me", tmp_path / "a.gif")
