"""Loop 2320 of the 837s: another payer of the same claim, and what it decided."""

from __future__ import annotations

from datetime import date
from typing import Final

from cleanclaim.documents import Adjustment, Amount, OtherCoverage, Party, Reference, Subscriber
from cleanclaim.x12.implementations.reading import Reading, gathering

_ENDS: Final = frozenset({"HL", "SE", "GE", "IEA", "ST", "GS", "ISA", "CLM", "LX", "SBR"})
_NOBODY: Final = Party()


class CoverageReader:
    """Reads the other coverages of claims."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def read(self, segments: list[str], at: int) -> tuple[OtherCoverage, int]:
        """Read loop 2320 with 2330A and 2330B; providers of the other payer (2330C and on) are passed over."""
        reading = self._reading
        sbr = reading.row(segments[at])
        adjustments: tuple[Adjustment, ...] = gathering(len(segments))
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
            if tag in _ENDS:
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
            subscriber, tuple(adjustments), money.get("D"), money.get("EAF"), money.get("A8"), benefits, release, paid_on, icn,
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
                paid_on = self._reading.facts[segment].first
            elif segment.startswith("REF"):
                reference = self._reading.reference(segment)
                if reference.qualifier in {"EI", "SY", "TJ"} and not party.tax_id:
                    party = party._replace(tax_id_qualifier=reference.qualifier, tax_id=reference.value)
                else:
                    references.append(reference)
            else:
                break
            at += 1
        icn = next((reference.value for reference in references if reference.qualifier == "F8"), "")
        return paid_on, icn, tuple(reference for reference in references if reference.qualifier != "F8"), party, at
