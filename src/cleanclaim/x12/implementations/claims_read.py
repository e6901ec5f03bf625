"""837P, 837I and 837D to claims, one claim at a time and as fast as the interpreter allows.

The file is cut at every CLM; what follows a claim's last line (HL, SBR, names ...) is the context of the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from cleanclaim.documents import (
    Adjustment,
    Amount,
    Claim,
    CodedFact,
    DateFact,
    Diagnosis,
    LineAdjudication,
    OtherCoverage,
    Party,
    Reference,
    ServiceLine,
    Subscriber,
)
from cleanclaim.kernel.money import Rate
from cleanclaim.x12.implementations.reading import PAD, Reading, Row, defaults_from, guide_of
from cleanclaim.x12.tokens.blocks import Block, blocks
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.source import Source

_KINDS: Final = {"X222": "837P", "X098": "837P", "X223": "837I", "X096": "837I", "X224": "837D", "X097": "837D"}
_DIAGNOSES: Final = frozenset({"ABK", "ABF", "ABJ", "APR", "ABN", "BK", "BF", "BJ", "PR", "BN"})
_ENDS: Final = frozenset({"HL", "SE", "GE", "IEA", "ST", "GS", "ISA", "CLM"})
_LINE_ENDS: Final = _ENDS | {"LX"}
_CLAIM_ENDS: Final = _LINE_ENDS | {"SBR"}
_SERVICES: Final = frozenset({"SV1", "SV2", "SV3"})
_LINE_STARTS: Final = _SERVICES | {"LX"}
_REFERENCES: Final = {"F8": 0, "G1": 1, "9F": 2, "X4": 3}
_ONE: Final = Rate(1)
_NONE: Final = Rate(0)
_LINE_REST: Final = defaults_from(ServiceLine, 28)
_CLAIM_REST: Final = defaults_from(Claim, 41)
_NOBODY: Final = Party()
_new = tuple.__new__


def read_claims(source: Source) -> Iterator[Claim]:
    """Read the claims of every 837 in a source, in order, in bounded memory. Never raises on data: see `Claim.unreadable`."""
    reader = ClaimReader()
    for block in blocks(source, "CLM"):
        claim = reader.read(block)
        if claim is not None:
            yield claim


class ClaimReader:
    """One pass over the 837s of a source: holds the loops above the claim."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._composites: dict[str, Diagnosis | CodedFact] = {}
        self._pointers: dict[str, tuple[int, ...]] = {}
        self._delimiters = Delimiters()
        self._guide = ""
        self._kind = ""
        self._is_claims = True
        self._reset()

    def _reset(self) -> None:
        self.submitter: Party | None = None
        self.receiver: Party | None = None
        self._reset_provider()

    def _reset_provider(self) -> None:
        self.billing = _NOBODY
        self.pay_to: Party | None = None
        self.taxonomy = ""
        self._reset_subscriber()

    def _reset_subscriber(self) -> None:
        self.subscriber: Subscriber | None = None
        self.sbr: Row = PAD
        self.insured = _NOBODY
        self.payer = _NOBODY
        self._reset_patient()

    def _reset_patient(self) -> None:
        self.patient: Party | None = None
        self.relationship = ""

    def read(self, block: Block) -> Claim | None:
        """Read the claim that a block starts with, if it does, and keep what follows for the next one."""
        delimiters = block.delimiters
        if delimiters is not self._delimiters:
            self._delimiters = delimiters
            self.reading.use(delimiters)
            self._composites, self._pointers = {}, {}
        element = delimiters.element
        rows = [segment.split(element) for segment in block.segments]
        claim = None
        at = 0
        if block.is_headed and self._is_claims:
            try:
                claim, at = self._claim(rows, block)
            except IndexError:
                self.reading.trouble()
                rows = [segment.split(element) + PAD for segment in block.segments]
                claim, at = self._claim(rows, block)
        if at < len(rows):
            try:
                self._context(rows, at)
            except IndexError:
                self._context([row + PAD for row in rows], at)
        return claim

    # -- the loops above the claim ----------------------------------------------------------------------------------------------

    def _context(self, rows: list[Row], at: int) -> None:
        count = len(rows)
        while at < count:
            row = rows[at]
            tag = row[0]
            if tag == "NM1":
                party, at = self.reading.party(rows, at)
                self._name(party)
                continue
            if tag == "HL":
                level = row[3]
                if level == "22":
                    self._reset_subscriber()
                elif level == "20":
                    self._reset_provider()
                else:
                    self._reset_patient()
            elif tag == "SBR":
                row.extend(PAD[:10])
                self.sbr, self.subscriber = row, None
            elif tag == "PAT":
                self.relationship, self.subscriber = row[1], None
            elif tag == "PRV":
                self.taxonomy = row[3]
            elif tag == "ST":
                self._reset()
                version = row[3] if len(row) > 3 and row[3] else self._guide
                self._is_claims = row[1] == "837"
                self._kind = _KINDS.get(guide_of(version), "")
            elif tag == "GS":
                self._guide = row[8] if len(row) > 8 else ""
                self._kind, self._is_claims = _KINDS.get(guide_of(self._guide), ""), True
            elif tag == "ISA":
                self._guide, self._is_claims = "", True
                self._reset()
            at += 1

    def _name(self, party: Party) -> None:
        entity = party.entity
        if entity == "IL":
            self.insured, self.subscriber = party, None
        elif entity == "PR":
            self.payer, self.subscriber = party, None
        elif entity == "QC":
            self.patient = party
        elif entity == "85":
            self.billing = party._replace(taxonomy=self.taxonomy) if self.taxonomy else party
        elif entity == "87":
            self.pay_to = party
        elif entity == "41":
            self.submitter = party
        elif entity == "40":
            self.receiver = party

    def _coverage_of_claim(self) -> Subscriber:
        if self.subscriber is None:
            sbr = self.sbr
            relationship = sbr[2] or ("" if self.patient is not None else "18")
            self.subscriber = Subscriber(
                self.insured, self.payer, sbr[1], self.relationship or relationship, sbr[3], sbr[4], sbr[5], sbr[9],
            )  # fmt: skip
        return self.subscriber

    # -- the claim --------------------------------------------------------------------------------------------------------------

    def _claim(self, rows: list[Row], block: Block) -> tuple[Claim, int]:
        reading = self.reading
        clm = rows[0]
        clm.extend(PAD[:20])
        where = clm[5].split(reading.component)
        where.extend(PAD[:3])
        known = ["", "", "", ""]
        patient_paid: int | None = None
        diagnoses: list[Diagnosis] = []
        facts: list[CodedFact] = []
        providers: list[Party] = []
        coverages: list[OtherCoverage] = []
        lines: list[ServiceLine] = []
        dates: list[DateFact] = []
        references: list[Reference] = []
        amounts: list[Amount] = []
        note = ""
        cl1: Row = PAD
        at, count = 1, len(rows)
        while at < count:
            row = rows[at]
            tag = row[0]
            if tag in _LINE_STARTS:
                number = row[1] if tag == "LX" else ""
                line, at = self._line(rows, at + (tag == "LX"), number)
                lines.append(line)
                continue
            if tag == "HI":
                for composite in row[1:]:
                    coded = self._composites.get(composite) or self._coded(composite)
                    if type(coded) is Diagnosis:
                        diagnoses.append(coded)
                    elif type(coded) is CodedFact:
                        facts.append(coded)
            elif tag == "REF":
                place = _REFERENCES.get(row[1])
                if place is None or known[place]:
                    references.append(Reference(row[1], row[2]))
                else:
                    known[place] = row[2]
            elif tag == "DTP":
                dates.append(reading.fact(row))
            elif tag == "NM1":
                party, at = reading.party(rows, at)
                providers.append(party)
                continue
            elif tag == "SBR":
                coverage, at = self._other_coverage(rows, at)
                coverages.append(coverage)
                continue
            elif tag == "AMT":
                if row[1] == "F5" and patient_paid is None:
                    patient_paid = reading.cents[row[2]]
                else:
                    amounts.append(Amount(row[1], reading.cents[row[2]]))
            elif tag == "NTE":
                note = f"{note} {row[2]}" if note else row[2]
            elif tag == "CL1":
                cl1 = [*row, "", "", ""]
            elif tag in _ENDS:
                break
            at += 1
        kind = self._kind or _kind_by_lines(rows, at)
        causes, state = self._causes(clm[11]) if clm[11] else ((), "")
        signature = clm[6] or ("Y" if kind == "837I" else "")
        return _new(
            Claim,
            (clm[1], reading.cents[clm[2]], self.billing, self._coverage_of_claim(), tuple(lines), tuple(diagnoses), kind, where[0],
             where[1], where[2], self.patient, self.pay_to, tuple(providers), tuple(coverages), signature, clm[7], clm[8], clm[9],
             known[0], known[1], known[2], known[3], patient_paid, tuple(facts), cl1[1], cl1[2], cl1[3], causes, state, clm[20],
             tuple(dates), tuple(references), tuple(amounts), note, self.submitter, self.receiver, block.place(at), reading.trouble()),
        ), at  # fmt: skip

    def _causes(self, composite: str) -> tuple[tuple[str, ...], str]:
        parts = [*composite.split(self.reading.component), "", "", "", ""]
        return tuple(part for part in parts[:3] if part), parts[3]

    def _coded(self, composite: str) -> Diagnosis | CodedFact | None:
        """Read one composite of an HI, and keep it."""
        if not composite:
            return None
        parts = composite.split(self.reading.component)
        parts.extend(PAD[:9])
        coded: Diagnosis | CodedFact
        if parts[0] in _DIAGNOSES:
            coded = Diagnosis(parts[1], parts[0], parts[8])
        else:
            first: date | None = None
            last: date | None = None
            if parts[3]:
                begin, _, end = parts[3].partition("-")
                first, last = self.reading.days[begin[:8]], self.reading.days[end]
            coded = CodedFact(parts[0], parts[1], first, last, self.reading.optional_cents(parts[4]))
        if len(self._composites) > 1 << 14:
            self._composites.clear()
        self._composites[composite] = coded
        return coded

    def _other_coverage(self, rows: list[Row], at: int) -> tuple[OtherCoverage, int]:
        """Read loop 2320 with 2330A and 2330B; providers of the other payer (2330C and on) are passed over."""
        reading = self.reading
        sbr = rows[at] + PAD
        adjustments: list[Adjustment] = []
        amounts: list[Amount] = []
        remarks: list[str] = []
        insured = payer = _NOBODY
        money: dict[str, int] = {}
        paid_on: date | None = None
        references: tuple[Reference, ...] = ()
        benefits = release = icn = ""
        at += 1
        while at < len(rows):
            row = rows[at]
            tag = row[0]
            if tag in _CLAIM_ENDS:
                break
            if tag == "CAS":
                adjustments += reading.adjustments(row)
            elif tag == "AMT":
                if row[1] in {"D", "EAF", "A8"} and row[1] not in money:
                    money[row[1]] = reading.cents[row[2]]
                else:
                    amounts.append(Amount(row[1], reading.cents[row[2]]))
            elif tag == "OI":
                oi = row + PAD
                benefits, release = oi[3], oi[6]
            elif tag == "MOA":
                remarks += [code for code in row[3:8] if code]
            elif tag == "MIA":
                remarks += [code for code in [*row[5:6], *row[20:24]] if code]
            elif tag == "NM1":
                party, at = reading.party(rows, at)
                if party.entity == "IL":
                    insured = party
                elif party.entity == "PR":
                    paid_on, icn, references, payer, at = self._other_payer(rows, at, party)
                continue
            at += 1
        subscriber = Subscriber(insured, payer, sbr[1], sbr[2], sbr[3], sbr[4], sbr[5], sbr[9])
        return OtherCoverage(
            subscriber, tuple(adjustments), money.get("D"), money.get("EAF"), money.get("A8"), benefits, release, paid_on, icn,
            tuple(remarks), tuple(amounts), references,
        ), at  # fmt: skip

    def _other_payer(self, rows: list[Row], at: int, party: Party) -> tuple[date | None, str, tuple[Reference, ...], Party, int]:
        """Read what follows the other payer's name: the day it decided and its own references."""
        paid_on: date | None = None
        references = list(party.references)
        party = party._replace(references=())
        while at < len(rows) and rows[at][0] in {"DTP", "REF"}:
            row = rows[at]
            if row[0] == "DTP":
                paid_on = self.reading.fact(row).first
            elif row[1] in {"EI", "SY", "TJ"} and not party.tax_id:
                party = party._replace(tax_id_qualifier=row[1], tax_id=row[2])
            else:
                references.append(Reference(row[1], row[2]))
            at += 1
        icn = next((reference.value for reference in references if reference.qualifier == "F8"), "")
        return paid_on, icn, tuple(reference for reference in references if reference.qualifier != "F8"), party, at

    # -- the line ---------------------------------------------------------------------------------------------------------------

    def _line(self, rows: list[Row], at: int, number: str) -> tuple[ServiceLine, int]:
        """Read loop 2400 behind its LX; a service segment that stands without LX is a line as well."""
        reading = self.reading
        procedure: tuple[str, str, tuple[str, ...], str, str] = ("", "", (), "", "")
        charge, quantity = 0, _NONE
        unit = place = revenue = control = drug = drug_unit = authorization = note = ""
        pointers: tuple[int, ...] = ()
        first: date | None = None
        last: date | None = None
        non_covered: int | None = None
        drug_quantity: Rate | None = None
        emergency = epsdt = False
        providers: list[Party] = []
        adjudications: list[LineAdjudication] = []
        dates: list[DateFact] = []
        references: list[Reference] = []
        amounts: list[Amount] = []
        teeth: list[str] = []
        count = len(rows)
        start = at
        while at < count:
            row = rows[at]
            tag = row[0]
            if tag in _SERVICES and not number and at > start:
                break
            if tag == "SV1":
                row.extend(PAD[:12])
                procedure, charge, unit = reading.procedures[row[1]], reading.cents[row[2]], row[3]
                quantity, place = reading.rates[row[4]] or _NONE, row[5]
                if row[7]:
                    pointers = self._pointers.get(row[7]) or self._pointed(row[7])
                emergency, epsdt = row[9] == "Y", row[11] == "Y"
            elif tag == "DTP":
                if row[1] == "472" and first is None:
                    if row[2] == "D8":
                        first = reading.days[row[3]]
                    else:
                        begin, _, end = row[3].partition("-")
                        first, last = reading.days[begin[:8]], reading.days[end]
                else:
                    dates.append(reading.fact(row))
            elif tag in _LINE_ENDS:
                break
            elif tag == "REF":
                if row[1] == "6R" and not control:
                    control = row[2]
                elif row[1] == "G1" and not authorization:
                    authorization = row[2]
                else:
                    references.append(Reference(row[1], row[2]))
            elif tag == "SV2":
                row.extend(PAD[:8])
                revenue, procedure, charge = row[1], reading.procedures[row[2]], reading.cents[row[3]]
                unit, quantity, non_covered = row[4], reading.rates[row[5]] or _NONE, reading.optional_cents(row[7])
            elif tag == "SV3":
                row.extend(PAD[:12])
                procedure, charge, place = reading.procedures[row[1]], reading.cents[row[2]], row[3]
                unit, quantity = "UN", (reading.rates[row[6]] or _NONE) if row[6] else _ONE
                if row[11]:
                    pointers = self._pointers.get(row[11]) or self._pointed(row[11])
            elif tag == "NM1":
                party, at = reading.party(rows, at)
                providers.append(party)
                continue
            elif tag == "SVD":
                adjudication, at = self._adjudication(rows, at)
                adjudications.append(adjudication)
                continue
            elif tag == "AMT":
                amounts.append(Amount(row[1], reading.cents[row[2]]))
            elif tag == "NTE":
                note = f"{note} {row[2]}" if note else row[2]
            elif tag == "LIN":
                drug = row[3]
            elif tag == "CTP":
                row.extend(PAD[:6])
                drug_quantity, drug_unit = reading.rates[row[4]], row[5].partition(reading.component)[0]
            elif tag == "TOO":
                row.extend(PAD[:4])
                surfaces = row[3].replace(reading.component, "")
                teeth.append(f"{row[2]}:{surfaces}" if surfaces else row[2])
            at += 1
        return _new(
            ServiceLine,
            (int(number) if number.isdecimal() and len(number) < 10 else 0, procedure[1], charge, quantity, procedure[2], pointers,
             first, last, unit, procedure[0], procedure[3], place, revenue, non_covered, emergency, epsdt, control, drug, drug_quantity,
             drug_unit, authorization, tuple(providers), tuple(adjudications), tuple(dates), tuple(references), tuple(amounts), note,
             tuple(teeth), *_LINE_REST),
        ), at  # fmt: skip

    def _pointed(self, composite: str) -> tuple[int, ...]:
        pointers = tuple(int(part) for part in composite.split(self.reading.component) if part.isdecimal() and len(part) < 4)
        if len(self._pointers) > 1 << 12:
            self._pointers.clear()
        self._pointers[composite] = pointers
        return pointers

    def _adjudication(self, rows: list[Row], at: int) -> tuple[LineAdjudication, int]:
        """Read loop 2430: what another payer decided for the line."""
        reading = self.reading
        svd = rows[at] + PAD
        _, code, modifiers, _, _ = reading.procedures[svd[3]]
        adjustments: list[Adjustment] = []
        paid_on: date | None = None
        remaining: int | None = None
        at += 1
        while at < len(rows):
            row = rows[at]
            if row[0] == "CAS":
                adjustments += reading.adjustments(row)
            elif row[0] == "DTP":
                paid_on = reading.fact(row).first
            elif row[0] == "AMT":
                remaining = reading.cents[row[2]]
            else:
                break
            at += 1
        bundled = int(svd[6]) if svd[6].isdecimal() and len(svd[6]) < 10 else None
        return LineAdjudication(
            svd[1], reading.cents[svd[2]], code, modifiers, reading.rates[svd[5]], bundled, tuple(adjustments), paid_on, remaining,
        ), at  # fmt: skip


def _kind_by_lines(rows: list[Row], end: int) -> str:
    """Tell the kind of a claim whose transaction names no guide by its service segments."""
    tags = {row[0] for row in rows[:end]}
    return "837I" if "SV2" in tags else "837D" if "SV3" in tags else "837P"
