"""Rules of the 837: totals and other payers' money (level 3), situations (level 4).

Each situational rule is a function with its reason; it looks at one claim once the claim is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cleanclaim.kernel.identifiers import Npi
from cleanclaim.x12.grammar.elements import Fault
from cleanclaim.x12.grammar.walker import Report, Where
from cleanclaim.x12.implementations.reading import Memo
from cleanclaim.x12.implementations.rules import Rules, Totals
from cleanclaim.x12.tokens.delimiters import Delimiters
from cleanclaim.x12.tokens.findings import WARNING
from cleanclaim.x12.tokens.values import is_digits, money_text

_CHARGE_AT: Final = {"SV1": 2, "SV2": 3, "SV3": 2}
_POINTERS_AT: Final = {"SV1": 7, "SV3": 11}
_INPATIENT: Final = frozenset({"11", "12", "18", "21", "41", "65", "66", "86"})


class _Coverage:
    """Another payer of the claim: what it paid and adjusted at claim level, and what its lines say."""

    __slots__ = ("adjusted", "at", "has_money", "line_adjusted", "paid", "payer")

    def __init__(self, at: Where) -> None:
        self.at = at
        self.payer = ""
        self.paid: int | None = None
        self.adjusted = 0
        self.line_adjusted = 0
        self.has_money = False


class _Claim:
    """What the rules need to know of one claim while it passes."""

    __slots__ = (
        "at", "causes", "charge", "coverages", "diagnoses", "facility", "facts", "frequency", "is_covered", "line_charges", "lines", "pointers",
        "sequence", "state",
    )  # fmt: skip

    def __init__(self, at: Where, row: list[str], component: str) -> None:
        self.at = at
        where = [*row[5].split(component), "", "", ""]
        self.facility, self.frequency = where[0], where[2]
        causes = [*row[11].split(component), "", "", "", ""]
        self.causes = [cause for cause in causes[:3] if cause]
        self.state = causes[3]
        self.charge = 0
        self.line_charges = 0
        self.lines = 0
        self.diagnoses = 0
        self.pointers = 0
        self.facts: set[str] = set()
        self.coverages: list[_Coverage] = []


class ClaimRules(Rules):
    """Follows an 837 claim by claim."""

    def __init__(self, delimiters: Delimiters, report: Report, kind: str) -> None:
        super().__init__(delimiters, report)
        self._kind = kind
        self._services: Memo[tuple[int, int, str]] = Memo(self._service, self._unreadable, 1 << 15)
        self._codes: Memo[int] = Memo(self._count_codes, self._unreadable)
        self._npis: dict[str, bool] = {}
        self.hooks |= {
            "CLM": self.on_clm, "SV1": self.on_service, "SV2": self.on_service, "SV3": self.on_service, "2300/HI": self.on_hi,
            "2300/REF": self.on_fact, "2300/DTP": self.on_fact, "2320/SBR": self.on_other, "2320/CAS": self.on_other_cas,
            "2320/AMT": self.on_other_amount, "2330B/NM1": self.on_other_payer, "SVD": self.on_svd, "2430/CAS": self.on_line_cas,
            "2000B/SBR": self.on_sbr, "2000C/PAT": self.on_patient, "2010BA/N3": self.on_subscriber_fact, "2010BA/DMG": self.on_subscriber_fact,
            "2010AA/NM1": self.on_npi, "2310A/NM1": self.on_npi, "2310B/NM1": self.on_npi, "2310C/NM1": self.on_npi, "2420A/NM1": self.on_npi,
            "LX": self.on_lx,
        }  # fmt: skip

    def open(self) -> None:
        super().open()
        self._claim: _Claim | None = None
        self._charge_total = self._paid_total = self._adjustment_total = 0
        self._is_self = True
        self._has_patient = False
        self._sbr: list[str] = [""] * 10
        self._subscriber: set[str] = set()
        self._svd_off: int | None = None
        self._svd_at: Where = self.here(0)
        self._svd_coverage: _Coverage | None = None
        self._line_charge = 0

    @property
    def totals(self) -> Totals:
        return (self.claims, self.lines, self._charge_total, self._paid_total, self._adjustment_total, 0, 0)

    def close(self, _index: int) -> None:
        self._finish_claim()

    # -- what passes ------------------------------------------------------------------------------------------------------------

    def _service(self, segment: str) -> tuple[int, int, str]:
        row = self.row(segment)
        tag = row[0]
        pointers = row[_POINTERS_AT[tag]].split(self.delimiters.component) if tag in _POINTERS_AT else []
        highest = max((int(text) for text in pointers if is_digits(text) and len(text) < 4), default=0)
        return self.cents[row[_CHARGE_AT[tag]]], highest, tag

    def _count_codes(self, segment: str) -> int:
        component = self.delimiters.component
        codes = segment.split(self.delimiters.element)[1:]
        return sum(code.partition(component)[0] in {"ABK", "ABF", "BK", "BF"} for code in codes)

    def on_hl(self, segment: str, index: int) -> None:
        self._finish_claim()
        self.subject = ""
        super().on_hl(segment, index)
        if segment.split(self.delimiters.element)[3:4] == ["22"]:
            self._subscriber.clear()
            self._has_patient = False

    def on_sbr(self, segment: str, _index: int) -> None:
        self._sbr = self.row(segment)
        self._is_self = self._sbr[2] == "18"

    def on_patient(self, _segment: str, _index: int) -> None:
        self._has_patient = True

    def on_subscriber_fact(self, segment: str, _index: int) -> None:
        self._subscriber.add(segment[:2])

    def on_clm(self, segment: str, index: int) -> None:
        self._finish_claim()
        self.claims += 1
        row = self.row(segment)
        claim = self._claim = _Claim((self.current, index), row, self.delimiters.component)
        self.subject = f"CLM01:{row[1]}"
        claim.charge = self.cents[row[2]]
        self._charge_total += claim.charge

    def on_service(self, segment: str, _index: int) -> None:
        charge, highest, _ = self._services[segment]
        self._finish_decision()
        self.lines += 1
        self._line_charge = charge
        claim = self._claim
        if claim is not None:
            claim.line_charges += charge
            claim.pointers = max(claim.pointers, highest)

    def on_hi(self, segment: str, _index: int) -> None:
        if self._claim is not None:
            self._claim.diagnoses += self._codes[segment]

    def on_fact(self, segment: str, _index: int) -> None:
        if self._claim is not None:
            self._claim.facts.add(segment[:7])

    def on_lx(self, segment: str, index: int) -> None:
        claim = self._claim
        if claim is None:
            return
        self._finish_decision()
        claim.lines += 1
        number = segment.partition(self.delimiters.element)[2]
        if number != str(claim.lines):
            says = f"LX01 is {number[:6]}; the lines of a claim are numbered on by one, so {claim.lines} is due."
            self.fault(index, Fault("LINE_NUMBER", 2, "", says, number, 1, 0, 0, "554", WARNING), "2300/2400", "LX")

    def on_npi(self, segment: str, index: int) -> None:
        """An NPI carries a check digit (45 CFR 162.406)."""
        row = segment.split(self.delimiters.element)
        if len(row) < 10 or row[8] != "XX":
            return
        good = self._npis.get(row[9])
        if good is None:
            good = Npi.check(row[9]) is None
            if len(self._npis) < 1 << 14:
                self._npis[row[9]] = good
        if not good:
            self.fault(
                index,
                Fault("NPI_CHECK_DIGIT", 5, "", "NM109 is no NPI: its check digit does not fit.", row[9], 9, 0, 0, "67", WARNING),
                "",
                "NM1",
            )

    def on_other(self, _segment: str, index: int) -> None:
        if self._claim is not None:
            self._claim.coverages.append(_Coverage(self.here(index)))

    def _coverage(self) -> _Coverage | None:
        return self._claim.coverages[-1] if self._claim is not None and self._claim.coverages else None

    def on_other_cas(self, segment: str, _index: int) -> None:
        coverage = self._coverage()
        if coverage is not None:
            coverage.adjusted += self.adjusted[segment]
            coverage.has_money = True
            self._adjustment_total += self.adjusted[segment]

    def on_other_amount(self, segment: str, _index: int) -> None:
        coverage = self._coverage()
        row = self.row(segment)
        if coverage is not None and row[1] == "D":
            coverage.paid = self.cents[row[2]]
            self._paid_total += coverage.paid

    def on_other_payer(self, segment: str, _index: int) -> None:
        coverage = self._coverage()
        if coverage is not None:
            coverage.payer = self.row(segment)[9]

    def on_svd(self, segment: str, index: int) -> None:
        self._finish_decision()
        row = self.row(segment)
        coverages = self._claim.coverages if self._claim is not None else []
        self._svd_coverage = next((coverage for coverage in coverages if coverage.payer == row[1]), None)
        if self._svd_coverage is not None:
            self._svd_coverage.has_money = True
        self._svd_off = self._line_charge - self.cents[row[2]]
        self._svd_at = self.here(index)

    def on_line_cas(self, segment: str, _index: int) -> None:
        amount = self.adjusted[segment]
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
        self._finish_decision()
        if claim.line_charges != claim.charge:
            says = f"The claim charges {money_text(claim.charge)} (CLM02); its lines add up to {money_text(claim.line_charges)}."
            self.fault(
                claim.at, Fault("CLAIM_TOTAL_DIFFERS", 3, "I12", says, money_text(claim.charge), 2, 0, 0, "782"), "2300", "CLM"
            )
        for coverage in claim.coverages:
            self._balance(claim, coverage)
        for fault in self._situations(claim):
            self.fault(claim.at, fault, "2300", fault.tag or "CLM")

    def _balance(self, claim: _Claim, coverage: _Coverage) -> None:
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

    def _situations(self, claim: _Claim) -> Iterator[Fault]:
        yield from patient_loop(self._sbr, is_self=self._is_self, has_patient=self._has_patient)
        yield from subscriber_address(self._subscriber, is_self=self._is_self)
        yield from original_number(claim.frequency, claim.facts)
        yield from accident_facts(claim.causes, claim.state, claim.facts)
        yield from pointers(claim.pointers, claim.diagnoses, self._kind)
        yield from other_coverage(self._sbr[1], len(claim.coverages))
        yield from medicare_second(self._sbr, self._kind)
        if self._kind == "837I":
            yield from admission(claim.facility, claim.facts)


def patient_loop(sbr: list[str], *, is_self: bool, has_patient: bool) -> Iterator[Fault]:
    """The patient is either the subscriber (SBR02 18) or has a level of its own (loop 2000C): else nobody was treated."""
    if sbr[0] and not is_self and not has_patient:
        says = "SBR02 does not say that the subscriber is the patient (18), and no patient level follows."
        yield Fault("PATIENT_MISSING", 4, "I6", says, tag="HL")
    elif is_self and has_patient:
        yield Fault(
            "PATIENT_TWICE", 4, "I9", "SBR02 says that the subscriber is the patient (18), yet a patient level follows.", tag="HL"
        )


def subscriber_address(known: set[str], *, is_self: bool) -> Iterator[Fault]:
    """When the subscriber is the patient, loop 2010BA carries address, birth date and sex: the payer finds the person by them."""
    if is_self and "N3" not in known:
        yield Fault(
            "SUBSCRIBER_ADDRESS_MISSING",
            4,
            "I6",
            "The subscriber is the patient, so loop 2010BA needs an address.",
            severity=WARNING,
        )
    if is_self and "DM" not in known:
        yield Fault(
            "SUBSCRIBER_BIRTH_MISSING",
            4,
            "I6",
            "The subscriber is the patient, so loop 2010BA needs birth date and sex.",
            severity=WARNING,
        )


def original_number(frequency: str, facts: set[str]) -> Iterator[Fault]:
    """A replacement (7) or void (8) names the payer's number of the claim that it takes the place of (REF F8)."""
    if frequency in {"7", "8"} and not any(fact[4:6] == "F8" for fact in facts):
        says = f"Frequency {frequency} needs the payer's claim control number (REF F8)."
        yield Fault("ORIGINAL_NUMBER_MISSING", 4, "I6", says, frequency, tag="REF")


def accident_facts(causes: list[str], state: str, facts: set[str]) -> Iterator[Fault]:
    """An accident has a day (DTP 439); an automobile accident also a state (CLM11-4): they decide who pays."""
    if causes and any(cause in {"AA", "OA"} for cause in causes) and not any(fact[4:7] == "439" for fact in facts):
        says = "A claim after an accident needs the day of the accident (DTP 439)."
        yield Fault("ACCIDENT_DATE_MISSING", 4, "I6", says, causes[0], tag="DTP")
    if "AA" in causes and not state:
        yield Fault(
            "ACCIDENT_STATE_MISSING",
            4,
            "I9",
            "A claim after an automobile accident needs its state (CLM11-4).",
            "AA",
            11,
            4,
            0,
            "156",
        )


def pointers(highest: int, diagnoses: int, kind: str) -> Iterator[Fault]:
    """A line points to diagnoses that the claim has."""
    if highest > max(diagnoses, 0) and kind != "837I" and diagnoses:
        says = f"A line points to diagnosis {highest}; the claim has {diagnoses}."
        yield Fault("POINTER_BEYOND_DIAGNOSES", 4, "7", says, str(highest), tag="SV1" if kind == "837P" else "SV3")


def other_coverage(sequence: str, coverages: int) -> Iterator[Fault]:
    """A claim to a secondary or tertiary payer shows the payers before it (loop 2320): they have decided first."""
    if sequence in {"S", "T"} and not coverages:
        says = "The claim goes to a secondary or tertiary payer, but no other coverage (loop 2320) shows who came first."
        yield Fault("OTHER_COVERAGE_MISSING", 4, "I6", says, sequence, tag="SBR")


def medicare_second(sbr: list[str], kind: str) -> Iterator[Fault]:
    """Medicare as secondary payer needs the reason why it is not first (SBR05)."""
    if kind != "837I" and sbr[9] == "MB" and sbr[1] in {"S", "T"} and not sbr[5]:
        yield Fault("MEDICARE_SECONDARY_REASON", 4, "I6", "Medicare is not the first payer, so SBR05 says why.", "MB", tag="SBR")


def admission(facility: str, facts: set[str]) -> Iterator[Fault]:
    """An inpatient claim has the day of admission (DTP 435)."""
    if facility in _INPATIENT and not any(fact[4:7] == "435" for fact in facts):
        yield Fault(
            "ADMISSION_DATE_MISSING", 4, "I6", "An inpatient claim needs the day of admission (DTP 435).", facility, tag="DTP"
        )
