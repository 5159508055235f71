"""How the YAML of this folder must look: one struct a kind of file, unknown keys refused.

The files say more than the bot shows: sources, doubts, notes for staff. `model.py` holds what the bot may show;
`facts.py` makes the one from the other and leaves out what is flagged `unverified`. msgspec and not pydantic: it
reads all files of this folder in some hundredths of a second, and says the path of what is wrong.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

KINDS = Literal[
    "institute", "foundation", "department", "bank", "fund", "channel", "outside", "provincial_office", "diprom_center"
]
Category = Literal["factory", "cane", "mine", "goods", "service", "other"]


class Entry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every entry may carry: where it is from, when it was looked at, and whether it is doubted."""

    sources: list[str] = []
    checked: str = ""
    unverified: bool = False
    notes: list[str] = []


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """A text in Thai and English."""

    th: str
    en: str = ""


class Phone(Entry, frozen=True, rename={"what_for": "for"}):
    number: str
    what_for: str = ""
    note: str = ""


class Value(Entry, frozen=True):
    value: str
    note: str = ""


class Text(Entry, frozen=True):
    th: str
    en: str = ""
    note: str = ""


class Contact(Struct, frozen=True, forbid_unknown_fields=True):
    phones: list[Phone] = []
    emails: list[Value] = []
    website: Value | None = None
    line: Value | None = None
    address: Text | None = None
    hours: Text | None = None


class Service(Entry, frozen=True):
    """Something that a body does, and how people ask for it."""

    id: str
    name: Words
    kinds: list[str] = []
    ask: list[str] = []


class Says(Struct, frozen=True, forbid_unknown_fields=True):
    th: list[str] = []
    en: list[str] = []


class Vocabulary(Struct, frozen=True, forbid_unknown_fields=True):
    """How people speak of a field: `things` as "Thai | English", `says` whole sentences, `offers` kinds of verbs."""

    things: list[str] = []
    says: Says = Says()
    offers: list[str] = []


class Serves(Entry, frozen=True):
    """A province that a centre serves, and what that rests on."""

    province: str
    basis: str
    note: str = ""


class BodyFile(Entry, frozen=True):
    """institutes/, agencies/, centers/, offices/: one body a file."""

    id: str
    kind: KINDS
    name: Words
    short: str = ""
    also: list[str] = []
    about: Words = Words("")
    province: str = ""
    outside: bool = False
    contact: Contact = Contact()
    does: list[str] = []
    ask: list[str] = []
    services: list[Service] = []
    serves: list[Serves] = []
    words: Vocabulary = Vocabulary()


class HotlineFile(Entry, frozen=True):
    id: str
    number: str
    who: Words
    what_for: Words = Words("")
    hours: str = ""
    body: str = ""
    urgency: Literal["emergency", "high", "normal"] = "normal"
    note: str = ""


class DeadlinesFile(Struct, frozen=True, forbid_unknown_fields=True):
    acknowledge: float
    answer: float
    resolve: float


class Signs(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that tell a complaint type: `sure` nearly alone, `likely`, `hint` a little, `never` against it."""

    sure: list[str] = []
    likely: list[str] = []
    hint: list[str] = []
    never: list[str] = []


class TypeFile(Entry, frozen=True):
    """complaint_types/: one kind of complaint a file."""

    id: str
    name: Words
    urgency: Literal["emergency", "high", "normal"]
    category: Category
    deadlines: DeadlinesFile
    competence: dict[Literal["in_estate", "bangkok", "other_province", "not_a_factory"], str]
    common: bool = False
    also: list[str] = []
    competence_why: str = ""
    ask_place: Literal["must", "may", "no"] = "must"
    ask_estate: bool = True
    ask_factory: bool = True
    outside_ministry: bool = False
    phrases: list[str] = []
    signs: Signs = Signs()
    yields_to: list[str] = []  # types that are the cause where this one is the effect
    officer_asks: list[str] = []
    evidence: list[str] = []
    raise_to_emergency_if: str = ""
    share_percent: float = 0
    law: list[str] = []


class QuestionFile(Entry, frozen=True):
    """questions/: what entrepreneurs really ask. The first of `bodies` is the answer where no place decides."""

    id: str
    intent: str
    question: Words
    bodies: list[str]
    why: Words
    also: list[str] = []
    who: Words | None = None  # who may join or use it
    by_place: dict[Literal["in_estate", "bangkok", "other_province"], list[str]] = {}
    ask_back: Words | None = None
    link: str = ""


class Alias(Struct, frozen=True, forbid_unknown_fields=True):
    """A name that decides by itself: a standard, a form, a programme."""

    say: list[str]
    bodies: list[str]
    means: str
    unverified: bool = False
    source: str = ""


class Weak(Struct, frozen=True, forbid_unknown_fields=True):
    """A word that must not decide alone."""

    say: str
    why: str
    unless: str = ""


class Stranger(Struct, frozen=True, forbid_unknown_fields=True):
    """A matter of nobody here. `goes_to` is the number of a hotline. A crumb is no matter yet: it may become one."""

    topic: str
    say: list[str]
    goes_to: str = ""
    crumb: bool = False


class NobodyCovers(Struct, frozen=True, forbid_unknown_fields=True):
    """A sector without its own institute, and what a good officer answers."""

    sector: str
    words: list[str]
    bodies: list[str]
    say: Words


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    say: str
    body: str


class Contrast(Struct, frozen=True, forbid_unknown_fields=True):
    """Two questions that look alike and go to two bodies; `by` is what decides."""

    a: Said
    b: Said
    by: str


class Verb(Struct, frozen=True, forbid_unknown_fields=True):
    """The words for one kind of service."""

    kind: str
    th: list[str]
    en: list[str]


class Intent(Struct, frozen=True, forbid_unknown_fields=True):
    """What a message can want, and the words that tell it."""

    intent: str
    whole: list[str] = []
    sure: list[str] = []
    likely: list[str] = []
    hint: list[str] = []
    never: list[str] = []


class SlotPattern(Struct, frozen=True, forbid_unknown_fields=True):
    """A regular expression for a detail; the group `value` is what is kept."""

    name: Literal["factory", "when", "frequency", "phone", "smell"]
    find: str


class SpecialDay(Struct, frozen=True, forbid_unknown_fields=True):
    day: date
    name: str
    source: str = ""


class SpecialDays(Struct, frozen=True, forbid_unknown_fields=True):
    """Days off that the holiday library does not know, and holidays that were taken back."""

    extra: list[SpecialDay] = []
    working: list[SpecialDay] = []


class DeadlinesSource(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the deadlines of all complaint types come from, and whether the ministry has confirmed them."""

    deadlines_source: str
    confirmed: bool = False


class RouterFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The router's own few sentences, and how many candidates it names."""

    candidates: int
    ask: Words
    stranger: Words


class Curve(Struct, frozen=True, forbid_unknown_fields=True):
    """How the router's readers are weighed, how sure their sum is, and from where on it is trusted."""

    readers: dict[str, float]
    right: dict[str, float]  # how probable it is that the first label is right
    ours: dict[str, float]  # how probable it is that the matter is one of ours
    answer_from: float
    ask_from: float


class RouterFit(Struct, frozen=True, forbid_unknown_fields=True):
    """vocabulary/router_fit.yaml: made by one command, never by hand."""

    made_by: str
    sentences: int
    without_model: Curve
    with_model: Curve
