"""What the figures and the map count, kept ready: marks and steps of each ticket, and indexes that hold all of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WORKED_ON = "status in ('new', 'acknowledged', 'in_progress', 'waiting_for_reporter', 'reopened')"
MARKED = (
    "CASE WHEN acknowledged_at IS NOT NULL THEN 1 ELSE 0 END + CASE WHEN coalesce(acknowledged_at <= "
    "acknowledge_by, false) THEN 2 ELSE 0 END + CASE WHEN resolved_at IS NOT NULL THEN 4 ELSE 0 END + CASE WHEN "
    "coalesce(resolved_at <= resolve_by, false) THEN 8 ELSE 0 END + CASE WHEN reopened > 0 THEN 16 ELSE 0 END + "
    "CASE WHEN rating IS NOT NULL THEN 32 ELSE 0 END + CASE WHEN acknowledged_at IS NOT NULL AND first_office <> "
    "'' THEN 64 ELSE 0 END + CASE WHEN acknowledged_at IS NOT NULL AND first_office <> '' AND first_office = "
    "office AND first_type = type AND first_urgency = urgency THEN 128 ELSE 0 END + CASE WHEN status in ('new', "
    "'acknowledged', 'in_progress', 'waiting_for_reporter', 'reopened') THEN 256 ELSE 0 END + CASE WHEN status = "
    "'waiting_for_reporter' THEN 512 ELSE 0 END + coalesce(rating, 0) * 1024"
)
STEP = (
    "CASE WHEN {0} < 0 THEN NULL WHEN {0} < 3600000 THEN {0} / 60000 WHEN {0} < 86400000 THEN 56 + {0} / 900000 "
    "WHEN {0} < 604800000 THEN 128 + {0} / 3600000 WHEN {0} < 7776000000 THEN 268 + {0} / 21600000 WHEN {0} IS "
    "NOT NULL THEN 628 END"
)
COLUMNS = {
    "marks": MARKED,
    "taken_step": STEP.format("(acknowledged_at - opened_at)"),
    "resolved_step": STEP.format("(resolved_at - opened_at)"),
}
PLACED = ["cell", "opened_at", "urgency", "type", "office", "province", "kind", "drill"]
COUNTED = ["opened_at", "office", "type", "province", "kind", "urgency", "source", "drill", "marks", "turn"]


def upgrade() -> None:
    """SQLite can add only a virtual column, PostgreSQL indexes only a stored one: there all three in one writing."""
    if op.get_bind().dialect.name == "postgresql":
        added = [f"ADD COLUMN {name} integer GENERATED ALWAYS AS ({made}) STORED" for name, made in COLUMNS.items()]
        op.execute(f"ALTER TABLE tickets {', '.join(added)}")
    else:
        for name, made in COLUMNS.items():
            op.add_column("tickets", sa.Column(name, sa.Integer(), sa.Computed(made, persisted=False)))
    op.create_index("tickets_figures", "tickets", [*COUNTED, "taken_step", "resolved_step"])
    op.drop_index("tickets_near", "tickets")
    open_ = sa.text(WORKED_ON)
    op.create_index("tickets_near", "tickets", PLACED, postgresql_where=open_, sqlite_where=open_)
