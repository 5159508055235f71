"""The YAML of this folder once more, packed: parsing it takes a third of a second, unpacking a hundredth.

A file is looked up by what is in it, so a packed tree can never disagree with its file: a file that was changed is
simply not found, and is parsed. `frontdoor kb pack` writes the pack anew; a test tells when files are missing in it.
Only the package's own files are in it; an operator's are parsed.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent
PACK = HERE / "compiled" / "yaml.msgpack"


class NotYaml(ValueError):
    """What stands in a file is no YAML; says where."""


def tree(path: Path) -> Any:
    """What a YAML file holds, as plain lists and dicts; dates as they are written."""
    raw = path.read_bytes()
    packed = _pack().get(_name(raw))
    return parsed(raw) if packed is None else msgspec.msgpack.decode(packed)


def parsed(raw: bytes) -> Any:
    """Raises NotYaml or UnicodeDecodeError. The parser is loaded when something must be parsed: 20 ms."""
    import yaml

    try:
        return yaml.load(raw.decode("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  its C twin
    except yaml.YAMLError as wrong:
        raise NotYaml(str(wrong)) from wrong


def write() -> int:
    """Packs every YAML file of the package; gives how many."""
    files = {_name(raw): parsed(raw) for raw in (path.read_bytes() for path in sorted(HERE.rglob("*.yaml")))}
    PACK.write_bytes(msgspec.msgpack.encode(files))
    forget()
    return len(files)


def missing() -> list[str]:
    """The files that the pack does not know as they stand."""
    return [path.name for path in sorted(HERE.rglob("*.yaml")) if _name(path.read_bytes()) not in _pack()]


def forget() -> None:
    """Gives back the pack, a megabyte that nobody needs once all is loaded; who asks again reads it again."""
    _pack.cache_clear()


@cache
def _pack() -> dict[str, msgspec.Raw]:
    try:
        return msgspec.msgpack.decode(PACK.read_bytes(), type=dict[str, msgspec.Raw])
    except (OSError, msgspec.MsgspecError):
        return {}


def _name(raw: bytes) -> str:
    return blake2b(raw, digest_size=12).hexdigest()
