"""The words that all handlers share: what arrives (Turn), what is said (Say), what shall happen (Outcome).

Everything is a frozen value, so a handler can be played, compared and stored without a house around it. Nothing here
knows LINE's JSON, SQL or the clock. Acts say *what* shall happen; `bot.db.commit` writes them, all in one transaction.
Texts are keys of the catalogue, so nothing here has a language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from handlers.arriving import Incoming, IncomingKind, Media, MediaKind, Pin, Told
from handlers.saying import (
    Act_of_button,
    AskCamera,
    AskPin,
    AskRoll,
    Button,
    Call,
    Card,
    Line,
    Link,
    Say,
    Send,
    T,
    Tap,
    Text,
)
from knowledge.model import Both, Lang, Place, Urgency

if TYPE_CHECKING:
    from handlers.cases import Case
    from handlers.following import Followed
    from handlers.incidents import Near
    from handlers.offered import Offered
    from handlers.people import Member
    from knowledge.load import Knowledge

NOWHERE = Place()

# --- the conversation ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a draft: a JSON value, and the messages it was read from (so that an unsend can take it back)."""

    value: Any
    messages: tuple[str, ...] = ()


Draft = Mapping[str, Answer]  # field -> answer


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is remembered of a lane between two events. Stored as JSON; unknown keys of newer code stay in `extra`.

    `asked` is "flow.field" of the question last shown, so that typed words answer what the person saw.
    `notices` holds version and time of each privacy notice given.
    """

    lane: str
    lang: Lang = "th"
    lang_chosen: bool = False
    flow: str = ""
    asked: str = ""
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    notices: Mapping[str, str] = field(default_factory=dict)
    ticket: str = ""  # code of the ticket that what comes next belongs to
    seen_at: datetime | None = None  # of the event before this one
    blocked: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    def draft(self, flow: str) -> Draft:
        return self.drafts.get(flow, {})


# --- tickets ---------------------------------------------------------------------------------------------------------

Kind = Literal["complaint", "emergency", "referral", "question"]
Status = Literal[
    "new", "acknowledged", "in_progress", "waiting_for_reporter", "resolved", "closed", "reopened", "rejected",
    "withdrawn", "merged"
]  # fmt: skip
Audience = Literal["reporter", "staff"]


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One entry of a story; append-only. `key` names a text with `values`; `words` are a person's own words."""

    key: str
    at: datetime
    by: Literal["reporter", "staff", "house"]
    audience: Audience = "reporter"
    values: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    messages: tuple[str, ...] = ()
    staff: int = 0  # who of the staff; reporters are shown the office alone


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its reporter may see it."""

    code: str
    kind: Kind
    type: str  # id of a complaint type, danger or body asked about
    urgency: Urgency
    status: Status
    office: str  # id of the body that holds it
    summary: str
    opened_at: datetime
    due_at: datetime | None = None
    answer_due_at: datetime | None = None
    waiting_since: datetime | None = None  # the clock stands while its reporter is asked
    place: Place = NOWHERE
    resolution: str = ""
    rating: int | None = None
    story: tuple[StoryEntry, ...] = ()  # for the reporter's eyes, oldest first
    media: int = 0
    page: str = ""  # address of its public page, where the house has one


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported: sealed apart from the report the moment a ticket opens."""

    phone: str = ""
    name: str = ""
    may_pass_name: bool = False


# --- what shall happen -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """A new ticket. `report` is what was reported, field -> Answer; `media` are message ids."""

    code: str
    kind: Kind
    type: str
    urgency: Urgency
    office: str
    summary: str
    report: Draft
    place: Place = NOWHERE
    reporter: Reporter = Reporter()
    media: tuple[str, ...] = ()
    acknowledge_by: datetime | None = None
    answer_by: datetime | None = None
    resolve_by: datetime | None = None
    story: tuple[StoryEntry, ...] = ()
    source: str = "line"  # or how it reached an officer: phone, walk_in, letter


@dataclass(frozen=True, slots=True)
class Learn:
    """More is known of an open ticket: fields of the report, its place, its office, its reporter, its summary."""

    code: str
    report: Draft = field(default_factory=dict)
    place: Place | None = None
    office: str = ""
    type: str = ""
    summary: str = ""
    reporter: Reporter | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """A new entry in a ticket's story."""

    code: str
    entry: StoryEntry


@dataclass(frozen=True, slots=True)
class Move:
    """A ticket changes its status; the table of transitions in handlers.tickets says who may."""

    code: str
    to: Status


@dataclass(frozen=True, slots=True)
class Attach:
    """Media belong to a ticket from now on."""

    code: str
    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    code: str
    stars: int


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bytes to fetch from LINE soon. Kept for the lane until a ticket takes them."""

    media: Media


@dataclass(frozen=True, slots=True)
class Erase:
    """An unsend: the content of this message goes from everything that we keep of it."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Staff shall be told: `rule` is an entry of the table of notices (ticket.new, ticket.urgent, ticket.moved, …)."""

    rule: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that the knowledge could not answer, or answered wrongly; kept without who asked."""

    kind: Literal["unanswered", "not_meant", "unread_place", "foreign_language"]
    text: str
    candidates: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()  # where it came from, so that an unsend reaches it


@dataclass(frozen=True, slots=True)
class Change:
    """Columns of a ticket that staff change: status, office, type, urgency, assignee, times, … (bot.db.cases.MAY)."""

    code: str
    fields: Mapping[str, Any]
    version: int | None = None  # as the decision saw it; another one in the row makes the act stale


@dataclass(frozen=True, slots=True)
class Inform:
    """The reporter of a ticket shall be told: by an event of the reporter's own lane, after `wait` seconds."""

    told: Told
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Deed:
    """Who of the staff did what: for the audit log, and to undo it for `undo` seconds."""

    code: str
    staff: int
    act: str
    undo: float = 0.0


@dataclass(frozen=True, slots=True)
class Correct:
    """What staff put right in the house's own reading: a labelled sentence for the knowledge, masked when kept."""

    task: Literal["type", "route", "emergency"]
    text: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reach:
    """LINE can reach the person of this lane, or no longer: staff see it on tickets and accounts."""

    state: Literal["", "blocked", "left"]


@dataclass(frozen=True, slots=True)
class Join:
    """A one-time code is used: this LINE account is that officer's, or this group that office's."""

    purpose: Literal["link", "group"]
    hash: str
    staff: int
    office: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Who reported by phone or letter follows the ticket in this lane from now on."""

    code: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The bot was put out of this group."""


@dataclass(frozen=True, slots=True)
class Gather:
    """The reporter says that it is the incident which is worked on already; where that has ended nothing changes."""

    code: str
    incident: int


Act = (
    Open | Learn | Tell | Move | Attach | Rate | Fetch | Erase | Notice | Gap
    | Change | Inform | Deed | Correct | Reach | Join | Leave | Gather | Follow
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What shall happen. Adds up with `+`: says and acts in order, the later conversation wins."""

    says: tuple[Say, ...] = ()
    conversation: Conversation | None = None
    acts: tuple[Act, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.says + other.says, other.conversation or self.conversation, self.acts + other.acts)


@dataclass(frozen=True, slots=True)
class Turn:
    """All that a handler may know. `code` is a fresh ticket code, the same when the event is replayed."""

    incoming: Incoming
    conversation: Conversation
    tickets: tuple[Ticket, ...]  # of this person, newest first
    knowledge: Knowledge
    now: datetime  # UTC
    code: str
    member: Member | None = None  # of the staff, where this lane is linked to an account
    case: Case | None = None  # the ticket that a member's tap is about
    offered: Offered | None = None  # a one-time code of staff that the text holds
    work: tuple[Case, ...] = ()  # the open tickets in a member's hands, where the member asks for them
    base: str = ""  # our own public address, for links into the console
    quoted: str = ""  # code of the ticket that our message was about which this one answers
    followed: Followed | None = None  # a ticket whose key the text holds, or that the key does not fit
    near: tuple[Near, ...] | None = None  # open incidents around a place that was just told; None: nobody looked

    def with_conversation(self, conversation: Conversation) -> Turn:
        return replace(self, conversation=conversation)


__all__ = [
    "NOWHERE", "Act", "Act_of_button", "Answer", "AskCamera", "AskPin", "AskRoll", "Attach", "Audience", "Both",
    "Button", "Call", "Card", "Change", "Conversation", "Correct", "Deed", "Draft", "Erase", "Fetch", "Follow",
    "Gap", "Gather", "Incoming", "IncomingKind", "Inform", "Join", "Kind", "Lang", "Learn", "Leave", "Line", "Link",
    "Media", "MediaKind", "Move", "Notice", "Open", "Outcome", "Pin", "Place", "Rate", "Reach", "Reporter", "Say",
    "Send", "Status", "StoryEntry", "T", "Tap", "Tell", "Text", "Ticket", "Told", "Turn", "Urgency",
]  # fmt: skip
