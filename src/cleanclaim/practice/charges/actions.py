"""Pricing the charges of a visit, late changes, what was billed. The only writer of charges; money is posted by the claim."""

from __future__ import annotations

from cleanclaim.kernel.errors import Refused
from cleanclaim.kernel.findings import stops
from cleanclaim.practice.audit.actions import record
from cleanclaim.practice.charges import policy, queries, rules
from cleanclaim.practice.charges.estimates import draft_estimate, give_estimate
from cleanclaim.practice.charges.models import Charge, ChargeReview
from cleanclaim.practice.charges.price_lists import add_charge_list, import_charge_list, set_price
from cleanclaim.practice.charges.rules import NotPriced
from cleanclaim.practice.coding.rules import thousandths
from cleanclaim.practice.encounters.actions import move_on
from cleanclaim.practice.encounters.models import Encounter
from cleanclaim.practice.foundation.actor import Actor
from cleanclaim.practice.foundation.events import emit
from cleanclaim.practice.foundation.transactions import locked, save_checked, transaction_for
from cleanclaim.practice.people.policy import require

__all__ = [
    "NotPriced", "add_charge_list", "apply_review", "dismiss_review", "draft_estimate", "give_estimate", "import_charge_list",
    "mark_billed", "mark_unbilled", "price_charges", "review_charges", "set_price",
]  # fmt: skip


def price_charges(*, encounter_id: str, by: Actor) -> tuple[Charge, ...]:
    """Price a coded visit by the charge list of its day and return its charges; a second call changes nothing.

    Raises NotPriced when a service has no price. A billed visit is not touched: what differs becomes a review for the biller, and the
    charges and payments stay where they are.
    """
    require(by, *policy.PRICES)
    with transaction_for(by):
        encounter: Encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
        if encounter.state in {Encounter.State.OPEN, Encounter.State.SIGNED, Encounter.State.VOID}:
            raise Refused("The visit is not coded yet.")
        pricing = queries.pricing_of(by.practice_id, encounter)
        if stops(list(pricing.findings)):
            raise NotPriced(tuple(stops(list(pricing.findings))))
        plan = rules.plan_charges(queries.standing_charges(by.practice_id, encounter), pricing.lines,
                                  is_billed=encounter.state == Encounter.State.BILLED)  # fmt: skip
        if plan.needs_review:
            _raise_review(encounter, rules.review_says(plan), "codes", by)
        else:
            _apply(encounter, plan, by)
            if encounter.state == Encounter.State.CODED:
                move_on(encounter_id=encounter_id, state=Encounter.State.CHARGED, by=by)
                emit(by, "charges-priced", encounter.public_id, cents=pricing.cents, lines=len(pricing.lines))
    return queries.charge_rows(by.practice_id, encounter)


def _apply(encounter: Encounter, plan: rules.ChargePlan, by: Actor, *, is_late: bool = False) -> None:
    if plan.changes_nothing:
        return
    for charge_id in plan.voided:
        charge = locked(Charge.objects.of(by.practice_id), what="charge", public_id=charge_id)
        charge.voided_at, charge.void_reason = by.at, "the codes changed"
        save_checked(charge, fields=["voided_at", "void_reason"])
    line = Charge.objects.of(by.practice_id).filter(encounter=encounter).count()
    for priced in plan.added:
        line += 1
        service = priced.service
        Charge(
            practice_id=by.practice_id, encounter=encounter, line=line, system=service.system, code=service.code,
            modifiers=list(service.modifiers), units_thousandths=thousandths(service.units), unit_cents=priced.unit_cents, cents=priced.cents,
            pointers=list(service.pointers), served_on=service.served_on, label=priced.label, is_late=is_late,
            national_drug_code=rules.normal_ndc(service.national_drug_code) if service.national_drug_code else "", drug_unit=service.drug_unit,
            drug_quantity_thousandths=thousandths(service.drug_quantity) if service.drug_quantity is not None else None, created_at=by.at,
        ).save()  # fmt: skip
    record(by, "price_charges", encounter.public_id, added=len(plan.added), voided=len(plan.voided),
           cents=sum(item.cents for item in plan.added), late=is_late)  # fmt: skip


def _raise_review(encounter: Encounter, says: str, cause: str, by: Actor) -> ChargeReview:
    review: ChargeReview | None = (
        ChargeReview.objects.of(by.practice_id).filter(encounter=encounter, cause=cause, state=ChargeReview.State.OPEN).first()
    )
    if review is None:
        review = ChargeReview(practice_id=by.practice_id, encounter=encounter, says=says[:400], cause=cause, created_at=by.at)
        review.save()
        record(by, "raise_charge_review", review.public_id, encounter=encounter.public_id, cause=cause)
        emit(by, "charge-review-raised", review.public_id, encounter=encounter.public_id, cause=cause)
    elif review.says != says[:400]:
        review.says = says[:400]
        save_checked(review, fields=["says"])
    return review


def review_charges(*, encounter_id: str, cause: str, says: str, by: Actor) -> ChargeReview:
    """Ask a biller to look at a visit's charges again: an addendum after billing, a coverage added for days that were billed."""
    with transaction_for(by):
        encounter: Encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=encounter_id)
        return _raise_review(encounter, says, cause[:20], by)


def apply_review(*, review_id: str, by: Actor, reason: str = "") -> tuple[Charge, ...]:
    """Take over what the codes now say: late charges are added, dropped ones voided. The claim's own correction follows from the event."""
    require(by, *policy.DECIDES)
    with transaction_for(by):
        review = _open_review(review_id, by)
        encounter: Encounter = locked(Encounter.objects.of(by.practice_id), what="visit", public_id=review.encounter.public_id)
        pricing = queries.pricing_of(by.practice_id, encounter)
        if stops(list(pricing.findings)):
            raise NotPriced(tuple(stops(list(pricing.findings))))
        plan = rules.plan_charges(queries.standing_charges(by.practice_id, encounter), pricing.lines, is_billed=True)
        _apply(encounter, plan, by, is_late=True)
        _decide(review, ChargeReview.State.APPLIED, reason, by)
        if not plan.changes_nothing:
            emit(by, "charges-changed-after-billing", encounter.public_id, added=len(plan.added), voided=len(plan.voided))
    return queries.charge_rows(by.practice_id, encounter)


def dismiss_review(*, review_id: str, reason: str, by: Actor) -> None:
    """Leave charges and claim as they are, for a reason."""
    require(by, *policy.DECIDES)
    if not reason.strip():
        raise Refused("Dismissing a review needs a reason.")
    with transaction_for(by):
        _decide(_open_review(review_id, by), ChargeReview.State.DISMISSED, reason, by)


def mark_billed(*, encounter_id: str, by: Actor) -> None:
    """Note that a claim (or the patient's bill) was built from the visit's charges. Called by the claim's own action."""
    move_on(encounter_id=encounter_id, state=Encounter.State.BILLED, by=by)


def mark_unbilled(*, encounter_id: str, by: Actor) -> None:
    """Note that the claim was voided: the visit's charges wait to be billed again."""
    move_on(encounter_id=encounter_id, state=Encounter.State.CHARGED, by=by)


def _open_review(review_id: str, by: Actor) -> ChargeReview:
    review: ChargeReview = locked(ChargeReview.objects.of(by.practice_id), what="charge review", public_id=review_id)
    if review.state != ChargeReview.State.OPEN:
        raise Refused(f"This review is {review.state} already.")
    return review


def _decide(review: ChargeReview, state: str, reason: str, by: Actor) -> None:
    review.state, review.decided_by, review.decided_at, review.decision_reason = state, by.name, by.at, reason[:200]
    save_checked(review, fields=["state", "decided_by", "decided_at", "decision_reason"])
    record(by, "decide_charge_review", review.public_id, state=state, reason=reason[:200])
    emit(by, "charge-review-decided", review.public_id, state=state)
