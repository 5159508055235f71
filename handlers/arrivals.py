"""What arrives that is no plain text: pins, photos, stickers, people coming and going, messages taken back, groups.

Each finds the place it belongs to: the form that is open, the ticket in hand, else the question whether somebody is
in danger, because a photo or a pin without a word may be all that a person can send.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from handlers import crossroads, held, registry, tickets, walk
from handlers.draft import Flow, Problem, forget, value_of
from handlers.free_text import SHORT, bring, brought, read
from handlers.said import said, wording
from handlers.vocabulary import Button, Conversation, Erase, Leave, Outcome, Reach, Say, T, Tap, Ticket, Turn
from handlers.where import stored

SAFE_FOR = timedelta(minutes=15)  # after "nobody is in danger" weak signs are not asked about again
FRESH = timedelta(hours=24)
LONG_WORDS = 25  # letters; what is longer is more than a wrong answer
ASIDE = frozenset({"status", "person", "help", "thanks", "greeting", "rude"})


def silent(turn: Turn) -> Outcome:
    return Outcome()


def unknown(turn: Turn) -> Outcome:
    """A kind of message that we cannot read: said, with a way on."""
    return silent(turn) if turn.incoming.group else Outcome((Say("common.unknown_kind", buttons=walk.home()),))


def late_tap(turn: Turn) -> Outcome:
    return registry.menu("stale", turn)


# --- people ---------------------------------------------------------------------------------------


def follow(turn: Turn) -> Outcome:
    met = registry.menu("follow", turn.with_conversation(replace(turn.conversation, blocked=False)))
    return met + Outcome(acts=(Reach(""),))


def unfollow(turn: Turn) -> Outcome:
    """Staff see on the person's tickets that LINE reaches them no longer."""
    return Outcome((), replace(turn.conversation, blocked=True), (Reach("blocked"),))


def put_out(turn: Turn) -> Outcome:
    """We are no longer in the group: staff see that it hears nothing."""
    return Outcome((), None, (Leave(),))


def group(turn: Turn) -> Outcome:
    """In groups we speak only when spoken to, and never about a person's matter; a danger gets the numbers."""
    if turn.incoming.kind == "join":
        return registry.menu("joined", turn)
    if not turn.incoming.to_us:
        return silent(turn)
    if turn.incoming.kind == "text" and turn.knowledge.danger(turn.incoming.text).decision == "act":
        return emergency("in_group", turn)
    return registry.menu("group", turn)


def edited(turn: Turn) -> Outcome:
    """A changed message, which LINE tells of in groups only: heard when it calls us, or when it became a danger."""
    came = replace(turn, incoming=replace(turn.incoming, kind="text"))
    if turn.incoming.group:
        return group(came)
    alarmed = turn.knowledge.danger(turn.incoming.text).decision == "act"
    return emergency("act", came) if alarmed else silent(turn)


# --- danger ---------------------------------------------------------------------------------------


def emergency(act: str, turn: Turn) -> Outcome:
    found: Callable[[Turn], Outcome] = getattr(registry.flows()["emergency"], act)
    return found(turn)


def emergency_over(turn: Turn) -> bool:
    return bool(registry.flows()["emergency"].over(turn))


def emergency_runs_beside(turn: Turn) -> bool:
    """Whether an emergency of this hour is open while the person is elsewhere: a sign of danger belongs to it."""
    return turn.conversation.flow != "emergency" and bool(registry.flows()["emergency"].running(turn))


def may_ask_about_danger(turn: Turn) -> bool:
    """Not again while it is being asked, and not soon after the person said that nobody is in danger."""
    conversation = turn.conversation
    if conversation.flow == "emergency" or conversation.asked == "emergency.danger":
        return False
    said_safe = conversation.extra.get("safe_at")
    return not isinstance(said_safe, str) or turn.now - datetime.fromisoformat(said_safe) > SAFE_FOR


def only_an_emoji(turn: Turn) -> bool:
    """Whether only an emoji of LINE spoke of danger ("(fire)"): a sign to ask about, and no cry for help."""
    words = wording(turn.incoming.text)
    return words != turn.incoming.text.strip() and turn.knowledge.danger(words).decision == "none"


def danger_typed(turn: Turn, plain: Callable[[Turn], Outcome]) -> Outcome:
    """Yes and no, typed; anything else is read together with what was held."""
    if said("no", turn.incoming.text) or said("skip", turn.incoming.text) or said("unsure", turn.incoming.text):
        return calm(turn, plain)
    if said("yes", turn.incoming.text):
        return emergency("from_held", turn)
    if said("cancel", turn.incoming.text):
        return registry.home(held.release(turn))
    photos, freed = held.media_of(turn), held.release(turn, with_now=True)
    if not photos:
        return plain(freed)
    carried = bring(freed.conversation, {"photos": {"ids": list(photos), "done": False}})
    outcome = plain(freed.with_conversation(carried))
    return replace(outcome, conversation=brought(outcome.conversation or carried)[1])


def calm(turn: Turn, plain: Callable[[Turn], Outcome]) -> Outcome:
    """Nobody is in danger: what was held is read as ordinary words, photos or a pin, the form where it was."""
    photos, freed = held.media_of(turn), held.release(turn)
    extra = {**freed.conversation.extra, "safe_at": turn.now.isoformat()}
    freed = freed.with_conversation(replace(freed.conversation, extra=extra))
    if freed.incoming.text:
        return registry.home(freed) if _only_a_cry(freed) else plain(freed)
    answers: dict[str, object] = {"photos": {"ids": list(photos), "done": False}} if photos else {}
    place = turn.knowledge.at(freed.incoming.pin.lat, freed.incoming.pin.lon).place if freed.incoming.pin else None
    if place:
        answers["place"] = {"place": stored(place)}
    return registry.start("complaint", freed.with_conversation(bring(freed.conversation, answers)))


def _only_a_cry(turn: Turn) -> bool:
    """Whether the words held say nothing but "help": with nobody in danger they are about nothing yet."""
    return len(turn.incoming.text) < SHORT and not read(turn.knowledge, turn.incoming.text).sure_types


# --- pins, photos, stickers -----------------------------------------------------------------------


def pin(turn: Turn) -> Outcome:
    return silent(turn) if turn.incoming.group else _for_form(turn) or _for_ticket(turn) or _out_of_the_blue(turn)


def media(turn: Turn) -> Outcome:
    return pin(turn)


def _for_form(turn: Turn) -> Outcome | None:
    """The form in hand takes it, or the one that waits behind the menu."""
    drafts, flow = turn.conversation.drafts, turn.conversation.flow
    if registry.form_of(flow) is None and (heard := registry.step(flow, "hear", turn)):
        return heard
    waiting = [name for name in ("emergency", "complaint") if name in drafts]
    for name in dict.fromkeys((flow, *waiting)):
        form = registry.form_of(name)
        if form is None or name not in drafts:
            continue
        read_ = walk.hear(form, turn)
        if read_ is not None:
            return read_ if isinstance(read_, Outcome) else walk.again(form, turn, read_)
    return None


def _for_ticket(turn: Turn) -> Outcome | None:
    ticket = tickets.in_hand(turn)
    if ticket is None or not _is_fresh(turn, ticket):
        return None
    if turn.incoming.pin:
        place = turn.knowledge.at(turn.incoming.pin.lat, turn.incoming.pin.lon).place
        learned = tickets.placed(turn, ticket, place) if place else Outcome()
        return Outcome((Say("common.added_to_ticket", {"code": ticket.code}, (tickets.see(ticket.code),)),)) + learned
    ids = tuple(one.message_id for one in turn.incoming.media)
    more, conversation = _album_waits(turn)
    attached = tickets.attach(turn.with_conversation(conversation), ticket.code, ids)
    says = () if more else (Say("common.photo_to_ticket", {"code": ticket.code}, (tickets.see(ticket.code),)),)
    return Outcome(says) + attached


def _is_fresh(turn: Turn, ticket: Ticket) -> bool:
    return ticket.status == "waiting_for_reporter" or turn.now - ticket.opened_at < FRESH


def _album_waits(turn: Turn) -> tuple[bool, Conversation]:
    """Whether more of an album is on its way, counted by its set: only the last photo is answered."""
    seen = turn.conversation.extra.get("album")
    album = dict(seen) if isinstance(seen, dict) else {}
    for one in turn.incoming.media:
        album = {one.set_id: album.get(one.set_id, 0) + 1} if one.set_id else album
    waits = any(one.set_id and album.get(one.set_id, 0) < one.total for one in turn.incoming.media)
    return waits, replace(turn.conversation, extra={**turn.conversation.extra, "album": album})


def _out_of_the_blue(turn: Turn) -> Outcome:
    """A photo or a pin and not a word: is somebody in danger now? What came is held until the answer."""
    asked_already = turn.conversation.asked == "emergency.danger"
    asking = emergency("ask_first", turn)
    return replace(asking, says=()) if asked_already and turn.incoming.media else asking


def sticker(turn: Turn) -> Outcome:
    """A sticker answers no question: a nod, and the question again."""
    if turn.incoming.group:
        return silent(turn)
    form = registry.form_of(turn.conversation.flow)
    if form and form.name in turn.conversation.drafts:
        return walk.again(form, turn, Problem("common.sticker" if form.mild else ""))
    return registry.menu("sticker", turn)


def unsend(turn: Turn) -> Outcome:
    """A message was taken back: what we read from it goes, from every draft and from what is held."""
    conversation = turn.conversation
    for message in turn.incoming.message_ids:
        drafts = {name: forget(draft, message) for name, draft in conversation.drafts.items()}
        conversation = held.forget(replace(conversation, drafts=drafts), message)
    return Outcome((), conversation, tuple(Erase(message) for message in turn.incoming.message_ids))


# --- words beside the form ------------------------------------------------------------------------


def comes_back(turn: Turn, long_ago: timedelta) -> bool:
    """Words after days of silence that are more than a short answer, or a greeting."""
    seen, words = turn.conversation.seen_at, turn.incoming.text
    if not seen or turn.incoming.at - seen <= long_ago:
        return False
    return len(words) > LONG_WORDS or read(turn.knowledge, words).intent == "greeting"


def beside(turn: Turn) -> str:
    """What the words want if they are no answer to a form: its name, or empty."""
    text = turn.incoming.text
    if len(text) > 60 or any(said(command, text) for command in ("skip", "back", "cancel", "keep", "send", "enough")):
        return ""
    intent = read(turn.knowledge, text).intent
    return intent if intent in ASIDE else ""


def aside(turn: Turn, flow: Flow, problem: Problem) -> Outcome:
    """Words that the question could not read: they may want something else, which leaves the form where it is."""
    reading = read(turn.knowledge, turn.incoming.text)
    wants = beside(turn)
    if wants not in ("", "status", "person") and not flow.mild:
        return walk.again(flow, turn, Problem(""))  # in danger no pleasantries: the question stays in sight
    if wants in ("status", "person"):
        return registry.start({"status": "my_tickets", "person": "person"}[wants], turn, turn.incoming.text)
    if wants == "help":
        return registry.menu("help", turn)
    if wants:
        return walk.again(flow, turn, replace(problem, key=f"common.{wants}", values={}, acts=()))
    if flow.mild and reading.intent == "complain" and reading.sure_types and len(turn.incoming.text) > LONG_WORDS:
        return _more_or_new(turn, reading.sure_types[0].id)
    told = walk.spare(flow, turn)
    if told:
        return told
    if flow.mild and reading.intent == "ask" and len(turn.incoming.text) > LONG_WORDS:
        return _and_back(registry.start("guidance", turn, turn.incoming.text), flow)
    return walk.again(flow, turn, problem)


def _more_or_new(turn: Turn, type_: str) -> Outcome:
    """A story in mid-form: more of the same is noted, another kind of harm is asked about."""
    same = value_of(turn.conversation.draft("complaint"), "type") == type_
    noted = registry.step("complaint", "add", turn) if same else None
    return noted or crossroads.ask_same_or_new(turn, "")


def _and_back(outcome: Outcome, flow: Flow) -> Outcome:
    """An answer beside the form, with the way back to it."""
    last = outcome.says[-1]
    back = Button(T("common.back_to_form"), Tap(flow.name, walk.FORM, "resume"))
    return replace(outcome, says=(*outcome.says[:-1], replace(last, buttons=(back, *last.buttons)[:13])))


def speaks(turn: Turn, lang: str) -> Outcome:
    """The language is chosen by a word: a form goes on in it, else the menu is shown in it."""
    form = registry.form_of(turn.conversation.flow)
    chosen: Conversation = replace(turn.conversation, lang="en" if lang == "en" else "th", lang_chosen=True)
    if form and form.name in chosen.drafts:
        return walk.again(form, turn.with_conversation(chosen), Problem("home.language_is"))
    return registry.tap(turn, Tap("home", "lang", lang)) or registry.home(turn.with_conversation(chosen))


def restart(turn: Turn) -> Outcome:
    """Everything begun is dropped, tickets stay; home again."""
    fresh: Conversation = replace(turn.conversation, flow="", asked="", drafts={}, ticket="", extra={})
    return registry.home(turn.with_conversation(fresh))


def as_tap(turn: Turn, what: Tap) -> Turn:
    """The turn as if the button that the words name had been tapped."""
    return replace(turn, incoming=replace(turn.incoming, kind="tap", tap=what))
