"""The gate: every way in. A password and then the digits, a passkey, another house's word, an invitation.

A wrong password, an unknown address, a disabled account and an account without a password are told alike and cost the
same work. Tries are counted before anything is looked up. A device that has been inside has its own count, and a
passkey none of the account's, so that nobody can be locked out by strangers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.accounts import codes, oidc, passkeys, passwords, second, sessions
from bot.accounts.passkeys import BadPasskey, Key, Site
from bot.accounts.passwords import Passwords
from bot.accounts.rates import Rates
from bot.db import accounts, audit, one_time, ways
from bot.db import passkeys as keys
from handlers.staff import Refused

if TYPE_CHECKING:
    from bot.house import House

WRONG, SLOWLY, OVER = Refused("sign_in.wrong"), Refused("sign_in.slowly"), Refused("sign_in.over")


@dataclass(frozen=True, slots=True)
class Came:
    """From where somebody knocks: the address to count by, the browser, the device's mark and the old session."""

    address: str = ""
    agent: str = ""
    device: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class Inside:
    """Signed in: the new session's id and the device's mark, for two cookies."""

    staff: int
    session: str
    device: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Half:
    """The first factor is proved; `token` stands for it until the digits come."""

    token: str


@dataclass
class Gate:
    """One a process."""

    house: House
    passwords: Passwords
    rates: Rates
    providers: Mapping[str, oidc.Provider] = field(default_factory=dict)

    @classmethod
    def of(cls, house: House) -> Gate:
        return cls(house, Passwords(), Rates(house.settings.redis_url), providers_of(house.settings))

    # --- password, then digits ---------------------------------------------------------------------------------------

    def password(self, email: str, typed: str, came: Came) -> Inside | Half | Refused:
        email = " ".join(email.split()).casefold()[:320]
        with self.house.database.reading() as connection:
            row = accounts.of_email(connection, email)
        if not self._may_try(row, email, came):
            return SLOWLY
        matches = self.passwords.matches(row.password if row else "", typed)
        if row is None or not matches or row.state != "active":
            return self._failed(row, "password", came, WRONG)
        if self.passwords.is_old(row.password):
            with self.house.database.transaction() as connection:
                accounts.change(connection, row.id, {"password": self.passwords.kept(typed)})
        return self._first_proved(row, "password", came)

    def _may_try(self, row: Any, email: str, came: Came) -> bool:
        device = sessions.device_of(self.house.sealing, came.device, row.id) if row else ""
        if device:
            return self.rates.allowed("device", device)
        account = self.rates.allowed("account", self.house.sealing.once(email)[0])
        return self.rates.allowed("address", came.address) and account

    def _first_proved(self, row: Any, how: str, came: Came) -> Inside | Half:
        if not row.totp:
            return self._enter(row, how, came)
        token, now = codes.new_token(), self.house.clock()
        with self.house.database.transaction() as connection:
            kept = self.house.sealing.once(token)[0]
            one_time.keep(connection, kept, "second", now, now + codes.LIFE["second"], row.id, how)
        return Half(token)

    def digits(self, token: str, typed: str, came: Came) -> Inside | Refused:
        """The second factor. Five wrong ones, and the first has to be proved anew."""
        now = self.house.clock()
        with self.house.database.transaction() as connection:
            half = self._open(connection, token, ("second",), now)
            row = accounts.one(connection, half.staff, lock=True) if half else None
            if half is None or row is None or row.state != "active" or not row.totp:
                return OVER
            device = sessions.device_of(self.house.sealing, came.device, row.id)
            if not self.rates.allowed("second", device or f"staff:{row.id}"):
                return SLOWLY
            step = second.step_of(self.house.sealing.open(row.totp).decode(), typed, now)
            right = step is not None and accounts.take_step(connection, row.id, step)
            if not right:
                tries = one_time.tried(connection, half.hash)
                self._note(connection, row, "sign_in.failed", came, how="digits")
                return OVER if tries >= codes.TRIES else Refused("sign_in.wrong_digits")
            if not one_time.use(connection, half.hash, now):
                return OVER
        return self._enter(row, f"{half.about}+totp", came)

    def waits_for_digits(self, token: str) -> bool:
        with self.house.database.reading() as connection:
            return self._open(connection, token, ("second",), self.house.clock()) is not None

    # --- passkeys ----------------------------------------------------------------------------------------------------

    def challenge(self, site: Site, came: Came) -> str | Refused:
        """What the browser shows to the passkey; worth one answer."""
        if not self.rates.allowed("passkey", came.address):
            return SLOWLY
        fresh, now = passkeys.new_challenge(), self.house.clock()
        with self.house.database.transaction() as connection:
            kept = self.house.sealing.once(fresh.hex())[0]
            one_time.keep(connection, kept, "challenge", now, now + codes.LIFE["challenge"])
        return passkeys.to_use(site, fresh)

    def passkey(self, site: Site, answer: str, came: Came) -> Inside | Refused:
        if not self.rates.allowed("passkey", came.address):
            return SLOWLY
        try:
            credential, challenge = passkeys.claimed(answer)
        except BadPasskey:
            return Refused("sign_in.passkey_failed")
        now = self.house.clock()
        with self.house.database.transaction() as connection:
            asked = self._open(connection, challenge.hex(), ("challenge",), now)
            key = keys.one(connection, credential)
            row = accounts.one(connection, key.staff, lock=True) if key else None
            fresh = asked is not None and one_time.use(connection, asked.hash, now)
            if key is None or row is None or row.state != "active" or not fresh:
                return Refused("sign_in.passkey_failed")
            try:
                count = passkeys.used(site, answer, challenge, Key(key.credential, key.public_key, key.sign_count))
            except BadPasskey:
                self._note(connection, row, "sign_in.failed", came, how="passkey")
                return Refused("sign_in.passkey_failed")
            keys.used(connection, credential, count, now)
        return self._enter(row, "passkey", came)

    # --- another house's word ----------------------------------------------------------------------------------------

    def vouched(self, subject: str, provider: str, came: Came) -> Inside | Half | Refused:
        """`issuer subject`, proved by a provider. LINE's own subject also opens the account linked with that LINE."""
        with self.house.database.reading() as connection:
            row = accounts.of_oidc(connection, subject)
            if row is None and provider == "line":
                row = accounts.of_lane(connection, subject.rpartition(" ")[2])
        if row is None or row.state != "active":
            return self._failed(row, provider, came, Refused("sign_in.not_linked"))
        return self._first_proved(row, provider, came)

    # --- invitations and recoveries ----------------------------------------------------------------------------------

    def invited(self, token: str, came: Came) -> Any | Refused:
        """Whose invitation this is. Looking does not use it up: mail programs look too."""
        if not self.rates.allowed("code", came.address):
            return SLOWLY
        with self.house.database.reading() as connection:
            found = self._open(connection, token, ("invite", "recover"), self.house.clock())
            row = accounts.one(connection, found.staff) if found else None
        return row if row is not None and row.state != "disabled" else Refused("sign_in.invite_over")

    def accept(self, token: str, typed: str, came: Came) -> Inside | Refused:
        """Sets the first password, or after a recovery a new one; then nothing of before opens the account, and
        what was added to it is told nothing until the owner says so."""
        row = self.invited(token, came)
        if isinstance(row, Refused):
            return row
        fault = passwords.fault(typed, False, (row.email.partition("@")[0], row.name))
        if fault:
            return Refused(f"sign_in.{fault}")
        kept, now = self.passwords.kept(typed), self.house.clock()
        with self.house.database.transaction() as connection:
            found = self._open(connection, token, ("invite", "recover"), now)
            if found is None or not one_time.use(connection, found.hash, now):
                return Refused("sign_in.invite_over")
            keys.remove_all(connection, row.id)
            accounts.end_all(connection, row.id)
            fresh = {"password": kept, "totp": None, "totp_step": 0, "state": "active"}
            anew = found.purpose == "recover"
            accounts.change(connection, row.id, fresh | (accounts.UNKNOWN if anew else {}))
            one_time.end(connection, row.id, ("second", "link") if anew else (), now)
            rested = ways.rest(connection, row.id) if anew else 0
            told = {"line": bool(row.lane), "ways": rested} if anew else {}
            self._note(connection, row, f"sign_in.{found.purpose}", came, **told)
        return self._enter(row, "password", came)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _enter(self, row: Any, how: str, came: Came) -> Inside:
        """A fresh id for every sign-in; the session that the browser held before is over."""
        id_, now = sessions.new_id(), self.house.clock()
        ends_at = sessions.ends_at(row.role, now, now)
        known = sessions.device_of(self.house.sealing, came.device, row.id)
        with self.house.database.transaction() as connection:
            if came.session:
                accounts.end(connection, sessions.hashed(came.session), row.id)
            accounts.begin(connection, {
                "hash": sessions.hashed(id_), "staff": row.id, "made_at": now, "seen_at": now, "ends_at": ends_at,
                "agent": came.agent[:200], "address": came.address, "how": how,
            })  # fmt: skip
            self._note(connection, row, "sign_in", came, how=how, new_device=not known)
        device = came.device if known else sessions.new_device(self.house.sealing, row.id)
        return Inside(row.id, id_, device, (ends_at - now) // 1000)

    def leave(self, id_: int, session: str) -> None:
        with self.house.database.transaction() as connection:
            if accounts.end(connection, sessions.hashed(session), id_):
                audit.write(connection, [audit.Entry(f"staff:{id_}", "sign_out")], self.house.clock())

    def _open(self, connection: Any, token: str, purposes: tuple[str, ...], now: int) -> Any | None:
        """The row of a token that can still be used."""
        found = one_time.find(connection, self.house.sealing.once(token), purposes)
        fresh = found and found.used_at is None and found.ends_at > now and found.tries < codes.TRIES
        return found if fresh else None

    def _failed(self, row: Any, how: str, came: Came, refused: Refused) -> Refused:
        with self.house.database.transaction() as connection:
            self._note(connection, row, "sign_in.failed", came, how=how)
        return refused

    def _note(self, connection: Any, row: Any, act: str, came: Came, **values: Any) -> None:
        """An address that nobody has is not written down: it may be a password in the wrong field."""
        who = f"staff:{row.id}" if row else "stranger"
        audit.write(connection, [audit.Entry(who, act, "", {"address": came.address, **values})], self.house.clock())


def providers_of(settings: Any) -> dict[str, oidc.Provider]:
    """Those that the settings name."""
    found: dict[str, oidc.Provider] = {}
    if settings.oidc_issuer:
        secret = settings.oidc_client_secret.get_secret_value()
        label, inside = settings.oidc_name, settings.oidc_inside
        found["oidc"] = oidc.Provider("oidc", settings.oidc_issuer, settings.oidc_client_id, secret, label, inside)
    if settings.line_login_channel_id:
        secret = settings.line_login_channel_secret.get_secret_value()
        issuer, inside = settings.line_login_issuer, settings.oidc_inside and settings.line_login_issuer != oidc.LINE
        found["line"] = oidc.Provider(
            "line", issuer, settings.line_login_channel_id, secret, "LINE", inside, secretly=True
        )
    return found
