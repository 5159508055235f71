"""No administrator alone gets into an account that its owner has been inside of, by no detour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.accounts.register import SERVER, Register
from bot.db import accounts
from bot.db.tables_staff import staff
from bot.house import House
from handlers.people import Member
from handlers.staff import Refused
from tests.staffed import staffed

Here = tuple[Register, dict[str, Member]]


@pytest.fixture
def here(url: str, new_house: Callable[..., House]) -> Here:
    house, cast = staffed(new_house, url)
    with house.database.transaction() as connection:
        connection.execute(sa.update(staff).where(staff.c.name == "anan").values(password="kept", lane=""))
    return Register.of(house), cast


def test_an_account_with_a_password_gets_no_line_of_somebody_else(here: Here) -> None:
    """With it they would sign in by LINE as that officer, and see reporters."""
    register, cast = here
    officer, chief = cast["anan"].id, cast["adisorn"].id
    assert isinstance(register.link_code(officer, chief), Refused)
    register.unlink(officer, chief)
    assert isinstance(register.link_code(officer, chief), Refused)
    assert isinstance(register.invite(officer, chief), Refused)


def bare(register: Register, id_: int, **more: Any) -> None:
    """An account that its owner uses through LINE alone."""
    nothing = {"password": "", "lane": "", "seen_at": None, "state": "invited"} | more
    with register.database.transaction() as connection:
        connection.execute(sa.update(staff).where(staff.c.id == id_).values(**nothing))


def by_line(register: Register, id_: int) -> None:
    bare(register, id_)
    with register.database.transaction() as connection:
        assert accounts.link(connection, id_, "Utheirs", register.clock())


def test_an_account_used_through_line_alone_is_not_taken_over_either(here: Here) -> None:
    """Neither by another LINE account nor by a first password, whatever one administrator does before."""
    register, cast = here
    officer, chief = cast["anan"].id, cast["adisorn"].id
    by_line(register, officer)
    assert isinstance(register.link_code(officer, chief), Refused)
    assert isinstance(register.invite(officer, chief), Refused)
    register.unlink(officer, chief)
    assert isinstance(register.link_code(officer, chief), Refused)
    register.disable(officer, chief)
    assert isinstance(register.invite(officer, chief), Refused)


def test_two_administrators_let_its_owner_in_anew_and_one_new_comer_needs_but_one(here: Here) -> None:
    register, cast = here
    officer, chief, second = (cast[name].id for name in ("anan", "adisorn", "hub"))
    bare(register, officer)
    assert isinstance(register.link_code(officer, chief), str)
    assert isinstance(register.invite(officer, chief), str)
    by_line(register, officer)
    register.disable(officer, chief)
    assert register.ask_recovery(officer, chief) is None
    assert isinstance(register.approve_recovery(officer, chief), Refused)
    assert isinstance(register.approve_recovery(officer, second), str)
    assert isinstance(register.invite(officer, chief), Refused)  # not even while the address waits


def test_its_owner_and_the_server_itself_may(here: Here) -> None:
    register, cast = here
    officer = cast["anan"].id
    assert str(register.link_code(officer, officer)).startswith("LINK-")
    assert str(register.link_code(officer, SERVER)).startswith("LINK-")
