"""kill -9 at random moments under many conversations at once, then the count.

    python -m tests.kill_random [--people 200] [--texts 4] [--kills 12] [--database postgres] [--seed 1]

People write through the local LINE platform, each text after the answer to the one before; the house is killed and
started again all the while. Every text opens a ticket and is answered by a card that names it, so what was lost or
doubled can be counted: each acknowledged event once in effect, each person every answer at least once, no ticket
twice. Exit code 1 if not.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import uvicorn

from bot import house, log, web
from bot.db import schema
from bot.db.engine import Database
from bot.db.tables import inbox, outbox, story, tickets
from bot.emulator.platform import Emulator, create_emulator
from bot.emulator.serving import serving
from bot.settings import Settings, load
from handlers.vocabulary import Card, Open, Outcome, Say, StoryEntry, Tell, Turn
from tests.house import KEY, SECRET, NoKnowledge, free_port, rows

TOKEN = "token"
PATIENCE = 60.0


def answer(turn: Turn) -> Outcome:
    """Each text opens a ticket whose story holds the text, and is answered by a card with the text in its title."""
    text = turn.incoming.text
    opened = Open(turn.code, "complaint", "smell", "normal", "diw", "Smell", {})
    told = Tell(turn.code, StoryEntry("x", turn.now, "reporter", words=text))
    return Outcome((Say(card=Card(text), must_arrive=True),), replace(turn.conversation, flow="x"), (opened, told))


@dataclass
class Life:
    """A house in a process of its own, killed and born again."""

    settings: Settings
    pid: int = 0
    kills: int = 0

    def start(self) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            try:
                built = house.build(self.settings, knowledge=NoKnowledge(), handle=answer)  # type: ignore[arg-type]
                app = web.app(built)
                uvicorn.run(app, host="127.0.0.1", port=self.settings.port, log_level="critical", access_log=False)
            finally:
                os._exit(0)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.kills += 1

    def stop(self) -> float:
        before = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        return time.monotonic() - before


@dataclass
class Talk:
    """One person: says a text, waits until it is answered, says the next."""

    who: str
    texts: list[str]
    said: int = 0
    at: float = 0.0
    slow: list[float] = field(default_factory=list)

    def step(self, line: Emulator, allowed: int) -> bool:
        """False when all is said and answered; no more than `allowed` texts are said yet."""
        if self.said and self.texts[self.said - 1] not in titles(line, self.who):
            return True
        if self.said and len(self.slow) < self.said:
            self.slow.append(time.monotonic() - self.at)
        if self.said == len(self.texts):
            return False
        if self.said >= allowed:
            return True
        line.say(self.who, self.texts[self.said])
        self.said += 1
        self.at = time.monotonic()
        return True


def titles(line: Emulator, who: str) -> Counter[str]:
    """How often each answer is in this person's chat."""
    return Counter(message.get("altText", "") for message in line.answers(who))


def talk_it_over(line: Emulator, life: Life, people: list[Talk], kills: int, chance: random.Random) -> list[Talk]:
    """Everybody talks while the house dies again and again; gives those who never got an answer."""
    open_ = list(people)
    next_kill = time.monotonic() + 0.5
    until = time.monotonic() + PATIENCE + kills * 2
    while (open_ or life.kills < kills) and time.monotonic() < until:
        allowed = 1 + life.kills * len(people[0].texts) // max(1, kills)  # so that every kill meets a conversation
        open_ = [one for one in open_ if one.step(line, allowed)]
        if time.monotonic() > next_kill and life.kills < kills:
            life.kill()
            time.sleep(chance.uniform(0, 0.2))
            life.start()
            next_kill = time.monotonic() + chance.uniform(0.3, 2.0)
        time.sleep(0.02)
    return open_


def count(database: Database, line: Emulator, people: list[Talk]) -> tuple[dict[str, Any], list[str]]:
    """The figures, and what is wrong with them."""
    said = [text for one in people for text in one.texts]
    effects = Counter(row.words for row in rows(database, story))
    answers = Counter()
    for one in people:
        answers.update(titles(line, one.who))
    codes = [row.code for row in rows(database, tickets)]
    figures = {
        "texts": len(said),
        "events kept": len(rows(database, inbox)),
        "with one effect": sum(effects[text] == 1 for text in said),
        "without effect": sum(effects[text] == 0 for text in said),
        "with two or more": sum(effects[text] > 1 for text in said),
        "tickets": len(codes),
        "tickets twice": len(codes) - len(set(codes)),
        "answered": sum(answers[text] >= 1 for text in said),
        "never answered": sum(answers[text] == 0 for text in said),
        "answered twice": sum(answers[text] > 1 for text in said),
        "outbox": dict(Counter(row.state for row in rows(database, outbox))),
    }
    must_be_none = ("without effect", "with two or more", "tickets twice", "never answered")
    return figures, [name for name in must_be_none if figures[name]]


def run(url: str, folder: Path, people: int, texts: int, kills: int, seed: int) -> tuple[dict[str, Any], list[str]]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    line = create_emulator(channel_secret=SECRET, access_token=TOKEN, webhook_url=f"{address}/line/webhook", seed=seed)
    line.webhook_at(f"{address}/line/webhook", redelivery=(0.3, 0.5, 1, 1, 2, 2, 4, 4, 8, 8, 8, 8))
    with serving(line.app) as base:
        settings = load(
            _env_file=None,
            database_url=url,
            line_channel_secret=SECRET,
            line_channel_access_token=TOKEN,
            line_api_base=f"{base}/api",
            line_data_api_base=f"{base}/data",
            secret_key=KEY,
            port=port,
            fragment_seconds=0,
            media_dir=folder / "media",
            redis_url="",
        )
        database = Database(url)
        schema.upgrade(database)
        database.close()
        life = Life(settings)
        life.start()
        talks = [Talk(line.add_person(f"P{n}").id, [f"p{n} text {k}" for k in range(texts)]) for n in range(people)]
        try:
            silent = talk_it_over(line, life, talks, kills, random.Random(seed))
            line.idle(30)
        finally:
            stopped = life.stop()
        database = Database(url)
        figures, wrong = count(database, line, talks)
        database.close()
        slow = sorted(second for one in talks for second in one.slow)
        figures |= {"kills": life.kills, "drained in s": round(stopped, 2), "waiting at the end": len(silent)}
        figures |= {f"answer p{p} s": round(slow[int(len(slow) * p / 100)], 2) for p in (50, 99) if slow}
        line.close()
    return figures, wrong


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    asked.add_argument("--people", type=int, default=200)
    asked.add_argument("--texts", type=int, default=4)
    asked.add_argument("--kills", type=int, default=12)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", default="", help="postgresql://… (empty), or: postgres (one is started)")
    asked.add_argument("--short", action="store_true", help="60 people, 3 texts, 4 kills")
    given = asked.parse_args()
    if given.short:
        given.people, given.texts, given.kills = 60, 3, 4
    warnings.simplefilter("ignore")
    log.set_up(level="CRITICAL")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        url = given.database or f"sqlite:///{name}/house.db"
        if url == "postgres":
            from tests.bench.servers import postgres

            url = stack.enter_context(postgres())
        figures, wrong = run(url, Path(name), given.people, given.texts, given.kills, given.seed)
    for what, figure in figures.items():
        print(f"{what:>20}  {figure}")
    print("wrong: " + ", ".join(wrong) if wrong else "all as it must be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
