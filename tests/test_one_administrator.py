"""No administrator alone gets into an account that its owner has been inside of, by no detour."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.accounts.register import SERVER, Register
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


def test_its_owner_and_the_server_itself_may(here: Here) -> None:
    register, cast = here
    officer = cast["anan"].id
    assert str(register.link_code(officer, officer)).startswith("LINK-")
    assert str(register.link_code(officer, SERVER)).startswith("LINK-")
