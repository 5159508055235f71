"""A person's own tickets: see where they stand, say more, ask for news, take one back, confirm or refuse, rate.

A code that is somebody else's and a code that does not exist get the very same words, so nobody learns whether a ticket
is there. Taking back is asked about once; reopening is one tap, because closed must mean fixed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers import following, late, menu, tickets, tickets_shown
from handlers.said import number, said
from handlers.vocabulary import Button, Follow, Link, Notice, Outcome, Rate, Say, T, Tap, Tell, Ticket, Turn

NAME = tickets_shown.NAME
WHOLE = "~"
NEWS_AGAIN = timedelta(hours=20)  # asking for news twice a day makes no officer faster
STARS = 5


def start(turn: Turn, text: str = "") -> Outcome:
    """The ticket whose code was typed, the only one, or the list."""
    named = tickets_shown.named(turn, text)
    if named:
        return _show(turn, named.code)
    if tickets_shown.has_code(text) or tickets_shown.is_code(text):
        return _not_found(turn)
    if not turn.tickets:
        return _say(turn, "list", Say("my_tickets.none", buttons=(_go("complaint"), _go("guidance"), menu.HOME)))
    if len(turn.tickets) == 1:
        return _show(turn, turn.tickets[0].code)
    return _list(turn, "0")


def text(turn: Turn) -> Outcome | None:
    """The words that were asked for, or a code; choices are read by the dispatch, all else is not for us."""
    words = turn.incoming.text
    what, code = _asked(turn)
    if said("cancel", words) or said("back", words):
        return _show(turn, code) if code else menu.home(turn)
    if what == "rate" and number(words) in range(1, STARS + 1):
        return _rated(turn, f"{code}:{number(words)}")
    if what == "withdraw" and said("yes", words):
        return _withdraw_sure(turn, code)
    if what == "withdraw" and said("no", words):
        return _show(turn, code)
    if what in ("add", "reopened"):
        return _added(turn, code)
    if found := tickets_shown.named(turn, words):
        return _show(turn, found.code)
    ticket = tickets.find(turn, code) if code else None
    act = tickets_shown.typed(ticket, words) if ticket else None
    return tap(turn, act) if act else None


def hear(turn: Turn) -> Outcome | None:
    """Photos for the ticket that is being added to."""
    what, code = _asked(turn)
    if turn.incoming.kind != "media" or what not in ("add", "reopened") or not tickets.find(turn, code):
        return None
    ids = tuple(media.message_id for media in turn.incoming.media)
    return Outcome((Say("my_tickets.media_added", {"code": code}, _after(code)),)) + tickets.attach(turn, code, ids)


def tap(turn: Turn, tap: Tap) -> Outcome | None:
    act = {
        "show": _show, "add": _add, "news": _news, "story": _story, "confirm": _confirm, "reopen": _reopen,
        "rate": _rate, "stars": _rated, "withdraw": _withdraw, "withdraw_sure": _withdraw_sure, "page": _list,
        WHOLE: _begin,
    }.get(tap.field)  # fmt: skip
    return act(turn, tap.value) if act else None


# --- seeing ---


def _begin(turn: Turn, value: str) -> Outcome:
    return start(turn)


def _list(turn: Turn, page: str) -> Outcome:
    at = int(page) if page.isdecimal() and len(page) < 4 else 0
    return _say(turn, "list", replace(tickets_shown.listed(turn, at), buttons=(menu.HOME,)))


def _show(turn: Turn, code: str) -> Outcome:
    ticket = tickets.find(turn, code)
    if ticket is None:
        return _not_found(turn)
    card = Say(card=tickets_shown.card(turn, ticket), buttons=_others(turn))
    return _say(_in_hand(turn, ticket), f"ticket:{code}", card)


def _story(turn: Turn, code: str) -> Outcome:
    ticket = tickets.find(turn, code)
    if ticket is None:
        return _not_found(turn)
    return _say(turn, f"ticket:{code}", Say(card=tickets_shown.story(ticket), buttons=_others(turn)))


def _not_found(turn: Turn) -> Outcome:
    """The same words for an unknown code and for somebody else's."""
    see = (Button(T("my_tickets.list"), Tap(NAME, WHOLE, "start")),) if turn.tickets else ()
    return _say(turn, "list", Say("my_tickets.not_found", buttons=(*see, _go("person"), menu.HOME)))


def followed(turn: Turn) -> Outcome | None:
    """A number with its key, or the address of a page: told by phone or letter, it is this person's own from now on."""
    found = turn.followed
    if found is None:
        return None
    if len(following.wrong_before(turn)) >= following.TRIES:
        return _say(turn, "list", Say("my_tickets.follow.wait", buttons=(_go("person"), menu.HOME)))
    if found.ticket is None:
        return _does_not_fit(turn)
    if found.state == "elsewhere":
        return _elsewhere(turn, found.ticket)
    mine = replace(turn, tickets=(found.ticket, *(one for one in turn.tickets if one.code != found.ticket.code)))
    shown = _show(mine, found.ticket.code)
    if found.state == "own":
        return shown
    hello = Say("my_tickets.follow.done", {"code": found.ticket.code}, must_arrive=True)
    told = Tell(found.ticket.code, replace(tickets.entry(turn, "story.followed"), audience="staff"))
    return Outcome((hello, *shown.says), shown.conversation, (Follow(found.ticket.code), told))


def _does_not_fit(turn: Turn) -> Outcome:
    turn, left = following.counted(turn)
    said_ = Say("my_tickets.follow.wrong", {"left": left}) if left else Say("my_tickets.follow.wait")
    return _say(turn, "list", replace(said_, buttons=(_go("person"), menu.HOME)))


def _elsewhere(turn: Turn, ticket: Ticket) -> Outcome:
    """Somebody follows it in a chat already: whoever has the key may read its page."""
    page = (Button(T("my_tickets.do.page"), Link(ticket.page)),) if ticket.page else ()
    return _say(turn, "list", Say("my_tickets.follow.elsewhere", {"code": ticket.code}, (*page, menu.HOME)))


# --- saying more ---


def _add(turn: Turn, code: str) -> Outcome:
    ticket = tickets.find(turn, code)
    if ticket is None:
        return _not_found(turn)
    if not tickets.takes_words(ticket):
        return _show(turn, code)
    return _say(_in_hand(turn, ticket), f"add:{code}", Say("my_tickets.add", {"code": code}, _after(code)))


def _added(turn: Turn, code: str) -> Outcome:
    if tickets.find(turn, code) is None:
        return _not_found(turn)
    told = tickets.tell(turn, code, turn.incoming.text)
    done = _say(turn.with_conversation(told.conversation or turn.conversation), f"ticket:{code}", _thanked(code))
    return Outcome(acts=told.acts) + done


def _thanked(code: str) -> Say:
    return Say("my_tickets.added", {"code": code}, _after(code))


def _news(turn: Turn, code: str) -> Outcome:
    """Staff are asked for news once a day; until then the day by which they must answer is said."""
    ticket = tickets.find(turn, code)
    if ticket is None:
        return _not_found(turn)
    if not tickets.is_open(ticket):
        return _show(turn, code)
    lately = [entry.at for entry in ticket.story if entry.key == "story.news" and turn.now - entry.at < NEWS_AGAIN]
    if lately:
        return _say(
            turn, f"ticket:{code}", Say("my_tickets.news_already", {"at": lately[-1]}, (late.READY, *_after(code)))
        )
    asked = Outcome(acts=(Tell(code, tickets.entry(turn, "story.news")), Notice("reporter.news", code)))
    return asked + _say(turn, f"ticket:{code}", Say("my_tickets.news", {"code": code}, (late.READY, *_after(code))))


# --- taking back, confirming, rating ---


def _withdraw(turn: Turn, code: str) -> Outcome:
    ticket = tickets.find(turn, code)
    if ticket is None:
        return _not_found(turn)
    if not tickets.may("withdraw", ticket, "reporter"):
        return _show(turn, code)
    yes = Button(T("my_tickets.withdraw_yes"), Tap(NAME, "withdraw_sure", code))
    no = Button(T("my_tickets.withdraw_no"), Tap(NAME, "show", code))
    return _say(turn, f"withdraw:{code}", Say("my_tickets.withdraw_ask", {"code": code}, (yes, no)))


def _withdraw_sure(turn: Turn, code: str) -> Outcome:
    return _done(turn, code, "withdraw", "list", "my_tickets.withdrawn", (menu.HOME,))


def _confirm(turn: Turn, code: str) -> Outcome:
    return _done(turn, code, "confirm", f"rate:{code}", "my_tickets.confirmed", _stars(code))


def _reopen(turn: Turn, code: str) -> Outcome:
    """One tap opens it again; what is still wrong is asked afterwards and added to the ticket."""
    return _done(turn, code, "reopen", f"reopened:{code}", "my_tickets.reopened", (menu.HOME,))


def _done(turn: Turn, code: str, act: str, asked: str, key: str, buttons: tuple[Button, ...]) -> Outcome:
    """An act of the reporter, if the table lets it; else the ticket as it stands now."""
    ticket = tickets.find(turn, code)
    if ticket is None:
        return _not_found(turn)
    did = tickets.do(turn, ticket, act)
    if did is None:
        return _show(turn, code)
    return Outcome(acts=did.acts) + _say(turn, asked, Say(key, {"code": code}, buttons))


def _rate(turn: Turn, code: str) -> Outcome:
    if tickets.find(turn, code) is None:
        return _not_found(turn)
    return _say(turn, f"rate:{code}", Say("my_tickets.rate_ask", {"code": code}, _stars(code)))


def _stars(code: str) -> tuple[Button, ...]:
    stars = range(1, STARS + 1)
    return (*(Button(T("my_tickets.star", {"stars": n}), Tap(NAME, "stars", f"{code}:{n}")) for n in stars), menu.HOME)


def _rated(turn: Turn, value: str) -> Outcome:
    """One rating a ticket, and only of one that is over."""
    code, _, stars = value.rpartition(":")
    ticket = tickets.find(turn, code)
    if ticket is None:
        return _not_found(turn)
    over = ticket.status == "closed" or turn.conversation.asked == f"{NAME}.rate:{code}"
    if ticket.rating is not None or not over or number(stars) not in range(1, STARS + 1):
        return _show(turn, code)
    thanks = Say("my_tickets.rate_thanks", buttons=(*_after(code),))
    return Outcome(acts=(Rate(code, int(stars)),)) + _say(turn, f"ticket:{code}", thanks)


# --- what is remembered ---


def _say(turn: Turn, asked: str, *says: Say) -> Outcome:
    conversation = replace(turn.conversation, flow=NAME, asked=f"{NAME}.{asked}")
    return Outcome(says, conversation)


def _asked(turn: Turn) -> tuple[str, str]:
    """What was asked last, and of which ticket."""
    flow, _, rest = turn.conversation.asked.partition(".")
    what, _, code = rest.partition(":")
    return (what, code) if flow == NAME else ("", "")


def _in_hand(turn: Turn, ticket: Ticket) -> Turn:
    """What comes next, a photo or one more word, belongs to the ticket that is looked at."""
    return (
        turn.with_conversation(replace(turn.conversation, ticket=ticket.code)) if tickets.takes_words(ticket) else turn
    )


def _after(code: str) -> tuple[Button, ...]:
    return (tickets.see(code), menu.HOME)


def _others(turn: Turn) -> tuple[Button, ...]:
    several = len(turn.tickets) > 1
    return (*((Button(T("my_tickets.list"), Tap(NAME, WHOLE, "start")),) if several else ()), menu.HOME)


def _go(name: str) -> Button:
    return Button(T(f"home.go.{name}"), Tap(menu.NAME, "go", name))
