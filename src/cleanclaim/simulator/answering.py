"""What the payer says when it is asked: is somebody covered (270 -> 271), where is a claim (276 -> 277). Documents in, documents out."""

from __future__ import annotations

from datetime import date
from typing import Final

from cleanclaim.documents import (
    Benefit,
    ClaimPayment,
    ClaimStatus,
    ClaimStatusRequest,
    DateFact,
    EligibilityRequest,
    EligibilityResponse,
    StatusCode,
)
from cleanclaim.simulator.plans import Memory, Plan

_HEALTH_PLAN: Final = ("30",)
_OFFICE_VISIT: Final = ("98",)
_INDIVIDUAL: Final = "IND"
_PERIOD_YEAR: Final = "23"
_PERIOD_LEFT: Final = "29"
_NOT_FOUND: Final = "75"  # AAA03: subscriber not found
_NO_PLAN: Final = "42"  # AAA03: unable to respond at current time
_BORN_WRONG: Final = "58"  # AAA03: date of birth missing or wrong


def answer_eligibility(request: EligibilityRequest, plan: Plan | None, memory: Memory) -> EligibilityResponse:
    """Say what a plan covers for a person on a day, with the deductible that is left in its year.

    A payer that this door does not know cannot respond (AAA 42); a number that is not one of the plan's is not found (AAA 75); a question
    without a birth date is sent back (AAA 58).
    """
    answer = EligibilityResponse(
        request.payer, request.provider, request.subscriber, request.trace_number, request.dependent,
        dates=(DateFact("291", date(request.asked_for.year, 1, 1), date(request.asked_for.year, 12, 31)),),
    )  # fmt: skip
    rejection = _rejection(request, plan)
    if plan is None or rejection:
        return answer._replace(rejections=(rejection,), dates=())
    return answer._replace(benefits=_benefits(request, plan, memory))


def _rejection(request: EligibilityRequest, plan: Plan | None) -> str:
    if plan is None:
        return _NO_PLAN
    if (request.dependent or request.subscriber).born_on is None:
        return _BORN_WRONG
    if not request.subscriber.id or (plan.member_prefixes and not request.subscriber.id.startswith(plan.member_prefixes)):
        return _NOT_FOUND
    return ""


def _benefits(request: EligibilityRequest, plan: Plan, memory: Memory) -> tuple[Benefit, ...]:
    met = memory.deductible_met.get(f"{request.subscriber.id}:{request.asked_for.year}", 0)
    found = [Benefit("1", _INDIVIDUAL, _HEALTH_PLAN, plan=plan.name, in_network="Y")]
    if plan.deductible_cents:
        found.append(Benefit("C", _INDIVIDUAL, _HEALTH_PLAN, period=_PERIOD_YEAR, cents=plan.deductible_cents, in_network="Y"))
        left = max(0, plan.deductible_cents - met)
        found.append(Benefit("C", _INDIVIDUAL, _HEALTH_PLAN, period=_PERIOD_LEFT, cents=left, in_network="Y"))
    if plan.copay_cents:
        found.append(Benefit("B", _INDIVIDUAL, _OFFICE_VISIT, cents=plan.copay_cents, in_network="Y"))
    if plan.coinsurance:
        found.append(Benefit("A", _INDIVIDUAL, _HEALTH_PLAN, percent=plan.coinsurance, in_network="Y"))
    return tuple(found)


def answer_status(request: ClaimStatusRequest, memory: Memory, *, on: date) -> ClaimStatus:
    """Say where a claim is: finalised and paid (F1), refused (F2), or not on file (A4).

    A claim is found by the payer's number, else by the practice's own number; then, when both say a charge, the charge must agree.
    """
    found = _find(request, memory)
    answer = ClaimStatus(
        request.trace_number,
        (),
        on,
        request.charge_cents,
        patient_control_number=request.patient_control_number,
        served_on=request.served_on,
    )
    if found is None:
        return answer._replace(statuses=(StatusCode("A4", "35"),))
    status = StatusCode("F2", "585") if found.status == "4" else StatusCode("F1", "65")
    return answer._replace(
        statuses=(status,), charge_cents=found.charge_cents, paid_cents=found.paid_cents,
        patient_control_number=found.patient_control_number, payer_claim_control_number=found.payer_claim_control_number,
    )  # fmt: skip


def _find(request: ClaimStatusRequest, memory: Memory) -> ClaimPayment | None:
    if request.payer_claim_control_number:
        return memory.decided.get(request.payer_claim_control_number)
    for kept in reversed(list(memory.decided.values())):
        same_charge = request.charge_cents is None or request.charge_cents == kept.charge_cents
        if request.patient_control_number and kept.patient_control_number == request.patient_control_number and same_charge:
            return kept
    return None
