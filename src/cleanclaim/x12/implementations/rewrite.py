"""A file written again: unchanged segments byte for byte, changed ones in their place; and one file per transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cleanclaim.x12.tokens.lexer import CHUNK, Batch, lex
from cleanclaim.x12.tokens.source import Source

Change = Callable[[str, Batch], str]
"""Takes a segment without its terminator and returns what shall stand there instead (the same text for no change)."""


def rewrite(
    source: Source, change: Change | None = None, *, between: Change | None = None, chunk_size: int = CHUNK
) -> Iterator[bytes]:
    """Yield a source's bytes again, segment by segment through the reader; `change` may replace segments.

    What stands between segments (line breaks, indents, junk) is kept, so a file that is read and written is the same file; `between` may
    replace it, one character a byte.
    """
    for batch in lex(source, chunk_size):
        yield _written(batch, change, between).encode("latin-1", "surrogateescape")


def holds_segments(source: Source) -> bool:
    """Tell whether there is anything of X12 in a source; reads no further than to the first of it."""
    return any(batch.count for batch in lex(source))


def _written(batch: Batch, change: Change | None, between: Change | None) -> str:
    if not batch.count:
        return between(batch.raw, batch) if between is not None else batch.raw
    segments = batch.segments()
    element = batch.delimiters.element
    if change is None and batch.starts is None:
        body = batch.separator.join([element.join(segment.split(element)) for segment in segments])
        return body + batch.raw[len(body) :]
    pieces: list[str] = []
    position = 0
    if between is not None:
        return _written_throughout(batch, segments, change, between)
    for index, segment in enumerate(segments):
        start, end = batch.span(index, segments)
        new = change(segment, batch) if change is not None else segment
        if new != segment:
            pieces += (batch.raw[position : start - batch.offset], _bytes_of(new))
            position = end - batch.offset
    pieces.append(batch.raw[position:])
    return "".join(pieces)


def _written_throughout(batch: Batch, segments: list[str], change: Change | None, between: Change) -> str:
    pieces: list[str] = []
    position = 0
    for index, segment in enumerate(segments):
        start, end = batch.span(index, segments)
        gap = batch.raw[position : start - batch.offset]
        new = change(segment, batch) if change is not None else segment
        pieces += (gap if gap == batch.separator else between(gap, batch), _bytes_of(new))
        position = end - batch.offset
    pieces.append(between(batch.raw[position:], batch))
    return "".join(pieces)


def _bytes_of(text: str) -> str:
    """Return a text as one character per byte."""
    return text if text.isascii() else text.encode("utf-8").decode("latin-1")


def split(source: Source) -> Iterator[tuple[str, bytes]]:
    """Yield (ST02, file) for every transaction: the transaction in an interchange and group of its own, with counts that fit."""
    isa = gs = ""
    held: list[str] = []
    end = "~"
    element = "*"
    for batch in lex(source):
        segments = batch.segments()
        element = batch.delimiters.element
        if batch.opens:
            if held:
                yield _alone(isa, gs, held, element, end)
            isa, gs, held = "", "", []
            end = batch.separator
        for segment in segments:
            tag = segment.partition(element)[0]
            if tag == "ISA":
                isa = segment
            elif tag == "GS":
                gs = segment
            elif tag in {"ST", "GE", "IEA"}:
                if held:
                    yield _alone(isa, gs, held, element, end)
                held = [segment] if tag == "ST" else []
            elif held:
                held.append(segment)
    if held:
        yield _alone(isa, gs, held, element, end)


def _alone(isa: str, gs: str, held: list[str], element: str, end: str) -> tuple[str, bytes]:
    segments = list(held)
    st = [*segments[0].split(element), "", ""]
    if gs:
        number = [*gs.split(element), *[""] * 8][6]
        segments = [gs, *segments, element.join(("GE", "1", number))]
    if isa:
        number = [*isa.split(element), *[""] * 16][13]
        segments = [isa, *segments, element.join(("IEA", "1", number))]
    return st[2], (_bytes_of(end.join(segments)) + end).encode("latin-1")
