"""Runs of 2 to 4 letters of folded texts, as numbers: what the router compares texts by.

A run is packed into 64 bits, 16 a letter, so that all runs of a text (or of a hundred texts) are made, counted and
looked up by a few calls of NumPy. A dictionary of the 47,000 strings took nine megabytes and most of the start.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 2, 4
MOST = 1500  # letters that are read of a text
APART = 0  # what stands between two texts; no text holds it
LETTER = 16  # bits
BEYOND = 0xFFFF  # one number for all letters beyond the first 65,535: emoji, rare Chinese

Codes = NDArray[np.uint64]
Rows = NDArray[np.intp]


def codes_of(texts: Sequence[str]) -> tuple[Codes, Rows]:
    """All runs of folded texts, the edges of each marked by a space, and the number of the text each stands in."""
    joined = chr(APART).join(f" {text[:MOST]} " for text in texts)
    letters = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    letters[letters > BEYOND] = BEYOND
    which = np.cumsum(letters == APART)
    codes: list[Codes] = []
    of: list[Rows] = []
    run, whole = letters, letters != APART
    for size in range(SHORTEST, LONGEST + 1):
        run = (run[:-1] << np.uint64(LETTER)) | letters[size - 1 :]
        whole = whole[:-1] & (letters[size - 1 :] != APART)
        codes.append(run[whole])
        of.append(which[: len(run)][whole])
    return np.concatenate(codes), np.concatenate(of)


def counted(codes: Codes) -> tuple[Codes, NDArray[np.float32]]:
    """Each run once, in order, and how often it stood there. (`np.unique` wakes NumPy's masked arrays: 4 MB more.)"""
    codes = np.sort(codes)
    new = np.ones(len(codes), bool)
    new[1:] = codes[1:] != codes[:-1]
    firsts = np.flatnonzero(new)
    return codes[firsts], np.diff(firsts, append=len(codes)).astype(np.float32)


def each_once(codes: Codes, of: Rows) -> tuple[Codes, Rows]:
    """The runs of each text once, text by text."""
    order = np.lexsort((codes, of))
    codes, of = codes[order], of[order]
    new = np.ones(len(codes), bool)
    new[1:] = (codes[1:] != codes[:-1]) | (of[1:] != of[:-1])
    return codes[new], of[new]
