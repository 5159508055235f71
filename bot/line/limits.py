"""LINE's limits as plain functions: how long a text is, how it is cut kindly, which addresses may be shown.

LINE counts most texts in UTF-16 units (an emoji is two) and labels in graphemes (Thai with its marks is one). Graphemes
are counted here from above: a family emoji counts as its members. So what we call short enough is short enough for LINE
too, without a table of Unicode in the process.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
# NUL and its kin, lone surrogates, and the marks that turn the direction of what follows (names that read backwards).
UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]"
)
MARKS = "[\\u0300-\\u036f\\u0e31\\u0e34-\\u0e3a\\u0e47-\\u0e4e\\u20d0-\\u20ff]"
MARKS_IN_A_ROW = re.compile(f"({MARKS}{{6}}){MARKS}+")  # hundreds of marks on one letter spill out of the bubble
JOINERS = "\u200c\u200d\ufe0e\ufe0f"
SARA_AM = "\u0e33\u0eb3"  # letters that Unicode counts as part of the letter before
URI_LIMIT, DATA_LIMIT = 1000, 300
OWN_MACHINE = ("http://127.0.0.1:", "http://localhost:")  # the demo, where no https can be had
SAFE_IN_URL = "/:?#[]@!$&'()*+,;=%~-._"


def clean(text: str) -> str:
    """The text without what LINE or a screen would stumble over; what people can see stays."""
    if text.isascii() and text.isprintable():
        return text
    return MARKS_IN_A_ROW.sub(r"\1", UNSAFE.sub("", text))


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units; what was longer ends in "…", never in half a letter."""
    if len(text) * 2 <= limit or units(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: (limit - 1) * 2].decode("utf-16-le", "ignore")
    return _whole(kept, text) + ELLIPSIS


def graphemes(text: str) -> int:
    """Length in graphemes, or a little more."""
    return len(text) if text.isascii() else sum(not extends(letter) for letter in text)


def extends(letter: str) -> bool:
    """Whether this letter only adds to the one before: vowels above and below, tone marks, joiners."""
    return letter in SARA_AM or letter in JOINERS or unicodedata.category(letter) in ("Mn", "Me", "Mc")


def cut_label(text: str, limit: int) -> str:
    """At most `limit` graphemes on one line."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    seen = 0
    for at, letter in enumerate(text):
        seen += not extends(letter)
        # One letter may carry thousands of marks and still be one grapheme: units are bounded as well.
        if seen > limit or at > 8 * limit:
            return _whole(_letters(text, limit - 1), text) + ELLIPSIS
    return text


def _letters(text: str, count: int) -> str:
    seen = 0
    for at, letter in enumerate(text[: 8 * count]):
        seen += not extends(letter)
        if seen > count:
            return text[:at]
    return text[: 8 * count]


def _whole(kept: str, text: str) -> str:
    """What was kept, without a last letter that lost its marks or its joined half."""
    at = len(kept)
    while len(kept) - 50 < at and 0 < at < len(text) and extends(text[at]):
        at -= 1
    return kept[:at].rstrip().rstrip(JOINERS).rstrip()


def address(url: str) -> str:
    """The address as LINE takes it, or nothing where it may not stand behind a button."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
        _ = parts.port
    except (ValueError, UnicodeError):
        return ""
    if url.strip().startswith(OWN_MACHINE):
        return url.strip() if re.fullmatch(r"[\x21-\x7e]{1,1000}", url.strip()) else ""
    if parts.scheme.lower() != "https" or "." not in host or "@" in parts.netloc:
        return ""
    port = f":{parts.port}" if parts.port else ""
    rest = quote(clean(url.strip()[len(parts.scheme) + 3 + len(parts.netloc) :]), safe=SAFE_IN_URL)
    made = f"https://{host}{port}{rest}"
    return made if len(made) <= URI_LIMIT and re.fullmatch(r"[\x21-\x7e]+", made) else ""


def telephone(number: str) -> str:
    """`tel:` with nothing but what a keypad has, or nothing. An extension is left to the eye."""
    main = re.split(r"[#xX;,]|\u0e15\u0e48\u0e2d|ext", number, maxsplit=1)[0]
    digits = re.sub(r"[^0-9+*]", "", main)
    return f"tel:{digits}" if 2 < len(digits) < 20 else ""
