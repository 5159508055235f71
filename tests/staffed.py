"""The standing cast of the staff side, and a house in which they work.

Anan is an officer of Samut Prakan, Duang his colleague, Wipa oversees region 2, Hub answers what nobody owns, Adisorn
runs the house, Orn reads its books, Charlie is an officer of Chiang Mai and may see nothing of Samut Prakan.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bot.db import members, people, tickets
from bot.db.rows import sure_moment
from bot.db.tables_staff import staff
from bot.desk import Desk
from bot.house import House
from bot.worker import Worker
from handlers.dispatch import handle
from handlers.people import Member
from handlers.vocabulary import Answer, Open, Reporter, StoryEntry
from knowledge.load import Knowledge, load
from knowledge.model import Place
from tests.house import START, arrive, event

SAMUT_PRAKAN, CHIANG_MAI = "provincial_office@TH-11", "provincial_office@TH-50"
CAST: dict[str, dict[str, str]] = {
    "anan": {"office": SAMUT_PRAKAN, "role": "officer"},
    "duang": {"office": SAMUT_PRAKAN, "role": "deputy", "duties": "factory|mine"},
    "wipa": {"office": "ops", "role": "supervisor", "area": "2"},
    "hub": {"office": "ops", "role": "hub"},
    "field": {"office": "diw", "role": "field", "area": "TH-11|TH-12"},
    "adisorn": {"office": "ops", "role": "administrator"},
    "orn": {"office": "ops", "role": "auditor"},
    "charlie": {"office": CHIANG_MAI, "role": "officer"},
}
REPORT = "โรงงานพลาสติกที่บางปู สมุทรปราการ ปล่อยควันดำทุกคืน เหม็นมาก"


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return load()


def hire(house: House) -> dict[str, Member]:
    """Puts the cast into the house, each with a LINE account of their name."""
    with house.database.transaction() as connection:
        for name, given in CAST.items():
            row = {
                "email": f"{name}@example.go.th",
                "name": name,
                "state": "active",
                "lane": f"U{name}",
                "made_at": START,
            }
            connection.execute(sa.insert(staff).values(**row, **given))
        rows = connection.execute(sa.select(staff)).all()
    return {row.name: members.member(row, house.tools.knowledge) for row in rows}


def desk_of(house: House) -> Desk:
    return Desk(house.database, house.sealing, house.tools.knowledge, house.clock)


def run(house: House) -> None:
    worker = Worker(house.database, house.tools)
    while worker.step():
        pass


def staffed(new_house: Any, url: str, **given: Any) -> tuple[House, dict[str, Member]]:
    """A house with the real handlers and knowledge, and its cast."""
    house: House = new_house(url, handle=handle, knowledge=knowledge(), **given)
    return house, hire(house)


def emergency(house: House, who: str = "Usomchai", number: int = 1) -> str:
    """Somebody cries for help in Samut Prakan; gives the ticket's code."""
    return report(house, "ไฟไหม้โรงงานพลาสติกที่บางปู สมุทรปราการ มีคนติดอยู่ข้างใน ช่วยด้วย", who, number)


def report(house: House, words: str, who: str, number: int) -> str:
    arrive(house, event(number, who, house.clock(), text=words))
    run(house)
    with house.database.reading() as connection:
        found = tickets.of_persons(connection, list(house.sealing.persons(who)))
    return next(iter(found.values()))[0].code


def complaint(house: House, who: str = "Umalee", code: str = "", office: str = SAMUT_PRAKAN, **given: Any) -> str:
    """A complaint as its form would open it; keywords change the Open act."""
    code = code or house.sealing.code(f"{who}{house.clock()}{given}")
    act = Open(
        **{
            "code": code,
            "kind": "complaint",
            "type": "smell",
            "urgency": "normal",
            "office": office,
            "summary": "กลิ่นเหม็นจากโรงงาน",
            "report": {"what": Answer("เหม็นมากทุกคืน")},
            "place": Place("TH-11", "1101", "110101", 13.53, 100.65),
            "story": (StoryEntry("story.opened", sure_moment(house.clock()), "reporter"),),
            **given,
        }
    )
    with house.database.transaction() as connection:
        tickets.open_all(connection, [act], house.clock(), house.sealing.new_page)
        people.seal_all(connection, [(code, who, Reporter("0812345678"))], house.sealing)
    return code
