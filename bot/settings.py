"""What the house is told from outside: environment, `.env`, and `*_FILE` for secrets that lie in files.

All faults are told at once, each with its variable and its mend, because whoever sets up a server at night should not
meet them one by one. Nothing else in the project reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MENDS = {
    "DATABASE_URL": "an address like sqlite:///data/frontdoor.db or postgresql://user:password@host/name",
    "REDIS_URL": "an address like redis://host:6379/0, or leave it out",
    "LINE_CHANNEL_SECRET": "copy the channel secret from the LINE Developers console, Basic settings",
    "LINE_CHANNEL_ACCESS_TOKEN": "issue a channel access token in the LINE Developers console, Messaging API",
    "LINE_API_BASE": "leave it out, or give an address like https://api.line.me",
    "LINE_DATA_API_BASE": "leave it out, or give an address like https://api-data.line.me",
    "PUBLIC_BASE_URL": "the https address under which LINE reaches this server, like https://frontdoor.example.go.th",
    "SECRET_KEY": "at least 32 random characters: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
    "PORT": "a number from 1 to 65535",
    "OIDC_ISSUER": "the https address of the sign-in server, as its discovery document spells it",
    "OIDC_CLIENT_ID": "the client id that the sign-in server gave this house",
    "LINE_LOGIN_CHANNEL_SECRET": "copy the channel secret of the LINE Login channel, Basic settings",
    "TRUSTED_PROXIES": "addresses or networks of the proxies in front, comma separated, like 10.0.0.5,10.1.0.0/16",
    "SMTP_URL": "an address like smtp://user:password@mail.example.go.th:587 or smtps://…:465, or leave it out",
    "MAIL_FROM": "an address like Front Door <frontdoor@example.go.th>",
    "FRAGMENT_SECONDS": "a number of seconds from 0 to 10",
}


class SettingsError(Exception):
    """Every wrong or missing variable with its mend; `faults` holds (variable, what is wrong, mend)."""

    def __init__(self, faults: tuple[tuple[str, str, str], ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{name}: {wrong}. Mend: {mend}" for name, wrong, mend in faults))


class Settings(BaseSettings):
    """Frozen, so that nothing changes under a running house. Secrets do not print."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: str = Field("sqlite:///data/frontdoor.db", repr=False)
    redis_url: str = Field("", repr=False)
    line_channel_secret: SecretStr
    line_channel_access_token: SecretStr
    line_api_base: str = "https://api.line.me"
    line_data_api_base: str = "https://api-data.line.me"
    line_bot_user_id: str = ""  # "U…" of the bot itself; events for another destination are then ignored
    public_base_url: str = ""
    secret_key: SecretStr  # several, comma separated: the first seals, all can open
    host: str = "0.0.0.0"  # noqa: S104  a container must be reachable; the proxy in front holds the door
    port: int = Field(8000, ge=1, le=65535)
    fragment_seconds: float = Field(1.0, ge=0, le=10)
    media_dir: Path = Path("data/media")
    knowledge_dir: Path | None = None  # what the operator adds to the knowledge of the package
    intake_seconds: float = Field(1.5, gt=0, le=1.9)  # LINE gives up after 2 s
    body_limit: int = Field(1024 * 1024, ge=1024)
    photo_limit: int = Field(20 * 1024 * 1024, ge=1024)
    file_limit: int = Field(200 * 1024 * 1024, ge=1024)
    person_per_minute: int = Field(60, ge=1)
    line_seconds: float = Field(6.0, gt=0, le=12)  # that a call to LINE may take
    stale_seconds: float = Field(10.0, ge=0)
    poll_seconds: float = Field(0.25, gt=0, le=5)
    trusted_proxies: str = ""  # whose X-Forwarded-For is believed; none: nobody's
    oidc_issuer: str = ""  # staff sign in at this OpenID Connect provider as well
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = "OpenID"  # what its button says
    oidc_inside: bool = False  # the provider stands in the own network: private addresses are called
    line_login_channel_id: str = ""  # staff sign in with LINE as well
    line_login_channel_secret: SecretStr = SecretStr("")
    line_login_issuer: str = "https://access.line.me"
    smtp_url: SecretStr = SecretStr("")  # smtp://user:password@host:587 or smtps://…; empty: no mail goes out
    mail_from: str = ""
    vapid_private_key: SecretStr = SecretStr("")  # of pushes to browsers; `frontdoor notify key` makes one
    ways_inside: bool = False  # webhooks of staff may lead into the own network
    list_tickets: bool = False  # the plain page /tickets; only the demo turns it on
    demo_speed: float = Field(1.0, ge=1, le=3600)  # how fast deadlines and duty pass; only the demo changes it

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        for old in ("postgres://", "postgresql+psycopg://", "postgresql+asyncpg://"):
            url = url.replace(old, "postgresql://", 1) if url.startswith(old) else url
        if not url.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("is neither SQLite nor PostgreSQL")
        return url

    @field_validator("line_api_base", "line_data_api_base", "public_base_url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("is no http address")
        return url.rstrip("/")

    @field_validator("oidc_issuer", "line_login_issuer")
    @classmethod
    def _an_issuer(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise ValueError("is no https address")
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, listed: str) -> str:
        for one in filter(None, (part.strip() for part in listed.split(","))):
            try:
                ip_network(one, strict=False)
            except ValueError:
                raise ValueError(f"{one} is no address or network") from None
        return listed

    @field_validator("redis_url")
    @classmethod
    def _a_redis(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("is no redis address")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(("smtp://", "smtps://")):
            raise ValueError("is no mail server's address")
        return url

    @field_validator("mail_from")
    @classmethod
    def _a_sender(cls, sender: str) -> str:
        if sender and ("@" not in sender or not sender.isprintable()):
            raise ValueError("is no mail address")
        return sender

    @field_validator("line_channel_secret", "line_channel_access_token")
    @classmethod
    def _not_empty(cls, secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().strip():
            raise ValueError("is empty")
        return secret

    @model_validator(mode="after")
    def _long_keys(self) -> Self:
        if any(len(key) < 32 for key in self.secret_keys):
            raise ValueError("SECRET_KEY is shorter than 32 characters")
        return self

    @model_validator(mode="after")
    def _whole_sign_in(self) -> Self:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("OIDC_CLIENT_ID is missing, though OIDC_ISSUER is set")
        if self.line_login_channel_id and not self.line_login_channel_secret.get_secret_value():
            raise ValueError("LINE_LOGIN_CHANNEL_SECRET is missing, though LINE_LOGIN_CHANNEL_ID is set")
        return self

    @property
    def proxies(self) -> tuple[str, ...]:
        return tuple(filter(None, (part.strip() for part in self.trusted_proxies.split(","))))

    @property
    def secret_keys(self) -> tuple[str, ...]:
        keys = (key.strip() for key in self.secret_key.get_secret_value().split(","))
        return tuple(key for key in keys if key) or ("",)

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


class Overlay(BaseSettings):
    """What the commands of knowledge need, which work without secrets."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    knowledge_dir: Path | None = None


def load(**given: Any) -> Settings:
    """The settings of this process; `given` wins over the environment. Raises SettingsError with every fault."""
    try:
        from_files = _from_files(os.environ)
        return Settings(**{**from_files, **given})
    except ValidationError as error:
        raise SettingsError(tuple(_fault(one) for one in error.errors())) from None


def _from_files(environment: Mapping[str, str]) -> dict[str, str]:
    """Values of `NAME_FILE`, as container secrets come; the plain variable wins where both are set."""
    found: dict[str, str] = {}
    missing: list[tuple[str, str, str]] = []
    for field in Settings.model_fields:
        name = field.upper()
        path = environment.get(f"{name}_FILE")
        if not path or environment.get(name):
            continue
        try:
            found[field] = Path(path).read_text(encoding="utf-8").strip()
        except OSError:
            missing.append((f"{name}_FILE", "the file cannot be read", "name a file that this user may read"))
    if missing:
        raise SettingsError(tuple(missing))
    return found


def _fault(error: Any) -> tuple[str, str, str]:
    wrong = "is missing" if error["type"] == "missing" else str(error["msg"]).removeprefix("Value error, ")
    name = str(error["loc"][0]).upper() if error["loc"] else wrong.partition(" ")[0]
    return name, wrong.removeprefix(f"{name} "), MENDS.get(name, "see README, Settings")
