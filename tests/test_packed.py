"""The packed knowledge says what the files say, and is complete."""

from __future__ import annotations

from pathlib import Path

from msgspec.msgpack import decode

from knowledge import packed, prepared
from knowledge.load import load
from knowledge.normalise import normalise


def plain(thing: object) -> object:
    """Dates as they are written."""
    if isinstance(thing, dict):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return [plain(each) for each in thing]
    return thing if isinstance(thing, bool | int | float | str | None) else str(thing)


def test_every_file_is_packed() -> None:
    assert packed.missing() == [], "run `frontdoor kb pack` and commit what it writes"


def test_a_packed_tree_is_the_parsed_one() -> None:
    for path in packed.HERE.rglob("*.yaml"):
        assert plain(packed.tree(path)) == plain(packed.parsed(path.read_bytes())), path.name


def test_a_changed_file_is_read_as_it_stands(tmp_path: Path) -> None:
    changed = tmp_path / "a.yaml"
    changed.write_text("th: ใหม่\n", "utf8")
    assert packed.tree(changed) == {"th": "ใหม่"}


def test_what_was_prepared_is_what_is_worked_out() -> None:
    worked_out = prepared.record(load)
    assert prepared.as_written().keys() == worked_out.keys(), "run `frontdoor kb pack` and commit what it writes"
    for key, made in worked_out.items():
        assert decode(prepared.as_written()[key]) == decode(made)


def test_what_was_made_from_other_words_is_worked_out_anew() -> None:
    said = ["การรรรรร", "ABC "]
    assert prepared.spelt("phrases", normalise, said) == [normalise(each) for each in said]
    made = prepared.record(lambda: prepared.spelt("phrases", normalise, said))
    assert [decode(each) for each in made.values()] == [{at: normalise(each) for at, each in enumerate(said)}]
    assert not made.keys() & prepared.as_written().keys()
