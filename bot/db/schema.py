"""The schema's versions: Alembic migrations, numbered from 0001. `serve` refuses an old schema and says how to mend
it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import DBAPIError

from bot.db.engine import Database

MIGRATIONS = Path(__file__).parent / "migrations"


class OldSchema(Exception):
    """The database is not at the version of this code."""


def head() -> str:
    """The newest migration; they are numbered, so it is the last file."""
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def current(database: Database) -> str:
    """The version that the database is at; empty for none."""
    try:
        with database.reading() as connection:
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    except DBAPIError:
        return ""


def is_current(database: Database) -> bool:
    return current(database) == head()


def must_be_current(database: Database) -> None:
    found = current(database)
    if found != head():
        raise OldSchema(
            f"the database is at version {found or 'none'}, this code needs {head()}: run `frontdoor db upgrade`"
        )


def waiting(database: Database) -> list[str]:
    """Names of the migrations that this database still lacks, in order."""
    found = current(database)
    names = sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return [name for name in names if name.split("_")[0] > found]


def upgrade(database: Database, to: str = "head") -> None:
    """Brings the schema up to date. Safe to run twice."""
    from alembic import command

    command.upgrade(_config(database), to)


def _config(database: Database) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database"] = database
    return config


def migration_engine(database: Database) -> Any:
    """PostgreSQL: a connection without the house's time-outs, but which never waits long for a lock."""
    url = database.url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(url, poolclass=pool.NullPool, connect_args={"options": "-c lock_timeout=5s"})
