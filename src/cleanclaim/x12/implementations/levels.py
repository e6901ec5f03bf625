"""Files built of levels (HL), read level by level: 270, 271, 276, 277 and 278."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cleanclaim.documents import Party, Place
from cleanclaim.x12.implementations.reading import Reading, Row
from cleanclaim.x12.tokens.blocks import Block, blocks
from cleanclaim.x12.tokens.source import Source

_PARTY = frozenset({"NM1", "N3", "N4", "REF", "DMG", "PRV", "PER"})


class Level(NamedTuple):
    """One HL and what stands under it: its code (20, 22, EV ...), whether it has children, its segments split into elements."""

    set_id: str
    code: str
    has_children: bool
    segments: list[str]
    rows: list[Row]
    place: Place
    starts_set: bool
    header: list[Row]


def read_levels(source: Source, set_id: str, reading: Reading) -> Iterator[Level]:
    """Yield the levels of every transaction of a set, in order; `header` holds the segments between ST and the first level."""
    current = ""
    header: list[Row] = []
    is_new = False
    for block in blocks(source, "HL"):
        reading.use(block.delimiters)
        segments = block.segments()
        rows = [reading.row(segment) for segment in segments]
        cut = next((at for at, row in enumerate(rows) if row[0] in {"SE", "GE", "IEA", "ST", "GS", "ISA"}), len(rows))
        if block.is_headed and current == set_id:
            yield Level(
                current, rows[0][3], rows[0][4] == "1", segments[:cut], rows[:cut], _place(block, segments, cut), is_new, header
            )
            is_new = False
        for row in rows[0 if not block.is_headed else cut :]:
            if row[0] == "ST":
                current, header, is_new = row[1], [row], True
            elif current and row[0] not in {"SE", "GE", "IEA", "GS", "ISA"}:
                header.append(row)
            elif row[0] == "SE":
                current = ""


def _place(block: Block, segments: list[str], cut: int) -> Place:
    return block.place(0, cut, segments)


def parties_of(level: Level, reading: Reading) -> list[Party]:
    """Return every party of a level. Segments that stand between a party's own (AAA, INS, DTP ...) are no part of it."""
    own = [segment for segment, row in zip(level.segments, level.rows, strict=True) if row[0] in _PARTY]
    found: list[Party] = []
    at = 0
    while at < len(own):
        if own[at].startswith("NM1"):
            party, at = reading.party(own, at)
            found.append(party)
        else:
            at += 1
    return found
