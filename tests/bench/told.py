"""How long from a report to the push of its card? One house, one local LINE platform, real HTTP; prints milliseconds.

`python -m tests.bench.told [sqlite|postgres] [reports]`. The way measured: LINE posts the report's webhook, the worker
opens the ticket, the notifier expands the notice into the outbox, the sender pushes, the platform has the card.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot import house as houses
from bot import log, settings, web
from bot.db import schema
from bot.db.tables import notices, outbox
from bot.db.tables_staff import deliveries, staff
from bot.emulator.platform import create_emulator
from bot.emulator.serving import serving
from tests.bench import servers
from tests.house import KEY, SECRET

FIRE = "ไฟไหม้โรงงานพลาสติกที่บางปู สมุทรปราการ มีคนติดอยู่ข้างใน ช่วยด้วย"
OFFICE = "provincial_office@TH-11"


def run(url: str, reports: int, folder: Path) -> dict[str, list[float]]:
    line = create_emulator(channel_secret=SECRET, access_token="token", webhook_url="http://unset")
    with serving(line.app) as base:
        chosen = settings.load(
            _env_file=None, database_url=url, redis_url="", line_channel_secret=SECRET, secret_key=KEY,
            line_channel_access_token="token", media_dir=folder / "media", line_api_base=f"{base}/api",
            line_data_api_base=f"{base}/data",
        )  # fmt: skip
        built = houses.build(chosen)
        schema.upgrade(built.database)
        with built.database.transaction() as connection:
            row = {"email": "a@b.th", "name": "anan", "office": OFFICE, "role": "officer", "state": "active"}
            connection.execute(sa.insert(staff).values(**row, lane=line.person("anan").id, made_at=1))
        line.person("anan").friend = True
        with serving(web.app(built)) as door:
            line.webhook_at(f"{door}/line/webhook")
            found = _measure(line, built, reports)
    line.close()
    return found


def _measure(line: Any, built: Any, reports: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"report to card": [], "notice to push": []}
    for number in range(reports):
        who = line.add_person(f"person {number}")
        begun = time.perf_counter()
        line.say(who.key, FIRE)
        line.wait_for("anan", number + 1)
        found["report to card"].append((time.perf_counter() - begun) * 1000)
        time.sleep(0.2)
    with built.database.reading() as connection:
        asked = (
            sa.select(notices.c.at, outbox.c.done_at)
            .join(deliveries, deliveries.c.notice == notices.c.id)
            .join(outbox, outbox.c.event_id == sa.func.concat("notice:", sa.cast(deliveries.c.id, sa.Text)))
        )
        found["notice to push"] = [float(row.done_at - row.at) for row in connection.execute(asked) if row.done_at]
    return found


def main() -> None:
    log.set_up(level="ERROR")
    kind, reports = [*sys.argv[1:], "sqlite"][0], int([*sys.argv[2:], "30"][0])
    database = {"sqlite": servers.sqlite, "postgres": servers.postgres}[kind]
    with tempfile.TemporaryDirectory() as folder, database() as url:
        for name, values in run(url, reports, Path(folder)).items():
            slowest = sorted(values)[int(len(values) * 0.95)]
            print(f"{kind}: {name}: median {statistics.median(values):.0f} ms, p95 {slowest:.0f} ms, n {len(values)}")


if __name__ == "__main__":
    main()
