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
    ProviderAdjustment,
    Reference,
    RemittanceAdvice,
    RemittanceHeader,
    ServicePayment,
)
from cleanclaim.kernel.money import Rate
from cleanclaim.x12.implementations.reading import PAD, Reading, Row, defaults_from
from cleanclaim.x12.tokens.blocks import Block, blocks
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.source import Source

Payment: TypeAlias = RemittanceHeader | ClaimPayment | ProviderAdjustment
"""What a stream of an 835 yields: the header of a transaction, then its claims, then its provider-level adjustments."""

_ENDS: Final = frozenset({"LX", "TS3", "TS2", "PLB", "SE", "GE", "IEA", "ST", "GS", "ISA", "CLP"})
_LINE_REST: Final = defaults_from(ServicePayment, 17)
_CLAIM_REST: Final = defaults_from(ClaimPayment, 27)
_INPATIENT: Final = tuple(f"MIA{position:02d}" for position in range(30))
_OUTPATIENT: Final = tuple(f"MOA{position:02d}" for position in range(30))
_MIA_REMARKS: Final = frozenset({5, 20, 21, 22, 23})
_MOA_REMARKS: Final = frozenset({3, 4, 5, 6, 7})
_PLACES: Final = {"QC": 0, "IL": 1, "74": 2, "82": 3, "TT": 4, "PR": 5, "GB": 6}
_new = tuple.__new__


def read_payments(source: Source) -> Iterator[Payment]:
    """Stream the 835s of a source: header, claims, provider adjustments, transaction after transaction. Never raises on data."""
    reader = PaymentReader()
    for block in blocks(source, "CLP"):
        yield from reader.read(block)
    yield from reader.finish()


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
    """One pass over the 835s of a source."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._delimiters = Delimiters()
        self._element = "*"
        self._guide = ""
        self._is_remittance = True
        self._header: list[Row] | None = None
        self._header_block: Block | None = None
        self._header_at = 0
        self._provider = ""

    def read(self, block: Block) -> Iterator[Payment]:
        """Yield what a block holds: the claim it starts with, then adjustments or the header that ends with it."""
        if block.delimiters is not self._delimiters:
            self._delimiters = block.delimiters
            self._element = block.delimiters.element
            self.reading.use(block.delimiters)
        element = self._element
        rows = [segment.split(element) for segment in block.segments]
        at = 0
        if block.is_headed:
            yield from self.finish()
            if self._is_remittance:
                try:
                    claim, at = self._claim(rows, block)
                except IndexError:
                    self.reading.trouble()
                    rows = [segment.split(element) + PAD for segment in block.segments]
                    claim, at = self._claim(rows, block)
                yield claim
        if at < len(rows):
            yield from self._between(rows, at, block)

    def _between(self, rows: list[Row], at: int, block: Block) -> Iterator[Payment]:
        """Read what stands between claims: LX and its totals, PLB, trailers, the next header."""
        for index in range(at, len(rows)):
            row = rows[index] + PAD
            tag = row[0]
            if tag == "ST":
                yield from self.finish()
                self._is_remittance = row[1] == "835"
                self._provider = ""
                if self._is_remittance:
                    self._header, self._header_block, self._header_at = [row], block, index
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
                yield from self._provider_adjustments(row, block, index)
            elif self._header is not None and tag not in {"ISA", "GE", "IEA"}:
                self._header.append(row)

    def _provider_adjustments(self, row: Row, block: Block, index: int) -> Iterator[ProviderAdjustment]:
        """Read the pairs of a PLB. Its third element carries the reason and the payer's reference."""
        place = block.place(index + 1)._replace(segment=block.ordinal + index)
        size = len(block.segments[index])
        place = place._replace(start=place.end - size)
        last = len(row) - 1
        for position in range(3, last, 2):
            if not row[position] and not row[position + 1]:
                continue
            reason, _, reference = row[position].partition(self.reading.component)
            day, cents = self.reading.days[row[2]], self.reading.cents[row[position + 1]]
            yield ProviderAdjustment(row[1], day, reason, reference, cents, place, self.reading.trouble())

    def finish(self) -> Iterator[RemittanceHeader]:
        """Yield the header that was being read, once its first claim, adjustment or trailer is reached."""
        rows, block = self._header, self._header_block
        if rows is None or block is None:
            return
        self._header = self._header_block = None
        yield self._read_header(rows, block)

    def _read_header(self, rows: list[Row], block: Block) -> RemittanceHeader:
        reading = self.reading
        bpr = trn = PAD
        produced: date | None = None
        payer, payee = Party("PR"), Party("PE")
        references: list[Reference] = []
        receiver = ""
        at = 1
        while at < len(rows):
            row = rows[at]
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
                party, at = self._organisation(rows, at)
                if party.entity == "PE":
                    payee = party
                else:
                    payer = party
                continue
            at += 1
        version = rows[0][3] or self._guide
        place = block.place(len(block.segments))._replace(segment=block.ordinal + self._header_at)
        place = place._replace(start=place.end - sum(map(len, block.segments[self._header_at :])) - (len(block.segments) - self._header_at - 1) * block.step)
        return RemittanceHeader(
            rows[0][2], reading.cents[bpr[2]], payer, payee, bpr[1], bpr[3], bpr[4], reading.days[bpr[16]], trn[2], trn[3], trn[4],
            produced, receiver, version, tuple(references), place, bpr[15], reading.trouble(),
        )  # fmt: skip

    def _organisation(self, rows: list[Row], at: int) -> tuple[Party, int]:
        """Read loop 1000A or 1000B: an N1 names its party in one piece and identifies it in elements 3 and 4."""
        n1 = rows[at]
        rows[at] = ["NM1", n1[1], "2", n1[2], "", "", "", "", n1[3], n1[4]]
        return self.reading.party(rows, at)

    def _claim(self, rows: list[Row], block: Block) -> tuple[ClaimPayment, int]:
        """Read loop 2100 with its lines."""
        reading = self.reading
        clp = rows[0]
        clp.extend(PAD[:14])
        cents = reading.cents
        adjustments: list[Adjustment] = []
        lines: list[ServicePayment] = []
        parties: list[Party | None] = [None] * 7
        remarks: list[str] = []
        inpatient: tuple[tuple[str, str], ...] = ()
        outpatient: tuple[tuple[str, str], ...] = ()
        references: list[Reference] = []
        dates: list[DateFact] = []
        amounts: list[Amount] = []
        phone = ""
        at, count = 1, len(rows)
        while at < count:
            row = rows[at]
            tag = row[0]
            if tag == "SVC":
                line, at = self._line(rows, at)
                lines.append(line)
                continue
            if tag == "NM1":
                place = _PLACES.get(row[1])
                if place is not None:
                    parties[place] = reading.name(row)
            elif tag == "CAS":
                adjustments += reading.adjustments(row)
            elif tag == "DTM":
                dates.append(_new(DateFact, (row[1], reading.days[row[2]], None, "")))
            elif tag == "REF":
                references.append(_new(Reference, (row[1], row[2])))
            elif tag == "AMT":
                amounts.append(_new(Amount, (row[1], cents[row[2]])))
            elif tag in _ENDS:
                break
            elif tag == "MOA":
                outpatient = _positions(row, _OUTPATIENT, _MOA_REMARKS, remarks)
            elif tag == "MIA":
                inpatient = _positions(row, _INPATIENT, _MIA_REMARKS, remarks)
            elif tag == "PER" and not phone:
                phone = reading.contact(row, "", "", "")[1]
            at += 1
        return _new(
            ClaimPayment,
            (clp[1], clp[2], cents[clp[3]], cents[clp[4]], cents[clp[5]], clp[6], clp[7], clp[8], clp[9], clp[11], tuple(adjustments),
             tuple(lines), parties[0], parties[1], parties[2], parties[3], parties[4], parties[5], parties[6], tuple(remarks),
             inpatient, outpatient, tuple(references), tuple(dates), tuple(amounts), phone, self._provider, block.place(at),
             reading.trouble()),
        ), at  # fmt: skip

    def _line(self, rows: list[Row], at: int) -> tuple[ServicePayment, int]:
        """Read loop 2110: one service and what was decided for it."""
        reading = self.reading
        svc = rows[at]
        svc.extend(PAD[:7])
        first: date | None = None
        last: date | None = None
        adjustments: list[Adjustment] = []
        references: list[Reference] = []
        amounts: list[Amount] = []
        remarks: list[str] = []
        control = ""
        at += 1
        count = len(rows)
        while at < count:
            row = rows[at]
            tag = row[0]
            if tag == "CAS":
                adjustments += reading.adjustments(row)
            elif tag == "DTM":
                if row[1] == "151":
                    last = reading.days[row[2]]
                else:
                    first = reading.days[row[2]]
            elif tag == "SVC" or tag in _ENDS:
                break
            elif tag == "AMT":
                amounts.append(_new(Amount, (row[1], reading.cents[row[2]])))
            elif tag == "REF":
                if row[1] == "6R" and not control:
                    control = row[2]
                else:
                    references.append(_new(Reference, (row[1], row[2])))
            elif tag == "LQ":
                remarks.append(row[2])
            at += 1
        procedures = reading.procedures
        qualifier, code, modifiers, _, _ = procedures[svc[1]]
        submitted: tuple[str, str, tuple[str, ...], str, str] = procedures[svc[6]]
        rates = reading.rates
        quantity: Rate | None = rates[svc[5]]
        return _new(
            ServicePayment,
            (code, reading.cents[svc[2]], reading.cents[svc[3]], qualifier, modifiers, svc[4], quantity, submitted[1], submitted[2],
             rates[svc[7]], first, last, tuple(adjustments), control, tuple(references), tuple(amounts), tuple(remarks), *_LINE_REST),
        ), at  # fmt: skip


def _positions(row: Row, names: tuple[str, ...], remark_positions: frozenset[int], remarks: list[str]) -> tuple[tuple[str, str], ...]:
    """Read MIA or MOA: remark codes apart, everything else by its position."""
    found: list[tuple[str, str]] = []
    for position, value in enumerate(row[:29]):
        if not value or not position:
            continue
        if position in remark_positions:
            remarks.append(value)
        else:
            found.append((names[position], value))
    return tuple(found)
