"""What forms offer: offices that a ticket may go to, and types that it may be of."""

from __future__ import annotations

from bot.console.asking import Ask
from bot.words import plain, terms
from handlers import staff_cards
from handlers.cases import Case

AT_MOST = 8
Choice = tuple[str, str]  # id, name


def suggested(ask: Ask, case: Case) -> list[Choice]:
    """Whom the knowledge would name: the office in charge, the province's own, the ministry's hub."""
    knowledge = ask.house.tools.knowledge
    ids = [f"provincial_office@{case.place.province}"] if case.place.province else []
    if case.type in knowledge.facts.types:
        ids.insert(0, knowledge.office_for(case.type, case.place))
    ids += [knowledge.emergency_office(case.place)] if case.kind == "emergency" and case.place.province else []
    ids += ["diw", "ieat", "ops"]
    others = [id_ for id_ in dict.fromkeys(ids) if id_ != case.office and knowledge.body(id_)]
    return [(id_, _name(ask, id_)) for id_ in others[:AT_MOST]]


def proposed(ask: Ask, case: Case) -> list[Choice]:
    """Whose a question is that is not ours: those whom the card in LINE offers."""
    bodies = staff_cards.proposed(case, ask.house.tools.knowledge)
    return [(body.id, body.name.in_(ask.lang)) for body in bodies]


def found(ask: Ask, typed: str) -> list[Choice]:
    """Offices whose name or id holds all the words."""
    wanted = terms(typed)
    if not wanted:
        return []
    bodies = ask.house.tools.knowledge.facts.bodies
    named = ((id_, plain(f"{id_} {body.name.th} {body.name.en} {body.short}")) for id_, body in bodies.items())
    hits = [id_ for id_, words in named if all(term in words for term in wanted)]
    return [(id_, _name(ask, id_)) for id_ in hits[:AT_MOST]]


def types(ask: Ask) -> list[tuple[str, list[Choice]]]:
    """Types in two groups: complaints, dangers."""
    facts = ask.house.tools.knowledge.facts
    kinds = [(id_, one.name.in_(ask.lang)) for id_, one in facts.types.items()]
    dangers = [(id_, one.name.in_(ask.lang)) for id_, one in facts.dangers.items()]
    return [("console.kind.complaint", kinds), ("console.kind.emergency", dangers)]


def _name(ask: Ask, id_: str) -> str:
    body = ask.house.tools.knowledge.body(id_)
    return body.name.in_(ask.lang) if body else id_
