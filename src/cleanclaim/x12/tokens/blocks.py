"""A file cut into records: everything from one head segment (CLM, CLP, ST ...) up to the next, whole, whatever the size of the pieces read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cleanclaim.documents import Place
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.lexer import CHUNK, Batch, lex
from cleanclaim.x12.tokens.source import Source


class Block(NamedTuple):
    """Consecutive segments; the first one is a head segment when `is_headed`. `ends` is None where offsets follow from lengths."""

    delimiters: Delimiters
    segments: list[str]
    is_headed: bool
    ordinal: int
    start: int
    step: int
    ends: list[int] | None = None

    def place(self, used: int) -> Place:
        """Return the place of the first `used` segments."""
        if self.ends is not None:
            end = self.ends[used - 1] if used else self.start
        else:
            end = self.start + sum(map(len, self.segments[:used])) + (used - 1) * self.step
        return Place(self.ordinal, self.start, end)


def blocks(source: Source, head: str, chunk_size: int = CHUNK) -> Iterator[Block]:
    """Cut a source at every segment with the given identifier; a new interchange starts a block as well."""
    held: Block | None = None
    for batch in lex(source, chunk_size):
        if not batch.count:
            continue
        for block in _batch_blocks(batch, head):
            if block.is_headed or (batch.opens and block.ordinal == batch.first):
                if held is not None:
                    yield held
                held = block
            else:
                held = block if held is None else _joined(held, block)
        if batch.closes and held is not None:
            yield held
            held = None
    if held is not None:
        yield held


def _batch_blocks(batch: Batch, head: str) -> Iterator[Block]:
    """Cut one batch; its first block may belong to the last one of the batch before."""
    delimiters, separator = batch.delimiters, batch.separator
    step = len(separator)
    mark = head + delimiters.element
    pieces = batch.text.split(separator + mark)
    ordinal, position = batch.first, batch.offset
    for index, piece in enumerate(pieces):
        if index:
            piece = mark + piece
        segments = piece.split(separator)
        is_headed = index > 0 or piece.startswith(mark)
        if batch.starts is None or batch.ends is None:
            yield Block(delimiters, segments, is_headed, ordinal, position, step)
        else:
            at = ordinal - batch.first
            yield Block(delimiters, segments, is_headed, ordinal, batch.starts[at], step, batch.ends[at : at + len(segments)])
        ordinal += len(segments)
        position += len(piece) + step


def _joined(first: Block, second: Block) -> Block:
    """Put the parts of a block together that two batches hold."""
    ends: list[int] | None = None
    if first.ends is not None or second.ends is not None or first.step != second.step:
        ends = [*_ends(first), *_ends(second)]
    first.segments.extend(second.segments)
    return first if ends is None else first._replace(ends=ends)


def _ends(block: Block) -> list[int]:
    if block.ends is not None:
        return block.ends
    ends = []
    position = block.start
    for segment in block.segments:
        ends.append(position + len(segment))
        position += len(segment) + block.step
    return ends
