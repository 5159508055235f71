"""What is said: texts by key, buttons, cards, bubbles; the other half of the vocabulary, and without a language.

A file of its own for its length; everybody imports these words from `handlers.vocabulary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from knowledge.model import Both


@dataclass(frozen=True, slots=True)
class Tap:
    """What a button carries: flow, field, value. As LINE's data: `1|flow|field|value`, at most 300 letters."""

    flow: str
    field: str
    value: str = ""

    def data(self) -> str:
        return f"1|{self.flow}|{self.field}|{self.value}"

    @classmethod
    def read(cls, data: str) -> Tap | None:
        """The tap behind postback data, or None where it is not one of ours."""
        parts = data.split("|", 3)
        return cls(*parts[1:]) if len(parts) == 4 and parts[0] == "1" else None


@dataclass(frozen=True, slots=True)
class T:
    """A text of the catalogue, with values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


# What may stand for a text: a catalogue text, a text of the knowledge in two languages, or somebody's own words.
# As values of a text also: int, float, datetime (shown in Thai time, Buddhist year in Thai).
Text = T | Both | str


@dataclass(frozen=True, slots=True)
class Link:
    url: str  # https, or tel: through Call


@dataclass(frozen=True, slots=True)
class Call:
    number: str


@dataclass(frozen=True, slots=True)
class Send:
    """Tapping sends these words as the person's own message."""

    text: Text


@dataclass(frozen=True, slots=True)
class AskPin: ...


@dataclass(frozen=True, slots=True)
class AskCamera: ...


@dataclass(frozen=True, slots=True)
class AskRoll: ...


Act_of_button = Tap | Link | Call | Send | AskPin | AskCamera | AskRoll


@dataclass(frozen=True, slots=True)
class Button:
    """`label` at most 20 graphemes in quick replies, 40 in cards. AskPin, AskCamera, AskRoll only as quick replies."""

    label: Text
    act: Act_of_button


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card: what it is, what it says, and a button that changes it."""

    label: Text
    value: Text
    change: Tap | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A flex message, shown on phone and PC alike. Its altText is made of all its words: nothing is by look alone."""

    title: Text
    tone: Literal["plain", "danger", "good", "wait"] = "plain"
    body: tuple[Text, ...] = ()
    lines: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()  # stacked; numbered when `numbered`, so that they can be typed
    numbered: bool = False
    quiet: bool = False  # no button stands out


@dataclass(frozen=True, slots=True)
class Say:
    """One bubble. `buttons` become quick replies (only those of the last bubble are shown); a card shows everywhere.

    `must_arrive`: if the reply's fate stays unclear it is pushed (a ticket number, an emergency).
    """

    key: str = ""  # text bubble; empty where only the card speaks
    values: Mapping[str, Any] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    card: Card | None = None
    picture: str = ""  # address of a picture of ours, shown in front of the words
    must_arrive: bool = False
