"""What takes long to work out at every start, worked out before: the spelling of all phrases, the words of the house.

A thing is looked up by its name, by all that it is made from and by the code that makes it. So it is never stale: what
has changed is not found, and is worked out anew. `frontdoor kb pack` writes the file; a test tells when it lacks
something or would say something else. What an operator adds is worked out at each start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import msgspec

from knowledge.normalise import SEAM, in_one

T = TypeVar("T")
HERE = Path(__file__).parent
PREPARED = HERE / "compiled" / "prepared.msgpack"
# The code and the words that decide how a text is spelt and parted.
MAKERS = ("normalise.py", "letters.py", "find.py", "signs.py", "spelling.py", "spelling/words_for_words.yaml")
Held = dict[str, msgspec.Raw]


class Recorder:
    """While it is switched on nothing is looked up, and all that is worked out is kept."""

    def __init__(self) -> None:
        self.on = False
        self.made: Held = {}


RECORDER = Recorder()


def prepared(name: str, source: Sequence[str], make: Callable[[], T], kind: type[T]) -> T:
    """What `make` gives, or the same out of the file."""
    key = _key(name, source)
    found = None if RECORDER.on else _held().get(key)
    if found is not None:
        return msgspec.msgpack.decode(found, type=kind)
    made = make()
    if RECORDER.on:
        RECORDER.made[key] = msgspec.Raw(msgspec.msgpack.encode(made))
    return made


def spelt(name: str, spell: Callable[[str], str], texts: Sequence[str], also: Sequence[str] = ()) -> list[str]:
    """The texts as `spell` writes them. Most stay as they are, so only the others are kept. `also`: what else decides
    how they are spelt."""

    def others() -> dict[int, str]:
        pairs = enumerate(zip(texts, in_one(spell, texts), strict=True))
        return {at: new for at, (old, new) in pairs if old != new}

    changed = prepared(name, (*texts, *also), others, dict[int, str])
    return [changed.get(at, text) for at, text in enumerate(texts)] if changed else list(texts)


def record(work: Callable[[], object]) -> Held:
    """All that is worked out while `work` is done."""
    RECORDER.on, RECORDER.made = True, {}
    try:
        work()
        return RECORDER.made
    finally:
        RECORDER.on, RECORDER.made = False, {}


def write(work: Callable[[], object]) -> int:
    """Keeps what is worked out while `work` is done; gives how many things that were."""
    made = record(work)
    PREPARED.write_bytes(msgspec.msgpack.encode(made))
    forget()
    return len(made)


def as_written() -> Held:
    return dict(_held())


def forget() -> None:
    """Gives back the file, which nobody needs once all is loaded; who asks again reads it again."""
    _held.cache_clear()


@cache
def _held() -> Held:
    try:
        return msgspec.msgpack.decode(PREPARED.read_bytes(), type=Held)
    except (OSError, msgspec.MsgspecError):
        return {}


@cache
def _makers() -> bytes:
    return b"".join(blake2b((HERE / name).read_bytes(), digest_size=12).digest() for name in MAKERS)


def _key(name: str, source: Sequence[str]) -> str:
    said = SEAM.join((name, *source)).encode("utf-8", "surrogatepass")
    return blake2b(_makers() + said, digest_size=12).hexdigest()
