"""Rules of the 837: totals and other payers' money (level 3); what its situations need to know is gathered for `claim_situations`."""

from __future__ import annotations

import re
from typing import Final

from cleanclaim.kernel.identifiers import Npi
from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Hook, Report, Where
from cleanclaim.x12.implementations.claim_situations import (
    AMBULANCE,
    ANESTHESIA,
    CLINICAL_LABORATORY,
    UNLISTED,
    ClaimFacts,
    CoverageFacts,
    LevelFacts,
    Saying,
    situations,
)
from cleanclaim.x12.implementations.reading import Memo
from cleanclaim.x12.implementations.rules import PAD, Rules, Totals
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import WARNING
from cleanclaim.x12.tokens.values import is_digits, money_text

_CHARGE_AT: Final = {"SV1": 2, "SV2": 3, "SV3": 2}
_POINTERS_AT: Final = {"SV1": 7, "SV3": 11}
_POINTED_CODES: Final = frozenset({"ABK", "ABF", "BK", "BF"})
_ANESTHESIA: Final = re.compile(r"0[01]\d{3}")
_AMBULANCE: Final = re.compile(r"A04(?:2[5-9]|3[0-6])")
_UNLISTED: Final = re.compile(r"\d{3}99|[A-Z]\d{2}99")


class ClaimRules(Rules):
    """Follows an 837 claim by claim."""

    def __init__(self, delimiters: Delimiters, report: Report, kind: str) -> None:
        self._kind = kind
        super().__init__(delimiters, report)
        self._sayings: Memo[Saying] = Memo(self._saying, [], 1 << 10)
        name, trip, provider = Hook(self.on_npi, self._named), Hook(self.on_trip), Hook(self.on_provider)
        self.hooks |= {
            "CLM": Hook(self.on_clm), "SV1": Hook(self.on_service, self._service), "SV2": Hook(self.on_service, self._service),
            "SV3": Hook(self.on_service, self._service), "2300/HI": Hook(self.on_hi, self._coded), "2300/REF": Hook(self.on_fact),
            "2300/DTP": Hook(self.on_fact), "2320/SBR": Hook(self.on_other), "2320/CAS": Hook(self.on_other_cas, self.adjusted),
            "2320/AMT": Hook(self.on_other_payment, self._payment), "2330B/NM1": Hook(self.on_other_payer, self._identifier),
            "SVD": Hook(self.on_svd, self._decision), "2430/CAS": Hook(self.on_line_cas, self.adjusted), "2000B/SBR": Hook(self.on_sbr, self.row),
            "2000C/PAT": Hook(self.on_patient), "2010BA/N3": Hook(self.on_subscriber_address), "2010BA/DMG": Hook(self.on_subscriber_birth),
            "2010AA/NM1": name, "2310A/NM1": name, "2310B/NM1": name, "2310C/NM1": name, "2420A/NM1": name, "LX": Hook(self.on_lx, self._numbered),
            "BHT": Hook(self.on_bht), "2400/DTP": Hook(self.on_service_day, self._service_day), "2300/CR1": trip, "2400/CR1": trip,
            "2010BA/REF": Hook(self.on_person_reference), "2010CA/REF": Hook(self.on_person_reference), "2310E/NM1": provider,
            "2310F/NM1": provider, "2420G/NM1": provider, "2420H/NM1": provider,
        }  # fmt: skip

    def open(self) -> None:
        super().open()
        self._claim: ClaimFacts | None = None
        self._charge_total = self._paid_total = self._adjustment_total = 0
        self._level = LevelFacts(self._kind)
        self._numbers: set[str] = set()
        self._created = "99999999"
        self._svd_off: int | None = None
        self._svd_at: Where = self.here(0)
        self._svd_coverage: CoverageFacts | None = None
        self._line_charge = 0

    @property
    def totals(self) -> Totals:
        return (self.claims, self.lines, self._charge_total, self._paid_total, self._adjustment_total, 0, 0)

    def close(self, _index: int) -> None:
        self._finish_claim()

    # -- what passes ------------------------------------------------------------------------------------------------------------

    def _service(self, segment: str) -> tuple[int, int, int]:
        """Read a service segment: its charge, the highest diagnosis that it points to, and what it says of its claim."""
        row = self.row(segment)
        tag = row[0]
        pointers = row[_POINTERS_AT[tag]].split(self.delimiters.component) if tag in _POINTERS_AT else []
        highest = max((int(text) for text in pointers if is_digits(text) and len(text) < 4), default=0)
        return self.cents[row[_CHARGE_AT[tag]]], highest, self._flags(row) if tag == "SV1" else 0

    def _flags(self, row: list[str]) -> int:
        parts = [*row[1].split(self.delimiters.component), *[""] * 8]
        code = parts[1]
        flags = AMBULANCE if _AMBULANCE.fullmatch(code) else 0
        if _ANESTHESIA.fullmatch(code) and code < "01990" and row[3] == "UN":
            flags |= ANESTHESIA
        if parts[0] == "HC" and _UNLISTED.fullmatch(code) and not parts[6]:
            flags |= UNLISTED
        if "QW" in parts[2:6]:
            flags |= CLINICAL_LABORATORY
        return flags

    def _coded(self, segment: str) -> tuple[int, str]:
        """Read an HI: how many diagnoses it has that lines can point to, and the qualifier of its first code."""
        component = self.delimiters.component
        codes = segment.split(self.delimiters.element)[1:]
        return sum(code.partition(component)[0] in _POINTED_CODES for code in codes), segment[3:6].rstrip(component)

    def _saying(self, text: str) -> Saying:
        """Read CLM05 and on: facility, frequency, causes of an accident and its state."""
        row = [*text.split(self.delimiters.element), *[""] * 8]
        where = [*row[0].split(self.delimiters.component), "", "", ""]
        causes = [*row[6].split(self.delimiters.component), "", "", "", ""]
        return where[0], where[2], tuple(cause for cause in causes[:3] if cause), causes[3]

    def leave(self) -> None:
        if self._claim is not None:
            self._finish_claim()
        self.subject = ""

    def enter(self, level: str) -> None:
        if level == "22":
            known = self._level
            known.has_address = known.has_birth = known.has_patient = known.property_claim = False

    def on_sbr(self, row: list[str], _index: int) -> None:
        self._level.sbr = row
        self._level.is_self = row[2] == "18"

    def on_patient(self, _segment: str, _index: int) -> None:
        self._level.has_patient = True

    def on_subscriber_address(self, _segment: str, _index: int) -> None:
        self._level.has_address = True

    def on_subscriber_birth(self, _segment: str, _index: int) -> None:
        self._level.has_birth = True

    def on_clm(self, segment: str, index: int) -> None:
        if self._claim is not None:
            self._finish_claim()
        self.claims += 1
        row = segment.split(self.delimiters.element, 5)
        if len(row) < 6:
            row += PAD
        number = row[1]
        charge = self.cents[row[2]]
        self._claim = ClaimFacts((self.current, index), charge, self._sayings[row[5]])
        self.subject = f"CLM01:{number}"
        if number in self._numbers:
            says = "Two claims of one transaction have the same number (CLM01); their answers cannot be told apart."
            self.fault(index, Fault("CLAIM_NUMBER_REPEATED", 4, "", says, number, 1, 0, 0, "1028", WARNING), "2300", "CLM")
        elif len(self._numbers) < 1 << 16:
            self._numbers.add(number)
        self._charge_total += charge

    def on_service(self, said: tuple[int, int, int], _index: int) -> None:
        charge, highest, flags = said
        if self._svd_off is not None:
            self._finish_decision()
        self.lines += 1
        self._line_charge = charge
        claim = self._claim
        if claim is not None:
            claim.line_charges += charge
            if flags:
                claim.flags |= flags
            if highest > claim.pointers:  # noqa: PLR1730 - a call to max costs more, line by line
                claim.pointers = highest

    def on_hi(self, said: tuple[int, str], _index: int) -> None:
        if self._claim is not None:
            self._claim.diagnoses += said[0]
            self._claim.codes.add(said[1])

    def on_fact(self, segment: str, _index: int) -> None:
        if self._claim is not None:
            self._claim.facts.add(segment[:7])

    def _numbered(self, segment: str) -> int | str:
        """Read an LX: its number, or its text when it is not written as a number is."""
        number = segment.partition(self.delimiters.element)[2]
        return int(number) if is_digits(number) and len(number) < 7 and number[0] != "0" else number

    def on_lx(self, number: int | str, index: int) -> None:
        claim = self._claim
        if claim is None:
            return
        if self._svd_off is not None:
            self._finish_decision()
        claim.lines += 1
        if number != claim.lines:
            text = str(number)
            says = f"LX01 is {text[:6]}; the lines of a claim are numbered on by one, so {claim.lines} is due."
            self.fault(index, Fault("LINE_NUMBER", 2, "", says, text, 1, 0, 0, "554", WARNING), "2300/2400", "LX")

    def _named(self, segment: str) -> tuple[str | None, str | None, bool]:
        """Read an NM1: who is named, the NPI if one stands there, and whether its check digit fits (45 CFR 162.406)."""
        row = segment.split(self.delimiters.element)
        entity = row[1] if len(row) > 1 else None
        if len(row) < 10 or row[8] != "XX":
            return entity, None, True
        return entity, row[9], Npi.check(row[9]) is None

    def on_npi(self, said: tuple[str | None, str | None, bool], index: int) -> None:
        entity, npi, is_good = said
        claim = self._claim
        if claim is not None and entity is not None:
            claim.providers.add(entity)
        if npi is None:
            return
        if entity == "85":
            self._level.billing_npi = npi
        elif entity == "82" and npi == self._level.billing_npi and claim is not None and not claim.lines:
            says = "The rendering provider is the billing provider; loop 2310B is left out then."
            self.fault(index, Fault("RENDERING_IS_BILLING", 4, "", says, npi, 9, 0, 0, "67", WARNING), "2300/2310B", "NM1")
        if not is_good:
            self.fault(
                index,
                Fault("NPI_CHECK_DIGIT", 5, "", "NM109 is no NPI: its check digit does not fit.", npi, 9, 0, 0, "67", WARNING),
                "",
                "NM1",
            )

    def on_bht(self, segment: str, _index: int) -> None:
        self._created = self.row(segment)[4] or "99999999"

    def _service_day(self, segment: str) -> str | None:
        return segment[-8:] if segment[4:7] == "472" else None

    def on_service_day(self, day: str, index: int) -> None:
        """A service that lies behind the day on which the file was made was not rendered yet (BHT04)."""
        if day > self._created:
            says = "The service was rendered after the file was made (BHT04)."
            self.fault(index, Fault("SERVICE_AFTER_FILE", 4, "", says, day, 3, 0, 0, "1251", WARNING), "2300/2400", "DTP")

    def on_trip(self, _segment: str, _index: int) -> None:
        if self._claim is not None:
            self._claim.codes.add("CR1")

    def on_provider(self, segment: str, _index: int) -> None:
        if self._claim is not None:
            self._claim.providers.add(segment[4:6])

    def on_person_reference(self, segment: str, _index: int) -> None:
        if segment[4:6] == "Y4":
            self._level.property_claim = True

    def on_other(self, segment: str, index: int) -> None:
        if self._claim is not None:
            self._claim.coverages.append(CoverageFacts(self.here(index), segment[4:5]))

    def _coverage(self) -> CoverageFacts | None:
        return self._claim.coverages[-1] if self._claim is not None and self._claim.coverages else None

    def on_other_cas(self, amount: int, _index: int) -> None:
        coverage = self._coverage()
        if coverage is not None:
            coverage.adjusted += amount
            coverage.has_money = True
            self._adjustment_total += amount

    def _payment(self, segment: str) -> int | None:
        """Read an AMT: what another payer paid (D); None of another amount."""
        row = self.row(segment)
        return self.cents[row[2]] if row[1] == "D" else None

    def on_other_payment(self, paid: int, _index: int) -> None:
        coverage = self._coverage()
        if coverage is not None:
            coverage.paid = paid
            self._paid_total += paid

    def _identifier(self, segment: str) -> str:
        return self.row(segment)[9]

    def on_other_payer(self, identifier: str, _index: int) -> None:
        coverage = self._coverage()
        if coverage is not None:
            coverage.payer = identifier
            if self._claim is not None:
                self._claim.payers.setdefault(identifier, coverage)

    def _decision(self, segment: str) -> tuple[str, int]:
        """Read an SVD: which payer decided, and what it paid."""
        row = self.row(segment)
        return row[1], self.cents[row[2]]

    def on_svd(self, said: tuple[str, int], index: int) -> None:
        payer, paid = said
        self._finish_decision()
        self._svd_coverage = self._claim.payers.get(payer) if self._claim is not None else None
        if self._svd_coverage is not None:
            self._svd_coverage.has_money = True
        else:
            says = "SVD01 names no other payer of this claim (loop 2330B NM109)."
            fault = Fault("DECIDING_PAYER_UNKNOWN", 4, "", says, payer, 1, 0, 0, "67", WARNING)
            self.fault(index, fault, "2300/2400/2430", "SVD")
        self._svd_off = self._line_charge - paid
        self._svd_at = self.here(index)

    def on_line_cas(self, amount: int, _index: int) -> None:
        self._adjustment_total += amount
        if self._svd_off is not None:
            self._svd_off -= amount
        if self._svd_coverage is not None:
            self._svd_coverage.line_adjusted += amount

    def _finish_decision(self) -> None:
        """What another payer paid for a line and its adjustments are the line's charge (SVD02 and CAS, loop 2430)."""
        off, self._svd_off = self._svd_off, None
        if off:
            says = f"What the other payer decided for this line is out of balance by {money_text(off)}."
            self.fault(
                self._svd_at,
                Fault("OTHER_PAYER_LINE_OUT_OF_BALANCE", 3, "I12", says, money_text(off), 2, 0, 0, "782"),
                "2300/2400/2430",
                "SVD",
            )

    # -- the claim is over ------------------------------------------------------------------------------------------------------

    def _finish_claim(self) -> None:
        claim, self._claim = self._claim, None
        if claim is None:
            return
        if self._svd_off is not None:
            self._finish_decision()
        if claim.line_charges != claim.charge:
            says = f"The claim charges {money_text(claim.charge)} (CLM02); its lines add up to {money_text(claim.line_charges)}."
            self.fault(
                claim.at, Fault("CLAIM_TOTAL_DIFFERS", 3, "I12", says, money_text(claim.charge), 2, 0, 0, "782"), "2300", "CLM"
            )
        for coverage in claim.coverages:
            self._balance(claim, coverage)
        for fault in situations(claim, self._level):
            self.fault(claim.at, fault, "2300", fault.tag or "CLM")

    def _balance(self, claim: ClaimFacts, coverage: CoverageFacts) -> None:
        """Another payer's payment and adjustments, on claim and line, are the claim's charge; counted once each."""
        if coverage.paid is None or not coverage.has_money:
            return
        off = claim.charge - coverage.paid - coverage.adjusted - coverage.line_adjusted
        if off:
            says = f"What the other payer paid and adjusted is out of balance with the claim by {money_text(off)}."
            if coverage.adjusted and coverage.adjusted == coverage.line_adjusted:
                says += " The same adjustments stand on the claim and on its lines; each counts once."
            self.fault(
                coverage.at,
                Fault("OTHER_PAYER_OUT_OF_BALANCE", 3, "I12", says, money_text(off), 1, 0, 0, "1138"),
                "2300/2320",
                "SBR",
            )
