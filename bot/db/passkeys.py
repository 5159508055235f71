"""Passkeys of staff: the public half of each, and how often it was used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, select, update

from bot.db.tables_staff import passkeys


def of_staff(connection: Connection, id_: int) -> Sequence[Row[Any]]:
    return connection.execute(select(passkeys).where(passkeys.c.staff == id_).order_by(passkeys.c.made_at)).all()


def one(connection: Connection, credential: str) -> Row[Any] | None:
    return connection.execute(select(passkeys).where(passkeys.c.credential == credential)).first()


def add(connection: Connection, credential: str, id_: int, public_key: bytes, count: int, name: str, now: int) -> None:
    row = {"credential": credential, "staff": id_, "public_key": public_key, "sign_count": count}
    connection.execute(sa.insert(passkeys).values(**row, name=name, made_at=now))


def used(connection: Connection, credential: str, count: int, now: int) -> None:
    here = passkeys.c.credential == credential
    connection.execute(update(passkeys).where(here).values(sign_count=count, used_at=now))


def remove(connection: Connection, credential: str, id_: int) -> bool:
    """Only ever one's own."""
    gone = connection.execute(sa.delete(passkeys).where(passkeys.c.credential == credential, passkeys.c.staff == id_))
    return gone.rowcount == 1


def remove_all(connection: Connection, id_: int) -> int:
    return connection.execute(sa.delete(passkeys).where(passkeys.c.staff == id_)).rowcount
