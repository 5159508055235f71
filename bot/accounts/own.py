"""What everybody may change of the own account: name, language, quiet hours, password, second factor, passkeys,
sessions. A change of how one comes in asks for the password once more (where there is one), and ends what it made
worthless: a new password signs out everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.accounts import codes, passkeys, passwords, second, sessions
from bot.accounts.fields import NAME
from bot.accounts.gate import Gate
from bot.accounts.passkeys import BadPasskey, Site
from bot.db import accounts, audit, one_time
from bot.db import passkeys as keys
from handlers.staff import Refused

QUIET = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
MOST_KEYS = 10


@dataclass(frozen=True)
class Own:
    """The account of one who is signed in."""

    gate: Gate
    id: int
    session: str  # the id of the session that asks

    @property
    def row(self) -> Any:
        with self.gate.house.database.reading() as connection:
            return accounts.one(connection, self.id)

    # --- small things ------------------------------------------------------------------------------------------------

    def say(self, name: str, lang: str, quiet: str) -> Refused | None:
        """Name, language and quiet hours (`20:00-07:00`, empty: never quiet); nothing else of a form is looked at."""
        if quiet and not QUIET.fullmatch(quiet):
            return Refused("me.quiet.wrong")
        if not name.strip():
            return Refused("me.name.missing")
        values = {"name": " ".join(name.split())[:NAME], "lang": "en" if lang == "en" else "th", "quiet": quiet}
        self._change("me.said", values)
        return None

    # --- the password ------------------------------------------------------------------------------------------------

    def set_password(self, old: str, new: str) -> Refused | None:
        row = self.row
        refused = self.proved(row, old)
        if refused:
            return refused
        fault = passwords.fault(new, bool(row.totp), (row.email.partition("@")[0], row.name))
        if fault:
            return Refused(f"sign_in.{fault}")
        kept = self.gate.passwords.kept(new)
        with self.gate.house.database.transaction() as connection:
            accounts.change(connection, self.id, {"password": kept})
            accounts.end_all(connection, self.id, but=sessions.hashed(self.session))
            one_time.end(connection, self.id, ("invite", "recover", "second"), self.gate.house.clock())
            self._note(connection, "password.changed")
        return None

    def proved(self, row: Any, typed: str) -> Refused | None:
        """The own password once more, so that an open screen is not enough; who has none needs none."""
        if not row.password:
            return None
        if not self.gate.rates.allowed("again", str(self.id)):
            return Refused("sign_in.slowly")
        return None if self.gate.passwords.matches(row.password, typed) else Refused("me.password.wrong")

    # --- the second factor -------------------------------------------------------------------------------------------

    def begin_second(self) -> tuple[str, str]:
        """A new secret, sealed for the form that brings it back, and its picture."""
        secret = second.new_secret()
        sealed = sessions.packed(self.gate.house.sealing, f"totp {self.id}", secret.encode())
        return sealed, secret

    def set_second(self, sealed: str, typed: str, password: str) -> Refused | None:
        """The first digits prove that the app has read the picture."""
        refused = self.proved(self.row, password)
        if refused:
            return refused
        secret = sessions.opened(self.gate.house.sealing, f"totp {self.id}", sealed)
        step = second.step_of(secret.decode(), typed, self.gate.house.clock()) if secret else None
        if secret is None or step is None:
            return Refused("sign_in.wrong_digits")
        values = {"totp": self.gate.house.sealing.seal(secret), "totp_step": step}
        self._change("second.set", values)
        return None

    def drop_second(self, password: str) -> Refused | None:
        """Only with a password that is long enough to stand alone."""
        row = self.row
        refused = self.proved(row, password)
        if refused:
            return refused
        if row.password and len(passwords.normal(password)) < passwords.ALONE:
            return Refused("me.second.needs_long")
        self._change("second.dropped", {"totp": None, "totp_step": 0})
        return None

    # --- passkeys ----------------------------------------------------------------------------------------------------

    def passkeys(self) -> Any:
        with self.gate.house.database.reading() as connection:
            return keys.of_staff(connection, self.id)

    def begin_passkey(self, site: Site) -> str:
        """What the browser needs to make one; its challenge is worth one answer, of this account alone."""
        challenge, now, house = passkeys.new_challenge(), self.gate.house.clock(), self.gate.house
        row, have = self.row, [key.credential for key in self.passkeys()]
        with house.database.transaction() as connection:
            kept = house.sealing.once(challenge.hex())[0]
            one_time.keep(connection, kept, "challenge", now, now + codes.LIFE["challenge"], self.id)
        return passkeys.to_make(site, self.id, row.email, row.name, have, challenge)

    def add_passkey(self, site: Site, answer: str, name: str) -> Refused | None:
        failed, house = Refused("me.passkey.failed"), self.gate.house
        try:
            _, challenge = passkeys.claimed(answer)
            made = passkeys.made(site, answer, challenge)
        except BadPasskey:
            return failed
        now = house.clock()
        with house.database.transaction() as connection:
            asked = one_time.find(connection, house.sealing.once(challenge.hex()), ("challenge",))
            mine = asked is not None and asked.staff == self.id and one_time.use(connection, asked.hash, now)
            room = len(keys.of_staff(connection, self.id)) < MOST_KEYS
            if not mine or not room or keys.one(connection, made.credential):
                return failed
            label = " ".join(name.split())[:60]
            keys.add(connection, made.credential, self.id, made.public_key, made.count, label, now)
            self._note(connection, "passkey.added")
        return None

    def drop_passkey(self, credential: str) -> None:
        with self.gate.house.database.transaction() as connection:
            if keys.remove(connection, credential, self.id):
                self._note(connection, "passkey.dropped")

    # --- sessions and other houses -----------------------------------------------------------------------------------

    def sessions(self) -> Any:
        with self.gate.house.database.reading() as connection:
            return accounts.sessions_of(connection, self.id, self.gate.house.clock())

    def sign_out(self, hash_: str = "") -> int:
        """One session by its hash, or all but this one."""
        with self.gate.house.database.transaction() as connection:
            if hash_:
                ended = int(accounts.end(connection, hash_, self.id))
            else:
                ended = accounts.end_all(connection, self.id, but=sessions.hashed(self.session))
            self._note(connection, "sessions.ended", number=ended)
        return ended

    def link_oidc(self, subject: str) -> Refused | None:
        """Another house's word opens this account from now on; a word that opens another one already, does not."""
        with self.gate.house.database.transaction() as connection:
            other = accounts.of_oidc(connection, subject)
            if other is not None and other.id != self.id:
                return Refused("me.oidc.taken")
            accounts.change(connection, self.id, {"oidc": subject})
            self._note(connection, "oidc.linked")
        return None

    def unlink_oidc(self) -> None:
        self._change("oidc.unlinked", {"oidc": ""})

    def _change(self, act: str, values: Mapping[str, Any]) -> None:
        with self.gate.house.database.transaction() as connection:
            accounts.change(connection, self.id, values)
            self._note(connection, act)

    def _note(self, connection: Any, act: str, **values: Any) -> None:
        audit.write(connection, [audit.Entry(f"staff:{self.id}", act, "", values)], self.gate.house.clock())
