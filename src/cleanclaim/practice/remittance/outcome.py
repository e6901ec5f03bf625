"""What follows for a claim when payers have answered: its lines, whose turn it is, where it stands, what the patient may be billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from cleanclaim.practice.claims.books import Desk, held_of, tell_patient_due
from cleanclaim.practice.claims.effects import Effect
from cleanclaim.practice.claims.models import Claim, ClaimPayer
from cleanclaim.practice.claims.rules import Status, status_after_answer
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.payers.models import Payer
from cleanclaim.practice.remittance.models import Decision
from cleanclaim.practice.remittance.rules import denied_by_line, responsibility_by_line
from cleanclaim.practice.remittance.shapes import Posting835

_ORDER = "PSTABCDEFGH"


def settle_claim(
    desk: Desk, claim: Claim, answers: Sequence[Posting835], *, turns: list[ClaimPayer], decisions: Sequence[Decision], by: Actor,
    crossover_wait: date, assigned_before: Mapping[int, int] = MappingProxyType({}),
) -> list[ClaimPayer]:  # fmt: skip
    """Bring a claim's lines, payers and status in line with its decisions; returns the payers' turns that changed.

    `assigned_before` is what earlier payers assigned to the patient, by line, before the claim was taken over.
    """
    active = [row for row in decisions if not row.is_reversed and row.reverses_id is None and row.status != "22"]
    retell_lines(desk, claim, active, assigned_before)
    changed = _follow_turns(claim, answers, turns, active, by)
    waits = any(answer.crosses_over for answer in answers)
    claim.next_payer = _next_payer(desk, claim, turns)
    claim.waits_until = (
        crossover_wait if waits and claim.next_payer is not None else claim.waits_until if claim.next_payer else None
    )
    lines = desk.lines[claim.public_id]
    is_answered = all(
        line.is_answered for number, line in lines.items() if number and line.charge_cents
    )  # nothing is asked about nothing
    if active:
        claim.status = status_after_answer(
            status=claim.status, insurance_cents=claim.insurance_balance_cents, denied_cents=claim.denied_cents,
            paid_cents=claim.insurance_paid_cents, is_answered=is_answered, has_next_payer=claim.next_payer is not None,
        )  # fmt: skip
    elif claim.status != Status.VOIDED:
        claim.status = Status.PENDED
    tell_patient_due(claim, by.today)
    if any(answer.reverses for answer in answers) and claim.patient_paid_cents:
        claim.holds_statement = True
        claim.hold_reason = "A payer took money back after the patient had paid: look before the next statement."
    return changed


def retell_lines(desk: Desk, claim: Claim, active: Sequence[Decision], assigned_before: Mapping[int, int]) -> None:
    """Tell each line's denied and assigned amounts from the decisions that stand; what is denied never exceeds what insurance owes."""
    effects = [[Effect(*effect) for effect in row.effects] for row in active]
    denied = denied_by_line([(row.sequence, row.answered, made) for row, made in zip(active, effects, strict=True)])
    assigned = responsibility_by_line(effects)
    for number, cents in assigned_before.items():
        assigned[number] = assigned.get(number, 0) + cents
    for number in {*denied, *assigned}:
        if denied.get(number) or assigned.get(number):
            desk.line(claim.public_id, number)
    answered = {number for row in active for number in row.answered}
    for number, line in desk.lines[claim.public_id].items():
        owed = sum(held_of(line).values())
        line.denied_cents = max(0, min(denied.get(number, 0), owed)) if number else max(0, denied.get(number, 0))
        line.responsibility_cents = assigned.get(number, 0)
        line.is_answered = number in answered
    claim.denied_cents = max(
        0, min(sum(line.denied_cents for line in desk.lines[claim.public_id].values()), claim.insurance_balance_cents)
    )
    claim.patient_responsibility_cents = sum(assigned.values())


def _follow_turns(
    claim: Claim, answers: Sequence[Posting835], turns: list[ClaimPayer], active: Sequence[Decision], by: Actor
) -> list[ClaimPayer]:
    changed: dict[str, ClaimPayer] = {}
    for answer in answers:
        turn = next((row for row in turns if row.sequence == answer.turn), None)
        if turn is None:
            turn = _new_turn(claim, answer.turn, answer.payer_id, by)
            turns.append(turn)
        if answer.payer_claim_control_number:
            turn.payer_claim_control_number = answer.payer_claim_control_number[:50]
        turn.is_answered = any(row.sequence == turn.sequence for row in active)
        changed[turn.sequence] = turn
        onward = next((effect.to for effect in answer.effects if effect.to and not answer.reverses), "")
        if onward and not any(row.payer.public_id == onward for row in turns):
            sequence = _ORDER[_ORDER.find(answer.turn) + 1]
            crossed = _new_turn(claim, sequence, onward, by)
            turns.append(crossed)
            changed[sequence] = crossed
        if answer.crosses_over:
            later = [row for row in turns if _ORDER.find(row.sequence) > _ORDER.find(answer.turn)]
            for row in later[:1]:
                row.crossed_over_on = by.today
                changed[row.sequence] = row
    return list(changed.values())


def _new_turn(claim: Claim, sequence: str, payer_id: str, by: Actor) -> ClaimPayer:
    payer = Payer.objects.of(by.practice_id).get(public_id=payer_id)
    return ClaimPayer(practice_id=by.practice_id, claim=claim, sequence=sequence, payer=payer)


def _next_payer(desk: Desk, claim: Claim, turns: Sequence[ClaimPayer]) -> Payer | None:
    """Return the payer that is asked next: the first one after the last that answered, while insurance owes something."""
    if claim.insurance_balance_cents <= 0:
        return None
    answered = [_ORDER.find(turn.sequence) for turn in turns if turn.is_answered]
    last = max(answered, default=-1)
    later = sorted((turn for turn in turns if _ORDER.find(turn.sequence) > last), key=lambda turn: _ORDER.find(turn.sequence))
    if not answered:
        later = later[1:]
    owes = {name for line in desk.lines[claim.public_id].values() for name, cents in held_of(line).items() if cents > 0}
    return later[0].payer if later and (not answered or later[0].payer.public_id in owes) else None
