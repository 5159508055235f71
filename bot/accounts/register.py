"""The register: accounts are made, changed, disabled, invited and recovered here, each act with its audit entry.

Who was once inside, be it by LINE alone, is let in anew only by two administrators: one asks, another approves, and
neither is the person; else one of them could act in a colleague's name. Where there is but one, the command on the
server stands in for the second. No administrator can disable or demote oneself, nor the last one who can act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.accounts import codes
from bot.accounts.fields import Fields, Wrong, faults
from bot.db import accounts, audit, groups, one_time, passkeys, ways
from bot.db.engine import Database
from bot.sealing import Sealing
from handlers.staff import Refused
from handlers.vocabulary import T

if TYPE_CHECKING:
    from bot.house import House
    from knowledge.load import Knowledge

SERVER = 0  # who acts by the command, on the server itself
OPENS = ("invite", "recover", "second", "link")  # open codes that a disabled account loses


@dataclass(frozen=True, slots=True)
class Added:
    """A new account, and the two codes that are shown once."""

    id: int
    link: str  # to send to the bot
    invite: str  # token of the invitation's address


@dataclass(frozen=True)
class Register:
    """One a process. `by` is the number of who acts."""

    database: Database
    sealing: Sealing
    knowledge: Knowledge
    clock: Callable[[], int]

    @classmethod
    def of(cls, house: House) -> Register:
        return cls(house.database, house.sealing, house.tools.knowledge, house.clock)

    # --- making and changing -----------------------------------------------------------------------------------------

    def add(self, fields: Fields, by: int) -> Added | list[Wrong]:
        made, wrong = self.add_all([fields], by)
        return wrong or made[0]

    def add_all(self, rows: Sequence[Fields], by: int) -> tuple[list[Added], list[Wrong]]:
        """All of them or none, and then what is wrong."""
        wrong = [one for fields in rows for one in self.faults_of(fields)]
        if wrong:
            return [], wrong
        now = self.clock()
        with self.database.transaction() as connection:
            have = accounts.taken(connection, [one.email for one in rows])
            if have:
                return [], [Wrong("email", T("accounts.fault.taken", {"typed": email})) for email in sorted(have)]
            return [self._add(connection, one, by, now) for one in rows], []

    def faults_of(self, fields: Fields) -> list[Wrong]:
        return faults(fields, self.knowledge)

    def _add(self, connection: Any, fields: Fields, by: int, now: int) -> Added:
        id_ = accounts.add(connection, fields.columns, now)
        self._note(connection, by, "staff.add", id_, now, office=fields.office, role=fields.role)
        return Added(id_, self._letters(connection, "link", now, id_), self._token(connection, "invite", now, id_))

    def edit(self, id_: int, fields: Fields, version: int, by: int) -> Refused | list[Wrong] | None:
        """Office, role, area, duties, name, address; refused where somebody else was faster."""
        wrong, now = self.faults_of(fields), self.clock()
        if wrong:
            return wrong
        with self.database.transaction() as connection:
            was = accounts.one(connection, id_, lock=True)
            refused = self._may_lose(connection, was, by) if was and was.role != fields.role else None
            if was is None or refused:
                return refused or Refused("accounts.gone")
            if was.email != fields.email and accounts.taken(connection, [fields.email]):
                return [Wrong("email", T("accounts.fault.taken", {"typed": fields.email}))]
            if not accounts.change(connection, id_, fields.columns, version):
                return Refused("accounts.changed")
            changed = {name: [getattr(was, name), value] for name, value in fields.columns.items()
                       if getattr(was, name) != value and name in ("office", "role", "area", "duties")}  # fmt: skip
            self._note(connection, by, "staff.edit", id_, now, **changed)
        return None

    def disable(self, id_: int, by: int) -> Refused | None:
        """Out at once: sessions end, open codes are worth nothing, LINE is unlinked. The account stays for the log."""
        now = self.clock()
        with self.database.transaction() as connection:
            was = accounts.one(connection, id_, lock=True)
            refused = self._may_lose(connection, was, by) if was else Refused("accounts.gone")
            if refused:
                return refused
            accounts.change(connection, id_, {"state": "disabled", **self._without_line(was, now)})
            accounts.end_all(connection, id_)
            one_time.end(connection, id_, OPENS, now)
            self._note(connection, by, "staff.disable", id_, now)
        return None

    def _may_lose(self, connection: Any, was: Any, by: int) -> Refused | None:
        """Whether this account may lose its role or its life."""
        if was.id == by:
            return Refused("accounts.not_oneself")
        if was.role == "administrator" and was.state == "active" and by != SERVER:
            others = [one for one in accounts.active_with(connection, "administrator") if one.id != was.id]
            return None if others else Refused("accounts.last_administrator")
        return None

    # --- letting in, for the first time or anew ----------------------------------------------------------------------

    def invite(self, id_: int, by: int) -> str | Refused:
        """The token of a new invitation: for who was never inside; from the server also for who was disabled."""
        now = self.clock()
        with self.database.transaction() as connection:
            was = accounts.one(connection, id_, lock=True)
            if was is None:
                return Refused("accounts.gone")
            known = self._has_key(connection, was) if by == SERVER else self._was_inside(connection, was)
            if known and (was.state == "active" or by != SERVER):
                return Refused("accounts.needs_recovery")
            if was.state == "disabled":
                self._bare(connection, id_, now)
            self._note(connection, by, "staff.invite", id_, now)
            return self._token(connection, "invite", now, id_)

    def ask_recovery(self, id_: int, by: int) -> Refused | None:
        """The first administrator has made sure who it is that cannot come in."""
        now = self.clock()
        with self.database.transaction() as connection:
            was = accounts.one(connection, id_, lock=True)
            if was is None or not (was.state == "active" or self._was_inside(connection, was)):
                return Refused("accounts.gone")
            if id_ == by:
                return Refused("accounts.not_oneself")
            self._token(connection, "ask_recover", now, id_, str(by))
            self._note(connection, by, "staff.ask_recovery", id_, now)
        return None

    def recoveries(self) -> Mapping[int, int]:
        """Accounts that wait for a second administrator, each with who asked."""
        with self.database.reading() as connection:
            waiting = one_time.open_of(connection, "ask_recover", self.clock())
        return {int(row.staff): int(row.about or 0) for row in waiting}

    def approve_recovery(self, id_: int, by: int) -> str | Refused:
        """The second one agrees: the token of an address under which a new password is set."""
        now = self.clock()
        with self.database.transaction() as connection:
            asked = next((row for row in one_time.open_of(connection, "ask_recover", now) if row.staff == id_), None)
            if asked is None:
                return Refused("accounts.not_asked")
            if by != SERVER and by in (id_, int(asked.about or 0)):
                return Refused("accounts.second_needed")
            one_time.use(connection, asked.hash, now)
            was = accounts.one(connection, id_, lock=True)
            if was is not None and was.state == "disabled":
                self._bare(connection, id_, now)
            self._note(connection, by, "staff.approve_recovery", id_, now, asked_by=asked.about)
            return self._token(connection, "recover", now, id_)

    def deny_recovery(self, id_: int, by: int) -> None:
        now = self.clock()
        with self.database.transaction() as connection:
            one_time.end(connection, id_, ("ask_recover", "recover"), now)
            self._note(connection, by, "staff.deny_recovery", id_, now)

    def _bare(self, connection: Any, id_: int, now: int) -> None:
        """Nothing of the former owner opens this account any more."""
        nothing = {"state": "invited", "password": "", "totp": None, "totp_step": 0}
        accounts.change(connection, id_, nothing | accounts.UNKNOWN)
        ways.rest(connection, id_)
        passkeys.remove_all(connection, id_)
        accounts.end_all(connection, id_)

    # --- codes for LINE, groups --------------------------------------------------------------------------------------

    def link_code(self, id_: int, by: int) -> str | Refused:
        now = self.clock()
        with self.database.transaction() as connection:
            was = accounts.one(connection, id_, lock=True)
            if was is None or was.state == "disabled":
                return Refused("accounts.gone")
            if by not in (id_, SERVER) and self._was_inside(connection, was):
                return Refused("accounts.already_linked")
            self._note(connection, by, "staff.link_code", id_, now)
            return self._letters(connection, "link", now, id_)

    def was_inside(self, id_: int) -> bool:
        with self.database.reading() as connection:
            was = accounts.one(connection, id_)
            return was is not None and self._was_inside(connection, was)

    def _was_inside(self, connection: Any, was: Any) -> bool:
        """Then one administrator alone opens no way into it, or could act in another's name."""
        return bool(was.lane or was.seen_at or self._has_key(connection, was))

    def _has_key(self, connection: Any, was: Any) -> bool:
        return bool(was.password or was.oidc or passkeys.of_staff(connection, was.id))

    def _without_line(self, was: Any, now: int) -> dict[str, Any]:
        """It stays known that somebody was inside, by LINE if by nothing else."""
        return {"lane": "", "lane_state": "", "seen_at": was.seen_at or (now if was.lane else None)}

    def unlink(self, id_: int, by: int) -> None:
        now = self.clock()
        with self.database.transaction() as connection:
            was = accounts.one(connection, id_, lock=True)
            if was is not None:
                accounts.change(connection, id_, self._without_line(was, now))
                self._note(connection, by, "staff.unlink", id_, now)

    def group_code(self, office: str, by: int) -> str | Refused:
        if office not in self.knowledge.facts.bodies:
            return Refused("accounts.gone")
        now = self.clock()
        with self.database.transaction() as connection:
            self._note(connection, by, "group.code", 0, now, office=office)
            return self._letters(connection, "group", now, by, office)

    def unbind(self, lane: str, by: int) -> None:
        now = self.clock()
        with self.database.transaction() as connection:
            office = groups.unbind(connection, lane)
            if office:
                self._note(connection, by, "group.unbind", 0, now, office=office)

    # --- small things ------------------------------------------------------------------------------------------------

    def _letters(self, connection: Any, purpose: str, now: int, id_: int, about: str = "") -> str:
        letters = codes.new_letters()
        kept = self.sealing.once(codes.kept_as(purpose, letters))[0]
        one_time.keep(connection, kept, purpose, now, now + codes.LIFE[purpose], id_, about)
        return codes.shown(purpose, letters)

    def _token(self, connection: Any, purpose: str, now: int, id_: int, about: str = "") -> str:
        token = codes.new_token()
        kept = self.sealing.once(token)[0]
        one_time.keep(connection, kept, purpose, now, now + codes.LIFE[purpose], id_, about)
        return token

    def _note(self, connection: Any, by: int, act: str, id_: int, now: int, **values: Any) -> None:
        who = f"staff:{by}" if by != SERVER else "server"
        about = {"staff": id_} if id_ else {}
        audit.write(connection, [audit.Entry(who, act, "", {**about, **values})], now)
