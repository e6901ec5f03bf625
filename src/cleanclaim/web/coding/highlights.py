"""A note cut into pieces, each with the codes whose evidence it is. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from cleanclaim.documents import Suggestions

_STRENGTH = {"not": 0, "hint": 1, "look": 2, "ready": 3}


class Piece(NamedTuple):
    """A run of a note's characters. `keys` name the codes that it proves, `kind` is the strongest band (or `not`)."""

    text: str
    keys: str
    kind: str


def key_of(system: str, code: str) -> str:
    """Return the name under which a code's row and its words find each other on the page."""
    return re.sub(r"[^A-Za-z0-9]", "-", f"{system}-{code}")


def pieces(text: str, answer: Suggestions | None) -> list[Piece]:
    """Cut a note at every edge of evidence; overlapping evidence shares pieces. Joining the pieces gives the note."""
    spans: list[tuple[int, int, str, str]] = []
    if answer is not None:
        for suggestion in answer.suggestions:
            key = key_of(suggestion.system, suggestion.code)
            spans += [
                (item.start, item.end, key, suggestion.band)
                for item in suggestion.evidence
                if 0 <= item.start < item.end <= len(text)
            ]
        for number, refused in enumerate(answer.not_coded):
            if 0 <= refused.start < refused.end <= len(text):
                spans.append((refused.start, refused.end, f"not-{number}", "not"))
    edges = sorted({0, len(text), *(span[0] for span in spans), *(span[1] for span in spans)})
    made = []
    for first, last in pairwise(edges):
        over = [(key, kind) for start, end, key, kind in spans if start <= first and last <= end]
        kind = max((kind for _, kind in over), key=lambda kind: _STRENGTH.get(kind, 0), default="")
        made.append(Piece(text[first:last], " ".join(dict.fromkeys(key for key, _ in over)), kind))
    return made
