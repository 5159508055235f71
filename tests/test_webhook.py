"""The door: what LINE sends is kept before it is answered, and one odd event harms no other."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.db.inbox import Arrived, Intake, IntakeFailed
from bot.db.tables import IGNORED, OPEN, inbox
from bot.house import House
from bot.line.webhook import Door
from tests.house import SECRET, START, Clock, body, event, knock, rows, signature

Make = Callable[..., House]


@pytest.fixture
def house(new_house: Make, sqlite_url: str) -> House:
    return new_house(sqlite_url)


@pytest.fixture
def sqlite_url(tmp_path: Any, sqlite_template: Any) -> str:
    (tmp_path / "house.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'house.db'}"


def stored(house: House) -> list[Any]:
    return rows(house.database, inbox, "event_id")


def post(house: House, raw: bytes, headers: Any = None) -> int:
    return asyncio.run(knock(house.door, raw, headers))


def test_an_event_is_kept_as_it_came(house: House) -> None:
    one = event(1, text="โรงงานปล่อยควัน", future={"field": [1, 2]})
    assert post(house, body(one)) == 200
    (row,) = stored(house)
    assert json.loads(row.raw) == one
    assert (row.event_id, row.lane, row.stamp, row.state) == (one["webhookEventId"], "Usomchai", START, OPEN)
    assert (row.token, row.message, row.kind) == ("token1", "1001", "message")


def _re_encoded(raw: bytes) -> bytes:
    return json.dumps(json.loads(raw), indent=1).encode()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("x-line-signature", "")],
        [("x-line-signature", "not base64 ~")],
        [("x-line-signature", base64.b64encode(b"0" * 32).decode())],
        [("x-line-signature", signature(body(event(1)), "another secret"))],
        [("x-line-signature", signature(_re_encoded(body(event(1)))))],
        [("x-line-signature", signature(body(event(1)))), ("x-line-signature", "second")],
        [("x-line-signature", hmac.new(SECRET.encode(), body(event(1)), hashlib.sha256).hexdigest())],
    ],
)
def test_what_line_did_not_sign_is_refused_and_not_kept(house: House, headers: list[tuple[str, str]]) -> None:
    assert post(house, body(event(1)), headers) == 401
    assert stored(house) == []


def test_the_name_of_the_header_may_be_in_any_case(house: House) -> None:
    raw = body(event(1))
    assert post(house, raw, [("X-LINE-Signature", signature(raw))]) == 200


def test_a_body_too_large_is_refused_announced_or_not(new_house: Make, sqlite_url: str) -> None:
    house = new_house(sqlite_url, body_limit=1024)
    raw = body(event(1, text="ก" * 2000))
    assert post(house, raw) == 413

    async def in_pieces() -> int:
        answers: list[Any] = []
        pieces = iter([raw[:600], raw[600:1200], raw[1200:]])

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": next(pieces), "more_body": True}

        async def send(message: Any) -> None:
            answers.append(message)

        await house.door({"type": "http", "headers": [(b"x-line-signature", signature(raw).encode())]}, receive, send)
        return int(answers[0]["status"])

    assert asyncio.run(in_pieces()) == 413
    assert stored(house) == []


def test_the_verify_button_of_the_console_is_answered(house: House) -> None:
    assert post(house, body()) == 200
    assert stored(house) == []


def test_several_people_in_one_body_are_all_kept(house: House) -> None:
    assert post(house, body(event(1, "Ua"), event(2, "Ub"), event(3, "Ua"))) == 200
    assert [row.lane for row in stored(house)] == ["Ua", "Ub", "Ua"]


def test_the_same_event_is_kept_once(house: House) -> None:
    for _ in range(5):
        assert post(house, body(event(1), event(1))) == 200
    assert len(stored(house)) == 1


ODD: list[Any] = [
    event(9, type="somethingNew"),
    event(9, source={"type": "planet", "userId": "Ux"}),
    event(9, source=None),
    event(9, message={"type": "hologram", "id": "1"}),
    event(9, message=None),
    event(9, timestamp="yesterday"),
    event(9, timestamp=1e300),
    event(9, timestamp=-1),
    event(9, timestamp=0),
    event(9, timestamp=253402300799000),
    event(9, timestamp=None),
    event(9, webhookEventId=None),
    event(9, webhookEventId=17),
    event(9, replyToken=[]),
    event(9, deliveryContext="no"),
    event(9, source={"type": "user", "userId": {"a": 1}}),
    event(9, message=[1]),
    event(9, text="NUL \0 and half \ud83d emoji"),
    "a string",
    17,
    None,
    [],
    {},
]


@pytest.mark.parametrize("odd", ODD, ids=[str(n) for n in range(len(ODD))])
def test_an_odd_event_is_kept_and_harms_no_other(house: House, odd: Any) -> None:
    assert post(house, body(event(1), odd, event(2))) == 200
    kept = stored(house)
    assert len(kept) == 3
    assert {"01EVENT" + "1".zfill(19), "01EVENT" + "2".zfill(19)} <= {row.event_id for row in kept}
    for row in kept:
        assert "\0" not in row.raw + row.lane + row.message
        row.raw.encode()
        assert 0 < row.stamp <= START + 60_000


def test_lone_surrogates_in_ids_do_not_break_the_door(house: House) -> None:
    raw = body(event(1)).replace(b"Usomchai", b"U\\ud83d\\u0000x").replace(b"text 1", b"\\ud83d half")
    assert post(house, raw, [("x-line-signature", signature(raw))]) == 200
    (row,) = stored(house)
    assert row.lane.startswith("U")
    assert row.state == OPEN


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[" * 10_000,
        b'{"events":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        b'{"events": 17}',
        b'{"events": [' + b"[" * 10_000 + b"]" * 10_000 + b"]}",
        gzip.compress(b"0" * 100_000),
        b"\xff\xfe\x00",
    ],
    ids=["empty", "words", "open", "deep", "number", "deep list", "gzip", "bytes"],
)
def test_what_cannot_be_read_is_kept_as_ignored(house: House, raw: bytes) -> None:
    assert post(house, raw) == 200
    assert [row.state for row in stored(house)] in ([IGNORED], [OPEN])


def test_numbers_and_keys_that_json_should_not_have(house: House) -> None:
    raw = (
        b'{"destination":"Ubot","events":[{"type":"message","timestamp":1e400,"timestamp":1,"webhookEventId":"01X",'
        b'"source":{"type":"user","userId":"Ux"},'
        b'"message":{"type":"location","id":"5","latitude":1e400,"longitude":NaN}}]}'
    )
    assert post(house, raw) == 200
    assert len(stored(house)) == 1


@pytest.mark.parametrize("text", ["words", "half \ud83d emoji"], ids=["usual", "read field by field"])
def test_an_old_body_replayed_is_kept_and_ignored(house: House, text: str) -> None:
    post(house, body(event(1, at=START - 8 * 24 * 3600 * 1000, text=text)))
    assert [row.state for row in stored(house)] == [IGNORED]


@pytest.mark.parametrize("text", ["words", "half \ud83d emoji"], ids=["usual", "read field by field"])
def test_a_module_that_has_the_chat_is_left_alone(house: House, text: str) -> None:
    post(house, body(event(1, mode="standby", text=text)))
    assert [row.state for row in stored(house)] == [IGNORED]


def test_events_for_another_bot_are_counted_and_not_kept(new_house: Make, sqlite_url: str) -> None:
    house = new_house(sqlite_url, line_bot_user_id="Ubot")
    assert post(house, body(event(1), destination="Uother")) == 200
    assert stored(house) == []
    assert house.door.counts["other_destination"] == 1
    assert post(house, body(event(1))) == 200
    assert len(stored(house)) == 1


def _door(write: Any, seconds: float = 1.5) -> Door:
    return Door(SECRET, Intake(write), Clock(), lambda: None, seconds=seconds)


def test_what_cannot_be_committed_is_told_503() -> None:
    async def broken(_: list[Arrived]) -> None:
        raise OSError("no space left")

    assert asyncio.run(knock(_door(broken), body(event(1)))) == 503


def test_what_takes_for_ever_is_told_503() -> None:
    async def slow(_: list[Arrived]) -> None:
        await asyncio.Event().wait()

    assert asyncio.run(knock(_door(slow, 0.2), body(event(1)))) == 503


def test_a_body_that_trickles_for_ever_is_told_503() -> None:
    raw = body(event(1))

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def told() -> int:
        answers: list[Any] = []

        async def send(message: Any) -> None:
            answers.append(message)

        async def never(_: list[Arrived]) -> None:
            raise AssertionError("nothing was signed")

        headers = [(b"x-line-signature", signature(raw).encode())]
        await _door(never, 0.3)({"type": "http", "headers": headers}, receive, send)
        return int(answers[0]["status"])

    assert asyncio.run(told()) == 503


def test_a_failed_batch_tells_all_its_requests_and_the_next_one_works() -> None:
    wrote: list[int] = []
    gate = asyncio.Event()

    async def second_fails(arrived: list[Arrived]) -> None:
        wrote.append(len(arrived))
        await gate.wait()
        if len(wrote) == 2:
            raise OSError

    async def go() -> list[Any]:
        intake = Intake(second_fails)
        all_three = [asyncio.create_task(intake.put([_row(0)]))]
        await begun(wrote)
        all_three += [asyncio.create_task(intake.put([_row(n)])) for n in (1, 2)]
        asyncio.get_running_loop().call_soon(gate.set)
        told = await asyncio.gather(*all_three, return_exceptions=True)
        await intake.put([_row(3)])
        return told

    first, *failed = asyncio.run(go())
    assert first is None
    assert [type(one) for one in failed] == [IntakeFailed, IntakeFailed]
    assert wrote == [1, 2, 1]


def test_what_arrives_during_a_commit_goes_into_the_next_one() -> None:
    sizes: list[int] = []
    gate = asyncio.Event()

    async def write(arrived: list[Arrived]) -> None:
        sizes.append(len(arrived))
        await gate.wait()

    async def go() -> None:
        intake = Intake(write)
        everybody = [asyncio.create_task(intake.put([_row(0)]))]
        await begun(sizes)
        everybody += [asyncio.create_task(intake.put([_row(n)])) for n in range(1, 30)]
        asyncio.get_running_loop().call_soon(gate.set)
        await asyncio.gather(*everybody)

    asyncio.run(go())
    assert sizes == [1, 29]


async def begun(writes: list[int]) -> None:
    """Until the first commit is under way."""
    while not writes:
        await asyncio.sleep(0)


def _row(number: int) -> Arrived:
    return Arrived(f"e{number}", "U", 1, "message", "", "", 0, "{}", OPEN, 1)


def test_a_closed_door_says_503(house: House) -> None:
    house.door.closed = True
    assert post(house, body(event(1))) == 503
