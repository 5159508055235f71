"""How LINE counts: UTF-16 units for most texts, grapheme clusters for what stands on buttons, bytes for flex JSON.

A full UAX #29 table would be a dependency for scripts that nobody here types; combining marks, joiners, flags and
Hangul cover Thai, its neighbours and emoji. Thai sara am (and Lao am) closes a cluster, as it does on LINE.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

_SARA_AM = "\u0e33\u0eb3"
_JOINERS = "\u200c\u200d"
_ZWJ = "\u200d"


def utf16(text: str) -> int:
    """Length in UTF-16 units: an emoji counts two."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def json_size(value: Any) -> int:
    """Bytes of the compact JSON, the way a bot would send it."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def graphemes(text: str) -> int:
    """Length in what people take for one letter: a Thai consonant with all its marks counts one."""
    count, before, base, flags = 0, "", "", 0
    for letter in text:
        flag = "\U0001f1e6" <= letter <= "\U0001f1ff"
        if not (before and _continues(before, letter, base, flags)):
            count, base = count + 1, letter
        flags = flags + 1 if flag else 0
        before = letter
    return count


def _continues(before: str, letter: str, base: str, flags: int) -> bool:
    """Does this letter belong to the cluster that is open?"""
    if before == "\r" and letter == "\n":
        return True
    if _extends(letter):
        return unicodedata.category(before) not in ("Cc", "Zl", "Zp")
    if before == _ZWJ:
        return _pictured(letter) and _pictured(base)
    if "\U0001f1e6" <= letter <= "\U0001f1ff":
        return flags % 2 == 1
    return _hangul(before, letter)


def _extends(letter: str) -> bool:
    tone = "\U0001f3fb" <= letter <= "\U0001f3ff"
    tag = "\U000e0020" <= letter <= "\U000e007f"
    return unicodedata.category(letter) in ("Mn", "Me", "Mc") or letter in _SARA_AM + _JOINERS or tone or tag


def _pictured(letter: str) -> bool:
    return unicodedata.category(letter) == "So" or "\U0001f300" <= letter <= "\U0001faff"


def _hangul(before: str, letter: str) -> bool:
    lead = "\u1100" <= before <= "\u115f" and "\u1100" <= letter <= "\u11a7"
    return lead or ("\u1160" <= before <= "\u11ff" and "\u1160" <= letter <= "\u11ff")
