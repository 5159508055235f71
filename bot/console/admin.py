"""Staff and their groups, for administrators: add, change, disable, invite, recover by two, bind a group chat.

What a form may change is named here field by field; anything else that a request brings is not looked at.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.accounts import fields
from bot.accounts.fields import Fields, Wrong
from bot.accounts.register import Added
from bot.console import coming
from bot.console.asking import Ask, not_here
from bot.console.frame import Frame
from bot.db import accounts, groups
from handlers.people import ROLES
from handlers.staff import Refused

HERE = "/console/staff"


def pages(frame: Frame) -> None:
    frame.page(HERE, "staff", show, nav="admin.nav", order=80)
    frame.page(f"{HERE}/new", "staff", new)
    frame.act(HERE, "staff", add)
    frame.page(f"{HERE}/{{id}}", "staff", one)
    for name, act in {
        "": edit, "/disable": disable, "/invite": invite, "/link": link,
        "/recover": ask_recovery, "/recover/approve": approve, "/recover/deny": deny,
    }.items():  # fmt: skip
        frame.act(f"{HERE}/{{id}}{name}", "staff", act)
    frame.page("/console/groups", "groups", show_groups, nav="admin.groups.nav", order=81)
    frame.act("/console/groups", "groups", bind)
    frame.act("/console/groups/unbind", "groups", unbind)


# --- the list --------------------------------------------------------------------------------------------------------


def show(ask: Ask) -> Response:
    wanted = ask.query.get("office", "").strip()
    knowledge = ask.house.tools.knowledge
    with ask.house.database.reading() as connection:
        rows = accounts.all_of_them(connection, fields.office_of(wanted, knowledge) if wanted else "")
    words = ask.query.get("q", "").strip().casefold()
    found = [row for row in rows if not words or words in f"{row.name} {row.email}".casefold()]
    return ask.show(
        "staff.html", rows=found, q=words, office_asked=fields.office_of(wanted, knowledge), bodies=_bodies(ask),
        waiting=coming.register_of(ask).recoveries(),
    )  # fmt: skip


def new(ask: Ask) -> Response:
    return _form(ask, None, Fields("", "", "officer"), [])


def add(ask: Ask) -> Response:
    wanted = _typed(ask)
    found = coming.register_of(ask).add(wanted, ask.member.id)
    if isinstance(found, Added):
        return _page(ask, found.id, code=found.link, invite=found.invite)
    return _form(ask, None, wanted, found, 422)


def _typed(ask: Ask) -> Fields:
    """Provinces and duties are boxes, so each may come several times; a supervisor's region has a field of its own."""
    raw = {name: ask.word(name) for name in ("email", "office", "role", "name")}
    many = {name: "|".join(str(one) for one in ask.form.getlist(name)) for name in ("area", "duties")}
    if raw["role"] == "supervisor" and ask.word("region"):
        many["area"] = ask.word("region")
    return fields.read({**raw, **many}, ask.house.tools.knowledge)


def _bodies(ask: Ask) -> list[Any]:
    return sorted(ask.house.tools.knowledge.facts.bodies.values(), key=lambda body: body.name.th)


def _form(ask: Ask, row: Any, wanted: Fields, wrong: list[Wrong], status: int = 200) -> Response:
    said = {one.field: ask.house.tools.words.text(one.said, ask.lang) for one in reversed(wrong)}
    return ask.show("staff_new.html", status=status, row=row, wanted=wanted, wrong=said, **_offered(ask))


def _offered(ask: Ask) -> dict[str, Any]:
    """What the fields of an account can be chosen from."""
    knowledge = ask.house.tools.knowledge
    return {
        "bodies": _bodies(ask), "roles": ROLES, "regions": knowledge.regions.by_id.values(),
        "areas": knowledge.areas(), "duties": fields.DUTIES,
    }  # fmt: skip


# --- one account -----------------------------------------------------------------------------------------------------


def _row(ask: Ask, id_: int | None = None) -> Any:
    text = str(ask.path.get("id", ""))
    number = id_ if id_ is not None else int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
    with ask.house.database.reading() as connection:
        row = accounts.one(connection, number)
    if row is None:
        raise not_here()
    return row


def one(ask: Ask) -> Response:
    return _page(ask, _row(ask).id)


def _page(ask: Ask, id_: int, code: str = "", invite: str = "", recover: str = "", wrong: Any = ()) -> Response:
    """The account; codes and addresses are shown in this answer alone, and are nowhere else."""
    row, token = _row(ask, id_), invite or recover
    address = coming.address(ask, f"/console/invite?key={token}") if token else ""
    said = {one.field: ask.house.tools.words.text(one.said, ask.lang) for one in wrong}
    return ask.show(
        "staff_one.html", status=422 if wrong else 200, row=row, code=code, address=address, recovered=bool(recover),
        asked_by=coming.register_of(ask).recoveries().get(row.id), wrong=said, wanted=row,
        inside=coming.register_of(ask).was_inside(row.id),
        **_offered(ask),
    )  # fmt: skip


def _told(ask: Ask, refused: Refused | None, key: str) -> Response:
    to = f"{HERE}/{ask.path['id']}"
    return ask.refused(to, refused) if refused else ask.go(to, key)


def edit(ask: Ask) -> Response:
    row, version = _row(ask), ask.word("version")
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else -1
    found = coming.register_of(ask).edit(row.id, _typed(ask), seen, ask.member.id)
    if isinstance(found, list):
        return _page(ask, row.id, wrong=found)
    return _told(ask, found, "admin.saved")


def disable(ask: Ask) -> Response:
    return _told(ask, coming.register_of(ask).disable(_row(ask).id, ask.member.id), "admin.disabled")


def invite(ask: Ask) -> Response:
    row = _row(ask)
    found = coming.register_of(ask).invite(row.id, ask.member.id)
    return _told(ask, found, "") if isinstance(found, Refused) else _page(ask, row.id, invite=found)


def link(ask: Ask) -> Response:
    row = _row(ask)
    found = coming.register_of(ask).link_code(row.id, ask.member.id)
    return _told(ask, found, "") if isinstance(found, Refused) else _page(ask, row.id, code=found)


def ask_recovery(ask: Ask) -> Response:
    return _told(ask, coming.register_of(ask).ask_recovery(_row(ask).id, ask.member.id), "admin.recovery.asked")


def approve(ask: Ask) -> Response:
    row = _row(ask)
    found = coming.register_of(ask).approve_recovery(row.id, ask.member.id)
    return _told(ask, found, "") if isinstance(found, Refused) else _page(ask, row.id, recover=found)


def deny(ask: Ask) -> Response:
    coming.register_of(ask).deny_recovery(_row(ask).id, ask.member.id)
    return _told(ask, None, "admin.recovery.denied")


# --- groups ----------------------------------------------------------------------------------------------------------


def show_groups(ask: Ask) -> Response:
    return _groups(ask)


def _groups(ask: Ask, code: str = "", office: str = "") -> Response:
    with ask.house.database.reading() as connection:
        rows = groups.all_of_them(connection)
    return ask.show("staff_groups.html", rows=rows, bodies=_bodies(ask), code=code, office_of_code=office)


def bind(ask: Ask) -> Response:
    office = fields.office_of(ask.word("office"), ask.house.tools.knowledge)
    code = coming.register_of(ask).group_code(office, ask.member.id)
    return ask.refused("/console/groups", code) if isinstance(code, Refused) else _groups(ask, code, office)


def unbind(ask: Ask) -> Response:
    coming.register_of(ask).unbind(ask.word("lane"), ask.member.id)
    return ask.go("/console/groups", "admin.groups.unbound")
