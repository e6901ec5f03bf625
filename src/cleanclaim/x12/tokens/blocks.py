"""A file cut into records: everything from one head segment (CLM, CLP, ST ...) up to the next, whole, whatever the size of the pieces read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from cleanclaim.documents import Place
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.lexer import FIRST_PIECE, Batch, lex
from cleanclaim.x12.tokens.source import Source

LARGEST: Final = 1 << 22  # what one claim or level may hold; beyond, what follows its head is another set's
LARGEST_TRANSACTION: Final = 1 << 26
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

    def starts(self, segments: list[str]) -> list[int]:
        """Return the byte at which each segment starts."""
        if self.ends is not None:
            return [self.start, *(end - len(text) for end, text in zip(self.ends[1:], segments[1:], strict=True))]
        step = len(self.separator)
        return list(accumulate((len(segment) + step for segment in segments[:-1]), initial=self.start))

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


def blocks(source: Source, head: str, chunk_size: int = FIRST_PIECE) -> Iterator[Block]:
    """Cut a source at every segment with the given identifier; a new interchange starts a block as well.

    A block that grows beyond what its head can mean (a claim before megabytes of another set) is cut, so memory stays bounded.
    """
    held: Block | None = None
    more: list[str] = []  # what later batches add to the held block
    size = 0
    largest = LARGEST_TRANSACTION if head == "ST" else LARGEST
    for batch in lex(source, chunk_size):
        if not batch.count:
            continue
        delimiters, separator, ends = batch.delimiters, batch.separator, batch.ends
        terminator, step = delimiters.segment, len(separator)
        mark = head + delimiters.element
        ordinal, position = batch.first, batch.offset
        batch_text = _without_nul(batch)
        is_headed = batch_text.startswith(mark)
        pieces = iter(batch_text.split(separator + mark))
        text = next(pieces)
        if held is not None and not is_headed and not batch.opens:
            size += len(text)
            if size > largest:
                yield _whole(held, more)
                at = text.count(separator) + 1
                held, more, size = Block(delimiters, separator, text, False, ordinal, position, ends and ends[:at]), [], 0
            elif held.ends is None and ends is None and held.separator == separator:
                more.append(text)
            else:
                held, more = _joined(_whole(held, more), text, batch), []
        else:
            if held is not None:
                yield _whole(held, more)
                more = []
            held, size = _block(batch, text, is_headed, ordinal, position), len(text)
        for piece in pieces:
            ordinal += text.count(terminator) + 1
            position += len(text) + step
            if more:
                held, more = _whole(held, more), []
            yield held
            text = mark + piece
            if ends is None:
                held = _new(Block, (delimiters, separator, text, True, ordinal, position, None))
            else:
                held = _block(batch, text, True, ordinal, position)
            size = len(text)
        if batch.closes and held is not None:
            yield _whole(held, more)
            held, more = None, []
    if held is not None:
        yield _whole(held, more)


def _block(batch: Batch, text: str, is_headed: bool, ordinal: int, position: int) -> Block:  # noqa: FBT001 - a field of the block
    """Start a block in a batch."""
    starts, ends = batch.starts, batch.ends
    if starts is None or ends is None:
        return Block(batch.delimiters, batch.separator, text, is_headed, ordinal, position)
    at = ordinal - batch.first
    return Block(
        batch.delimiters, batch.separator, text, is_headed, ordinal, starts[at], ends[at : at + text.count(batch.separator) + 1]
    )


def _without_nul(batch: Batch) -> str:
    """Return a batch's text with blanks for NUL: no X12 holds one, and no database keeps it. Places in the file stay what they are."""
    return batch.text if "\x00" not in batch.text or "\x00" in batch.delimiters else batch.text.replace("\x00", " ")


def _whole(held: Block, more: list[str]) -> Block:
    """Put what later batches added behind a block."""
    return held._replace(text=held.separator.join([held.text, *more])) if more else held


def _joined(held: Block, piece: str, batch: Batch) -> Block:
    """Put the two parts of a block together that two batches hold, cut in different ways."""
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
