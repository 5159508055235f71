"""Settings: every fault at once with its mend, secrets that do not print, and files for secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.settings import MENDS, Settings, SettingsError, load
from tests.house import KEY, SECRET

GOOD = {"line_channel_secret": SECRET, "line_channel_access_token": "token", "secret_key": KEY}


def given(**more: Any) -> Settings:
    return load(_env_file=None, **{**GOOD, **more})


def faults(**more: Any) -> dict[str, str]:
    with pytest.raises(SettingsError) as error:
        load(_env_file=None, **more)
    return {name: mend for name, _, mend in error.value.faults}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name.upper() + "_FILE", raising=False)


def test_every_missing_variable_is_told_at_once_with_its_mend() -> None:
    found = faults()
    assert set(found) == {"LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "SECRET_KEY"}
    assert all(found[name] == MENDS[name] for name in found)


def test_wrong_values_are_told_together() -> None:
    found = faults(**GOOD, database_url="mysql://x", redis_url="x", port=0, line_api_base="ftp://x")
    assert set(found) == {"DATABASE_URL", "REDIS_URL", "PORT", "LINE_API_BASE"}


@pytest.mark.parametrize("key", ["", "short", f"{KEY},short"])
def test_a_short_secret_key_is_refused(key: str) -> None:
    assert set(faults(**{**GOOD, "secret_key": key})) == {"SECRET_KEY"}


def test_an_error_never_shows_a_secret() -> None:
    with pytest.raises(SettingsError) as error:
        load(_env_file=None, **{**GOOD, "secret_key": "my-secret", "line_channel_secret": ""})
    assert "my-secret" not in str(error.value)


def test_secrets_do_not_print() -> None:
    printed = repr(given(database_url="postgresql://u:password@h/n"))
    assert SECRET not in printed
    assert KEY not in printed
    assert "password" not in printed


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("SECRET_KEY", KEY)
    assert load(_env_file=None, line_channel_secret="a", line_channel_access_token="b").port == 9001


def test_a_secret_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    made = load(_env_file=None, line_channel_secret="a", line_channel_access_token="b")
    assert made.secret_keys == (KEY,)
    monkeypatch.setenv("SECRET_KEY", KEY[::-1])
    assert load(_env_file=None, line_channel_secret="a", line_channel_access_token="b").secret_keys == (KEY[::-1],)


def test_a_missing_secret_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", "/nowhere/key")
    assert set(faults(**GOOD)) == {"SECRET_KEY_FILE"}


def test_a_dotenv_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(f"LINE_CHANNEL_SECRET=a\nLINE_CHANNEL_ACCESS_TOKEN=b\nSECRET_KEY={KEY}\nPORT=8123\nOTHER=1\n")
    assert load(_env_file=path).port == 8123


@pytest.mark.parametrize("prefix", ["postgres://", "postgresql+psycopg://", "postgresql+asyncpg://", "postgresql://"])
def test_every_spelling_of_a_postgres_address_is_taken(prefix: str) -> None:
    assert given(database_url=f"{prefix}u@h/n").database_url == "postgresql://u@h/n"


def test_addresses_lose_their_last_slash() -> None:
    assert given(public_base_url="https://x.go.th/").public_base_url == "https://x.go.th"
