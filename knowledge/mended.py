"""A text as it was meant, with the way back: what is read of it is shown in the words that the person typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from knowledge.keyboard import Patch
from knowledge.model import PlaceReading, Reading, Span


@dataclass(frozen=True)
class Mended:
    """A text as it was meant, and the way back to what was typed."""

    text: str
    patches: tuple[Patch, ...] = ()

    def typed(self, span: Span) -> Span:
        """Where a part of the mended text stood. What touches a mended word takes in all of the misspelt one."""
        return Span(self._back(span.start, 0), self._back(span.end, 1))

    def _back(self, at: int, edge: int) -> int:
        longer = 0  # how much longer the text has become so far
        for start, end, new in self.patches:
            begins = start + longer
            if at < begins + edge:
                break
            if at < begins + len(new) + edge:
                return (start, end)[edge]
            longer += len(new) - (end - start)
        return at - longer


def patched(text: str, patches: Iterable[Patch]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, new in patches:
        pieces += (text[at:start], new)
        at = end
    return "".join((*pieces, text[at:]))


def as_typed(reading: Reading, mended: Mended, text: str) -> Reading:
    """What was read of a mended text, with the places and words of the text as it came."""
    if not mended.patches:
        return reading
    places = tuple(place_as_typed(each, mended, text) for each in reading.places)
    slots = tuple(replace(each, span=mended.typed(each.span)) for each in reading.slots)
    told = reading.factory
    factory = replace(told, span=mended.typed(told.span)) if told else None
    return replace(reading, places=places, slots=slots, factory=factory)


def place_as_typed(reading: PlaceReading, mended: Mended, text: str) -> PlaceReading:
    if not (reading.span and mended.patches):
        return reading
    span = mended.typed(reading.span)
    return replace(reading, place=replace(reading.place, typed=text[span.start : span.end]), span=span)
