"""Paid lines against what the contract promised: under- and overpayments, each with its exact line. Nothing is written off by itself."""

from __future__ import annotations

from typing import NamedTuple

from cleanclaim.practice.claims.effects import EffectKind
from cleanclaim.practice.claims.models import ClaimLine
from cleanclaim.practice.payers.queries import contract_on
from cleanclaim.practice.remittance.models import Decision


class Variance(NamedTuple):
    """A line on which the payer allowed something else than the contract says; negative when it allowed more."""

    claim: str
    patient_control_number: str
    line: int
    procedure: str
    payer: str
    expected_cents: int
    allowed_cents: int
    variance_cents: int


def variances(practice_id: int, *, limit: int = 500) -> list[Variance]:
    """Return the lines that were paid otherwise than agreed, the largest underpayments first.

    Allowed is what the payer paid plus what it left to the patient (PR). Lines without a rate in the contract are not judged.
    """
    rows = Decision.objects.of(practice_id).filter(is_reversed=False, reverses__isnull=True, sequence="P").exclude(status="4")
    found = []
    for row in rows.select_related("claim", "payer").order_by("id").iterator(chunk_size=1000):
        day = row.claim.served_on
        contract = contract_on(practice_id, row.payer.public_id, day) if day else None
        rates = contract.terms.get("rates", {}) if contract else {}
        if not rates:
            continue
        allowed: dict[int, int] = {}
        for line, kind, cents, *_ in row.effects:
            if kind in {EffectKind.PAID, EffectKind.RESPONSIBILITY, EffectKind.SEQUESTRATION}:
                allowed[line] = allowed.get(line, 0) + cents
        for line in ClaimLine.objects.of(practice_id).filter(claim=row.claim, number__in=list(allowed)):
            expected = expected_cents(rates, line)
            if expected is not None and expected != allowed[line.number]:
                found.append(
                    Variance(
                        row.claim.public_id,
                        row.claim.patient_control_number,
                        line.number,
                        line.procedure,
                        row.payer.name,
                        expected,
                        allowed[line.number],
                        expected - allowed[line.number],
                    )
                )
    return sorted(found, key=lambda row: -row.variance_cents)[:limit]


def expected_cents(rates: dict[str, int], line: ClaimLine) -> int | None:
    """Return what a contract's table of rates promises for a line: the rate of code and modifier, else of the code, times its units."""
    for key in (f"{line.procedure}:{line.modifiers}", line.procedure):
        if key in rates:
            units = int(float(line.units or 1)) or 1
            return min(rates[key] * units, line.charge_cents)
    return None
