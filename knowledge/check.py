"""Looks for what is wrong in the knowledge beyond its form: ids that lead nowhere, names that clash, no contacts.

Faults stop the house; warnings are for whoever keeps the files (`frontdoor kb check`). A body without any contact is
only a warning, since the truth is often that nobody has found one: the bot then says to ask the provincial office.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from knowledge import contacts, notices
from knowledge.bodies import CENTER, PROVINCIAL
from knowledge.files import Files
from knowledge.model import DangerKind, Fault
from knowledge.phrases import STRANGER, is_routable, label_of

CASES = ("in_estate", "bangkok", "other_province", "not_a_factory")
Fold = Callable[[str], str]


def faults(files: Files, dangers: Mapping[str, DangerKind]) -> tuple[Fault, ...]:
    """Everything that must be mended before the house may start."""
    found = [*type_faults(files), *question_faults(files), *body_faults(files), *word_faults(files)]
    return (*found, *said_faults(files), *danger_faults(files, dangers), *place_faults(files))


def warnings(files: Files, fold: Fold) -> tuple[Fault, ...]:
    """What should be looked at."""
    return (
        *missing_contacts(files),
        *unverified_contacts(files),
        *shared_aliases(files, fold),
        *doubted(files),
        *own_targets(files),
    )


def aged(files: Files, folder: Path, at: datetime) -> Iterator[Fault]:
    """What time has made wrong: notices that are over, contacts that nobody has looked at for too long."""
    board, _ = notices.load(folder)
    yield from notices.warnings(board, at)
    for one in contacts.listed(files, contacts.rules(folder), at.date()):
        if one.state == "stale":
            yield Fault(one.file, one.what, f"not shown: checked {one.checked or 'never'}; look again, write the month")


def others_than(unread: Iterable[Fault], found: Iterable[Fault]) -> Iterator[Fault]:
    """Without the faults that only follow from files that could not be read."""
    ids = [repr(Path(fault.file).stem.removesuffix(".yaml")) for fault in unread]
    return (fault for fault in found if not any(own in fault.mend for own in ids))


def no_body(files: Files, where: str, entry: str, ids: list[str]) -> Iterator[Fault]:
    for own in ids:
        if own not in files.bodies:
            yield Fault(where, entry, f"no body has the id {own!r}; see institutes/, agencies/ and centers/")


def type_faults(files: Files) -> Iterator[Fault]:
    for own, kind in files.types.items():
        where = files.where[own]
        yield from no_body(files, where, "competence", [*kind.competence.values(), *kind.also])
        for case in CASES:
            if case not in kind.competence:
                yield Fault(where, "competence", f"say who is competent for {case}")
        for other in kind.yields_to:
            if other not in files.types:
                yield Fault(where, "yields_to", f"no complaint type has the id {other!r}")
        limits = kind.deadlines
        if not 0 < limits.acknowledge <= limits.answer <= limits.resolve:
            yield Fault(where, "deadlines", "acknowledge, answer and resolve must be above 0 and rise in this order")


def question_faults(files: Files) -> Iterator[Fault]:
    for own, question in files.questions.items():
        placed = [each for some in question.by_place.values() for each in some]
        yield from no_body(files, files.where[own], "bodies", [*question.bodies, *placed])
        if not question.bodies:
            yield Fault(files.where[own], "bodies", "name at least one body")


def body_faults(files: Files) -> Iterator[Fault]:
    kinds = {verb.kind for verb in files.verbs}
    for own, body in files.bodies.items():
        used = {*body.words.offers, *(kind for service in body.services for kind in service.kinds)}
        for kind in sorted(used - kinds):
            yield Fault(files.where[own], "offers", f"{kind!r} is no kind in vocabulary/verbs.yaml")
    for hotline in files.hotlines.values():
        if hotline.body:
            yield from no_body(files, files.where[hotline.id], "body", [hotline.body])


def said_faults(files: Files) -> Iterator[Fault]:
    """Sentences of a label that nobody bears would teach nothing."""
    labels = {*files.bodies, *(STRANGER + each.topic for each in files.strangers)}
    for name in files.said:
        if label_of(name) not in labels:
            mend = f"{name!r} is no body; name it after one, or stranger.<topic>, _ for spaces"
            yield Fault(f"sentences/route/{name}.txt", name, mend)


def word_faults(files: Files) -> Iterator[Fault]:
    for alias in files.aliases:
        yield from no_body(files, "vocabulary/aliases.yaml", alias.say[0], alias.bodies)
    for sector in files.nobody_covers:
        yield from no_body(files, "vocabulary/nobody_covers.yaml", sector.sector, sector.bodies)
    for contrast in files.contrasts:
        ids = [each.body for each in (contrast.a, contrast.b) if each.body != "none"]
        yield from no_body(files, "vocabulary/contrasts.yaml", contrast.by, ids)
    numbers = {hotline.number for hotline in files.hotlines.values()}
    for stranger in files.strangers:
        if stranger.goes_to and stranger.goes_to not in numbers:
            yield Fault("vocabulary/strangers.yaml", stranger.topic, f"no hotline has the number {stranger.goes_to}")


def danger_faults(files: Files, dangers: Mapping[str, DangerKind]) -> Iterator[Fault]:
    for own, danger in dangers.items():
        for line in danger.call:
            if line not in files.hotlines or files.hotlines[line].unverified:
                yield Fault(f"emergencies/{own}.yaml", "call", f"no checked hotline has the id {line!r}")


def place_faults(files: Files) -> Iterator[Fault]:
    for need in (PROVINCIAL, CENTER, "ops", "diw", "ieat", "bma", "localgov", "damrong"):
        if need not in files.bodies:
            yield Fault("agencies/", need, "the rules of competence need this body")
    offices = sum(own.startswith(PROVINCIAL + "@") for own in files.bodies)
    if offices != 76:
        yield Fault("offices/", "all", f"76 provinces have an industry office (Bangkok has none); {offices} are here")


def missing_contacts(files: Files) -> Iterator[Fault]:
    for own, body in files.bodies.items():
        contact = body.contact
        ways = [*contact.phones, *contact.emails, *filter(None, (contact.website, contact.line))]
        if own not in (PROVINCIAL, CENTER, "localgov") and all(way.unverified for way in ways):
            yield Fault(
                files.where[own], "contact", "no checked way to reach it; call, then add a phone with its source"
            )


def unverified_contacts(files: Files) -> Iterator[Fault]:
    """What stands in the file and is not shown, because nobody has checked it."""
    for own, body in files.bodies.items():
        contact = body.contact
        doubted = [f"phone {each.number}" for each in contact.phones if each.unverified]
        doubted += [f"email {each.value}" for each in contact.emails if each.unverified]
        for name, one in (("website", contact.website), ("LINE", contact.line)):
            doubted += [f"{name} {one.value}"] if one and one.unverified else []
        for name, text in (("address", contact.address), ("hours", contact.hours)):
            doubted += [name] if text and text.unverified else []
        if doubted:
            yield Fault(
                files.where[own], "contact", f"unverified, so not shown: {', '.join(doubted)}; check, add a source"
            )
    for hotline in files.hotlines.values():
        if hotline.unverified:
            yield Fault(files.where[hotline.id], "number", f"unverified, so not shown: {hotline.number}; call it")


def own_targets(files: Files) -> Iterator[Fault]:
    if not files.deadlines.confirmed:
        yield Fault("deadlines.yaml", "confirmed", f"deadlines are {files.deadlines.deadlines_source}")


def shared_aliases(files: Files, fold: Fold) -> Iterator[Fault]:
    """The same name on two bodies is a coin toss for whoever types it."""
    owners: dict[str, list[str]] = {}
    for body in filter(is_routable, files.bodies.values()):
        for name in {fold(each) for each in (body.name.th, body.name.en, *body.also)}:
            owners.setdefault(name, []).append(body.id)
    for name, ids in owners.items():
        if len(ids) > 1:
            yield Fault("institutes/, agencies/", name, f"stands at {', '.join(ids)}; keep it at one")
    yield from repeated_aliases(files, fold)


def repeated_aliases(files: Files, fold: Fold) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for alias in files.aliases:
        for say in {fold(each) for each in alias.say}:
            if say in seen:
                yield Fault("vocabulary/aliases.yaml", say, f"stands at {seen[say]!r} and {alias.means!r}; keep one")
            seen[say] = alias.means


def doubted(files: Files) -> Iterator[Fault]:
    for kind in (files.bodies, files.types, files.questions, files.hotlines):
        for own, entry in kind.items():
            if entry.unverified:
                yield Fault(files.where[own], own, "from background knowledge, no source: find one, then drop the flag")
