"""TA1, 999, 997 and 277CA to what they say about what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, TypeAlias

from cleanclaim.documents import (
    ClaimAcknowledgement,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    Place,
    SegmentError,
    StatusCode,
    TransactionAcknowledgement,
)
from cleanclaim.x12.implementations.reading import PAD, Reading, Row, guide_of
from cleanclaim.x12.tokens.blocks import Block, blocks
from cleanclaim.x12.tokens.source import Source
from cleanclaim.x12.tokens.values import is_digits

Acknowledgement: TypeAlias = InterchangeAcknowledgement | FunctionalAcknowledgement | ClaimAcknowledgement
"""What came back about what was sent."""

_REFUSALS: Final = frozenset({"A3", "A4", "A6", "A7", "A8"})


def read_acknowledgements(source: Source) -> Iterator[Acknowledgement]:
    """Read every TA1, 999, 997 and 277CA of a source, in order; other transactions are passed over. Never raises on data."""
    reading = Reading()
    guide = ""
    for block in blocks(source, "ST"):
        reading.use(block.delimiters)
        segments = block.segments()
        rows = [segment.split(block.delimiters.element) + PAD for segment in segments]
        if block.is_headed:
            yield from _transaction(rows, block, reading, rows[0][3] or guide)
        starts: list[int] = []
        for index, row in enumerate(rows):
            if row[0] == "GS":
                guide = row[8]
            elif row[0] == "TA1":
                starts = starts or block.starts(segments)
                place = Place(block.ordinal + index, starts[index], starts[index] + len(segments[index]))
                yield InterchangeAcknowledgement(row[1], row[4], row[5] or "000", reading.days[row[2]], row[3], place)


def _transaction(rows: list[Row], block: Block, reading: Reading, version: str) -> Iterator[Acknowledgement]:
    set_id = rows[0][1]
    if set_id in {"999", "997"}:
        yield _functional(rows, block)
    elif set_id == "277" and (guide_of(version) == "X214" or any(row[0] == "BHT" and row[1] == "0085" for row in rows[:3])):
        yield from _ClaimLevel(rows, block, reading).read()


def _number(text: str) -> int:
    return int(text) if is_digits(text) and len(text) < 10 else 0


def _functional(rows: list[Row], block: Block) -> FunctionalAcknowledgement:
    """Read one 999 or 997: AK1, then AK2 to IK5 (AK5) per transaction, then AK9."""
    ak1 = ak9 = PAD
    transactions: list[TransactionAcknowledgement] = []
    ak2: Row | None = None
    errors: list[SegmentError] = []
    segment: SegmentError | None = None
    used = len(rows)

    def close(result: Row) -> None:
        nonlocal ak2, segment
        if segment is not None:
            errors.append(segment)
        if ak2 is not None:
            codes = tuple(code for code in result[2:7] if code)
            transactions.append(TransactionAcknowledgement(ak2[1], ak2[2], result[1], ak2[3], codes, tuple(errors)))
        errors.clear()
        ak2 = segment = None

    for index, row in enumerate(rows):
        tag = row[0]
        if tag == "AK1":
            ak1 = row
        elif tag == "AK2":
            if ak2 is not None:
                close(PAD)
            ak2 = row
        elif tag in {"IK3", "AK3"}:
            if segment is not None:
                errors.append(segment)
            segment = SegmentError(row[1], _number(row[2]), row[3], row[4])
        elif tag in {"IK4", "AK4"} and segment is not None:
            parts = row[1].split(block.delimiters.component)
            component = _number(parts[1]) if len(parts) > 1 and parts[1] else None
            errors.append(segment._replace(element=_number(parts[0]), component=component, element_code=row[3], value=row[4]))
            segment = None
        elif tag in {"IK4", "AK4"} and errors:
            parts = row[1].split(block.delimiters.component)
            component = _number(parts[1]) if len(parts) > 1 and parts[1] else None
            errors.append(errors[-1]._replace(element=_number(parts[0]), component=component, element_code=row[3], value=row[4]))
        elif tag in {"IK5", "AK5"}:
            close(row)
        elif tag == "AK9":
            ak9 = row
        elif tag == "SE":
            used = index + 1
            break
    if ak2 is not None:
        close(PAD)
    codes = tuple(code for code in ak9[5:10] if code)
    return FunctionalAcknowledgement(
        ak1[1], ak1[2], ak1[3], ak9[1], _number(ak9[2]), _number(ak9[3]), _number(ak9[4]), codes, tuple(transactions), block.place(0, used, block.segments()),
    )  # fmt: skip


class _ClaimLevel:
    """One 277CA: walks its levels and yields one answer per claim."""

    def __init__(self, rows: list[Row], block: Block, reading: Reading) -> None:
        self._rows = rows
        self._block = block
        self._segments = block.segments()
        self._reading = reading
        self._level = ""
        self._batch = ""
        self._provider = ""
        self._clear()

    def _clear(self) -> None:
        self._trace: str | None = None
        self._first = 0
        self._statuses: list[StatusCode] = []
        self._stc: Row | None = None
        self._message = ""
        self._claim_number = ""
        self._days: tuple[date | None, date | None] = (None, None)
        self._lines: list[tuple[str, list[StatusCode]]] = []

    def read(self) -> Iterator[ClaimAcknowledgement]:
        """Yield the answers in order."""
        for index, row in enumerate(self._rows):
            tag = row[0]
            if tag == "HL":
                yield from self._finish(index)
                self._level = row[3]
                if self._level in {"20", "21"}:
                    self._provider = ""
            elif tag == "NM1" and row[1] == "85":
                self._provider = row[9]
            elif tag == "TRN":
                if self._level == "21":
                    self._batch = row[2]
                if self._trace is not None:
                    yield from self._finish(index)
                self._trace, self._first = row[2], index
            elif tag == "SVC":
                self._lines.append(("", []))
            elif tag == "STC":
                self._status(row)
            elif tag == "REF":
                self._reference(row)
            elif tag == "DTP" and row[1] == "472" and not self._lines:
                fact = self._reading.fact(self._segments[index])
                self._days = (fact.first, fact.last)
            elif tag == "SE":
                yield from self._finish(index)
                return
        yield from self._finish(len(self._rows))

    def _status(self, row: Row) -> None:
        codes = [_status_code(text, self._reading.component) for text in (row[1], row[10], row[11]) if text]
        if self._lines:
            self._lines[-1][1].extend(codes)
            return
        self._statuses += codes
        self._stc = self._stc or row
        self._message = f"{self._message} {row[12]}".strip()

    def _reference(self, row: Row) -> None:
        if row[1] == "FJ" and self._lines:
            self._lines[-1] = (row[2], self._lines[-1][1])
        elif row[1] == "1K" and not self._claim_number:
            self._claim_number = row[2]

    def _finish(self, end: int) -> Iterator[ClaimAcknowledgement]:
        """Yield the answer of the level that ends here: a claim's always, a batch's or provider's when it is a refusal."""
        is_claim = self._level in {"PT", "22", "23"} and self._trace is not None
        is_refusal = self._level in {"21", "19"} and any(status.category in _REFUSALS for status in self._statuses)
        if is_claim or is_refusal:
            stc = self._stc or PAD
            place = self._block.place(self._first, end, self._segments)
            yield ClaimAcknowledgement(
                (self._trace or "") if is_claim else "", tuple(self._statuses), self._reading.days[stc[2]], stc[3],
                self._reading.optional_cents(stc[4]), self._claim_number, self._days[0], self._days[1], self._message, self._batch,
                self._provider, place,
                tuple((control, tuple(statuses)) for control, statuses in self._lines),
            )  # fmt: skip
        self._clear()


def _status_code(text: str, component: str) -> StatusCode:
    parts = [*text.split(component), "", "", ""]
    return StatusCode(parts[0], parts[1], parts[2], parts[3])
