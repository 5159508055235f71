"""Alembic's entry: runs the migrations on the database that `bot.db.schema.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from bot.db import tables_staff  # noqa: F401  its tables join the metadata
from bot.db.schema import migration_engine
from bot.db.tables import metadata


def run() -> None:
    database = context.config.attributes["database"]
    if database.sqlite:
        with database.transaction() as connection:
            context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
            context.run_migrations()
    else:
        with migration_engine(database).begin() as connection:
            context.configure(connection=connection, target_metadata=metadata)
            context.run_migrations()


run()
