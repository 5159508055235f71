"""The queue: everybody sees what is theirs to see, in the order of urgency and deadline, and finds it by any word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import words
from bot.db import queue, scope
from bot.db.queue import Wanted
from bot.house import House
from handlers import people
from handlers.people import Member
from handlers.vocabulary import Answer
from knowledge.model import Place
from tests.staffed import CHIANG_MAI, SAMUT_PRAKAN, complaint, knowledge, staffed

Make = Callable[..., House]
OFFICES = (SAMUT_PRAKAN, CHIANG_MAI, "provincial_office@TH-12", "ops", "diw", "thti")
PROVINCES = ("TH-11", "TH-12", "TH-50", "")
KINDS = ("complaint", "emergency", "referral", "question")


def listed(house: House, member: Member, wanted: Wanted = Wanted(), now: int | None = None) -> list[str]:  # noqa: B008
    seen = scope.of(member, house.tools.knowledge)
    with house.database.reading() as connection:
        found = queue.page(connection, seen, wanted, now or house.clock())
        return [row.code for row in found.rows]


def find(house: House, member: Member, text: str, **more: Any) -> list[str]:
    while words.gather(house.database, house.tools.knowledge):
        pass
    return listed(house, member, Wanted(states="all", terms=words.terms(text), **more))


def every_kind(house: House) -> dict[str, people.Held]:
    """A ticket of each kind in each office and province."""
    made: dict[str, people.Held] = {}
    for office in OFFICES:
        for province in PROVINCES:
            for kind in KINDS:
                code = complaint(house, f"U{len(made)}", office=office, kind=kind, place=Place(province))
                made[code] = people.Held(office, province, kind)  # type: ignore[arg-type]
    return made


def test_the_queue_shows_exactly_what_a_role_reaches(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    made = every_kind(house)
    members = [
        *cast.values(),
        Member(90, "x", "diw", "field"),
        Member(91, "y", CHIANG_MAI, "supervisor", frozenset({"TH-50", "TH-12"})),
        Member(92, "z", "thti", "officer"),
    ]
    for member in members:
        shown: set[str] = set()
        after = ""
        while True:
            with house.database.reading() as connection:
                page = queue.page(connection, scope.of(member, knowledge()), Wanted(), house.clock(), after)
            assert not shown & {row.code for row in page.rows}
            shown |= {row.code for row in page.rows}
            after = page.more
            if not after:
                break
        assert shown == {code for code, held in made.items() if people.reaches(member, held)}, member.name
        assert page.count in (len(shown), None)


def test_the_most_urgent_and_next_due_comes_first(url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    from bot.db.rows import sure_moment

    def due(hours: int) -> Any:
        return sure_moment(clock.at + hours * 3_600_000)

    late = complaint(house, "U1", acknowledge_by=due(9))
    soon = complaint(house, "U2", acknowledge_by=due(1))
    never = complaint(house, "U3")
    high = complaint(house, "U4", urgency="high", acknowledge_by=due(20))
    alarm = complaint(house, "U5", urgency="emergency", kind="emergency", acknowledge_by=due(30))
    assert listed(house, cast["anan"]) == [alarm, high, soon, late, never]
    assert listed(house, cast["anan"], Wanted(overdue=True), clock.at + 2 * 3_600_000) == [soon]


def test_what_is_put_aside_is_away_until_its_hour_or_asked_for(url: str, new_house: Make, clock: Any) -> None:
    house, cast = staffed(new_house, url)
    from bot.db.rows import sure_moment

    code = complaint(house)
    house.desk.do(cast["anan"], code, "snooze", {"until": sure_moment(clock.at + 3_600_000)})
    assert listed(house, cast["anan"]) == []
    assert listed(house, cast["anan"], Wanted(snoozed=True)) == [code]
    clock.forward(3601)
    assert listed(house, cast["anan"]) == [code]


@pytest.mark.parametrize(
    "typed",
    [
        "กลิ่นเหม็น",
        "เหม็น ทุกคืน",
        "บางปู",
        "บ า ง ปู",
        "เรืองชัย",
        "เรืองชัยพลาส",
        "THAI-rung",
        "๑๒๓/๔๕",
        "สมุทรปราการ",
    ],
)
def test_a_ticket_is_found_by_its_words_factory_and_place_however_typed(typed: str, url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    report = {"what": Answer("เหม็นมากทุกคืน บริษัท เรืองชัยพลาสติก Thai Rung เลขที่ 123/45")}
    place = Place("TH-11", "1101", "", 13.5, 100.6, typed="แถวบางปู")
    code = complaint(house, "U1", report=report, place=place)
    complaint(house, "U2", summary="ฝุ่นเข้าบ้าน", report={}, place=Place("TH-50"), office=SAMUT_PRAKAN)
    assert code in find(house, cast["anan"], typed)
    if typed != "บ า ง ปู":  # letters on their own are too short to mean a name
        assert find(house, cast["anan"], typed) == [code]


def test_the_search_finds_by_number_and_parts_of_it(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code = complaint(house, "U1")
    complaint(house, "U2")
    assert find(house, cast["anan"], code) == [code]
    assert code in find(house, cast["anan"], code[:7].lower())


def test_the_search_never_leaves_the_scope(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    code = complaint(house)
    assert find(house, cast["anan"], "กลิ่น") == [code]
    assert find(house, cast["charlie"], "กลิ่น") == []
    assert find(house, cast["charlie"], code) == []


def test_a_common_word_is_met_in_order_and_a_changed_ticket_is_found_anew(url: str, new_house: Make) -> None:
    house, cast = staffed(new_house, url)
    codes = [complaint(house, f"U{n}", summary=f"กลิ่นเหม็น {n}") for n in range(4)]
    assert set(find(house, cast["anan"], "กลิ่นเหม็น")) == set(codes)
    seen, wanted = scope.of(cast["anan"], knowledge()), Wanted(states="all", terms=words.terms("กลิ่นเหม็น"))
    with house.database.reading() as connection:
        page = queue.page(connection, seen, wanted, house.clock(), at_most=2)
    assert {row.code for row in page.rows} == set(codes)
    assert page.count in (None, 4)
    from bot.db import tickets
    from handlers.vocabulary import Learn

    with house.database.transaction() as connection:
        tickets.learn(connection, Learn(codes[0], summary="น้ำเสียสีดำ"), house.clock())
    assert find(house, cast["anan"], "น้ำเสีย") == [codes[0]]


@pytest.fixture(scope="module")
def one_house(sqlite_template: Any, tmp_path_factory: Any) -> Any:
    import shutil

    from bot.house import build
    from bot.settings import load
    from tests.house import KEY, SECRET, Clock
    from tests.staffed import hire

    folder = tmp_path_factory.mktemp("search")
    shutil.copy(sqlite_template, folder / "house.db")
    settings_ = load(
        _env_file=None, database_url=f"sqlite:///{folder}/house.db", line_channel_secret=SECRET,
        line_channel_access_token="t", secret_key=KEY, media_dir=folder / "media", redis_url="",
    )  # fmt: skip
    house = build(settings_, Clock(), knowledge())
    yield house, hire(house)
    house.wake.close()
    house.database.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_whatever_is_typed_into_the_search_finds_or_finds_nothing(one_house: Any, typed: str) -> None:
    house, cast = one_house
    listed(house, cast["orn"], Wanted(states="all", terms=words.terms(typed)))
