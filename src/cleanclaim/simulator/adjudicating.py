"""One claim's decision: line by line, balanced, with the reasons that payers give. Pure."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from cleanclaim.documents import Adjustment, Claim, ClaimPayment, OtherCoverage, ServiceLine, ServicePayment
from cleanclaim.kernel.money import Money
from cleanclaim.simulator.plans import PREVENTIVE_CODES, VISIT_CODES, Memory, Plan

_STATUS: Final = {"P": "1", "S": "2", "T": "3"}


class Decision(NamedTuple):
    """What the payer decided for a claim, and what it remembers afterwards. `reversal` takes back the decision that a replacement replaces."""

    payment: ClaimPayment
    memory: Memory
    reversal: ClaimPayment | None = None


def adjudicate(claim: Claim, plan: Plan, memory: Memory, *, on: date) -> Decision:
    """Decide a claim on a day. Every line's charge less its adjustments is its payment, and so is the claim's."""
    number = memory.last_claim_number + 1
    icn = f"{plan.payer_id[:4].upper().rjust(4, '0')}{on:%y%j}{number:06d}"
    memory = memory._replace(last_claim_number=number)
    original = memory.decided.get(claim.payer_claim_control_number) if claim.frequency in {"7", "8"} else None
    reversal = None
    if original is not None:
        memory = _forget(claim, original, memory)
        reversal = reversal_of(original)
    if claim.frequency == "8":
        if reversal is not None:
            return Decision(reversal, memory)
        return Decision(_answer(claim, icn, [_refused(line, "CO", "129") for line in claim.lines], status="4"), memory)
    decision = _decide(claim, icn, plan, memory, on)
    memory = decision.memory._replace(decided={**decision.memory.decided, icn: decision.payment})
    # nothing was paid or assigned by a refusal, so there is nothing to take back
    takes_back = original is not None and (original.paid_cents or original.patient_responsibility_cents)
    return Decision(decision.payment, memory, reversal if takes_back else None)


def reversal_of(payment: ClaimPayment) -> ClaimPayment:
    """Turn every amount of a decision around, under its own groups and reasons (005010X221A1 section 1.10.2.8)."""
    lines = tuple(
        line._replace(
            charge_cents=-line.charge_cents, paid_cents=-line.paid_cents,
            adjustments=tuple(item._replace(cents=-item.cents) for item in line.adjustments),
        )
        for line in payment.lines
    )  # fmt: skip
    return payment._replace(
        status="22", charge_cents=-payment.charge_cents, paid_cents=-payment.paid_cents, patient_responsibility_cents=0, lines=lines,
        adjustments=tuple(item._replace(cents=-item.cents) for item in payment.adjustments),
    )  # fmt: skip


def _forget(claim: Claim, original: ClaimPayment, memory: Memory) -> Memory:
    """Take a decision out of the memory: its deductible, its place among the originals, itself."""
    icn = original.payer_claim_control_number
    met = dict(memory.deductible_met)
    for line in original.lines:
        member = f"{claim.subscriber.party.id}:{(line.served_on or claim.served_on or date.min).year}"
        used = sum(item.cents for item in line.adjustments if (item.group, item.reason) == ("PR", "1"))
        if used and member in met:
            met[member] = max(0, met[member] - used)
    return memory._replace(
        deductible_met=met,
        seen={key: number for key, number in memory.seen.items() if number != icn},
        decided={number: kept for number, kept in memory.decided.items() if number != icn},
    )


def _decide(claim: Claim, icn: str, plan: Plan, memory: Memory, on: date) -> Decision:
    refusal = _refusal_of_claim(claim, plan, memory, on)
    if refusal is not None:
        group, reason, remark = refusal
        return Decision(_answer(claim, icn, [_refused(line, group, reason, remark) for line in claim.lines], status="4"), memory)
    member = f"{claim.subscriber.party.id}:{(claim.served_on or on).year}"
    met = memory.deductible_met.get(member, 0)
    before = earlier_payers(claim)
    lines: list[ServicePayment] = []
    copay_left = plan.copay_cents
    for line in claim.lines:
        if before:
            lines.append(_second(line, plan, before))
            continue
        paid_line, used, copay_left = _first(
            line, claim, plan, deductible_left=max(0, plan.deductible_cents - met), copay_left=copay_left
        )
        met += used
        lines.append(paid_line)
    seen = {**memory.seen, _key(claim): icn}
    memory = memory._replace(deductible_met={**memory.deductible_met, member: met}, seen=seen)
    all_refused = all(line.paid_cents == 0 and any(item.reason in _DENIALS for item in line.adjustments) for line in lines)
    status = "4" if all_refused else _STATUS.get(claim.subscriber.sequence, "1")
    return Decision(_answer(claim, icn, lines, status=status), memory)


_DENIALS: Final = frozenset({"16", "18", "29", "31", "96", "129", "197", "204", "22"})


def earlier_payers(claim: Claim) -> tuple[OtherCoverage, ...]:
    """Return the other coverages that pay before this one; a primary claim names the second payer too, who has decided nothing yet."""
    order = "PSTABCDEFGH"
    own = order.find(claim.subscriber.sequence)
    return tuple(other for other in claim.other_coverages if order.find(other.subscriber.sequence) < own)


def _key(claim: Claim) -> str:
    lines = ",".join(f"{line.procedure}:{line.charge_cents}" for line in claim.lines)
    return f"{claim.subscriber.party.id}|{claim.served_on}|{lines}"


def _refusal_of_claim(claim: Claim, plan: Plan, memory: Memory, on: date) -> tuple[str, str, str] | None:
    if plan.member_prefixes and not claim.subscriber.party.id.startswith(plan.member_prefixes):
        return "CO", "31", ""
    if claim.served_on is not None and (on - claim.served_on).days > plan.filing_limit_days:
        return "CO", "29", ""
    if claim.frequency == "1" and _key(claim) in memory.seen:
        return "CO", "18", ""
    if not claim.diagnoses:
        return "CO", "16", "M76"
    if claim.subscriber.sequence != "P" and not earlier_payers(claim):
        return "CO", "22", "MA04"
    return None


def _refused(line: ServiceLine, group: str, reason: str, remark: str = "") -> ServicePayment:
    return _line(line, 0, [Adjustment(group, reason, line.charge_cents)], remarks=(remark,) if remark else ())


def _first(
    line: ServiceLine, claim: Claim, plan: Plan, *, deductible_left: int, copay_left: int
) -> tuple[ServicePayment, int, int]:
    """Pay a line as the first payer; returns the line, the deductible that it used and the copay that is left."""
    if line.procedure in plan.excluded:
        return (
            _refused(line, plan.excluded[line.procedure], "204" if plan.excluded[line.procedure] == "PR" else "96", "N130"),
            0,
            copay_left,
        )
    if line.procedure in plan.needs_authorization and not (claim.prior_authorization or line.prior_authorization):
        return _refused(line, "CO", "197"), 0, copay_left
    allowed = plan.allowed_for(line.procedure, line.charge_cents, line.quantity)
    left, copay, deductible, coinsurance = allowed, 0, 0, 0
    if line.procedure not in PREVENTIVE_CODES:
        if line.procedure in VISIT_CODES and copay_left:
            copay = min(copay_left, left)
            left -= copay
            copay_left -= copay
        else:
            deductible = min(deductible_left, left)
            left -= deductible
            coinsurance = int(Money(left).times(plan.coinsurance))
            left -= coinsurance
    withheld = int(Money(left).times(plan.sequestration))
    adjustments = [
        Adjustment("CO", "45", line.charge_cents - allowed), Adjustment("PR", "1", deductible), Adjustment("PR", "2", coinsurance),
        Adjustment("PR", "3", copay), Adjustment("CO", "253", withheld),
    ]  # fmt: skip
    return _line(line, left - withheld, adjustments), deductible, copay_left


def _second(line: ServiceLine, plan: Plan, before: tuple[OtherCoverage, ...]) -> ServicePayment:
    """Pay a line after others: what they paid and wrote off is OA-23; of what they left to the patient, the plan pays its part."""
    decided = line.adjudications
    paid_before = sum(item.paid_cents for item in decided)
    patient_left = (
        line.charge_cents
        - paid_before
        - sum(adjustment.cents for item in decided for adjustment in item.adjustments if adjustment.group != "PR")
    )
    if not decided:
        paid_before = min(line.charge_cents, sum(coverage.paid_cents or 0 for coverage in before))
        patient_left = line.charge_cents - paid_before
    if plan.second == "lesser-of":
        room = max(0, plan.allowed_for(line.procedure, line.charge_cents, line.quantity) - paid_before)
        pays = min(room, patient_left)
        not_paid = Adjustment("CO", "45", patient_left - pays)
    else:
        pays = patient_left
        not_paid = Adjustment("PR", "2", 0)
    return _line(line, pays, [Adjustment("OA", "23", line.charge_cents - patient_left), not_paid])


def _line(line: ServiceLine, paid_cents: int, adjustments: list[Adjustment], remarks: tuple[str, ...] = ()) -> ServicePayment:
    kept = tuple(item for item in adjustments if item.cents)
    return ServicePayment(
        procedure=line.procedure, charge_cents=line.charge_cents, paid_cents=paid_cents, procedure_qualifier=line.procedure_qualifier,
        modifiers=line.modifiers, revenue_code=line.revenue_code, quantity=line.quantity, served_on=line.served_on, adjustments=kept,
        line_control_number=line.control_number, remarks=remarks,
    )  # fmt: skip


def _answer(claim: Claim, icn: str, lines: list[ServicePayment], *, status: str) -> ClaimPayment:
    responsibility = sum(item.cents for line in lines for item in line.adjustments if item.group == "PR")
    patient = claim.patient or claim.subscriber.party
    return ClaimPayment(
        patient_control_number=claim.patient_control_number, status=status, charge_cents=claim.charge_cents,
        paid_cents=sum(line.paid_cents for line in lines), patient_responsibility_cents=responsibility,
        claim_filing=claim.subscriber.claim_filing, payer_claim_control_number=icn, facility_code=claim.facility_code,
        frequency=claim.frequency, lines=tuple(lines),
        patient=patient._replace(entity="QC", address=None, id_qualifier="MI", id=claim.subscriber.party.id, taxonomy=""),
    )  # fmt: skip
