"""Pictures of staff as they go to a reporter's chat: small enough for LINE, upright, and without the camera's notes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from bot import pictures
from bot.line.messages import render
from handlers import words
from handlers.vocabulary import Say

SIDEWAYS = 6  # the EXIF mark of a phone held upright


def photo(folder: Path, size: tuple[int, int]) -> Path:
    path, exif = folder / "photo", Image.Exif()
    exif[0x0112] = SIDEWAYS
    exif[0x010F] = "Camera of an officer"
    Image.effect_noise(size, 80).convert("RGB").save(path, "JPEG", exif=exif, quality=95)
    return path


@pytest.mark.parametrize(("size", "limit"), [("small", 1_000_000), ("large", 10_000_000)])
def test_a_photo_fits_into_lines_limits_and_says_nothing_of_the_camera(tmp_path: Path, size: str, limit: int) -> None:
    drawn = pictures.drawn(photo(tmp_path, (4000, 3000)), size)
    assert drawn is not None
    assert len(drawn) < limit
    with Image.open(io.BytesIO(drawn)) as seen:
        assert seen.height == pictures.SIZES[size]
        assert seen.width < seen.height
        assert not seen.getexif()


def test_what_is_no_picture_is_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_bytes(b"no picture")
    assert pictures.drawn(path, "small") is None


def test_a_picture_is_said_in_front_of_its_words() -> None:
    said = render((Say(picture="https://house.example/media/k1"), Say("told.back")), "th", words.load())
    assert [one["type"] for one in said] == ["image", "text"]
    assert said[0]["previewImageUrl"] == "https://house.example/media/k1/small"
