"""The pages that a note was made from, with the places of a code's evidence on them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cleanclaim.practice.encounters.source_queries import Spot
from cleanclaim.web.coding.highlights import Piece


class Mark(NamedTuple):
    """A place on a page that proves codes: where, and the codes' keys."""

    left: int
    top: int
    width: int
    height: int
    keys: str
    kind: str


class Paper(NamedTuple):
    """A page with its marks."""

    source_id: str
    page: int
    width: int
    height: int
    marks: tuple[Mark, ...]


def papers(pieces: Sequence[Piece], spots: Sequence[Spot]) -> list[Paper]:
    """Return the pages that a note's words came from; each word that is evidence is marked where it stands."""
    marks: dict[tuple[str, int, int, int], list[Mark]] = {}
    edges, at = [], 0
    for piece in pieces:
        edges.append((at, at + len(piece.text), piece))
        at += len(piece.text)
    for spot in sorted(spots):
        found = marks.setdefault((spot.source_id, spot.page, spot.width, spot.height), [])
        over = [piece for start, end, piece in edges if piece.keys and start < spot.end and spot.start < end]
        if over:
            left, top, right, bottom = spot.box
            keys = " ".join(dict.fromkeys(key for piece in over for key in piece.keys.split()))
            found.append(Mark(left, top, right - left, bottom - top, keys, over[0].kind))
    return [Paper(*key, tuple(found)) for key, found in marks.items()]
