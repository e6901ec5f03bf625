"""An 835 balances at three levels or it is refused: line, claim and check (005010X221A1 section 1.10.2)."""

from __future__ import annotations

from collections.abc import Iterable

from cleanclaim.documents import ClaimPayment, ProviderAdjustment
from cleanclaim.kernel.money import Money


def claim_faults(payment: ClaimPayment) -> list[str]:
    """Say what does not add up in one claim's answer: SVC02 - CAS = SVC03 on each line, CLP03 - every CAS = CLP04 on the claim."""
    faults = []
    adjusted = sum(adjustment.cents for adjustment in payment.adjustments)
    for number, line in enumerate(payment.lines, 1):
        taken = sum(adjustment.cents for adjustment in line.adjustments)
        adjusted += taken
        out_by = line.charge_cents - taken - line.paid_cents
        if out_by:
            faults.append(
                f"line {number}: charge {Money(line.charge_cents)} less adjustments {Money(taken)} is not the payment"
                f" {Money(line.paid_cents)}; out by {Money(out_by)}"
            )
    out_by = payment.charge_cents - adjusted - payment.paid_cents
    if out_by:
        faults.append(
            f"claim: charge {Money(payment.charge_cents)} less adjustments {Money(adjusted)} is not the payment"
            f" {Money(payment.paid_cents)}; out by {Money(out_by)}"
        )
    return faults


def check_fault(paid_cents: int, claims_cents: int, adjustments: Iterable[ProviderAdjustment]) -> str:
    """Say by how much the check differs from its claims less the provider-level adjustments; empty when it ties (BPR02)."""
    provider_level = sum(adjustment.cents for adjustment in adjustments)
    out_by = claims_cents - provider_level - paid_cents
    if not out_by:
        return ""
    return (
        f"check: claims {Money(claims_cents)} less provider adjustments {Money(provider_level)} is not the payment"
        f" {Money(paid_cents)}; out by {Money(out_by)}"
    )
