"""The schema of the staff side, beside `tables`: who works here, what they did, and how they are told.

The same habits: moments are whole milliseconds UTC, JSON is text. An account's secrets (TOTP) are sealed; passwords
are argon2 hashes; a session, a one-time code and a ticket's public key are kept as hashes only, so a stolen table
opens no door. A staff member is named by the number `staff.id` everywhere, in the audit log as `staff:<id>`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from bot.db.tables import Serial, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("email", Text, nullable=False, unique=True),  # lower case
    Column("name", Text, nullable=False, server_default=""),
    Column("office", Text, nullable=False),  # id of a body
    Column("role", Text, nullable=False),  # handlers.people.ROLES
    Column("area", Text, nullable=False, server_default=""),  # supervisor: inspection region; field: provinces, "|"
    Column("duties", Text, nullable=False, server_default=""),  # deputy: policy factory mine promotion, by "|"
    Column("lang", Text, nullable=False, server_default="th"),
    Column("state", Text, nullable=False, server_default="invited"),  # active disabled
    Column("password", Text, nullable=False, server_default=""),  # argon2id, empty: none set
    Column("totp", LargeBinary),  # sealed secret; empty: no second factor
    Column("totp_step", BigInteger, nullable=False, server_default="0"),  # the last step used: no code works twice
    Column("oidc", Text, nullable=False, server_default=""),  # "issuer subject" of a linked sign-in
    Column("lane", Text, nullable=False, server_default=""),  # LINE user id, once linked
    Column("lane_state", Text, nullable=False, server_default=""),  # "" reachable, blocked, left
    Column("quiet", Text, nullable=False, server_default="20:00-07:00"),  # local time; empty: never quiet
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger),
    Column("version", Integer, nullable=False, server_default="0"),
    Index("staff_office", "office"),
    Index("staff_lane", "lane", postgresql_where=text("lane <> ''"), sqlite_where=text("lane <> ''")),
    sqlite_autoincrement=True,
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("credential", Text, primary_key=True),  # base64url
    Column("staff", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False, server_default="0"),
    Column("name", Text, nullable=False, server_default=""),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Index("passkeys_staff", "staff"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", Text, primary_key=True),  # of an opaque 256-bit id
    Column("staff", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("agent", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
    Column("how", Text, nullable=False, server_default=""),  # password, password+totp, passkey, oidc, line
    Index("sessions_staff", "staff"),
)

one_time = Table(
    "one_time",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("staff", BigInteger, ForeignKey("staff.id")),
    Column("purpose", Text, nullable=False),  # invite recover link group second challenge, caller (a reporter)
    Column("about", Text, nullable=False, server_default=""),  # office of a group, code of a ticket, who approved
    Column("tries", Integer, nullable=False, server_default="0"),  # wrong answers given with it
    Column("made_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Index("one_time_staff", "staff", "purpose"),
)

groups = Table(
    "groups",
    metadata,
    Column("lane", Text, primary_key=True),  # LINE group or room id
    Column("office", Text, nullable=False),
    Column("by", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("members", Integer, nullable=False, server_default="0"),  # a push counts every one of them
    Column("state", Text, nullable=False, server_default=""),  # "" or left
    Column("at", BigInteger, nullable=False),
    Index("groups_office", "office"),
)

ways = Table(
    "ways",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("staff", BigInteger, ForeignKey("staff.id")),  # whose; empty: the office's own
    Column("office", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False),  # line, email, webpush, apprise: the file names of bot/channels
    Column("address", LargeBinary, nullable=False),  # sealed: an address, a subscription or an URL
    Column("label", Text, nullable=False, server_default=""),  # what of it may be shown
    Column("wants", Text, nullable=False, server_default="all"),  # all, urgent, digest, none
    Column("state", Text, nullable=False, server_default=""),  # "" or why it does not work
    Column("tested_at", BigInteger),
    Column("made_at", BigInteger, nullable=False),
    Index("ways_staff", "staff"),
    Index("ways_office", "office"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("notice", BigInteger, nullable=False, server_default="0"),  # of `notices`; 0: a test or a digest
    Column("rule", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("staff", BigInteger, nullable=False, server_default="0"),  # 0: an office's own way or group
    Column("way", BigInteger, nullable=False, server_default="0"),  # of `ways`; 0: the LINE account or group in `lane`
    Column("kind", Text, nullable=False),
    Column("lane", Text, nullable=False, server_default=""),
    Column("urgent", Boolean, nullable=False, server_default=text("false")),
    Column("body", Text, nullable=False, server_default="{}"),  # text keys and values, no reporter
    Column("state", Text, nullable=False, server_default="waiting"),  # sending sent dead digest skipped
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", BigInteger, nullable=False, server_default="0"),
    Column("made_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("fault", Text, nullable=False, server_default=""),
    Index("deliveries_due", "due", "id", postgresql_where=text("state in ('waiting', 'sending', 'digest')"),
          sqlite_where=text("state in ('waiting', 'sending', 'digest')")),
    Index("deliveries_code", "code", "id"),
    Index("deliveries_once", "notice", "staff", "way", "lane", unique=True, postgresql_where=text("notice > 0"),
          sqlite_where=text("notice > 0")),
    sqlite_autoincrement=True,
)  # fmt: skip

rota = Table(
    "rota",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("office", Text, nullable=False),
    Column("staff", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("from_at", BigInteger, nullable=False),
    Column("to_at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False, server_default="duty"),  # duty, leave (then `deputy` stands in)
    Column("deputy", BigInteger, ForeignKey("staff.id")),
    Index("rota_office", "office", "from_at"),
    Index("rota_staff", "staff", "from_at"),
    sqlite_autoincrement=True,
)

steps = Table(
    "steps",
    metadata,  # what the timekeeper did, each once, however many of them run
    Column("code", Text, primary_key=True),
    Column("step", Text, primary_key=True),  # near.answer, missed.resolve, climb.2, asked_news.1, …
    Column("at", BigInteger, nullable=False),
)

deeds = Table(
    "deeds",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("code", Text, ForeignKey("tickets.code"), nullable=False),
    Column("staff", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("act", Text, nullable=False),
    Column("before", Text, nullable=False, server_default="{}"),  # the columns as they stood, to put them back
    Column("event_id", Text, nullable=False, server_default=""),  # the reporter's message, waiting in the inbox
    Column("story", Text, nullable=False, server_default="[]"),  # ids of the entries it wrote
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),  # it can be undone until then; emergencies: not at all
    Column("undone_at", BigInteger),
    Index("deeds_code", "code", "id"),
    sqlite_autoincrement=True,
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("code", Text, nullable=False, unique=True),  # as tickets have one
    Column("state", Text, nullable=False, server_default="proposed"),  # open, closed, refused
    Column("type", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("office", Text, nullable=False, server_default=""),
    Column("urgency", Text, nullable=False, server_default="normal"),
    Column("province", Text, nullable=False, server_default=""),
    Column("lat", Float),
    Column("lon", Float),
    Column("reports", Integer, nullable=False, server_default="0"),
    Column("lead", Text, nullable=False, server_default=""),  # the ticket that is worked on for all of them
    Column("surge_at", BigInteger),  # when many reports within minutes were announced, once
    Column("last_at", BigInteger),  # the newest report of a surge
    Column("reach", Integer, nullable=False, server_default="0"),  # of a surge, metres; 0: all of its areas
    Column("areas", Text, nullable=False, server_default=""),  # of a surge: districts, or provinces, "|"
    Column("made_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("version", Integer, nullable=False, server_default="0"),
    Index("incidents_state", "state", "type"),
    Index("incidents_province", "province", "state"),
    Index("incidents_surge", "last_at", postgresql_where=text("surge_at is not null"),
          sqlite_where=text("surge_at is not null")),
    Index("incidents_lead", "lead"),
    sqlite_autoincrement=True,
)  # fmt: skip

spreads = Table(
    "spreads",
    metadata,  # what is done to all reports of an incident, some at a time: a word to their reporters, or merging them
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("incident", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("act", Text, nullable=False),  # told, merge
    Column("deed", BigInteger, nullable=False, server_default="0"),  # undone before `due`: nothing is spread
    Column("staff", BigInteger, nullable=False, server_default="0"),
    Column("body", Text, nullable=False, server_default="{}"),
    Column("after", Text, nullable=False, server_default=""),  # code of the last ticket that was done
    Column("done", Integer, nullable=False, server_default="0"),  # how many
    Column("at", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Index("spreads_open", "due", postgresql_where=text("done_at is null"), sqlite_where=text("done_at is null")),
    sqlite_autoincrement=True,
)

proposals = Table(
    "proposals",
    metadata,  # reports that may be of one incident, until staff say yes or no
    Column("code", Text, ForeignKey("tickets.code"), primary_key=True),
    Column("incident", BigInteger, ForeignKey("incidents.id"), primary_key=True),
    Column("score", Float, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="open"),  # yes, no
    Column("at", BigInteger, nullable=False),
    Index("proposals_incident", "incident", "state"),
)

kept_words = Table(
    "kept_words",
    metadata,  # a draft of an answer or a note, so that it survives a reload
    Column("staff", BigInteger, ForeignKey("staff.id"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("box", Text, primary_key=True),  # answer, note, …
    Column("words", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

views = Table(
    "views",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("staff", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # of the queue's address
    Column("at", BigInteger, nullable=False),
    Index("views_staff", "staff"),
    sqlite_autoincrement=True,
)

presence = Table(
    "presence",
    metadata,  # who looks at a ticket, where there is no Redis; rows of a minute
    Column("code", Text, primary_key=True),
    Column("staff", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

tallies = Table(
    "tallies",
    metadata,  # counters of the house: pushes of a month against LINE's quota
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False, server_default="0"),
    Column("at", BigInteger, nullable=False, server_default="0"),
)
