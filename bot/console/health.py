"""The health of the house in words: what works, what waits, LINE's quota, and offices that nobody can reach."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot import quota
from bot.console.asking import Ask
from bot.console.frame import Frame
from bot.db import deliveries, rota
from bot.db.rows import sure_moment
from bot.readiness import readiness
from handlers import duty

HERE = "/console/health"
MANY = 100  # events that wait: the workers do not keep up


@dataclass(frozen=True, slots=True)
class Sign:
    """One line: `bad` stands out, by its word and its mark as well as by colour."""

    name: str
    told: str
    bad: bool = False


def pages(frame: Frame) -> None:
    frame.page(HERE, "health", show, nav="health.nav", order=86)


def show(ask: Ask) -> Response:
    house, state = ask.house, readiness(ask.house)
    with house.database.reading() as connection:
        pushes = quota.read(connection, ask.now)
        ways = deliveries.counts(connection)
        roster = rota.roster(connection, sure_moment(ask.now), house.tools.knowledge)
    intake, waits, letters = state["intake"], state.get("backlog", 0), state.get("outbox", {})
    signs = [
        Sign("database", _yes(state["database"]), not state["database"]),
        Sign("schema", _yes(state["schema"]), not state["schema"]),
        Sign("intake", _ok(intake["state"] == "ok"), intake["state"] != "ok"),
        Sign("failed", str(intake["failed"]), intake["failed"] > 0),
        Sign("conflicts", str(intake["conflicts"]), intake["conflicts"] > 0),
        Sign("redis", f"health.redis.{state['redis']}", state["redis"] == "degraded"),
        Sign("sending", _ok(state["sending"] == "ok"), state["sending"] != "ok"),
        Sign("backlog", str(waits), waits > MANY),
        Sign("waiting", str(letters.get("waiting", 0)), letters.get("waiting", 0) > MANY),
        Sign("dead", str(letters.get("dead", 0)), letters.get("dead", 0) > 0),
        Sign("notices_dead", str(ways.get("dead", 0)), ways.get("dead", 0) > 0),
        Sign("quota", f"health.quota.{pushes.state}", pushes.state != "open"),
    ]
    offices = {one.office for one in roster.members.values()}
    red = sorted(one for one in offices if not duty.can_be_reached(roster, one))
    return ask.show("health.html", signs=signs, red=red, pushes=pushes, staffed=len(offices))


def _yes(good: bool) -> str:
    return "health.yes" if good else "health.no"


def _ok(good: bool) -> str:
    return "health.ok" if good else "health.halted"
