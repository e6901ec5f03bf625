"""837P, 837I and 837D to claims, one claim at a time and as fast as the interpreter allows.

The file is cut at every CLM; what follows a claim's last line (HL, SBR, names ...) is the context of the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, TypeAlias

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
    Place,
    Reference,
    ServiceLine,
    Subscriber,
)
from cleanclaim.kernel.money import Rate
from cleanclaim.x12.implementations.reading import PAD, PAD12, Memo, Reading, Row, defaults_from, guide_of
from cleanclaim.x12.tokens.blocks import Block, blocks
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.source import Source
from cleanclaim.x12.tokens.values import is_digits

_KINDS: Final = {"X222": "837P", "X098": "837P", "X223": "837I", "X096": "837I", "X224": "837D", "X097": "837D"}
_DIAGNOSES: Final = frozenset({"ABK", "ABF", "ABJ", "APR", "ABN", "BK", "BF", "BJ", "PR", "BN"})
_ENDS: Final = frozenset({"HL", "SE", "GE", "IEA", "ST", "GS", "ISA", "CLM"})
_LINE_ENDS: Final = _ENDS | {"LX"}
_CLAIM_ENDS: Final = _LINE_ENDS | {"SBR"}
_SERVICES: Final = frozenset({"SV1", "SV2", "SV3"})
_REFERENCES: Final = {"F8": 0, "G1": 1, "9F": 2, "X4": 3}
_ONE: Final = Rate(1)
_NONE: Final = Rate(0)
_Service: TypeAlias = tuple[str, int, Rate, tuple[str, ...], tuple[int, ...], str, str, str, str, str, int | None, bool, bool]
_NO_SERVICE: Final[_Service] = ("", 0, _NONE, (), (), "", "", "", "", "", None, False, False)
_LINE_REST: Final = defaults_from(ServiceLine, 28)
_SUBSCRIBER_REST: Final = defaults_from(Subscriber, 8)
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
        self._delimiters: Delimiters | None = None
        self._guide = ""
        self._kind = ""
        self._is_claims = True
        self._forget()
        self._reset()

    def _forget(self) -> None:
        reading = self.reading
        unreadable = reading.unreadable
        self._codes = Memo(self._coded, unreadable)
        self._services = Memo(self._service, unreadable)
        self._facts = Memo(reading.fact, unreadable)
        self._rows = Memo(reading.row, unreadable, 1 << 12)
        self._wheres = Memo(self._where, unreadable, 1 << 10)
        self._numbers = Memo(self._number, unreadable, 1 << 11)
        self._names: Memo[Party] = Memo(self._single_name, unreadable, 1 << 12)

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
        if block.delimiters is not self._delimiters:
            self._delimiters = block.delimiters
            self.reading.use(block.delimiters)
            self._forget()
        segments = block.text.split(block.separator)
        claim = None
        at = 0
        if block.is_headed and self._is_claims:
            claim, at = self._claim(segments, block)
        if at < len(segments):
            self._context(segments, at)
        return claim

    # -- the loops above the claim ----------------------------------------------------------------------------------------------

    def _context(self, segments: list[str], at: int) -> None:
        """Read what stands between claims. The payer's name is mostly the last segment before a claim, and mostly the same."""
        reading = self.reading
        count = len(segments)
        while at < count:
            segment = segments[at]
            if segment[:3] == "NM1":
                if at + 1 == count and segment[4:6] == "PR":
                    self.payer, self.subscriber = self._names[segment], None
                    return
                party, at = reading.party(segments, at)
                self._name(party)
                continue
            at += 1
            if segment[:3] == "SBR":
                self.sbr, self.subscriber = self._rows[segment], None
                continue
            row = segment.split(reading.element)
            tag = row[0]
            if tag == "HL":
                level = row[3] if len(row) > 3 else ""
                if level == "22":
                    self.subscriber = self.patient = None
                    self.sbr, self.insured, self.payer, self.relationship = PAD, _NOBODY, _NOBODY, ""
                elif level == "20":
                    self._reset_provider()
                else:
                    self._reset_patient()
                continue
            row.extend(PAD12)
            if tag == "PAT":
                self.relationship, self.subscriber = row[1], None
            elif tag == "PRV":
                self.taxonomy = row[3]
            elif tag == "ST":
                self._reset()
                self._is_claims = row[1] == "837"
                self._kind = _KINDS.get(guide_of(row[3] or self._guide), "")
            elif tag == "GS":
                self._guide = row[8]
                self._kind, self._is_claims = _KINDS.get(guide_of(self._guide), ""), True
            elif tag == "ISA":
                self._guide, self._is_claims = "", True
                self._reset()

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
            self.subscriber = _new(
                Subscriber,
                (
                    self.insured,
                    self.payer,
                    sbr[1],
                    self.relationship or relationship,
                    sbr[3],
                    sbr[4],
                    sbr[5],
                    sbr[9],
                    *_SUBSCRIBER_REST,
                ),
            )
        return self.subscriber

    # -- the claim --------------------------------------------------------------------------------------------------------------

    def _claim(self, segments: list[str], block: Block) -> tuple[Claim, int]:
        """Read loop 2300 with what belongs to it."""
        reading = self.reading
        clm = segments[0].split(reading.element)
        clm.extend(PAD)
        where = self._wheres[clm[5]]
        known = ["", "", "", ""]
        patient_paid: int | None = None
        diagnoses: tuple[Diagnosis, ...] = ()
        facts: tuple[CodedFact, ...] = ()
        providers: tuple[Party, ...] = ()
        coverages: tuple[OtherCoverage, ...] = ()
        lines: tuple[ServiceLine, ...] = ()
        dates: tuple[DateFact, ...] = ()
        references: tuple[Reference, ...] = ()
        amounts: tuple[Amount, ...] = ()
        note = ""
        cl1: Row = PAD
        at, count = 1, len(segments)
        while at < count:
            segment = segments[at]
            letter = segment[:1]
            tag = segment[:3]
            if letter == "L" and tag[:2] == "LX":
                line, at = self._line(segments, at + 1, self._numbers[segment], is_numbered=True)
                lines += (line,)
                continue
            if letter == "H" and tag[:2] == "HI":
                codes, others = self._codes[segment]
                diagnoses += codes
                facts += others
            elif letter == "R" and tag == "REF":
                reference = reading.reference(segment)
                place = _REFERENCES.get(reference[0])
                if place is None or known[place]:
                    references += (reference,)
                else:
                    known[place] = reference[1]
            elif letter == "N" and tag == "NM1":
                party, at = self._provider(segments, at)
                providers += (party,)
                continue
            elif letter == "D" and tag == "DTP":
                dates += (self._facts[segment],)
            elif tag in _SERVICES:
                line, at = self._line(segments, at, 0, is_numbered=False)
                lines += (line,)
                continue
            elif tag == "SBR":
                coverage, at = self._other_coverage(segments, at)
                coverages += (coverage,)
                continue
            elif tag == "AMT":
                amount = reading.amount(segment)
                if amount is not None:
                    if amount.qualifier == "F5" and patient_paid is None:
                        patient_paid = amount.cents
                    else:
                        amounts += (amount,)
            elif tag == "NTE":
                text = reading.row(segment)[2]
                note = f"{note} {text}" if note else text
            elif tag == "CL1":
                cl1 = reading.row(segment)
            elif segment.partition(reading.element)[0] in _ENDS:
                break
            at += 1
        causes, state = self._causes(clm[11]) if clm[11] else ((), "")
        if block.ends is None:
            size = sum(map(len, segments[:at])) + (at - 1) * len(block.separator)
            place_of = _new(Place, (block.ordinal, block.start, block.start + size))
        else:
            place_of = block.place(0, at, segments)
        kind = self._kind or _kind_by_lines(segments[:at])
        return _new(
            Claim,
            (clm[1], reading.cents[clm[2]], self.billing, self._coverage_of_claim(), lines, diagnoses, kind, where[0], where[1], where[2], self.patient, self.pay_to,
             providers, coverages, clm[6] or ("Y" if kind == "837I" else ""), clm[7], clm[8], clm[9], known[0], known[1],
             known[2], known[3], patient_paid, facts, cl1[1], cl1[2], cl1[3], causes,
             state, clm[20], dates, references, amounts, note, self.submitter, self.receiver,
             place_of, reading.trouble() if reading.unreadable else ()),
        ), at  # fmt: skip

    def _provider(self, segments: list[str], at: int) -> tuple[Party, int]:
        """Read a provider's loop (2310, 2420); a name with a taxonomy behind it, met before, is not read again."""
        following = at + 1
        if following < len(segments) and segments[following].startswith("PRV"):
            beyond = segments[following + 1][:3] if following + 1 < len(segments) else ""
            if beyond[:2] not in {"N3", "N4"} and beyond not in {"REF", "PER", "DMG"}:
                return self._names[f"{segments[at]}\n{segments[following]}"], at + 2
        return self.reading.party(segments, at)

    def _single_name(self, text: str) -> Party:
        return self.reading.party(text.split("\n"), 0)[0]

    def _causes(self, composite: str) -> tuple[tuple[str, ...], str]:
        parts = [*composite.split(self.reading.component), "", "", "", ""]
        return tuple(part for part in parts[:3] if part), parts[3]

    def _coded(self, segment: str) -> tuple[tuple[Diagnosis, ...], tuple[CodedFact, ...]]:
        """Read an HI: diagnoses, and the other codes of an institutional claim."""
        diagnoses: list[Diagnosis] = []
        facts: list[CodedFact] = []
        for composite in segment.split(self.reading.element)[1:]:
            parts = composite.split(self.reading.component)
            parts.extend(PAD12)
            if parts[0] in _DIAGNOSES:
                diagnoses.append(Diagnosis(parts[1], parts[0], parts[8]))
            elif composite:
                begin, _, end = parts[3].partition("-")
                first, last = self.reading.days[begin[:8]], self.reading.days[end]
                facts.append(CodedFact(parts[0], parts[1], first, last, self.reading.optional_cents(parts[4])))
        return tuple(diagnoses), tuple(facts)

    def _where(self, composite: str) -> list[str]:
        """Read CLM05: facility, its qualifier, frequency."""
        return [*composite.split(self.reading.component), "", "", ""]

    def _number(self, segment: str) -> int:
        """Read the number of an LX."""
        number = segment.partition(self.reading.element)[2]
        return int(number) if is_digits(number) and len(number) < 10 else 0

    def _other_coverage(self, segments: list[str], at: int) -> tuple[OtherCoverage, int]:
        """Read loop 2320 with 2330A and 2330B; providers of the other payer (2330C and on) are passed over."""
        reading = self.reading
        sbr = reading.row(segments[at])
        adjustments: tuple[Adjustment, ...] = ()
        amounts: list[Amount] = []
        remarks: list[str] = []
        insured = payer = _NOBODY
        money: dict[str, int] = {}
        paid_on: date | None = None
        references: tuple[Reference, ...] = ()
        benefits = release = icn = ""
        at += 1
        while at < len(segments):
            segment = segments[at]
            row = reading.row(segment)
            tag = row[0]
            if tag in _CLAIM_ENDS:
                break
            if tag == "CAS":
                adjustments += reading.adjustments(segment)
            elif tag == "AMT":
                if row[1] in {"D", "EAF", "A8"} and row[1] not in money:
                    money[row[1]] = reading.cents[row[2]]
                else:
                    amounts.append(Amount(row[1], reading.cents[row[2]]))
            elif tag == "OI":
                benefits, release = row[3], row[6]
            elif tag == "MOA":
                remarks += [code for code in row[3:8] if code]
            elif tag == "MIA":
                remarks += [code for code in [*row[5:6], *row[20:24]] if code]
            elif tag == "NM1":
                party, at = reading.party(segments, at)
                if party.entity == "IL":
                    insured = party
                elif party.entity == "PR":
                    paid_on, icn, references, payer, at = self._other_payer(segments, at, party)
                continue
            at += 1
        subscriber = Subscriber(insured, payer, sbr[1], sbr[2], sbr[3], sbr[4], sbr[5], sbr[9])
        return OtherCoverage(
            subscriber, adjustments, money.get("D"), money.get("EAF"), money.get("A8"), benefits, release, paid_on, icn,
            tuple(remarks), tuple(amounts), references,
        ), at  # fmt: skip

    def _other_payer(
        self, segments: list[str], at: int, party: Party
    ) -> tuple[date | None, str, tuple[Reference, ...], Party, int]:
        """Read what follows the other payer's name: the day it decided and its own references."""
        paid_on: date | None = None
        references = list(party.references)
        party = party._replace(references=())
        while at < len(segments):
            segment = segments[at]
            if segment.startswith("DTP"):
                paid_on = self.reading.fact(segment).first
            elif segment.startswith("REF"):
                reference = self.reading.reference(segment)
                if reference.qualifier in {"EI", "SY", "TJ"} and not party.tax_id:
                    party = party._replace(tax_id_qualifier=reference.qualifier, tax_id=reference.value)
                else:
                    references.append(reference)
            else:
                break
            at += 1
        icn = next((reference.value for reference in references if reference.qualifier == "F8"), "")
        return paid_on, icn, tuple(reference for reference in references if reference.qualifier != "F8"), party, at

    # -- the line ---------------------------------------------------------------------------------------------------------------

    def _line(self, segments: list[str], at: int, number: int, *, is_numbered: bool) -> tuple[ServiceLine, int]:
        """Read loop 2400 behind its LX; a service segment that stands without LX is a line as well."""
        reading = self.reading
        service: _Service = _NO_SERVICE
        control = drug = drug_unit = authorization = note = ""
        first: date | None = None
        last: date | None = None
        drug_quantity: Rate | None = None
        providers: tuple[Party, ...] = ()
        adjudications: tuple[LineAdjudication, ...] = ()
        dates: tuple[DateFact, ...] = ()
        references: tuple[Reference, ...] = ()
        amounts: tuple[Amount, ...] = ()
        teeth: tuple[str, ...] = ()
        count = len(segments)
        start = at
        if at + 2 < count and segments[at][:3] in _SERVICES and segments[at + 1][:3] == "DTP":  # how nearly every line starts
            service = self._services[segments[at]]
            fact = self._facts[segments[at + 1]]
            if fact[0] == "472":
                first, last = fact[1], fact[2]
            else:
                dates = (fact,)
            at += 2
        while at < count:
            segment = segments[at]
            letter = segment[:1]
            if letter == "L" and segment[:2] == "LX":
                break
            tag = segment[:3]
            if letter == "D" and tag == "DTP":
                fact = self._facts[segment]
                if fact[0] == "472" and first is None:
                    first, last = fact[1], fact[2]
                else:
                    dates += (fact,)
            elif letter == "R" and tag == "REF":
                reference = reading.reference(segment)
                if reference[0] == "6R" and not control:
                    control = reference[1]
                elif reference[0] == "G1" and not authorization:
                    authorization = reference[1]
                else:
                    references += (reference,)
            elif letter == "H" and tag[:2] == "HL":
                break
            elif tag in _SERVICES:
                if not is_numbered and at > start:
                    break
                service = self._services[segment]
            elif tag == "NM1":
                party, at = self._provider(segments, at)
                providers += (party,)
                continue
            elif tag == "SVD":
                adjudication, at = self._adjudication(segments, at)
                adjudications += (adjudication,)
                continue
            elif tag == "AMT":
                amount = reading.amount(segment)
                if amount is not None:
                    amounts += (amount,)
            elif tag == "NTE":
                text = reading.row(segment)[2]
                note = f"{note} {text}" if note else text
            elif tag == "LIN":
                drug = reading.row(segment)[3]
            elif tag == "CTP":
                row = reading.row(segment)
                drug_quantity, drug_unit = reading.rates[row[4]], row[5].partition(reading.component)[0]
            elif tag == "TOO":
                row = reading.row(segment)
                surfaces = row[3].replace(reading.component, "")
                teeth += (f"{row[2]}:{surfaces}" if surfaces else row[2],)
            elif segment.partition(reading.element)[0] in _LINE_ENDS:
                break
            at += 1
        code, charge, quantity, modifiers, pointers, unit, qualifier, described, place, revenue, non_covered, emergency, epsdt = (
            service
        )
        return _new(
            ServiceLine,
            (number, code, charge, quantity, modifiers, pointers, first, last, unit, qualifier, described, place, revenue, non_covered,
             emergency, epsdt, control, drug, drug_quantity, drug_unit, authorization, providers, adjudications, dates, references, amounts,
             note, teeth, *_LINE_REST),
        ), at  # fmt: skip

    def _service(self, segment: str) -> _Service:
        """Read SV1, SV2 or SV3: what was done, how often, for how much."""
        reading = self.reading
        row = reading.row(segment)
        cents, rates = reading.cents, reading.rates
        if row[0] == "SV2":
            qualifier, code, modifiers, described, _ = reading.procedures[row[2]]
            return (
                code, cents[row[3]], rates[row[5]] or _NONE, modifiers, (), row[4], qualifier, described, "", row[1],
                reading.optional_cents(row[7]), False, False,
            )  # fmt: skip
        qualifier, code, modifiers, described, _ = reading.procedures[row[1]]
        if row[0] == "SV1":
            return (
                code, cents[row[2]], rates[row[4]] or _NONE, modifiers, self._pointed(row[7]), row[3], qualifier, described, row[5], "",
                None, row[9] == "Y", row[11] == "Y",
            )  # fmt: skip
        quantity = (rates[row[6]] or _NONE) if row[6] else _ONE
        return (
            code,
            cents[row[2]],
            quantity,
            modifiers,
            self._pointed(row[11]),
            "UN",
            qualifier,
            described,
            row[3],
            "",
            None,
            False,
            False,
        )

    def _pointed(self, composite: str) -> tuple[int, ...]:
        return tuple(int(part) for part in composite.split(self.reading.component) if is_digits(part) and len(part) < 4)

    def _adjudication(self, segments: list[str], at: int) -> tuple[LineAdjudication, int]:
        """Read loop 2430: what another payer decided for the line."""
        reading = self.reading
        svd = reading.row(segments[at])
        _, code, modifiers, _, _ = reading.procedures[svd[3]]
        adjustments: tuple[Adjustment, ...] = ()
        paid_on: date | None = None
        remaining: int | None = None
        at += 1
        while at < len(segments):
            segment = segments[at]
            if segment.startswith("CAS"):
                adjustments += self.reading.adjustments(segment)
            elif segment.startswith("DTP"):
                paid_on = reading.fact(segment).first
            elif segment.startswith("AMT"):
                remaining = reading.cents[reading.row(segment)[2]]
            else:
                break
            at += 1
        bundled = int(svd[6]) if is_digits(svd[6]) and len(svd[6]) < 10 else None
        return LineAdjudication(
            svd[1], reading.cents[svd[2]], code, modifiers, reading.rates[svd[5]], bundled, adjustments, paid_on, remaining,
        ), at  # fmt: skip


def _kind_by_lines(segments: list[str]) -> str:
    """Tell the kind of a claim whose transaction names no guide by its service segments."""
    tags = {segment[:3] for segment in segments}
    return "837I" if "SV2" in tags else "837D" if "SV3" in tags else "837P"
