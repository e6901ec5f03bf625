"""Reading a third-party claim for take-over: what makes it usable, who its patient is, and what an earlier payer has decided. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Final, NamedTuple

from cleanclaim.documents import Adjustment, Claim, OtherCoverage, Party
from cleanclaim.kernel.money import Money
from cleanclaim.practice.claims.dispositions import disposition
from cleanclaim.practice.claims.effects import Effect, EffectKind
from cleanclaim.practice.claims.freezing import to_json

ORDER: Final = "PSTABCDEFGH"
"""The order of payment (SBR01)."""


def unusable(claim: Claim) -> str:
    """Say why a claim cannot be taken over; empty when it can."""
    if claim.unreadable:
        return "An amount, number or day in it cannot be read."
    if claim.frequency == "8":
        return "It voids a claim: there is nothing left to collect."
    if not claim.patient_control_number.strip():
        return "It carries no patient control number (CLM01)."
    if not claim.lines:
        return "It has no service lines."
    if claim.charge_cents <= 0:
        return "It charges nothing."
    total = sum(line.charge_cents for line in claim.lines)
    if total != claim.charge_cents:
        return f"Its charge is {Money(claim.charge_cents):$}, but its lines add up to {Money(total):$}."
    numbers = [line.number for line in claim.lines]
    if len(set(numbers)) != len(numbers):
        return "Two of its lines carry the same number."
    return ""


def patient_of(claim: Claim) -> Party:
    """Return the patient of a claim: the subscriber unless another person is named."""
    return claim.patient or claim.subscriber.party


def digest_of(claim: Claim) -> str:
    """Return the digest of a claim's content, by which the same claim in another file is known again."""
    body = to_json(claim._replace(submitter=None, receiver=None, place=None))
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


class PriorDecision(NamedTuple):
    """What a claim itself says that an earlier payer has decided; `problem` says why it cannot be booked."""

    coverage: OtherCoverage
    effects: tuple[Effect, ...] = ()
    problem: str = ""


def earlier_coverages(claim: Claim) -> list[OtherCoverage]:
    """Return the other payers that come before the one this claim goes to, in the order of payment."""
    mine = ORDER.find(claim.subscriber.sequence)
    rows = [other for other in claim.other_coverages if -1 < ORDER.find(other.subscriber.sequence) < mine]
    return sorted(rows, key=lambda other: ORDER.find(other.subscriber.sequence))


def later_coverages(claim: Claim) -> list[OtherCoverage]:
    """Return the other payers that come after the one this claim goes to."""
    mine = ORDER.find(claim.subscriber.sequence)
    rows = [other for other in claim.other_coverages if ORDER.find(other.subscriber.sequence) > mine]
    return sorted(rows, key=lambda other: ORDER.find(other.subscriber.sequence))


def prior_decision(claim: Claim, coverage: OtherCoverage, *, onward: str) -> PriorDecision | None:
    """Read an earlier payer's decision off a claim (loops 2320 and 2430); None when the claim carries none.

    It is booked only when it adds up: what the payer paid and adjusted is the charge, on the claim. A denial stays denied, what the
    patient was said to owe goes on to the payer of this claim.
    """
    payer = coverage.subscriber.payer.id
    effects: list[Effect] = []
    paid = 0
    lined = False

    def add(line: int, adjustment: Adjustment, *, is_paid: bool) -> None:
        kind = disposition(adjustment, status="1", is_claim_paid=is_paid)
        to = onward if kind is EffectKind.RESPONSIBILITY else ""
        effects.append(Effect(line, kind, adjustment.cents, adjustment.group, adjustment.reason, to))

    total_paid = coverage.paid_cents or 0
    for line in claim.lines:
        for decided in line.adjudications:
            if decided.payer_id != payer:
                continue
            lined = True
            paid += decided.paid_cents
            if decided.paid_cents:
                effects.append(Effect(line.number, EffectKind.PAID, decided.paid_cents))
            for adjustment in decided.adjustments:
                add(line.number, adjustment, is_paid=total_paid > 0 or decided.paid_cents > 0)
    sole = claim.lines[0].number if len(claim.lines) == 1 else 0
    if not lined and coverage.paid_cents is None and not coverage.adjustments:
        return None
    if not lined:
        paid = total_paid
        if paid:
            effects.append(Effect(sole, EffectKind.PAID, paid))
    for adjustment in coverage.adjustments:
        add(sole, adjustment, is_paid=total_paid > 0)
    adjusted = sum(effect.cents for effect in effects if effect.kind != EffectKind.PAID)
    if adjusted + paid != claim.charge_cents:
        out_by = Money(claim.charge_cents - adjusted - paid)
        return PriorDecision(
            coverage, (), f"The earlier payer's decision on the claim is out by {out_by:$}; nothing of it is booked."
        )
    return PriorDecision(coverage, tuple(effects))
