"""The next payer's claim, built from what earlier payers have decided; corrected and void claims. Pure.

Loop 2320 carries each earlier payer with what it decided for the claim, loop 2430 what it decided for each line; both must balance:
charge = paid + every adjustment (005010X222A1 section 1.4.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from cleanclaim.documents import Adjustment, Claim, LineAdjudication, OtherCoverage, ServiceLine, Subscriber
from cleanclaim.kernel.errors import Refused
from cleanclaim.practice.claims.effects import Effect, EffectKind

ORDER: Final = "PSTABCDEFGH"


class PayerDecision(NamedTuple):
    """What one payer decided in one answer, as the next claim must repeat it. `sequence` is the payer's turn."""

    sequence: str
    paid_cents: int
    effects: tuple[Effect, ...]
    answered: tuple[int, ...]
    decided_on: date | None = None
    payer_claim_control_number: str = ""
    remarks: tuple[str, ...] = ()
    units: tuple[tuple[int, Decimal], ...] = ()


def coverages_of(claim: Claim) -> dict[str, tuple[Subscriber, OtherCoverage | None]]:
    """Return the payers of a claim by their turn."""
    found: dict[str, tuple[Subscriber, OtherCoverage | None]] = {claim.subscriber.sequence or "P": (claim.subscriber, None)}
    for other in claim.other_coverages:
        found.setdefault(other.subscriber.sequence, (other.subscriber, other))
    return found


def next_claim(base: Claim, sequence: str, decisions: Sequence[PayerDecision]) -> Claim:
    """Return the claim to the payer in a turn: every earlier payer with its decision, every later one named.

    Raises Refused when the claim names no payer in that turn, or an earlier payer has not answered.
    """
    coverages = coverages_of(base)
    if sequence not in coverages:
        raise Refused("The claim names no payer in that turn.")
    subscriber = coverages[sequence][0]
    lines = [line._replace(adjudications=()) for line in base.lines]
    others: list[OtherCoverage] = []
    for turn, (holder, known) in sorted(coverages.items(), key=lambda pair: ORDER.find(pair[0])):
        if turn == sequence:
            continue
        if ORDER.find(turn) > ORDER.find(sequence):
            others.append(OtherCoverage(holder))
            continue
        mine = [decision for decision in decisions if decision.sequence == turn]
        if mine:
            coverage, lines = _decided(holder, mine, lines)
            others.append(coverage)
        elif known is not None and (known.paid_cents is not None or known.adjustments):
            others.append(known)
            lines = _carried(base, lines, holder.payer.id)
        else:
            raise Refused("An earlier payer has not answered yet.")
    patient = base.patient
    return base._replace(
        subscriber=subscriber,
        other_coverages=tuple(others),
        lines=tuple(lines),
        patient=patient,
        frequency="1",
        payer_claim_control_number="",
    )


def _carried(base: Claim, lines: Sequence[ServiceLine], payer_id: str) -> list[ServiceLine]:
    """Keep what the claim itself carries of an earlier payer's line decisions (it was taken over with them)."""
    kept = {line.number: tuple(made for made in line.adjudications if made.payer_id == payer_id) for line in base.lines}
    return [line._replace(adjudications=(*line.adjudications, *kept.get(line.number, ()))) for line in lines]


def _decided(
    holder: Subscriber, decisions: Sequence[PayerDecision], lines: list[ServiceLine]
) -> tuple[OtherCoverage, list[ServiceLine]]:
    last: dict[int, PayerDecision] = {}
    for decision in decisions:
        for number in decision.answered:
            last[number] = decision
    made: list[ServiceLine] = []
    total = 0
    for line in lines:
        word = last.get(line.number)
        effects = [effect for effect in word.effects if effect.line == line.number] if word else []
        if word is None or not effects:
            made.append(line)
            continue
        paid = sum(effect.cents for effect in effects if effect.kind == EffectKind.PAID)
        total += paid
        units = dict(word.units).get(line.number, line.quantity)
        adjudication = LineAdjudication(
            holder.payer.id, paid, line.procedure, line.modifiers, units, None, _adjustments(effects), word.decided_on
        )
        made.append(line._replace(adjudications=(*line.adjudications, adjudication)))
    standing = list({id(decision): decision for decision in last.values()}.values()) or list(decisions[-1:])
    whole = [effect for decision in standing for effect in decision.effects if effect.line == 0]
    total += sum(effect.cents for effect in whole if effect.kind == EffectKind.PAID)
    latest = decisions[-1]
    owed = sum(effect.cents for decision in standing for effect in decision.effects if effect.group == "PR")
    coverage = OtherCoverage(
        holder, _adjustments(whole), total, owed or None, paid_on=latest.decided_on,
        payer_claim_control_number=latest.payer_claim_control_number, remarks=latest.remarks[:5],
    )  # fmt: skip
    return coverage, made


def _adjustments(effects: Sequence[Effect]) -> tuple[Adjustment, ...]:
    sums: dict[tuple[str, str], int] = {}
    for effect in effects:
        if effect.group:
            key = (effect.group, effect.reason)
            sums[key] = sums.get(key, 0) + effect.cents
    return tuple(Adjustment(group, reason, cents) for (group, reason), cents in sums.items() if cents)


def corrected_claim(base: Claim, *, payer_claim_control_number: str, is_void: bool = False) -> Claim:
    """Return the replacement (7) or void (8) of a claim, with the payer's own number of it (REF*F8)."""
    return base._replace(frequency="8" if is_void else "7", payer_claim_control_number=payer_claim_control_number)
