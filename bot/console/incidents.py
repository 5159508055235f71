"""Incidents: what is proposed as one, what is worked on as one, and one incident with all its reports.

Acts on all of them are acts on the ticket that leads; its page is one link away, and what is told there reaches every
reporter. Proposals are answered here: yes, no, or yes for some.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.console.asking import Ask, not_here
from bot.console.frame import Frame
from bot.db import incidents_read, scope, spreads
from bot.incidents import Incidents
from handlers.staff import Refused

STATES = ("open", "proposed", "ended")
HERE = "/console/incidents"


def pages(frame: Frame) -> None:
    frame.page(HERE, "see", show, nav="console_incidents.nav", order=20)
    frame.page(f"{HERE}/{{number}}", "see", one)
    frame.act(f"{HERE}/{{number}}/{{act}}", "merge", do)
    frame.act("/console/tickets/{code}/incident/open", "merge", begin)
    frame.act("/console/tickets/{code}/incident/split", "split", split)
    frame.page("/console/tickets/{code}/incident", "see", of_ticket)


def show(ask: Ask) -> Response:
    state = ask.query.get("state", "open")
    state = state if state in STATES else "open"
    seen = scope.of(ask.member, ask.house.tools.knowledge)
    with ask.house.database.reading() as connection:
        found = {name: incidents_read.listed(connection, seen, name) for name in STATES}
        proposed = {row.id: incidents_read.proposed_tickets(connection, row.id) for row in found["proposed"][:20]}
    heads = [(name, len(found[name])) for name in STATES]
    return ask.show("incidents.html", "list", state=state, rows=found[state], heads=heads, proposed=proposed)


def one(ask: Ask) -> Response:
    row = _mine(ask)
    with ask.house.database.reading() as connection:
        reports = incidents_read.reports(connection, row.id)
        counts = incidents_read.counts(connection, row.id)
        proposed = incidents_read.proposed_tickets(connection, row.id)
        merging = spreads.waiting(connection, row.id)
        others = incidents_read.listed(connection, scope.of(ask.member, ask.house.tools.knowledge), "open")
    lead = ask.frame.desk.see(ask.member, row.lead)
    open_ = sum(many for state, many in counts.items() if state in OPEN) - 1
    return ask.show(
        "incident.html", "list", row=row, lead=lead, reports=[each for each in reports if each.code != row.lead],
        counts=counts, proposed=proposed, merging=merging, left=max(0, open_),
        others=[other for other in others if other.id != row.id][:20],
    )  # fmt: skip


OPEN = ("new", "acknowledged", "in_progress", "waiting_for_reporter", "reopened")


def do(ask: Ask) -> Response:
    """confirm, refuse, merge (all), unite with another."""
    row, act, mine = _mine(ask), str(ask.path["act"]), Incidents(ask.frame.desk)
    codes = [str(code) for code in ask.form.getlist("codes")]
    here = f"{HERE}/{row.id}"
    if act == "confirm":
        many = mine.confirm(ask.member, row.id, codes or None)
        return ask.go(here, "console_incidents.confirmed", n=many)
    if act == "refuse":
        refused = mine.refuse(ask.member, row.id, codes)
        return ask.refused(here, refused) if refused else ask.go(HERE + "?state=proposed", "console_incidents.refused")
    if act == "merge":
        refused = mine.merge_all(ask.member, row.id)
        return ask.refused(here, refused) if refused else ask.go(here, "console_incidents.merging")
    if act == "unite":
        into = _number(ask.word("into"))
        refused = mine.unite(ask.member, row.id, into)
        return ask.refused(here, refused) if refused else ask.go(f"{HERE}/{into}", "console_incidents.united")
    raise not_here()


def begin(ask: Ask) -> Response:
    """Two tickets that are one: the ticket of the page is merged into what the other belongs to, or will."""
    lead = ask.word("lead")
    done = Incidents(ask.frame.desk).open(ask.member, lead, ask.ticket.code)
    if isinstance(done, Refused):
        return ask.refused(f"/console/tickets/{ask.ticket.code}", done)
    return ask.go(f"{HERE}/{done}", "console_incidents.confirmed", n=1)


def split(ask: Ask) -> Response:
    here = f"/console/tickets/{ask.ticket.code}"
    refused = Incidents(ask.frame.desk).split(ask.member, ask.ticket.code)
    return ask.refused(here, refused) if refused else ask.go(here, "console_incidents.split")


def of_ticket(ask: Ask) -> Response:
    """A fragment of the ticket's page: the incident that it belongs to."""
    mine = Incidents(ask.frame.desk)
    row = mine.see(ask.member, ask.ticket.incident) if ask.ticket.incident else None
    return ask.show("incident_ticket.html", "bit", row=row, case=ask.ticket)


def _mine(ask: Ask) -> Any:
    row = Incidents(ask.frame.desk).see(ask.member, _number(str(ask.path["number"])))
    if row is None:
        raise not_here()
    return row


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 18 else 0
