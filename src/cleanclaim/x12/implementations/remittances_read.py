"""835 to remittances: payment by payment in bounded memory, or one whole advice per transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, TypeAlias

from cleanclaim.documents import (
    Adjustment,
    Amount,
    ClaimPayment,
    DateFact,
    Party,
    Place,
    ProviderAdjustment,
    Reference,
    RemittanceAdvice,
    RemittanceHeader,
    ServicePayment,
)
from cleanclaim.x12.implementations.reading import MANY, PAD, PAD12, Memo, Reading, Row, defaults_from
from cleanclaim.x12.tokens.blocks import Block, blocks
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.source import Source

Payment: TypeAlias = RemittanceHeader | ClaimPayment | ProviderAdjustment
"""What a stream of an 835 yields: the header of a transaction, then its claims, then its provider-level adjustments."""

_ENDS: Final = frozenset({"LX", "TS3", "TS2", "PLB", "SE", "GE", "IEA", "ST", "GS", "ISA", "CLP"})
_LINE_REST: Final = defaults_from(ServicePayment, 17)
_END_LETTERS: Final = frozenset("LTPSGI")
_MIA_REMARKS: Final = frozenset({5, 20, 21, 22, 23})
_MOA_REMARKS: Final = frozenset({3, 4, 5, 6, 7})
_OTHERS: Final = {"IL": 0, "74": 1, "TT": 2, "PR": 3, "GB": 4}
_NO_OTHERS: Final[list[Party | None]] = [None] * 5
_Positions: TypeAlias = tuple[tuple[tuple[str, str], ...], tuple[str, ...]]
_NO_POSITIONS: Final[_Positions] = ((), ())
_new = tuple.__new__


def read_payments(source: Source) -> Iterator[Payment]:
    """Stream the 835s of a source: header, claims, provider adjustments, transaction after transaction. Never raises on data."""
    return PaymentReader().stream(source)


def read_remittances(source: Source) -> Iterator[RemittanceAdvice]:
    """Read one whole advice per 835 transaction; it holds the transaction's claims in memory."""
    header: RemittanceHeader | None = None
    claims: list[ClaimPayment] = []
    adjustments: list[ProviderAdjustment] = []
    for item in read_payments(source):
        if type(item) is ClaimPayment:
            claims.append(item)
        elif type(item) is ProviderAdjustment:
            adjustments.append(item)
        elif type(item) is RemittanceHeader:
            if header is not None:
                yield RemittanceAdvice(header, tuple(claims), tuple(adjustments))
            header, claims, adjustments = item, [], []
    if header is not None:
        yield RemittanceAdvice(header, tuple(claims), tuple(adjustments))


class PaymentReader:
    """One pass over the 835s of a source. Segments whose text was met before are not taken apart again."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._delimiters: Delimiters | None = None
        self._guide = ""
        self._is_remittance = True
        self._header: list[str] | None = None
        self._header_block: Block | None = None
        self._header_at = 0
        self._provider = ""
        self._forget()

    def _forget(self) -> None:
        reading = self.reading
        unreadable = reading.unreadable
        self._services = Memo(self._service, unreadable)
        self._adjustments = Memo(reading.adjustments, unreadable)
        self._dates = Memo(self._date, unreadable)
        self._amounts = Memo(reading.amount, unreadable)
        self._remarks = Memo(self._remark, unreadable, 1 << 10)
        self._names = Memo(reading.name, unreadable, 1 << 12)
        self._outpatients = Memo(self._outpatient, unreadable, 1 << 12)
        self._inpatients = Memo(self._inpatient, unreadable, 1 << 12)

    def stream(self, source: Source) -> Iterator[Payment]:
        """Yield everything that the 835s of a source hold."""
        for block in blocks(source, "CLP"):
            if block.delimiters is not self._delimiters:
                self._delimiters = block.delimiters
                self.reading.use(block.delimiters)
                self._forget()
            segments = block.text.split(block.separator)
            at = 0
            if block.is_headed:
                if self._header is not None:
                    yield from self.finish()
                if self._is_remittance:
                    claim, at = self._claim(segments, block)
                    yield claim
            if at < len(segments):
                yield from self._between(segments, at, block)
        yield from self.finish()

    def _between(self, segments: list[str], at: int, block: Block) -> Iterator[Payment]:
        """Read what stands between claims: LX and its totals, PLB, trailers, the next header."""
        position = block.start + sum(map(len, segments[:at])) + at * len(block.separator)
        for index in range(at, len(segments)):
            row = self.reading.row(segments[index])
            tag = row[0]
            start, position = position, position + len(segments[index]) + len(block.separator)
            if tag == "ST":
                yield from self.finish()
                self._is_remittance = row[1] == "835"
                self._provider = ""
                if self._is_remittance:
                    self._header, self._header_block, self._header_at = [segments[index]], block, index
            elif tag == "SE":
                yield from self.finish()
                self._is_remittance = True
            elif tag == "GS":
                self._guide = row[8]
            elif tag == "TS3":
                self._provider = row[1]
            elif tag == "LX":
                self._provider = ""
            elif tag == "PLB" and self._is_remittance:
                yield from self.finish()
                end = start + len(segments[index]) if block.ends is None else block.ends[index]
                yield from self._provider_adjustments(row, Place(block.ordinal + index, end - len(segments[index]), end))
            elif self._header is not None and tag not in {"ISA", "GE", "IEA"}:
                self._header.append(segments[index])

    def _provider_adjustments(self, row: Row, place: Place) -> Iterator[ProviderAdjustment]:
        """Read the pairs of a PLB. Its third element carries the reason and the payer's reference."""
        for position in range(3, len(row) - 1, 2):
            if not row[position] and not row[position + 1]:
                continue
            reason, _, reference = row[position].partition(self.reading.component)
            day, cents = self.reading.days[row[2]], self.reading.cents[row[position + 1]]
            yield ProviderAdjustment(row[1], day, reason, reference, cents, place, self.reading.trouble())

    def finish(self) -> Iterator[RemittanceHeader]:
        """Yield the header that was being read, once its first claim, adjustment or trailer is reached."""
        held, block = self._header, self._header_block
        if held is None or block is None:
            return
        self._header = self._header_block = None
        segments = block.segments()
        last = min(len(segments), self._header_at + len(held))
        yield self._read_header(held, block.place(self._header_at, last, segments))

    def _read_header(self, segments: list[str], place: Place) -> RemittanceHeader:
        reading = self.reading
        bpr = trn = PAD
        produced: date | None = None
        payer, payee = Party("PR"), Party("PE")
        references: list[Reference] = []
        receiver = ""
        at = 1
        while at < len(segments):
            row = reading.row(segments[at])
            tag = row[0]
            if tag == "BPR" and bpr is PAD:
                bpr = row
            elif tag == "TRN" and trn is PAD:
                trn = row
            elif tag == "REF":
                if row[1] == "EV" and not receiver:
                    receiver = row[2]
                else:
                    references.append(Reference(row[1], row[2]))
            elif tag == "DTM":
                if row[1] == "405":
                    produced = reading.days[row[2]]
            elif tag == "N1":
                segments[at] = reading.element.join(["NM1", row[1], "2", row[2], "", "", "", "", row[3], row[4]])
                party, at = reading.party(segments, at)
                if party.entity == "PE":
                    payee = party
                else:
                    payer = party
                continue
            at += 1
        st = reading.row(segments[0])
        return RemittanceHeader(
            st[2], reading.cents[bpr[2]], payer, payee, bpr[1], bpr[3], bpr[4].strip(), reading.days[bpr[16]], trn[2].strip(), trn[3].strip(), trn[4],
            produced, receiver, st[3] or self._guide, tuple(references), place, bpr[15], reading.trouble(),
        )  # fmt: skip

    # -- one segment ------------------------------------------------------------------------------------------------------------

    def _service(self, segment: str) -> tuple[object, ...]:
        """Read an SVC: the first ten fields of a service payment."""
        svc = self.reading.row(segment)
        qualifier, code, modifiers, _, _ = self.reading.procedures[svc[1]]
        submitted: tuple[str, str, tuple[str, ...], str, str] = self.reading.procedures[svc[6]]
        cents, rates = self.reading.cents, self.reading.rates
        return (
            code, cents[svc[2]], cents[svc[3]], qualifier, modifiers, svc[4], rates[svc[5]], submitted[1], submitted[2], rates[svc[7]],
        )  # fmt: skip

    def _date(self, segment: str) -> DateFact | None:
        row = self.reading.row(segment)
        return _new(DateFact, (row[1], self.reading.days[row[2]], None, "")) if row[0] == "DTM" else None

    def _remark(self, segment: str) -> str | None:
        row = self.reading.row(segment)
        return row[2] if row[0] == "LQ" else None

    def _outpatient(self, segment: str) -> _Positions:
        return _positions(self.reading.row(segment), "MOA", _MOA_REMARKS)

    def _inpatient(self, segment: str) -> _Positions:
        return _positions(self.reading.row(segment), "MIA", _MIA_REMARKS)

    # -- the claim --------------------------------------------------------------------------------------------------------------

    def _claim(self, segments: list[str], block: Block) -> tuple[ClaimPayment, int]:
        """Read loop 2100 with its lines. Segments are told apart by their first letter; the readers of each kind look at the rest."""
        reading = self.reading
        clp = segments[0].split(reading.element)
        clp.extend(PAD12)
        many = len(segments) > MANY
        adjustments: tuple[Adjustment, ...] = [] if many else ()  # type: ignore[assignment]
        lines: list[ServicePayment] = []
        patient: Party | None = None
        rendering: Party | None = None
        others: list[Party | None] = _NO_OTHERS
        inpatient: _Positions = _NO_POSITIONS
        outpatient: _Positions = _NO_POSITIONS
        references: tuple[Reference, ...] = [] if many else ()  # type: ignore[assignment]
        dates: tuple[DateFact, ...] = [] if many else ()  # type: ignore[assignment]
        amounts: tuple[Amount, ...] = [] if many else ()  # type: ignore[assignment]
        phone = end = service = ""
        rest = iter(segments)
        next(rest)
        for segment in rest:
            letter = segment[:1]
            if letter == "S":
                if segment.startswith("SVC"):
                    service = segment
                else:
                    end = segment
                break
            if letter == "N":
                entity = segment[4:6]
                if entity == "QC":
                    patient = reading.name(segment)
                elif entity == "82":
                    rendering = self._names[segment]
                elif entity in _OTHERS:
                    others = others.copy()
                    others[_OTHERS[entity]] = reading.name(segment)
            elif letter == "R":
                references += (reading.reference(segment),)
            elif letter == "D":
                fact = self._dates[segment]
                if fact is not None:
                    dates += (fact,)
            elif letter == "C":
                adjustments += self._adjustments[segment]
            elif letter == "M":
                if segment[:2] == "MO":
                    outpatient = self._outpatients[segment]
                else:
                    inpatient = self._inpatients[segment]
            elif letter == "A":
                amount = self._amounts[segment]
                if amount is not None:
                    amounts += (amount,)
            elif letter == "P" and segment.startswith("PER"):
                phone = phone or reading.contact(segment.split(reading.element), "", "", "")[1]
            elif letter in _END_LETTERS and segment.partition(reading.element)[0] in _ENDS:
                end = segment
                break
        if many:
            adjustments, references, dates, amounts = tuple(adjustments), tuple(references), tuple(dates), tuple(amounts)
        while service:
            service, end = self._line(service, rest, lines, many=many)
        at = segments.index(end) if end else len(segments)
        if end or block.ends is not None:
            place = block.place(0, at, segments)
        else:
            place = _new(Place, (block.ordinal, block.start, block.start + len(block.text)))
        cents = reading.cents
        claim = _new(
            ClaimPayment,
            (clp[1], clp[2].strip(), cents[clp[3]], cents[clp[4]], cents[clp[5]], clp[6], clp[7], clp[8], clp[9], clp[11], adjustments,
             tuple(lines), patient, others[0], others[1], rendering, others[2], others[3], others[4], inpatient[1] + outpatient[1],
             inpatient[0], outpatient[0], references, dates, amounts, phone, self._provider, place,
             reading.trouble() if reading.unreadable else ()),
        )  # fmt: skip
        return claim, at

    def _line(self, service: str, rest: Iterator[str], lines: list[ServicePayment], *, many: bool) -> tuple[str, str]:
        """Read loop 2110 behind its SVC; return the SVC of the next line, or the segment that ends the claim."""
        reading = self.reading
        first: date | None = None
        last: date | None = None
        adjustments: tuple[Adjustment, ...] = [] if many else ()  # type: ignore[assignment]
        references: tuple[Reference, ...] = [] if many else ()  # type: ignore[assignment]
        amounts: tuple[Amount, ...] = [] if many else ()  # type: ignore[assignment]
        remarks: tuple[str, ...] = [] if many else ()  # type: ignore[assignment]
        control = following = end = ""
        for segment in rest:
            letter = segment[:1]
            if letter == "C":
                adjustments += self._adjustments[segment]
            elif letter == "D":
                fact = self._dates[segment]
                if fact is not None:
                    if fact[0] == "151":
                        last = fact[1]
                    else:
                        first = fact[1]
            elif letter == "S":
                if segment.startswith("SVC"):
                    following = segment
                else:
                    end = segment
                break
            elif letter == "R":
                row = segment.split(reading.element)
                if len(row) > 2 and row[1] == "6R" and not control:
                    control = row[2]
                else:
                    references += (reading.reference(segment),)
            elif letter == "A":
                amount = self._amounts[segment]
                if amount is not None:
                    amounts += (amount,)
            elif letter == "L" and segment[:2] == "LQ":
                remark = self._remarks[segment]
                if remark is not None:
                    remarks += (remark,)
            elif letter in _END_LETTERS and segment.partition(reading.element)[0] in _ENDS:
                end = segment
                break
        if many:
            adjustments, references, amounts, remarks = tuple(adjustments), tuple(references), tuple(amounts), tuple(remarks)
        lines.append(
            _new(
                ServicePayment,
                (
                    *self._services[service],
                    first,
                    last,
                    adjustments,
                    control,
                    references,
                    amounts,
                    remarks,
                    *_LINE_REST,
                ),
            )
        )
        return following, end


def _positions(row: Row, tag: str, remark_positions: frozenset[int]) -> _Positions:
    """Read MIA or MOA: what stands at which position, and the remark codes apart."""
    if row[0] != tag:
        return _NO_POSITIONS
    remarks: list[str] = []
    found: list[tuple[str, str]] = []
    for position, value in enumerate(row[:29]):
        if not value or not position:
            continue
        if position in remark_positions:
            remarks.append(value)
        else:
            found.append((f"{tag}{position:02d}", value))
    return tuple(found), tuple(remarks)
