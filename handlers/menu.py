"""The plain answers that belong to no form: greeting, home, help, thanks, rude words, groups, language, privacy.

Every one of them ends with the choices of the house in sight, because no reply may be a dead end; a form that was begun
is offered again and never thrown away by looking at the menu. Acts on a person's matter do not live here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.vocabulary import Button, Card, Conversation, Outcome, Say, T, Tap, Turn

CHOICES = ("complaint", "emergency", "guidance", "my_tickets", "person")
NAME = "home"
HOME = Button(T("home.go.home"), Tap(NAME, "go", "home"))
PERSON = Button(T("home.go.person"), Tap(NAME, "go", "person"))
PRIVACY = Button(T("home.go.privacy"), Tap(NAME, "go", "privacy"))


def home(turn: Turn) -> Outcome:
    """The card with the main choices; a begun form stands first."""
    return _with_card(turn)


def follow(turn: Turn) -> Outcome:
    """Somebody added us, or came back after blocking us."""
    key = "home.welcome_back" if turn.incoming.unblocked else "home.hello"
    return _with_card(turn, Say(key))


def greeting(turn: Turn) -> Outcome:
    return _with_card(turn, Say("home.greeting"))


def help(turn: Turn) -> Outcome:
    return _with_card(turn, Say("home.help"))


def cancelled(turn: Turn) -> Outcome:
    return _with_card(turn, Say("home.cancelled"))


def nothing_to_cancel(turn: Turn) -> Outcome:
    return _with_card(turn, Say("home.nothing_to_cancel"))


def stale(turn: Turn) -> Outcome:
    """A button of a talk that is over."""
    return _with_card(turn, Say("home.stale"))


def nonsense(turn: Turn) -> Outcome:
    return _with_card(turn, Say("home.nonsense"))


def thanks(turn: Turn) -> Outcome:
    return _short(turn, "home.thanks")


def rude(turn: Turn) -> Outcome:
    """Anger is met with a way on: most of it has a reason."""
    return _short(turn, "home.rude", Button(T("home.go.complaint"), Tap(NAME, "go", "complaint")), PERSON)


def sticker(turn: Turn) -> Outcome:
    return _short(turn, "home.sticker")


def who(turn: Turn) -> Outcome:
    """Whom people talk to, said plainly: a machine that answers, officers who read."""
    return _short(turn, "home.who", PERSON)


def link_only(turn: Turn) -> Outcome:
    """A link and not a word: we open none, for it may lead anywhere."""
    return _short(turn, "home.link_only", PERSON)


def privacy(turn: Turn) -> Outcome:
    """The whole notice on personal data; the talk stays where it is."""
    return Outcome((Say("home.privacy_what"), Say("home.privacy_rights", buttons=(*_begun(turn.conversation), HOME))))


def group(turn: Turn) -> Outcome:
    """In a group we point to the private chat and speak about nobody's matter."""
    return Outcome((Say("home.group"),))


def joined(turn: Turn) -> Outcome:
    return Outcome((Say("home.joined"),))


def language(turn: Turn, wanted: str = "") -> Outcome:
    """Thai or English, the other one where nothing is said; kept as chosen, so no guess overrules it."""
    lang: Any = wanted if wanted in ("th", "en") else ("th" if turn.conversation.lang == "en" else "en")
    spoken = turn.with_conversation(replace(turn.conversation, lang=lang, lang_chosen=True))
    return _with_card(spoken, Say("home.language_is"))


def _with_card(turn: Turn, *first: Say) -> Outcome:
    conversation = replace(turn.conversation, flow=NAME, asked="home.choose")
    return Outcome((*first, Say(card=card(turn.conversation))), conversation)


def _short(turn: Turn, key: str, *buttons: Button) -> Outcome:
    """One bubble that leaves a form where it stands."""
    shown = (*_begun(turn.conversation), *buttons, HOME)
    return Outcome((Say(key, buttons=shown),), turn.conversation)


def card(conversation: Conversation) -> Card:
    """The choices of the house, each of which can be tapped or typed."""
    choices = tuple(Button(T(f"home.go.{name}"), Tap(NAME, "go", name)) for name in CHOICES)
    other = "th" if conversation.lang == "en" else "en"
    language = Button(T(f"home.go.{other}"), Tap(NAME, "lang", other))
    return Card(
        T("home.choose"),
        body=(T("home.choose_how"),),
        buttons=(*_begun(conversation), *choices, language),
        numbered=True,
    )


def _begun(conversation: Conversation) -> tuple[Button, ...]:
    """A button for each form that was begun and waits."""
    begun = [name for name in ("emergency", "complaint") if _answers(conversation.drafts, name)]
    return tuple(Button(T(f"home.resume.{name}"), Tap(NAME, "resume", name)) for name in begun)


def _answers(drafts: Mapping[str, Any], flow: str) -> bool:
    return bool(drafts.get(flow))
