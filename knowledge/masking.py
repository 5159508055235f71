"""Takes out of a text what tells who wrote it or whom it names, so that its question may be kept without the person.

Telephone numbers are found by the library that knows every country's; e-mail, links, names in LINE, number plates,
identity cards, pins and long numbers by their form; names by the words that stand before them (masking.yaml). A mark
in brackets stays where something was. When in doubt more is taken than less: what remains need only tell the matter.
Standards, forms and laws keep their numbers (a question about TIS 2594 is about that number).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from knowledge.files import HERE, read

MARK = re.compile(r"\[(?:name|phone|email|line|plate|link|number|pin|home)\]")
CONSONANTS = "\u0e01-\u0e2e"
LETTERS = "\u0e01-\u0e3a\u0e40-\u0e4e"
ABOVE = "\u0e31\u0e33-\u0e3a\u0e47-\u0e4e"  # signs that make another word of the letters before them
DIGITS = {0x0E50 + number: str(number) for number in range(10)}
SHORTEST, FIRST, SECOND = 2, 25, 16  # letters of a given name (also one not parted from what follows), of a surname

EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\s?\.\s?[A-Za-z]{2,})+")
LINK = re.compile(
    r"(?:https?://|www\.)[^\s\u0e00-\u0e7f]+|\b(?:line\.me|lin\.ee|facebook\.com|fb\.com|m\.me)/\S+", re.I
)
USER = re.compile(r"\b[UCR][0-9a-f]{32}\b")
HANDLE = re.compile(r"(?<![\w@])@[A-Za-z0-9][\w.-]{2,}")
PIN = re.compile(r"(?<!\d)\d{1,2}\.\d{3,}\s*,\s*\d{2,3}\.\d{3,}")
CITIZEN = re.compile(r"(?<!\d)\d[ -]?\d{4}[ -]?\d{5}[ -]?\d{2}[ -]?\d(?!\d)")
LOCAL = re.compile(r"(?<![\d/-])(?:\+?66|0)[\s.-]?\d(?:[\s.-]{0,2}\d){6,8}(?!\d)")  # also numbers that no country has
ACCOUNT = re.compile(r"(?<!\d)\d{3}-\d-\d{5}-\d(?!\d)")
LONG = re.compile(r"(?<![\d-])\d{7,}(?!\d)")


class Lists(msgspec.Struct, forbid_unknown_fields=True):
    """What stands in masking.yaml."""

    soft: list[str]
    kin: list[str]
    titles: list[str]
    titles_en: list[str]
    not_titles: list[str]
    ends: list[str]
    ends_en: list[str]
    line: list[str]
    plates: list[str]
    not_plates: list[str]
    homes: list[str]


class Patterns(NamedTuple):
    """The lists as patterns."""

    line: re.Pattern[str]
    plate: re.Pattern[str]
    near: re.Pattern[str]
    home: re.Pattern[str]
    not_plates: frozenset[str]
    title: re.Pattern[str]
    soft: re.Pattern[str]
    title_en: re.Pattern[str]
    end: re.Pattern[str]
    end_en: frozenset[str]


def masked(text: str) -> str:
    """The text without what tells who somebody is."""
    known = patterns()
    for step in (_links, _networks, _numbers, _plates, _names):
        text = step(text, known)
    return text


def unmarked(text: str) -> str:
    """A masked text without the marks, as a sentence to learn from."""
    return " ".join(MARK.sub(" ", text).split())


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    lists = read(HERE / "masking.yaml", Lists)
    return Patterns(
        line=re.compile(
            rf"(?<![{LETTERS}A-Za-z])({any_of(lists.line)})"
            r"(\s*(?:id|\u0e44\u0e2d\u0e14\u0e35)?\s*[:=\uff1a]?\s*)(@?[A-Za-z0-9][\w.-]{3,})",
            re.I,
        ),
        plate=re.compile(rf"(?<![{LETTERS}\d.])(\d?)([{CONSONANTS}]{{1,3}})[\s-]?(\d{{1,4}})(?![\d./%])"),
        near=re.compile(
            rf"((?:{any_of(lists.plates)})[^\d\n]{{0,12}}?)"
            rf"(?:\d{{2}}-\d{{4}}|(?<![{LETTERS}])\d?([{CONSONANTS}]{{1,3}})[\s-]?\d{{1,4}})(?![\d./%-])",
            re.I,
        ),
        home=re.compile(rf"({any_of(lists.homes)})[\s:]*\d+(?:/\d+)?", re.I),
        not_plates=frozenset(lists.not_plates),
        title=re.compile(rf"({any_of(lists.not_titles)})|(?:{any_of(lists.titles)})[\s:]*"),
        soft=re.compile(
            rf"({any_of(lists.not_titles)})|(?:{any_of(lists.soft)}|(?<![{LETTERS}])(?:{any_of(lists.kin)}))[\s:]*"
        ),
        title_en=re.compile(rf"\b(?:{any_of(lists.titles_en)})\b\.?[ \t]+", re.I),
        end=re.compile(rf"(?:{any_of(lists.ends)})(?![{ABOVE}])"),
        end_en=frozenset(lists.ends_en),
    )


def any_of(words: Sequence[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _links(text: str, _: Patterns) -> str:
    for pattern, mark in ((EMAIL, "[email]"), (LINK, "[link]"), (USER, "[line]"), (PIN, "[pin]")):
        text = pattern.sub(mark, text)
    return text


def _networks(text: str, known: Patterns) -> str:
    """ "line: somchai99" and "@somchai"; but a production line is no name, so a bare word needs a colon or a digit."""

    def name(found: re.Match[str]) -> str:
        word, between, own = found.groups()
        sure = between.strip() or re.search(r"[\d@._]", own) or not word.isascii()
        return f"{word}{between}[line]" if sure else found[0]

    return HANDLE.sub("[line]", known.line.sub(name, text))


def _numbers(text: str, known: Patterns) -> str:
    plain = text.translate(DIGITS)  # letter for letter, so places stay
    for pattern, mark in ((CITIZEN, "[number]"), (ACCOUNT, "[number]")):
        text, plain = _both(text, plain, [found.span() for found in pattern.finditer(plain)], mark)
    text, plain = _both(text, plain, _telephones(plain), "[phone]")
    for pattern, mark in ((LOCAL, "[phone]"), (LONG, "[number]")):
        text, plain = _both(text, plain, [found.span() for found in pattern.finditer(plain)], mark)
    return known.home.sub(r"\1 [home]", text)


def _telephones(plain: str) -> list[tuple[int, int]]:
    import phonenumbers  # 10 ms and some memory at first use

    found = phonenumbers.PhoneNumberMatcher(plain, "TH", leniency=phonenumbers.Leniency.VALID)
    return [(match.start, match.end) for match in found if sum(letter.isdigit() for letter in match.raw_string) >= 8]


def _both(text: str, plain: str, spans: list[tuple[int, int]], mark: str) -> tuple[str, str]:
    """Both forms of a text with a mark in the place of each span."""
    for start, end in reversed(spans):
        text, plain = (one[:start] + mark + one[end:] for one in (text, plain))
    return text, plain


def _plates(text: str, known: Patterns) -> str:
    def plate(found: re.Match[str]) -> str:
        digit, letters, number = found.groups()
        is_plate = bool(digit) or (len(letters) >= 2 and len(number) >= 3)
        return "[plate]" if is_plate and letters not in known.not_plates else found[0]

    def near(found: re.Match[str]) -> str:
        return found[0] if found[2] in known.not_plates else f"{found[1]}[plate]"

    return known.plate.sub(plate, known.near.sub(near, text))


def _names(text: str, known: Patterns) -> str:
    text = _after(text, known.title, lambda rest: _thai_name(rest, known, SHORTEST))
    text = _after(text, known.soft, lambda rest: _thai_name(rest, known))
    return _after(text, known.title_en, lambda rest: _latin_name(rest, known))


def _after(text: str, title: re.Pattern[str], length: Callable[[str], int]) -> str:
    """The text with a mark for what follows each title, as far as a name goes."""
    out, at = [], 0
    for found in title.finditer(text):
        if found.start() < at or (found.groups() and found[1]):
            continue
        taken = length(text[found.end() : found.end() + 80])
        if taken:
            out += [text[at : found.end()], "[name]"]
            at = found.end() + taken
    return "".join([*out, text[at:]])


def _thai_name(rest: str, known: Patterns, shortest: int = 0) -> int:
    """How many letters the name has: a word up to where an everyday word begins, and a surname."""
    first = re.match(rf"[{LETTERS}]+|[A-Za-z]+", rest)
    given = _cut(first[0], known, shortest) if first else 0
    if not first or given < len(first[0]):
        return given
    second = re.match(rf"[ \t]+([{LETTERS}]+|[A-Z][A-Za-z]+)", rest[given:])
    family = _cut(second[1], known) if second else 0
    return given + (second.start(1) + family if second and 0 < family <= SECOND else 0)


def _cut(word: str, known: Patterns, shortest: int = 0) -> int:
    end = known.end.search(word, shortest)
    return min(end.start() if end else len(word), FIRST)


def _latin_name(rest: str, known: Patterns) -> int:
    """One word, and a second with a capital letter; a Thai name may follow an English title."""
    found = re.match(r"([A-Za-z][A-Za-z'-]*)([ \t]+[A-Z][A-Za-z'-]+)?", rest)
    if not found:
        return _thai_name(rest, known, SHORTEST)
    if found[1].lower() in known.end_en:
        return 0
    more = found[2] and found[2].strip().lower() not in known.end_en
    return found.end() if more else found.end(1)
