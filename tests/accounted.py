"""Helpers for tests of accounts: somebody of the cast with a password, a second factor, a browser at the door."""

from __future__ import annotations

from typing import Any

import pyotp
import sqlalchemy as sa

from bot.accounts.gate import Gate
from bot.console.coming import gate_of
from bot.db.tables_staff import staff
from tests.consoled import Browser, Office

GOOD = "tall blue kettle 9 singing"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SAME = {"sec-fetch-site": "same-origin"}


def gate(office: Office) -> Gate:
    return gate_of(office.frame)


def change(office: Office, name: str, **columns: Any) -> None:
    with office.house.database.transaction() as connection:
        connection.execute(sa.update(staff).where(staff.c.name == name).values(**columns))


def with_password(office: Office, name: str = "anan", password: str = GOOD) -> str:
    change(office, name, password=gate(office).passwords.kept(password))
    return password


def with_second(office: Office, name: str = "anan") -> pyotp.TOTP:
    change(office, name, totp=office.house.sealing.seal(SECRET.encode()), totp_step=0)
    return pyotp.TOTP(SECRET)


def digits_now(office: Office, app: pyotp.TOTP, steps: int = 0) -> str:
    return app.at(office.house.clock() // 1000 + 30 * steps)


def row(office: Office, name: str) -> Any:
    with office.house.database.reading() as connection:
        return connection.execute(sa.select(staff).where(staff.c.name == name)).one()


def at_the_door(office: Office, name: str, password: str = GOOD, browser: Browser | None = None, **more: Any) -> Any:
    """One try with a password; gives the answer."""
    page = browser or office.nobody()
    typed = {"email": f"{name}@example.go.th", "password": password, **more}
    return page.post("/console/sign-in", data=typed, headers=SAME)
