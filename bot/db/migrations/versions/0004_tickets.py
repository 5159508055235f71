"""What tickets carry for the staff side: who has it, its times, the order of the queue, the words of the search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WORKED_ON = "status in ('new', 'acknowledged', 'in_progress', 'waiting_for_reporter', 'reopened')"
TURN = (
    "CASE urgency WHEN 'emergency' THEN 0 WHEN 'high' THEN 1 ELSE 2 END * 100000000000000 + coalesce(CASE WHEN "
    "acknowledged_at IS NULL THEN acknowledge_by WHEN answered_at IS NULL THEN answer_by ELSE resolve_by END, "
    "99999999999999)"
)
QUEUED = ["turn", "code", "province", "kind", "type", "urgency", "status", "assignee", "incident", "snoozed_until"]


def _queue() -> None:
    """Generated columns: SQLite can add only a virtual one, PostgreSQL indexes only a stored one."""
    stored = op.get_bind().dialect.name == "postgresql"
    op.add_column("tickets", sa.Column("turn", sa.BigInteger(), sa.Computed(TURN, persisted=stored)))
    open_ = sa.text(WORKED_ON)
    for name, columns in (("tickets_queue", [*QUEUED, "office"]), ("tickets_queue_office", ["office", *QUEUED])):
        op.create_index(name, "tickets", columns, postgresql_where=open_, sqlite_where=open_)
    for name in ("office", "province", "type", "status"):
        op.create_index(f"tickets_{name}_opened", "tickets", [name, "opened_at"])
    op.create_index("tickets_changed", "tickets", ["changed_at"])
    none = sa.text("words = ''")
    op.create_index("tickets_wordless", "tickets", ["code"], postgresql_where=none, sqlite_where=none)
    where = "floor({0})" if stored else "CAST({0} AS INTEGER)"  # both are positive, so SQLite cuts like floor
    lat, lon = where.format("(lat + 90) / 0.005"), where.format("(lon + 180) / 0.005")
    op.execute(f"UPDATE tickets SET cell = {lat} * 72000 + {lon} WHERE lat IS NOT NULL AND lon IS NOT NULL")


def _search() -> None:
    """Parts of words: any three letters in a row are an entry. SQLite has that built in (FTS5, its rowid the number of
    the code). PostgreSQL's pg_trgm is not installed everywhere and drops Thai letters in some locales, so there it is a
    function of our own under an ordinary GIN index.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE tickets_words USING fts5(words, tokenize='trigram case_sensitive 1', content='', "
            "contentless_delete=1)"
        )
        return
    op.execute(
        "CREATE FUNCTION frontdoor_parts(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS "
        "'SELECT coalesce(array_agg(DISTINCT substr(words, at, 3)), ARRAY[]::text[]) "
        "FROM generate_series(1, length(words) - 2) AS at'"
    )
    op.execute("CREATE INDEX tickets_words ON tickets USING gin (frontdoor_parts(words))")


def upgrade() -> None:
    op.add_column("reporters", sa.Column("reach", sa.Text(), server_default="", nullable=False))
    op.add_column("story", sa.Column("staff", sa.BigInteger(), nullable=True))
    op.add_column("story", sa.Column("undone", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("tickets", sa.Column("acknowledged_at", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("answered_at", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("resolved_at", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("reopened", sa.Integer(), server_default="0", nullable=False))
    op.add_column("tickets", sa.Column("assignee", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("incident", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("factory", sa.Text(), server_default="", nullable=False))
    op.add_column("tickets", sa.Column("source", sa.Text(), server_default="line", nullable=False))
    op.add_column("tickets", sa.Column("drill", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("tickets", sa.Column("snoozed_until", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("waiting_since", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("talking_until", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("about", sa.Text(), nullable=False, server_default=""))
    op.add_column("tickets", sa.Column("first_office", sa.Text(), server_default="", nullable=False))
    op.add_column("tickets", sa.Column("first_type", sa.Text(), server_default="", nullable=False))
    op.add_column("tickets", sa.Column("first_urgency", sa.Text(), server_default="", nullable=False))
    op.add_column("tickets", sa.Column("public_key", sa.Text(), server_default="", nullable=False))
    op.add_column("tickets", sa.Column("cell", sa.BigInteger(), nullable=True))
    op.add_column("tickets", sa.Column("words", sa.Text(), server_default="", nullable=False))
    op.add_column("tickets", sa.Column("look_at", sa.BigInteger(), nullable=True))
    _queue()
    _search()
    op.create_index(
        "tickets_assignee",
        "tickets",
        ["assignee"],
        unique=False,
        postgresql_where=sa.text("assignee is not null"),
        sqlite_where=sa.text("assignee is not null"),
    )
    op.create_index("tickets_cell", "tickets", ["cell", "opened_at"], unique=False)
    open_ = sa.text(WORKED_ON)
    op.create_index("tickets_near", "tickets", ["cell", "opened_at"], postgresql_where=open_, sqlite_where=open_)
    op.create_index(
        "tickets_factory",
        "tickets",
        ["factory"],
        unique=False,
        postgresql_where=sa.text("factory <> ''"),
        sqlite_where=sa.text("factory <> ''"),
    )
    op.create_index(
        "tickets_incident",
        "tickets",
        ["incident"],
        unique=False,
        postgresql_where=sa.text("incident is not null"),
        sqlite_where=sa.text("incident is not null"),
    )
    op.create_index(
        "tickets_public",
        "tickets",
        ["public_key"],
        unique=False,
        postgresql_where=sa.text("public_key <> ''"),
        sqlite_where=sa.text("public_key <> ''"),
    )
    op.create_index(
        "tickets_look",
        "tickets",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("look_at is not null"),
        sqlite_where=sa.text("look_at is not null"),
    )
    op.execute(
        "UPDATE tickets SET first_office = office, first_type = type, first_urgency = urgency, look_at = CASE "
        "WHEN status IN ('closed', 'rejected', 'withdrawn', 'merged') THEN NULL ELSE 0 END"
    )
