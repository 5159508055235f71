"""The schema on one page, for SQLite and PostgreSQL alike.

Moments are whole milliseconds since 1970, UTC, as LINE stamps its events: they compare, sort and index alike on both
databases. JSON is text, because the store never looks inside it. `lanes` holds a person's conversation, sealed;
`reporters` is the only way from a ticket to a person and is sealed as well; `tickets`, `story` and `media` never
carry a lane. Rows that are done with give up their content at once: `inbox.raw` and `outbox.messages` empty when
handled and sent.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Computed,
    Float,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    literal_column,
    text,
)

from bot.db.marks import marked, stepped

metadata = MetaData()
Serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER primary keys by itself

OPEN, DONE, BURIED, IGNORED = 0, 1, 2, 3  # inbox.state
LIVE = "state in ('waiting', 'sending', 'parked')"  # outbox rows that still want something
HOT: dict[str, Any] = {
    "postgresql_with": {"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.01, "autovacuum_vacuum_cost_delay": 0}
}

WORKING = ("new", "acknowledged", "in_progress", "waiting_for_reporter", "reopened")
WORKED_ON = "status in ('new', 'acknowledged', 'in_progress', 'waiting_for_reporter', 'reopened')"
AGES = 100_000_000_000_000  # milliseconds: further than any deadline
TURN = (
    "CASE urgency WHEN 'emergency' THEN 0 WHEN 'high' THEN 1 ELSE 2 END * 100000000000000 + coalesce(CASE WHEN "
    "acknowledged_at IS NULL THEN acknowledge_by WHEN answered_at IS NULL THEN answer_by ELSE resolve_by END, "
    "99999999999999)"
)
QUEUED = (
    "turn", "code", "province", "kind", "type", "urgency", "status", "assignee", "incident", "snoozed_until", "office"
)  # fmt: skip
PLACED = ("cell", "opened_at", "urgency", "type", "office", "province", "kind", "drill")
COUNTED = (
    "opened_at", "office", "type", "province", "kind", "urgency", "source", "drill", "marks", "turn", "taken_step",
    "resolved_step",
)  # fmt: skip

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("lane", Text, nullable=False),
    Column("stamp", BigInteger, nullable=False),  # LINE's own time of the event
    Column("kind", Text, nullable=False, server_default=""),
    Column("message", Text, nullable=False, server_default=""),  # id of the message, so that an unsend finds it
    Column("token", Text, nullable=False, server_default=""),
    Column("token_at", BigInteger, nullable=False, server_default="0"),  # when LINE last handed it to us
    Column("raw", Text, nullable=False),
    Column("state", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", BigInteger, nullable=False, server_default="0"),
    Column("received_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("fault", Text),
    Index("inbox_open", "stamp", "lane", "due", postgresql_where=text("state = 0"), sqlite_where=text("state = 0")),
    # Whatever still has content: open events, and those that were buried or ignored, so that an unsend finds them.
    Index("inbox_lane", "lane", "stamp", postgresql_where=text("raw <> ''"), sqlite_where=text("raw <> ''")),
    Index("inbox_done", "received_at", postgresql_where=text("state <> 0"), sqlite_where=text("state <> 0")),
    **HOT,
)

lanes = Table(
    "lanes",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("state", LargeBinary),  # the Conversation as JSON, sealed; empty for a lane just met
    Column("version", Integer, nullable=False, server_default="0"),
    Column("seen_at", BigInteger, nullable=False, server_default="0"),
    **HOT,
)

unsent = Table(
    "unsent",
    metadata,
    Column("message", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("lane", Text, nullable=False),
    Column("event_id", Text, nullable=False, server_default=""),
    Column("messages", Text, nullable=False),  # JSON, as they go out; never changed after the first attempt
    Column("token", Text, nullable=False, server_default=""),
    Column("token_at", BigInteger, nullable=False, server_default="0"),
    Column("must_arrive", Boolean, nullable=False, server_default=text("false")),
    Column("state", Text, nullable=False, server_default="waiting"),  # sending sent dead parked stale unclear
    Column("how", Text, nullable=False, server_default=""),  # reply or push, of the last attempt
    Column("retry_key", Text, nullable=False, server_default=""),
    Column("plain", Boolean, nullable=False, server_default=text("false")),  # LINE refused the cards: words only
    Column("unclear", Boolean, nullable=False, server_default=text("false")),  # an attempt whose end nobody knows
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", BigInteger, nullable=False, server_default="0"),
    Column("made_at", BigInteger, nullable=False),
    Column("first_attempt_at", BigInteger),
    Column("done_at", BigInteger),
    Column("sent_ids", Text, nullable=False, server_default=""),  # ids that LINE gave our messages, for quotes
    Column("about", Text, nullable=False, server_default=""),  # code of the ticket that it is about
    Column("fault", Text, nullable=False, server_default=""),
    Index(
        "outbox_lane",
        "lane",
        "id",
        postgresql_where=text(LIVE),
        sqlite_where=text(LIVE),
    ),
    Index(
        "outbox_due",
        "due",
        "id",
        postgresql_where=text(LIVE),
        sqlite_where=text(LIVE),
    ),
    Index(
        "outbox_sent", "lane", "done_at", postgresql_where=text("sent_ids <> ''"), sqlite_where=text("sent_ids <> ''")
    ),
    sqlite_autoincrement=True,
    **HOT,
)

tickets = Table(
    "tickets",
    metadata,
    Column("code", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("summary", Text, nullable=False, server_default=""),
    Column("report", Text, nullable=False, server_default="{}"),  # field -> value and source messages
    Column("province", Text, nullable=False, server_default=""),
    Column("district", Text, nullable=False, server_default=""),
    Column("subdistrict", Text, nullable=False, server_default=""),
    Column("estate", Text, nullable=False, server_default=""),
    Column("lat", Float),
    Column("lon", Float),
    Column("place_typed", Text, nullable=False, server_default=""),
    Column("resolution", Text, nullable=False, server_default=""),
    Column("rating", Integer),
    Column("media", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("opened_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("acknowledge_by", BigInteger),
    Column("answer_by", BigInteger),
    Column("resolve_by", BigInteger),
    Column("acknowledged_at", BigInteger),
    Column("answered_at", BigInteger),  # first answer of staff
    Column("resolved_at", BigInteger),
    Column("reopened", Integer, nullable=False, server_default="0"),
    Column("assignee", BigInteger),  # staff.id
    Column("incident", BigInteger),  # incidents.id
    Column("factory", Text, nullable=False, server_default=""),  # name as shown, or id of the register
    Column("source", Text, nullable=False, server_default="line"),  # phone, walk_in, letter, web
    Column("drill", Boolean, nullable=False, server_default=text("false")),
    Column("snoozed_until", BigInteger),
    Column("waiting_since", BigInteger),  # the clock stands while the reporter is asked
    Column("talking_until", BigInteger),  # an officer talks: the bot keeps silent
    Column("first_office", Text, nullable=False, server_default=""),  # as the house decided, to see corrections
    Column("first_type", Text, nullable=False, server_default=""),
    Column("first_urgency", Text, nullable=False, server_default=""),
    Column("public_key", Text, nullable=False, server_default=""),  # hash of the key in the public address
    Column("cell", BigInteger),  # grid of 0.005 degrees, for what is near
    Column("words", Text, nullable=False, server_default=""),  # for the search; empty until gathered (bot.words)
    Column("turn", BigInteger, Computed(TURN)),  # place in the queue: urgency, then the deadline that comes next
    # For the figures: what is counted of it, and how many steps it took until it was taken and until it was resolved.
    Column("marks", Integer, Computed(marked(WORKED_ON))),
    Column("taken_step", Integer, Computed(stepped("acknowledged_at"))),
    Column("resolved_step", Integer, Computed(stepped("resolved_at"))),
    Column("look_at", BigInteger),  # when the timekeeper looks next: now after every change, empty once all is done
    Index("tickets_office", "office", "status"),
    Index("tickets_opened", "opened_at"),
    # The queue is read off these: in order, and with all that it filters by, so that only the page shown is fetched.
    Index("tickets_queue", *QUEUED, postgresql_where=text(WORKED_ON), sqlite_where=text(WORKED_ON)),
    Index("tickets_queue_office", "office", *QUEUED[:-1], postgresql_where=text(WORKED_ON),
          sqlite_where=text(WORKED_ON)),
    Index("tickets_office_opened", "office", "opened_at"),
    Index("tickets_province_opened", "province", "opened_at"),
    Index("tickets_type_opened", "type", "opened_at"),
    Index("tickets_status_opened", "status", "opened_at"),
    Index("tickets_changed", "changed_at"),  # live pages ask what moved
    Index("tickets_wordless", "code", postgresql_where=text("words = ''"), sqlite_where=text("words = ''")),
    Index("tickets_look", "look_at", postgresql_where=text("look_at is not null"),
          sqlite_where=text("look_at is not null")),
    Index("tickets_cell", "cell", "opened_at"),
    # Near reports and the map: all open ones by place, with what the map asks, so that no row is fetched.
    Index("tickets_near", *PLACED, postgresql_where=text(WORKED_ON), sqlite_where=text(WORKED_ON)),
    # The figures are read off this alone.
    Index("tickets_figures", *COUNTED),
    Index("tickets_incident", "incident", postgresql_where=text("incident is not null"),
          sqlite_where=text("incident is not null")),
    Index("tickets_assignee", "assignee", postgresql_where=text("assignee is not null"),
          sqlite_where=text("assignee is not null")),
    Index("tickets_factory", "factory", postgresql_where=text("factory <> ''"), sqlite_where=text("factory <> ''")),
    Index("tickets_public", "public_key", postgresql_where=text("public_key <> ''"),
          sqlite_where=text("public_key <> ''")),
)  # fmt: skip

reporters = Table(
    "reporters",
    metadata,
    Column("code", Text, ForeignKey("tickets.code"), primary_key=True),
    Column("person", Text, nullable=False),  # a keyed hash of the lane
    Column("sealed", LargeBinary, nullable=False),  # lane, phone, name, may_pass_name
    Column("reach", Text, nullable=False, server_default=""),  # blocked: LINE reaches them no longer
    Index("reporters_person", "person"),
)

story = Table(
    "story",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("code", Text, ForeignKey("tickets.code"), nullable=False),
    Column("key", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("values", Text, nullable=False, server_default="{}"),
    Column("words", Text, nullable=False, server_default=""),
    Column("messages", Text, nullable=False, server_default="[]"),
    Column("staff", BigInteger),  # who of the staff; the reporter is shown the office
    Column("undone", Boolean, nullable=False, server_default=text("false")),
    Index("story_code", "code", "id"),
    sqlite_autoincrement=True,
)

media = Table(
    "media",
    metadata,
    Column("message", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("code", Text),  # the ticket that took it, if any
    Column("key", Text, nullable=False, unique=True),  # the unguessable part of its address, and its name in the store
    Column("kind", Text, nullable=False),
    Column("type", Text, nullable=False, server_default=""),  # as its content says
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="waiting"),  # kept missing refused erased
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", BigInteger, nullable=False, server_default="0"),
    Column("at", BigInteger, nullable=False),
    Column("fault", Text, nullable=False, server_default=""),
    Index("media_waiting", "due", postgresql_where=text("state = 'waiting'"), sqlite_where=text("state = 'waiting'")),
    Index("media_code", "code"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("rule", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("values", Text, nullable=False, server_default="{}"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("at", BigInteger, nullable=False),
    Index("notices_waiting", "id", postgresql_where=text("state = 'waiting'"), sqlite_where=text("state = 'waiting'")),
    sqlite_autoincrement=True,
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("candidates", Text, nullable=False, server_default="[]"),
    Column("messages", Text, nullable=False, server_default="[]"),
    Column("state", Text, nullable=False, server_default="open"),
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

corrections = Table(
    "corrections",
    metadata,  # what staff put right, as labelled sentences without personal data
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("task", Text, nullable=False),  # type, route, emergency
    Column("text", Text, nullable=False),  # masked
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),  # taken, refused
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),  # reporter, house, or a staff account
    Column("act", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("values", Text, nullable=False, server_default="{}"),
    Index("audit_code", "code", "id"),
    sqlite_autoincrement=True,
)

# A partial index is used only where the query says its condition in so many words, never with bound values.
worked_on: ColumnElement[bool] = tickets.c.status.in_([literal_column(f"'{state}'") for state in WORKING])
inbox_open: ColumnElement[bool] = inbox.c.state == literal_column("0")
inbox_ended: ColumnElement[bool] = inbox.c.state != literal_column("0")
inbox_content: ColumnElement[bool] = inbox.c.raw != literal_column("''")
media_wanted: ColumnElement[bool] = media.c.state == literal_column("'waiting'")


def live(letters: FromClause) -> ColumnElement[bool]:
    return letters.c.state.in_([literal_column(f"'{state}'") for state in ("waiting", "sending", "parked")])
