"""The data dictionary of the standard: elements, composites and segments, read once from `dictionary.txt`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

_TEXT = Path(__file__).with_name("dictionary.txt")


class Element(NamedTuple):
    """A data element: its number, type (AN, ID, DT, TM, R, N0) and length."""

    number: str
    kind: str
    least: int
    most: int


class Segment(NamedTuple):
    """A segment of the standard: the numbers of its elements (C... for composites) and its syntax notes (`P0304`)."""

    tag: str
    elements: tuple[str, ...]
    notes: tuple[tuple[str, tuple[int, ...]], ...]


class Dictionary(NamedTuple):
    """Everything that the guides refer to."""

    elements: dict[str, Element]
    composites: dict[str, Segment]
    segments: dict[str, Segment]


@cache
def dictionary() -> Dictionary:
    """Return the dictionary; it is read on first use."""
    elements: dict[str, Element] = {}
    composites: dict[str, Segment] = {}
    segments: dict[str, Segment] = {}
    for line in _TEXT.read_text(encoding="ascii").splitlines():
        words = line.split()
        if not words or words[0] == "#":
            continue
        if words[0] == "element":
            elements[words[1]] = Element(words[1], words[2], int(words[3]), int(words[4]))
            continue
        split = words.index(";") if ";" in words else len(words)
        notes = tuple((note[0], tuple(int(note[at : at + 2]) for at in range(1, len(note), 2))) for note in words[split + 1 :])
        target = composites if words[0] == "composite" else segments
        target[words[1]] = Segment(words[1], tuple(words[2:split]), notes)
    return Dictionary(elements, composites, segments)
