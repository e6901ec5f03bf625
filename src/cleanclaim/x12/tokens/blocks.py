"""A file cut into records: everything from one head segment (CLM, CLP, ST ...) up to the next, whole, whatever the size of the pieces read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cleanclaim.documents import Place
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.lexer import CHUNK, Batch, lex
from cleanclaim.x12.tokens.source import Source

_new = tuple.__new__


class Block(NamedTuple):
    """Consecutive segments, joined by `separator`; the first one is a head segment when `is_headed`.

    `ordinal` and `start` place the first segment in the file; `ends` holds the byte ends of all segments where they do not follow from
    lengths.
    """

    delimiters: Delimiters
    separator: str
    text: str
    is_headed: bool
    ordinal: int
    start: int
    ends: list[int] | None = None

    def segments(self) -> list[str]:
        """Return the segments without terminators."""
        return self.text.split(self.separator)

    def place(self, first: int, used: int, segments: list[str]) -> Place:
        """Return the place of the segments from `first` up to, not including, `used`."""
        step = len(self.separator)
        if self.ends is None:
            start = self.start + sum(map(len, segments[:first])) + first * step
            end = start + sum(map(len, segments[first:used])) + (used - first - 1) * step
        else:
            end = self.ends[used - 1]
            start = self.start if not first else self.ends[first] - len(segments[first])
        return _new(Place, (self.ordinal + first, start, max(start, end)))


def blocks(source: Source, head: str, chunk_size: int = CHUNK) -> Iterator[Block]:
    """Cut a source at every segment with the given identifier; a new interchange starts a block as well."""
    held: Block | None = None
    for batch in lex(source, chunk_size):
        if not batch.count:
            continue
        delimiters, separator, starts, ends = batch.delimiters, batch.separator, batch.starts, batch.ends
        terminator, step = delimiters.segment, len(separator)
        mark = head + delimiters.element
        ordinal, position = batch.first, batch.offset
        is_headed = batch.text.startswith(mark)
        is_own = is_headed or batch.opens
        pieces = batch.text.split(separator + mark)
        is_first = True
        for piece in pieces:
            if is_first:
                is_first = False
                if held is not None and not is_own:
                    held = _joined(held, piece, batch)
                    count = piece.count(terminator) + 1
                    ordinal += count
                    position += len(piece) + step
                    continue
            else:
                piece = mark + piece
                is_headed = True
            if held is not None:
                yield held
            count = piece.count(terminator) + 1
            if starts is None or ends is None:
                held = _new(Block, (delimiters, separator, piece, is_headed, ordinal, position, None))
            else:
                at = ordinal - batch.first
                held = Block(delimiters, separator, piece, is_headed, ordinal, starts[at], ends[at : at + count])
            ordinal += count
            position += len(piece) + step
        if batch.closes and held is not None:
            yield held
            held = None
    if held is not None:
        yield held


def _joined(held: Block, piece: str, batch: Batch) -> Block:
    """Put the two parts of a block together that two batches hold."""
    if held.ends is None and batch.ends is None and held.separator == batch.separator:
        return held._replace(text=held.text + held.separator + piece)
    before = held.text.replace(held.separator, batch.separator)
    return held._replace(
        text=before + batch.separator + piece, separator=batch.separator, ends=[*_ends(held), *_piece_ends(piece, batch)]
    )


def _ends(block: Block) -> list[int]:
    return block.ends if block.ends is not None else _lengths(block.text, block.separator, block.start)


def _piece_ends(piece: str, batch: Batch) -> list[int]:
    if batch.ends is not None:
        return batch.ends[: piece.count(batch.separator) + 1]
    return _lengths(piece, batch.separator, batch.offset)


def _lengths(text: str, separator: str, position: int) -> list[int]:
    ends = []
    for segment in text.split(separator):
        ends.append(position + len(segment))
        position += len(segment) + len(separator)
    return ends
