"""Edits of claims with several payers: what the earlier ones decided balances, and each cent is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from cleanclaim.documents import Adjustment, Claim, LineAdjudication, OtherCoverage, ServiceLine
from cleanclaim.edits.identity import MEDICARE
from cleanclaim.edits.registry import Case, Hit, at_line, rule
from cleanclaim.kernel.findings import Severity
from cleanclaim.kernel.money import Money

_COB = "005010X222A1 section 1.4.4.1, COB balancing"
_ORDER = "PSTABCDEFGH"
MEDICARE_SECONDARY_TYPES = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})


def _has_decided(coverage: OtherCoverage, lines: list[tuple[ServiceLine, LineAdjudication]]) -> bool:
    return coverage.paid_cents is not None or bool(coverage.adjustments) or bool(lines)


def adjudications(claim: Claim, coverage: OtherCoverage) -> list[tuple[ServiceLine, LineAdjudication]]:
    """What a prior payer decided at line level, with the lines; a claim with a single prior payer needs no matching payer number."""
    payer_id = coverage.subscriber.payer.id
    alone = len(claim.other_coverages) == 1
    return [(line, decided) for line in claim.lines for decided in line.adjudications if alone or decided.payer_id == payer_id]


def _total(adjustments: tuple[Adjustment, ...]) -> int:
    return sum(adjustment.cents for adjustment in adjustments)


@rule("CAS_COUNTED_TWICE", Severity.STOP, f"{_COB}; a CAS stands at claim or at line level")
def cas_counted_twice(case: Case) -> Iterator[Hit]:
    """An adjustment of a prior payer stands at claim level or at line level, never at both."""
    for place, coverage in enumerate(case.claim.other_coverages, start=1):
        lines = adjudications(case.claim, coverage)
        at_lines: Counter[tuple[str, str]] = Counter()
        for _, decided in lines:
            for adjustment in decided.adjustments:
                at_lines[adjustment.group, adjustment.reason] += adjustment.cents
        for adjustment in coverage.adjustments:
            key = (adjustment.group, adjustment.reason)
            if adjustment.cents and at_lines.get(key) == adjustment.cents:
                yield Hit(
                    f"other coverage {place}",
                    f"{adjustment.group}-{adjustment.reason} of {Money(adjustment.cents):$} stands at claim level and again on the lines. Keep it on the lines.",
                )


@rule("COB_LINE_UNBALANCED", Severity.STOP, _COB)
def cob_line_unbalanced(case: Case) -> Iterator[Hit]:
    """For each line, what a prior payer paid and adjusted is the line's charge."""
    for coverage in case.claim.other_coverages:
        for line, decided in adjudications(case.claim, coverage):
            told = decided.paid_cents + _total(decided.adjustments)
            if decided.bundled_line is None and told != line.charge_cents:
                yield Hit(
                    at_line(line),
                    f"The prior payer's payment and adjustments of line {line.number} add up to {Money(told):$}, the line charges "
                    f"{Money(line.charge_cents):$}. Correct them from its remittance.",
                )


@rule("COB_CLAIM_UNBALANCED", Severity.STOP, _COB)
def cob_claim_unbalanced(case: Case) -> Iterator[Hit]:
    """What a prior payer paid and adjusted, over claim and lines, is the claim's charge."""
    for place, coverage in enumerate(case.claim.other_coverages, start=1):
        lines = adjudications(case.claim, coverage)
        if not _has_decided(coverage, lines):
            continue
        paid = coverage.paid_cents if coverage.paid_cents is not None else sum(decided.paid_cents for _, decided in lines)
        told = paid + _total(coverage.adjustments) + sum(_total(decided.adjustments) for _, decided in lines)
        if told != case.claim.charge_cents:
            yield Hit(
                f"other coverage {place}",
                f"The prior payer's payment and adjustments add up to {Money(told):$}, the claim charges {Money(case.claim.charge_cents):$}. "
                f"They are out by {Money(told - case.claim.charge_cents):$}.",
            )


@rule("COB_PAYMENT_UNBALANCED", Severity.STOP, _COB)
def cob_payment_unbalanced(case: Case) -> Iterator[Hit]:
    """What a prior payer paid for the claim is what it paid for the lines."""
    for place, coverage in enumerate(case.claim.other_coverages, start=1):
        lines = adjudications(case.claim, coverage)
        paid = sum(decided.paid_cents for _, decided in lines)
        if lines and coverage.paid_cents is not None and paid != coverage.paid_cents and not coverage.adjustments:
            yield Hit(
                f"other coverage {place}",
                f"The prior payer paid {Money(coverage.paid_cents):$} for the claim, but {Money(paid):$} for its lines.",
            )


@rule("COB_DATE_MISSING", Severity.STOP, "005010X222A1 DTP*573, loop 2330B or 2430")
def cob_date_missing(case: Case) -> Iterator[Hit]:
    """A prior payer's decision carries its date, at claim level or on each line."""
    for place, coverage in enumerate(case.claim.other_coverages, start=1):
        lines = adjudications(case.claim, coverage)
        if not _has_decided(coverage, lines) or coverage.paid_on is not None:
            continue
        if not lines or any(decided.paid_on is None for _, decided in lines):
            yield Hit(f"other coverage {place}", "The date of the prior payer's decision is missing. Take it from its remittance.")


@rule("COB_NOT_DECIDED", Severity.STOP, "Payers pay after those before them have decided (CARC 22)")
def cob_not_decided(case: Case) -> Iterator[Hit]:
    """A claim to a later payer says what the payers before it decided."""
    mine = _ORDER.find(case.claim.subscriber.sequence)
    for place, coverage in enumerate(case.claim.other_coverages, start=1):
        rank = _ORDER.find(coverage.subscriber.sequence)
        if 0 <= rank < mine and not _has_decided(coverage, adjudications(case.claim, coverage)):
            yield Hit(f"other coverage {place}", "This payer comes first but has not decided yet. Wait for its remittance.")


@rule("COB_PRIMARY_MISSING", Severity.STOP, "005010X222A1 loop 2320")
def cob_primary_missing(case: Case) -> Iterator[Hit]:
    """A claim to a secondary payer shows the primary coverage."""
    mine = _ORDER.find(case.claim.subscriber.sequence)
    have = {coverage.subscriber.sequence for coverage in case.claim.other_coverages}
    for sequence in _ORDER[: max(mine, 0)][:2]:
        if sequence not in have:
            word = {"P": "primary", "S": "secondary"}[sequence]
            yield Hit("subscriber", f"The claim goes to a later payer but shows no {word} coverage.")


@rule("SEQUENCE_TWICE", Severity.STOP, "005010X222A1 SBR01: each payer of a claim has its own place")
def sequence_twice(case: Case) -> Iterator[Hit]:
    """Two coverages of a claim do not claim the same place in the order of payers."""
    places = Counter(coverage.subscriber.sequence for coverage in case.claim.other_coverages if coverage.subscriber.sequence != "U")
    places[case.claim.subscriber.sequence] += 1
    for sequence, times in places.items():
        if sequence and times > 1:
            yield Hit("subscriber", f"{times} coverages claim the place {sequence} in the order of payers.")


@rule(
    "MEDICARE_SECONDARY_TYPE",
    Severity.STOP,
    "005010X222A1 SBR05; Medicare Secondary Payer Manual, ch. 5",
    effective=date(2012, 1, 1),
)
def medicare_secondary_type(case: Case) -> Iterator[Hit]:
    """A claim to Medicare as a later payer says why Medicare is not first."""
    subscriber = case.claim.subscriber
    if (
        subscriber.claim_filing in MEDICARE
        and subscriber.sequence in {"S", "T"}
        and subscriber.insurance_type not in MEDICARE_SECONDARY_TYPES
    ):
        yield Hit(
            "subscriber",
            "Medicare is not the first payer, but the reason is missing (12 working aged, 13 kidney disease, 14 no-fault, 15 workers' "
            "compensation, 16 public health, 41 black lung, 42 veterans, 43 disabled, 47 liability).",
        )


@rule("PATIENT_PAID_MORE", Severity.WARN, "005010X222A1 AMT*F5")
def patient_paid_more(case: Case) -> Iterator[Hit]:
    """What the patient paid is not more than the charge."""
    paid = case.claim.patient_paid_cents
    if paid is not None and paid > case.claim.charge_cents:
        yield Hit("claim", f"The patient paid {Money(paid):$}, more than the claim charges.")
