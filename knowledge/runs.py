"""Runs of 2 to 4 letters of folded texts, as numbers: what the router compares texts by.

A run is packed into 64 bits, 16 a letter, so that all runs of a text (or of a hundred texts) are made, counted and
looked up by a few calls of NumPy. A dictionary of the 47,000 strings took nine megabytes and most of the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 1500  # letters that are read of a text
LETTER = np.uint64(16)  # bits
BEYOND = np.uint64(0xFFFF)  # one number for all letters beyond the first 65,535: emoji, rare Chinese

Codes = NDArray[np.uint64]
Rows = NDArray[np.intp]


def codes_in(text: str) -> Codes:
    """All runs of one folded text, its edges marked by a space."""
    return np.concatenate(_runs(numbers(f" {text[:MOST]} ")))


def _runs(letters: Codes) -> tuple[Codes, Codes, Codes]:
    twos = (letters[:-1] << LETTER) | letters[1:]
    threes = (twos[:-1] << LETTER) | letters[2:]
    return twos, threes, (threes[:-1] << LETTER) | letters[3:]


def codes_of(texts: Sequence[str]) -> tuple[Codes, Rows]:
    """All runs of many texts, and the number of the text that each stands in."""
    edged = [f" {text[:MOST]} " for text in texts]
    of = np.repeat(np.arange(len(edged)), [len(text) for text in edged])
    inside = [of[: len(of) - more] == of[more:] for more in (1, 2, 3)]  # no run reaches from one text into the next
    some = [codes[one] for codes, one in zip(_runs(numbers("".join(edged))), inside, strict=True)]
    return np.concatenate(some), np.concatenate([of[: len(one)][one] for one in inside])


def numbers(text: str) -> Codes:
    letters = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    return np.minimum(letters, BEYOND)


def once(codes: Codes) -> Codes:
    """Each run once, in order. (`np.unique` wakes NumPy's masked arrays: 4 MB more.)"""
    codes = np.sort(codes)
    return codes[firsts_of(codes)]


def counted(codes: Codes) -> tuple[Codes, NDArray[np.float32]]:
    """Each run once, in order, and how often it stood there."""
    codes = np.sort(codes)
    firsts = np.flatnonzero(firsts_of(codes))
    return codes[firsts], lengths(firsts, len(codes)).astype(np.float32)


def firsts_of(ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Where something else stands than in the place before."""
    new = np.empty(len(ordered), np.bool_)
    new[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return new


def lengths(firsts: Rows, whole: int) -> Rows:
    """How long each stretch is, from where each begins. (`np.diff` with an end to append costs five times this.)"""
    ends = np.empty_like(firsts)
    ends[:-1] = firsts[1:]
    ends[-1:] = whole
    return ends - firsts


def each_once(codes: Codes, of: Rows) -> tuple[Codes, Rows]:
    """The runs of each text once, text by text."""
    order = np.lexsort((codes, of))
    codes, of = codes[order], of[order]
    new = np.ones(len(codes), bool)
    new[1:] = (codes[1:] != codes[:-1]) | (of[1:] != of[:-1])
    return codes[new], of[new]
