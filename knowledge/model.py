"""The shapes in which knowledge is spoken about: what stands in the YAML, and what reading a text gives.

Only shapes stand here, so that every other room can import them without paying for an index. All are frozen; all texts
come in two languages as `Both`. A contact that nobody has checked never becomes one of these objects: the loader
leaves it in the YAML, flagged, so no flow can show it by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.officers import ForOfficers

Lang = Literal["th", "en"]
Urgency = Literal["emergency", "high", "normal"]
TOLD = 0.3  # confidence from which a complaint type counts as told


@dataclass(frozen=True, slots=True)
class Both:
    """A text in Thai and English; English falls back to Thai where it is missing."""

    th: str
    en: str = ""

    def in_(self, lang: str) -> str:
        return self.en if lang == "en" and self.en else self.th


# --- places ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, as far as it is known: codes by level, names, and a point in degrees WGS84.

    `province` is ISO 3166-2 (`TH-11`); `district` has 4 and `subdistrict` 6 digits (DOPA codes). Empty means unknown.
    `estate` is the id of an industrial estate. `typed` keeps the words that the person used.
    """

    province: str = ""
    district: str = ""
    subdistrict: str = ""
    lat: float | None = None
    lon: float | None = None
    estate: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """One administrative area. `code` is `TH-11`, 4 or 6 digits; `within` is the code of the area above, or empty."""

    code: str
    level: Literal["province", "district", "subdistrict"]
    name: Both
    within: str = ""


@dataclass(frozen=True, slots=True)
class PinReading:
    """What lies at a pin. `near` lists other subdistricts within about 150 m of the pin: ask which side.

    `place` is None when the pin is outside Thailand.
    """

    place: Place | None
    near: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the text something was read: start and end in code points of the text as it came."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """A place read from typed words: the sure part, and what it could be when several fit (ask with buttons)."""

    place: Place
    confidence: float
    choices: tuple[Place, ...] = ()
    span: Span | None = None


# --- bodies and what they do -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Body:
    """An institute, department, office, centre or outside agency. Only checked contacts are here.

    `kind`: institute, foundation, department, bank, fund, channel, outside, provincial_office, diprom_center.
    `id` of a provincial office is `provincial_office@TH-11`.
    """

    id: str
    kind: str
    name: Both
    short: str = ""
    about: Both = Both("")
    phones: tuple[str, ...] = ()
    email: str = ""
    website: str = ""
    line_id: str = ""
    address: Both = Both("")
    map_url: str = ""
    hours: Both = Both("")
    province: str = ""
    inside_ministry: bool = True


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number that may be shown to the public; `number` is dialled as it stands."""

    id: str
    number: str
    who: Both
    what_for: Both = Both("")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Working hours until a ticket must be acknowledged, first answered and resolved (emergencies: clock hours)."""

    acknowledge: float
    answer: float
    resolve: float


@dataclass(frozen=True, slots=True)
class ComplaintType:
    """A kind of complaint: who is competent where, how urgent it is, what the form must ask."""

    id: str
    name: Both
    urgency: Urgency
    deadlines: Deadlines
    category: str  # one of the six categories of the ministry's complaint channel
    competence: Mapping[str, str]  # in_estate, bangkok, other_province, not_a_factory -> id of a body
    also: tuple[str, ...] = ()
    ask_place: Literal["must", "may", "no"] = "must"
    ask_estate: bool = True
    ask_factory: bool = True
    outside_ministry: bool = False
    common: bool = False  # shown on the first page of choices


@dataclass(frozen=True, slots=True)
class DangerKind:
    """A kind of danger. `first_words` holds only sentences that are sourced or marked as checked; `for_officers`
    never reaches the public.
    """

    id: str
    name: Both
    first_words: tuple[Both, ...]
    call: tuple[str, ...]  # ids of hotlines, most urgent first
    ask: tuple[Both, ...] = ()
    for_officers: ForOfficers = field(default_factory=ForOfficers)


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """What people should know before they write. `stop`: the form does not open, `next` says what to do instead."""

    id: str
    kind: Literal["incident", "outage", "event"]
    text: Both
    stop: bool = False
    next: Both = Both("")


# --- what reading a text gives ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scored:
    """An id with how sure the reader is, 0 to 1, and the words of the text that spoke for it."""

    id: str
    confidence: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Danger:
    """`act`: answer at once; `ask`: ask whether somebody is in danger now; `none`. `kind` is an id of dangers or
    empty.
    """

    decision: Literal["act", "ask", "none"]
    kind: str = ""
    confidence: float = 0.0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A detail told in free words. `name`: factory, when, frequency, phone, smell."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Factory:
    """A factory of the register. `sample`: made up, of the register that the package brings."""

    id: str
    name: str
    place: Place
    business: str = ""
    address: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class FactoryTold:
    """A factory named in a text, and the one of the register that is meant, with how alike the names are (0 to 1)."""

    name: str
    span: Span
    factory: Factory | None = None
    likeness: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one free text tells: its language, danger, complaint types (best first), places, details.

    `intent` is what the person seems to want: complain, ask (an entrepreneur's question), status, person, help, thanks,
    greeting, rude, nonsense or unknown.
    """

    language: str
    danger: Danger
    intent: str
    types: tuple[Scored, ...] = ()
    places: tuple[PlaceReading, ...] = ()
    slots: tuple[Slot, ...] = ()
    factory: FactoryTold | None = None

    @property
    def sure_types(self) -> tuple[Scored, ...]:
        """The types that were told, without those that are only thinkable."""
        return tuple(each for each in self.types if each.confidence >= TOLD)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A body that may be the right one, with why in one line and the words that matched."""

    body: str
    score: float
    why: Both = Both("")
    words: tuple[str, ...] = ()
    service: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """The router's word: answer with the first candidate, ask between the candidates, or hand over to a person.

    `question` tells the candidates apart (for `ask`); `needs` names what would decide: province, estate, or nothing.
    `stranger` names the topic when it is a matter of nobody here.
    """

    decision: Literal["answer", "ask", "hand_over"]
    candidates: tuple[Candidate, ...]
    confidence: float
    words: tuple[str, ...] = ()
    question: Both = Both("")
    needs: Literal["", "province", "estate"] = ""
    stranger: str = ""
    note: Both = Both("")  # what a good officer says where no body covers the sector


@dataclass(frozen=True)
class Fault:
    """One thing wrong in the knowledge: which file, which entry, and what to do about it."""

    file: str
    entry: str
    mend: str


class KnowledgeError(Exception):
    """Raised with every fault at once; the house does not start on broken knowledge."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{f.file}: {f.entry}: {f.mend}" for f in faults))


@dataclass(frozen=True)
class Facts:
    """All that is known, loaded and checked. The mappings are keyed by id and keep the order of the files."""

    bodies: Mapping[str, Body]
    types: Mapping[str, ComplaintType]
    dangers: Mapping[str, DangerKind]
    hotlines: Mapping[str, Hotline]
    areas: Mapping[str, Area]  # by code, all three levels
    estates: Mapping[str, Both] = field(default_factory=dict)
