"""Bytes to segments, in pieces of bounded size, with byte offsets kept.

The lexer reads the delimiters from each ISA itself and forgives what real files carry: byte order marks, line breaks after the
terminator or as the terminator, indented or wrapped lines, several interchanges, junk between them, an ISA whose padding is off, or no
ISA at all. Whatever it forgives is a finding. A piece whose segments all stand directly behind `terminator + line break` is *regular*: it
is split by the interpreter at full speed, and offsets follow from lengths. Any other piece is cleaned segment by segment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO, Final

from cleanclaim.kernel.errors import UnreadableInput
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import ERROR, INTERCHANGE, WARNING, X12Finding
from cleanclaim.x12.tokens.source import Source, opened

CHUNK: Final = 1 << 18
FIRST_PIECE: Final = 1 << 16  # a long interchange earns longer pieces
_PART: Final = 1 << 15
LONGEST_SEGMENT: Final = 1 << 21  # a "segment" of two megabytes is none: drop it rather than fill the memory
ISA_LENGTH: Final = 106
_ISA_MARKS: Final = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_SPACE: Final = "\r\n\t \x00\x1a"
_ISA: Final = re.compile(r"ISA[^A-Za-z0-9\s]", re.ASCII)  # beyond ASCII's rules 1C to 1F are white space; here they are delimiters
_HEADLESS: Final = re.compile(r"(?:GS|ST)([^A-Za-z0-9\s])", re.ASCII)


class Batch:
    """Some consecutive segments of one interchange.

    `text` holds them joined by `separator`; `first` is the ordinal of the first one in the file; `raw` is every byte that the batch
    covers (as latin-1 text, so that one character is one byte) from `offset` on. `opens` tells that the first segment opens an interchange.
    """

    __slots__ = (
        "_cursor",
        "closes",
        "count",
        "delimiters",
        "ends",
        "findings",
        "first",
        "offset",
        "opens",
        "raw",
        "separator",
        "starts",
        "text",
    )

    def __init__(self, delimiters: Delimiters, raw: str, offset: int, first: int) -> None:
        self.delimiters = delimiters
        self.raw = raw
        self.offset = offset
        self.first = first
        self.text = ""
        self.separator = delimiters.segment
        self.count = 0
        self.starts: list[int] | None = None
        self.ends: list[int] | None = None
        self.opens = False
        self.closes = False
        self.findings: list[X12Finding] = []
        self._cursor = (0, 0)

    def segments(self) -> list[str]:
        """Return the segments without terminators."""
        return self.text.split(self.separator) if self.count else []

    def parts(self) -> Iterator[Batch]:
        """Yield the same segments in smaller batches, where the batch is regular: what is looked at soon after it was split is still near
        the processor. An ST stays with the two segments behind it, which tell what it is.
        """
        text, separator = self.text, self.separator
        if self.starts is not None or len(text) <= FIRST_PIECE:
            yield self
            return
        step, opening = len(separator), f"{separator}ST{self.delimiters.element}"
        start, ordinal, position = 0, self.first, self.offset
        while start <= len(text):
            end = text.find(separator, start + _PART)
            while end >= 0 and text.count(separator, text.rfind(opening, start, end), end) in {1, 2}:
                end = text.find(separator, end + step)
            end = end if end >= 0 else len(text)
            part = Batch(self.delimiters, "", position, ordinal)
            part.text, part.separator = text[start:end], separator
            part.count = part.text.count(separator) + 1
            if not start:
                part.opens, part.findings = self.opens, self.findings
            part.closes = self.closes and end == len(text)
            yield part
            ordinal += part.count
            position += end - start + step
            start = end + step

    def span(self, index: int, segments: list[str]) -> tuple[int, int]:
        """Return the byte span of a segment of this batch. Cheap when asked near the last one asked for."""
        if self.starts is not None and self.ends is not None:
            return self.starts[index], self.ends[index]
        at, position = self._cursor
        if index < at:
            position -= sum(map(len, segments[index:at])) + (at - index) * len(self.separator)
        else:
            position += sum(map(len, segments[at:index])) + (index - at) * len(self.separator)
        self._cursor = (index, position)
        start = self.offset + position
        return start, start + len(segments[index])


def lex(source: Source, chunk_size: int = CHUNK) -> Iterator[Batch]:
    """Read a source batch by batch; the batches' `raw` together are the file, byte for byte."""
    with opened(source) as stream:
        yield from _Lexer(stream, chunk_size).run()


class _Lexer:
    """One pass over a stream: looks for an interchange, reads its delimiters, cuts its body, and looks for the next."""

    def __init__(self, stream: BinaryIO, chunk_size: int) -> None:
        self._stream = stream
        self._chunk_size = chunk_size
        self._piece = min(chunk_size, FIRST_PIECE)
        self._buffer = ""
        self._base = 0
        self._ordinal = 1
        self._at_end = False
        self._seen_any = False
        self._delimiters = Delimiters()
        self._gap = ""

    def run(self) -> Iterator[Batch]:
        """Yield every batch of the stream."""
        self._fill()
        while True:
            yield from self._seek()
            if not self._buffer:
                return
            yield from self._body()

    def _fill(self) -> bool:
        """Append the next piece of the stream; False at its end."""
        if self._at_end:
            return False
        piece = self._stream.read(self._piece)
        if not piece:
            self._at_end = True
            return False
        if isinstance(piece, str):
            raise UnreadableInput("X12 is read from a binary file; this one was opened as text.")
        self._buffer += str(piece, "latin-1")
        return True

    def _take(self, length: int) -> str:
        """Cut the first characters off the buffer."""
        taken = self._buffer[:length]
        self._buffer = self._buffer[length:]
        self._base += length
        return taken

    def _outside(self, length: int, finding: X12Finding | None = None) -> Iterator[Batch]:
        """Yield bytes that belong to no interchange, so that nothing of the file is lost."""
        if length:
            start = self._base
            batch = Batch(self._delimiters, self._take(length), start, self._ordinal)
            if finding is not None:
                batch.findings.append(finding)
            yield batch

    def _fault(self, rule: str, says: str, code: str, *, severity: str = ERROR, length: int = 0, value: str = "") -> X12Finding:
        return X12Finding(rule, 1, severity, self._ordinal, self._base, self._base + length, "", "", value, code, says, INTERCHANGE)

    def _seek(self) -> Iterator[Batch]:
        """Find where the next interchange starts; what stands before it is junk, unless it is white space."""
        if self._base == 0 and self._buffer.startswith("\xef\xbb\xbf"):
            mark = self._fault(
                "BYTE_ORDER_MARK",
                "The file starts with a byte order mark, which X12 does not have.",
                "",
                severity=WARNING,
                length=3,
            )
            yield from self._outside(3, mark)
        if self._base == 0 and self._buffer[:2] in {"\xff\xfe", "\xfe\xff"}:
            self._seen_any = True
            wide = self._fault("WIDE_ENCODING", "The file is written in UTF-16; save it as plain text first.", "024")
            yield from self._outside(len(self._buffer), wide)
        while True:
            blank = len(self._buffer) - len(self._buffer.lstrip(_SPACE))
            yield from self._outside(blank)
            while len(self._buffer) < 4 and self._fill():
                pass
            if not self._buffer:
                if self._at_end or not self._fill():
                    return
                continue
            if self._buffer.startswith(_SPACE[0]) or self._buffer[0] in _SPACE:
                continue
            if _ISA.match(self._buffer) or (not self._seen_any and _HEADLESS.match(self._buffer)):
                return
            yield from self._junk()

    def _junk(self) -> Iterator[Batch]:
        """Pass over bytes up to the next ISA."""
        found = _ISA.search(self._buffer, 1)
        if found is None and not self._seen_any:
            found = re.compile(r"(?<![A-Za-z0-9])(?:GS|ST)([^A-Za-z0-9\s])", re.ASCII).search(self._buffer, 1)
        length = found.start() if found else len(self._buffer) if self._at_end else max(len(self._buffer) - 3, 1)
        says = f"{length} bytes outside any interchange were passed over."
        if not self._seen_any and found is None:
            says = "No interchange starts here: the text ISA and its delimiters were not found."
        yield from self._outside(length, self._fault("OUTSIDE_INTERCHANGE", says, "024", length=length))
        if not found and not self._at_end:
            self._fill()

    def _body(self) -> Iterator[Batch]:
        """Yield the batches of one interchange, the ISA first."""
        while len(self._buffer) < 4 * ISA_LENGTH and self._fill():
            pass
        self._seen_any = True
        self._piece = min(self._chunk_size, FIRST_PIECE)
        findings = self._read_delimiters()
        terminator = self._delimiters.segment
        self._marks = _marks(self._delimiters.element)
        self._loose_ends = _loose_ends(terminator, self._gap)
        is_first = True
        while True:
            end, closes = self._region(terminator, is_first=is_first)
            if end == 0:
                if self._fill():
                    continue
                end, closes = len(self._buffer), True
            batch = self._cut(end)
            batch.opens, batch.closes = is_first, closes
            batch.findings[:0] = findings
            findings = []
            is_first = False
            self._piece = min(self._piece * 2, self._chunk_size)
            yield batch
            if closes:
                return
            if not self._buffer and not self._fill():
                return

    def _region(self, terminator: str, *, is_first: bool) -> tuple[int, bool]:
        """Return how much of the buffer can be cut now, and whether the interchange ends there; 0 asks for more bytes."""
        buffer = self._buffer
        for found in self._marks.finditer(buffer, 3 if is_first else 0):
            at = found.start()
            if not self._starts_segment(at, terminator):
                continue
            if buffer[at + 1] == "S":  # the next ISA: this interchange has no trailer
                return at, True
            close = buffer.find(terminator, at)
            if close < 0:
                return (len(buffer), True) if self._at_end else self._partial(buffer, at, terminator)
            return close + len(terminator), True
        return self._partial(buffer, len(buffer), terminator)

    def _starts_segment(self, at: int, terminator: str) -> bool:
        before = self._buffer[max(0, at - 40) : at].rstrip(_SPACE)
        if not before:
            return True
        return before.endswith(terminator) or (terminator in _SPACE and self._buffer[at - 1] in _SPACE)

    def _partial(self, buffer: str, limit: int, terminator: str) -> tuple[int, bool]:
        """Cut behind the last whole segment before `limit`."""
        mark = terminator + self._gap
        cut = buffer.rfind(mark, 0, limit)
        if cut >= 0:
            return cut + len(mark), False
        cut = buffer.rfind(terminator, 0, limit)
        if cut >= 0 and (self._at_end or cut + len(mark) < len(buffer)):
            return cut + len(terminator), False
        if len(buffer) > LONGEST_SEGMENT:
            return len(buffer), False
        return 0, False

    def _read_delimiters(self) -> list[X12Finding]:
        """Read the delimiters of the interchange that the buffer starts with."""
        buffer = self._buffer
        headless = _HEADLESS.match(buffer)
        if headless:
            self._guess(headless.group(1))
            self._gap = _gap_after(buffer, buffer.find(self._delimiters.segment) + 1)
            return [
                self._fault(
                    "ISA_MISSING", "The file has no interchange header (ISA); its delimiters were guessed.", "024", length=2
                )
            ]
        element = buffer[3]
        findings: list[X12Finding] = []
        if (
            len(buffer) >= ISA_LENGTH
            and all(buffer[at] == element for at in _ISA_MARKS)
            and buffer[:ISA_LENGTH].count(element) == 16
        ):
            component, terminator, end = buffer[104], buffer[105], ISA_LENGTH
            version, repetition = buffer[84:89], buffer[82]
        else:
            parts = buffer[:400].split(element, 16)
            if len(parts) == 17 and len(parts[16]) >= 2 and not parts[16][1].isalnum():
                component, terminator = parts[16][0], parts[16][1]
                end = len(element.join(parts[:16])) + 3
                version, repetition = parts[12].strip(), parts[11]
                findings.append(
                    self._fault(
                        "ISA_PADDING",
                        "The interchange header (ISA) is not 106 bytes long: an element has the wrong length.",
                        "022",
                        length=end,
                    )
                )
            else:
                return self._broken_header(element)
        if not repetition or len(repetition) != 1 or repetition.isalnum() or repetition in _SPACE or version < "00402":
            repetition = ""
        if terminator.isalnum() or len({element, component, terminator}) < 3:
            findings.append(
                self._fault("ISA_DELIMITERS", "The interchange header declares delimiters that cannot serve.", "027", length=end)
            )
        self._delimiters = Delimiters(element, component, terminator, repetition)
        self._gap = _gap_after(buffer, end)
        return findings

    def _broken_header(self, element: str) -> list[X12Finding]:
        """Guess the delimiters behind an ISA that lacks elements: the character before the GS ends segments."""
        found = re.search(r"(.)\s*GS" + re.escape(element), self._buffer[:400], re.DOTALL | re.ASCII)
        self._guess(element, found.group(1) if found else "")
        self._gap = _gap_after(self._buffer, self._buffer.find(self._delimiters.segment) + 1)
        says = "The interchange header (ISA) does not have its 16 elements; the delimiters were guessed."
        return [self._fault("ISA_BROKEN", says, "024", length=3)]

    def _guess(self, element: str, terminator: str = "") -> None:
        sample = self._buffer[:4096]
        if not terminator or terminator == element:
            terminator = next((mark for mark in "~'\n\r" if mark in sample and mark != element), "~" if element != "~" else "\n")
        component = next((mark for mark in ":>" if mark not in {element, terminator}), "\\")
        self._delimiters = Delimiters(element, component, terminator, "^" if "^" not in {element, terminator} else "")

    def _cut(self, length: int) -> Batch:
        """Cut a batch off the buffer and find its segments."""
        start = self._base
        raw = self._take(length)
        batch = Batch(self._delimiters, raw, start, self._ordinal)
        terminator = self._delimiters.segment
        separator = terminator + self._gap
        if raw.endswith(separator):
            body = raw[: -len(separator)]
        elif raw.endswith(terminator):
            body = raw[: -len(terminator)]
        else:
            body = ""
        if body and self._is_regular(body, terminator, self._gap):
            batch.text, batch.separator = body, separator
            batch.count = body.count(terminator) + 1
        else:
            self._clean(batch, raw, start, terminator)
        self._ordinal += batch.count
        return batch

    def _is_regular(self, body: str, terminator: str, gap: str) -> bool:
        """Tell whether every segment stands directly behind `terminator + gap`, with no other line break and no byte beyond ASCII."""
        if not body.isascii() or body[0] in _SPACE or self._loose_ends.search(body):
            return False
        if not gap:
            return ("\r" not in body or terminator == "\r") and ("\n" not in body or terminator == "\n")
        segments = body.count(terminator)
        if body.count(terminator + gap) != segments:
            return False
        return all(body.count(mark) == (segments if mark in gap else 0) for mark in "\r\n" if mark != terminator)

    def _clean(self, batch: Batch, raw: str, base: int, terminator: str) -> None:
        """Find the segments of a batch with stray white space, wrapped lines or bytes beyond ASCII, one by one."""
        segments: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        position, wrapped, empty = 0, 0, 0
        pieces = raw.split(terminator)
        for index, piece in enumerate(pieces):
            text = piece.lstrip(_SPACE)
            start = position + len(piece) - len(text)
            is_last = index == len(pieces) - 1
            if is_last:
                text = text.rstrip(_SPACE)
            position += len(piece) + len(terminator)
            if not text:
                empty += not is_last
                continue
            starts.append(base + start)
            ends.append(base + start + len(text))
            if "\n" in text or "\r" in text:
                text = text.replace("\r", "").replace("\n", "")
                wrapped += 1
            if len(text) > LONGEST_SEGMENT:
                text = text[:1000]
            if not text.isascii():
                text = _readable(text)
            segments.append(text)
            if is_last:
                batch.findings.append(
                    self._loose(
                        "SEGMENT_UNTERMINATED",
                        "The last segment has no terminator.",
                        starts[-1],
                        ends[-1],
                        batch.first + len(segments) - 1,
                    )
                )
        if wrapped:
            batch.findings.append(
                self._loose(
                    "LINE_BREAK_IN_SEGMENT",
                    f"{wrapped} segments are broken over lines; the breaks were taken out.",
                    base,
                    base + len(raw),
                    batch.first,
                )
            )
        if empty:
            batch.findings.append(
                self._loose("EMPTY_SEGMENT", f"{empty} empty segments were passed over.", base, base + len(raw), batch.first)
            )
        batch.text = terminator.join(segments)
        batch.separator = terminator
        batch.count = len(segments)
        batch.starts, batch.ends = starts, ends

    def _loose(self, rule: str, says: str, start: int, end: int, ordinal: int) -> X12Finding:
        return X12Finding(rule, 1, WARNING, ordinal, start, end, "", "", "", "", says, INTERCHANGE)


def _gap_after(buffer: str, end: int) -> str:
    """Return the line break that follows the first terminator."""
    return "\r\n" if buffer.startswith("\r\n", end) else buffer[end] if buffer[end : end + 1] in {"\n", "\r"} else ""


@lru_cache(maxsize=64)
def _marks(element: str) -> re.Pattern[str]:
    """Where an interchange ends or the next one starts."""
    return re.compile(f"I[SE]A{re.escape(element)}")


@lru_cache(maxsize=64)
def _loose_ends(terminator: str, gap: str) -> re.Pattern[str]:
    """What a regular piece has nowhere: a terminator with another one, or with white space that is no line break of the file's own, behind it.

    One expression with a plain first character is the fastest search that the interpreter has.
    """
    return re.compile(f"{re.escape(terminator + gap)}[{re.escape(terminator)} \\r\\n]")


def _readable(text: str) -> str:
    """Read bytes beyond ASCII as UTF-8 where they are, else as Latin-1."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return text
