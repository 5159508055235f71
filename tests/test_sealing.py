"""Sealing: any key opens what one has sealed, codes survive phones and typing, nothing can be guessed or forged."""

from __future__ import annotations

import os

import pytest

from bot.sealing import ALPHABET, CannotOpen, Sealing, check_code
from tests.house import KEY

OLD, NEW = KEY, "another-key-that-is-long-enough-9876543210"


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    sealing = Sealing((KEY,))
    sealed = sealing.seal(b"0812345678")
    assert b"0812345678" not in sealed
    assert sealing.open(sealed) == b"0812345678"
    assert sealing.seal(b"x") != sealing.seal(b"x")


def test_a_new_key_in_front_still_opens_the_old() -> None:
    sealed = Sealing((OLD,)).seal(b"who")
    both = Sealing((NEW, OLD))
    assert both.open(sealed) == b"who"
    with pytest.raises(CannotOpen):
        Sealing((NEW,)).open(sealed)
    assert both.persons("U1") == (*Sealing((NEW,)).persons("U1"), *Sealing((OLD,)).persons("U1"))


def test_a_changed_byte_does_not_open() -> None:
    sealing = Sealing((KEY,))
    sealed = bytearray(sealing.seal(b"who"))
    sealed[-1] ^= 1
    with pytest.raises(CannotOpen):
        sealing.open(bytes(sealed))


def test_a_code_is_the_same_when_the_event_is_replayed_and_another_on_the_next_attempt() -> None:
    sealing = Sealing((KEY,))
    assert sealing.code("01E") == Sealing((KEY,)).code("01E") != sealing.code("01E", 1)
    assert sealing.code("01E") != Sealing((NEW,)).code("01E")


def test_a_code_is_read_as_people_type_it() -> None:
    code = Sealing((KEY,)).code("01E")
    for typed in (code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} ", _thai_digits(code)):
        assert check_code(typed) == code


def _thai_digits(code: str) -> str:
    return "".join(chr(0x0E50 + int(c)) if c.isdigit() else c for c in code)


def test_every_wrong_letter_and_every_swap_is_found() -> None:
    code = Sealing((KEY,)).code("01E").replace("-", "")
    for at in range(len(code)):
        for letter in set(ALPHABET) - {code[at]}:
            assert check_code(code[:at] + letter + code[at + 1 :]) == ""
        for other in range(at + 1, len(code)):
            if code[at] != code[other]:
                swapped = list(code)
                swapped[at], swapped[other] = code[other], code[at]
                assert check_code("".join(swapped)) == ""


@pytest.mark.parametrize("typed", ["", "สวัสดี", "123456789", "ABC", "O0I1L8B-", "\0" * 9, "💥" * 9])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert check_code(typed) == ""


def test_codes_of_many_events_do_not_meet() -> None:
    sealing = Sealing((KEY,))
    assert len({sealing.code(f"01E{n}") for n in range(20_000)}) == 20_000


def test_two_processes_never_share_a_nonce() -> None:
    sealing = Sealing((KEY,))
    sealing.seal(b"draws the pool")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"".join(sealing.seal(b"x")[4:16] for _ in range(20)))
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(read, 4096)
    os.close(read)
    os.close(write)
    ours = {sealing.seal(b"x")[4:16] for _ in range(20)}
    assert len(theirs) == 240
    assert not ours & {theirs[at : at + 12] for at in range(0, 240, 12)}
